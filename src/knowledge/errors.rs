//! What the files say about error types: which of their variants mean what, and what formatting them gives away.

use super::load::{Loader, Table, Value, entries, field, strings};
use super::{Knowledge, LibraryId};
use crate::symbol::Sym;

/// An error type of a library.
#[derive(Clone, Debug)]
pub struct ErrorFact {
    /// Whose.
    pub library: LibraryId,
    /// What it is the error of, where its path says nothing about that.
    pub title: Option<Sym>,
    /// Variants that say that nothing was found, by their path.
    pub not_found: Vec<Sym>,
    /// Whether one of its errors says so, in whatever way.
    pub of_absence: bool,
    /// Variants that say that something is not available now, by their path; the type itself where a method or part of it
    /// says so.
    pub unavailable: Vec<Sym>,
    /// What `{}` prints that is for the operators of the service only.
    pub display: Vec<String>,
    /// The same of `{:?}`.
    pub debug: Vec<String>,
    /// What either prints that is for operators only where the answer says that the service has failed.
    pub in_5xx: Vec<String>,
}

impl Knowledge {
    /// What is known of an error type.
    pub fn error(&self, path: Sym) -> Option<&ErrorFact> {
        self.errors.get(&path)
    }

    /// Whether an error of a type is for the operators of the service where the answer says that it has failed, and only
    /// there.
    pub fn is_unexpected_in_5xx(&self, path: Sym) -> bool {
        self.error(path).is_some_and(|error| !error.in_5xx.is_empty())
    }

    /// The variant of an error type that says that nothing was found.
    pub fn absence_of(&self, error: Sym) -> Option<Sym> {
        self.error(error)?.not_found.first().copied()
    }

    /// Whether `?` makes an error of this type of any other.
    pub fn takes_any_error(&self, path: Sym) -> bool {
        self.any_error.contains(&path)
    }

    /// What code that returns this type does where something has failed, if that is not `?`.
    pub fn on_failure(&self, path: Sym) -> Option<&str> {
        self.failures.get(&path).map(String::as_str)
    }

    /// Whether a variant of an error type says that nothing was found.
    pub fn is_absence(&self, variant: Sym) -> bool {
        let of = variant.as_str().rsplit_once("::").map(|(of, _)| Sym::from(of));
        of.and_then(|of| self.error(of)).is_some_and(|error| error.not_found.contains(&variant))
    }
}

impl Loader {
    pub(super) fn define_errors(&mut self, library: LibraryId, table: &Table<'_>) {
        let canonical = |path: &str| self.knowledge.paths.canonical(Sym::from(path));
        let any: Vec<Sym> =
            table.get("any-error").map(strings).unwrap_or_default().iter().map(|it| canonical(it)).collect();
        let text = |value: &Value<'_>| value.get_ref().as_str().map(str::to_owned);
        let failures =
            entries(table, "failures").filter_map(|(path, value)| Some((canonical(path.get_ref()), text(value)?)));
        let failures: Vec<(Sym, String)> = failures.collect();
        self.knowledge.any_error.extend(any);
        self.knowledge.failures.extend(failures);
        let records = table.get("errors").and_then(|records| records.get_ref().as_array());
        for record in records.into_iter().flatten() {
            let Some(of) = field(record, "type").and_then(|of| of.get_ref().as_str()) else { continue };
            let of = self.knowledge.paths.canonical(Sym::from(of));
            let words = field(record, "not_found").map(strings).unwrap_or_default();
            let of_absence = !words.is_empty();
            let is_name = |word: &String| word.chars().all(|char| char.is_alphanumeric() || char == '_');
            let not_found =
                words.iter().filter(|word| is_name(word)).map(|word| Sym::from(format!("{of}::{word}"))).collect();
            let unavailable = field(record, "unavailable").map(strings).unwrap_or_default();
            let unavailable = unavailable.iter().map(|word| match is_name(word) {
                true => Sym::from(format!("{of}::{word}")),
                false => of,
            });
            let unavailable = unavailable.collect();
            let title = field(record, "title").and_then(|title| title.get_ref().as_str()).map(Sym::from);
            let says = |key: &str| field(record, key).map(strings).unwrap_or_default();
            let (display, debug) = (says("display"), says("debug"));
            let debug = if debug.is_empty() { display.clone() } else { debug };
            let in_5xx = says("in_5xx");
            let fact = ErrorFact { library, title, not_found, of_absence, unavailable, display, debug, in_5xx };
            self.knowledge.errors.insert(of, fact);
        }
    }
}
