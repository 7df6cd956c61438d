//! Fixes: changes of the sources that mend a finding, and what they make of the files.

mod apply;

pub use apply::{Change, Plan};

use crate::source::Place;

/// A change of the sources that mends a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an order: "replace `.unwrap()` with `?`".
    pub title: String,
    /// What is replaced, in the order of the file; all of it or nothing.
    pub edits: Vec<Edit>,
    /// Whether it can be applied without a second look.
    pub applicability: Applicability,
}

impl Fix {
    /// The command that applies it.
    pub fn command(&self) -> &'static str {
        match self.applicability {
            Applicability::Safe => "cargo backstop fix",
            Applicability::Unsafe => "cargo backstop fix --unsafe",
        }
    }
}

/// A piece of text that takes the place of another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Edit {
    /// What goes; an empty span where nothing does.
    pub place: Place,
    /// What comes.
    pub text: String,
}

/// How much a fix may change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Applicability {
    /// Only what the finding is about.
    Safe,
    /// Perhaps more than that.
    Unsafe,
}

impl Applicability {
    /// The name in the JSON format.
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        }
    }
}
