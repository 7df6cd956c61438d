//! What conditions say: what holds where they do, and whose failure that means.

use super::decisions::Test;
use super::env::Check;
use super::eval::{Eval, bool_type};
use super::unify::is_fallible;
use crate::app::{InstanceId, Mark, Ty};
use crate::syntax::{BinaryOp, ExprId, ExprKind, PatId};

impl Eval<'_> {
    /// What holds when a condition does, or does not.
    pub(super) fn checks(&self, cond: ExprId, truth: bool) -> Vec<Check> {
        match self.tree().expr(cond).kind {
            ExprKind::Not(inner) => self.checks(inner, !truth),
            ExprKind::Binary { op: BinaryOp::And, left, right } if truth => self.both(left, right, truth),
            ExprKind::Binary { op: BinaryOp::Or, left, right } if !truth => self.both(left, right, truth),
            _ => self
                .test_of(cond)
                .into_iter()
                .filter_map(|test| {
                    let place = test.place.clone()?;
                    Some(Check { place, succeeded: test.holds_on_success == truth })
                })
                .collect(),
        }
    }

    /// What a condition tests; also one that was given a name.
    fn test_of(&self, cond: ExprId) -> Option<&Test> {
        self.tests.get(&self.condition_key(cond))
    }

    /// The test that a condition is; also one that was given a name.
    pub(super) fn condition_key(&self, cond: ExprId) -> (InstanceId, ExprId) {
        let tree = self.tree();
        let named = match tree.expr(cond).kind {
            ExprKind::Path(path) => tree.single_name(path).and_then(|name| self.env.find(name)),
            _ => None,
        };
        named.and_then(|local| self.env.locals[local].condition).unwrap_or((self.instance, cond))
    }

    fn both(&self, left: ExprId, right: ExprId, truth: bool) -> Vec<Check> {
        let mut checks = self.checks(left, truth);
        checks.extend(self.checks(right, truth));
        checks
    }

    /// Whose failure it means that a condition holds, or does not.
    pub(super) fn failure(&self, cond: ExprId, truth: bool) -> Vec<Mark> {
        match self.tree().expr(cond).kind {
            ExprKind::Not(inner) => self.failure(inner, !truth),
            // One side of `a && b` fails when it does not hold; both hold when it does.
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                let mut marks = self.failure(left, truth);
                marks.extend(self.failure(right, truth));
                marks
            }
            _ => match self.test_of(cond) {
                Some(test) if test.holds_on_success != truth => test.marks.clone(),
                _ => Vec::new(),
            },
        }
    }

    /// Remembers what `let pattern = value` says as a condition.
    pub(super) fn let_condition(&mut self, expr: ExprId, pat: PatId, value: ExprId) -> Ty {
        let ty = self.eval(value);
        let ty = self.tested_by(value, ty, pat);
        let by_value = self.value_tests.get(&(self.instance, value)).cloned();
        if let (Some((succeeded, _)), Some(test)) = (self.side(pat, &ty), by_value) {
            let holds_on_success = test.holds_on_success == succeeded;
            self.tests.insert((self.instance, expr), Test { holds_on_success, ..test });
        } else if let Some((succeeded, marks)) = self.side(pat, &ty) {
            let marks = if succeeded { self.chain(pat, &ty) } else { marks };
            let specific = !succeeded && self.is_specific(pat, &ty);
            let others = if specific { ty.marks().to_vec() } else { Vec::new() };
            let test = Test {
                place: self.place_of(value),
                marks,
                holds_on_success: succeeded,
                specific,
                others,
                of_error: !is_fallible(self.app, &ty),
            };
            self.tests.insert((self.instance, expr), test);
        }
        self.bind(pat, &ty);
        bool_type()
    }
}
