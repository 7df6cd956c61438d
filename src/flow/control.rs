//! Branches: what holds in each of them, and whose failure led there.

use super::env::{Check, Place};
use super::eval::Eval;
use super::facts::Losing;
use super::losses::Risk;
use super::unify::{is_fallible, item_of};
use super::variants::Seen;
use crate::app::{Head, Mark, Ty, What};
use crate::syntax::{ExprId, ExprKind, Literal, Pat, PatId, Run, TypeId};

/// What failed before the code that is being evaluated.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) marks: Vec<Mark>,
    /// Whether that is why the code runs: no further condition lies between that is about something else.
    pub(super) direct: bool,
}

impl Eval<'_> {
    pub(super) fn if_expr(&mut self, cond: ExprId, then: ExprId, otherwise: Option<ExprId>) -> Ty {
        if let Some(holds) = self.foregone(cond) {
            return self.only_branch(cond, if holds { Some(then) } else { otherwise });
        }
        let start = self.env.state();
        let asked = self.env.asked_for.len();
        let about_failure = self.about_failure(|eval| eval.deciding(|eval| eval.eval(cond))).1;
        let risk = self.decides(cond).map(|risk| self.kept_on_failure(risk, cond, then));
        self.asks_by_name(cond);
        self.looks_at(cond);
        let (failing, told) = (self.failing.clone(), self.told.len());
        let when_true = self.checks(cond, true);
        let when_false = self.checks(cond, false);
        self.env.learn(when_true);
        let others = self.other_errors(cond);
        let failed = self.failure(cond, true);
        let then_risk = risk.filter(|_| others.is_empty());
        let narrowed = self.narrow(cond);
        let asked = self.env.asked_for.split_off(asked.min(self.env.asked_for.len()));
        let asked_before = self.env.asked_for.clone();
        let (in_then, in_else) = self.where_it_is_there(cond, &asked);
        self.env.asked_for.extend(in_then);
        let (returned, untold) = (self.returned.clone(), self.untold_locals());
        let then_ty = self.in_branch(failed, then_risk, about_failure, Some(then));
        let leaves = then_ty.head == Head::Never || self.returned != returned;
        self.failing.clone_from(&failing);
        if let Some((local, ty)) = narrowed {
            self.env.locals[local].ty = ty;
        }
        // Where success ends the function, this is no cleaning up after another failure.
        let risk = risk.map(|risk| Risk { instead: then_ty.head == Head::Never, ..risk });
        self.untell(&untold, told);
        let then_end = self.env.restore(&start);
        self.env.learn(when_false);
        let failed = self.failure(cond, false);
        let asked_then = std::mem::replace(&mut self.env.asked_for, asked_before);
        self.env.asked_for.extend(in_else);
        let else_ty = match otherwise {
            _ if !others.is_empty() => {
                self.answer(&others, risk, |eval| eval.in_branch(Vec::new(), None, about_failure, otherwise))
            }
            Some(otherwise) if failed.is_empty() && about_failure => self.other_branch(otherwise),
            _ => self.in_branch(failed, risk, about_failure, otherwise),
        };
        if let (None, Some(risk), true) = (otherwise, risk, leaves) {
            self.falls_through(risk.at);
        }
        self.failing = failing;
        self.settle_failing(told);
        self.settle_locals(told);
        let else_end = self.env.restore(&start);
        let asked_else = std::mem::take(&mut self.env.asked_for);
        self.env.join_asked([(&then_ty, asked_then), (&else_ty, asked_else)]);
        let ends = [(&then_ty, then_end), (&else_ty, else_end)];
        self.env.join(ends.into_iter().filter(|(ty, _)| ty.head != Head::Never).map(|(_, end)| end).collect());
        then_ty.join(&else_ty)
    }

    /// The branch that is taken where it is known which one that is.
    fn only_branch(&mut self, cond: ExprId, taken: Option<ExprId>) -> Ty {
        let start = self.env.state();
        self.eval(cond);
        let ty = taken.map_or(Ty::UNIT, |taken| self.eval(taken));
        let end = self.env.restore(&start);
        self.env.join(vec![end]);
        ty
    }

    /// Where a condition is for some errors only, a local that holds one holds one of those: `matches!(error, Gone)`.
    /// Gives back which local, and what it was before.
    fn narrow(&mut self, cond: ExprId) -> Option<(usize, Ty)> {
        let ExprKind::Let { pat, value } = self.tree().expr(cond).kind else { return None };
        let place = self.place_of(value).filter(|place| place.fields.is_empty())?;
        let ty = self.env.locals[place.local].ty.clone();
        if ty.marks().is_empty() {
            return None;
        }
        let narrowed = self.possible(pat, &ty, ty.marks().to_vec(), &Seen::default());
        if narrowed.len() == ty.marks().len() {
            return None;
        }
        self.env.locals[place.local].ty = ty.clone().unmarked().marked(&narrowed);
        Some((place.local, ty))
    }

    /// Within an arm, a local that is matched on is what the arm is for. Gives back which local.
    pub(super) fn narrow_local(&mut self, place: Option<&Place>, narrowed: &Ty) -> Option<usize> {
        let place = place.filter(|place| place.fields.is_empty())?;
        let local = &mut self.env.locals[place.local];
        if local.ty.head != narrowed.head || local.ty == *narrowed {
            return None;
        }
        local.ty = narrowed.clone();
        Some(place.local)
    }

    /// Evaluates something and says whether it looks at what has failed.
    pub(super) fn about_failure<T>(&mut self, evaluate: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let outer = std::mem::replace(&mut self.looks_at_failure, false);
        let value = evaluate(self);
        let looks = std::mem::replace(&mut self.looks_at_failure, outer);
        self.looks_at_failure |= looks;
        (value, looks)
    }

    /// Evaluates code that runs under a condition: because something failed, or under one that has nothing to do with
    /// what failed before.
    pub(super) fn in_branch(
        &mut self,
        failure: Vec<Mark>,
        risk: Option<Risk>,
        about_failure: bool,
        body: Option<ExprId>,
    ) -> Ty {
        let depth = self.failing.len();
        if !failure.is_empty() {
            let losses = self.facts.losses.len();
            let value = self.answer_absence(&failure, body, |eval| {
                eval.answer(&failure, risk, |eval| {
                    eval.push_failure(&failure);
                    let value = eval.branch(body);
                    eval.failing.truncate(depth);
                    value
                })
            });
            let branch = body.map(|body| self.span(body));
            let own = self.facts.losses.iter_mut().skip(losses);
            own.filter(|loss| risk.is_some_and(|risk| risk.at == loss.at)).for_each(|loss| loss.branch = branch);
            return value;
        }
        if !about_failure && depth > 0 {
            self.failing.push(Failure { marks: self.failing_now(), direct: false });
        }
        let ty = self.branch(body);
        self.failing.truncate(depth);
        ty
    }

    /// The branch for every error that a condition on it does not hold for.
    fn other_branch(&mut self, otherwise: ExprId) -> Ty {
        let failed = self.failing_now();
        let is_last = !matches!(self.tree().expr(otherwise).kind, ExprKind::If { .. });
        let risk = Risk { at: self.at(self.last_span(otherwise)), how: Losing::Arm, kept: None, instead: false };
        self.answer(&failed, is_last.then_some(risk), |eval| eval.in_branch(Vec::new(), None, true, Some(otherwise)))
    }

    fn branch(&mut self, body: Option<ExprId>) -> Ty {
        let losses = self.facts.losses.len();
        let outer = std::mem::replace(&mut self.returned, Ty::NEVER);
        self.env.depth += 1;
        let ty = body.map_or(Ty::UNIT, |body| self.eval(body));
        self.env.depth -= 1;
        let returned = std::mem::replace(&mut self.returned, Ty::NEVER);
        if self.is_failure_by_itself(&ty, &returned) {
            self.forgive(losses);
            self.fails_by_itself(losses, if ty.head == Head::Never { &returned } else { &ty });
        }
        let because = self.blamed_now();
        self.answers_unset(&because, &returned);
        self.answers_unset(&because, &ty);
        self.returned = outer.join(&returned);
        ty
    }

    pub(super) fn push_failure(&mut self, marks: &[Mark]) {
        let mut all = self.failing_now();
        // Where something else fails, that is why the code runs.
        all.retain(|mark| !mark.what.is_absence() || marks.iter().any(|own| own.what.is_absence()));
        all.extend(marks.iter().filter(|mark| !all.contains(mark)).copied().collect::<Vec<_>>());
        self.failing.push(Failure { marks: all, direct: true });
    }

    pub(super) fn select(&mut self, arms: Run) -> Ty {
        let mut result = Ty::NEVER;
        for arm in self.tree().arm_run(arms) {
            let start = self.env.state();
            let ty = arm.guard.map_or(Ty::UNKNOWN, |future| self.eval(future));
            let ty = super::unify::awaited(self.app, &ty);
            self.bind(arm.pat, &ty);
            let failure = match self.side(arm.pat, &ty) {
                Some((false, marks)) => marks,
                _ => Vec::new(),
            };
            let risk = Risk { at: self.at(arm.span), how: Losing::Arm, kept: None, instead: false };
            let arm_ty = self.in_branch(failure, Some(risk), true, Some(arm.body));
            result = result.join(&arm_ty);
            self.env.restore(&start);
        }
        result
    }

    pub(super) fn loop_expr(&mut self, cond: Option<ExprId>, body: ExprId) -> Ty {
        let start = self.env.state();
        if let Some(cond) = cond {
            self.eval(cond);
            self.looks_at(cond);
            let risk = self.decides(cond);
            let failed = self.failure(cond, false);
            self.answer(&failed, risk, |_| Ty::UNIT);
            let checks = self.checks(cond, true);
            self.env.learn(checks);
        }
        self.env.depth += 1;
        self.eval(body);
        self.env.depth -= 1;
        self.env.restore(&start);
        Ty::UNKNOWN
    }

    pub(super) fn for_expr(&mut self, pat: PatId, iter: ExprId, body: ExprId) -> Ty {
        let ty = self.eval(iter);
        let over = self.behind(&ty, |ty| item_of(ty).is_some());
        let start = self.env.state();
        self.env.depth += 1;
        let origin = self.origin(iter);
        self.bind_taken(pat, &item_of(&over).unwrap_or(Ty::UNKNOWN), iter, origin);
        self.eval(body);
        self.env.depth -= 1;
        self.env.restore(&start);
        Ty::UNIT
    }

    pub(super) fn let_stmt(
        &mut self,
        pat: PatId,
        ty: Option<TypeId>,
        init: Option<ExprId>,
        otherwise: Option<ExprId>,
        risk: Risk,
    ) -> Ty {
        let losses = self.facts.losses.len();
        let declared = ty.map(|ty| self.written(ty));
        self.into_text = declared.as_ref().is_some_and(super::hazards::is_text);
        let (value, origin, asks) = match init {
            Some(init) => {
                let ((value, origin), asks) = self.asking(init, |eval| eval.with_origin(init, |eval| eval.eval(init)));
                (Some(value), origin, asks)
            }
            None => (None, super::env::Origin::Own, Vec::new()),
        };
        self.into_text = false;
        let diverges = value.as_ref().is_some_and(|ty| ty.head == Head::Never);
        let value = match (declared, value) {
            // `let all: Vec<_> = items.collect();`
            (Some(declared), Some(value)) if value.is_unknown() && !value.args().is_empty() => {
                super::unify::collected(self.app, declared, value.arg(0)).marked(value.marks())
            }
            (Some(declared), Some(value)) => declared.join(&value),
            (declared, value) => declared.or(value).unwrap_or(Ty::UNKNOWN),
        };
        if let Some(otherwise) = otherwise {
            init.into_iter().for_each(|init| self.looks_at(init));
            let value = init.map_or(value.clone(), |init| self.tested_by(init, value.clone(), pat));
            let failure = match self.side(pat, &value) {
                Some((true, _)) => self.chain(pat, &value),
                _ => Vec::new(),
            };
            let place = init.and_then(|init| self.place_of(init));
            let start = self.env.state();
            self.env.learn(place.clone().map(|place| Check { place, succeeded: false }));
            let risk = is_fallible(self.app, &value).then_some(risk);
            self.in_branch(failure, risk, true, Some(otherwise));
            self.env.restore(&start);
            self.env.learn(place.map(|place| Check { place, succeeded: true }));
        }
        if let Some(init) = init.filter(|_| self.is_never_used(pat, risk.at.span)) {
            self.thrown_away(init, &value, Risk { how: Losing::Ignored, ..risk });
        }
        match init {
            Some(init) => {
                self.forgive_detail(losses, pat, init);
                // The new local can have the name of the old one.
                self.inherits_asked(self.env.locals.len(), init);
                self.bind_taken(pat, &value, init, origin);
            }
            None => self.bind(pat, &value),
        }
        self.link_local(pat, init, asks);
        if diverges { Ty::NEVER } else { Ty::UNIT }
    }

    /// Remembers of a new local what its value was: another place, a condition, a text.
    fn link_local(&mut self, pat: PatId, init: Option<ExprId>, asks: Vec<What>) {
        let (Pat::Bind { sub: None, .. }, Some(init)) = (self.tree().pat(pat), init) else { return };
        let same_as = self.place_of(init);
        let condition = self.tests.contains_key(&(self.instance, init)).then_some((self.instance, init));
        let text = match self.tree().expr(init).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(text),
            _ => None,
        };
        let made_by = self.foreign_call(init).map(|call| (self.instance, call));
        if let Some(local) = self.env.locals.last_mut() {
            (local.same_as, local.text, local.condition, local.made_by) = (same_as, text, condition, made_by);
            (local.init, local.asks) = (Some((self.instance, init)), asks);
        }
    }
}
