//! Evaluates a function when something is first asked about it, on the stack of whoever asks.
//!
//! So a body is evaluated after all that it calls, and once; which functions it calls is known only while it is evaluated.
//! Functions that call each other in a circle are evaluated together, from the start and in the order of their numbers,
//! until what they do for their callers no longer changes, as soon as the one is done through which the circle was
//! entered (the algorithm of Tarjan for strongly connected components). Others see only what that comes to: it does not
//! depend on which thread comes first. Two threads that need the same function at once both evaluate it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::evaluate;
use super::facts::BodyFacts;
use super::summary::{Summaries, Summary};
use crate::app::{App, FnId, Target, Ty};
use crate::progress::Progress;

/// Changes of what is known of a function after which its callers are not asked again: functions that call each other in
/// a circle can go on saying something else forever.
const CHANGES: u8 = 10;

/// With less than this left on the stack, in bytes, an evaluation is given a new one. What nests most takes less.
const ROOM: usize = 16 << 20;
/// The size of that.
const NEW_STACK: usize = 64 << 20;

thread_local! {
    static HERE: RefCell<Here> = RefCell::default();
}

/// The evaluations of one thread.
#[derive(Default)]
struct Here {
    /// Those that have begun, the outermost first.
    open: Vec<Open>,
    /// What has been evaluated in a circle with something that is open.
    waiting: Vec<(Target, BodyFacts)>,
    /// The functions in `waiting`, and those of the circles that are being settled.
    in_circles: FxHashMap<FnId, InCircle>,
}

/// An evaluation that has begun.
struct Open {
    target: Target,
    /// The outermost open evaluation that it has led back to; its own number if to none.
    low: usize,
    /// Whether it has asked about itself.
    of_itself: bool,
    /// How many were waiting when it began: those behind are of its circle, if it is where that was entered.
    waiting: usize,
    /// Which functions of circles it has asked about.
    asked: Vec<FnId>,
}

/// A function of a circle that has not been settled.
struct InCircle {
    low: usize,
    so_far: Option<Arc<Summary>>,
}

impl Here {
    fn begin(&mut self, target: Target) {
        let low = self.open.len();
        self.open.push(Open { target, low, of_itself: false, waiting: self.waiting.len(), asked: Vec::new() });
    }

    fn reaches(&mut self, low: usize) {
        if let Some(innermost) = self.open.last_mut() {
            innermost.low = low.min(innermost.low);
        }
    }

    /// Notes that the innermost evaluation asks about a function that is open or waits; says whether it does.
    fn meets(&mut self, target: Target) -> bool {
        let Target::Fn(id) = target else { return false };
        if let Some(member) = self.in_circles.get(&id) {
            let low = member.low;
            self.reaches(low);
            if let Some(innermost) = self.open.last_mut() {
                innermost.asked.push(id);
            }
            return true;
        }
        let Some(index) = self.open.iter().position(|open| open.target == target) else { return false };
        self.reaches(index);
        if let Some(innermost) = self.open.last_mut() {
            innermost.of_itself |= innermost.target == target;
        }
        true
    }

    /// Has functions wait for the end of the evaluation at `low`.
    fn wait(&mut self, members: impl IntoIterator<Item = (Target, BodyFacts)>, low: usize) {
        for (target, facts) in members {
            if let Target::Fn(id) = target {
                self.in_circles.insert(id, InCircle { low, so_far: Summary::of(&facts).map(Arc::new) });
            }
            self.waiting.push((target, facts));
        }
        self.reaches(low);
    }
}

/// What is known for now of a function that is in a circle with what is being evaluated.
pub(super) fn so_far(id: FnId) -> Option<Arc<Summary>> {
    HERE.with_borrow(|here| here.in_circles.get(&id)?.so_far.clone())
}

/// What has been evaluated because something was asked.
#[derive(Debug)]
pub(super) struct Demand {
    found: Mutex<Vec<(Target, BodyFacts)>>,
    progress: Arc<Progress>,
}

impl Demand {
    pub(super) fn new(progress: &Arc<Progress>) -> Demand {
        Demand { found: Mutex::default(), progress: Arc::clone(progress) }
    }

    /// What has been found since this was last asked, in no order.
    pub(super) fn take(&self) -> Vec<(Target, BodyFacts)> {
        std::mem::take(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Evaluates a target, unless this thread is about to.
    pub(super) fn evaluate(&self, app: &App, summaries: &Summaries, target: Target) {
        if HERE.with_borrow_mut(|here| here.meets(target)) {
            return;
        }
        let (facts, done) = run(app, summaries, target);
        let Some(done) = done else { return };
        let index = HERE.with_borrow(|here| here.open.len());
        if done.low < index {
            HERE.with_borrow_mut(|here| here.wait([(target, facts)], done.low));
            return;
        }
        let others = HERE.with_borrow_mut(|here| here.waiting.split_off(done.waiting));
        if others.is_empty() && !done.of_itself {
            self.publish(summaries, target, facts);
            return;
        }
        let members = others.into_iter().map(|(target, _)| target).chain([target]).collect();
        self.settle(app, summaries, members, index);
    }

    /// Evaluates the functions of a circle until what is known of them no longer changes.
    fn settle(&self, app: &App, summaries: &Summaries, members: FxHashSet<Target>, index: usize) {
        let mut circle = Circle { low: index, ..Circle::default() };
        circle.join(members, index);
        while !circle.pending.is_empty() {
            circle.evaluate(app, summaries, index);
        }
        let mut members: Vec<(Target, BodyFacts)> = circle.bodies.into_iter().collect();
        members.sort_unstable_by_key(|(target, _)| *target);
        if circle.low < index {
            // It is part of a larger one.
            HERE.with_borrow_mut(|here| here.wait(members, circle.low));
            return;
        }
        for (target, facts) in members {
            self.publish(summaries, target, facts);
            if let Target::Fn(id) = target {
                HERE.with_borrow_mut(|here| here.in_circles.remove(&id));
            }
        }
    }

    /// Makes known what an evaluation has found.
    fn publish(&self, summaries: &Summaries, target: Target, facts: BodyFacts) {
        // Another thread may have been faster, with the same result.
        if summaries.publish(target, &facts) {
            self.progress.count();
            self.found.lock().unwrap_or_else(PoisonError::into_inner).push((target, facts));
        }
    }
}

/// Evaluates a target as the innermost evaluation of this thread.
fn run(app: &App, summaries: &Summaries, target: Target) -> (BodyFacts, Option<Open>) {
    HERE.with_borrow_mut(|here| here.begin(target));
    let facts = stacker::maybe_grow(ROOM, NEW_STACK, || evaluate(app, summaries, target));
    (facts, HERE.with_borrow_mut(|here| here.open.pop()))
}

/// A circle that is being settled.
#[derive(Default)]
struct Circle {
    bodies: FxHashMap<Target, BodyFacts>,
    /// Who has asked about each of its functions.
    asked_by: FxHashMap<FnId, FxHashSet<Target>>,
    pending: FxHashSet<Target>,
    /// How often what is known of a function has changed.
    changes: FxHashMap<FnId, u8>,
    /// The outermost open evaluation that it leads to.
    low: usize,
}

impl Circle {
    /// Begins from the start, with further members.
    fn join(&mut self, members: FxHashSet<Target>, index: usize) {
        self.pending.extend(self.bodies.drain().map(|(target, _)| target));
        self.pending.extend(members);
        self.changes.clear();
        HERE.with_borrow_mut(|here| {
            for target in &self.pending {
                if let Target::Fn(id) = target {
                    here.in_circles.insert(*id, InCircle { low: index, so_far: None });
                }
            }
        });
    }

    /// Evaluates what is pending with what is known so far.
    fn evaluate(&mut self, app: &App, summaries: &Summaries, index: usize) {
        let mut wave: Vec<Target> = self.pending.drain().collect();
        wave.sort_unstable();
        let waiting = HERE.with_borrow(|here| here.waiting.len());
        let mut found = Vec::with_capacity(wave.len());
        for target in wave {
            let (facts, done) = run(app, summaries, target);
            let done = done.unwrap_or(Open { target, low: index, of_itself: false, waiting, asked: Vec::new() });
            self.low = self.low.min(done.low);
            for asked in done.asked {
                self.asked_by.entry(asked).or_default().insert(target);
            }
            found.push((target, facts));
        }
        let new = HERE.with_borrow_mut(|here| here.waiting.split_off(waiting));
        if !new.is_empty() {
            self.pending.extend(found.into_iter().map(|(target, _)| target));
            self.join(new.into_iter().map(|(target, _)| target).collect(), index);
            return;
        }
        for (target, facts) in found {
            if let Target::Fn(id) = target
                && self.takes_over(app, id, &facts)
            {
                self.pending.extend(self.asked_by.get(&id).into_iter().flatten());
            }
            self.bodies.insert(target, facts);
        }
    }

    /// Takes over what is known of a function now; says whether those have to know who have asked.
    fn takes_over(&mut self, app: &App, id: FnId, facts: &BodyFacts) -> bool {
        let summary = Summary::of(facts).map(Arc::new);
        let before = HERE.with_borrow_mut(|here| {
            let member = here.in_circles.get_mut(&id)?;
            (member.so_far != summary).then(|| std::mem::replace(&mut member.so_far, summary))
        });
        let Some(before) = before else { return false };
        if before.is_none() && !says_more(app, id, facts) {
            return false;
        }
        let changes = self.changes.entry(id).or_default();
        *changes = changes.saturating_add(1);
        *changes <= CHANGES
    }
}

/// Whether an evaluation says more about a function than its signature does.
fn says_more(app: &App, id: FnId, facts: &BodyFacts) -> bool {
    let marked = |ty: &Ty| ty.any(&|node| !node.marks().is_empty());
    facts.env_argument().is_some()
        || facts.trusts
        || facts.passes != 0
        || facts.offloads != 0
        || !facts.tells.is_empty()
        || facts.returns.as_ref().is_some_and(|returns| marked(returns) || *returns != app.signature(id).returns())
}
