//! What functions do for their callers.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;

use super::demand::{Demand, so_far};
use super::evaluated::is_released;
use super::facts::BodyFacts;
use super::prints::VariantPrints;
use crate::app::{AdtId, App, FnId, Mark, Site, Target, Ty};
use crate::progress::Progress;

thread_local! {
    /// What has been found, or is being looked for, to answer what printing one variant gives away.
    static PRINTING: RefCell<FxHashMap<(AdtId, u32, bool), VariantPrints>> = RefCell::default();
}

/// What is known of functions that have been evaluated.
#[derive(Default)]
pub(super) struct Summaries {
    functions: FxHashMap<FnId, OnceLock<Box<Summary>>>,
    /// Evaluates functions that nothing is known of when something is asked about them.
    demand: Option<Demand>,
    /// What printing variants of the project's types gives away, as far as somebody has asked.
    prints: Mutex<FxHashMap<(AdtId, u32, bool), VariantPrints>>,
    /// Whether printing types shows texts that are somewhere inside of their values, as far as somebody has asked.
    shown: Mutex<FxHashMap<(AdtId, Mark, bool), bool>>,
}

/// The arguments of whose errors a function tells somebody.
pub(super) enum Tells {
    These(Vec<u16>),
    Unknown,
}

/// What is known of a function: for good, or for now, in a circle of functions that call each other.
enum Known<'s> {
    Settled(&'s Summary),
    SoFar(Arc<Summary>),
}

impl Deref for Known<'_> {
    type Target = Summary;

    fn deref(&self) -> &Summary {
        match self {
            Known::Settled(summary) => summary,
            Known::SoFar(summary) => summary,
        }
    }
}

/// What a function does for whoever calls it.
#[derive(Clone, PartialEq)]
pub(super) struct Summary {
    returns: Ty,
    env_argument: Option<u16>,
    tells: Vec<u16>,
    keys: Vec<(Site, u32)>,
    passes: u32,
    offloads: u32,
    trusts: bool,
}

impl Summaries {
    /// Summaries that are worked out when they are asked for.
    pub(super) fn on_demand(app: &App, progress: &Arc<Progress>) -> Summaries {
        let ids = (0..app.functions.len()).map(|index| FnId(index as u32));
        let released = ids.filter(|id| is_released(app, Target::Fn(*id)));
        Summaries {
            functions: released.map(|id| (id, OnceLock::new())).collect(),
            demand: Some(Demand::new(progress)),
            ..Summaries::default()
        }
    }

    /// From now on nothing is evaluated because it is asked for.
    pub(super) fn end(&mut self) {
        self.demand = None;
        self.functions.retain(|_, summary| summary.get().is_some());
    }

    /// Evaluates a target that has not been evaluated.
    pub(super) fn demand(&self, app: &App, target: Target) {
        if let Some(demand) = &self.demand {
            demand.evaluate(app, self, target);
        }
    }

    /// What has been evaluated since this was last asked.
    pub(super) fn take_found(&self) -> Vec<(Target, BodyFacts)> {
        self.demand.as_ref().map(Demand::take).unwrap_or_default()
    }

    /// Takes over what the evaluation of a target found; says whether nothing was known of it.
    pub(super) fn publish(&self, target: Target, facts: &BodyFacts) -> bool {
        let Target::Fn(id) = target else { return true };
        match (self.functions.get(&id), Summary::of(facts)) {
            (Some(cell), Some(summary)) => cell.set(Box::new(summary)).is_ok(),
            _ => true,
        }
    }

    /// What is known of a function, for the evaluation that runs.
    fn of(&self, app: &App, id: FnId) -> Option<Known<'_>> {
        let cell = self.functions.get(&id)?;
        if cell.get().is_none()
            && let Some(demand) = &self.demand
        {
            demand.evaluate(app, self, Target::Fn(id));
        }
        match cell.get() {
            Some(summary) => Some(Known::Settled(summary)),
            None => so_far(id).map(Known::SoFar),
        }
    }

    fn known(&self, id: FnId) -> Option<&Summary> {
        self.functions.get(&id).and_then(OnceLock::get).map(|summary| &**summary)
    }

    /// What a call of a function yields.
    pub(super) fn returns(&self, app: &App, id: FnId) -> Ty {
        match self.of(app, id) {
            Some(summary) => summary.returns.clone(),
            None => app.signature(id).returns(),
        }
    }

    /// Whether a function has been evaluated.
    pub(super) fn has(&self, id: FnId) -> bool {
        self.known(id).is_some()
    }

    /// The arguments of whose errors a function tells somebody; nobody knows that of one that has no body.
    pub(super) fn tells(&self, app: &App, id: FnId) -> Tells {
        match self.of(app, id) {
            Some(summary) => Tells::These(summary.tells.clone()),
            None if app.function(id).body.is_none() => Tells::Unknown,
            None => Tells::These(Vec::new()),
        }
    }

    /// Which arguments of a function say what a query looks for, one bit for each.
    pub(super) fn keys(&self, app: &App, id: FnId, query: Site) -> Option<u32> {
        let known = self.of(app, id)?;
        known.keys.iter().find(|(site, _)| *site == query).map(|(_, params)| *params)
    }

    /// Which arguments of a function say what some query looks for, one bit for each.
    pub(super) fn all_keys(&self, app: &App, id: FnId) -> u32 {
        self.of(app, id).map_or(0, |summary| summary.keys.iter().fold(0, |all, (_, keys)| all | keys))
    }

    /// Which arguments of a function it, or one that it calls, looks something up by, one bit for each.
    pub(super) fn looks_up_by(&self, app: &App, id: FnId) -> u32 {
        self.of(app, id).map_or(0, |summary| summary.passes) | self.all_keys(app, id)
    }

    /// Which arguments of a function it has another thread run, one bit for each.
    pub(super) fn offloads(&self, app: &App, id: FnId) -> u32 {
        self.of(app, id).map_or(0, |summary| summary.offloads)
    }

    /// Whether a function, or one that it calls, reads what the service itself has signed or kept.
    pub(super) fn trusts(&self, app: &App, id: FnId) -> bool {
        self.of(app, id).is_some_and(|summary| summary.trusts)
    }

    /// The argument that names the variable which the function reads from the environment.
    pub(super) fn env_argument(&self, app: &App, id: FnId) -> Option<u16> {
        self.of(app, id).and_then(|summary| summary.env_argument)
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

    /// Takes over what an evaluation found.
    pub(super) fn update(&mut self, id: FnId, facts: &BodyFacts) {
        if let Some(summary) = Summary::of(facts) {
            self.functions.insert(id, OnceLock::from(Box::new(summary)));
        }
    }
}

impl Summary {
    /// What an evaluation has found, as far as it has come to an end.
    pub(super) fn of(facts: &BodyFacts) -> Option<Summary> {
        Some(Summary {
            returns: facts.returns.clone()?,
            env_argument: facts.env_argument(),
            tells: facts.tells.clone(),
            keys: facts.keys.clone(),
            passes: facts.passes,
            offloads: facts.offloads,
            trusts: facts.trusts,
        })
    }
}
