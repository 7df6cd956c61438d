//! Imports: what a `use` declares, before and after it is resolved.

use rustc_hash::{FxHashMap, FxHashSet};

use super::App;
use super::ids::{Def, ModId, Namespace, Slots};
use super::names::{Lookup, exported, external_slots, is_within, resolve, variant};
use crate::symbol::Sym;
use crate::syntax::Use;

/// Imports found only in the next round through each other are rare, longer chains of them are not worth the time.
const ROUNDS: usize = 4;

/// A `use` of a module.
#[derive(Debug)]
pub(super) struct Import {
    /// The steps of its path.
    pub(super) path: Vec<Sym>,
    /// Whether it starts with `::`.
    pub(super) global: bool,
    /// The name it brings in; `None` for all of them.
    pub(super) name: Option<Sym>,
    /// `#[macro_use] extern crate`.
    pub(super) macro_use: bool,
    /// Only for the module and those in it.
    pub(super) private: bool,
    /// What a glob import goes through, once resolved.
    pub(super) glob: Option<Def>,
}

impl Import {
    pub(super) fn new(from: &Use) -> Self {
        let Use { path, global, name, macro_use, private } = from.clone();
        Import { path, global, name, macro_use, private, glob: None }
    }
}

/// Resolves the imports of all modules. Each can go through others, in circles too, so they are resolved as they are
/// asked for; an import that only leads back to itself means nothing.
pub(super) fn resolve_imports(app: &mut App) {
    let mut resolver =
        Resolver { app, named: FxHashMap::default(), globs: FxHashMap::default(), visited: FxHashSet::default() };
    resolver.all();
    // Imports that could only be found through one that was being looked for at that time.
    for _ in 0..ROUNDS {
        let before = resolver.globs.len();
        resolver.globs.retain(|_, state| !matches!(state, State::Done(None)));
        if resolver.globs.len() == before {
            break;
        }
        let found = resolver.globs.len();
        resolver.named.retain(|_, state| !matches!(state, State::Done(slots) if slots.is_empty()));
        resolver.all();
        let is_found = |state: &&State<Option<Def>>| matches!(state, State::Done(Some(_)));
        if resolver.globs.values().filter(is_found).count() == found {
            break;
        }
    }
    let Resolver { named, globs, .. } = resolver;
    for (id, state) in named {
        let module = &mut app.modules[id.module.index()];
        let Import { name: Some(name), private, .. } = module.imports[id.index as usize] else { continue };
        if let State::Done(slots) = state {
            let known = module.names.entry(name).or_default();
            for namespace in Namespace::ALL {
                if let Some(def) = slots.get(namespace) {
                    known.import(namespace, def, private);
                }
            }
        }
    }
    for (id, state) in globs {
        if let State::Done(glob) = state {
            app.modules[id.module.index()].imports[id.index as usize].glob = glob;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct ImportId {
    module: ModId,
    index: u32,
}

#[derive(Clone, Copy)]
enum State<T> {
    /// Being resolved further up.
    Active,
    Done(T),
}

struct Resolver<'a> {
    app: &'a App,
    named: FxHashMap<ImportId, State<Slots>>,
    globs: FxHashMap<ImportId, State<Option<Def>>>,
    /// Modules that the current search through globs has been to.
    visited: FxHashSet<(ModId, Sym)>,
}

impl Resolver<'_> {
    /// Looks for every import.
    fn all(&mut self) {
        for module in 0..self.app.modules.len() {
            for index in 0..self.app.modules[module].imports.len() {
                let id = ImportId { module: ModId(module as u32), index: index as u32 };
                if self.app.modules[module].imports[index].name.is_some() {
                    self.named(id);
                } else {
                    self.glob(id);
                }
            }
        }
    }

    /// What a named import brings in.
    fn named(&mut self, id: ImportId) -> Slots {
        match self.named.get(&id) {
            Some(State::Active) => return Slots::default(),
            Some(State::Done(slots)) => return *slots,
            None => {}
        }
        self.named.insert(id, State::Active);
        let import = &self.app.modules[id.module.index()].imports[id.index as usize];
        let (path, global) = (import.path.clone(), import.global);
        let mut slots = Slots::default();
        for namespace in Namespace::ALL {
            let Some(found) = resolve(self, id.module, &path, global, namespace) else { continue };
            if found.used < path.len() || !found.def.is_in(namespace) {
                continue;
            }
            match found.def {
                Def::External(path) => {
                    if let Some(def) = external_slots(&self.app.knowledge, path).get(namespace) {
                        slots.fill(namespace, def);
                    }
                }
                def => slots.fill(namespace, def),
            }
        }
        self.named.insert(id, State::Done(slots));
        slots
    }

    /// What a glob import goes through.
    fn glob(&mut self, id: ImportId) -> Option<Def> {
        match self.globs.get(&id) {
            Some(State::Active) => return None,
            Some(State::Done(glob)) => return *glob,
            None => {}
        }
        self.globs.insert(id, State::Active);
        let import = &self.app.modules[id.module.index()].imports[id.index as usize];
        let (path, global) = (import.path.clone(), import.global);
        let outer = std::mem::take(&mut self.visited);
        let found = resolve(self, id.module, &path, global, Namespace::Types);
        self.visited = outer;
        let glob = found.filter(|found| found.used == path.len()).map(|found| found.def);
        self.globs.insert(id, State::Done(glob));
        glob
    }

    /// What a module has under a name: for everybody, or for the module that has it by a glob import.
    fn search(&mut self, module: ModId, name: Sym, namespace: Namespace, through: Option<ModId>) -> Option<Def> {
        let app = self.app;
        let it = &app.modules[module.index()];
        if let Some(def) = it.names.get(&name).and_then(|slots| slots.get(namespace)) {
            return Some(def);
        }
        let is_seen = |import: &Import| !import.private || through.is_none_or(|from| is_within(app, from, module));
        for (index, import) in it.imports.iter().enumerate() {
            if import.name == Some(name) && is_seen(import) {
                let slots = self.named(ImportId { module, index: index as u32 });
                if let Some(def) = slots.get(namespace) {
                    return Some(def);
                }
            }
        }
        if !self.visited.insert((module, name)) {
            return None;
        }
        let globs = it.imports.iter().enumerate().filter(|(_, import)| import.name.is_none() && is_seen(import));
        for (index, _) in globs {
            let found = match self.glob(ImportId { module, index: index as u32 }) {
                Some(Def::Module(inner)) => self.search(inner, name, namespace, through.or(Some(module))),
                Some(Def::Adt(adt)) => variant(app, adt, name),
                Some(Def::External(path)) => exported(&app.knowledge, path, name, namespace),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl Lookup for Resolver<'_> {
    fn app(&self) -> &App {
        self.app
    }

    fn in_module(&mut self, module: ModId, name: Sym, namespace: Namespace) -> Option<Def> {
        let outer = std::mem::take(&mut self.visited);
        let found = self.search(module, name, namespace, None);
        self.visited = outer;
        found
    }
}
