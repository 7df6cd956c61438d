//! What the names in a knowledge file mean: the file's types, those it shares, and those of the language.

use rustc_hash::FxHashMap;

use super::grammar::Term;
use super::load::{Table, entries, strings};
use super::{Kind, Knowledge, LibraryId, Opens, Pattern};
use crate::symbol::Sym;

/// The types that every file can name, with their paths.
pub(super) const LANGUAGE_TYPES: [(&str, &str); 16] = [
    ("Option", "std::option::Option"),
    ("Result", "std::result::Result"),
    ("Vec", "std::vec::Vec"),
    ("String", "std::string::String"),
    ("Box", "std::boxed::Box"),
    ("Arc", "std::sync::Arc"),
    ("Rc", "std::rc::Rc"),
    ("Pin", "std::pin::Pin"),
    ("Cow", "std::borrow::Cow"),
    ("HashMap", "std::collections::HashMap"),
    ("Future", "std::future::Future"),
    ("Iterator", "std::iter::Iterator"),
    ("Stream", "futures::Stream"),
    ("bool", "bool"),
    ("str", "str"),
    ("usize", "usize"),
];

const KINDS: [(&str, Kind); 5] = [
    ("Row", Kind::Row),
    ("Written", Kind::Written),
    ("Affected", Kind::Affected),
    ("Count", Kind::Count),
    ("Value", Kind::Value),
];

/// Types that a query can be run on.
const HANDLES: [&str; 3] = ["Pool", "Conn", "Tx"];

/// What calls that yield them open, in every file; `[opens]` names further types.
const OPENED: [(&str, Opens); 2] = [("Pool", Opens::Pool), ("Conn", Opens::Connection)];

/// Resolves the names of one file.
pub(super) struct Resolver {
    types: FxHashMap<String, Sym>,
    error: Option<Sym>,
}

impl Resolver {
    pub(super) fn new(knowledge: &Knowledge, library: LibraryId, table: &Table<'_>) -> Self {
        let mut types = FxHashMap::default();
        for (name, value) in entries(table, "types") {
            if let Some(first) = strings(value).first() {
                let path = knowledge.paths.canonical(Sym::from(first.as_str()));
                types.insert(name.get_ref().to_string(), path);
            }
        }
        let error = knowledge.library(library).error;
        Resolver { types, error }
    }

    /// Registers the file's types, and its pools, connections and transactions as handles of its queries and of those it extends.
    pub(super) fn add_handles(&self, knowledge: &mut Knowledge, library: LibraryId) {
        for path in self.types.values() {
            knowledge.types.entry(*path).or_insert(library);
        }
        let mut takers = vec![library];
        takers.extend(knowledge.library(library).extends.iter().copied());
        for (name, opens) in OPENED {
            knowledge.opened.extend(self.types.get(name).map(|path| (*path, opens)));
        }
        knowledge.rows.extend(self.types.get("Row"));
        for name in HANDLES {
            if let Some(&path) = self.types.get(name) {
                let known = knowledge.handles.entry(path).or_default();
                known.extend(takers.iter().filter(|taker| !known.contains(taker)).copied().collect::<Vec<_>>());
            }
        }
    }

    /// Names to suggest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str).chain(LANGUAGE_TYPES.iter().map(|(name, _)| *name))
    }

    pub(super) fn type_path(&self, name: &str) -> Option<Sym> {
        let language = LANGUAGE_TYPES.iter().find(|(word, _)| *word == name).map(|(_, path)| Sym::from(*path));
        self.types.get(name).copied().or(language).or_else(|| name.contains("::").then(|| Sym::from(name)))
    }

    /// The path of a call: `Pool::connect` is a function of the type that the file calls `Pool`.
    pub(super) fn call_path(&self, path: &str) -> Sym {
        let resolved = path
            .split_once("::")
            .and_then(|(first, rest)| self.types.get(first).map(|ty| Sym::from(format!("{ty}::{rest}"))));
        resolved.unwrap_or_else(|| Sym::from(path))
    }

    /// The pattern that a term means, or the name in it that means nothing.
    pub(super) fn pattern(&self, knowledge: &Knowledge, term: &Term) -> Result<Pattern, String> {
        let all =
            |terms: &[Term]| terms.iter().map(|term| self.pattern(knowledge, term)).collect::<Result<Vec<_>, _>>();
        let name = term.name.as_str();
        Ok(match name {
            "_" | "*" => Pattern::Any,
            ".." => Pattern::Rest,
            "handle" | "Handle" => Pattern::Handle,
            "each" => Pattern::Each,
            "each_ok" => Pattern::EachOk,
            "never" => Pattern::Never,
            "collected" => {
                let mut args = all(&term.args)?.into_iter();
                let (into, item) = (args.next().unwrap_or(Pattern::Any), args.next().unwrap_or(Pattern::Any));
                Pattern::Collected(Box::new(into), Box::new(item))
            }
            "instead" => Pattern::Instead(Box::new(all(&term.args)?.pop().unwrap_or(Pattern::Any))),
            "()" => Pattern::Tuple(all(&term.args)?),
            "fn" | "fail" => {
                let ret = term.ret.as_ref().map(|ret| self.pattern(knowledge, ret)).transpose()?.map(Box::new);
                Pattern::Fn { params: all(&term.args)?, ret, on_failure: name == "fail" }
            }
            _ if is_variable(name) => Pattern::Var(Sym::from(name)),
            _ => {
                let mut args = all(&term.args)?;
                if let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == name) {
                    let typed = self.types.get(name).map(|&path| Pattern::Named(path, Vec::new()));
                    let inner = args.pop().or(typed).unwrap_or(Pattern::Any);
                    return Ok(Pattern::Kind(*kind, Box::new(inner)));
                }
                let Some(path) = self.type_path(name) else { return Err(name.to_owned()) };
                if name == "Result" && args.len() == 1 {
                    let error = self.error.map_or(Pattern::Any, |error| Pattern::Named(error, Vec::new()));
                    args.push(error);
                }
                Pattern::Named(knowledge.paths.canonical(path), args)
            }
        })
    }
}

/// `T`, `E`, `F1`: one capital letter, and perhaps a digit.
fn is_variable(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_ascii_uppercase())
        && chars.all(|other| other.is_ascii_digit())
        && name.len() <= 2
}
