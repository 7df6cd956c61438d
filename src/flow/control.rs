//! Branches: what holds in each of them, and whose failure led there.

use super::env::{Check, Place};
use super::eval::{Eval, bool_type};
use super::unify::{is_fallible, item_of};
use crate::app::{Head, Mark, Ty};
use crate::syntax::{Arm, BinaryOp, ExprId, ExprKind, Pat, PatId, Run, TypeId};

/// What matching a pattern, or a test such as `is_err`, says about a value that can have failed.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// What was tested, if it can be named again.
    pub(super) place: Option<Place>,
    /// Whose failure the other outcome is.
    pub(super) marks: Vec<Mark>,
    /// Whether the test holds for values that have not failed.
    pub(super) holds_on_success: bool,
}

impl Eval<'_> {
    pub(super) fn if_expr(&mut self, cond: ExprId, then: ExprId, otherwise: Option<ExprId>) -> Ty {
        let start = self.env.mark();
        self.eval(cond);
        let when_true = self.checks(cond, true);
        let when_false = self.checks(cond, false);
        self.env.learn(when_true.clone());
        let then_ty = self.in_branch(self.failure(cond, true), then);
        self.env.restore(start);
        self.env.learn(when_false.clone());
        let else_ty = match otherwise {
            Some(otherwise) => self.in_branch(self.failure(cond, false), otherwise),
            None => Ty::UNIT,
        };
        self.env.restore(start);
        // Behind a branch that does not come back, the other one's condition holds.
        if then_ty.head == Head::Never {
            self.env.learn(when_false);
        } else if else_ty.head == Head::Never {
            self.env.learn(when_true);
        }
        then_ty.join(&else_ty)
    }

    /// Evaluates code that runs under a condition, perhaps because something failed.
    fn in_branch(&mut self, failure: Vec<Mark>, body: ExprId) -> Ty {
        let failed = !failure.is_empty();
        if failed {
            self.push_failure(&failure);
        }
        self.env.depth += 1;
        let ty = self.eval(body);
        self.env.depth -= 1;
        if failed {
            self.failing.pop();
        }
        ty
    }

    pub(super) fn push_failure(&mut self, marks: &[Mark]) {
        let mut all = self.failing_now();
        all.extend(marks.iter().filter(|mark| !all.contains(mark)).copied().collect::<Vec<_>>());
        self.failing.push(all);
    }

    pub(super) fn match_expr(&mut self, value: ExprId, arms: &[Arm]) -> Ty {
        let ty = self.eval(value);
        let place = self.place_of(value);
        let mut result = Ty::NEVER;
        let mut covered: Option<Vec<Mark>> = None;
        let mut failures_return = None;
        for arm in arms {
            let start = self.env.mark();
            self.bind(arm.pat, &ty);
            let side = match (self.side(arm.pat, &ty), &covered) {
                // What is left when success has been dealt with is failure.
                (None, Some(left)) => Some((false, left.clone())),
                (side, _) => side,
            };
            if let (Some(place), Some((succeeded, _))) = (&place, &side) {
                self.env.learn([Check { place: place.clone(), succeeded: *succeeded }]);
            }
            if let Some(guard) = arm.guard {
                self.eval(guard);
                let checks = self.checks(guard, true);
                self.env.learn(checks);
            }
            let failure = match &side {
                Some((false, marks)) => marks.clone(),
                _ => Vec::new(),
            };
            let arm_ty = self.in_branch(failure, arm.body);
            if let Some((false, _)) = side {
                let returns = arm_ty.head == Head::Never;
                failures_return = Some(failures_return.unwrap_or(true) && returns);
            }
            if arm.guard.is_none() && self.covers_success(arm.pat) {
                covered = Some(self.chain(arm.pat, &ty));
            }
            result = result.join(&arm_ty);
            self.env.restore(start);
        }
        if let (Some(place), Some(true)) = (place, failures_return) {
            self.env.learn([Check { place, succeeded: true }]);
        }
        if arms.is_empty() { Ty::UNKNOWN } else { result }
    }

    pub(super) fn select(&mut self, arms: Run) -> Ty {
        let mut result = Ty::NEVER;
        for arm in self.tree().arm_run(arms) {
            let start = self.env.mark();
            let ty = arm.guard.map_or(Ty::UNKNOWN, |future| self.eval(future));
            let ty = super::unify::awaited(self.app, &ty);
            self.bind(arm.pat, &ty);
            let failure = match self.side(arm.pat, &ty) {
                Some((false, marks)) => marks,
                _ => Vec::new(),
            };
            let arm_ty = self.in_branch(failure, arm.body);
            result = result.join(&arm_ty);
            self.env.restore(start);
        }
        result
    }

    pub(super) fn loop_expr(&mut self, cond: Option<ExprId>, body: ExprId) -> Ty {
        let start = self.env.mark();
        if let Some(cond) = cond {
            self.eval(cond);
            let checks = self.checks(cond, true);
            self.env.learn(checks);
        }
        self.env.depth += 1;
        self.eval(body);
        self.env.depth -= 1;
        self.env.restore(start);
        Ty::UNKNOWN
    }

    pub(super) fn for_expr(&mut self, pat: PatId, iter: ExprId, body: ExprId) -> Ty {
        let ty = self.eval(iter);
        let over = self.behind(&ty, |ty| item_of(ty).is_some());
        let start = self.env.mark();
        self.env.depth += 1;
        self.bind(pat, &item_of(&over).unwrap_or(Ty::UNKNOWN));
        self.eval(body);
        self.env.depth -= 1;
        self.env.restore(start);
        Ty::UNIT
    }

    pub(super) fn let_stmt(
        &mut self,
        pat: PatId,
        ty: Option<TypeId>,
        init: Option<ExprId>,
        otherwise: Option<ExprId>,
    ) -> Ty {
        let value = init.map(|init| self.eval(init));
        let declared = ty.map(|ty| self.written(ty));
        let diverges = value.as_ref().is_some_and(|ty| ty.head == Head::Never);
        let value = match (declared, value) {
            (Some(declared), Some(value)) => declared.join(&value),
            (declared, value) => declared.or(value).unwrap_or(Ty::UNKNOWN),
        };
        if let Some(otherwise) = otherwise {
            let failure = match self.side(pat, &value) {
                Some((true, _)) => self.chain(pat, &value),
                _ => Vec::new(),
            };
            self.in_branch(failure, otherwise);
            if let Some(place) = init.and_then(|init| self.place_of(init)) {
                self.env.learn([Check { place, succeeded: true }]);
            }
        }
        self.bind(pat, &value);
        if diverges { Ty::NEVER } else { Ty::UNIT }
    }

    /// What holds when a condition does, or does not.
    pub(super) fn checks(&self, cond: ExprId, truth: bool) -> Vec<Check> {
        match self.tree().expr(cond).kind {
            ExprKind::Not(inner) => self.checks(inner, !truth),
            ExprKind::Binary { op: BinaryOp::And, left, right } if truth => self.both(left, right, truth),
            ExprKind::Binary { op: BinaryOp::Or, left, right } if !truth => self.both(left, right, truth),
            _ => self
                .tests
                .get(&(self.instance, cond))
                .into_iter()
                .filter_map(|test| {
                    let place = test.place.clone()?;
                    Some(Check { place, succeeded: test.holds_on_success == truth })
                })
                .collect(),
        }
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
            _ => match self.tests.get(&(self.instance, cond)) {
                Some(test) if test.holds_on_success != truth => test.marks.clone(),
                _ => Vec::new(),
            },
        }
    }

    /// Remembers what `let pattern = value` says as a condition.
    pub(super) fn let_condition(&mut self, expr: ExprId, pat: PatId, value: ExprId) -> Ty {
        let ty = self.eval(value);
        let by_value = self.value_tests.get(&(self.instance, value)).cloned();
        if let (Some((succeeded, _)), Some(test)) = (self.side(pat, &ty), by_value) {
            let holds_on_success = test.holds_on_success == succeeded;
            self.tests.insert((self.instance, expr), Test { holds_on_success, ..test });
        } else if let Some((succeeded, marks)) = self.side(pat, &ty) {
            let marks = if succeeded { self.chain(pat, &ty) } else { marks };
            let test = Test { place: self.place_of(value), marks, holds_on_success: succeeded };
            self.tests.insert((self.instance, expr), test);
        }
        self.bind(pat, &ty);
        bool_type()
    }

    /// Whether a pattern matches values that have succeeded or failed, and whose failure it is. `None` where it matches
    /// both, or says nothing about that.
    fn side(&self, pat: PatId, ty: &Ty) -> Option<(bool, Vec<Mark>)> {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::TupleStruct { path, pats } => {
                let succeeded = self.is_success(path)?;
                if !succeeded {
                    return Some((false, ty.marks().to_vec()));
                }
                let inner = match tree.pat_run(pats) {
                    [only] => self.side(*only, &ty.arg(0)),
                    _ => None,
                };
                Some(inner.unwrap_or((true, Vec::new())))
            }
            Pat::Path(path) => (!self.is_success(path)?).then(|| (false, ty.marks().to_vec())),
            Pat::Bind { name, sub, .. } => match sub {
                Some(sub) => self.side(sub, ty),
                None => (is_fallible(self.app, ty) && self.names_failure(name)).then(|| (false, ty.marks().to_vec())),
            },
            Pat::Tuple(pats) => {
                let pats = tree.pat_run(pats);
                let sides: Vec<(bool, Vec<Mark>)> =
                    pats.iter().enumerate().filter_map(|(index, pat)| self.side(*pat, &ty.arg(index))).collect();
                let failed: Vec<Mark> =
                    sides.iter().filter(|(ok, _)| !ok).flat_map(|(_, marks)| marks.clone()).collect();
                let any_failed = sides.iter().any(|(ok, _)| !ok);
                sides.first().map(|_| (!any_failed, failed))
            }
            Pat::Or(pats) => {
                let sides: Option<Vec<(bool, Vec<Mark>)>> =
                    tree.pat_run(pats).iter().map(|pat| self.side(*pat, ty)).collect();
                let sides = sides?;
                let first = sides.first()?.0;
                let marks = sides.iter().flat_map(|(_, marks)| marks.clone()).collect();
                sides.iter().all(|(ok, _)| *ok == first).then_some((first, marks))
            }
            _ => None,
        }
    }

    /// The marks of every layer that a pattern for success looks through.
    fn chain(&self, pat: PatId, ty: &Ty) -> Vec<Mark> {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::TupleStruct { path, pats } if self.is_success(path) == Some(true) => {
                let mut marks = ty.marks().to_vec();
                if let [only] = tree.pat_run(pats) {
                    marks.extend(self.chain(*only, &ty.arg(0)));
                }
                marks
            }
            Pat::Tuple(pats) => {
                let pats = tree.pat_run(pats).iter().enumerate();
                pats.flat_map(|(index, pat)| self.chain(*pat, &ty.arg(index))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a pattern takes every value that has succeeded: `Ok(x)`, `Ok(Some(_))`.
    fn covers_success(&self, pat: PatId) -> bool {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::TupleStruct { path, pats } => {
                self.is_success(path) == Some(true)
                    && tree.pat_run(pats).iter().all(|pat| match tree.pat(*pat) {
                        Pat::Wild | Pat::Rest | Pat::Bind { sub: None, .. } | Pat::Tuple(_) | Pat::Struct { .. } => {
                            true
                        }
                        _ => self.covers_success(*pat),
                    })
            }
            _ => false,
        }
    }

    /// The place that an expression names, through what does not change whether it has failed.
    pub(super) fn place_of(&self, expr: ExprId) -> Option<Place> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                let local = self.env.find(tree.single_name(path)?)?;
                Some(Place { local, fields: Vec::new() })
            }
            ExprKind::Field { base, name } => {
                let mut place = self.place_of(base)?;
                place.fields.push(name);
                Some(place)
            }
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.place_of(inner),
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let same = matches!(
                    method.name.as_str(),
                    "as_ref" | "as_mut" | "as_deref" | "clone" | "cloned" | "copied" | "take"
                );
                if same && method.args.len == 0 { self.place_of(receiver) } else { None }
            }
            _ => None,
        }
    }
}
