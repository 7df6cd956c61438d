//! The command that applies fixes.

use std::path::PathBuf;

use clap::{ArgMatches, Args as ClapArgs};

use super::gate::{BaselineChoice, LevelFlag, TypedLevels};
use super::{Command, Common, TypedSelection};
use crate::fix::Applicability;
use crate::workspace::Selection;

/// What to fix, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What to check.
    pub selection: Selection,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `-A`, `-W`, `-D` and `-F` in the order they were typed.
    pub levels: Vec<LevelFlag>,
    /// Known findings are left alone, unless this says so.
    pub baseline: BaselineChoice,
    /// `--unsafe`: which fixes may be applied.
    pub allowed: Applicability,
    /// `--dry-run`: show what would change, and change nothing.
    pub dry_run: bool,
    /// `--allow-dirty`: also where git knows of changes that are not committed.
    pub allow_dirty: bool,
}

#[derive(ClapArgs)]
pub(super) struct TypedFix {
    #[command(flatten)]
    selection: TypedSelection,
    #[command(flatten)]
    pub(super) levels: TypedLevels,
    /// Show what would change as a diff, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Apply fixes that may change more than the finding is about, too
    #[arg(long = "unsafe")]
    apply_unsafe: bool,
    /// Change files also where git knows of changes that are not committed, or where there is no git
    #[arg(long)]
    allow_dirty: bool,
    /// Fix known findings, too
    #[arg(long)]
    no_baseline: bool,
    #[command(flatten)]
    common: Common,
}

impl TypedFix {
    pub(super) fn split(self, matches: &ArgMatches) -> (Command, Common) {
        let (selection, config) = self.selection.split();
        let fix = Fix {
            selection,
            config,
            levels: self.levels.flags(matches),
            baseline: if self.no_baseline { BaselineChoice::None } else { BaselineChoice::Usual },
            allowed: if self.apply_unsafe { Applicability::Unsafe } else { Applicability::Safe },
            dry_run: self.dry_run,
            allow_dirty: self.allow_dirty,
        };
        (Command::Fix(fix), self.common)
    }
}
