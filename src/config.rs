//! What the configuration means: levels, paths and further knowledge, validated, with the place of every mistake.
//!
//! Nothing here reads a file: `workspace` finds the configuration, and this module is told its text.

mod read;

use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher};

use crate::cli::LevelFlag;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::lint::{Level, Lint};
use crate::lints::{LINTS, groups};
use crate::nearest::nearest;
use crate::source::Span;
use crate::workspace::ConfigFile;

/// A configuration together with the levels of the command line.
#[derive(Debug, Default)]
pub struct Config {
    /// The file it was read from.
    pub path: Option<PathBuf>,
    /// What is known of frameworks and libraries.
    pub knowledge: Knowledge,
    /// `[check] require-reason`
    pub require_reason: bool,
    /// `[check] exclude`
    pub exclude: Vec<PathPattern>,
    /// `[lints]`, groups before single lints.
    levels: Vec<(LintSet, Level)>,
    /// `[[overrides]]`, of which later ones win.
    pub overrides: Vec<Override>,
    flags: Vec<(LintSet, Level)>,
}

/// Levels for some files.
#[derive(Debug)]
pub struct Override {
    /// The files.
    pub paths: Vec<PathPattern>,
    levels: Vec<(LintSet, Level)>,
}

/// A pattern for files, relative to the folder of the configuration.
#[derive(Debug)]
pub struct PathPattern {
    /// Where it stands in the configuration.
    pub span: Span,
    /// As written.
    pub text: String,
    matchers: [GlobMatcher; 2],
}

/// Which lints a level is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LintSet {
    /// One, by its index in the list.
    Lint(usize),
    /// A group, by its name.
    Group(&'static str),
    /// Whatever is at level warn by then.
    Warnings,
}

impl Config {
    /// Reads a configuration, if there is one, and the levels of the command line.
    ///
    /// # Errors
    ///
    /// Every mistake in the file, or the first name on the command line that there is not.
    pub fn new(file: Option<&ConfigFile>, flags: &[LevelFlag]) -> Result<Config, Error> {
        let mut config = match file {
            Some(file) => read::config(file)?,
            None => Config { knowledge: Knowledge::load(&[]).unwrap_or_default(), ..Config::default() },
        };
        for flag in flags {
            config.flags.push((LintSet::of_flag(&flag.name)?, flag.level));
        }
        Ok(config)
    }

    /// The level of a lint in a file.
    pub fn level(&self, lint: &Lint, file: &Path) -> Level {
        let overrides = self.overrides.iter().filter(|it| it.paths.iter().any(|pattern| pattern.matches(self, file)));
        let entries = self.levels.iter().chain(overrides.flat_map(|it| &it.levels)).chain(&self.flags);
        entries.fold(lint.level(), |level, (set, to)| if set.contains(lint, level) { *to } else { level })
    }

    /// Whether findings in a file are left out.
    pub fn excludes(&self, file: &Path) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(self, file))
    }

    /// The folder that patterns are relative to.
    fn base(&self) -> &Path {
        self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }
}

impl PathPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn new(text: &str, span: Span) -> Result<PathPattern, String> {
        let glob = |text: &str| -> Result<Glob, String> {
            GlobBuilder::new(text).literal_separator(true).build().map_err(|error| error.kind().to_string())
        };
        let bare = text.trim_start_matches("./").trim_end_matches('/');
        // A folder's name stands for what is in it.
        let matchers = [glob(bare)?.compile_matcher(), glob(&format!("{bare}/**"))?.compile_matcher()];
        Ok(PathPattern { span, text: text.to_owned(), matchers })
    }

    /// Whether it means a file.
    pub fn matches(&self, config: &Config, file: &Path) -> bool {
        let relative = file.strip_prefix(config.base()).unwrap_or(file);
        self.matchers.iter().any(|matcher| matcher.is_match(relative))
    }
}

impl LintSet {
    /// The lint or group of a name.
    fn named(name: &str) -> Option<LintSet> {
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

    fn contains(self, lint: &Lint, level: Level) -> bool {
        match self {
            LintSet::Lint(index) => LINTS[index].name == lint.name,
            LintSet::Group(group) => lint.group() == group,
            LintSet::Warnings => level == Level::Warn,
        }
    }
}

/// The lint, group or other word that a name may have been meant for.
fn nearest_lint(name: &str, others: &[&'static str]) -> Option<String> {
    let names = LINTS.iter().map(|lint| lint.name).chain(groups());
    nearest(name, names.chain(others.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, Error> {
        let file = ConfigFile { path: PathBuf::from("/p/backstop.toml"), text: text.to_owned(), table: &[] };
        Config::new(Some(&file), &[])
    }

    #[track_caller]
    fn mistake(text: &str, at: &str, message: &str) {
        let Err(Error::Config(mistakes)) = config(text) else { panic!("there is a mistake") };
        let found: Vec<_> = mistakes.iter().map(|it| (&text[it.span.clone()], it.message.as_str())).collect();
        assert_eq!(found, [(at, message)]);
    }

    fn level_in(text: &str, lint: &str, file: &str) -> Level {
        let config = config(text).expect("the configuration is valid");
        config.level(crate::lints::lint(lint).expect("there is such a lint"), Path::new(file))
    }

    #[test]
    fn later_overrides_win_and_lints_win_over_groups() {
        let text = "[lints]\nunwrapped_query = 'warn'\npanics = 'allow'\n\
            [[overrides]]\npaths = ['crates/*/src']\nlints = { unwrapped_query = 'deny' }\n\
            [[overrides]]\npaths = ['crates/b/**']\nlints = { unwrapped_query = { level = 'allow' } }\n";
        assert_eq!(level_in(text, "unwrapped_query", "/p/src/main.rs"), Level::Warn);
        assert_eq!(level_in(text, "unwrapped_query", "/p/crates/a/src/main.rs"), Level::Deny);
        assert_eq!(level_in(text, "unwrapped_query", "/p/crates/b/src/main.rs"), Level::Allow);
    }

    #[test]
    fn mistakes_have_places() {
        mistake("[lints]\nunwraped_query = 'deny'", "unwraped_query", "there is no lint `unwraped_query`");
        mistake("[lints]\nunwrapped_query = 'dney'", "'dney'", "there is no level `dney`");
        mistake("[lints]\nunwrapped_query = 3", "3", "expected a level, found an integer");
        mistake("[lnts]", "lnts", "unknown key `lnts`");
        mistake("[check]\nexclude = 'x'", "'x'", "expected an array of strings, found a string");
        mistake("[[knowledge]]\nname = 'x'\nkid = 'database'", "kid", "unknown key `kid`");
        mistake(
            "[[overrides]]\npaths = ['a{']\nlints = {}",
            "'a{'",
            "not a pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
        );
    }
}
