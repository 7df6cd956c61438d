//! From knowledge files to [`Knowledge`]: the tables of each file, with the position of every mistake.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::grammar::{GrammarError, Key, parse_keys, parse_type};
use super::resolve::Resolver;
use super::shape::FILE;
use super::{AliasFact, DeriveFact, Knowledge, Library, LibraryId, LibraryKind, Opens, Pattern, Reason};
use crate::nearest::nearest;
use crate::shape::{Misshape, misshapen};
use crate::symbol::Sym;

/// A mistake in a knowledge file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnowledgeError {
    /// Which bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

/// Mistakes, by the file they stand in: the index in the list that was loaded.
pub type LoadError = Vec<(usize, KnowledgeError)>;

/// What stands in [`LoadError`] for the files shipped with backstop.
const SHIPPED: usize = usize::MAX;

pub(super) type Table<'t> = DeTable<'t>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

impl Knowledge {
    /// The knowledge shipped with backstop and that of the user, each table with the index that errors name it by.
    ///
    /// # Errors
    ///
    /// Every mistake in every table.
    pub fn load(user: &[(usize, &Table<'_>)]) -> Result<Knowledge, LoadError> {
        let shipped: Vec<Spanned<DeTable<'static>>> =
            super::builtin::FILES.iter().map(|(_, text)| DeTable::parse_recoverable(text).0).collect();
        let tables: Vec<(usize, &Table<'_>)> =
            shipped.iter().map(|table| (SHIPPED, table.get_ref())).chain(user.iter().copied()).collect();
        let mut loader = Loader { knowledge: Knowledge::default(), errors: Vec::new(), source: 0 };
        for (source, table) in &tables {
            loader.source = *source;
            loader.declare(table);
        }
        for (index, (source, table)) in tables.iter().enumerate() {
            loader.source = *source;
            loader.define(LibraryId(index as u16), table);
        }
        loader.knowledge.index_macros();
        if loader.errors.is_empty() { Ok(loader.knowledge) } else { Err(loader.errors) }
    }
}

pub(super) struct Loader {
    pub(super) knowledge: Knowledge,
    pub(super) errors: LoadError,
    /// Which table is being read.
    source: usize,
}

/// Why calls fail, as flags say.
pub(super) fn reason(flag: impl Fn(&str) -> Option<bool>) -> Option<Reason> {
    match (flag("outside"), flag("inside")) {
        (Some(true), _) => Some(Reason::Outside),
        (_, Some(true)) => Some(Reason::Inside),
        _ => None,
    }
}

impl Loader {
    pub(super) fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.errors.push((self.source, KnowledgeError { span, message: message.into(), help }));
    }

    pub(super) fn grammar(&mut self, span: Range<usize>, error: &GrammarError) {
        self.error(span, error.to_string(), None);
    }

    /// The header of a file, its types and the paths they go by.
    fn declare(&mut self, table: &Table<'_>) {
        for Misshape { span, message, help } in misshapen(table, FILE) {
            self.errors.push((self.source, KnowledgeError { span, message, help }));
        }
        let name = self.text(table, "name").unwrap_or_default();
        if name.is_empty() {
            self.error(0..0, "knowledge needs a `name`", None);
        }
        // What is true of a project's own crates is for the project to know.
        let missing = ["crates", "verified", "evidence"].into_iter().find(|key| self.texts(table, key).is_empty());
        if let Some(missing) = missing.filter(|_| self.source == SHIPPED) {
            self.error(0..0, format!("knowledge `{name}` needs `{missing}`"), None);
        }
        let kind = match self.text(table, "kind").as_deref() {
            Some("database") => LibraryKind::Database,
            Some("cache") => LibraryKind::Cache,
            Some("http") => LibraryKind::Http,
            Some("framework") => LibraryKind::Framework,
            _ => LibraryKind::Other,
        };
        let extends = self.texts(table, "extends").iter().filter_map(|name| self.extended(table, name)).collect();
        let library = Library {
            name: Sym::from(name.as_str()),
            title: self.text(table, "title").unwrap_or(name),
            crates: self.texts(table, "crates").iter().map(|name| Sym::from(name.as_str())).collect(),
            kind,
            blocking: table.get("blocking").and_then(|value| value.get_ref().as_bool()).unwrap_or(false),
            reason: reason(|name| table.get(name)?.get_ref().as_bool())
                .or((kind == LibraryKind::Http).then_some(Reason::Outside)),
            sql: table.get("sql").and_then(|value| value.get_ref().as_bool()).unwrap_or(false),
            extends,
            error: self.first_error(table),
            oldest: self.text(table, "oldest").and_then(|version| version.parse().ok()),
            evidence: self.texts(table, "evidence"),
            panics: Vec::new(),
            optional: named_texts(table, "optional").map(|(name, text)| (Sym::from(name), Sym::from(text))).collect(),
            reports: named_texts(table, "reports").map(|(name, text)| (Sym::from(name), text.to_owned())).collect(),
        };
        self.knowledge.libraries.push(library);
        self.declare_paths(table);
        let fallible = self.texts(table, "fallible");
        let fallible = fallible.iter().map(|path| self.knowledge.paths.canonical(Sym::from(path.as_str())));
        self.knowledge.fallible.extend(fallible);
    }

    /// A file that another one extends; it has to come before it.
    fn extended(&mut self, table: &Table<'_>, name: &str) -> Option<LibraryId> {
        let libraries = &self.knowledge.libraries;
        let index = libraries.iter().position(|library| library.name.as_str() == name);
        if index.is_none() {
            let help = nearest(name, libraries.iter().map(|library| library.name.as_str()));
            let span = table.get("extends").map(Spanned::span).unwrap_or_default();
            self.error(
                span,
                format!("there is no knowledge `{name}`"),
                help.map(|near| format!("did you mean `{near}`?")),
            );
        }
        index.map(|index| LibraryId(index as u16))
    }

    fn first_error(&self, table: &Table<'_>) -> Option<Sym> {
        let first = table.get("errors")?.get_ref().as_array()?.first()?;
        first.get_ref().as_table()?.get("type")?.get_ref().as_str().map(Sym::from)
    }

    fn declare_paths(&mut self, table: &Table<'_>) {
        for (path, same) in self.string_pairs(table, "reexports") {
            self.knowledge.paths.add_same(&path, &same);
            self.knowledge.paths.add_known(&path);
        }
        for (_, value) in entries(table, "types") {
            let paths = strings(value);
            let Some(first) = paths.first() else { continue };
            for path in &paths {
                self.knowledge.paths.add_same(path, first);
                self.knowledge.paths.add_known(path);
            }
        }
        for (module, value) in entries(table, "exports") {
            for path in strings(value) {
                let name = path.rsplit("::").next().unwrap_or_default().trim_end_matches('!').to_owned();
                self.knowledge.paths.add_export(module.get_ref(), &name, path.trim_end_matches('!'));
            }
        }
    }

    /// The facts of a file, once the types of all files are known.
    fn define(&mut self, library: LibraryId, table: &Table<'_>) {
        let resolver = Resolver::new(&self.knowledge, library, table);
        resolver.add_handles(&mut self.knowledge, library);
        self.define_errors(library, table);
        for (word, names) in entries(table, "opens") {
            let opens = if word.get_ref() == "pool" { Opens::Pool } else { Opens::Connection };
            let paths = strings(names).into_iter().filter_map(|name| resolver.type_path(&name));
            self.knowledge.opened.extend(paths.map(|path| (path, opens)));
        }
        for (key, value) in entries(table, "aliases") {
            self.alias(&resolver, key, value, |knowledge| &mut knowledge.aliases);
        }
        for (key, value) in entries(table, "derefs") {
            self.alias(&resolver, key, value, |knowledge| &mut knowledge.derefs);
        }
        for (key, value) in entries(table, "derives") {
            self.derive(&resolver, key, value);
        }
        self.define_statuses(table);
        self.define_words(table);
        self.define_responses(&resolver, library, table);
        self.define_calls(&resolver, library, table);
        self.define_builds(&resolver, library, table);
        self.define_extractors(&resolver, library, table);
        self.define_framework(&resolver, library, table);
    }

    pub(super) fn keys(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>) -> Vec<Key> {
        parse_keys(key.get_ref()).unwrap_or_else(|error| {
            self.grammar(key.span(), &error);
            Vec::new()
        })
    }

    fn alias(
        &mut self,
        resolver: &Resolver,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        table: fn(&mut Knowledge) -> &mut rustc_hash::FxHashMap<Sym, AliasFact>,
    ) {
        let of = field(value, "of").unwrap_or(value);
        let target = of.get_ref().as_str().map(parse_type);
        let after: Vec<Sym> =
            field(value, "after").map(strings).unwrap_or_default().into_iter().map(Sym::from).collect();
        for it in self.keys(key) {
            match &target {
                Some(Ok((term, _))) => {
                    let params = it.generics.iter().map(|term| Sym::from(term.name.as_str())).collect();
                    let target = self.pattern(resolver, term, value.span());
                    let path = self.knowledge.paths.canonical(Sym::from(it.path.as_str()));
                    self.knowledge.paths.add_known(path.as_str());
                    table(&mut self.knowledge).insert(path, AliasFact { params, target, after: after.clone() });
                }
                Some(Err(error)) => self.grammar(value.span(), error),
                None => self.error(value.span(), "expected a type as a string", None),
            }
        }
    }

    fn derive(&mut self, resolver: &Resolver, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) {
        let mut fact = DeriveFact::default();
        match value.get_ref() {
            DeValue::String(acts_as) => fact.acts_as = resolver.type_path(acts_as),
            DeValue::Table(table) => {
                for (name, kind) in table {
                    if name.get_ref() == "deref" {
                        fact.derefs = true;
                        continue;
                    }
                    if name.get_ref() == "display" {
                        fact.display = kind.get_ref().as_str().map(Sym::from);
                        continue;
                    }
                    let Some(path) = kind.get_ref().as_str().and_then(|kind| resolver.type_path(kind)) else {
                        self.error(kind.span(), "expected the name of one of the file's types", None);
                        continue;
                    };
                    if name.get_ref() == "self" {
                        fact.acts_as = Some(path);
                    } else if let Some(function) = name.get_ref().strip_prefix("self::") {
                        fact.gives.push((Sym::from(function), path));
                    } else {
                        fact.declares.push((Sym::from(name.get_ref().as_ref()), path));
                    }
                }
            }
            _ => self.error(value.span(), "expected a type, or a table of names and types", None),
        }
        self.knowledge.paths.add_known(key.get_ref());
        self.knowledge.derives.insert(Sym::from(key.get_ref().as_ref()), fact);
    }

    pub(super) fn patterns(
        &mut self,
        resolver: &Resolver,
        terms: &[super::grammar::Term],
        span: Range<usize>,
    ) -> Vec<Pattern> {
        terms.iter().map(|term| self.pattern(resolver, term, span.clone())).collect()
    }

    pub(super) fn pattern(&mut self, resolver: &Resolver, term: &super::grammar::Term, span: Range<usize>) -> Pattern {
        resolver.pattern(&self.knowledge, term).unwrap_or_else(|unknown| {
            let help = nearest(&unknown, resolver.names()).map(|near| format!("did you mean `{near}`?"));
            self.error(span, format!("unknown type `{unknown}`"), help);
            Pattern::Any
        })
    }

    fn text(&self, table: &Table<'_>, key: &str) -> Option<String> {
        table.get(key).and_then(|value| value.get_ref().as_str()).map(str::to_owned)
    }

    fn texts(&self, table: &Table<'_>, key: &str) -> Vec<String> {
        table.get(key).map(strings).unwrap_or_default()
    }

    fn string_pairs(&self, table: &Table<'_>, key: &str) -> Vec<(String, String)> {
        let pairs = entries(table, key).filter_map(|(name, value)| {
            value.get_ref().as_str().map(|value| (name.get_ref().to_string(), value.to_owned()))
        });
        pairs.collect()
    }
}

/// The entries of a sub-table; none where it is missing.
pub(super) fn entries<'a, 't>(
    table: &'a Table<'t>,
    key: &str,
) -> impl Iterator<Item = (&'a Spanned<std::borrow::Cow<'t, str>>, &'a Value<'t>)> {
    table.get(key).and_then(|value| value.get_ref().as_table()).into_iter().flatten()
}

/// The texts of a table with their names.
fn named_texts<'a>(table: &'a Table<'_>, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    entries(table, key).filter_map(|(name, value)| Some((name.get_ref().as_ref(), value.get_ref().as_str()?)))
}

/// The strings of a list, or a single one.
pub(super) fn strings(value: &Value<'_>) -> Vec<String> {
    match value.get_ref() {
        DeValue::String(text) => vec![text.to_string()],
        DeValue::Array(list) => list.iter().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// An entry of a value that is a table.
pub(super) fn field<'a, 't>(value: &'a Value<'t>, key: &str) -> Option<&'a Value<'t>> {
    value.get_ref().as_table()?.get(key)
}
