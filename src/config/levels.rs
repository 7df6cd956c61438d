//! Levels: which entries set the level of a lint in a file, which of them decides, and which are held off.

use std::path::Path;

use super::{Config, Override};
use crate::cli::LevelFlag;
use crate::error::Error;
use crate::lint::{Level, Lint, Setting};
use crate::lints::{ALL, LINTS, groups};
use crate::nearest::nearest;
use crate::source::Span;

/// One entry that sets the level of some lints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub(super) set: LintSet,
    pub(super) setting: Setting,
    /// Where it was written.
    pub origin: Origin,
}

/// Where a level was set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// In the configuration.
    File {
        /// The entry in the text of the configuration.
        span: Span,
        /// Its line, from 1.
        line: u32,
        /// As written.
        text: String,
    },
    /// On the command line, as written.
    Flag(String),
}

/// Which lints a level is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum LintSet {
    /// All of them.
    All,
    /// A group, by its name.
    Group(&'static str),
    /// One, by its index in the list.
    Lint(usize),
    /// Whatever is at level warn by then.
    Warnings,
}

/// What levels are asked of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The file.
    pub file: &'a Path,
    /// The package that it is in.
    pub package: Option<&'a str>,
}

/// What holds for a lint in a file.
#[derive(Debug)]
pub struct Ruling<'c> {
    /// The level.
    pub setting: Setting,
    /// What has decided it; none where the lint has its usual level.
    pub by: Option<&'c Entry>,
    /// Entries that would lower what is forbidden.
    pub held_off: Vec<&'c Entry>,
}

impl Config {
    /// What holds for a lint in a file: the last entry that is about it, unless an earlier one forbids it.
    pub fn ruling(&self, lint: &Lint, subject: Subject<'_>) -> Ruling<'_> {
        self.ruling_with(lint, |it| it.applies(self, subject))
    }

    /// What holds for a lint where no override is about the file.
    pub fn usual_ruling(&self, lint: &Lint) -> Ruling<'_> {
        self.ruling_with(lint, |_| false)
    }

    fn ruling_with(&self, lint: &Lint, applies: impl Fn(&Override) -> bool) -> Ruling<'_> {
        let overrides = self.overrides.iter().filter(|it| applies(it));
        let entries = self.levels.iter().chain(overrides.flat_map(|it| &it.levels)).chain(&self.flags);
        let mut ruling = Ruling { setting: lint.level().into(), by: None, held_off: Vec::new() };
        for entry in entries.filter(|entry| entry.set.may_contain(lint)) {
            if !entry.set.contains(lint, ruling.setting.level) {
                continue;
            }
            match ruling.setting.is_final {
                true if entry.setting.level < Level::Deny => ruling.held_off.push(entry),
                true => {}
                false => (ruling.setting, ruling.by) = (entry.setting, Some(entry)),
            }
        }
        ruling
    }

    /// Whether any level is final: most configurations have none, and nothing can be held off then.
    pub fn forbids(&self) -> bool {
        let overrides = self.overrides.iter().flat_map(|it| &it.levels);
        self.levels.iter().chain(overrides).chain(&self.flags).any(|entry| entry.setting.is_final)
    }
}

impl Override {
    /// Where its levels were set.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.levels.iter().map(|entry| &entry.origin)
    }

    /// Whether it is about a file.
    pub fn applies(&self, config: &Config, subject: Subject<'_>) -> bool {
        let is_in_paths = self.paths.is_empty() || self.paths.iter().any(|it| it.matches(config, subject.file));
        let is_in_packages =
            || subject.package.is_some_and(|package| self.packages.iter().any(|pattern| pattern.is_name(package)));
        is_in_paths && (self.packages.is_empty() || is_in_packages())
    }
}

impl Entry {
    pub(super) fn of_flag(flag: &LevelFlag) -> Result<Entry, Error> {
        let letter = flag.setting.name().chars().next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
        let origin = Origin::Flag(format!("-{letter} {}", flag.name));
        Ok(Entry { set: LintSet::of_flag(&flag.name)?, setting: flag.setting, origin })
    }
}

impl LintSet {
    /// The lint or group of a name.
    pub(super) fn named(name: &str) -> Option<LintSet> {
        if name == ALL {
            return Some(LintSet::All);
        }
        let lint = LINTS.iter().position(|lint| lint.name == name).map(LintSet::Lint);
        lint.or_else(|| groups().into_iter().find(|group| *group == name).map(LintSet::Group))
    }

    fn of_flag(name: &str) -> Result<LintSet, Error> {
        if name == "warnings" {
            return Ok(LintSet::Warnings);
        }
        // `unwrapped-query` is what people type.
        LintSet::named(&name.replace('-', "_")).ok_or_else(|| Error::Unknown {
            what: "lint",
            name: name.to_owned(),
            nearest: nearest_lint(name, &["warnings"]),
        })
    }

    /// Whether it is about a lint, whatever the level of that is.
    fn may_contain(self, lint: &Lint) -> bool {
        match self {
            LintSet::All | LintSet::Warnings => true,
            LintSet::Lint(index) => LINTS[index].name == lint.name,
            LintSet::Group(group) => lint.group() == group,
        }
    }

    /// Whether it is about a lint that has a level so far.
    fn contains(self, lint: &Lint, level: Level) -> bool {
        self.may_contain(lint) && (self != LintSet::Warnings || level == Level::Warn)
    }
}

/// The lint, group or other word that a name may have been meant for.
pub(super) fn nearest_lint(name: &str, others: &[&'static str]) -> Option<String> {
    let names = LINTS.iter().map(|lint| lint.name).chain(groups()).chain([ALL]);
    nearest(name, names.chain(others.iter().copied()))
}
