//! Errors of any type that functions make from words of their own, `anyhow!("too short")`: what they say is what the
//! project has written.

use super::errors::{held, is_failure};
use super::eval::Eval;
use super::facts::Inside;
use super::parts::takes_string;
use super::unify::{awaited, is_fallible};
use crate::app::{App, Mark, Ty, What};

impl Eval<'_> {
    /// An error that a macro makes of what it is given, which may be another error.
    pub(super) fn worded(&self, made: Ty, given: &[Ty]) -> Ty {
        let is_other = |ty: &Ty| match takes_string(ty) {
            // What the callers give in there is told by itself.
            true => says_other(&held(ty)),
            false => !held(ty).is_empty() || self.app.is_error(ty) || ty.is_unknown() && !self.failing.is_empty(),
        };
        if takes_any(self.app, &made) && !given.iter().any(is_other) {
            made.marked(&[Mark::of(What::Worded)])
        } else {
            made
        }
    }

    /// An error leaves the function.
    pub(super) fn fails_in_words(&mut self, error: &Ty) {
        let is_own = self.inside == Inside::Function && !is_worded(error);
        if is_own && !self.facts.unworded && takes_any(self.app, &self.returned_error()) {
            self.facts.unworded = true;
        }
    }

    /// The same of what the function returns, which may be no error.
    pub(super) fn returns_in_words(&mut self, value: &Ty) {
        let value = awaited(self.app, value);
        if value.is_unknown() || is_fallible(self.app, &value) && !value.arg(1).is_blank() {
            self.fails_in_words(&value.arg(1));
        }
    }

    /// What the function returns, of whose errors that is true or not.
    pub(super) fn with_words(&self, returns: Ty) -> Ty {
        if !takes_any(self.app, &self.returned_error()) {
            return returns;
        }
        let is_meant = !self.facts.unworded;
        returns.map(&mut |node| {
            if !takes_any(self.app, &node) {
                return node;
            }
            let others: Vec<Mark> = node.marks().iter().filter(|mark| mark.what != What::Worded).copied().collect();
            let node = node.unmarked().marked(&others);
            if is_meant { node.marked(&[Mark::of(What::Worded)]) } else { node }
        })
    }

    fn returned_error(&self) -> Ty {
        awaited(self.app, &self.app.signature(self.within).returns()).arg(1)
    }
}

/// Whether an error says only what the project has written.
pub(super) fn is_worded(error: &Ty) -> bool {
    error.marks().iter().any(|mark| mark.what == What::Worded) && !says_other(error.marks())
}

/// Whether one of some marks is that of another error, or of its text.
fn says_other(marks: &[Mark]) -> bool {
    marks.iter().any(|mark| match mark.what {
        What::Argument(..) => false,
        what => is_failure(what) || matches!(what, What::Text(_)),
    })
}

fn takes_any(app: &App, ty: &Ty) -> bool {
    ty.external_path().is_some_and(|path| app.knowledge.takes_any_error(path))
}
