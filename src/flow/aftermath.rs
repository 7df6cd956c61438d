//! What becomes of a failure whose error has been lost before: a function gives its callers something in the place of the
//! error, and they answer that.

use super::Flow;
use super::answers::Answer;
use super::details::yields_nothing;
use super::errors::is_failure;
use super::eval::Eval;
use super::facts::{Aftermath, At, Losing, Loss, Mode, Rest};
use super::unify::is_fallible;
use crate::app::{App, Head, Mark, Target, Ty, What};
use crate::knowledge::{MethodFact, Words};
use crate::source::Span;
use crate::syntax::{Block, ExprId, ExprKind, Literal, Stmt};

/// What has been written down before a call.
#[derive(Clone, Copy)]
pub(super) struct Written {
    losses: usize,
    aftermaths: usize,
}

impl Eval<'_> {
    pub(super) fn written_down(&self) -> Written {
        Written { losses: self.facts.losses.len(), aftermaths: self.facts.aftermaths.len() }
    }

    /// What there is in answer to failures whose errors are gone: lost in this body, or in a function that it calls.
    pub(super) fn answered_later(&mut self, failed: &[Mark], instead: &[Ty], told: usize) {
        let gone: Vec<What> = gone(failed).collect();
        if gone.is_empty() || !self.records() {
            return;
        }
        match self.lost_before(&gone) {
            Some(index) => {
                let loss = &mut self.facts.losses[index];
                // What has been put into the place of the error is replaced itself.
                if !std::mem::replace(&mut loss.replaced, true) {
                    loss.instead.clear();
                }
                loss.instead.extend(instead.iter().cloned());
            }
            None => {
                // Of an argument it is for the caller to know.
                let gone: Vec<What> = gone.into_iter().filter(|what| !matches!(what, What::Argument(..))).collect();
                let told = gone.iter().any(|what| self.told[told.min(self.told.len())..].contains(what));
                if !gone.is_empty() {
                    self.facts.aftermaths.push(Aftermath { of: gone, instead: instead.to_vec(), told });
                }
            }
        }
    }

    /// Losses of this body after which a failure can still be seen: `result.ok()` is `None` then.
    fn lost_before(&self, gone: &[What]) -> Option<usize> {
        let same = |loss: &Loss| loss.marks.iter().any(|lost| gone.contains(&lost.what));
        self.facts.losses.iter().rposition(|loss| matches!(loss.how, Losing::Method(_)) && same(loss))
    }

    /// What a known method makes of a failure: it fails in another way, or says no, or does not fail any more.
    pub(super) fn after_method(
        &mut self,
        written: Written,
        receiver: &Ty,
        result: Ty,
        given: &[Ty],
        fact: &MethodFact,
    ) -> Ty {
        if !is_fallible(self.app, receiver) {
            return result;
        }
        let failures: Vec<Mark> = receiver.marks().iter().filter(|mark| is_failure(mark.what)).copied().collect();
        // A closure for failures has been evaluated as an answer.
        let is_answered = self.facts.aftermaths.len() > written.aftermaths;
        if is_fallible(self.app, &result) && result.args().len() > 1 {
            let failing = Ty::with(result.head, vec![Ty::UNKNOWN, Ty::UNKNOWN]).marked(result.marks());
            let is_same = |mark: &Mark| result.marks().iter().any(|kept| kept.what == mark.what);
            let losses = self.facts.losses.iter_mut().skip(written.losses);
            for loss in losses.filter(|loss| loss.marks.iter().any(is_same)) {
                loss.instead.push(failing.clone());
            }
            for aftermath in self.facts.aftermaths.iter_mut().skip(written.aftermaths) {
                aftermath.instead.push(failing.clone());
            }
            // `option.ok_or(error)`
            if receiver.args().len() == 1 && !is_answered {
                let instead: Vec<Ty> = given.iter().cloned().chain([failing]).collect();
                self.answered_later(&failures, &instead, self.told.len());
            }
        } else if fact.returns.tests == Some(true) && !fact.returns.tests_by_value() {
            return result.marked(&failures.into_iter().map(Mark::dealt_with).collect::<Vec<_>>());
        } else if fact.returns.tests.is_none() && !fact.returns.panics && !is_answered {
            let whats: Vec<What> = failures.iter().map(|mark| mark.what).collect();
            if !passes_on(&result, &whats) {
                self.answered_later(&failures, given, self.told.len());
            }
        }
        result
    }

    /// What is lost on the way in a branch that ends in a failure of its own: that is what there is instead.
    pub(super) fn fails_by_itself(&mut self, from: usize, failure: &Ty) {
        let failing = self.failing_now();
        let is_meant = |mark: &Mark| failing.iter().any(|failed| failed.what == mark.what);
        // What has left the function has its own answer.
        let stays = |loss: &Loss| loss.instead.first().is_none_or(|value| value.head != Head::Never);
        let losses = self.facts.losses.iter_mut().skip(from);
        let own = losses.filter(|loss| stays(loss) && loss.marks.iter().all(is_meant));
        own.for_each(|loss| loss.instead.push(failure.clone()));
    }

    /// What has failed comes behind a branch that what has succeeded leaves the function in.
    pub(super) fn falls_through(&mut self, at: At) {
        let own = self.facts.losses.iter_mut().filter(|loss| loss.at == at);
        own.for_each(|loss| loss.rest = Rest::Open);
    }

    /// What follows on the statements of a block is what it ends with.
    pub(super) fn ends_with(&mut self, losses: std::ops::Range<usize>, block: &Block, value: &Ty) {
        let losses = self.facts.losses.get_mut(losses).unwrap_or_default();
        if !losses.iter().any(|loss| loss.rest == Rest::Open) {
            return;
        }
        let tree = &self.app.facts(self.instance).tree;
        let last = block.tail.or_else(|| match tree.stmt_run(block.stmts).last() {
            Some(Stmt::Expr(last)) => Some(*last),
            _ => None,
        });
        let returns = last.is_some_and(|last| matches!(tree.expr(last).kind, ExprKind::Return(Some(_))));
        let end = if returns { &self.left_with } else { value };
        if *end != Ty::UNIT && end.head != Head::Never {
            let open = losses.iter_mut().filter(|loss| loss.rest == Rest::Open);
            open.for_each(|loss| loss.rest = Rest::Ends(end.clone()));
        }
    }

    /// The answer of a function to whether something has worked: where it says no, that has failed.
    pub(super) fn said_no(&mut self, expr: ExprId, ty: &Ty) {
        let key = (self.instance, expr);
        if !ty.marks().is_empty() && ty.is_external(crate::sym!("bool")) && !self.tests.contains_key(&key) {
            let marks: Vec<Mark> =
                ty.marks().iter().filter(|mark| mark.settled && is_failure(mark.what)).copied().collect();
            if !marks.is_empty() {
                let (place, others) = (None, Vec::new());
                let test = super::decisions::Test {
                    place,
                    marks,
                    holds_on_success: true,
                    specific: false,
                    others,
                    of_error: false,
                };
                self.tests.insert(key, test);
            }
        }
    }

    pub(super) fn literal(&self, literal: Literal) -> Ty {
        let ty = super::unify::literal_type(literal);
        if matches!(literal, Literal::Bool(false)) { self.says_no(ty) } else { ty }
    }

    /// `false`, or `None`, where something has failed says so to whoever called this.
    pub(super) fn says_no(&self, ty: Ty) -> Ty {
        let failing = self.failing.last().filter(|failure| failure.direct).map(|failure| failure.marks.as_slice());
        let marks = failing.unwrap_or_default().iter().filter(|mark| is_failure(mark.what));
        ty.marked(&marks.copied().map(Mark::dealt_with).collect::<Vec<_>>())
    }
}

/// The failures among some marks whose errors are gone.
fn gone(failed: &[Mark]) -> impl Iterator<Item = What> + '_ {
    let is_call = |mark: &&Mark| mark.settled && is_failure(mark.what);
    // Another call of the same function can fail by the same query.
    let is_there = |what: What| failed.iter().any(|mark| !mark.settled && mark.what == what);
    failed.iter().filter(is_call).map(|mark| mark.what).filter(move |what| !is_there(*what))
}

/// What there is in the place of a failure that nothing is said of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Instead {
    /// Nothing: the result was thrown away.
    Nothing,
    /// What was to be done with the success is left out.
    Without,
    /// `None`, as if nothing had been there.
    Absence,
    /// A `bool`.
    No,
    /// Another value.
    Else,
}

impl Flow {
    /// What there is in the place of a failure after which the code goes on.
    pub fn instead_of(&self, app: &App, target: Target, loss: &Loss) -> Instead {
        let is_bool = |ty: &Ty| ty.is_external(crate::sym!("bool"));
        let says = |ty: &Ty| ty.head != Head::Never && *ty != Ty::UNIT;
        let mut values = loss.instead.iter().filter(|ty| says(ty));
        match loss.how {
            Losing::Ignored | Losing::Dropped => Instead::Nothing,
            Losing::Test(_) => Instead::No,
            // `result.ok()`, `rows.flatten()`
            Losing::Method(name) if loss.instead.is_empty() => match name.as_str() {
                "unwrap_or_default" => Instead::Else,
                _ => Instead::Absence,
            },
            Losing::Method(_) if loss.instead.iter().all(|ty| *ty == Ty::UNIT) => Instead::Nothing,
            _ => match values.next() {
                None => Instead::Without,
                // `Ok(None)`
                Some(ty) if is_fallible(app, ty) && is_fallible(app, &ty.arg(0)) => Instead::Absence,
                Some(_) if yields_nothing(app, target, loss) => Instead::Absence,
                // What would have been done without it, or is done in any case.
                Some(ty) if !is_bool(ty) && loss.instead[0].head == Head::Never => Instead::Without,
                Some(ty) if is_fallible(app, ty) && ty.args().len() == 1 => Instead::Absence,
                Some(ty) if is_bool(ty) => Instead::No,
                Some(_) => Instead::Else,
            },
        }
    }

    /// Whether the answer to a failure says that it is one, with the status of success.
    pub fn is_answered_as_success(&self, app: &App, loss: &Loss, answer: &Answer) -> bool {
        let is_in = |span: Span, outer: Span| outer.start <= span.start && span.end <= outer.end;
        let here = |span: Span| app.sources.text(app.place(loss.at.instance, span)).to_ascii_lowercase();
        let says = |text: &str, words: Words| app.knowledge.text_says(words, text);
        let is_answered = self.answered_failures(app).iter().any(|answered| {
            let spans = [Some(loss.at.span), loss.branch];
            let is_here = spans.into_iter().flatten().any(|span| is_in(answered.at.span, span));
            // "invalid credentials" is something else than what has happened.
            answered.at.instance == loss.at.instance && is_here && !says(&here(answered.at.span), Words::Blame)
        });
        let succeeds = matches!(answer, Answer::Responds(codes) if codes.iter().all(|code| (200..300).contains(code)));
        // The answer itself, and nothing done besides.
        let text = loss.branch.filter(|_| succeeds).map(here).filter(|text| !text.starts_with('{'));
        is_answered || text.is_some_and(|text| says(&text, Words::Failure) && !says(&text, Words::Blame))
    }

    /// Whether what gets lost is an error that the function was given: whoever gives it still has it, or has told of it.
    pub fn is_only_given(&self, app: &App, target: Target, loss: &Loss) -> bool {
        let Target::Fn(id) = target else { return false };
        let signature = app.signature(id);
        let params: Vec<&Ty> = signature.receiver.iter().chain(&signature.params).collect();
        let is_given = |mark: &Mark| match mark.what {
            What::Argument(argument, _) => params.get(argument as usize).is_some_and(|ty| app.is_error(ty)),
            _ => false,
        };
        loss.marks.iter().all(is_given)
    }

    /// What there is in answer to a failure whose error got lost: where the function only gives its callers something in
    /// the place of the error, what they make of that.
    pub fn answer_to(&self, app: &App, target: Target, loss: &Loss) -> Answer {
        let own = self.answers.of_loss(app, &self.summaries, &loss.marks, &loss.instead);
        // Of what a stream yields no status is made: its head has been sent.
        let mode = self.mode_of(target).map_or(loss.mode, |mode| loss.mode.within(mode));
        let own = match (&own, &loss.rest) {
            (Answer::GoesOn, Rest::Ends(end)) => {
                match self.answers.of_loss(app, &self.summaries, &loss.marks, std::slice::from_ref(end)) {
                    // Where some are the client's fault, it is not known which one is made of it.
                    Answer::Responds(codes) if codes.iter().all(|code| (*code < 500) == (codes[0] < 500)) => {
                        Answer::Responds(codes)
                    }
                    _ => own,
                }
            }
            _ => own,
        };
        match own {
            Answer::Responds(_) if mode == Mode::Stream => Answer::Fails,
            Answer::Responds(_) => self.answered_instead(app, target, loss).unwrap_or(own),
            Answer::GoesOn | Answer::Fails => self.answered_by_callers(app, target, loss, own),
            _ => own,
        }
    }

    /// What becomes of the error that a function returns in the place of the lost one, where no caller passes that on: they
    /// all go on without it, or answer something else.
    fn answered_instead(&self, app: &App, target: Target, loss: &Loss) -> Option<Answer> {
        let is_result = |node: &Ty| is_fallible(app, node) && node.args().len() > 1;
        let is_same = |mark: &Mark| mark.settled && loss.marks.iter().any(|lost| lost.what == mark.what);
        let returns = self.facts_of(target).and_then(|facts| facts.returns.as_ref())?;
        let is_returned = returns.any(&|node| is_result(node) && node.marks().iter().any(is_same));
        if !is_returned || app.is_entry(target) {
            return None;
        }
        let lost = self.causes(target, &loss.marks);
        let is_lost = |mark: &Mark| lost.contains(&mark.what);
        let mut codes = Vec::new();
        let mut goes_on = false;
        for caller in self.reach.callers_of(target).into_iter().filter(|caller| *caller != target) {
            let facts = self.facts_of(caller)?;
            let passes_on = facts.returns.as_ref().is_some_and(|ty| ty.any(&|node| node.marks().iter().any(is_lost)));
            let own = facts.aftermaths.iter().filter(|it| it.of.iter().any(|what| lost.contains(what)));
            let own: Vec<&Aftermath> = own.collect();
            if passes_on || own.is_empty() || facts.panics.iter().any(|panic| panic.marks.iter().any(is_lost)) {
                return None;
            }
            for aftermath in own {
                let marks: Vec<Mark> = aftermath.of.iter().map(|what| Mark::of(*what)).collect();
                match self.answers.of_loss(app, &self.summaries, &marks, &aftermath.instead) {
                    Answer::GoesOn if !aftermath.told => goes_on = true,
                    Answer::Responds(own) if !aftermath.told => codes.extend(own),
                    _ => return None,
                }
            }
        }
        codes.sort_unstable();
        codes.dedup();
        match (goes_on, codes.iter().all(|code| *code < 400), codes.iter().all(|code| *code >= 400)) {
            (false, true, true) => None,
            (_, true, _) => Some(Answer::GoesOn),
            (false, _, true) if codes.iter().all(|code| (*code < 500) == (codes[0] < 500)) => {
                Some(Answer::Responds(codes))
            }
            _ => None,
        }
    }

    /// Whether every caller goes on without what a function gives it in the place of the lost error.
    pub fn is_discarded(&self, app: &App, target: Target, loss: &Loss) -> bool {
        self.answered_instead(app, target, loss) == Some(Answer::GoesOn)
    }

    fn answered_by_callers(&self, app: &App, target: Target, loss: &Loss, own: Answer) -> Answer {
        let returns = self.facts_of(target).and_then(|facts| facts.returns.as_ref());
        let is_same = |mark: &Mark| mark.settled && loss.marks.iter().any(|lost| lost.what == mark.what);
        // Of what stands in the place of the error: `None`, `false`; or another error.
        let is_result = |node: &Ty| is_fallible(app, node) && node.args().len() > 1;
        let is_lost = |node: &Ty| is_result(node) == (own == Answer::Fails) && node.marks().iter().any(is_same);
        let is_given_back = !matches!(loss.how, Losing::Ignored | Losing::Dropped);
        if !is_given_back || !returns.is_some_and(|returns| returns.any(&is_lost)) {
            return own;
        }
        let lost = self.causes(target, &loss.marks);
        let (mut told, mut blamed, mut fails) = (Vec::new(), Vec::new(), false);
        for caller in self.reach.callers_of(target).into_iter().filter(|caller| *caller != target) {
            let aftermaths = self.facts_of(caller).map(|facts| facts.aftermaths.as_slice()).unwrap_or_default();
            for aftermath in aftermaths.iter().filter(|aftermath| aftermath.of.iter().any(|what| lost.contains(what))) {
                let marks: Vec<Mark> = aftermath.of.iter().map(|what| Mark::of(*what)).collect();
                match self.answers.of_loss(app, &self.summaries, &marks, &aftermath.instead) {
                    // Somebody has been told of what was made of it.
                    _ if aftermath.told => fails = true,
                    Answer::Responds(codes) if codes.iter().all(|code| *code < 500) => blamed.extend(codes),
                    Answer::Responds(codes) => told.extend(codes),
                    // It is for the next caller to answer.
                    Answer::GoesOn if aftermath.instead.iter().any(|value| passes_on(value, &aftermath.of)) => {}
                    Answer::GoesOn => return own,
                    Answer::Fails | Answer::Absent => fails = true,
                }
            }
        }
        let codes = |mut codes: Vec<u16>| {
            codes.sort_unstable();
            codes.dedup();
            Answer::Responds(codes)
        };
        match own {
            Answer::GoesOn if !blamed.is_empty() => codes(blamed),
            _ if !told.is_empty() && blamed.is_empty() => codes(told),
            Answer::GoesOn if fails => Answer::Fails,
            own => own,
        }
    }
}

/// Whether a value still says that something has failed.
fn passes_on(value: &Ty, of: &[What]) -> bool {
    value.any(&|node| node.marks().iter().any(|mark| of.contains(&mark.what)))
}
