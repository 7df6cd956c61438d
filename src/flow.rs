//! Values and where they go: what every body that requests reach does, and how requests get there.

mod absence;
mod absent_errors;
mod aftermath;
mod answers;
mod apps;
mod arms;
mod blocking;
mod blocks;
mod body;
mod bounds;
mod builds;
mod by_name;
mod calls;
mod chains;
mod changes;
mod clients;
mod conditions;
mod control;
mod conversions;
mod decisions;
mod defaults;
mod demand;
mod deref;
mod details;
mod emissions;
mod env;
mod error_statuses;
mod errors;
mod eval;
mod evaluated;
mod extractors;
mod facts;
mod fields;
mod foreign;
mod guarded;
mod guards;
mod hazards;
mod health;
mod held;
mod inputs;
mod kept;
mod known;
mod leaks;
mod locks;
mod lookups;
mod losses;
mod macros;
mod methods;
mod missing;
mod outcome;
mod parts;
mod passed;
mod patterns;
mod peek;
mod plain;
mod prints;
mod provided;
mod reach;
mod record;
mod repairs;
mod replies;
mod sections;
mod sides;
mod sources;
mod sql;
mod startup;
mod statements;
mod successes;
mod summary;
mod supplied;
mod taken;
mod text_fields;
mod texts;
mod unavailable;
mod unawaited;
mod unify;
mod usage;
mod variants;
mod waits;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

pub use aftermath::Instead;
pub use answers::{Answer, DroppedInResponse};
pub use blocking::Blocking;
pub use builds::{Built, Varies};
pub use changes::{Change, UncheckedChange};
pub use conversions::Way;
pub use error_statuses::ErrorStatuses;
pub use extractors::{Because, Impossible};
pub use facts::*;
pub use guards::OptionalGuard;
pub use hazards::{Cause, Hazard};
pub use leaks::Leak;
pub use lookups::Key;
pub use missing::{Becomes, Missing};
pub use reach::{Reached, Step, Ways};
pub use sections::{HeldOver, Poisonable};
pub use successes::{AnsweredFailure, PlainError, SuccessfulError};
pub use supplied::{Blame, Peril};
pub use taken::{Gift, Input, Sent};
pub use unavailable::Unavailable;
pub use unawaited::Unawaited;
pub use waits::EndlessWait;

use crate::app::{App, EntryPoint, FnId, Head, Mark, Server, Site, Target, Ty, Variant, What};
use crate::knowledge::{EntryId, EntryKind, LibraryId, Reason, Role};
use crate::progress::Progress;
use crate::symbol::Sym;
use answers::Answers;
use passed::Passed;
use reach::Reach;
use summary::Summaries;

/// What requests do in the program.
pub struct Flow {
    bodies: Vec<(Target, Arc<BodyFacts>)>,
    queries: FxHashMap<Site, Query>,
    operations: FxHashMap<Site, Operation>,
    reach: Reach,
    passed: Passed,
    summaries: Summaries,
    answers: Answers,
    /// Frameworks whose panics some layer of the program catches, once somebody asks.
    catches_panics: OnceLock<Vec<(LibraryId, Role)>>,
    /// Answers that say that something went wrong, with the status of success, once somebody asks.
    answered: OnceLock<Vec<AnsweredFailure>>,
    /// Entry points that nothing makes a framework call, once somebody asks.
    unused: OnceLock<FxHashSet<Target>>,
    /// The servers that the program starts, once somebody asks.
    servers: OnceLock<Vec<Server>>,
    /// Which parameters are given what the client has sent, once somebody asks.
    supplied: OnceLock<FxHashMap<(FnId, u16), Sent>>,
    /// Variables without which the program does not start, once somebody asks.
    required: OnceLock<FxHashMap<Sym, At>>,
}

impl Flow {
    /// Evaluates everything that the entry points of the program reach.
    pub fn of(app: &App) -> Flow {
        Flow::counted(app, &Arc::default())
    }

    /// As [`Flow::of`], counting what is evaluated.
    pub fn counted(app: &App, progress: &Arc<Progress>) -> Flow {
        let roots: Vec<Target> = app.entries.iter().map(|entry| entry.target).collect();
        let (facts, summaries) = evaluated::evaluate_all(app, &roots, progress);
        let reach = Reach::of(app, &facts);
        let passed = Passed::of(&facts);
        let mut bodies: Vec<(Target, Arc<BodyFacts>)> = facts.into_iter().collect();
        bodies.sort_by_key(|(target, _)| *target);
        let queries = bodies.iter().flat_map(|(_, facts)| facts.queries.iter().copied()).collect();
        let operations = bodies.iter().flat_map(|(_, facts)| facts.operations.iter().copied()).collect();
        let answers = Answers::new(app);
        Flow {
            bodies,
            queries,
            operations,
            reach,
            passed,
            summaries,
            answers,
            catches_panics: OnceLock::new(),
            answered: OnceLock::new(),
            unused: OnceLock::new(),
            servers: OnceLock::new(),
            supplied: OnceLock::new(),
            required: OnceLock::new(),
        }
    }

    /// Every body that requests reach, with how they get there.
    pub fn bodies(&self) -> impl Iterator<Item = (Target, &BodyFacts, &Reached)> {
        self.bodies.iter().filter_map(|(target, facts)| Some((*target, &**facts, self.reach.get(*target)?)))
    }

    /// What a body does.
    fn facts_of(&self, target: Target) -> Option<&BodyFacts> {
        let body = self.bodies.binary_search_by_key(&target, |(target, _)| *target).ok()?;
        Some(&self.bodies[body].1)
    }

    /// How a body runs, seen from the requests that reach it.
    pub fn mode_of(&self, target: Target) -> Option<Mode> {
        self.reach.get(target).map(|reached| reached.mode)
    }

    /// What the marks in a body stand for: what is known of an argument is what any caller passes.
    pub fn causes(&self, target: Target, marks: &[Mark]) -> Vec<What> {
        self.passed.resolve(target, marks)
    }

    /// The operation whose error got lost; none where it only cleans up.
    pub fn lost_operation(&self, target: Target, loss: &Loss) -> Option<Lost> {
        self.operation_behind(target, &loss.marks)
    }

    /// The error of another crate that a conversion into a response loses, where it is not known what fails with it.
    pub fn lost_error(&self, app: &App, target: Target, loss: &Loss) -> Option<Lost> {
        let Target::Fn(id) = target else { return None };
        let is_conversion = |entry: &EntryPoint| entry.target == target && entry.kind == EntryKind::Conversion;
        let is_foreign = |ty: &Ty| matches!(ty.head, Head::External(_)) && app.is_error(ty);
        let is_given = app.signature(id).params.first().is_some_and(is_foreign);
        let is_its = |mark: &Mark| matches!(mark.what, What::Argument(0, _));
        if !is_given || !loss.marks.iter().any(is_its) || !self.causes(target, &loss.marks).is_empty() {
            return None;
        }
        let at = At { instance: app.home(id).0, span: app.function(id).span };
        let lost = Lost {
            at,
            library: None,
            reason: Reason::Inside,
            opens: None,
            is_query: false,
            is_column: false,
            is_given: true,
        };
        app.entries.iter().any(is_conversion).then_some(lost)
    }

    /// Responses made of errors that are dropped, each with what fails so that a handler returns that error.
    pub fn dropped_in_responses(&self, app: &App) -> Vec<(DroppedInResponse, Lost)> {
        let dropped = self.answers.dropped(app, &self.summaries);
        if dropped.is_empty() || app.reports_errors() {
            return Vec::new();
        }
        let left_out = usage::makers_of_responses(app);
        let mut emissions = emissions::Emissions::new(app, self);
        let failing = |it: DroppedInResponse| {
            // The text of it is sent: that is `leaked_error`.
            let Variant::Own(adt, _) = it.variant else { return None };
            emissions.from = Some(Target::Fn(it.function));
            let text = Mark::of(What::TextOf(0, 0)).within(it.variant);
            let is_response = self.answers.responder(app, adt).is_some();
            if is_response && emissions.is_sent(&text, Head::Adt(adt), answers::CONVERSIONS) {
                return None;
            }
            let lost = self.failing_as(it.variant, &left_out)?;
            Some((it, lost))
        };
        dropped.into_iter().filter_map(failing).collect()
    }

    /// What fails so that a body, other than those left out, returns this variant of an error.
    fn failing_as(&self, variant: Variant, left_out: &FxHashSet<Target>) -> Option<Lost> {
        let mut reached = self.bodies().filter(|(target, ..)| !left_out.contains(target));
        reached.find_map(|(target, facts, _)| {
            let returns = facts.returns.as_ref()?;
            let mut marks = Vec::new();
            returns.visit(&mut |node| {
                marks.extend(node.marks().iter().filter(|mark| mark.within == Some(variant) && !mark.settled).copied());
            });
            self.operation_behind(target, &marks)
        })
    }

    /// The operation whose failure marks of a body are about; none where it only cleans up.
    pub(crate) fn operation_behind(&self, target: Target, marks: &[Mark]) -> Option<Lost> {
        let whats = self.causes(target, marks);
        let queries: Vec<&Query> = whats
            .iter()
            .filter_map(|what| match what {
                What::QueryFailed(site) | What::TaskFailed(site) | What::Misread(site) => self.query(*site),
                _ => None,
            })
            .filter(|query| !query.cleans_up)
            .collect();
        if let Some(query) = queries.iter().find(|query| query.opens.is_none()).or(queries.first()) {
            let (at, library, reason) = (query.at, Some(query.library), Reason::Outside);
            let is_column = whats.iter().all(|what| matches!(what, What::Misread(_)));
            return Some(Lost { at, library, reason, opens: query.opens, is_query: true, is_column, is_given: false });
        }
        let operations = whats.iter().filter_map(|what| match what {
            What::CallFailed(site) => self.operations.get(site),
            _ => None,
        });
        let operation = operations.filter(|operation| !operation.cleans_up).min_by_key(|operation| operation.reason)?;
        let Operation { at, library, reason, .. } = *operation;
        Some(Lost { at, library, reason, opens: None, is_query: false, is_column: false, is_given: false })
    }

    /// Whether what there is in the place of an error says what was wrong, without the error: `InvalidId(text)`.
    pub fn says_what(&self, app: &App, loss: &Loss) -> bool {
        loss.instead.iter().any(|value| {
            value.any(&|node| {
                node.marks().iter().any(|mark| match (mark.what, mark.within) {
                    (What::Made, Some(Variant::Own(adt, variant))) => {
                        app.fields(adt).get(variant as usize).is_some_and(|fields| !fields.is_empty())
                    }
                    _ => false,
                })
            })
        })
    }

    /// The query at a site.
    pub fn query(&self, site: Site) -> Option<&Query> {
        self.queries.get(&site)
    }

    /// What knowledge says of calls, as far as some call was found to be what it describes.
    pub fn entries(&self) -> BTreeSet<EntryId> {
        self.bodies.iter().flat_map(|(_, facts)| facts.entries.iter().copied()).collect()
    }

    /// How requests get to a body, from the entry point on.
    pub fn path_to(&self, target: Target) -> Vec<Step> {
        self.reach.path_to(target)
    }

    /// The same from one of some bodies on, where there is a way.
    pub fn path_from(&self, from: &BTreeSet<Target>, target: Target) -> Option<Vec<Step>> {
        let way = self.reach.way_from(from, target)?;
        let called_at = |caller: Target, callee: Target| {
            let leads_there = |call: &&Call| call.targets.iter().any(|it| Target::Fn(*it) == callee);
            self.facts_of(caller)?.calls.iter().find(leads_there).map(|call| call.at)
        };
        let step = |index: usize| {
            let before = index.checked_sub(1).map(|before| way[before]);
            Step { target: way[index], called_at: before.and_then(|before| called_at(before, way[index])) }
        };
        Some((0..way.len()).map(step).collect())
    }

    /// Whether a failure in a body is that of what the entry point answers: whether everything on the way returns it.
    pub fn comes_out(&self, target: Target, failed: What) -> bool {
        self.path_to(target).iter().all(|step| {
            let returns = self.facts_of(step.target).and_then(|facts| facts.returns.as_ref());
            returns.is_some_and(|ty| ty.any(&|node| node.marks().iter().any(|mark| mark.what == failed)))
        })
    }

    /// The routes that lead to a body, each once, in the order of the sources.
    pub fn routes_to<'a>(&self, app: &'a App, target: Target) -> Vec<&'a EntryPoint> {
        self.reach.routes_to(app, target)
    }

    /// What leads to a body while a request waits for it.
    pub fn ways_to<'a>(&self, app: &'a App, target: Target) -> Ways<'a> {
        self.reach.ways_to(app, target)
    }
}
