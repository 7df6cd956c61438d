//! Which constants, functions and types say what status a response has.

use std::sync::LazyLock;

use http::StatusCode;
use rustc_hash::FxHashMap;
use toml::de::DeValue;

use super::load::{Loader, Table, entries};
use super::resolve::Resolver;
use super::{Knowledge, LibraryId};
use crate::symbol::Sym;

/// What the files say of statuses.
#[derive(Debug, Default)]
pub(super) struct Statuses {
    /// Single paths with their status.
    fixed: FxHashMap<Sym, u16>,
    /// Everything below a path (with `::` at its end) is named like its status, and is of this type.
    named: Vec<(String, Sym)>,
    /// What values of a type become as responses, by framework.
    responses: FxHashMap<Sym, Vec<(LibraryId, Responds)>>,
}

/// The status of the response that a value becomes which names none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Responds {
    /// This one.
    With(u16),
    /// That of the type argument with this number.
    Like(usize),
}

impl Knowledge {
    /// The status that a constant, function or type says a response has, and the type of what it yields.
    pub fn status(&self, path: Sym) -> Option<(u16, Sym)> {
        let (of, name) = path.as_str().rsplit_once("::")?;
        if let Some(&code) = self.statuses.fixed.get(&path) {
            return Some((code, Sym::from(of)));
        }
        let within = |prefix: &str| prefix.len() == of.len() + 2 && prefix.starts_with(of);
        let (_, ty) = self.statuses.named.iter().find(|(prefix, _)| within(prefix))?;
        Some((code_of(name)?, *ty))
    }

    /// What values of a type become as responses, of this framework or of any.
    pub fn response(&self, ty: Sym, framework: Option<LibraryId>) -> Option<Responds> {
        let known = self.statuses.responses.get(&ty)?.iter();
        let mut known = known.filter(|(library, _)| framework.is_none_or(|wanted| wanted == *library));
        known.next().map(|(_, responds)| *responds)
    }

    /// Whether values of a type are, or have, statuses that are named.
    pub fn is_status(&self, ty: Sym) -> bool {
        self.statuses.named.iter().any(|(_, named)| *named == ty)
    }
}

impl Loader {
    pub(super) fn define_statuses(&mut self, table: &Table<'_>) {
        for (key, value) in entries(table, "statuses") {
            let path = key.get_ref();
            match (value.get_ref(), path.strip_suffix('*')) {
                (DeValue::String(ty), Some(prefix)) => {
                    let ty = self.knowledge.paths.canonical(Sym::from(ty.as_ref()));
                    self.knowledge.statuses.named.push((prefix.to_owned(), ty));
                }
                (DeValue::Integer(code), None) => match code.as_str().parse::<u16>() {
                    Ok(code) if StatusCode::from_u16(code).is_ok() => {
                        let path = self.knowledge.paths.canonical(Sym::from(path.as_ref()));
                        self.knowledge.paths.add_known(path.as_str());
                        self.knowledge.statuses.fixed.insert(path, code);
                    }
                    _ => self.error(value.span(), "this is no status", None),
                },
                _ => {
                    let help =
                        "`\"path::*\" = \"the type\"` for names that say their status, `\"path\" = 303` for others";
                    self.error(value.span(), "expected a status, or a type", Some(help.to_owned()));
                }
            }
        }
    }
}

impl Loader {
    pub(super) fn define_responses(&mut self, resolver: &Resolver, library: LibraryId, table: &Table<'_>) {
        for (key, value) in entries(table, "responses") {
            for it in self.keys(key) {
                let responds = match value.get_ref() {
                    DeValue::Integer(code) => code.as_str().parse().ok().map(Responds::With),
                    DeValue::String(name) => {
                        it.generics.iter().position(|term| term.name == name.as_ref()).map(Responds::Like)
                    }
                    _ => None,
                };
                let Some(responds) = responds else {
                    let help = "the status, or the name of a type argument whose status it is";
                    self.error(value.span(), "this is no status", Some(help.to_owned()));
                    continue;
                };
                let path = resolver.type_path(&it.path).unwrap_or_else(|| Sym::from(it.path.as_str()));
                self.knowledge.paths.add_known(path.as_str());
                let path = self.knowledge.paths.canonical(path);
                self.knowledge.statuses.responses.entry(path).or_default().push((library, responds));
            }
        }
    }
}

/// The status of a name: `INTERNAL_SERVER_ERROR`, `InternalServerError`, `ErrorInternalServerError`.
fn code_of(name: &str) -> Option<u16> {
    /// The registered statuses by their names, in small letters only.
    /// <https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml>
    static CODES: LazyLock<FxHashMap<String, u16>> = LazyLock::new(|| {
        let registered = (100..600).filter_map(|code| StatusCode::from_u16(code).ok());
        registered.filter_map(|code| Some((letters(code.canonical_reason()?), code.as_u16()))).collect()
    });
    let plain = letters(name);
    CODES.get(&plain).or_else(|| CODES.get(plain.strip_prefix("error")?)).copied()
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn names_of_statuses() {
        assert_eq!(code_of("INTERNAL_SERVER_ERROR"), Some(500));
        assert_eq!(code_of("InternalServerError"), Some(500));
        assert_eq!(code_of("ErrorServiceUnavailable"), Some(503));
        assert_eq!(code_of("ImATeapot"), Some(418));
        assert_eq!(code_of("Ok"), Some(200));
        assert_eq!(code_of("from_u16"), None);
    }
}
