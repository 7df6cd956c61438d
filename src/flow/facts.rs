//! What evaluating a body yields: its calls, its panics, what it reads, and what it returns.

use super::blocking::Blocking;
use super::builds::Built;
use super::changes::Change;
use super::locks::Lock;
use super::lookups::Key;
use crate::app::{AdtId, FnId, InstanceId, Mark, Site, Target, Ty, What};
use crate::knowledge::{EntryId, LibraryId, Opens, Reason};
use crate::source::Span;
use crate::symbol::Sym;

use super::hazards::Hazard;
use super::taken::Gift;
pub use super::texts::{ErrorOf, MadeText};
use super::unawaited::Unawaited;

/// How code runs, seen from the request that caused it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Mode {
    /// In the request's own task.
    #[default]
    Direct,
    /// On another thread that the request waits for.
    Offloaded,
    /// After the head of the response has been sent.
    Stream,
    /// In a task that nobody waits for.
    Detached,
    /// Once per process, whichever request comes first.
    Once,
}

impl Mode {
    /// Every mode that belongs to a request, from the closest on.
    pub const OF_REQUESTS: [Mode; 4] = [Mode::Direct, Mode::Offloaded, Mode::Stream, Mode::Detached];

    /// How code runs that is run in this way by code that runs in that way.
    pub fn within(self, outer: Mode) -> Mode {
        self.max(outer)
    }
}

/// A place in the program: an instance and a span in its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct At {
    /// The instance.
    pub instance: InstanceId,
    /// Where in its text.
    pub span: Span,
}

/// A call of functions of the project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Where.
    pub at: At,
    /// Any of these.
    pub targets: Vec<FnId>,
    /// How it runs.
    pub mode: Mode,
    /// What is known of its arguments, where the functions take results: number, node of the parameter's type, marks.
    pub arguments: Vec<(u16, u16, Vec<Mark>)>,
    /// Whether it is for something that is kept: it does not run for each request.
    pub kept: bool,
    /// The arguments that say what a query looks for, as far as the functions that are called hand them to one.
    pub keys: Vec<Key>,
    /// Whether another crate calls the functions, with what the client has sent: the resolvers of a schema.
    pub by_others: bool,
}

impl Call {
    /// A call of which it is only known what it calls.
    pub(super) fn plain(at: At, targets: Vec<FnId>, mode: Mode) -> Call {
        let (arguments, keys) = (Vec::new(), Vec::new());
        Call { at, targets, mode, arguments, kept: false, keys, by_others: false }
    }
}

/// A place where code panics when something fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panic {
    /// The token that panics.
    pub at: At,
    /// What panics there.
    pub how: Panicking,
    /// Whose failure makes it panic.
    pub marks: Vec<Mark>,
    /// How it runs.
    pub mode: Mode,
    /// The error that there is then, as far as its type is known.
    pub error: Ty,
    /// Which column of a row it is about.
    pub column: Option<Column>,
    /// What `?` would leave there.
    pub inside: Inside,
}

/// A column of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name or number.
    pub name: Sym,
    /// Whether it is read as what can be NULL.
    pub nullable: bool,
}

/// The code that `return` and `?` leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Inside {
    /// The function.
    #[default]
    Function,
    /// A closure in it.
    Closure,
    /// An `async` block in it, or one like it.
    Block,
}

/// What panics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Panicking {
    /// A method of a failed value: `unwrap`, `expect`.
    Method(Sym),
    /// A method of a value that has not failed: `unwrap_err`.
    ErrorMethod(Sym),
    /// A macro that is reached when a value has failed: `panic!`.
    Macro(Sym),
    /// A macro that requires a value not to have failed: `assert!`.
    Assertion(Sym),
    /// A call that panics where it could return an error: `row.get(0)`.
    Accessor(Sym),
}

/// A place where an error gets lost: something has failed, and nobody is told what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    /// The token that loses it.
    pub at: At,
    /// What loses it.
    pub how: Losing,
    /// Whose failure it is.
    pub marks: Vec<Mark>,
    /// What there is instead: the values that the code yields which runs in answer to the failure.
    pub instead: Vec<Ty>,
    /// What is done behind a branch that only what has succeeded leaves the function in.
    pub rest: Rest,
    /// The code that runs in answer to it, where that is a branch.
    pub branch: Option<Span>,
    /// Whether that is what the code makes of a value which it has put into the place of the error before.
    pub replaced: bool,
    /// Whether something is reported there that does not say what failed: `error!("cannot load")`.
    pub noted: bool,
    /// How it runs.
    pub mode: Mode,
}

/// What follows on a branch for what has succeeded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Rest {
    /// The same as after success.
    #[default]
    Shared,
    /// What stands behind it, which is not known yet.
    Open,
    /// This value in the end.
    Ends(Ty),
}

/// What there is in answer to a failure whose error was lost in a function that is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aftermath {
    /// The failures.
    pub of: Vec<What>,
    /// The values that the code yields which runs in answer to them.
    pub instead: Vec<Ty>,
    /// Whether somebody was told of what was made of them.
    pub told: bool,
}

/// The operation whose error gets lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost {
    /// Where it stands.
    pub at: At,
    /// Whose it is, if that is known.
    pub library: Option<LibraryId>,
    /// Why it fails.
    pub reason: Reason,
    /// What it opens, if it is no query of data.
    pub opens: Option<Opens>,
    /// Whether it is a query.
    pub is_query: bool,
    /// Whether the query has worked, and a column of what it yielded cannot be read.
    pub is_column: bool,
    /// Whether it is not known what fails: the error is one that a conversion is given.
    pub is_given: bool,
}

/// What loses an error.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Losing {
    /// A method that gives something else back: `ok`, `unwrap_or_default`, `map_err(|_| …)`.
    Method(Sym),
    /// A test whose answer says less: `is_ok`.
    Test(Sym),
    /// An arm of a match.
    Arm,
    /// `if let Ok(…)`: what is done otherwise.
    IfLet,
    /// `let Ok(…) = … else`
    LetElse,
    /// `let _ =`
    Ignored,
    /// A statement, `drop`, a task that nobody waits for.
    Dropped,
    /// The body of a `From` impl for errors.
    Conversion,
}

/// What there is in answer to a query that found nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absence {
    /// Where, if that is known.
    pub at: Option<At>,
    /// Of which query.
    pub marks: Vec<Mark>,
    /// The values that may be responses, or errors that responses are made of.
    pub answers: Vec<Ty>,
    /// Whether they are returned, so that it is for the caller to answer, rather than yielded in a branch.
    pub leaves: bool,
}

/// A query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Query {
    /// Whose.
    pub library: LibraryId,
    /// Where it stands.
    pub at: At,
    /// What it opens, if it is no query of data.
    pub opens: Option<Opens>,
    /// Whether it only cleans up: nobody waits for its success.
    pub cleans_up: bool,
}

/// A call of another crate that can fail and is no query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Whose, if that is known.
    pub library: Option<LibraryId>,
    /// Where it stands.
    pub at: At,
    /// Why it fails.
    pub reason: Reason,
    /// Whether it only cleans up: nobody waits for its success.
    pub cleans_up: bool,
}

/// A read of the environment or of a configuration file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvRead {
    /// The call.
    pub site: Site,
    /// Where it stands.
    pub at: At,
    /// What is read.
    pub variable: Variable,
    /// The function of another crate that reads, or the project's function that does it for its callers.
    pub reader: Reader,
    /// How it runs.
    pub mode: Mode,
    /// Reads that this one stands in for when what they read is not set.
    pub instead_of: Vec<Site>,
    /// The condition that it is a part of, where that may read others: `a.is_ok() || b.is_ok()`.
    pub condition: Option<Site>,
    /// Whether it is for something that is kept: it does not run for each request.
    pub kept: bool,
}

/// What a read of the environment reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Variable {
    /// This variable.
    Named(Sym),
    /// The one that an argument of the function names.
    Argument(u16),
    /// All of them, a file, or one whose name is put together.
    Unnamed,
}

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A function of another crate.
    Known(Sym),
    /// A function of the project that takes the variable's name.
    Own(FnId),
}

/// What one body does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BodyFacts {
    /// Calls of the project's functions.
    pub calls: Vec<Call>,
    /// Places that panic when something fails.
    pub panics: Vec<Panic>,
    /// Places that panic for other reasons.
    pub hazards: Vec<Hazard>,
    /// What its calls give to functions of the project that the client may have sent.
    pub gifts: Vec<Gift>,
    /// Futures that nobody awaits.
    pub unawaited: Vec<Unawaited>,
    /// Queries, by their site.
    pub queries: Vec<(Site, Query)>,
    /// Places where errors get lost.
    pub losses: Vec<Loss>,
    /// What there is in answer to failures whose errors got lost in functions that it calls.
    pub aftermaths: Vec<Aftermath>,
    /// What there is in answer to queries that find nothing.
    pub absences: Vec<Absence>,
    /// Which parameters say what a query looks for that may find nothing, one bit for each: also for queries of functions
    /// that are called.
    pub keys: Vec<(Site, u32)>,
    /// Which parameters are handed to functions that look something up by them, one bit for each.
    pub passes: u32,
    /// Places where what a query may not have found is put into a response, and what is known of it.
    pub nulls: Vec<(At, Vec<Mark>)>,
    /// The arguments whose errors somebody is told of.
    pub tells: Vec<u16>,
    /// Other calls that fail for reasons outside the program.
    pub operations: Vec<(Site, Operation)>,
    /// Places where text is made of errors.
    pub texts: Vec<MadeText>,
    /// The marks of everything that is printed.
    pub printed: Vec<Mark>,
    /// The marks of what is sent to the client apart from the response.
    pub sent: Vec<Vec<Mark>>,
    /// Functions that are given something else to make text of than an internal error, and where.
    pub harmless: Vec<(FnId, Site)>,
    /// Whether it reads what the service itself has signed or kept.
    pub trusts: bool,
    /// Types that `?` converts errors into of which nothing is known.
    pub converted: Vec<AdtId>,
    /// Types of errors that it hands to a framework.
    pub answered: Vec<AdtId>,
    /// Types of the project that values have which are put into `Err`, or leave with `?`.
    pub fails_as: Vec<AdtId>,
    /// The type of the errors that it returns, where its signature only says what can be done with them.
    pub error: Option<Ty>,
    /// Reads of the environment.
    pub env_reads: Vec<EnvRead>,
    /// What it builds that should be built once.
    pub builds: Vec<Built>,
    /// Where it takes locks that block the thread.
    pub locks: Vec<Lock>,
    /// Calls that block the thread.
    pub blocking: Vec<Blocking>,
    /// Which parameters it has another thread run, one bit for each.
    pub offloads: u32,
    /// Statements that change rows by what the client has sent.
    pub changes: Vec<Change>,
    /// Those of which it, or its callers, look at how many rows were changed.
    pub counted: Vec<Site>,
    /// What leaves the body because a variable is not set: the read, and what is returned or yielded in its place.
    pub unset: Vec<(Site, Ty)>,
    /// What its calls of other crates were found to be.
    pub entries: Vec<EntryId>,
    /// What it returns.
    pub returns: Option<Ty>,
}

impl BodyFacts {
    /// The argument that names a variable which the function reads for its callers.
    pub fn env_argument(&self) -> Option<u16> {
        self.env_reads.iter().find_map(|read| match read.variable {
            Variable::Argument(argument) => Some(argument),
            _ => None,
        })
    }
}

/// A body and what it does.
#[derive(Clone, Debug)]
pub struct Body {
    /// Which function or closure.
    pub target: Target,
    /// What it does.
    pub facts: BodyFacts,
}
