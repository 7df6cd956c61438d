//! Entry points: the functions and closures that run while a request is being served, with their routes.
//!
//! Which attributes, calls and traits make one is knowledge; how they nest is found by evaluating the code that builds
//! routers (`eval`), so that a path is known with every prefix it is mounted under.

mod associated;
mod attributes;
mod calls;
mod custom;
mod eval;
mod exprs;
mod patterns;
mod receivers;
mod register;
mod route_path;
mod search;
mod started;
mod text;
mod traits;
mod values;

use rustc_hash::FxHashSet;

use super::App;
use super::ids::{FnId, InstanceId};
use crate::knowledge::{EntryKind, LibraryId, Role};
use crate::source::{Place, Span};
use crate::symbol::Sym;
use crate::syntax::{ExprId, Segment};

use eval::Evaluator;
use values::RouteEntry;

/// Something that runs while a request is being served.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryPoint {
    /// Whose it is.
    pub framework: LibraryId,
    /// What it is.
    pub kind: EntryKind,
    /// The method in capitals; `ANY` where none is fixed.
    pub method: &'static str,
    /// The path with every prefix; empty where it is not known.
    pub path: String,
    /// What is known of it, for people: `…/users/{id}`.
    pub partial_path: String,
    /// What runs.
    pub target: Target,
    /// Where it is registered; attributes alone register nothing.
    pub registered: Option<Place>,
    /// Whether the routes that it is registered with can be those of a server: not where they are only added to an
    /// argument of a function that nothing calls, while others are mounted.
    pub mounted: bool,
    /// Whether the code that registers it can run, as far as can be told: not where nothing but tests calls it.
    pub started: bool,
    /// Whether nothing can be in front of the path: not where its router is returned to somebody who was not seen.
    pub whole: bool,
}

/// Why requests may never get to an entry point, as far as what was read tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unserved {
    /// It is a handler by its attribute alone.
    Unregistered,
    /// It is registered with routes that nothing mounts.
    Unmounted,
    /// It is registered by code that nothing calls.
    Unstarted,
}

/// Code that runs for requests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A function.
    Fn(FnId),
    /// A closure in a function that itself does not run for requests.
    Closure {
        /// The function it stands in.
        within: FnId,
        /// Where it stands.
        instance: InstanceId,
        /// The closure.
        expr: ExprId,
    },
}

impl EntryPoint {
    /// Whether it is the same but for what may be in front of its path.
    fn is_like(&self, other: &EntryPoint) -> bool {
        let of = |it: &EntryPoint| (it.framework, it.kind, it.method, it.target, it.registered, it.mounted, it.started);
        of(self) == of(other) && self.path == other.path && self.partial_path == other.partial_path
    }
}

impl App {
    /// Finds the entry points of the program.
    pub(super) fn find_entry_points(&mut self) {
        self.find_unknown_versions();
        let attributed = self.attribute_routes();
        let mut evaluator = Evaluator::new(self, &attributed);
        evaluator.run();
        evaluator.hooks();
        let unregistered = evaluator.unregistered();
        let (routes, problems) = evaluator.finish();
        let mut entries = self.registered(&routes, unregistered);
        entries.extend(self.handlers_in_attributes(&entries));
        entries.extend(self.trait_entries());
        entries.sort_by_cached_key(|entry| {
            (self.target_place(entry.target), entry.kind, entry.path.clone(), entry.method, entry.registered)
        });
        entries.dedup_by(|later, first| {
            first.whole &= later.whole || !later.is_like(first);
            later.is_like(first)
        });
        mounted_where_none_is(&mut entries);
        started::mark_unstarted(self, &mut entries);
        self.problems.extend(problems);
        self.entries = entries;
    }

    /// What the evaluation found, and the functions with an attribute that nothing registers.
    fn registered(&self, routes: &[RouteEntry], unregistered: Vec<EntryPoint>) -> Vec<EntryPoint> {
        let mut entries: Vec<EntryPoint> = routes.iter().flat_map(RouteEntry::entry_points).collect();
        // A function registered under a longer path is also seen under the path it has before it is mounted.
        let known: FxHashSet<Target> = entries.iter().map(|entry| entry.target).collect();
        entries.extend(unregistered.into_iter().filter(|entry| !known.contains(&entry.target)));
        entries
    }

    /// Where the code of an entry point starts: at `fn`, or at the first `|` of a closure.
    pub fn target_place(&self, target: Target) -> Place {
        match target {
            Target::Fn(id) => self.place(self.functions[id.index()].at.instance, self.function(id).span),
            Target::Closure { instance, expr, .. } => self.place(instance, self.facts(instance).tree.expr(expr).span),
        }
    }

    /// The function's name with its module and type: `users::show`, `users::Repo::find`.
    pub fn function_path(&self, id: FnId) -> String {
        let def = &self.functions[id.index()];
        let mut steps = vec![def.name.to_string()];
        match def.owner {
            super::FnOwner::Module => {}
            super::FnOwner::Impl(imp) => steps.extend(self.type_name(&self.impl_info(imp).self_ty)),
            super::FnOwner::Trait(id) => steps.push(self.trait_name(id).to_string()),
        }
        let mut at = Some(def.at.module);
        while let Some(module) = at {
            let it = &self.modules[module.index()];
            if let super::ModuleKind::Named(name) = it.kind {
                steps.push(name.to_string());
            }
            at = it.parent;
        }
        steps.reverse();
        steps.join("::")
    }

    fn type_name(&self, ty: &super::Ty) -> Option<String> {
        match ty.head {
            super::Head::Adt(adt) => Some(self.adt(adt).name.to_string()),
            super::Head::External(path) => path.as_str().rsplit("::").next().map(str::to_owned),
            super::Head::Trait(id) => Some(self.trait_name(id).to_string()),
            _ => None,
        }
    }

    /// Whether an entry point is a handler by its attribute alone: nothing that was read registers it.
    pub fn is_unregistered(&self, entry: &EntryPoint) -> bool {
        let Target::Fn(id) = entry.target else { return false };
        let by_attribute = matches!(entry.kind, EntryKind::Handler | EntryKind::Catcher);
        by_attribute && entry.registered.is_none() && self.functions[id.index()].owner == super::FnOwner::Module
    }

    /// Why requests may never get to an entry point.
    pub fn unserved(&self, entry: &EntryPoint) -> Option<Unserved> {
        if self.is_unregistered(entry) {
            return Some(Unserved::Unregistered);
        }
        if !entry.started {
            return Some(Unserved::Unstarted);
        }
        (!entry.mounted).then_some(Unserved::Unmounted)
    }

    /// The crate of what an entry point runs.
    pub fn crate_of(&self, target: Target) -> super::CrateId {
        let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
        self.modules[self.functions[id.index()].at.module.index()].krate
    }

    /// Whether a body is itself an entry point.
    pub fn is_entry(&self, target: Target) -> bool {
        self.entries.iter().any(|entry| entry.target == target)
    }

    /// Whether the program names something that plays a part: a layer, a function.
    pub fn names_role(&self, role: Role) -> bool {
        let words = self.knowledge.words_of(role);
        let is_word = |names: &[Segment]| names.iter().any(|segment| words.contains(&segment.name));
        let named = self.external_names(is_word);
        named.into_iter().any(|path| self.knowledge.plays(self.knowledge.canonical(path), role))
    }

    /// Whether a layer reports the errors that responses are made of.
    pub fn reports_errors(&self) -> bool {
        let of_debug = self.knowledge.crates_of(Role::DebugErrors);
        let is_verbose = || of_debug.iter().any(|krate| self.logs_at_debug(krate));
        self.names_role(Role::ReportErrors) || self.names_role(Role::DebugErrors) && is_verbose()
    }

    /// The frameworks for which the program names a layer that catches panics, and whether it says what is answered.
    pub fn catching_frameworks(&self) -> Vec<(LibraryId, Role)> {
        let is_word = |names: &[Segment]| names.len() > 1 && self.knowledge.is_catcher_word(names);
        let named = self.external_names(is_word).into_iter();
        let mut found: Vec<(LibraryId, Role)> = named.filter_map(|path| self.knowledge.panic_catcher(path)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What the program imports from other crates, and what those of its paths mean there that may be asked for.
    fn external_names(&self, may_be_meant: impl Fn(&[Segment]) -> bool) -> Vec<Sym> {
        let mut found: Vec<Sym> = self.modules.iter().flat_map(super::Module::imported_external).collect();
        for instance in &self.instances {
            let facts = &self.units[instance.unit.index()].facts;
            let Some(&module) = instance.scopes.first() else { continue };
            for path in &facts.tree.paths {
                let segments = facts.tree.segment_run(path.segments);
                if !may_be_meant(segments) {
                    continue;
                }
                let names: Vec<Sym> = segments.iter().map(|segment| segment.name).collect();
                let def = self.resolve(module, &names, path.global, super::Namespace::Types).map(|found| found.def);
                if let Some(super::Def::External(path)) = def {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The name of what an entry point runs; `{closure}` for closures.
    pub fn target_name(&self, target: Target) -> String {
        match target {
            Target::Fn(id) => self.function_path(id),
            Target::Closure { .. } => "{closure}".to_owned(),
        }
    }
}

/// Of a program that mounts no route at all, which is a library, it says nothing that one is not mounted.
fn mounted_where_none_is(entries: &mut [EntryPoint]) {
    let mounts = |it: &&EntryPoint| it.mounted && it.registered.is_some() && it.kind == EntryKind::Handler;
    let mounting: FxHashSet<LibraryId> = entries.iter().filter(mounts).map(|entry| entry.framework).collect();
    for entry in entries.iter_mut().filter(|entry| !mounting.contains(&entry.framework)) {
        entry.mounted = true;
    }
}

/// The capital name of an HTTP method, if a word is one.
pub(super) fn http_method(word: &str) -> Option<&'static str> {
    const METHODS: [&str; 10] =
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY"];
    METHODS.into_iter().find(|method| method.eq_ignore_ascii_case(word))
}

/// The method in the name of a call: `get`, `get_with`, `typed_get`, `get_service`.
pub(super) fn method_in_name(name: Sym) -> &'static str {
    name.as_str().split('_').find_map(http_method).unwrap_or(ANY)
}

/// The method of routes that fix none.
pub(super) const ANY: &str = "ANY";

/// The part of an expression that is worth pointing at.
pub(super) fn span_of(app: &App, instance: InstanceId, expr: ExprId) -> Span {
    app.facts(instance).tree.expr(expr).span
}
