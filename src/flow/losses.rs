//! Errors that get lost: what is done in answer to a failure, and whether anybody is told of it.
//!
//! An error is still there where a value *holds* it (it is returned, put into another error, formatted into a text) and
//! somebody has been *told* of it where it went into a log, a panic, or anything that is not known. What is neither is
//! lost.

use super::errors::{
    held, held_by_value, held_for_later, is_failure, is_stream, is_text as is_text_of_error, settled, settled_items,
    statuses_given, statuses_in, untold,
};
use super::eval::Eval;
use super::facts::{At, Losing, Loss, Rest};
use super::summary::Tells;
use super::text_fields::with_text_in;
use super::unify::is_fallible;
use crate::app::{FnId, Head, Mark, Ty, What};
use crate::knowledge::{MethodFact, Pattern};
use crate::symbol::Sym;
use crate::syntax::ExprId;

/// Where an error can get lost, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    pub(super) at: At,
    pub(super) how: Losing,
    /// A local that still holds the error, for whoever looks at it later.
    pub(super) kept: Option<Sym>,
    /// Whether success would have been the answer, also to another failure before.
    pub(super) instead: bool,
}

impl Eval<'_> {
    /// Somebody is told of the errors in a value.
    pub(super) fn tell(&mut self, ty: &Ty) {
        // Also of what has been dealt with: another branch may have done that.
        let mut marks = Vec::new();
        ty.visit(&mut |node| marks.extend(node.marks().iter().filter(|mark| is_failure(mark.what)).copied()));
        // What was left out can be what failed here.
        if ty.any(&Ty::is_crowded) {
            marks.extend(self.failing_now());
        }
        self.told_of(marks);
    }

    /// Somebody may be told of the errors that a value holds: what is done with it is not known.
    pub(super) fn may_tell(&mut self, ty: &Ty) {
        self.told_of(held_by_value(self.app, ty));
        self.told_of(held_for_later(self.app, ty));
        if ty.any(&Ty::is_crowded) {
            self.told_of(self.failing_now());
        }
    }

    /// A value in which somebody has been told of every error.
    pub(super) fn reported(&self, ty: &Ty) -> Ty {
        let whats: Vec<What> = untold(&held(ty)).into_iter().map(|mark| mark.what).collect();
        settled(ty, &whats)
    }

    fn told_of(&mut self, marks: Vec<Mark>) {
        // Whoever reads the text of an error besides, it goes where it goes.
        for mark in marks.into_iter().filter(|mark| is_failure(mark.what)) {
            self.deal_with(mark.what);
            if let What::Argument(number, _) = mark.what
                && !self.arguments_told.contains(&number)
            {
                self.arguments_told.push(number);
            }
        }
    }

    /// Evaluates code that runs because something has failed. Where that loses the error, it is written down.
    pub(super) fn answer(&mut self, failed: &[Mark], risk: Option<Risk>, evaluate: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let marks = untold(failed);
        let is_gone = failed.iter().any(|mark| mark.settled && is_failure(mark.what));
        let risk = risk.filter(|risk| !marks.is_empty() && (risk.instead || !self.answers_another(&marks)));
        if !self.records() || !is_gone && risk.is_none() {
            return evaluate(self);
        }
        let outer = std::mem::replace(&mut self.returned, Ty::NEVER);
        let (told, panics, reports) = (self.told.len(), self.facts.panics.len(), self.reports);
        let value = evaluate(self);
        let returned = std::mem::replace(&mut self.returned, Ty::NEVER);
        self.returned = outer.join(&returned);
        // What is returned on the way to the end of it is for other failures.
        let ends = if value.head == Head::Never { returned.clone() } else { value.clone() };
        self.answered_later(failed, std::slice::from_ref(&ends), told);
        let instead = vec![value.clone(), returned];
        let Some(risk) = risk else { return value };
        // What is left here for good leaves the local behind as well.
        let is_kept = risk.kept.is_some() && value.head != Head::Never;
        if self.facts.panics.len() == panics && !is_kept {
            let kept: Vec<Mark> = instead.iter().flat_map(held).collect();
            let is_kept =
                |mark: &Mark| self.told[told..].contains(&mark.what) || kept.iter().any(|kept| kept.what == mark.what);
            // It is one error, whichever of several calls it came from.
            if !marks.iter().any(is_kept) && !instead.iter().any(|value| value.any(&Ty::is_crowded)) {
                // Of what comes to its end, what it returned before was for other errors, or for what else has failed.
                self.lose(marks, risk, if value.head == Head::Never { instead } else { vec![value.clone()] });
                let own = self.facts.losses.last_mut().filter(|loss| loss.at == risk.at);
                own.into_iter().for_each(|loss| loss.noted = self.reports > reports);
            }
        }
        value
    }

    /// Whether what is done here is already the answer to another failure: cleaning up may fail, too.
    pub(super) fn answers_another(&self, marks: &[Mark]) -> bool {
        self.failing.last().is_some_and(|failure| {
            let is_same = |what: What| marks.iter().any(|mark| mark.what == what);
            !failure.marks.is_empty() && !failure.marks.iter().any(|mark| is_same(mark.what))
        })
    }

    /// A function of the project tells somebody of the errors in some of its arguments.
    pub(super) fn told_by(&mut self, target: FnId, types: &[Ty]) {
        let summaries = self.summaries;
        match summaries.tells(self.app, target) {
            Tells::These(arguments) => {
                for ty in arguments.iter().filter_map(|argument| types.get(*argument as usize)) {
                    self.tell(ty);
                }
            }
            Tells::Unknown => types.iter().for_each(|ty| self.tell(ty)),
        }
    }

    /// A function of the project that does something with an error it is given, and whose result does not hold it, is
    /// taken to tell somebody: where it loses the error, that is found in the function itself.
    pub(super) fn used_by(&mut self, target: FnId, types: &[Ty], result: &Ty) {
        for (index, ty) in types.iter().enumerate() {
            let errors = held_by_value(self.app, ty);
            if errors.is_empty() {
                continue;
            }
            let kept: Vec<What> = held(result).into_iter().map(|mark| mark.what).collect();
            let lost: Vec<Mark> = errors.into_iter().filter(|mark| !kept.contains(&mark.what)).collect();
            if !lost.is_empty() && self.app.uses_argument(target, index) {
                self.told_of(lost);
            }
        }
    }

    /// What comes of a call that is known: what its result does not hold of what went in has gone somewhere, and
    /// somebody may have been told. Of results that went in it is known where they go.
    pub(super) fn after_known(&mut self, result: Ty, receiver: &Ty, given: &[Ty], told: usize) -> Ty {
        let kept = held_by_value(self.app, receiver);
        let result = if kept.is_empty() { result } else { result.marked(&kept) };
        let holds: Vec<What> = held(&result).into_iter().map(|mark| mark.what).collect();
        let mut passed: Vec<Mark> = Vec::new();
        for ty in given {
            passed.extend(held_by_value(self.app, ty).into_iter().filter(|mark| !holds.contains(&mark.what)));
        }
        // `map.insert(key, text)` yields what was there before.
        let is_text = matches!(result.head, Head::External(path) if !self.app.knowledge.can_fail(path));
        let result = if is_text { result.marked(&passed) } else { result };
        if !is_text {
            let texts: Vec<Mark> = passed.iter().filter(|mark| is_text_of_error(mark.what)).copied().collect();
            let is_given = |mark: &&Mark| is_text_of_error(mark.what) || matches!(mark.what, What::Argument(..));
            let given: Vec<Mark> = passed.iter().filter(is_given).copied().collect();
            self.told_of(passed);
            let result =
                if result.is_unknown() { result.marked(&texts) } else { with_text_in(self.app, result, &given) };
            return settled(&result, &self.told[told.min(self.told.len())..]);
        }
        let told = &self.told[told.min(self.told.len())..];
        let is_one = |ty: &Ty| is_stream(ty) || ty.is_external(crate::sym!("std::iter::Iterator"));
        if is_one(receiver) && is_one(&result) { settled_items(&result, told) } else { settled(&result, told) }
    }

    /// Something made from a value that nothing else is known of: it holds its errors, and has its status.
    pub(super) fn derived(&self, from: &Ty) -> Ty {
        let statuses = statuses_in(from);
        if !statuses.is_empty() {
            // Of `(StatusCode::NOT_FOUND, text).into_response()` the whole.
            return from.clone().marked(&statuses);
        }
        Ty::UNKNOWN.marked(&held_by_value(self.app, from))
    }

    /// A response with the status that it is given: `builder.status(StatusCode::NOT_FOUND)`.
    pub(super) fn with_status_of(&self, ty: Ty, given: &[Ty]) -> Ty {
        let statuses: Vec<Mark> = given.iter().flat_map(|ty| statuses_given(self.app, ty)).collect();
        if statuses.is_empty() {
            return ty;
        }
        let others: Vec<Mark> =
            ty.marks().iter().filter(|mark| !matches!(mark.what, What::Status(_))).copied().collect();
        ty.unmarked().marked(&others).marked(&statuses)
    }

    /// An error has been dealt with: what is there of it now cannot get lost any more. Another call may fail by it again.
    pub(super) fn deal_with(&mut self, what: What) {
        self.told.push(what);
        for local in &mut self.env.locals {
            local.ty = settled(&local.ty, &[what]);
        }
        let marks = self.failing.iter_mut().flat_map(|failure| &mut failure.marks);
        marks.filter(|mark| mark.what == what).for_each(|mark| mark.settled = true);
        self.open_tests.retain(|(_, _, marks)| marks.iter().any(|mark| mark.what != what));
    }

    /// What somebody has been told of in some branch is dealt with behind it.
    pub(super) fn settle_failing(&mut self, from: usize) {
        let told = &self.told[from.min(self.told.len())..];
        let marks = self.failing.iter_mut().flat_map(|failure| &mut failure.marks);
        marks.filter(|mark| told.contains(&mark.what)).for_each(|mark| mark.settled = true);
    }

    /// What locals hold before the branches of a decision within an answer to a failure: what one of them tells of an error
    /// the next one can still tell.
    pub(super) fn untold_locals(&self) -> Vec<Ty> {
        if self.failing.is_empty() {
            Vec::new()
        } else {
            self.env.locals.iter().map(|local| local.ty.clone()).collect()
        }
    }

    /// After a branch: the errors that it has told of are there for the next one.
    pub(super) fn untell(&mut self, untold: &[Ty], from: usize) {
        let told = &self.told[from.min(self.told.len())..];
        if told.is_empty() {
            return;
        }
        for (local, ty) in self.env.locals.iter_mut().zip(untold) {
            if local.ty != *ty && local.ty == settled(ty, told) {
                local.ty = ty.clone();
            }
        }
    }

    /// After the last branch: what any of them has told of is dealt with.
    pub(super) fn settle_locals(&mut self, from: usize) {
        let told = &self.told[from.min(self.told.len())..];
        if !told.is_empty() {
            self.env.locals.iter_mut().for_each(|local| local.ty = settled(&local.ty, told));
        }
    }

    /// Writes down that errors get lost, and what there is instead.
    pub(super) fn lose(&mut self, marks: Vec<Mark>, risk: Risk, instead: Vec<Ty>) {
        if marks.is_empty() || !self.records() {
            return;
        }
        marks.iter().for_each(|mark| self.deal_with(mark.what));
        let Risk { at, how, .. } = risk;
        self.facts.losses.push(Loss {
            at,
            how,
            marks,
            instead,
            rest: Rest::default(),
            branch: None,
            replaced: false,
            noted: false,
            mode: self.mode,
        });
    }

    /// Whether a branch ends in a failure of its own, which is not said to be the client's fault.
    pub(super) fn is_failure_by_itself(&self, value: &Ty, returned: &Ty) -> bool {
        let is_err = |ty: &Ty| {
            is_fallible(self.app, ty) && ty.args().len() > 1 && ty.arg(0).is_unknown() && !ty.arg(1).is_unknown()
        };
        let ends = match (value.head, returned.head) {
            (Head::Never, _) => is_err(returned),
            (_, Head::Never) => is_err(value),
            _ => is_err(value) && is_err(returned),
        };
        let is_own_fault = |ty: &Ty| statuses_in(ty).iter().all(|mark| !matches!(mark.what, What::Status(..500)));
        ends && is_own_fault(value) && is_own_fault(returned)
    }

    /// The errors that a known method drops: its receiver can hold one, its result cannot, and no closure is given it.
    pub(super) fn dropped_by(&self, fact: &MethodFact, ty: &Ty) -> Vec<Mark> {
        let returns = &fact.returns;
        if returns.panics || returns.tests.is_some() || is_stream(ty) {
            return Vec::new();
        }
        let mut dropped = Vec::new();
        self.dropped_nodes(&fact.receiver, fact, ty, &mut dropped);
        untold(&dropped)
    }

    fn dropped_nodes(&self, pattern: &Pattern, fact: &MethodFact, ty: &Ty, dropped: &mut Vec<Mark>) {
        let Pattern::Named(path, args) = pattern else { return };
        if let Some(Pattern::Var(error)) = args.get(1).filter(|_| self.app.knowledge.can_fail(*path)) {
            let given = fact.args.iter().flatten().any(|arg| mentions(arg, *error));
            if !given && !mentions(&fact.returns.ty, *error) && !holds_errors(&fact.returns.ty) {
                dropped.extend(ty.marks());
            }
        }
        for (index, arg) in args.iter().enumerate() {
            self.dropped_nodes(arg, fact, &ty.arg(index), dropped);
        }
    }

    /// The losses in an expression whose value holds what there is instead: `query.map_err(|_| Failure)`.
    fn replaced_in(&self, expr: ExprId, ty: &Ty) -> Vec<usize> {
        let mut results = Vec::new();
        results_in(self.app, ty, &mut results);
        let (span, instance) = (self.span(expr), self.instance);
        let is_returned = |what: What| self.returned.any(&|node| node.marks().iter().any(|mark| mark.what == what));
        let is_meant = |loss: &Loss| {
            let inside = loss.at.instance == instance && span.start <= loss.at.span.start;
            let here = inside && loss.at.span.end <= span.end && matches!(loss.how, Losing::Method(_));
            here && loss.marks.iter().any(|lost| {
                results.iter().any(|mark| mark.settled && mark.what == lost.what) && !is_returned(lost.what)
            })
        };
        let losses = self.facts.losses.iter().enumerate();
        losses.filter(|(_, loss)| is_meant(loss)).map(|(index, _)| index).collect()
    }

    /// Code panics by a value: what has been put into the place of an error there answers nobody.
    pub(super) fn panics_by(&mut self, expr: ExprId, ty: &Ty) {
        for index in self.replaced_in(expr, ty).into_iter().rev() {
            self.facts.losses.remove(index);
        }
    }

    /// A value is thrown away: `let _ = result;`, `result;`.
    pub(super) fn thrown_away(&mut self, expr: ExprId, ty: &Ty, risk: Risk) {
        self.never_runs(expr, ty);
        for index in self.replaced_in(expr, ty) {
            self.facts.losses[index].instead = vec![Ty::UNIT];
        }
        // `result.ok();`
        if is_fallible(self.app, ty) && ty.args().len() == 1 {
            let at = self.at(self.span(expr));
            let own =
                self.facts.losses.iter_mut().filter(|loss| loss.at == at && matches!(loss.how, Losing::Method(_)));
            own.for_each(|loss| loss.instead = vec![Ty::UNIT]);
        }
        let mut marks = Vec::new();
        results_in(self.app, ty, &mut marks);
        self.answered_later(if is_fallible(self.app, ty) { ty.marks() } else { &[] }, &[Ty::UNIT], self.told.len());
        let marks = untold(&marks);
        if marks.is_empty() || self.is_unawaited(expr) || self.answers_another(&[]) || self.unlocks(expr) {
            return;
        }
        self.lose(marks, risk, vec![Ty::UNIT]);
    }

    /// Whether an expression is a query that nobody has awaited: it has not been run.
    fn is_unawaited(&self, expr: ExprId) -> bool {
        let site = self.site(expr);
        let query = self.facts.queries.iter().find(|(known, _)| *known == site);
        query.is_some_and(|(_, query)| !self.app.knowledge.library(query.library).blocking)
    }
}

/// The marks of every result in a value.
fn results_in(app: &crate::app::App, ty: &Ty, marks: &mut Vec<Mark>) {
    if is_fallible(app, ty) && ty.args().len() > 1 {
        // A task that panics is loud by itself.
        marks.extend(ty.marks().iter().filter(|mark| !matches!(mark.what, What::TaskFailed(_))));
        results_in(app, &ty.arg(0), marks);
    }
}

/// Whether what a method yields still has the error of what it is called on: `inspect_err`.
pub(super) fn keeps_error(fact: &MethodFact) -> bool {
    match &fact.receiver {
        Pattern::Named(_, args) => match args.get(1) {
            Some(Pattern::Var(error)) => mentions(&fact.returns.ty, *error),
            _ => false,
        },
        _ => false,
    }
}

/// Whether what a method yields has an error of a type of its own: `anyhow::Error` keeps what it is made from.
pub(super) fn holds_errors(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Named(_, args) => {
            matches!(args.get(1), Some(Pattern::Named(..))) || args.first().is_some_and(holds_errors)
        }
        _ => false,
    }
}

/// Whether a variable stands in a pattern.
pub(super) fn mentions(pattern: &Pattern, name: Sym) -> bool {
    match pattern {
        Pattern::Var(var) => *var == name,
        Pattern::Named(_, args) | Pattern::Tuple(args) => args.iter().any(|arg| mentions(arg, name)),
        Pattern::Fn { params, ret, .. } => {
            params.iter().any(|param| mentions(param, name)) || ret.as_ref().is_some_and(|ret| mentions(ret, name))
        }
        Pattern::Collected(into, item) => mentions(into, name) || mentions(item, name),
        Pattern::Instead(inner) | Pattern::Kind(_, inner) => mentions(inner, name),
        _ => false,
    }
}
