//! In which order bodies are best evaluated: what they call before them.
//!
//! Which functions a body calls is known for sure only once it has been evaluated. What its text names is close enough
//! for an order; whatever it misses is made up for by evaluating again.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::app::{App, Def, FnId, Target};
use crate::syntax::ExprKind;

/// A method's name that more types have than this says nothing about which one is meant.
const MOST_CANDIDATES: usize = 4;

/// How many calls deep bodies are.
#[derive(Default)]
pub(super) struct Heights {
    named: FxHashMap<Target, Vec<Target>>,
    heights: FxHashMap<Target, u32>,
}

impl Heights {
    /// The functions that some targets lead to, as far as their text tells, and the targets themselves, as far as they are
    /// new: in this order each body names nothing but what is lower, but for functions that call each other in a circle.
    pub(super) fn add(&mut self, app: &App, roots: &[Target]) -> Vec<Target> {
        let mut wave: Vec<Target> = roots.iter().copied().filter(|root| !self.named.contains_key(root)).collect();
        let mut new = wave.clone();
        let mut seen: FxHashSet<Target> = new.iter().copied().collect();
        while !wave.is_empty() {
            let found: Vec<Vec<Target>> = wave.par_iter().map(|target| named_in(app, *target)).collect();
            let is_new = |callee: &Target| !self.named.contains_key(callee) && seen.insert(*callee);
            let next: Vec<Target> = found.iter().flatten().copied().filter(is_new).collect();
            self.named.extend(wave.into_iter().zip(found));
            new.extend(&next);
            wave = next;
        }
        for &root in roots {
            if !self.heights.contains_key(&root) {
                self.measure(root);
            }
        }
        new
    }

    /// The height of a target; 0 where nothing is known of it.
    pub(super) fn of(&self, target: Target) -> u32 {
        self.heights.get(&target).copied().unwrap_or_default()
    }

    /// A body turned out to call a function that is as high as itself, or higher.
    pub(super) fn lift(&mut self, target: Target, callee: Target) {
        let height = self.of(callee) + 1;
        self.heights.entry(target).and_modify(|own| *own = height.max(*own)).or_insert(height);
    }

    /// How many calls deep what a target leads to is; what leads back to it does not count.
    fn measure(&mut self, root: Target) {
        let mut open: FxHashSet<Target> = FxHashSet::from_iter([root]);
        // A target, how many of its callees have been looked at, and the height so far.
        let mut stack = vec![(root, 0, 0)];
        while let Some((target, next, height)) = stack.pop() {
            let callees = self.named.get(&target).map(Vec::as_slice).unwrap_or_default();
            match callees.get(next) {
                Some(callee) => match self.heights.get(callee) {
                    Some(known) => stack.push((target, next + 1, height.max(known + 1))),
                    None if open.insert(*callee) => stack.extend([(target, next, height), (*callee, 0, 0)]),
                    None => stack.push((target, next + 1, height)),
                },
                None => {
                    self.heights.insert(target, height);
                }
            }
        }
    }
}

/// Whether there is a body that a release build has.
pub(super) fn is_released(app: &App, target: Target) -> bool {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    let function = app.function(id);
    function.body.is_some() && !function.debug_only
}

/// The functions that the text of a body names.
fn named_in(app: &App, target: Target) -> Vec<Target> {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    let (instance, module) = app.home(id);
    let facts = app.facts(instance);
    let (start, end) = app.function(id).exprs;
    let mut found: Vec<FnId> = Vec::new();
    for expr in &facts.tree.exprs[start as usize..end as usize] {
        match expr.kind {
            ExprKind::Path(path) => {
                if let Some(Def::Fn(callee)) = app.resolve_value(id, instance, module, path) {
                    found.push(callee);
                }
            }
            ExprKind::Method { call, .. } => {
                let method = facts.tree.methods[call as usize];
                let candidates = app.methods_named(method.name).iter().copied();
                let fits = |id: &FnId| app.function(*id).params.len == method.args.len;
                let candidates: Vec<FnId> = candidates.filter(fits).take(MOST_CANDIDATES + 1).collect();
                if candidates.len() <= MOST_CANDIDATES {
                    found.extend(candidates);
                }
            }
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Target::Fn).filter(|callee| *callee != target && is_released(app, *callee)).collect()
}
