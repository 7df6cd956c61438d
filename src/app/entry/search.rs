//! Which functions build routes, and what comes of evaluating them all.

use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::Evaluator;
use super::route_path::RoutePath;
use super::values::{RouteEntry, Routes, Summary, Value, without_partial_paths};
use super::{ANY, EntryPoint, Target};
use crate::app::{App, Crate, Def, ExternName, FnId, Head, InstanceId, ModId, Ty, ValueId};
use crate::knowledge::RouteWords;
use crate::problem::Problem;
use crate::symbol::Sym;
use crate::syntax::{ExprKind, PathId};

impl Evaluator<'_> {
    /// Evaluates every function that could build routes. Twice: what the first pass stores in fields, the second reads.
    pub(super) fn run(&mut self) {
        let words = self.app.knowledge.route_words();
        let candidates: Vec<FnId> =
            (0..self.app.functions.len() as u32).map(FnId).filter(|id| self.may_build_routes(*id, &words)).collect();
        self.candidates.extend(&candidates);
        for &id in &candidates {
            self.summary(id);
        }
        if !self.fields.is_empty() {
            self.summaries.clear();
            self.absorbed.clear();
            self.done.clear();
            self.problems.clear();
            self.constants.clear();
            for &id in &candidates {
                self.summary(id);
            }
        }
        let takers = self.takers();
        for (id, summary) in std::mem::take(&mut self.summaries) {
            if !self.absorbed.contains(&id) {
                let mut returned = Routes::default();
                let is_lost = self.lost.contains(&self.app.functions[id.index()].name);
                let parent = if is_lost { RoutePath::unknown() } else { RoutePath::default() };
                returned.add(&parent, summary.returns.routes());
                let ends = self.ends_with_routes(id) || self.is_only_served(id, &takers);
                let kept = |entry: RouteEntry| RouteEntry { whole: entry.whole && ends, ..entry };
                self.done.extend(returned.entries.into_iter().map(kept));
                let added = summary.adds.into_iter().flat_map(|(_, routes)| routes.entries);
                self.done.extend(added.map(|entry| RouteEntry { mounted: false, whole: false, ..entry }));
            }
            self.done.extend(summary.registers);
        }
        self.unread_statics();
        let read = std::mem::take(&mut self.read_fields);
        let fields = std::mem::take(&mut self.fields);
        let unread = fields.into_iter().filter(|(name, _)| !read.contains(name)).flat_map(|(_, routes)| routes.entries);
        self.done.extend(unread.map(|entry| RouteEntry { whole: false, ..entry }));
    }

    /// Whether nobody can do anything with the routes that a function seems to return: it has served them, and returns
    /// how that went.
    fn ends_with_routes(&self, id: FnId) -> bool {
        let returned = self.app.signature(id).returns();
        let is_open = |ty: &Ty| matches!(ty.head, Head::Adt(_) | Head::Unknown | Head::Bounds | Head::Trait(_));
        self.builder_type(&returned).is_none() && !is_open(&crate::app::peel(self.app, &returned))
    }

    /// The functions that name those which return routes to somebody who has not been evaluated, by the name.
    fn takers(&self) -> FxHashMap<Sym, Vec<FnId>> {
        let is_open = |(id, summary): (&FnId, &Summary)| {
            let is_returned = matches!(&summary.returns, Value::Routes(routes) if !routes.entries.is_empty());
            (is_returned && !self.absorbed.contains(id)).then(|| self.app.functions[id.index()].name)
        };
        let names: FxHashSet<Sym> = self.summaries.iter().filter_map(is_open).collect();
        let mut takers: FxHashMap<Sym, Vec<FnId>> = FxHashMap::default();
        for id in (0..self.app.functions.len() as u32).map(FnId) {
            let tree = &self.app.facts(self.app.home(id).0).tree;
            let (start, end) = self.app.function(id).exprs;
            let named = tree.exprs[start as usize..end as usize].iter().filter_map(|expr| match expr.kind {
                ExprKind::Path(path) => tree.last_name(path),
                ExprKind::Method { call, .. } => Some(tree.methods[call as usize].name),
                _ => None,
            });
            named.filter(|name| names.contains(name)).for_each(|name| takers.entry(name).or_default().push(id));
        }
        takers
    }

    /// Whether those who are given the routes of a function name nothing that builds others of them, and do not return
    /// them: they serve them.
    fn is_only_served(&self, id: FnId, takers: &FxHashMap<Sym, Vec<FnId>>) -> bool {
        let takers = takers.get(&self.app.functions[id.index()].name).map(Vec::as_slice).unwrap_or_default();
        let serves = |taker: &FnId| !self.candidates.contains(taker) && self.ends_with_routes(*taker);
        !takers.is_empty() && takers.iter().all(serves)
    }

    /// Routers in statics that no function with routes names.
    fn unread_statics(&mut self) {
        for id in (0..self.app.values.len() as u32).map(ValueId) {
            if self.constants.contains_key(&id) || self.builder_type(self.app.value_type(id)).is_none() {
                continue;
            }
            let module = self.app.values[id.index()].module;
            let beside = self.app.functions.iter().position(|function| function.at.module == module);
            if let Some(function) = beside {
                let routes = self.constant(FnId(function as u32), id).routes();
                self.done.extend(routes.entries);
            }
        }
    }

    /// Evaluates what route attributes name besides the handler: `guard = "is_admin"`, `wrap = "from_fn(check)"`.
    pub(super) fn hooks(&mut self) {
        let attributed = self.attributed;
        for (&function, routes) in attributed {
            for (route, &(code, kind)) in
                routes.iter().flat_map(|route| route.hooks.iter().map(move |hook| (route, hook)))
            {
                let mut frame = self.frame(function);
                let value = self.eval(&mut frame, code);
                for callee in value.callees() {
                    let registered = self.place(&frame, code);
                    let (library, path, method) = (route.library, RoutePath::default(), ANY);
                    let (mounted, whole) = (true, false);
                    frame.registers.push(RouteEntry {
                        library,
                        kind,
                        path,
                        method,
                        callee,
                        registered,
                        mounted,
                        whole,
                    });
                }
                self.done.extend(frame.registers);
            }
        }
    }

    /// The functions with route attributes, as if none of them were registered anywhere.
    pub(super) fn unregistered(&mut self) -> Vec<EntryPoint> {
        let attributed = self.attributed;
        let mut entries = Vec::new();
        for (&function, routes) in attributed {
            for route in routes {
                let Some(kind) = route.kind else { continue };
                let (framework, method) = (route.library, route.method);
                let path = self.attribute_path(function, route);
                entries.push(EntryPoint {
                    framework,
                    kind,
                    method,
                    path: path.shown(),
                    partial_path: path.shown_partly(),
                    target: Target::Fn(function),
                    registered: None,
                    mounted: true,
                    started: true,
                    whole: false,
                });
            }
        }
        entries
    }

    pub(super) fn finish(self) -> (Vec<RouteEntry>, Vec<Problem>) {
        (without_partial_paths(self.done), self.problems)
    }

    /// Whether a function names anything that registers handlers, in a crate that can.
    fn may_build_routes(&self, id: FnId, words: &RouteWords) -> bool {
        let (instance, module) = self.app.home(id);
        let function = self.app.function(id);
        if function.body.is_none() || function.debug_only || !self.uses_framework(module) {
            return false;
        }
        if self.names_word(id, instance, function.exprs, words) {
            return true;
        }
        // Expansions lie outside the body's own expressions.
        let facts = self.app.facts(instance);
        let exprs = &facts.tree.exprs[function.exprs.0 as usize..function.exprs.1 as usize];
        exprs.iter().any(|expr| match expr.kind {
            ExprKind::Macro(call) => self.app.expansions.get(&(instance, call)).is_some_and(|(expanded, _)| {
                let len = self.app.facts(*expanded).tree.exprs.len() as u32;
                self.names_word(id, *expanded, (0, len), words)
            }),
            _ => false,
        })
    }

    fn names_word(&self, id: FnId, instance: InstanceId, exprs: (u32, u32), words: &RouteWords) -> bool {
        let facts = self.app.facts(instance);
        let tree = &facts.tree;
        tree.exprs[exprs.0 as usize..exprs.1 as usize].iter().any(|expr| match expr.kind {
            ExprKind::Path(path) => {
                tree.last_name(path).is_some_and(|name| words.functions.contains(&name))
                    && self.can_register(id, instance, path)
            }
            ExprKind::Method { call, .. } => words.methods.contains(&tree.methods[call as usize].name),
            ExprKind::Macro(call) => {
                tree.last_name(facts.macro_call(call).path).is_some_and(|name| words.functions.contains(&name))
            }
            _ => false,
        })
    }

    /// Whether a path whose last name is that of a call which registers something can be that call.
    fn can_register(&self, id: FnId, instance: InstanceId, path: PathId) -> bool {
        let module = self.app.functions[id.index()].at.module;
        match self.app.resolve_value(id, instance, module, path) {
            Some(Def::External(path)) => !self.app.knowledge.routes(path).is_empty(),
            Some(Def::Fn(own)) => self.concerns_routes(own),
            Some(_) => false,
            // What cannot be found may have come in by a way that is not known.
            None => self.app.facts(instance).tree.segments_of(path).len() == 1,
        }
    }

    fn uses_framework(&self, module: ModId) -> bool {
        self.serving[self.app.modules[module.index()].krate.index()]
    }
}

/// Whether a crate can name a framework: it depends on one, or on a crate of the project that re-exports the one it
/// wraps.
pub(super) fn can_serve(app: &App, krate: &Crate) -> bool {
    let is_framework =
        |name: &ExternName| matches!(name, ExternName::External(path, _) if app.knowledge.is_framework(*path));
    krate.any_extern
        || krate.externs.values().any(|name| match name {
            ExternName::External(..) => is_framework(name),
            ExternName::Crate(other) => app.crates[other.index()].externs.values().any(is_framework),
        })
}
