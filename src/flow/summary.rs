//! What functions do for their callers.

use std::cell::RefCell;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::facts::BodyFacts;
use super::prints::VariantPrints;
use crate::app::{AdtId, App, FnId, Mark, Site, Ty};

thread_local! {
    /// What has been found, or is being looked for, to answer what printing one variant gives away.
    static PRINTING: RefCell<FxHashMap<(AdtId, u32, bool), VariantPrints>> = RefCell::default();
}

/// What is known of functions that have been evaluated.
#[derive(Default)]
pub(super) struct Summaries {
    functions: FxHashMap<FnId, Summary>,
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
    passes: u32,
    offloads: u32,
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

    /// Which arguments of a function it, or one that it calls, looks something up by, one bit for each.
    pub(super) fn looks_up_by(&self, id: FnId) -> u32 {
        self.functions.get(&id).map_or(0, |summary| summary.passes) | self.all_keys(id)
    }

    /// Which arguments of a function it has another thread run, one bit for each.
    pub(super) fn offloads(&self, id: FnId) -> u32 {
        self.functions.get(&id).map_or(0, |summary| summary.offloads)
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
    pub(super) fn update(&mut self, id: FnId, facts: &BodyFacts) -> bool {
        let Some(returns) = facts.returns.clone() else { return false };
        let (env_argument, tells, keys) = (facts.env_argument(), facts.tells.clone(), facts.keys.clone());
        let (passes, offloads, trusts) = (facts.passes, facts.offloads, facts.trusts);
        let summary = Summary { returns, env_argument, tells, keys, passes, offloads, trusts };
        if self.functions.get(&id) == Some(&summary) {
            return false;
        }
        self.functions.insert(id, summary);
        true
    }
}
