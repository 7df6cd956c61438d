//! Futures that nobody awaits: what an `async fn` would do never happens.

use super::eval::Eval;
use super::facts::{At, Mode};
use crate::app::{FnId, Ty};
use crate::syntax::{ExprId, ExprKind};

/// A future that is dropped before anybody has awaited it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unawaited {
    /// The call that makes it.
    pub at: At,
    /// The function.
    pub of: FnId,
    /// How it runs.
    pub mode: Mode,
}

impl Eval<'_> {
    /// A value is thrown away: if it is the future of an `async fn` of the project, that never runs.
    pub(super) fn never_runs(&mut self, expr: ExprId, ty: &Ty) {
        if !self.records() || !ty.is_external(crate::app::future_path()) {
            return;
        }
        let is_sure = match self.tree().expr(expr).kind {
            ExprKind::Call { .. } => true,
            ExprKind::Method { receiver, .. } => !self.peek(receiver).is_unknown(),
            _ => false,
        };
        let at = self.at(self.span(expr));
        let targets = self.facts.calls.iter().rev().find(|call| call.at == at).map(|call| call.targets.clone());
        let targets = targets.filter(|_| is_sure).unwrap_or_default();
        let is_async = |id: &FnId| self.app.function(*id).is_async;
        if let (Some(&of), true) = (targets.first(), targets.iter().all(is_async)) {
            let found = Unawaited { at, of, mode: self.mode };
            if !self.facts.unawaited.contains(&found) {
                self.facts.unawaited.push(found);
            }
        }
    }
}
