//! How requests get to a body: the shortest way, by the closest mode.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{At, BodyFacts, Mode};
use crate::app::{App, EntryPoint, FnOwner, Head, Target};
use crate::knowledge::EntryKind;

/// How a body is reached.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Which entry point requests come in through: an index into [`App::entries`].
    pub entry: usize,
    /// How the body runs, seen from there.
    pub mode: Mode,
    /// Whether every way leads through a function whose result is kept, so that it does not run for each request.
    pub kept: bool,
    /// The body that calls it, and where; none for the entry point itself.
    from: Option<(Target, At)>,
}

/// A step on the way from an entry point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The body that the step leads to.
    pub target: Target,
    /// Where the body before calls it; none for the entry point.
    pub called_at: Option<At>,
}

/// How each body is reached.
pub(super) struct Reach {
    reached: FxHashMap<Target, Reached>,
    /// Who calls each body and waits for it.
    callers: FxHashMap<Target, Vec<Target>>,
    /// Functions whose results are kept.
    keeping: FxHashSet<Target>,
    /// Whether what is reached now is reached through them.
    through: bool,
}

impl Reach {
    pub(super) fn of(app: &App, bodies: &FxHashMap<Target, Arc<BodyFacts>>) -> Reach {
        let keeps = |target: &Target| matches!(*target, Target::Fn(id) if app.keeps_result(id));
        let keeping: FxHashSet<Target> = bodies.keys().copied().filter(keeps).collect();
        let keeps_any = !keeping.is_empty() || bodies.values().any(|facts| facts.calls.iter().any(|call| call.kept));
        let mut reach = Reach { reached: FxHashMap::default(), callers: FxHashMap::default(), keeping, through: false };
        // Closest modes first: what a request waits for before what it starts and leaves.
        for mode in Mode::OF_REQUESTS {
            reach.spread(app, bodies, mode);
        }
        // What is reached past those that keep their results as well runs for each request all the same.
        if keeps_any {
            reach.through = true;
            for mode in Mode::OF_REQUESTS {
                reach.spread(app, bodies, mode);
            }
        }
        let mut targets: Vec<Target> = reach.reached.keys().copied().collect();
        targets.sort_unstable();
        for target in targets {
            let calls = bodies.get(&target).map(|facts| facts.calls.as_slice()).unwrap_or_default();
            for call in calls.iter().filter(|call| call.mode != Mode::Detached) {
                for &callee in &call.targets {
                    reach.callers.entry(Target::Fn(callee)).or_default().push(target);
                }
            }
        }
        reach
    }

    /// Reaches everything that runs in a mode and has not been reached in a closer one.
    fn spread(&mut self, app: &App, bodies: &FxHashMap<Target, Arc<BodyFacts>>, mode: Mode) {
        let mut queue: VecDeque<Target> = self.reached.keys().copied().collect();
        queue.make_contiguous().sort_unstable();
        if mode == Mode::Direct {
            // Handlers first: "GET /users" says more than the name of an extractor. What nothing registers comes last.
            let mut order: Vec<usize> = (0..app.entries.len()).collect();
            order.sort_by_key(|index| {
                let entry = &app.entries[*index];
                (app.is_unregistered(entry), !entry.started, !entry.mounted, entry.kind != EntryKind::Handler, *index)
            });
            for entry in order {
                let target = app.entries[entry].target;
                if self.is_new(target) {
                    self.reached.insert(target, Reached { entry, mode, kept: self.through, from: None });
                    queue.push_back(target);
                }
            }
        }
        while let Some(target) = queue.pop_front() {
            let Some(facts) = bodies.get(&target) else { continue };
            let Some(own) = self.reached.get(&target).cloned() else { continue };
            for call in &facts.calls {
                let called = call.mode.within(own.mode);
                for &callee in &call.targets {
                    let callee = Target::Fn(callee);
                    let is_open = self.through || !call.kept;
                    if called == mode && is_open && self.is_new(callee) && bodies.contains_key(&callee) {
                        let from = Some((target, call.at));
                        self.reached.insert(callee, Reached { entry: own.entry, mode, kept: self.through, from });
                        queue.push_back(callee);
                    }
                }
            }
        }
    }

    fn is_new(&self, target: Target) -> bool {
        !self.reached.contains_key(&target) && (self.through || !self.keeping.contains(&target))
    }

    pub(super) fn get(&self, target: Target) -> Option<&Reached> {
        self.reached.get(&target)
    }

    pub(super) fn path_to(&self, target: Target) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = Some(target);
        while let Some(target) = at {
            let from = self.reached.get(&target).and_then(|reached| reached.from);
            steps.push(Step { target, called_at: from.map(|(_, at)| at) });
            at = from.map(|(caller, _)| caller);
        }
        steps.reverse();
        steps
    }

    /// The shortest way to a body from one of some others, without its places.
    pub(super) fn way_from(&self, from: &BTreeSet<Target>, to: Target) -> Option<Vec<Target>> {
        let mut next: FxHashMap<Target, Option<Target>> = FxHashMap::from_iter([(to, None)]);
        let mut queue = VecDeque::from([to]);
        while let Some(target) = queue.pop_front() {
            if from.contains(&target) {
                let way = std::iter::successors(Some(target), |target| next.get(target).copied().flatten());
                return Some(way.collect());
            }
            for &caller in self.callers.get(&target).map(Vec::as_slice).unwrap_or_default() {
                next.entry(caller).or_insert_with(|| {
                    queue.push_back(caller);
                    Some(target)
                });
            }
        }
        None
    }

    /// Who calls a body, once for each call.
    pub(super) fn direct_callers(&self, target: Target) -> &[Target] {
        self.callers.get(&target).map(Vec::as_slice).unwrap_or_default()
    }

    /// Everything that leads to a body while a request waits for it, by whichever way.
    pub(super) fn callers_of(&self, target: Target) -> FxHashSet<Target> {
        let mut seen: FxHashSet<Target> = FxHashSet::from_iter([target]);
        let mut queue = vec![target];
        while let Some(target) = queue.pop() {
            for &caller in self.callers.get(&target).map(Vec::as_slice).unwrap_or_default() {
                if seen.insert(caller) {
                    queue.push(caller);
                }
            }
        }
        seen
    }

    pub(super) fn routes_to<'a>(&self, app: &'a App, target: Target) -> Vec<&'a EntryPoint> {
        let seen = self.callers_of(target);
        let handlers =
            app.entries.iter().filter(|entry| entry.kind == EntryKind::Handler && seen.contains(&entry.target));
        let mut routes: FxHashSet<(&str, &str, Target)> = FxHashSet::default();
        handlers.filter(|entry| routes.insert((entry.method, &entry.path, entry.target))).collect()
    }

    /// What leads to a body while a request waits for it.
    pub(super) fn ways_to<'a>(&self, app: &'a App, target: Target) -> Ways<'a> {
        let seen = self.callers_of(target);
        let entries: Vec<&EntryPoint> = app.entries.iter().filter(|entry| seen.contains(&entry.target)).collect();
        let of_kind = |kind: EntryKind| entries.iter().copied().filter(move |entry| entry.kind == kind);
        let taken: FxHashSet<Head> = of_kind(EntryKind::Extractor).filter_map(|it| extracted(app, it)).collect();
        let mut ways = Ways::default();
        let mut known: FxHashSet<(&str, &str, Target)> = FxHashSet::default();
        let handlers = app.entries.iter().filter(|entry| {
            entry.kind == EntryKind::Handler && (seen.contains(&entry.target) || takes(app, entry, &taken))
        });
        ways.routes.extend(handlers.filter(|entry| known.insert((entry.method, &entry.path, entry.target))));
        let around = entries.iter().filter(|it| matches!(it.kind, EntryKind::Middleware | EntryKind::Fairing));
        let mut known: FxHashSet<Target> = FxHashSet::default();
        ways.around.extend(around.filter(|entry| known.insert(entry.target)));
        ways
    }
}

/// What leads to a body.
#[derive(Debug, Default)]
pub struct Ways<'a> {
    /// The routes whose handlers call it, or take an extractor that does, each once, in the order of the sources.
    pub routes: Vec<&'a EntryPoint>,
    /// What runs around handlers and calls it.
    pub around: Vec<&'a EntryPoint>,
}

/// The type that an extractor makes.
fn extracted(app: &App, entry: &EntryPoint) -> Option<Head> {
    let Target::Fn(id) = entry.target else { return None };
    let FnOwner::Impl(owner) = app.functions[id.index()].owner else { return None };
    Some(app.impl_info(owner).self_ty.head).filter(|head| matches!(head, Head::Adt(_)))
}

/// Whether a handler takes a value of one of some types, or a part of one.
fn takes(app: &App, entry: &EntryPoint, types: &FxHashSet<Head>) -> bool {
    let Target::Fn(id) = entry.target else { return false };
    !types.is_empty() && app.signature(id).params.iter().any(|ty| ty.any(&|node| types.contains(&node.head)))
}
