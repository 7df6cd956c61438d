//! Values and where they go: what every body that requests reach does, and how requests get there.

mod blocks;
mod calls;
mod control;
mod deref;
mod env;
mod eval;
mod facts;
mod known;
mod macros;
mod methods;
mod order;
mod outcome;
mod passed;
mod patterns;
mod reach;
mod record;
mod sides;
mod summary;
mod unify;
mod variants;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

pub use facts::*;
pub use reach::{Reached, Step};

use crate::app::{App, Mark, Site, Target, What};
use crate::knowledge::{EntryId, LibraryId, Role};
use passed::Passed;
use reach::Reach;

/// What requests do in the program.
pub struct Flow {
    bodies: Vec<(Target, Arc<BodyFacts>)>,
    queries: FxHashMap<Site, Query>,
    reach: Reach,
    passed: Passed,
    /// Frameworks whose panics some layer of the program catches, once somebody asks.
    catches_panics: OnceLock<Vec<(LibraryId, Role)>>,
}

impl Flow {
    /// Evaluates everything that the entry points of the program reach.
    pub fn of(app: &App) -> Flow {
        let roots: Vec<Target> = app.entries.iter().map(|entry| entry.target).collect();
        let facts = summary::evaluate_all(app, &roots);
        let reach = Reach::of(app, &facts);
        let passed = Passed::of(&facts);
        let mut bodies: Vec<(Target, Arc<BodyFacts>)> = facts.into_iter().collect();
        bodies.sort_by_key(|(target, _)| *target);
        let queries = bodies.iter().flat_map(|(_, facts)| facts.queries.iter().copied()).collect();
        Flow { bodies, queries, reach, passed, catches_panics: OnceLock::new() }
    }

    /// Every body that requests reach, with how they get there.
    pub fn bodies(&self) -> impl Iterator<Item = (Target, &BodyFacts, &Reached)> {
        self.bodies.iter().filter_map(|(target, facts)| Some((*target, &**facts, self.reach.get(*target)?)))
    }

    /// What the marks in a body stand for: what is known of an argument is what any caller passes.
    pub fn causes(&self, target: Target, marks: &[Mark]) -> Vec<What> {
        self.passed.resolve(target, marks)
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

    /// Whether a failure in a body is that of what the entry point answers: whether everything on the way returns it.
    pub fn comes_out(&self, target: Target, failed: What) -> bool {
        self.path_to(target).iter().all(|step| {
            let body = self.bodies.binary_search_by_key(&step.target, |(target, _)| *target);
            let returns = body.ok().and_then(|index| self.bodies[index].1.returns.as_ref());
            returns.is_some_and(|ty| ty.any(&|node| node.marks().iter().any(|mark| mark.what == failed)))
        })
    }

    /// How many routes lead to a body.
    pub fn routes_to(&self, app: &App, target: Target) -> usize {
        self.reach.routes_to(app, target)
    }
}
