//! The arms of a match: which values each of them is for, and what is done there.

use super::control::Failure;
use super::env::{Check, Place};
use super::eval::Eval;
use super::facts::Losing;
use super::losses::Risk;
use super::unify::is_fallible;
use super::variants::Seen;
use crate::app::{Head, Mark, Ty};
use crate::symbol::Sym;
use crate::syntax::{Arm, ExprId, ExprKind};

impl Eval<'_> {
    pub(super) fn match_expr(&mut self, value: ExprId, arms: &[Arm]) -> Ty {
        let ((ty, origin), about_failure) =
            self.about_failure(|eval| eval.with_origin(value, |eval| eval.matched(value)));
        let ty = self.matched_by(value, ty, arms);
        self.looks_at(value);
        let looked = self.told_apart_by(arms, &ty);
        self.look_at(&looked);
        let (told_before, asked) = (self.told.len(), self.env.asked_for.clone());
        let place = self.place_of(value);
        let mut result = Ty::NEVER;
        let mut seen = Seen::default();
        let (mut ends, mut asked_in) = (Vec::new(), Vec::new());
        let (failing, told, untold) = (self.failing.clone(), self.told.len(), self.untold_locals());
        let kept = self.kept_behind(value, arms);
        let mut only_absent = about_failure && !is_fallible(self.app, &ty);
        for arm in arms {
            if self.rules_out(&ty, arm.pat) {
                continue;
            }
            let start = self.env.state();
            let side = self.arm_side(arm, &ty, &seen);
            let narrowed = self.narrowed(arm.pat, &ty, &seen);
            let outer = self.narrow_local(place.as_ref(), &narrowed);
            let narrowed = self.looked_at(&narrowed, &looked, told_before);
            self.bind_taken(arm.pat, &narrowed, value, origin);
            self.enter_arm(arm, place.as_ref(), side.as_ref().map(|(succeeded, _)| *succeeded));
            let failure = match &side {
                Some((false, marks)) => self.still_absent(arm, marks, &ty, &looked, told_before),
                _ => Vec::new(),
            };
            let arm_ty = self.in_arm(failure, about_failure, (arm, kept), &ty, &seen);
            if arm.guard.is_none() {
                self.see(arm.pat, &ty, &mut seen);
            }
            result = result.join(&arm_ty);
            self.failing.clone_from(&failing);
            if let Some(local) = outer {
                self.env.locals[local].ty = super::variants::of_any_variant(&self.env.locals[local].ty);
            }
            self.untell(&untold, told);
            let end = self.env.restore(&start);
            asked_in.push((arm_ty.clone(), std::mem::replace(&mut self.env.asked_for, asked.clone())));
            if arm_ty.head != Head::Never {
                ends.push(end);
                only_absent &= arm.guard.is_none() && self.names_absence(arm.pat);
            }
            if arm.guard.is_none() && self.takes_only_variant(&ty, arm.pat) {
                break;
            }
        }
        if only_absent && !ends.is_empty() {
            self.goes_on_without();
        }
        self.settle_failing(told);
        self.settle_locals(told);
        self.env.join(ends);
        self.env.join_asked(asked_in.iter().map(|(ty, asked)| (ty, asked.clone())));
        if arms.is_empty() { Ty::UNKNOWN } else { result }
    }

    /// What is known where an arm begins: whether the value at a place has succeeded, and what the guard says.
    fn enter_arm(&mut self, arm: &Arm, place: Option<&Place>, succeeded: Option<bool>) {
        if let Some(succeeded) = succeeded {
            let bound = self.bound_whole(arm.pat);
            let checks = place.cloned().into_iter().chain(bound).map(|place| Check { place, succeeded });
            self.env.learn(checks.collect::<Vec<_>>());
        }
        if let Some(guard) = arm.guard {
            self.guard(guard);
        }
    }

    /// Every other error has left: behind it there was nothing, and nothing has failed.
    fn goes_on_without(&mut self) {
        if let Some(failure) = self.failing.last_mut() {
            failure.marks.retain(|mark| !super::errors::is_failure(mark.what));
        }
    }

    /// The local that still holds what is matched on: what is only looked at may be asked for its error later, and so may
    /// a local that none of the arms takes.
    fn kept_behind(&self, value: ExprId, arms: &[Arm]) -> Option<Sym> {
        let tree = self.tree();
        match tree.expr(value).kind {
            ExprKind::Ref(_) => self.used_later(value),
            ExprKind::Path(path) => {
                let end = self.span(arms.last()?.body).end;
                tree.single_name(path).filter(|name| self.is_used_again(*name, end) && !self.takes_name(*name, value))
            }
            _ => None,
        }
    }

    fn guard(&mut self, guard: ExprId) {
        self.deciding(|eval| eval.eval(guard));
        self.looks_at(guard);
        // What comes of it not holding is any other arm.
        if let Some(risk) = self.decides(guard).filter(|risk| risk.kept.is_none()) {
            self.lose(self.failure(guard, false), risk, Vec::new());
        }
        let checks = self.checks(guard, true);
        self.env.learn(checks);
    }

    /// Whether an arm is for values that have succeeded or failed, and whose failure it is.
    fn arm_side(&self, arm: &Arm, ty: &Ty, seen: &Seen) -> Option<(bool, Vec<Mark>)> {
        match (self.side(arm.pat, ty), seen) {
            (Some((false, marks)), _) => Some((false, self.possible(arm.pat, ty, marks, seen))),
            (Some(side), _) => Some(side),
            // What is left when failure has been dealt with is success, and the other way round.
            (None, Seen { failure: true, .. }) => Some((true, Vec::new())),
            (None, Seen { success: Some(left), .. }) => Some((false, self.possible(arm.pat, ty, left.clone(), seen))),
            (None, _) => None,
        }
    }

    fn in_arm(
        &mut self,
        failure: Vec<Mark>,
        about_failure: bool,
        (arm, kept): (&Arm, Option<Sym>),
        ty: &Ty,
        seen: &Seen,
    ) -> Ty {
        // An arm for some errors only knows which: nothing is lost.
        let risk = Risk { at: self.at(arm.span), how: Losing::Arm, kept, instead: false };
        let failed = if failure.is_empty() { self.failing_now() } else { failure.clone() };
        let is_specific = self.is_specific(arm.pat, ty)
            && !self.holds_what_failed(arm.pat, ty, &failed)
            && !self.drops_payload(arm.pat, ty);
        // A match on what is taken out of an error says nothing about the error.
        let is_about = failure.is_empty() || is_fallible(self.app, ty);
        let risk = (arm.guard.is_none() && !is_specific && is_about).then_some(risk);
        // A match on the error itself: some of what failed is ruled out by the variant.
        if failure.is_empty() && about_failure && !is_fallible(self.app, ty) && !self.failing.is_empty() {
            let marks = self.possible(arm.pat, ty, self.failing_now(), seen);
            let direct = !marks.is_empty();
            self.failing.push(Failure { marks, direct });
            let now = self.failing_now();
            let value = self.answer(&now, risk, |eval| eval.in_branch(Vec::new(), None, true, Some(arm.body)));
            self.failing.pop();
            return value;
        }
        self.in_branch(failure, risk, about_failure, Some(arm.body))
    }
}
