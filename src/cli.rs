//! The command line: what was typed, and nothing decided.

mod formats;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use formats::TypedFormats;
pub use formats::{Format, Output};

use crate::lint::Level;
use crate::workspace::Selection;

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
    /// `-A`, `-W` and `-D` in the order they were typed.
    pub levels: Vec<LevelFlag>,
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

/// `-D unwrapped_query`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelFlag {
    /// The level.
    pub level: Level,
    /// A lint, a group, or `warnings`.
    pub name: String,
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
Exit status: 0 nothing at level deny, 1 at least one finding at level deny, 2 the run could not be done.

Levels, paths and further knowledge are configured in `backstop.toml`.";

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
}

#[derive(ClapArgs)]
struct TypedCheck {
    #[command(flatten)]
    selection: TypedSelection,
    #[command(flatten)]
    formats: TypedFormats,
    /// Do not report a lint, a group, or `warnings`
    #[arg(short = 'A', long, value_name = "LINT")]
    allow: Vec<String>,
    /// Report a lint, a group, or `warnings`, without failing
    #[arg(short = 'W', long, value_name = "LINT")]
    warn: Vec<String>,
    /// Report a lint, a group, or `warnings`, and fail
    #[arg(short = 'D', long, value_name = "LINT")]
    deny: Vec<String>,
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

/// The names of the commands.
pub fn command_names() -> Vec<String> {
    Typed::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

impl TypedCommand {
    fn args(self, matches: &ArgMatches) -> Args {
        let (command, common) = match self {
            TypedCommand::Check(typed) => {
                let levels = level_flags(matches, &typed);
                let (selection, config) = typed.selection.split();
                let (format, outputs) = typed.formats.split();
                (Command::Check(Check { selection, config, format, outputs, levels }), typed.common)
            }
            TypedCommand::Routes(typed) => {
                let (selection, config) = typed.selection.split();
                (Command::Routes(Routes { selection, config, format: typed.format }), typed.common)
            }
            TypedCommand::Explain { name, common } => (Command::Explain(name), common),
            TypedCommand::Lints { common } => (Command::Lints, common),
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

/// `-A`, `-W` and `-D` in the order they were typed, which clap keeps for each of them only.
fn level_flags(matches: &ArgMatches, typed: &TypedCheck) -> Vec<LevelFlag> {
    let of = |id: &str, level: Level, names: &[String]| -> Vec<(usize, LevelFlag)> {
        let indices = matches.indices_of(id).into_iter().flatten();
        indices.zip(names).map(|(index, name)| (index, LevelFlag { level, name: name.clone() })).collect()
    };
    let mut flags = of("allow", Level::Allow, &typed.allow);
    flags.extend(of("warn", Level::Warn, &typed.warn));
    flags.extend(of("deny", Level::Deny, &typed.deny));
    flags.sort_by_key(|(index, _)| *index);
    flags.into_iter().map(|(_, flag)| flag).collect()
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
        let Command::Check(check) = parse("x -D a -A b -Wc --deny d").command else { panic!("not a check") };
        let flags: Vec<String> = check.levels.iter().map(|flag| format!("{:?} {}", flag.level, flag.name)).collect();
        assert_eq!(flags, ["Deny a", "Allow b", "Warn c", "Deny d"]);
    }
}
