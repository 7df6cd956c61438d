//! Evaluates the bodies that requests can reach.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::facts::BodyFacts;
use super::summary::Summaries;
use crate::app::{App, Target};
use crate::progress::Progress;

/// Evaluates some targets and all that they call.
pub(super) fn evaluate_all(
    app: &App,
    roots: &[Target],
    progress: &Arc<Progress>,
) -> (FxHashMap<Target, Arc<BodyFacts>>, Summaries) {
    let mut summaries = Summaries::on_demand(app, progress);
    let mut bodies: FxHashMap<Target, Arc<BodyFacts>> = FxHashMap::default();
    let mut wave: Vec<Target> = roots.to_vec();
    loop {
        wave.retain(|target| is_released(app, *target) && !bodies.contains_key(target));
        wave.sort_unstable();
        wave.dedup();
        if wave.is_empty() {
            summaries.end();
            return (bodies, summaries);
        }
        wave.par_iter().with_max_len(1).for_each(|target| summaries.demand(app, *target));
        let found = summaries.take_found();
        // What is called without anything being asked about it.
        let called = found.iter().flat_map(|(_, facts)| &facts.calls).flat_map(|call| &call.targets);
        wave = called.copied().map(Target::Fn).collect();
        bodies.extend(found.into_iter().map(|(target, facts)| (target, Arc::new(facts))));
    }
}

/// Whether there is a body that a release build has.
pub(super) fn is_released(app: &App, target: Target) -> bool {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    let function = app.function(id);
    function.body.is_some() && !function.debug_only
}
