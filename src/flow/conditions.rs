//! What conditions say: what holds where they do, and whose failure that means.

use super::decisions::Test;
use super::env::Check;
use super::eval::{Eval, bool_type};
use super::unify::is_fallible;
use crate::app::{InstanceId, Mark, Ty};
use crate::syntax::{BinaryOp, ExprId, ExprKind, PatId};

impl Eval<'_> {
    /// Remembers of what is evaluated which `&&` or `||` it is a part of.
    pub(super) fn in_condition(&mut self, expr: ExprId, op: BinaryOp, evaluate: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let outer = self.condition;
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            self.condition = outer.or(Some(expr));
        }
        let ty = evaluate(self);
        self.condition = outer;
        ty
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Ty {
        let left_ty = self.eval(left);
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            self.looks_at(left);
        }
        self.counts(&left_ty);
        let state = self.env.state();
        // What is on the right of `&&` runs only where the left holds.
        match op {
            BinaryOp::And => {
                let checks = self.checks(left, true);
                self.env.learn(checks);
            }
            BinaryOp::Or => {
                let checks = self.checks(left, false);
                self.env.learn(checks);
            }
            _ => {}
        }
        self.env.depth += 1;
        let right_ty = self.eval(right);
        self.counts(&right_ty);
        if op == BinaryOp::Compare {
            self.compares(left, right);
        }
        self.env.depth -= 1;
        self.env.restore_checks(&state);
        if op == BinaryOp::Divide {
            self.division(right, &right_ty);
        }
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Compare => bool_type(),
            // `text + &error.to_string()`
            BinaryOp::Divide | BinaryOp::Other => {
                let held = super::errors::held(&right_ty);
                let kept = super::errors::held(&left_ty);
                left_ty.unmarked().marked(&kept).marked(&held)
            }
        }
    }

    /// Whether a condition on a value that is of one variant only holds for that, where it can be told.
    pub(super) fn foregone(&self, cond: ExprId) -> Option<bool> {
        match self.tree().expr(cond).kind {
            ExprKind::Not(inner) => self.foregone(inner).map(|holds| !holds),
            ExprKind::Let { pat, value } => {
                let only = super::variants::only_variant(&self.peek(value))?;
                let variants = self.variants_in(pat)?;
                match variants.contains(&only) {
                    true => self.takes_all_fields(pat).then_some(true),
                    false => Some(false),
                }
            }
            _ => None,
        }
    }

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
        let (ty, origin) = self.with_origin(value, |eval| eval.matched(value));
        let looked = self.told_apart(pat, &ty);
        self.look_at(&looked);
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
        self.bind_taken(pat, &ty, value, origin);
        bool_type()
    }
}
