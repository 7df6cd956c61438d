//! What the project's own types become as responses: the statuses of each variant, by way of the functions that make
//! responses of them and the conversions on the way there.

use std::sync::Mutex;

use rustc_hash::{FxHashMap, FxHashSet};

use super::errors::statuses_in;
use super::eval::evaluate_as;
use super::facts::Loss;
use super::plain::{always_successful, is_success};
use super::summary::Summaries;
use super::unify::is_fallible;
use crate::app::{AdtId, App, FnId, Head, ImplId, Mark, Target, Ty, Variant, What};
use crate::knowledge::EntryKind;
use crate::symbol::Sym;

/// An error is converted this often before it becomes a response; people do it once or twice.
pub(super) const CONVERSIONS: u32 = 3;

/// How types of the project become responses.
pub(super) struct Answers {
    /// The status unless a function says otherwise, and that function.
    responders: FxHashMap<AdtId, (Option<u16>, Option<FnId>)>,
    /// The statuses of variants that somebody has asked for, by how many conversions were left to follow: what was cut
    /// short for one question is no answer to another.
    known: Mutex<FxHashMap<(Made, u32), Vec<u16>>>,
    /// The types whose responses only have another status than one of success where making them fails.
    successful: FxHashSet<AdtId>,
}

/// Which variant a value is made with, and which one the value in it.
type Made = (AdtId, u32, Option<Variant>);

/// What there is in answer to a failure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The request goes on, with nothing or something else in the place of what failed.
    GoesOn,
    /// Some other failure, of which it is not known what the client sees.
    Fails,
    /// Some other failure, which says by its name that there was nothing: `Error::NotFound`.
    Absent,
    /// Responses with these statuses, in order.
    Responds(Vec<u16>),
}

/// A response is made of an error that is dropped.
#[derive(Clone, Debug)]
pub struct DroppedInResponse {
    /// The function that makes it.
    pub function: FnId,
    /// Which variant of the error type.
    pub variant: Variant,
    /// Where the error gets lost.
    pub loss: Loss,
}

impl Answers {
    /// Finds the functions that make responses.
    pub(super) fn new(app: &App) -> Answers {
        let mut responders = FxHashMap::default();
        for (adt, id, fact) in app.known_impls().filter(|(.., fact)| fact.kind == EntryKind::Responder) {
            let function = fact.methods.iter().find_map(|name| function_named(app, id, *name));
            responders.insert(adt, (fact.status, function));
        }
        Answers { responders, known: Mutex::default(), successful: always_successful(app) }
    }

    /// The types whose responses have a status of success, unless making one fails.
    pub(super) fn always_successful(&self) -> &FxHashSet<AdtId> {
        &self.successful
    }

    /// Where making a response of an error drops it unreported: for each variant that holds one, the function and the
    /// loss.
    pub(super) fn dropped(&self, app: &App, summaries: &Summaries) -> Vec<DroppedInResponse> {
        let mut dropped = Vec::new();
        let responders = self.responders.iter().filter_map(|(&adt, &(_, function))| Some((adt, function?)));
        let adts = (0..app.adts.len()).map(|index| AdtId(index as u32));
        let conversions =
            adts.flat_map(|adt| conversions_of(app, adt).into_iter().map(move |function| (adt, function)));
        let mut functions: Vec<(AdtId, FnId)> = responders.chain(conversions).collect();
        functions.sort_unstable();
        for (adt, function) in functions {
            // What nothing reaches has not been evaluated, and tells nothing.
            if !summaries.has(function) {
                continue;
            }
            for (variant, fields) in app.fields(adt).iter().enumerate() {
                if !fields.iter().any(|(_, field)| app.is_error(field)) {
                    continue;
                }
                let own = Variant::Own(adt, variant as u32);
                let marks = [What::Made, What::Is, What::Argument(0, 0)].map(|what| Mark::of(what).within(own));
                let value = Ty::new(Head::Adt(adt)).marked(&marks);
                let facts = evaluate_as(app, summaries, Target::Fn(function), &value);
                // Whoever is told of it, before or after.
                if facts.tells.contains(&0) {
                    continue;
                }
                dropped.extend(facts.losses.into_iter().map(|loss| DroppedInResponse { function, variant: own, loss }));
            }
        }
        dropped.sort_by_key(|it| (it.function, it.loss.at));
        dropped.dedup_by_key(|it| (it.function, it.loss.at));
        dropped
    }

    /// The method of the project that makes the response of one of its types, if any, and whether that is the one which
    /// makes the body; `None` of a type that is no response by itself.
    pub(super) fn responder(&self, app: &App, adt: AdtId) -> Option<(Option<FnId>, bool)> {
        let &(_, function) = self.responders.get(&adt)?;
        let name = function.map(|function| app.functions[function.index()].name);
        let mut of_adt = app.known_impls().filter(|(of, ..)| *of == adt).map(|(.., fact)| fact);
        let makes_body = of_adt.any(|fact| fact.kind == EntryKind::Responder && fact.methods.first().copied() == name);
        Some((function, makes_body))
    }

    /// The function of the project that makes the response of an error in a value, or converts it on the way there.
    pub(super) fn maker_of(&self, app: &App, value: &Ty) -> Option<FnId> {
        let own = match value.head {
            Head::Adt(adt) => match self.responders.get(&adt) {
                Some((_, function)) => *function,
                None => conversions_of(app, adt).into_iter().next(),
            },
            _ => None,
        };
        own.or_else(|| value.args().iter().rev().find_map(|arg| self.maker_of(app, arg)))
    }

    /// What comes of a loss.
    pub(super) fn of_loss(&self, app: &App, summaries: &Summaries, marks: &[Mark], instead: &[Ty]) -> Answer {
        // What is tried in the place of what has failed answers with an error only if that fails, too.
        let is_tried = |value: &Ty| {
            if !is_fallible(app, value) || value.args().len() < 2 {
                return false;
            }
            let statuses = |part: &Ty| self.statuses(app, summaries, part, CONVERSIONS);
            let (succeeded, failed) = (statuses(&value.arg(0)), statuses(&value.arg(1)));
            !matches!(value.arg(0).head, Head::Unknown | Head::Never | Head::Param(_))
                && (succeeded.is_empty() || succeeded.iter().all(|code| *code < 400) && !failed.is_empty())
        };
        if instead.iter().any(is_tried) {
            return Answer::GoesOn;
        }
        let mut statuses: Vec<u16> =
            instead.iter().flat_map(|value| self.statuses(app, summaries, value, CONVERSIONS)).collect();
        statuses.sort_unstable();
        statuses.dedup();
        if !statuses.is_empty() {
            return Answer::Responds(statuses);
        }
        let is_failure = |node: &Ty| {
            let is_result = matches!(node.head, Head::External(path) if app.knowledge.can_fail(path));
            is_result
                && node.args().len() > 1
                && marks.iter().any(|lost| node.marks().iter().any(|mark| mark.what == lost.what))
        };
        // A response whose status is not known.
        let is_response = |node: &Ty| match node.head {
            Head::Adt(adt) => self.responders.contains_key(&adt),
            Head::External(path) => app.knowledge.is_status(path),
            _ => false,
        };
        let is_other_error = |node: &Ty| is_error(app, node);
        let fails = |value: &Ty| value.any(&is_failure) || value.any(&is_response) || value.any(&is_other_error);
        match instead.iter().any(fails) {
            true if says_absence(app, instead) => Answer::Absent,
            true => Answer::Fails,
            false => Answer::GoesOn,
        }
    }

    /// The statuses that a value, or something in it, gives a response, after any conversions.
    pub(super) fn statuses_of(&self, app: &App, summaries: &Summaries, value: &Ty) -> Vec<u16> {
        self.statuses(app, summaries, value, CONVERSIONS)
    }

    /// The statuses that a value, or something in it, gives a response.
    fn statuses(&self, app: &App, summaries: &Summaries, value: &Ty, conversions: u32) -> Vec<u16> {
        let code = |mark: &Mark| match mark.what {
            What::Status(code) => Some(code),
            _ => None,
        };
        let mut statuses: Vec<u16> = statuses_in(value).iter().filter_map(code).collect();
        if statuses.is_empty() {
            collect_variants(value, &mut |made| {
                statuses.extend(self.of_variant(app, summaries, made, conversions));
            });
        }
        statuses
    }

    /// The statuses of responses made of a variant.
    pub(super) fn of_variant(&self, app: &App, summaries: &Summaries, made: Made, conversions: u32) -> Vec<u16> {
        if conversions == 0 {
            return Vec::new();
        }
        let key = (made, conversions);
        let known = |answers: &Answers| answers.known.lock().ok().and_then(|known| known.get(&key).cloned());
        if let Some(statuses) = known(self) {
            return statuses;
        }
        let mut statuses = self.compute(app, summaries, made, conversions);
        statuses.sort_unstable();
        statuses.dedup();
        if let Ok(mut known) = self.known.lock() {
            known.insert(key, statuses.clone());
        }
        statuses
    }

    fn compute(&self, app: &App, summaries: &Summaries, made: Made, conversions: u32) -> Vec<u16> {
        let (adt, variant, inner) = made;
        let is = |own: Variant| [Mark::of(What::Made).within(own), Mark::of(What::Is).within(own)];
        let variants = [Some(Variant::Own(adt, variant)), inner];
        let value = Ty::new(Head::Adt(adt)).marked(&variants.into_iter().flatten().flat_map(is).collect::<Vec<_>>());
        if let Some(&(status, function)) = self.responders.get(&adt) {
            let Some(function) = function else { return status.into_iter().collect() };
            let facts = evaluate_as(app, summaries, Target::Fn(function), &value);
            let returns = facts.returns.map(|ty| without(&ty, adt));
            let mut statuses =
                returns.map(|ty| self.statuses(app, summaries, &ty, conversions - 1)).unwrap_or_default();
            if self.successful.contains(&adt) {
                statuses.retain(|status| is_success(*status));
            }
            return statuses;
        }
        if let Some(status) = app.response_attribute(adt, variant as usize) {
            return vec![status];
        }
        let mut statuses = Vec::new();
        for function in conversions_of(app, adt) {
            let facts = evaluate_as(app, summaries, Target::Fn(function), &value);
            if let Some(returns) = facts.returns {
                statuses.extend(self.statuses(app, summaries, &without(&returns, adt), conversions - 1));
            }
        }
        statuses
    }
}

/// Whether a value is an error, or a result of one: what failed goes on failing in another way.
fn is_error(app: &App, value: &Ty) -> bool {
    app.is_error(value)
        || matches!(value.head, Head::External(path) if app.knowledge.can_fail(path) && value.args().len() > 1)
            && !value.marks().is_empty()
}

/// Whether every error in the place of another one says that there was nothing.
fn says_absence(app: &App, instead: &[Ty]) -> bool {
    let mut says = false;
    let mut says_else = false;
    let mut is = |absent: bool| if absent { says = true } else { says_else = true };
    for value in instead {
        value.visit(&mut |node| match node.head {
            Head::Adt(_) if app.is_error(node) || node.marks().iter().any(|mark| mark.what == What::Made) => {
                let mut names = node.marks().iter().filter_map(|mark| match (mark.what, mark.within) {
                    (What::Made, Some(Variant::Own(adt, variant))) => app.adt(adt).variants.get(variant as usize),
                    _ => None,
                });
                let first = names.next();
                is(first.is_some_and(|first| first.name.as_str().ends_with(ABSENCE))
                    && names.all(|name| name.name.as_str().ends_with(ABSENCE)));
            }
            Head::External(path) if app.knowledge.is_absence(path) || path.as_str().ends_with(ABSENCE) => is(true),
            Head::External(_) if app.is_error(node) => is(false),
            _ => {}
        });
    }
    says && !says_else
}

/// How people name errors that say that there was nothing.
const ABSENCE: &str = "NotFound";

/// Calls a function with every variant that a value, or something in it, is known to be made with.
fn collect_variants(value: &Ty, found: &mut impl FnMut(Made)) {
    if let Head::Adt(adt) = value.head {
        let made = value.marks().iter().filter(|mark| mark.what == What::Made).filter_map(|mark| mark.within);
        let (mut own, mut inner) = (Vec::new(), Vec::new());
        for variant in made {
            match variant {
                Variant::Own(of, variant) if of == adt => own.push(variant),
                other => inner.push(Some(other)),
            }
        }
        if own.is_empty() {
            own.push(0);
        }
        if inner.is_empty() || own.len() > 1 {
            inner = vec![None];
        }
        for variant in own {
            inner.iter().for_each(|inner| found((adt, variant, *inner)));
        }
    }
    value.args().iter().for_each(|arg| collect_variants(arg, found));
}

/// A response made of a value that is still of the value's type says nothing about itself.
fn without(ty: &Ty, adt: AdtId) -> Ty {
    ty.map(&mut |node| if node.head == Head::Adt(adt) && statuses_in(&node).is_empty() { Ty::UNKNOWN } else { node })
}

fn function_named(app: &App, id: ImplId, name: Sym) -> Option<FnId> {
    let functions = app.impls[id.index()].functions.iter();
    functions.copied().find(|function| app.functions[function.index()].name == name)
}

/// The conversions of a type into others: `impl From<Type> for Other`.
pub(super) fn conversions_of(app: &App, adt: AdtId) -> Vec<FnId> {
    let impls = app.external_impls(crate::sym!("std::convert::From")).iter();
    let from = impls.filter(|id| {
        let info = app.impl_info(**id);
        info.trait_ty.as_ref().is_some_and(|ty| ty.arg(0).head == Head::Adt(adt))
    });
    from.filter_map(|id| function_named(app, *id, crate::sym!("from"))).collect()
}
