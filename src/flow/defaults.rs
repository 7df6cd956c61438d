//! Errors that a framework answers with their text unless their type says otherwise: where they are handed to it.

use super::eval::Eval;
use super::facts::Inside;
use super::unify::{awaited, is_fallible};
use crate::app::{Head, Mark, Target, Ty, What};
use crate::knowledge::{EntryKind, Responds, Role};
use crate::syntax::ExprId;

impl Eval<'_> {
    /// The error that `?` leaves a function with: where the framework makes a response of it, its text is in that.
    pub(super) fn left_to_framework(&mut self, expr: ExprId, error: Ty) -> Ty {
        let returns = awaited(self.app, &self.app.signature(self.within).returns());
        if self.inside != Inside::Function || !is_fallible(self.app, &returns) {
            return error;
        }
        let declared = self.layers(&returns.arg(1));
        if declared.iter().any(|layer| self.plays_part(layer, Role::AnswerError)) {
            return self.answered_as_error(expr, error);
        }
        match declared.iter().find(|layer| self.plays_part(layer, Role::AnsweredAsText)) {
            // `Result<_, Box<dyn Error>>` says so of handlers only.
            Some(shown) if self.is_handler_of(shown) => self.shown(expr, error, shown),
            _ => error,
        }
    }

    /// An error that a call or `?` makes a response of: of one of the project's own types what its impl says, of others
    /// their text.
    pub(super) fn answered_as_error(&mut self, expr: ExprId, error: Ty) -> Ty {
        for layer in self.layers(&error) {
            if let Head::Adt(adt) = layer.head {
                if self.records() && !self.facts.answered.contains(&adt) {
                    self.facts.answered.push(adt);
                }
                return error;
            }
            if self.plays_part(&layer, Role::AnsweredAsText) {
                return self.shown(expr, error, &layer);
            }
        }
        error
    }

    /// An error that is answered with its text, as one of this type.
    fn shown(&mut self, expr: ExprId, error: Ty, declared: &Ty) -> Ty {
        let texts = self.printed(expr, &error, false);
        let status = declared.external_path().and_then(|path| self.app.knowledge.response(path, None));
        let error = error.marked(&texts);
        match status {
            // Whatever status what is in the box would have by itself.
            Some(Responds::With(code)) => {
                self.with_status_of(error, &[Ty::UNKNOWN.marked(&[Mark::of(What::Status(code))])])
            }
            _ => error,
        }
    }

    fn plays_part(&self, ty: &Ty, role: Role) -> bool {
        ty.external_path().is_some_and(|path| self.app.knowledge.plays(path, role))
    }

    /// Whether the function is a handler of a framework that answers errors of a type with their text.
    fn is_handler_of(&self, shown: &Ty) -> bool {
        let facts = shown.external_path().map(|path| self.app.knowledge.roles(path)).unwrap_or_default();
        let frameworks = || facts.iter().filter(|fact| fact.role == Role::AnsweredAsText).map(|fact| fact.library);
        let target = Target::Fn(self.within);
        self.app.entries.iter().any(|entry| {
            entry.kind == EntryKind::Handler && entry.target == target && frameworks().any(|it| it == entry.framework)
        })
    }
}
