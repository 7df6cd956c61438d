//! What kept a part of the project from being checked. Problems travel beside the data: they never stop a run.

use crate::source::{Place, Sources};

/// Something that could not be read, parsed or found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What went wrong.
    pub kind: ProblemKind,
    /// The file it concerns, as shown to the user.
    pub file: String,
    /// The line, counted from 1, if one can be named.
    pub line: Option<u32>,
    /// The exact place, where the file is one of the sources.
    pub place: Option<Place>,
    /// What happened: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The kinds of problems, named as in the JSON format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProblemKind {
    /// A file or folder could not be read.
    Read,
    /// A file, or an item in it, is not Rust as far as the parser knows.
    Parse,
    /// A manifest could not be understood.
    Manifest,
    /// `mod name;` without a file.
    MissingModule,
    /// A file that declares itself as a module, directly or in a circle.
    ModuleCycle,
    /// A registered handler whose definition could not be found.
    Handler,
    /// A library of a version that backstop does not know.
    Version,
    /// Code that made backstop itself fail.
    Internal,
}

impl ProblemKind {
    /// The name in the JSON format.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Read => "read",
            ProblemKind::Parse => "parse",
            ProblemKind::Manifest => "manifest",
            ProblemKind::MissingModule => "missing_module",
            ProblemKind::ModuleCycle => "module_cycle",
            ProblemKind::Handler => "handler",
            ProblemKind::Version => "version",
            ProblemKind::Internal => "internal",
        }
    }
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn file(kind: ProblemKind, file: impl Into<String>, message: impl Into<String>) -> Self {
        Problem { kind, file: file.into(), line: None, place: None, message: message.into(), help: None }
    }

    /// A problem at a place in a file that was read.
    pub fn at(kind: ProblemKind, sources: &Sources, place: Place, message: impl Into<String>) -> Self {
        let file = sources.get(place.file);
        let line = Some(file.line_column(place.span.start).0);
        Problem { kind, file: file.name.clone(), line, place: Some(place), message: message.into(), help: None }
    }

    /// Names the line, where the file is none of the sources.
    pub fn on_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// Adds advice.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
