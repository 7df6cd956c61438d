//! What files say of things that should be built once and not for each request: clients, connections, pools, patterns.

use super::grammar::parse_keys;
use super::load::{Loader, Table, entries, field, strings};
use super::resolve::Resolver;
use super::{Knowledge, LibraryId, Pattern};
use crate::symbol::Sym;

/// A number of a [`BuildFact`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BuildId(pub u16);

/// Something that should be built once.
#[derive(Clone, Debug)]
pub struct BuildFact {
    /// Who says so.
    pub library: LibraryId,
    /// What it is.
    pub kind: BuildKind,
    /// As written in messages: "an HTTP client".
    pub what: String,
    /// What building it costs.
    pub costs: String,
}

/// What can be built once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuildKind {
    /// Of another service; it keeps connections.
    Client,
    /// A single connection.
    Connection,
    /// A pool of connections.
    Pool,
    /// Compiled from a text: once only where the program holds that text.
    Pattern,
}

impl BuildKind {
    /// Every kind with its name in knowledge files.
    pub const ALL: [(&'static str, BuildKind); 4] = [
        ("client", BuildKind::Client),
        ("connection", BuildKind::Connection),
        ("pool", BuildKind::Pool),
        ("pattern", BuildKind::Pattern),
    ];
}

/// A call that builds something.
#[derive(Clone, Debug)]
pub struct Builder {
    /// What it builds.
    pub id: BuildId,
    /// Of what, for methods.
    pub receiver: Option<Pattern>,
    /// Whether what it is given is not for what it builds, but for what that is used for at once: `get(url)`.
    pub uses: bool,
}

impl Knowledge {
    /// What should be built once.
    pub fn build(&self, id: BuildId) -> &BuildFact {
        &self.builds[id.0 as usize]
    }

    /// What a function (by path) or methods of a name build.
    pub fn builders(&self, name: Sym) -> &[Builder] {
        self.builders.get(&name).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Loader {
    pub(super) fn define_builds(&mut self, resolver: &Resolver, library: LibraryId, table: &Table<'_>) {
        for (word, record) in entries(table, "builds") {
            let Some((_, kind)) = BuildKind::ALL.iter().find(|(name, _)| name == word.get_ref()) else { continue };
            let text = |key: &str| field(record, key).and_then(|text| text.get_ref().as_str()).unwrap_or_default();
            let fact = BuildFact { library, kind: *kind, what: text("what").into(), costs: text("costs").into() };
            if fact.what.is_empty() || fact.costs.is_empty() {
                self.error(record.span(), "say `what` is built and what that `costs`", None);
            }
            let id = BuildId(self.knowledge.builds.len() as u16);
            self.knowledge.builds.push(fact);
            let Some(calls) = field(record, "calls") else { continue };
            for key in strings(calls) {
                match parse_keys(&key) {
                    Ok(keys) => {
                        for it in keys {
                            let receiver = it.receiver.as_ref().map(|it| self.pattern(resolver, it, calls.span()));
                            let uses = receiver.is_none() && it.args.is_some();
                            let name = match receiver {
                                Some(_) => Sym::from(it.path.as_str()),
                                None => self.knowledge.paths.canonical(resolver.call_path(&it.path)),
                            };
                            self.knowledge.paths.add_known(name.as_str());
                            self.knowledge.builders.entry(name).or_default().push(Builder { id, receiver, uses });
                        }
                    }
                    Err(error) => self.grammar(calls.span(), &error),
                }
            }
        }
    }
}
