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

/// The functions that some targets lead to, as far as their text tells, and the targets themselves: each group calls
/// nothing but groups before it, but for functions that call each other in a circle.
pub(super) fn bottom_up(app: &App, roots: &[Target]) -> Vec<Vec<Target>> {
    let named = named_from(app, roots);
    let mut heights: FxHashMap<Target, usize> = FxHashMap::default();
    for &root in roots {
        measure(root, &named, &mut heights);
    }
    let mut groups: Vec<Vec<Target>> = Vec::new();
    for (target, height) in heights {
        if groups.len() <= height {
            groups.resize(height + 1, Vec::new());
        }
        groups[height].push(target);
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups
}

/// Whether there is a body that a release build has.
pub(super) fn is_released(app: &App, target: Target) -> bool {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    let function = app.function(id);
    function.body.is_some() && !function.debug_only
}

/// What each body names, from some targets on.
fn named_from(app: &App, roots: &[Target]) -> FxHashMap<Target, Vec<Target>> {
    let mut named: FxHashMap<Target, Vec<Target>> = FxHashMap::default();
    let mut wave: Vec<Target> = roots.to_vec();
    let mut seen: FxHashSet<Target> = wave.iter().copied().collect();
    while !wave.is_empty() {
        let found: Vec<Vec<Target>> = wave.par_iter().map(|target| named_in(app, *target)).collect();
        let next = found.iter().flatten().copied().filter(|target| seen.insert(*target)).collect();
        named.extend(wave.into_iter().zip(found));
        wave = next;
    }
    named
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

/// How many calls deep what a target leads to is; what leads back to it does not count.
fn measure(root: Target, named: &FxHashMap<Target, Vec<Target>>, heights: &mut FxHashMap<Target, usize>) {
    let mut open: FxHashSet<Target> = FxHashSet::from_iter([root]);
    // A target, how many of its callees have been looked at, and the height so far.
    let mut stack = vec![(root, 0, 0)];
    while let Some((target, next, height)) = stack.pop() {
        let callees = named.get(&target).map(Vec::as_slice).unwrap_or_default();
        match callees.get(next) {
            Some(callee) => match heights.get(callee) {
                Some(known) => stack.push((target, next + 1, height.max(known + 1))),
                None if open.insert(*callee) => stack.extend([(target, next, height), (*callee, 0, 0)]),
                None => stack.push((target, next + 1, height)),
            },
            None => {
                heights.insert(target, height);
            }
        }
    }
}
