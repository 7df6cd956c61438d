//! What functions do for their callers, carried over calls until nothing changes.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::evaluate;
use super::facts::BodyFacts;
use super::order::{bottom_up, is_released};
use super::prints::VariantPrints;
use crate::app::{AdtId, App, FnId, Mark, Site, Target, Ty};

/// Rounds after which only what has not been evaluated at all still is; chains of calls are rarely longer.
const ROUNDS: usize = 40;

/// Changes of what is known of a function after which its callers are not asked again: functions that call each other in
/// a circle can go on saying something else forever.
const CHANGES: u8 = 10;

thread_local! {
    /// What has been found, or is being looked for, to answer what printing one variant gives away.
    static PRINTING: RefCell<FxHashMap<(AdtId, u32, bool), VariantPrints>> = RefCell::default();
}

/// What is known of functions that have been evaluated.
#[derive(Default)]
pub(super) struct Summaries {
    functions: FxHashMap<FnId, Summary>,
    /// Types that say who is asking.
    guards: FxHashSet<AdtId>,
    /// What printing variants of the project's types gives away, as far as somebody has asked.
    prints: Mutex<FxHashMap<(AdtId, u32, bool), VariantPrints>>,
    /// Whether printing types shows texts that are somewhere inside of their values, as far as somebody has asked.
    shown: Mutex<FxHashMap<(AdtId, Mark, bool), bool>>,
}

/// The arguments of whose errors a function tells somebody.
pub(super) enum Tells<'s> {
    These(&'s [u16]),
    Unknown,
}

#[derive(Clone, PartialEq)]
struct Summary {
    returns: Ty,
    env_argument: Option<u16>,
    tells: Vec<u16>,
    keys: Vec<(Site, u32)>,
    trusts: bool,
}

impl Summaries {
    /// What a call of a function yields.
    pub(super) fn returns(&self, app: &App, id: FnId) -> Ty {
        match self.functions.get(&id) {
            Some(summary) => summary.returns.clone(),
            None => app.signature(id).returns(),
        }
    }

    /// Whether a function has been evaluated.
    pub(super) fn has(&self, id: FnId) -> bool {
        self.functions.contains_key(&id)
    }

    /// The arguments of whose errors a function tells somebody; nobody knows that of one that has no body.
    pub(super) fn tells(&self, app: &App, id: FnId) -> Tells<'_> {
        match self.functions.get(&id) {
            Some(summary) => Tells::These(&summary.tells),
            None if app.function(id).body.is_none() => Tells::Unknown,
            None => Tells::These(&[]),
        }
    }

    /// Which arguments of a function say what a query looks for, one bit for each.
    pub(super) fn keys(&self, id: FnId, query: Site) -> Option<u32> {
        let keys = &self.functions.get(&id)?.keys;
        keys.iter().find(|(site, _)| *site == query).map(|(_, params)| *params)
    }

    /// Which arguments of a function say what some query looks for, one bit for each.
    pub(super) fn all_keys(&self, id: FnId) -> u32 {
        self.functions.get(&id).map_or(0, |summary| summary.keys.iter().fold(0, |all, (_, keys)| all | keys))
    }

    /// Whether a type is one that says who is asking.
    pub(super) fn is_guard(&self, adt: AdtId) -> bool {
        self.guards.contains(&adt)
    }

    /// Whether a function, or one that it calls, reads what the service itself has signed or kept.
    pub(super) fn trusts(&self, id: FnId) -> bool {
        self.functions.get(&id).is_some_and(|summary| summary.trusts)
    }

    /// The argument that names the variable which the function reads from the environment.
    pub(super) fn env_argument(&self, id: FnId) -> Option<u16> {
        self.functions.get(&id).and_then(|summary| summary.env_argument)
    }

    /// What printing a variant gives away, which is worked out where nobody has asked before.
    pub(super) fn prints(
        &self,
        adt: AdtId,
        variant: u32,
        debug: bool,
        work_out: impl FnOnce() -> VariantPrints,
    ) -> VariantPrints {
        let key = (adt, variant, debug);
        if let Some(known) = self.prints.lock().ok().and_then(|known| known.get(&key).copied()) {
            return known;
        }
        // A type that holds itself gives away what it does without that. Each type is looked at once for a question: the
        // answer to that one is whole then, those to the questions on the way may be not, and are not kept for others.
        let begun = PRINTING.with_borrow_mut(|printing| match printing.get(&key) {
            Some(known) => Err(*known),
            None => {
                let is_outermost = printing.is_empty();
                printing.insert(key, VariantPrints::default());
                Ok(is_outermost)
            }
        });
        let is_outermost = match begun {
            Ok(is_outermost) => is_outermost,
            Err(known) => return known,
        };
        let prints = work_out();
        PRINTING.with_borrow_mut(|printing| match is_outermost {
            true => printing.clear(),
            false => drop(printing.insert(key, prints)),
        });
        if let (true, Ok(mut known)) = (is_outermost, self.prints.lock()) {
            known.insert(key, prints);
        }
        prints
    }

    /// Whether printing a type shows a text that is somewhere inside, which is worked out where nobody has asked before.
    pub(super) fn shows(&self, key: (AdtId, Mark, bool), work_out: impl FnOnce() -> bool) -> bool {
        if let Some(known) = self.shown.lock().ok().and_then(|known| known.get(&key).copied()) {
            return known;
        }
        let shows = work_out();
        if let Ok(mut known) = self.shown.lock() {
            known.insert(key, shows);
        }
        shows
    }

    /// Takes over what an evaluation found; says whether that is news.
    fn update(&mut self, id: FnId, facts: &BodyFacts) -> bool {
        let Some(returns) = facts.returns.clone() else { return false };
        let (env_argument, tells, keys) = (facts.env_argument(), facts.tells.clone(), facts.keys.clone());
        let summary = Summary { returns, env_argument, tells, keys, trusts: facts.trusts };
        if self.functions.get(&id) == Some(&summary) {
            return false;
        }
        self.functions.insert(id, summary);
        true
    }
}

/// Evaluates the bodies that requests can reach from some targets, until what they return no longer changes.
pub(super) fn evaluate_all(app: &App, roots: &[Target]) -> (FxHashMap<Target, Arc<BodyFacts>>, Summaries) {
    let mut roots: Vec<Target> = roots.iter().copied().filter(|target| is_released(app, *target)).collect();
    roots.sort_unstable();
    roots.dedup();
    let mut fixpoint = Fixpoint::default();
    fixpoint.summaries.guards = app.guards();
    for group in bottom_up(app, &roots) {
        fixpoint.evaluate(app, &group);
    }
    for _ in 0..ROUNDS {
        let wave = fixpoint.outdated();
        if wave.is_empty() {
            break;
        }
        fixpoint.evaluate(app, &wave);
    }
    (fixpoint.bodies, fixpoint.summaries)
}

/// What has been evaluated, and what has to be evaluated again.
#[derive(Default)]
struct Fixpoint {
    summaries: Summaries,
    bodies: FxHashMap<Target, Arc<BodyFacts>>,
    /// Who calls each function.
    callers: FxHashMap<FnId, FxHashSet<Target>>,
    /// Functions that were found to be called and have not been evaluated, and bodies that call functions of which more
    /// is known than when they were evaluated.
    pending: FxHashSet<Target>,
    /// How often what is known of a function has changed.
    changes: FxHashMap<FnId, u8>,
}

impl Fixpoint {
    /// Evaluates some bodies with what is known of others.
    fn evaluate(&mut self, app: &App, targets: &[Target]) {
        let summaries = &self.summaries;
        let found: Vec<BodyFacts> = targets.par_iter().map(|target| evaluate(app, summaries, *target)).collect();
        for target in targets {
            self.pending.remove(target);
        }
        let mut changed: Vec<FnId> = Vec::new();
        for (target, facts) in targets.iter().zip(&found) {
            if let Target::Fn(id) = *target
                && self.summaries.update(id, facts)
                && says_more(app, id, facts)
            {
                let changes = self.changes.entry(id).or_default();
                *changes = changes.saturating_add(1);
                if *changes <= CHANGES {
                    changed.push(id);
                }
            }
        }
        // Whoever called one of them before may do more than was seen: also another one of these.
        for (target, facts) in targets.iter().zip(&found) {
            for &callee in facts.calls.iter().flat_map(|call| &call.targets) {
                self.callers.entry(callee).or_default().insert(*target);
            }
        }
        for id in changed {
            self.pending.extend(self.callers.get(&id).into_iter().flatten());
        }
        self.bodies.extend(targets.iter().copied().zip(found.into_iter().map(Arc::new)));
        for facts in targets.iter().filter_map(|target| self.bodies.get(target)) {
            let called = facts.calls.iter().flat_map(|call| &call.targets).map(|callee| Target::Fn(*callee));
            self.pending.extend(called.filter(|callee| !self.bodies.contains_key(callee) && is_released(app, *callee)));
        }
    }

    /// What has to be evaluated next, in an order that no thread decides.
    fn outdated(&mut self) -> Vec<Target> {
        let mut wave: Vec<Target> = std::mem::take(&mut self.pending).into_iter().collect();
        wave.sort_unstable();
        wave
    }
}

/// Whether an evaluation says more about a function than its signature does.
fn says_more(app: &App, id: FnId, facts: &BodyFacts) -> bool {
    let marked = |ty: &Ty| ty.any(&|node| !node.marks().is_empty());
    facts.env_argument().is_some()
        || facts.trusts
        || !facts.tells.is_empty()
        || facts.returns.as_ref().is_some_and(|returns| marked(returns) || *returns != app.signature(id).returns())
}
