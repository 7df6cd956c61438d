//! The options that say what counts: levels, the baseline, changed lines, and how many warnings there may be.

use std::path::PathBuf;

use clap::{ArgMatches, Args as ClapArgs};

use crate::lint::{Level, Setting};

/// `-D unwrapped_query`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelFlag {
    /// The level.
    pub setting: Setting,
    /// A lint, a group, `all`, or `warnings`.
    pub name: String,
}

/// Which of the findings count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gate {
    /// `--baseline` and `--no-baseline`
    pub baseline: BaselineChoice,
    /// `--since`
    pub since: Option<String>,
    /// `--max-warnings`
    pub max_warnings: Option<usize>,
}

/// Where the known findings are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum BaselineChoice {
    /// Where the configuration says, or in the file of the usual name.
    #[default]
    Usual,
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    None,
}

/// What becomes of a baseline that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BaselineChange {
    /// It is written anew, unless that would make it larger.
    Write,
    /// It takes in what is new.
    Update,
    /// It loses what no longer occurs.
    Prune,
}

#[derive(ClapArgs)]
pub(super) struct TypedLevels {
    /// Do not report a lint, a group, `all`, or `warnings`
    #[arg(short = 'A', long, value_name = "LINT")]
    allow: Vec<String>,
    /// Report a lint, a group, `all`, or `warnings`, without failing
    #[arg(short = 'W', long, value_name = "LINT")]
    warn: Vec<String>,
    /// Report a lint, a group, `all`, or `warnings`, and fail
    #[arg(short = 'D', long, value_name = "LINT")]
    deny: Vec<String>,
    /// As --deny, and nothing lowers it: no later level, no suppression, no baseline
    #[arg(short = 'F', long, value_name = "LINT")]
    forbid: Vec<String>,
}

#[derive(ClapArgs)]
pub(super) struct TypedGate {
    /// Report only what is on lines changed since the merge base with a commit or branch, or follows from them
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    since: Option<String>,
    /// The file with known findings [default: `[check] baseline`, or else backstop-baseline.json beside the configuration
    /// or in the root of the workspace]
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    baseline: Option<PathBuf>,
    /// Report known findings, too
    #[arg(long)]
    no_baseline: bool,
    /// Fail when there are more warnings
    #[arg(long, value_name = "N")]
    max_warnings: Option<usize>,
}

#[derive(ClapArgs)]
pub(super) struct TypedBaseline {
    /// The file to write [default: `[check] baseline`, or else backstop-baseline.json beside the configuration or in the
    /// root of the workspace]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Take new findings into a baseline that is there
    #[arg(long, conflicts_with = "prune")]
    update: bool,
    /// Take out what no longer occurs, and nothing in
    #[arg(long)]
    prune: bool,
}

impl TypedLevels {
    /// The levels in the order they were typed, which clap keeps for each option only.
    pub(super) fn flags(self, matches: &ArgMatches) -> Vec<LevelFlag> {
        let of = |id: &str, setting: Setting, names: Vec<String>| -> Vec<(usize, LevelFlag)> {
            let indices = matches.indices_of(id).into_iter().flatten();
            indices.zip(names).map(|(index, name)| (index, LevelFlag { setting, name })).collect()
        };
        let mut flags = of("allow", Level::Allow.into(), self.allow);
        flags.extend(of("warn", Level::Warn.into(), self.warn));
        flags.extend(of("deny", Level::Deny.into(), self.deny));
        flags.extend(of("forbid", Setting::FORBID, self.forbid));
        flags.sort_by_key(|(index, _)| *index);
        flags.into_iter().map(|(_, flag)| flag).collect()
    }
}

impl TypedGate {
    pub(super) fn gate(self) -> Gate {
        let baseline = if self.no_baseline { BaselineChoice::None } else { choice(self.baseline) };
        Gate { baseline, since: self.since, max_warnings: self.max_warnings }
    }
}

impl TypedBaseline {
    pub(super) fn split(self) -> (BaselineChoice, BaselineChange) {
        let change = match (self.update, self.prune) {
            (true, _) => BaselineChange::Update,
            (_, true) => BaselineChange::Prune,
            _ => BaselineChange::Write,
        };
        (choice(self.baseline), change)
    }
}

fn choice(file: Option<PathBuf>) -> BaselineChoice {
    file.map_or(BaselineChoice::Usual, BaselineChoice::File)
}
