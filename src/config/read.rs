//! From the text of a configuration to [`Config`].

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::levels::{Entry, LintSet, Origin, nearest_lint};
use super::schema::{CHECK, LEVEL, OVERRIDE, ROOT};
use super::{Config, Override, PathPattern};
use crate::error::{ConfigError, Error};
use crate::knowledge::Knowledge;
use crate::lint::Setting;
use crate::nearest::nearest;
use crate::shape::{Keys, names};
use crate::source::{Span, line_starts};
use crate::workspace::ConfigFile;

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Reads a configuration.
pub(super) fn config(file: &ConfigFile) -> Result<Config, Error> {
    let mut reader = Reader { file, mistakes: Vec::new() };
    let (root, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        reader.mistake(error.span().unwrap_or_default(), error.message().to_owned(), None);
    }
    // What is left of a text that is not TOML would only be misunderstood.
    let config = if reader.mistakes.is_empty() { reader.config(&root) } else { Config::default() };
    if reader.mistakes.is_empty() {
        return Ok(config);
    }
    reader.mistakes.sort_by_key(|mistake| mistake.span.start);
    Err(Error::Config(reader.mistakes))
}

struct Reader<'f> {
    file: &'f ConfigFile,
    mistakes: Vec<ConfigError>,
}

impl Reader<'_> {
    fn mistake(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        let (path, text) = (self.file.path.clone(), self.file.text.clone());
        self.mistakes.push(ConfigError { path, text, span, message, help });
    }

    fn config(&mut self, root: &Spanned<Table<'_>>) -> Config {
        let mut config = Config { path: Some(self.file.path.clone()), ..Config::default() };
        let mut table = root.get_ref();
        for key in self.file.table {
            let Some(DeValue::Table(inner)) = table.get(*key).map(Spanned::get_ref) else { return config };
            table = inner;
        }
        let mut knowledge = Vec::new();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "lints" => config.levels = self.levels(value),
                "overrides" => {
                    config.overrides = self.tables(value).into_iter().map(|table| self.one_override(table)).collect()
                }
                "check" => self.check(value, &mut config),
                "knowledge" => knowledge = self.tables(value),
                other => self.unknown_key(key.span(), other, ROOT),
            }
        }
        config.knowledge = self.knowledge(&knowledge);
        config
    }

    fn knowledge(&mut self, tables: &[&Spanned<DeValue<'_>>]) -> Knowledge {
        let user: Vec<(usize, &Table<'_>)> =
            tables.iter().enumerate().filter_map(|(index, value)| Some((index, value.get_ref().as_table()?))).collect();
        match Knowledge::load(&user) {
            Ok(knowledge) => knowledge,
            Err(errors) => {
                for (index, error) in errors {
                    let whole = tables.get(index).map(|table| table.span()).unwrap_or_default();
                    let span = if error.span.is_empty() { whole } else { error.span };
                    self.mistake(span, error.message, error.help);
                }
                Knowledge::default()
            }
        }
    }

    fn check(&mut self, value: &Value<'_>, config: &mut Config) {
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "exclude" => config.exclude = self.patterns(value),
                "require-reason" => match value.get_ref().as_bool() {
                    Some(required) => config.require_reason = required,
                    None => self.wrong_type(value, "true or false"),
                },
                "baseline" => match value.get_ref().as_str() {
                    Some(path) => config.baseline = Some(config.base().join(path)),
                    None => self.wrong_type(value, "the path of a file"),
                },
                "max-warnings" => config.max_warnings = self.number(value),
                other => self.unknown_key(key.span(), other, CHECK),
            }
        }
    }

    fn one_override(&mut self, value: &Value<'_>) -> Override {
        let mut it = Override::default();
        let Some(table) = self.table(value) else { return it };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "paths" => it.paths = self.patterns(value),
                "packages" => it.packages = self.patterns(value),
                "lints" => it.levels = self.levels(value),
                other => self.unknown_key(key.span(), other, OVERRIDE),
            }
        }
        if table.get("paths").is_none() && table.get("packages").is_none() {
            self.mistake(value.span(), "an override needs `paths` or `packages`".to_owned(), None);
        }
        if table.get("lints").is_none() {
            self.mistake(value.span(), "an override needs `lints`".to_owned(), None);
        }
        it
    }

    /// Levels, those of groups first: what is said of one lint wins over what is said of its group.
    fn levels(&mut self, value: &Value<'_>) -> Vec<Entry> {
        let mut levels = Vec::new();
        let Some(table) = self.table(value) else { return levels };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let setting = match value.get_ref() {
                DeValue::Table(options) => self.level_in(value, options),
                _ => self.level(value),
            };
            match LintSet::named(name) {
                Some(set) => {
                    let origin = self.origin(key.span().start, value.span().end);
                    levels.extend(setting.map(|setting| Entry { set, setting, origin }));
                }
                None => {
                    let help = nearest_lint(name, &[]).map(|near| format!("did you mean `{near}`?"));
                    self.mistake(key.span(), format!("there is no lint `{name}`"), help);
                }
            }
        }
        levels.sort_by_key(|entry| entry.set);
        levels
    }

    fn origin(&self, start: usize, end: usize) -> Origin {
        let text = self.file.text.get(start..end).unwrap_or_default().to_owned();
        let line = line_starts(&self.file.text).partition_point(|at| *at as usize <= start) as u32;
        Origin::File { span: Span::new(start as u32, end as u32), line, text }
    }

    /// `{ level = "warn" }`
    fn level_in(&mut self, value: &Value<'_>, options: &Table<'_>) -> Option<Setting> {
        for (key, _) in options {
            if key.get_ref() != "level" {
                self.unknown_key(key.span(), key.get_ref(), LEVEL);
            }
        }
        let Some(level) = options.get("level") else {
            self.mistake(value.span(), "the `level` is missing".to_owned(), None);
            return None;
        };
        self.level(level)
    }

    fn level(&mut self, value: &Value<'_>) -> Option<Setting> {
        let DeValue::String(word) = value.get_ref() else {
            self.wrong_type(value, "a level");
            return None;
        };
        let setting = Setting::from_name(word);
        if setting.is_none() {
            let help = "the levels are `allow`, `warn`, `deny` and `forbid`".to_owned();
            self.mistake(value.span(), format!("there is no level `{word}`"), Some(help));
        }
        setting
    }

    fn number(&mut self, value: &Value<'_>) -> Option<usize> {
        let number = value.get_ref().as_integer().and_then(|it| usize::from_str_radix(it.as_str(), it.radix()).ok());
        if number.is_none() {
            self.wrong_type(value, "a number that is not negative");
        }
        number
    }

    fn patterns(&mut self, value: &Value<'_>) -> Vec<PathPattern> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, "an array of strings");
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for item in array.iter() {
            let DeValue::String(text) = item.get_ref() else {
                self.wrong_type(item, "a string");
                continue;
            };
            let span = item.span();
            match PathPattern::new(text, Span::new(span.start as u32, span.end as u32)) {
                Ok(pattern) => patterns.push(pattern),
                Err(reason) => self.mistake(span, format!("not a pattern: {reason}"), None),
            }
        }
        patterns
    }

    /// The tables of `[[key]]`.
    fn tables<'v, 't>(&mut self, value: &'v Value<'t>) -> Vec<&'v Value<'t>> {
        match value.get_ref() {
            DeValue::Array(array) if array.iter().all(|item| item.get_ref().is_table()) => array.iter().collect(),
            _ => {
                self.wrong_type(value, "an array of tables");
                Vec::new()
            }
        }
    }

    fn table<'v, 't>(&mut self, value: &'v Value<'t>) -> Option<&'v Table<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, "a table");
        }
        table
    }

    fn wrong_type(&mut self, value: &Value<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        self.mistake(value.span(), format!("expected {expected}, found {article} {found}"), None);
    }

    fn unknown_key(&mut self, span: Range<usize>, key: &str, keys: Keys) {
        let known = names(keys);
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the keys here are {}",
                known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        self.mistake(span, format!("unknown key `{key}`"), Some(help));
    }
}
