//! What files say of extractors that can fail whatever the client sends: those that take the parameters of a route's path,
//! and those that take what the application provides.

use super::grammar::{parse_keys, parse_type};
use super::load::{Loader, Table, entries, field, strings};
use super::resolve::Resolver;
use super::{Knowledge, LibraryId, Pattern};
use crate::symbol::Sym;
use crate::workspace::Version;

/// An extractor.
#[derive(Clone, Debug)]
pub struct ExtractorFact {
    /// Who says so.
    pub library: LibraryId,
    /// What it takes.
    pub takes: Taken,
    /// The status of the answer where that is not there.
    pub status: u16,
}

/// What an extractor takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// The parameters of the path.
    Parameters {
        /// The status where one of them has another name.
        missing: u16,
        /// From which version on a tuple must take all of them; it may always take fewer where that is not said.
        exact: Option<Version>,
    },
    /// What the application, or code around the handler, has provided for its type.
    Provided,
}

/// A call that provides something.
#[derive(Clone, Debug)]
pub struct ProvideFact {
    /// Who says so.
    pub library: LibraryId,
    /// Whether it is a method.
    pub is_method: bool,
    /// The last names of what the method is called on; any where there are none.
    pub of: Vec<Sym>,
    /// The extractor that can take it, of the type `T` of what the call is given.
    pub makes: Pattern,
}

impl Knowledge {
    /// What is known of an extractor.
    pub fn extractor(&self, path: Sym) -> Option<&ExtractorFact> {
        self.extractors.get(&path)
    }

    /// What a function (by path) or methods of a name provide.
    pub fn provides(&self, name: Sym) -> &[ProvideFact] {
        self.provides.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A call of this last name that provides something.
    pub fn provides_word(&self, word: Sym) -> Option<&ProvideFact> {
        let is_meant = |name: &Sym| name.as_str().rsplit("::").next() == Some(word.as_str());
        self.provides.iter().find(|(name, _)| is_meant(name))?.1.first()
    }

    /// The last names of calls that provide something.
    pub fn providing_words(&self) -> impl Iterator<Item = Sym> {
        self.provides.keys().map(|name| Sym::from(name.as_str().rsplit("::").next().unwrap_or_default()))
    }
}

impl Loader {
    pub(super) fn define_extractors(&mut self, resolver: &Resolver, library: LibraryId, table: &Table<'_>) {
        for (path, record) in entries(table, "extractors") {
            let number = |key: &str| field(record, key).and_then(|it| it.get_ref().as_integer()?.as_str().parse().ok());
            let text = |key: &str| field(record, key).and_then(|it| it.get_ref().as_str());
            let status = number("status").unwrap_or(500);
            let takes = match text("takes") {
                Some("parameters") => Taken::Parameters {
                    missing: number("missing").unwrap_or(status),
                    exact: text("exact").and_then(|version| version.parse().ok()),
                },
                _ => Taken::Provided,
            };
            self.knowledge.paths.add_known(path.get_ref());
            let path = self.knowledge.paths.canonical(Sym::from(path.get_ref().as_ref()));
            self.knowledge.extractors.insert(path, ExtractorFact { library, takes, status });
        }
        for (key, value) in entries(table, "provides") {
            let text = value.get_ref().as_str().or_else(|| field(value, "makes")?.get_ref().as_str());
            let of: Vec<Sym> = field(value, "of").map(strings).unwrap_or_default().into_iter().map(Sym::from).collect();
            let (keys, term) = match (parse_keys(key.get_ref()), parse_type(text.unwrap_or_default())) {
                (Ok(keys), Ok((term, _))) => (keys, term),
                (Err(error), _) | (_, Err(error)) => {
                    self.grammar(key.span(), &error);
                    continue;
                }
            };
            let makes = self.pattern(resolver, &term, value.span());
            for it in keys {
                let is_method = it.receiver.is_some();
                let name = match is_method {
                    true => Sym::from(it.path.as_str()),
                    false => self.knowledge.paths.canonical(resolver.call_path(&it.path)),
                };
                self.knowledge.paths.add_known(name.as_str());
                let fact = ProvideFact { library, is_method, of: of.clone(), makes: makes.clone() };
                self.knowledge.provides.entry(name).or_default().push(fact);
            }
        }
    }
}
