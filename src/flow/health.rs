//! Routes that say whether the service can do its work, and look at nothing.

use rustc_hash::FxHashSet;

use super::Flow;
use crate::app::{App, EntryPoint, FnId, InstanceId, Target};
use crate::knowledge::{EntryKind, Words};
use crate::syntax::{ExprKind, Pat};

impl Flow {
    /// The routes that say whether the service can do its work though they do nothing, of applications that query
    /// something: each with the handler of a query.
    pub fn shallow_checks<'a>(&self, app: &'a App) -> Vec<(&'a EntryPoint, Target)> {
        let says = |entry: &EntryPoint| {
            let last = entry.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
            app.knowledge.is_word(Words::Health, &last)
        };
        let handlers = app.entries.iter().filter(|it| it.kind == EntryKind::Handler && app.unserved(it).is_none());
        let mut found: Vec<(&EntryPoint, Target)> = Vec::new();
        for entry in handlers.filter(|entry| says(entry)) {
            let is_new = found.iter().all(|(other, _)| other.target != entry.target);
            if is_new && self.does_nothing(app, entry.target) {
                found.extend(self.queried_beside(app, entry).map(|query| (entry, query)));
            }
        }
        found
    }

    /// A body of the same application that queries something.
    fn queried_beside(&self, app: &App, entry: &EntryPoint) -> Option<Target> {
        let krate = app.crate_of(entry.target);
        let is_beside = |other: &&EntryPoint| app.crate_of(other.target) == krate && other.framework == entry.framework;
        let querying = self.bodies().filter(|(_, facts, _)| !facts.queries.is_empty()).map(|(target, ..)| target);
        querying.into_iter().find(|target| self.routes_to(app, *target).iter().any(is_beside))
    }

    /// Whether a handler takes nothing, waits for nothing, and calls nothing that does.
    fn does_nothing(&self, app: &App, handler: Target) -> bool {
        let (mut seen, mut queue) = (FxHashSet::default(), vec![handler]);
        while let Some(target) = queue.pop() {
            if !seen.insert(target) {
                continue;
            }
            let Some(facts) = self.facts_of(target) else { return false };
            if !facts.queries.is_empty() || !facts.operations.is_empty() || waits(app, target) {
                return false;
            }
            queue.extend(facts.calls.iter().flat_map(|call| &call.targets).map(|id| Target::Fn(*id)));
        }
        takes_nothing(app, handler)
    }
}

/// Whether a handler has no parameters but those that it does not look at.
fn takes_nothing(app: &App, handler: Target) -> bool {
    let (instance, params) = match handler {
        Target::Fn(id) => (app.home(id).0, app.function(id).params),
        Target::Closure { instance, expr, .. } => {
            let tree = &app.facts(instance).tree;
            let ExprKind::Closure(index) = tree.expr(expr).kind else { return false };
            (instance, tree.closures[index as usize].params)
        }
    };
    let tree = &app.facts(instance).tree;
    tree.param_run(params).iter().all(|param| match tree.pat(param.pat) {
        Pat::Wild => true,
        Pat::Bind { name, .. } => name.as_str().starts_with('_'),
        _ => false,
    })
}

/// Whether code waits for something, or reads something that the program keeps: `.await`, a static.
fn waits(app: &App, target: Target) -> bool {
    let (instance, exprs, only) = match target {
        Target::Fn(id) => (app.home(id).0, app.function(id).exprs, None),
        Target::Closure { instance, expr, within } => {
            let span = app.facts(instance).tree.expr(expr).span;
            (instance, exprs_of(app, within, instance), Some(span))
        }
    };
    let tree = &app.facts(instance).tree;
    let is_static = |name: &str| name.len() > 1 && name.chars().all(|letter| !letter.is_lowercase());
    let mut own = tree.exprs[exprs.0 as usize..exprs.1 as usize].iter();
    own.any(|expr| {
        let is_meant = only.is_none_or(|span| span.contains(expr.span));
        is_meant
            && match expr.kind {
                ExprKind::Await(_) => true,
                ExprKind::Path(path) => {
                    tree.segments_of(path).len() == 1
                        && tree.last_name(path).is_some_and(|name| is_static(name.as_str()))
                }
                _ => false,
            }
    })
}

fn exprs_of(app: &App, within: FnId, instance: InstanceId) -> (u32, u32) {
    match app.home(within).0 == instance {
        true => app.function(within).exprs,
        false => (0, app.facts(instance).tree.exprs.len() as u32),
    }
}
