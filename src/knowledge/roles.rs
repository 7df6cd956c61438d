//! The parts that calls play.

use super::{LibraryId, Pattern};

/// A function, method or macro and the part it plays.
#[derive(Clone, Debug)]
pub struct RoleFact {
    /// Who says so.
    pub library: LibraryId,
    /// The part.
    pub role: Role,
    /// Of what, for methods.
    pub receiver: Option<Pattern>,
    /// Arguments; `None` for any.
    pub args: Option<Vec<Pattern>>,
}

/// Everything below a path plays a part.
#[derive(Clone, Debug)]
pub(super) struct RolePrefix {
    pub(super) library: LibraryId,
    pub(super) text: String,
    pub(super) role: Role,
}

/// The parts that calls play, each with the question it answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Does it read the environment or a configuration file?
    Env,
    /// Does it block the thread?
    Blocking,
    /// Does it run its argument on another thread and wait for it?
    Offload,
    /// Does it start its argument and not wait for it?
    Detach,
    /// Does it run its argument after the head of the response has been sent?
    Stream,
    /// Does it run its argument once per process?
    Once,
    /// Does it tell somebody about an error?
    Report,
    /// Is it a layer that tells somebody about the errors of responses?
    ReportErrors,
    /// The same where the log is that of a program being debugged?
    DebugErrors,
    /// Does it say how much is logged?
    LogLevel,
    /// Does it fail with an error that says nothing but that it has failed?
    SaysNothing,
    /// Does it fail only where the last thing that it is given cannot be serialised?
    Serialize,
    /// Does it yield a collection with nothing in it?
    Empty,
    /// Does it put its argument into the response?
    Respond,
    /// Does it, a call or the type of an error, make a response of whatever error it is given?
    AnswerError,
    /// Is it the type of an error that a framework answers with its text?
    AnsweredAsText,
    /// Does it send its arguments to the client, apart from the response that is returned?
    Send,
    /// Does it keep its argument from the client, though it is a part of the response?
    Withhold,
    /// Does it make text of its arguments, or of what it is called on?
    Format,
    /// Does it yield an error that is behind the one it is called on?
    Cause,
    /// Does it always panic?
    Panic,
    /// Does it panic unless its argument holds?
    Assert,
    /// Does it turn a panic of a handler into a response?
    CatchPanic,
    /// Does it turn a panic of a handler into a response that a function of the project makes?
    AnswerPanic,
    /// Does it, on a function, keep what that yields and answer later calls with it?
    Keep,
    /// Does it return an error from the function it is called in?
    Bail,
    /// Does it make a query one that always finds something: a count, a sum?
    Aggregate,
    /// A condition that says what a row must not be.
    Exclude,
    /// Does it say what a query yields, so that it always finds something if its argument is an aggregate?
    Choose,
    /// Does it make a statement that changes the rows which it is given?
    Update,
    /// The same of one that deletes them?
    Delete,
    /// Do all requests share values of this type?
    Shared,
    /// Does it yield what the service itself has put there, or has checked the signature of?
    Trusted,
    /// Is it a type whose values, or does it yield what, the client has sent?
    Input,
    /// Is it one of those whose parts are there, or the route would be another?
    Routed,
    /// Does it yield what the service itself keeps with a request?
    Carried,
    /// Does it read a value from a text or bytes, and fail where they are none?
    Parse,
    /// Does it make a value of one type from one of another, and fail where that does not fit?
    Convert,
    /// Does it take a part of something, which may not be there?
    Part,
    /// Does it never fail, though its type says so?
    Infallible,
    /// Does it yield at least one of something?
    NeverEmpty,
    /// Is it a derive of types that rows are read into?
    Column,
    /// Is it a type whose values are read from a single word?
    Word,
    /// Is it a derive that reads a type by the names of its fields?
    Deserialize,
    /// Does it start to serve requests?
    Serve,
    /// Does it wait for another service, however long that takes?
    Outbound,
    /// Does building a client of another service start with it?
    Client,
    /// Does it limit how long something takes?
    Limit,
    /// Is it a layer that limits how long any request takes?
    LimitAll,
    /// Is it a layer that gives requests, and their answers, an id?
    RequestId,
    /// Does it change the schema of a database, over a connection of its own?
    Migrate,
    /// Is it the type of a guard of a lock that blocks the thread while it waits?
    Guard,
}

impl Role {
    /// Every role with its name in knowledge files.
    pub const ALL: [(&'static str, Role); 52] = [
        ("env", Role::Env),
        ("blocking", Role::Blocking),
        ("offload", Role::Offload),
        ("detach", Role::Detach),
        ("stream", Role::Stream),
        ("once", Role::Once),
        ("report", Role::Report),
        ("report_errors", Role::ReportErrors),
        ("debug_errors", Role::DebugErrors),
        ("log_level", Role::LogLevel),
        ("says_nothing", Role::SaysNothing),
        ("serialize", Role::Serialize),
        ("empty", Role::Empty),
        ("respond", Role::Respond),
        ("answer_error", Role::AnswerError),
        ("answered_as_text", Role::AnsweredAsText),
        ("send", Role::Send),
        ("withhold", Role::Withhold),
        ("format", Role::Format),
        ("cause", Role::Cause),
        ("panic", Role::Panic),
        ("assert", Role::Assert),
        ("catch_panic", Role::CatchPanic),
        ("answer_panic", Role::AnswerPanic),
        ("keep", Role::Keep),
        ("bail", Role::Bail),
        ("aggregate", Role::Aggregate),
        ("exclude", Role::Exclude),
        ("choose", Role::Choose),
        ("update", Role::Update),
        ("delete", Role::Delete),
        ("shared", Role::Shared),
        ("trusted", Role::Trusted),
        ("input", Role::Input),
        ("routed", Role::Routed),
        ("carried", Role::Carried),
        ("parse", Role::Parse),
        ("convert", Role::Convert),
        ("part", Role::Part),
        ("infallible", Role::Infallible),
        ("never_empty", Role::NeverEmpty),
        ("column", Role::Column),
        ("word", Role::Word),
        ("deserialize", Role::Deserialize),
        ("serve", Role::Serve),
        ("outbound", Role::Outbound),
        ("client", Role::Client),
        ("limit", Role::Limit),
        ("limit_all", Role::LimitAll),
        ("request_id", Role::RequestId),
        ("migrate", Role::Migrate),
        ("guard", Role::Guard),
    ];
}
