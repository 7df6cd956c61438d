//! What clients get when a query finds nothing.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::answers::Answers;
use super::chains::Chain;
use super::facts::{Absence, At, Mode, Panicking, Query};
use super::summary::Summaries;
use super::{Flow, Step};
use crate::app::{AdtId, App, FnId, Head, Mark, Site, Target, Ty, Variant, What};
use crate::knowledge::EntryKind;
use crate::symbol::Sym;

/// A query that finds nothing, and a client that is not told so.
#[derive(Clone, Debug)]
pub struct Missing {
    /// The query.
    pub query: Query,
    /// The body that it stands in.
    pub target: Target,
    /// Where it is decided what the client gets, if that is known, and in which body.
    pub at: Option<At>,
    /// That body.
    pub decided_in: Target,
    /// What makes the response of the error that says so, where that is a function of the project.
    pub responder: Option<FnId>,
    /// What the client gets.
    pub becomes: Becomes,
    /// How requests get there that bring along what the query looks for.
    pub steps: Vec<Step>,
    /// The handlers from which they do, with this outcome.
    pub handlers: BTreeSet<Target>,
    /// The extractor of the project that has made what the query looks for, if nothing else has.
    pub extractor: Option<AdtId>,
}

/// A body in which it is decided what clients get when a query finds nothing.
struct Decision {
    becomes: Becomes,
    at: Option<At>,
    responder: Option<FnId>,
    target: Target,
}

/// What is known of a query that finds nothing: the statuses, where that is decided, and what makes the response.
type Answered = (Vec<u16>, Option<At>, Option<FnId>);

/// What the client gets when a query finds nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Becomes {
    /// A panic in code that runs in this way, of this method or macro.
    Panic(Mode, Sym),
    /// A success, with `null`.
    Null,
    /// One of these statuses, all of which say that the service has failed.
    Failure(Vec<u16>),
}

impl Becomes {
    /// Whether clients get the same.
    fn is_like(&self, other: &Becomes) -> bool {
        matches!((self, other), (Becomes::Panic(..), Becomes::Panic(..))) || self == other
    }
}

impl Flow {
    /// Every query whose finding nothing some client takes for a failure of the service, or for a success.
    pub fn missing(&self, app: &App) -> Vec<Missing> {
        let mut found: FxHashMap<Site, Vec<Decision>> = FxHashMap::default();
        for (target, facts, reached) in self.bodies() {
            let mut add = |site: Site, becomes: Becomes, at: Option<At>, responder: Option<FnId>| {
                let decisions = found.entry(site).or_default();
                // The first in a body is the one that is met.
                if decisions.last().is_none_or(|last| last.target != target) {
                    decisions.push(Decision { becomes, at, responder, target });
                }
            };
            for panic in &facts.panics {
                let (Panicking::Method(name) | Panicking::Macro(name)) = panic.how else { continue };
                for site in self.only_empty(target, &panic.marks) {
                    add(site, Becomes::Panic(panic.mode.within(reached.mode), name), Some(panic.at), None);
                }
            }
            for (at, marks) in &facts.nulls {
                for site in self.empty(target, marks) {
                    add(site, Becomes::Null, Some(*at), None);
                }
            }
            for (site, (statuses, at, responder)) in self.answered(app, target, &facts.absences) {
                add(site, Becomes::Failure(statuses), at, responder);
            }
        }
        let mut missing: Vec<Missing> = Vec::new();
        for (target, facts, _) in self.bodies() {
            for (site, query) in &facts.queries {
                if missing.iter().any(|known| known.query.at == query.at) {
                    continue;
                }
                let decisions = found.remove(site).unwrap_or_default();
                missing.extend(self.missed(app, (*site, *query, target), decisions));
            }
        }
        missing
    }

    /// A query, as far as the client says what it looks for where it is decided what its absence means. Several bodies
    /// can decide the same.
    fn missed(
        &self,
        app: &App,
        (site, query, target): (Site, Query, Target),
        decisions: Vec<Decision>,
    ) -> Option<Missing> {
        let chain = |decision: Decision| Some((self.chain(app, (site, target), decision.target)?, decision));
        let mut chains: Vec<(Chain, Decision)> = decisions.into_iter().filter_map(chain).collect();
        let best = (0..chains.len()).min_by_key(|index| chains[*index].0.rank)?;
        let (Chain { steps, mut handlers, extractor, .. }, decision) = chains.swap_remove(best);
        let same = chains.into_iter().filter(|(_, other)| other.becomes.is_like(&decision.becomes));
        handlers.extend(same.flat_map(|(chain, _)| chain.handlers));
        let Decision { becomes, at, responder, target: decided_in } = decision;
        Some(Missing { query, target, at, decided_in, responder, becomes, steps, handlers, extractor })
    }

    /// The queries that marks say found nothing.
    fn empty(&self, target: Target, marks: &[Mark]) -> Vec<Site> {
        let empty = |what: What| if let What::QueryEmpty(site) = what { Some(site) } else { None };
        self.causes(target, marks).into_iter().filter_map(empty).collect()
    }

    /// Those of them that cannot have failed as well.
    fn only_empty(&self, target: Target, marks: &[Mark]) -> Vec<Site> {
        let whats = self.causes(target, marks);
        let fails = whats.iter().any(|what| matches!(what, What::QueryFailed(_) | What::TaskFailed(_)));
        if fails { Vec::new() } else { self.empty(target, marks) }
    }

    /// The statuses of what a body answers to each query that finds nothing, where all of them are failures.
    fn answered(&self, app: &App, target: Target, absences: &[Absence]) -> Vec<(Site, Answered)> {
        let answers = || app.entries.iter().any(|entry| entry.target == target && entry.kind != EntryKind::Conversion);
        let is_entry = !absences.is_empty() && answers();
        let mut found: Vec<(Site, Answered)> = Vec::new();
        for absence in absences.iter().filter(|absence| is_entry || !absence.leaves) {
            for mark in &absence.marks {
                let What::QueryEmpty(site) = mark.what else { continue };
                let values = absence.answers.iter();
                let responder = values.clone().find_map(|value| self.answers.maker_of(app, value));
                let error = self.query(site).and_then(|query| app.knowledge.library(query.library).error);
                let mut statuses: Vec<u16> = values
                    .flat_map(|value| {
                        self.answers.of_absence(app, &self.summaries, value, (site, error), absence.leaves)
                    })
                    .collect();
                if statuses.is_empty() {
                    continue;
                }
                match found.iter_mut().find(|(known, ..)| *known == site) {
                    Some((_, (known, ..))) => known.append(&mut statuses),
                    None => found.push((site, (statuses, absence.at, responder))),
                }
            }
        }
        found.retain(|(_, (statuses, ..))| statuses.iter().all(|status| *status >= 500));
        for (_, (statuses, ..)) in &mut found {
            statuses.sort_unstable();
            statuses.dedup();
        }
        found
    }
}

impl Answers {
    /// The statuses that a value gives a response where a query found nothing: of what is returned those of the error.
    fn of_absence(
        &self,
        app: &App,
        summaries: &Summaries,
        value: &Ty,
        (site, error): (Site, Option<Sym>),
        leaves: bool,
    ) -> Vec<u16> {
        let absent = What::QueryEmpty(site);
        let is_looked_at = |node: &Ty| node.marks().iter().any(|mark| mark.what == absent && mark.settled);
        if value.any(&is_looked_at) {
            return Vec::new();
        }
        let is_result = matches!(value.head, Head::External(path) if app.knowledge.can_fail(path));
        let errors: Vec<Ty> = match (leaves, is_result) {
            (true, true) => value.args().iter().skip(1).cloned().collect(),
            // What is not a result has been made in some branch.
            (true, false) => Vec::new(),
            (false, _) => vec![value.clone()],
        };
        let known: Vec<u16> = errors.iter().flat_map(|value| answered_when_empty(value, site)).collect();
        if !known.is_empty() {
            return known;
        }
        let only = errors.iter().filter_map(|value| only(app, value, absent, error));
        only.flat_map(|value| self.statuses_of(app, summaries, &value)).collect()
    }
}

/// The statuses that an error gives a response where it says that a query found nothing, as far as whatever made it has
/// told that apart.
fn answered_when_empty(error: &Ty, site: Site) -> impl Iterator<Item = u16> + '_ {
    error.marks().iter().filter_map(move |mark| match mark.what {
        What::EmptyAnswer(of, status) if of == site => Some(status),
        _ => None,
    })
}

/// A value that is known to hold an absence in some of its variants can be no other one. None where it holds one and it
/// is not known in which.
fn only(app: &App, value: &Ty, absent: What, error: Option<Sym>) -> Option<Ty> {
    let mut is_known = true;
    let value = value.map(&mut |node| {
        let Head::Adt(adt) = node.head else { return node };
        let absences: Vec<Option<Variant>> =
            node.marks().iter().filter(|mark| mark.what == absent).map(|mark| mark.within).collect();
        let is_made = node.marks().iter().any(|mark| mark.what == What::Made);
        if absences.is_empty() {
            is_known &= is_made || app.fields(adt).len() <= 1;
            return node;
        }
        let is_own = |variant: &Variant| matches!(variant, Variant::Own(of, _) if *of == adt);
        let mut held: Vec<Variant> = absences.iter().flatten().copied().filter(is_own).collect();
        if held.is_empty() && !is_made {
            // Something has converted it.
            let from = error.and_then(|error| app.from_variant(adt, Head::External(error)));
            held.extend(from.map(|variant| Variant::Own(adt, variant as u32)));
        }
        let is_placed = |within: &Option<Variant>| within.as_ref().is_some_and(is_own);
        is_known &= !held.is_empty() && !is_made || absences.iter().all(is_placed) || app.fields(adt).len() == 1;
        let others: Vec<Mark> = node.marks().iter().filter(|mark| mark.what != What::Made).copied().collect();
        let made: Vec<Mark> = held.iter().map(|variant| Mark::of(What::Made).within(*variant)).collect();
        let holds: Vec<Mark> = held.into_iter().filter_map(|variant| holds_absence(app, variant)).collect();
        node.unmarked().marked(&others).marked(&made).marked(&holds)
    });
    is_known.then_some(value)
}

/// That the error of another crate in a variant is the one that says that nothing was found.
fn holds_absence(app: &App, variant: Variant) -> Option<Mark> {
    let Variant::Own(adt, index) = variant else { return None };
    let fields = app.fields(adt).get(index as usize)?;
    let absent = fields.iter().find_map(|(_, field)| app.knowledge.absence_of(field.external_path()?))?;
    Some(Mark::of(What::Made).within(Variant::External(absent)))
}
