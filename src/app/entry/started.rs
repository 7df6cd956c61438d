//! Whether anything starts the code that registers an entry point: a program that builds its routes in a function which
//! only tests call serves none of them.
//!
//! Functions are told apart by their names alone: one too many counts as called rather than one too few.

use rustc_hash::{FxHashMap, FxHashSet};

use super::EntryPoint;
use crate::app::{App, FnId, FnOwner, InstanceId, ModId};
use crate::knowledge::{EntryKind, LibraryId};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::ExprKind;
use crate::workspace::TargetKind;

/// Attributes that leave a function as uncalled as it was.
const INERT: [&str; 12] = [
    "allow",
    "expect",
    "warn",
    "deny",
    "doc",
    "inline",
    "cold",
    "must_use",
    "deprecated",
    "cfg",
    "cfg_attr",
    "track_caller",
];

/// Marks what is registered in functions that nothing calls, and what can only run for handlers that are.
pub(super) fn mark_unstarted(app: &App, entries: &mut [EntryPoint]) {
    if entries.iter().all(|entry| entry.registered.is_none()) {
        return;
    }
    let uncalled = Uncalled::of(app);
    if uncalled.uncalled.is_empty() {
        return;
    }
    for entry in entries.iter_mut() {
        entry.started = !entry.registered.is_some_and(|place| uncalled.holds(place));
    }
    let of_handlers = |started: bool| -> FxHashSet<LibraryId> {
        let handlers = entries.iter().filter(|it| it.kind == EntryKind::Handler && it.registered.is_some());
        handlers.filter(|it| it.started == started).map(|it| it.framework).collect()
    };
    let (started, unstarted) = (of_handlers(true), of_handlers(false));
    for entry in entries.iter_mut().filter(|it| it.registered.is_none()) {
        entry.started = started.contains(&entry.framework) || !unstarted.contains(&entry.framework);
    }
}

impl App {
    /// The functions that programs begin with, and those that an attribute makes begin: `#[launch]`.
    pub fn starting_functions(&self) -> Vec<FnId> {
        let begins = |id: &FnId| {
            let def = &self.functions[id.index()];
            let krate = &self.crates[self.modules[def.at.module.index()].krate.index()];
            let is_main = krate.kind != TargetKind::Library && def.name == crate::sym!("main");
            def.at.module == krate.root && (is_main || def.owner == FnOwner::Module && self.has_attribute(*id))
        };
        (0..self.functions.len() as u32).map(FnId).filter(begins).collect()
    }

    /// Whether a function has an attribute that may have it called.
    fn has_attribute(&self, id: FnId) -> bool {
        let facts = self.facts(self.functions[id.index()].at.instance);
        let is_inert = |path| facts.tree.single_name(path).is_some_and(|name| INERT.contains(&name.as_str()));
        !facts.attr_run(self.function(id).attrs).iter().all(|attr| is_inert(attr.path))
    }
}

/// The bodies of functions, by whether anything that runs mentions their names.
struct Uncalled {
    called: Vec<Place>,
    uncalled: Vec<Place>,
}

impl Uncalled {
    fn of(app: &App) -> Uncalled {
        let called = Calls::of(app);
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        let is_called: Vec<bool> =
            (0..app.functions.len()).map(|id| called.functions.contains(&FnId(id as u32))).collect();
        for id in (0..app.functions.len() as u32).map(FnId) {
            let (instance, function) = (app.functions[id.index()].at.instance, app.function(id));
            let Some(body) = function.body else { continue };
            let place = app.place(instance, app.facts(instance).tree.expr(body).span);
            if is_called[id.index()] { yes.push(place) } else { no.push(place) }
        }
        Uncalled { called: yes, uncalled: no }
    }

    /// Whether a place is in a function that nothing calls. Of a file that belongs to two crates one copy is enough.
    fn holds(&self, place: Place) -> bool {
        let within = |body: &Place| {
            body.file == place.file && body.span.start <= place.span.start && place.span.end <= body.span.end
        };
        self.uncalled.iter().any(within) && !self.called.iter().any(within)
    }
}

/// What is called, or may be, from where programs begin and from what other packages can name.
struct Calls<'a> {
    app: &'a App,
    by_name: FxHashMap<Sym, Vec<FnId>>,
    functions: FxHashSet<FnId>,
    queue: Vec<FnId>,
}

impl<'a> Calls<'a> {
    fn of(app: &'a App) -> Calls<'a> {
        let mut by_name: FxHashMap<Sym, Vec<FnId>> = FxHashMap::default();
        for id in (0..app.functions.len() as u32).map(FnId) {
            by_name.entry(app.functions[id.index()].name).or_default().push(id);
        }
        let mut calls = Calls { app, by_name, functions: FxHashSet::default(), queue: Vec::new() };
        for id in (0..app.functions.len() as u32).map(FnId).filter(|id| calls.is_root(*id)).collect::<Vec<_>>() {
            calls.call(id);
        }
        for instance in (0..app.instances.len() as u32).map(InstanceId) {
            calls.outside_functions(instance);
        }
        while let Some(id) = calls.queue.pop() {
            let (start, end) = app.function(id).exprs;
            calls.mentions(app.functions[id.index()].at.instance, start as usize..end as usize);
        }
        calls
    }

    /// Whether a function may be called by something that was not read.
    fn is_root(&self, id: FnId) -> bool {
        let (def, function) = (&self.app.functions[id.index()], self.app.function(id));
        let krate = &self.app.crates[self.app.modules[def.at.module.index()].krate.index()];
        let has_main = self.main_of(krate.root).is_some();
        let by_owner = match def.owner {
            FnOwner::Trait(_) => true,
            FnOwner::Impl(imp) => self.app.impl_def(imp).trait_path.is_some(),
            FnOwner::Module => self.main_of(krate.root) == Some(id),
        };
        by_owner
            || if krate.kind == TargetKind::Library { function.public } else { !has_main }
            || self.app.has_attribute(id)
    }

    /// The `main` of a program.
    fn main_of(&self, root: ModId) -> Option<FnId> {
        let mains = self.by_name.get(&crate::sym!("main")).into_iter().flatten();
        mains.copied().find(|id| self.app.functions[id.index()].at.module == root)
    }

    fn call(&mut self, id: FnId) {
        if self.functions.insert(id) {
            self.queue.push(id);
        }
    }

    fn mention(&mut self, name: Sym) {
        // Whoever else has the name is called, too.
        for id in self.by_name.remove(&name).unwrap_or_default() {
            self.call(id);
        }
    }

    /// Calls what expressions of an instance mention.
    fn mentions(&mut self, instance: InstanceId, exprs: std::ops::Range<usize>) {
        let facts = self.app.facts(instance);
        for expr in &facts.tree.exprs[exprs] {
            match expr.kind {
                ExprKind::Path(path) => facts.tree.last_name(path).into_iter().for_each(|name| self.mention(name)),
                ExprKind::Method { call, .. } => self.mention(facts.tree.methods[call as usize].name),
                _ => {}
            }
        }
    }

    /// Calls what is mentioned in constants, in expansions, by another name, and where tokens could not be read.
    fn outside_functions(&mut self, instance: InstanceId) {
        let facts = self.app.facts(instance);
        let mut ranges: Vec<(u32, u32)> = facts.functions.iter().map(|function| function.exprs).collect();
        ranges.sort_unstable();
        let mut at = 0;
        for (start, end) in ranges {
            self.mentions(instance, at..(start as usize).max(at));
            at = at.max(end as usize);
        }
        self.mentions(instance, at..facts.tree.exprs.len());
        let renamed = facts.scopes.iter().flat_map(|scope| &scope.uses).filter_map(|it| {
            let last = *it.path.last()?;
            (it.name != Some(last)).then_some(last)
        });
        renamed.for_each(|name| self.mention(name));
        for body in crate::app::servers::unread(facts) {
            let text = self.app.sources.text(self.app.place(instance, body));
            let words =
                text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|it| !it.is_empty());
            words.for_each(|word| self.mention(Sym::from(word)));
        }
    }
}
