//! What the calls, types, attributes and traits of frameworks and libraries mean.
//!
//! All of it is data: `knowledge/**/*.toml`, shipped inside the binary, and the user's `[[knowledge]]`. This module loads
//! it into closed sets of words and answers questions about paths and types; no other Rust code names a library.

mod builds;
mod builtin;
mod calls;
mod errors;
mod extractors;
mod grammar;
mod load;
mod lookup;
mod paths;
mod resolve;
mod roles;
mod routing;
pub(crate) mod shape;
mod statuses;
mod words;

use rustc_hash::{FxHashMap, FxHashSet};

pub use builds::{BuildFact, BuildId, BuildKind, Builder};
pub use errors::ErrorFact;
pub use extractors::{ExtractorFact, ProvideFact, Taken};
pub use load::{KnowledgeError, LoadError};
pub use roles::{Role, RoleFact};
pub use routing::{AttributeFact, EntryKind, MethodSource, PanicTexts, RouteArg, RouteFact, RouteWords, TraitFact};
pub use statuses::Responds;
pub use words::Words;

use crate::symbol::Sym;
use crate::workspace::Version;
use paths::Paths;

/// Everything that is known.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// The files, in the order they were loaded.
    pub libraries: Vec<Library>,
    /// The calls and methods that the files describe, by [`EntryId`].
    pub entries: Vec<Entry>,
    paths: Paths,
    calls: FxHashMap<Sym, Vec<CallFact>>,
    methods: FxHashMap<Sym, Vec<MethodFact>>,
    roles: FxHashMap<Sym, Vec<RoleFact>>,
    /// `std::fs::*`
    role_prefixes: Vec<roles::RolePrefix>,
    aliases: FxHashMap<Sym, AliasFact>,
    derefs: FxHashMap<Sym, AliasFact>,
    derives: FxHashMap<Sym, DeriveFact>,
    /// Types that a query can be run on, with the libraries whose queries take them.
    handles: FxHashMap<Sym, Vec<LibraryId>>,
    attributes: FxHashMap<Sym, Vec<AttributeFact>>,
    extractors: FxHashMap<Sym, ExtractorFact>,
    provides: FxHashMap<Sym, Vec<ProvideFact>>,
    routes: FxHashMap<Sym, Vec<RouteFact>>,
    traits: FxHashMap<Sym, Vec<TraitFact>>,
    /// The types that knowledge files declare.
    types: FxHashMap<Sym, LibraryId>,
    /// Paths of macros, without their `!`.
    macros: FxHashSet<Sym>,
    errors: FxHashMap<Sym, ErrorFact>,
    statuses: statuses::Statuses,
    /// Types whose values can have failed.
    fallible: FxHashSet<Sym>,
    /// Words that only say what something is about.
    words: FxHashMap<Words, Vec<String>>,
    /// Types that `?` makes of any error.
    any_error: FxHashSet<Sym>,
    /// What code that returns a type does where something has failed.
    failures: FxHashMap<Sym, String>,
    /// Types of what is opened to run queries on.
    opened: FxHashMap<Sym, Opens>,
    /// Types of rows.
    rows: FxHashSet<Sym>,
    /// The last names of what plays a part.
    role_words: FxHashSet<(Role, Sym)>,
    /// What should be built once, by [`BuildId`].
    builds: Vec<BuildFact>,
    /// The calls that build it, by path or name.
    builders: FxHashMap<Sym, Vec<Builder>>,
}

/// A knowledge file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LibraryId(pub u16);

/// A key of a file's `[calls]` or `[methods]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryId(pub u32);

/// What a knowledge file says about a call, as it is written there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Which file.
    pub library: LibraryId,
    /// `Pool.get()`; of words in braces each is a fact of its own.
    pub key: String,
}

/// What a knowledge file says about itself.
#[derive(Debug)]
pub struct Library {
    /// Its name.
    pub name: Sym,
    /// As written in messages.
    pub title: String,
    /// Roots of paths that belong to it.
    pub crates: Vec<Sym>,
    /// What kind of thing it is.
    pub kind: LibraryKind,
    /// Whether its calls block the thread.
    pub blocking: bool,
    /// Why its calls fail, where that is worth knowing.
    pub reason: Option<Reason>,
    /// Whether its queries are texts in SQL.
    pub sql: bool,
    /// Files whose types and errors it shares.
    pub extends: Vec<LibraryId>,
    /// The error of a `Result` with one argument.
    pub error: Option<Sym>,
    /// The oldest version that its facts are true of.
    pub oldest: Option<Version>,
    /// Where its facts can be read.
    pub evidence: Vec<String>,
    /// What a panic does to the client, for frameworks; with the versions it is true of.
    pub panics: Vec<PanicTexts>,
    /// Methods that fail when there is nothing, and those that yield an `Option` in their place.
    pub optional: Vec<(Sym, Sym)>,
    /// By the crate: what is written to report an `error`, with `{what}` for what has failed.
    pub reports: Vec<(Sym, String)>,
}

impl Library {
    /// The method that yields an `Option` where another one fails when there is nothing.
    pub fn optional(&self, method: Sym) -> Option<Sym> {
        self.optional.iter().find(|(name, _)| *name == method).map(|(_, optional)| *optional)
    }
}

/// What a library is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LibraryKind {
    /// Is a failing call a query? Yes: rows or documents.
    Database,
    /// Is a failing call a query? Yes: a cache.
    Cache,
    /// Does it call other services?
    Http,
    /// Does it serve requests?
    Framework,
    /// Anything else.
    Other,
}

impl LibraryKind {
    /// Whether its failing calls are queries in the sense of the lints.
    pub fn queries(self) -> bool {
        matches!(self, LibraryKind::Database | LibraryKind::Cache)
    }
}

/// What a type or argument must look like, or what a call yields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// Anything; as a result: not known.
    Any,
    /// Any number of further arguments.
    Rest,
    /// Something a query of this library can be run on.
    Handle,
    /// Whatever stands here, by this name.
    Var(Sym),
    /// A type by its path.
    Named(Sym, Vec<Pattern>),
    /// `(A, B)`
    Tuple(Vec<Pattern>),
    /// A closure or function.
    Fn {
        /// What it is called with.
        params: Vec<Pattern>,
        /// What it returns.
        ret: Option<Box<Pattern>>,
        /// Whether it runs only when the receiver has failed.
        on_failure: bool,
    },
    /// A tuple of what the arguments yield: `join!(a, b)`.
    Each,
    /// The same, of what they yield if none of them fails: `try_join!(a, b)`.
    EachOk,
    /// What a collection is collected into, and what is collected: failed items can make the whole fail.
    Collected(Box<Pattern>, Box<Pattern>),
    /// An argument that takes the place of a receiver that has failed.
    Instead(Box<Pattern>),
    /// The call does not return.
    Never,
    /// A row, count, … and what is known of its type.
    Kind(Kind, Box<Pattern>),
}

/// Why a call fails that is no query.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// For reasons outside the program: a file, the network.
    Outside,
    /// By what it is given: a text that does not parse, a key that does not fit.
    Inside,
}

/// For whom a lock is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guarding {
    /// For one at a time.
    Exclusive,
    /// For all who only read.
    Shared,
}

/// What a call opens that queries are run on, rather than being a query itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Opens {
    /// A connection, perhaps one of a pool.
    Connection,
    /// A connection that a pool has, or makes.
    Checkout,
    /// A pool of connections.
    Pool,
}

/// What a query yields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// What was looked up: is its absence a question?
    Row,
    /// What the statement itself wrote: never absent.
    Written,
    /// How many rows a statement changed: zero may mean "no such row".
    Affected,
    /// A number that is always there.
    Count,
    /// Some value.
    Value,
}

/// A function or macro and what it yields.
#[derive(Clone, Debug)]
pub struct CallFact {
    /// Who says so.
    pub library: LibraryId,
    /// Where.
    pub entry: EntryId,
    /// Type arguments.
    pub generics: Vec<Pattern>,
    /// Arguments; `None` for any.
    pub args: Option<Vec<Pattern>>,
    /// The result.
    pub returns: Returns,
}

/// A method and what it yields.
#[derive(Clone, Debug)]
pub struct MethodFact {
    /// Who says so.
    pub library: LibraryId,
    /// Where.
    pub entry: EntryId,
    /// Of what; [`Pattern::Any`] when the arguments decide.
    pub receiver: Pattern,
    /// Type arguments.
    pub generics: Vec<Pattern>,
    /// Arguments; `None` for a field.
    pub args: Option<Vec<Pattern>>,
    /// The result.
    pub returns: Returns,
}

/// What a call yields.
#[derive(Clone, Debug)]
pub struct Returns {
    /// The type.
    pub ty: Pattern,
    /// Whether it panics where it could fail.
    pub panics: bool,
    /// Whether it talks to a service, so that its failure is a query's.
    pub query: bool,
    /// Whether an argument that has failed is returned, as `?` does.
    pub tries: bool,
    /// Why it fails, where it is no query and that is worth knowing.
    pub reason: Option<Reason>,
    /// Whether its failure is that of the service, though its error can be about what the client sent, too.
    pub internal: bool,
    /// Whether it only cleans up, so that nobody waits for its success.
    pub cleans_up: bool,
    /// What it opens, if that is what it does.
    pub opens: Option<Opens>,
    /// Whether what it returns has failed because something else has: `Err(…)`, `None`.
    pub fails: bool,
    /// Whether a failed receiver makes the result fail.
    pub keeps: bool,
    /// The result is true exactly when the receiver has succeeded (`Some(true)`), or has failed (`Some(false)`).
    pub tests: Option<bool>,
    /// The method of the type given with `::<T>` that the call stands for.
    pub calls: Option<Sym>,
    /// Attributes of impls and traits: the call runs the functions of impls that have them, of a trait those for what is
    /// sent (`M`), and of whom it is sent to (`A`). What they yield is `R`.
    pub runs: Vec<Sym>,
    /// Whether the receiver, a collection, holds the arguments from then on.
    pub holds: bool,
    /// Whether it takes a lock that blocks the thread while it waits, and for whom.
    pub guard: Option<Guarding>,
    /// Only of versions before this one of the file's first crate.
    pub before: Option<Version>,
}

impl Returns {
    /// Whether what the call yields stands around what its argument yields, and fails when that panics: the handle of a
    /// task. What is the argument's own is not.
    pub fn is_handle(&self) -> bool {
        self.runs.is_empty() && !matches!(self.ty, Pattern::Var(_))
    }

    /// Whether it is the result, `Some` or `None`, that says whether the receiver has failed: `result.err()`.
    pub fn tests_by_value(&self) -> bool {
        self.tests.is_some() && matches!(self.ty, Pattern::Named(_, _)) && !self.keeps
    }
}

/// `type Alias<A, B> = Target`, and what a wrapper dereferences to.
#[derive(Clone, Debug)]
pub struct AliasFact {
    /// Names of its arguments.
    pub params: Vec<Sym>,
    /// What it stands for.
    pub target: Pattern,
    /// Methods of the target, the first of which it has yields what is meant.
    pub after: Vec<Sym>,
}

/// What a derive or attribute makes of the type it stands on.
#[derive(Clone, Debug, Default)]
pub struct DeriveFact {
    /// The type behaves like this one.
    pub acts_as: Option<Sym>,
    /// Names it declares beside the type, and what they are.
    pub declares: Vec<(Sym, Sym)>,
    /// Whether the type dereferences to its first field.
    pub derefs: bool,
    /// Functions that it gives the type, and what they wrap a value of the type in: `Option`.
    pub gives: Vec<(Sym, Sym)>,
    /// The attribute that says what `Display` prints: `error`, or a word in it: `snafu(display)`.
    pub display: Option<Sym>,
}

impl Knowledge {
    /// A knowledge file.
    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.0 as usize]
    }

    /// What a file says about a call.
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }
}
