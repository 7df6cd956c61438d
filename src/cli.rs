//! The command line: what was typed, and nothing decided.

mod fix;
mod formats;
mod gate;
mod manual;
mod setup;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
pub use clap_complete::Shell;

use crate::workspace::Selection;
pub use fix::Fix;
use fix::TypedFix;
use formats::TypedFormats;
pub use formats::{Format, Output};
pub use gate::{BaselineChange, BaselineChoice, Gate, LevelFlag};
use gate::{TypedBaseline, TypedGate, TypedLevels};
pub use manual::{completions, man};
pub use setup::Init;
use setup::{TypedCompletions, TypedInit};

/// What was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Args {
    /// What to do.
    pub command: Command,
    /// `--color`, where it was given.
    pub color: Option<ColorChoice>,
    /// `--jobs`: how many threads; 0 means as many as there are cores.
    pub jobs: usize,
    /// How much to say besides the findings.
    pub verbosity: Verbosity,
}

/// The subcommands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Report findings.
    Check(Check),
    /// List the entry points.
    Routes(Routes),
    /// Print a lint's page, or the lints of a group.
    Explain(String),
    /// List the lints.
    Lints,
    /// Write the known findings to a file.
    Baseline(Baseline),
    /// Apply fixes.
    Fix(Fix),
    /// Write a configuration to start from.
    Init(Init),
    /// Print the JSON schema of the configuration.
    Schema,
    /// Print completions for a shell.
    Completions(Shell),
    /// Print the manual page.
    Man,
}

/// What to check and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What to check.
    pub selection: Selection,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--format`, or what `--message-format` means.
    pub format: Option<Format>,
    /// `--output`
    pub outputs: Vec<Output>,
    /// `-A`, `-W`, `-D` and `-F` in the order they were typed.
    pub levels: Vec<LevelFlag>,
    /// Which of the findings count.
    pub gate: Gate,
    /// `--show-settings`
    pub show_settings: bool,
}

/// Which findings to write down as known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// What to check.
    pub selection: Selection,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `-A`, `-W`, `-D` and `-F` in the order they were typed.
    pub levels: Vec<LevelFlag>,
    /// Which file to write.
    pub file: BaselineChoice,
    /// What becomes of what is in it.
    pub change: BaselineChange,
}

/// What to list and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Routes {
    /// Where to look.
    pub selection: Selection,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--format`
    pub format: RoutesFormat,
}

/// How entry points are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum RoutesFormat {
    /// a table
    Human,
    /// for programs
    Json,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ColorChoice {
    /// on a terminal
    Auto,
    /// also into files and pipes
    Always,
    /// not at all
    Never,
}

/// How much to say besides the findings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verbosity {
    /// `-q`: nothing.
    Quiet,
    /// Problems and a summary.
    Normal,
    /// `-v`: what was found and how long each step took, too.
    Verbose,
}

const ABOUT: &str = "Finds what turns into broken, lying or leaking responses in axum, actix-web and Rocket services";

const AFTER_HELP: &str = "\
Exit status: 0 nothing at level deny, 1 at least one finding at level deny or too many warnings, 2 the run could not be done.

Levels, paths and further knowledge are configured in `backstop.toml`.";

const BASELINE_HELP: &str = "\
A baseline that is there is written anew, unless findings would be added to it: those are fixed, or taken in with --update.";

const FIX_HELP: &str = "\
Each finding says whether there is a fix for it. Those that may change more than the finding is about wait for --unsafe.";

#[derive(Parser)]
#[command(name = "cargo-backstop", bin_name = "cargo backstop", version, about = ABOUT, after_help = AFTER_HELP)]
#[command(args_conflicts_with_subcommands = true)]
struct Typed {
    #[command(subcommand)]
    command: Option<TypedCommand>,
    #[command(flatten)]
    check: TypedCheck,
}

#[derive(Subcommand)]
enum TypedCommand {
    /// Report what turns into broken, lying or leaking responses (what happens without a command)
    Check(TypedCheck),
    /// List the handlers and whatever else runs while a request is served
    Routes(TypedRoutes),
    /// Print the page of a lint, or the lints of a group
    Explain {
        /// The name of a lint or of a group, as `lints` lists them
        #[arg(value_name = "LINT")]
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// List the lints with their levels
    Lints {
        #[command(flatten)]
        common: Common,
    },
    /// Write the findings there are to a file, so that only new ones are reported from then on
    #[command(after_help = BASELINE_HELP)]
    Baseline {
        #[command(flatten)]
        selection: TypedSelection,
        #[command(flatten)]
        baseline: TypedBaseline,
        #[command(flatten)]
        levels: TypedLevels,
        #[command(flatten)]
        common: Common,
    },
    /// Mend what can be mended without a second look
    #[command(after_help = FIX_HELP)]
    Fix(TypedFix),
    /// Write a backstop.toml that explains every setting and changes none
    Init(TypedInit),
    /// Print the JSON schema of backstop.toml, for editors
    Schema {
        #[command(flatten)]
        common: Common,
    },
    /// Print completions of `cargo backstop` for a shell
    Completions(TypedCompletions),
    /// Print the manual page, for man
    Man {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(ClapArgs)]
struct TypedCheck {
    #[command(flatten)]
    selection: TypedSelection,
    #[command(flatten)]
    formats: TypedFormats,
    #[command(flatten)]
    levels: TypedLevels,
    #[command(flatten)]
    gate: TypedGate,
    /// Instead of checking, say which settings apply to PATH, and what has decided each of them
    #[arg(long, conflicts_with_all = ["since", "format"])]
    show_settings: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(ClapArgs)]
struct TypedRoutes {
    #[command(flatten)]
    selection: TypedSelection,
    /// How to write the entry points to standard output
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: RoutesFormat,
    #[command(flatten)]
    common: Common,
}

#[derive(ClapArgs)]
struct TypedSelection {
    /// Package or workspace folders, or parts of packages to report on: folders or `.rs` files [default: the package or
    /// workspace around the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Path of the Cargo.toml to check
    #[arg(long, value_name = "PATH", conflicts_with = "paths")]
    manifest_path: Option<PathBuf>,
    /// Packages to check
    #[arg(short, long, value_name = "NAME")]
    package: Vec<String>,
    /// Check all packages of the workspace
    #[arg(long, visible_alias = "all", conflicts_with = "package")]
    workspace: bool,
    /// Packages to leave out
    #[arg(long, value_name = "NAME")]
    exclude: Vec<String>,
    /// Check examples, too
    #[arg(long)]
    examples: bool,
    /// The configuration to use instead of the nearest `backstop.toml`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(ClapArgs)]
struct Common {
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN")]
    color: Option<ColorChoice>,
    /// Say nothing besides the findings
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what was found and how long each step took
    #[arg(short, long)]
    verbose: bool,
    /// Number of threads [default: the number of cores]
    #[arg(short, long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
}

impl Args {
    /// Reads the arguments of the process, the first of which is its own name. As a cargo subcommand the second is
    /// `backstop`, which is skipped.
    ///
    /// # Errors
    ///
    /// What is wrong with them; also when help or the version was asked for.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
        let mut arguments: Vec<OsString> = arguments.into_iter().collect();
        if arguments.get(1).is_some_and(|word| word == "backstop") {
            arguments.remove(1);
        }
        let matches = Typed::command().try_get_matches_from(arguments)?;
        let typed = Typed::from_arg_matches(&matches)?;
        let inner = matches.subcommand().map_or(&matches, |(_, inner)| inner);
        let command = typed.command.unwrap_or(TypedCommand::Check(typed.check));
        if let TypedCommand::Check(check) = &command {
            check.formats.check(&mut Typed::command())?;
        }
        Ok(command.args(inner))
    }
}

/// The definition of the command line.
pub fn definition() -> clap::Command {
    Typed::command()
}

/// The names of the commands.
pub fn command_names() -> Vec<String> {
    Typed::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

impl TypedCommand {
    fn args(self, matches: &ArgMatches) -> Args {
        let (command, common) = match self {
            TypedCommand::Check(typed) => {
                let (selection, config) = typed.selection.split();
                let (format, outputs) = typed.formats.split();
                let (levels, gate, show_settings) =
                    (typed.levels.flags(matches), typed.gate.gate(), typed.show_settings);
                let check = Check { selection, config, format, outputs, levels, gate, show_settings };
                (Command::Check(check), typed.common)
            }
            TypedCommand::Routes(typed) => {
                let (selection, config) = typed.selection.split();
                (Command::Routes(Routes { selection, config, format: typed.format }), typed.common)
            }
            TypedCommand::Explain { name, common } => (Command::Explain(name), common),
            TypedCommand::Lints { common } => (Command::Lints, common),
            TypedCommand::Baseline { selection, baseline, levels, common } => {
                let (selection, config) = selection.split();
                let (file, change) = baseline.split();
                let levels = levels.flags(matches);
                (Command::Baseline(Baseline { selection, config, levels, file, change }), common)
            }
            TypedCommand::Fix(typed) => typed.split(matches),
            TypedCommand::Init(typed) => typed.split(),
            TypedCommand::Schema { common } => (Command::Schema, common),
            TypedCommand::Completions(typed) => (Command::Completions(typed.shell), typed.common),
            TypedCommand::Man { common } => (Command::Man, common),
        };
        let verbosity = match (common.quiet, common.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Args { command, color: common.color, jobs: common.jobs, verbosity }
    }
}

impl TypedSelection {
    fn split(self) -> (Selection, Option<PathBuf>) {
        let selection = Selection {
            paths: self.paths,
            manifest: self.manifest_path,
            packages: self.package,
            workspace: self.workspace,
            exclude: self.exclude,
            examples: self.examples,
        };
        (selection, self.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Args {
        Args::parse(words.split(' ').map(OsString::from)).expect("the words are valid")
    }

    #[test]
    fn clap_finds_nothing_to_object_to() {
        Typed::command().debug_assert();
    }

    #[test]
    fn check_is_what_happens_without_a_command() {
        assert_eq!(parse("cargo-backstop backstop check a"), parse("cargo-backstop a"));
    }

    #[test]
    fn levels_keep_their_order() {
        let Command::Check(check) = parse("x -D a -A b -Wc --deny d -F e").command else { panic!("not a check") };
        let flags: Vec<String> =
            check.levels.iter().map(|flag| format!("{} {}", flag.setting.name(), flag.name)).collect();
        assert_eq!(flags, ["deny a", "allow b", "warn c", "deny d", "forbid e"]);
    }
}
