//! What is asked of the code that runs while locks are held: whether it waits there, and whether it can panic.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Flow;
use super::facts::{At, BodyFacts, Mode, Panicking};
use super::held::{Held, held};
use super::locks::{Lock, LockOf};
use super::supplied::Blame;
use crate::app::{App, Target, What};
use crate::symbol::Sym;

/// Functions that only give their callers a guard call each other so often.
const DEEPEST: usize = 4;

/// A lock that is held while the code waits.
#[derive(Clone, Copy, Debug)]
pub struct HeldOver {
    /// The body.
    pub target: Target,
    /// Where the lock is taken.
    pub lock: At,
    /// What its guard is called, if it has a name.
    pub name: Option<Sym>,
    /// Where the code waits first.
    pub awaits: At,
}

/// A lock that a panic can poison, and where it is taken for granted that none has.
#[derive(Clone, Debug)]
pub struct Poisonable {
    /// The body in which it is taken for granted first.
    pub target: Target,
    /// Where.
    pub at: At,
    /// The method that panics there.
    pub how: Sym,
    /// How it runs.
    pub mode: Mode,
    /// Where else it is.
    pub others: Vec<At>,
    /// Where the lock is taken that is held when something panics.
    pub section: At,
    /// What panics.
    pub panic: At,
}

/// Where something panics while a lock is held.
type Poisoning = (At, At);

impl Flow {
    /// Locks that are held while the code waits for something else.
    pub fn held_over_await(&self, app: &App) -> Vec<HeldOver> {
        let mut found: Vec<HeldOver> = Vec::new();
        for (target, _, sections) in self.sections(app) {
            for (lock, held) in sections.iter().filter(|_| !self.is_unused(app, target)) {
                if let Some(&awaits) = held.awaits.first()
                    && !found.iter().any(|known| known.lock == lock.at)
                {
                    found.push(HeldOver { target, lock: lock.at, name: held.name, awaits });
                }
            }
        }
        found
    }

    /// Every body that takes locks, with what it does while it holds them.
    fn sections<'a>(
        &'a self,
        app: &'a App,
    ) -> impl Iterator<Item = (Target, &'a BodyFacts, Vec<(&'a Lock, Held)>)> + 'a {
        let locking = self.bodies().filter(|(_, facts, reached)| !facts.locks.is_empty() && !reached.kept);
        locking.map(move |(target, facts, _)| {
            (target, facts, facts.locks.iter().zip(held(app, target, &facts.locks)).collect())
        })
    }

    /// Locks that requests share and that something can poison: code that can panic while it holds one.
    pub fn poisonable(&self, app: &App) -> Vec<Poisonable> {
        let sections: Vec<_> = self.sections(app).filter(|(target, ..)| !self.aborts(app, *target)).collect();
        if sections.is_empty() {
            return Vec::new();
        }
        let mut panics = Panics { flow: self, own: self.own_panics(app), found: FxHashMap::default() };
        let mut poisoned: FxHashMap<LockOf, Poisoning> = FxHashMap::default();
        for (target, facts, sections) in &sections {
            for (lock, held) in sections.iter().filter(|(lock, _)| lock.poisonable) {
                let Some(of) = self.lock_of(&lock.of) else { continue };
                if let Some(panic) = panics.within(*target, facts, held).filter(|_| !poisoned.contains_key(&of)) {
                    poisoned.insert(of, (lock.at, panic));
                }
            }
        }
        let mut found: BTreeMap<At, Poisonable> = BTreeMap::new();
        let mut first: FxHashMap<LockOf, At> = FxHashMap::default();
        for (target, facts, sections) in &sections {
            for (lock, held) in sections {
                let Some(of) = self.lock_of(&lock.of) else { continue };
                let Some(&(section, panic)) = poisoned.get(&of) else { continue };
                let Some((at, how, mode)) = held.taken_apart.and_then(|at| taken_for_granted(facts, at)) else {
                    continue;
                };
                match first.get(&of).and_then(|first| found.get_mut(first)) {
                    Some(known) => known.others.push(at),
                    None => {
                        let others = Vec::new();
                        found.insert(at, Poisonable { target: *target, at, how, mode, others, section, panic });
                        first.insert(of, at);
                    }
                }
            }
        }
        found.into_values().collect()
    }

    /// Which lock is meant, where a function gives its callers the guard; none where that is not known.
    fn lock_of(&self, of: &LockOf) -> Option<LockOf> {
        let mut of = of.clone();
        for _ in 0..DEEPEST {
            match of {
                LockOf::Given(function) => {
                    of = self.facts_of(Target::Fn(function))?.locks.first()?.of.clone();
                }
                LockOf::Type(ref ty) if ty.arg(0).is_unknown() => return None,
                _ => return Some(of),
            }
        }
        None
    }

    /// The places of each body that panic by what a request brings along, or what fails outside.
    fn own_panics(&self, app: &App) -> FxHashMap<Target, Vec<At>> {
        let mut own: FxHashMap<Target, Vec<At>> = FxHashMap::default();
        for peril in self.perils(app).filter(|it| it.blame != Blame::Lock && it.hazard.panic.mode == Mode::Direct) {
            own.entry(peril.target).or_default().push(peril.hazard.panic.at);
        }
        for (target, facts, _) in self.bodies() {
            for panic in facts.panics.iter().filter(|panic| panic.mode == Mode::Direct && !panic.marks.is_empty()) {
                let is_query =
                    |what: &What| matches!(what, What::QueryFailed(_) | What::TaskFailed(_) | What::Misread(_));
                if self.causes(target, &panic.marks).iter().any(is_query) {
                    own.entry(target).or_default().push(panic.at);
                }
            }
        }
        own
    }
}

/// The method that panics at a place where a lock is poisoned.
fn taken_for_granted(facts: &BodyFacts, at: At) -> Option<(At, Sym, Mode)> {
    let hazard = facts.hazards.iter().find(|it| it.panic.at == at && it.cause == super::hazards::Cause::Lock)?;
    match hazard.panic.how {
        Panicking::Method(name) => Some((at, name, hazard.panic.mode)),
        _ => None,
    }
}

/// Which bodies panic, and where.
struct Panics<'a> {
    flow: &'a Flow,
    own: FxHashMap<Target, Vec<At>>,
    /// What has been found for functions that are called.
    found: FxHashMap<Target, Option<At>>,
}

impl Panics<'_> {
    /// What panics while a lock is held: there, or in a function that is called.
    fn within(&mut self, target: Target, facts: &BodyFacts, held: &Held) -> Option<At> {
        let own = self.own.get(&target).into_iter().flatten().find(|at| held.does.contains(at));
        own.copied().or_else(|| {
            let calls = facts.calls.iter().filter(|call| call.mode == Mode::Direct && held.does.contains(&call.at));
            let called: Vec<Target> = calls.flat_map(|call| call.targets.iter().map(|id| Target::Fn(*id))).collect();
            called.into_iter().find_map(|callee| self.called(callee, &mut FxHashSet::default()))
        })
    }

    /// What panics in a function, or in what it calls.
    fn called(&mut self, target: Target, open: &mut FxHashSet<Target>) -> Option<At> {
        if let Some(known) = self.found.get(&target) {
            return *known;
        }
        if !open.insert(target) {
            return None;
        }
        let panic = self.own.get(&target).and_then(|own| own.first().copied()).or_else(|| {
            let calls = self.flow.facts_of(target)?.calls.iter().filter(|call| call.mode == Mode::Direct);
            // One of several that it can be says too little.
            let called: Vec<Target> =
                calls.filter(|call| call.targets.len() == 1).map(|call| Target::Fn(call.targets[0])).collect();
            called.into_iter().find_map(|callee| self.called(callee, open))
        });
        self.found.insert(target, panic);
        panic
    }
}
