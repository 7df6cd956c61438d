//! Evaluates bodies until what functions do for their callers no longer changes.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::evaluate;
use super::facts::BodyFacts;
use super::order::{Heights, is_released};
use super::summary::Summaries;
use crate::app::{App, FnId, Target, Ty};
use crate::progress::Progress;

/// Changes of what is known of a function after which its callers are not asked again: functions that call each other in
/// a circle can go on saying something else forever.
const CHANGES: u8 = 10;

/// Evaluates the bodies that requests can reach from some targets, until what they return no longer changes.
pub(super) fn evaluate_all(
    app: &App,
    roots: &[Target],
    progress: &Progress,
) -> (FxHashMap<Target, Arc<BodyFacts>>, Summaries) {
    let mut roots: Vec<Target> = roots.iter().copied().filter(|target| is_released(app, *target)).collect();
    roots.sort_unstable();
    roots.dedup();
    let mut fixpoint = Fixpoint::default();
    fixpoint.pending.extend(fixpoint.heights.add(app, &roots));
    loop {
        let wave = fixpoint.lowest();
        if wave.is_empty() {
            break;
        }
        fixpoint.evaluate(app, &wave, progress);
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
    /// What calls what, as far as that says in which order to go on.
    heights: Heights,
    /// How often what is known of a function has changed.
    changes: FxHashMap<FnId, u8>,
}

impl Fixpoint {
    /// Evaluates some bodies with what is known of others.
    fn evaluate(&mut self, app: &App, targets: &[Target], progress: &Progress) {
        let summaries = &self.summaries;
        let counted = |target: &Target| {
            let facts = evaluate(app, summaries, *target);
            progress.count();
            facts
        };
        let found: Vec<BodyFacts> = targets.par_iter().map(counted).collect();
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
        self.call(app, targets);
    }

    /// Has what some bodies turned out to call evaluated, and callers after it.
    fn call(&mut self, app: &App, targets: &[Target]) {
        for &target in targets {
            let Some(facts) = self.bodies.get(&target) else { continue };
            let called = facts.calls.iter().flat_map(|call| &call.targets).map(|callee| Target::Fn(*callee));
            let is_new = |callee: &Target| !self.bodies.contains_key(callee) && is_released(app, *callee);
            let mut new: Vec<Target> = called.filter(is_new).collect();
            new.sort_unstable();
            new.dedup();
            self.pending.extend(self.heights.add(app, &new));
            for callee in new {
                self.pending.insert(callee);
                self.heights.lift(target, callee);
            }
        }
    }

    /// What is best evaluated next: what has to be, and leads to the least else. No thread decides on the order.
    fn lowest(&mut self) -> Vec<Target> {
        let Some(lowest) = self.pending.iter().map(|target| self.heights.of(*target)).min() else { return Vec::new() };
        let mut wave: Vec<Target> = self.pending.extract_if(|target| self.heights.of(*target) == lowest).collect();
        wave.sort_unstable();
        wave
    }
}

/// Whether an evaluation says more about a function than its signature does.
fn says_more(app: &App, id: FnId, facts: &BodyFacts) -> bool {
    let marked = |ty: &Ty| ty.any(&|node| !node.marks().is_empty());
    facts.env_argument().is_some()
        || facts.trusts
        || facts.passes != 0
        || !facts.tells.is_empty()
        || facts.returns.as_ref().is_some_and(|returns| marked(returns) || *returns != app.signature(id).returns())
}
