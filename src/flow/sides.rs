//! What patterns and expressions say about success: which side a pattern is for, which place an expression names.

use super::decisions::Test;
use super::env::Place;
use super::eval::Eval;
use super::losses::Risk;
use super::unify::is_fallible;
use crate::app::{Mark, Ty};
use crate::knowledge::MethodFact;
use crate::syntax::{ExprId, ExprKind, Pat, PatId};

impl Eval<'_> {
    /// Whether a pattern matches values that have succeeded or failed, and whose failure it is. `None` where it matches
    /// both, or says nothing about that.
    pub(super) fn side(&self, pat: PatId, ty: &Ty) -> Option<(bool, Vec<Mark>)> {
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
    pub(super) fn chain(&self, pat: PatId, ty: &Ty) -> Vec<Mark> {
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
    pub(super) fn covers_success(&self, pat: PatId) -> bool {
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

    /// Takes note of what a method says about its receiver: `is_ok`, `err`.
    pub(super) fn remember_test(
        &mut self,
        expr: ExprId,
        receiver: ExprId,
        ty: &Ty,
        failed: &[Mark],
        fact: &MethodFact,
        risk: Risk,
    ) {
        let Some(holds_on_success) = fact.returns.tests else { return };
        let by_value = fact.returns.tests_by_value();
        self.only_tests(ty);
        if is_fallible(self.app, ty) && ty.args().len() > 1 && !by_value {
            self.test_made(expr, receiver, failed, risk);
        }
        let place = self.place_of(receiver);
        let test = Test {
            place,
            marks: failed.to_vec(),
            holds_on_success,
            specific: false,
            others: Vec::new(),
            of_error: false,
        };
        let tests = if by_value { &mut self.value_tests } else { &mut self.tests };
        tests.insert((self.instance, expr), test);
    }

    /// The place that an expression names, through what does not change whether it has failed.
    pub(super) fn place_of(&self, expr: ExprId) -> Option<Place> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                let local = self.env.find(tree.single_name(path)?)?;
                Some(self.env.locals[local].same_as.clone().unwrap_or(Place { local, fields: Vec::new() }))
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
                ) && method.args.len == 0;
                // These fail exactly when what they are called on has.
                let mapped = matches!(
                    method.name.as_str(),
                    "map" | "map_err" | "inspect" | "inspect_err" | "ok" | "ok_or" | "ok_or_else"
                );
                if same || mapped { self.place_of(receiver) } else { None }
            }
            _ => None,
        }
    }

    /// The place of the local that a pattern binds the whole value to.
    pub(super) fn bound_whole(&self, pat: PatId) -> Option<Place> {
        match self.tree().pat(pat) {
            Pat::Bind { name, sub: None, .. } => self.env.find(name).map(|local| Place { local, fields: Vec::new() }),
            _ => None,
        }
    }
}
