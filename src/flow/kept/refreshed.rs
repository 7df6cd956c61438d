//! Branches that bring something up to date which is kept, so that what runs there does not run for each request, and
//! those that leave.

use super::{Body, Store, holds};
use crate::source::Span;
use crate::syntax::{ExprId, ExprKind};

impl Body<'_> {
    /// The branches that bring something up to date which outlives the call, where it says itself that it is too old:
    /// `if now > self.expiry { self.token = fetch(); }`.
    pub(super) fn refreshed(&self) -> Vec<Span> {
        let branches = (self.exprs.0..self.exprs.1).filter_map(|expr| match self.tree.expr(ExprId(expr)).kind {
            ExprKind::If { cond, then, .. } => Some((cond, self.extent(then))),
            _ => None,
        });
        let is_refreshed = |(cond, branch): &(ExprId, Span)| {
            let asked: Vec<Store> = (self.first(*cond)..=cond.0)
                .filter_map(|expr| self.store(ExprId(expr), 0))
                .filter(|store| store.len() > 1)
                .collect();
            !asked.is_empty()
                && (self.exprs.0..self.exprs.1).any(|expr| match self.tree.expr(ExprId(expr)).kind {
                    ExprKind::Assign { target, value } if holds(*branch, self.extent(value)) => {
                        let is_path = matches!(self.tree.expr(target).kind, ExprKind::Path(_));
                        let store = if is_path { None } else { self.store(target, 0) };
                        store.is_some_and(|store| asked.iter().any(|asked| asked.first() == store.first()))
                            && self.is_made_in(value, *branch)
                    }
                    _ => false,
                })
        };
        branches.filter(is_refreshed).map(|(_, branch)| branch).collect()
    }

    /// Whether a value has something in it that code has made: a local that is declared there.
    fn is_made_in(&self, value: ExprId, code: Span) -> bool {
        (self.first(value)..=value.0).any(|expr| {
            let ExprKind::Path(path) = self.tree.expr(ExprId(expr)).kind else { return false };
            let Some(name) = self.tree.single_name(path) else { return false };
            let mut own = self.lets().filter(|(pat, _)| self.binds(*pat, name)).filter_map(|(_, init)| init);
            own.any(|init| holds(code, self.extent(init)))
        })
    }

    /// Whether code leaves the function or closure.
    pub(super) fn leaves(&self, code: ExprId) -> bool {
        let span = self.extent(code);
        (self.exprs.0..self.exprs.1)
            .map(|expr| self.tree.expr(ExprId(expr)))
            .any(|expr| matches!(expr.kind, ExprKind::Return(_)) && holds(span, expr.span))
    }
}
