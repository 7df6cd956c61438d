//! What the callers of a function pass to it: whose failure an argument that has failed means.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::facts::BodyFacts;
use crate::app::{FnId, Mark, Target, What};

/// A node of the type of a parameter.
type Node = (FnId, u16, u16);

/// What is known of the arguments of every function, from all of its calls.
#[derive(Debug, Default)]
pub(super) struct Passed(FxHashMap<Node, Vec<What>>);

impl Passed {
    /// Gathers what the calls in all bodies pass, through functions that only pass it on.
    pub(super) fn of(bodies: &FxHashMap<Target, Arc<BodyFacts>>) -> Passed {
        let mut passed = Passed::default();
        let mut targets: Vec<&Target> = bodies.keys().collect();
        targets.sort_unstable();
        loop {
            let mut changed = false;
            for target in &targets {
                for call in &bodies[target].calls {
                    for (argument, node, marks) in &call.arguments {
                        let whats = passed.resolve(**target, marks);
                        for &callee in &call.targets {
                            changed |= passed.add((callee, *argument, *node), &whats);
                        }
                    }
                }
            }
            if !changed {
                return passed;
            }
        }
    }

    fn add(&mut self, node: Node, whats: &[What]) -> bool {
        if whats.is_empty() {
            return false;
        }
        let known = self.0.entry(node).or_default();
        let before = known.len();
        for what in whats {
            if !known.contains(what) {
                known.push(*what);
            }
        }
        known.len() > before
    }

    /// What marks in a body stand for, whoever calls it.
    pub(super) fn resolve(&self, body: Target, marks: &[Mark]) -> Vec<What> {
        let mut whats = Vec::new();
        for mark in marks {
            match (mark.what, body) {
                (what, _) if what.is_absence() && mark.settled => {}
                (
                    What::Argument(argument, node) | What::ArgumentEmpty(argument, node),
                    Target::Fn(id) | Target::Closure { within: id, .. },
                ) => {
                    let passed = self.0.get(&(id, argument, node)).into_iter().flatten();
                    whats.extend(passed.filter(|what| what.is_absence() == mark.what.is_absence()).copied());
                }
                (What::Made | What::Certain | What::Lookup, _) => {}
                (what, _) => whats.push(what),
            }
        }
        whats
    }
}
