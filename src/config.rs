//! What the configuration means: levels, paths and further knowledge, validated, with the place of every mistake.
//!
//! Nothing here reads a file: `workspace` finds the configuration, and this module is told its text.

mod levels;
mod read;
mod schema;

use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher};

use levels::Entry;
pub use levels::{Origin, Ruling, Subject};
pub use schema::schema;

use crate::cli::LevelFlag;
use crate::error::Error;
use crate::knowledge::Knowledge;
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
    /// `[check] baseline`
    pub baseline: Option<PathBuf>,
    /// `[check] max-warnings`
    pub max_warnings: Option<usize>,
    /// `[lints]`, `all` before groups and groups before single lints.
    levels: Vec<Entry>,
    /// `[[overrides]]`, of which later ones win.
    pub overrides: Vec<Override>,
    flags: Vec<Entry>,
}

/// Levels for some files.
#[derive(Debug, Default)]
pub struct Override {
    /// The files; none means all of the packages.
    pub paths: Vec<PathPattern>,
    /// The packages; none means all that the files are in.
    pub packages: Vec<PathPattern>,
    levels: Vec<Entry>,
}

/// A pattern for files, relative to the folder of the configuration, or for names of packages.
#[derive(Debug)]
pub struct PathPattern {
    /// Where it stands in the configuration.
    pub span: Span,
    /// As written.
    pub text: String,
    matchers: [GlobMatcher; 2],
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
        config.flags = flags.iter().map(Entry::of_flag).collect::<Result<_, _>>()?;
        Ok(config)
    }

    /// Whether findings in a file are left out.
    pub fn excludes(&self, file: &Path) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(self, file))
    }

    /// The folder that patterns and the path of the baseline are relative to.
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

    /// Whether it means a package.
    pub fn is_name(&self, package: &str) -> bool {
        self.matchers[0].is_match(package)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Level;

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
        ruling_in(&config, lint, file, None).setting.level
    }

    fn ruling_in<'c>(config: &'c Config, lint: &str, file: &str, package: Option<&str>) -> Ruling<'c> {
        let lint = crate::lints::lint(lint).expect("there is such a lint");
        config.ruling(lint, Subject { file: Path::new(file), package })
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
