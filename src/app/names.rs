//! What a path means: module trees, imports, preludes and the paths of other crates.

use rustc_hash::FxHashSet;

use super::ids::{AdtId, Def, ModId, Namespace, Slots};
use super::modules::ModuleKind;
use super::{App, ExternName};
use crate::knowledge::{Knowledge, Role};
use crate::symbol::Sym;

/// What the first steps of a path mean, and how many steps that took. What is left names something associated with a
/// type, or fields of a variant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// What they mean.
    pub def: Def,
    /// How many of the path's names were used.
    pub used: usize,
}

/// Finds names in modules: differently while imports are still being resolved and afterwards.
pub(super) trait Lookup {
    fn app(&self) -> &App;
    /// What a module itself declares or imports under a name.
    fn in_module(&mut self, module: ModId, name: Sym, namespace: Namespace) -> Option<Def>;
}

/// Resolves a path that stands in `module`.
pub(super) fn resolve(
    lookup: &mut impl Lookup,
    module: ModId,
    path: &[Sym],
    global: bool,
    namespace: Namespace,
) -> Option<Resolved> {
    let (&first, rest) = path.split_first()?;
    let of_last = |is_last: bool| if is_last { namespace } else { Namespace::Types };
    let mut def = if global {
        extern_crate(lookup.app(), module, first).or_else(|| {
            let root = root_of(lookup.app(), module);
            lookup.in_module(root, first, of_last(rest.is_empty()))
        })?
    } else if first == crate::sym!("crate") || first == crate::sym!("$crate") {
        Def::Module(root_of(lookup.app(), module))
    } else if first == crate::sym!("self") {
        Def::Module(named(lookup.app(), module))
    } else if first == crate::sym!("super") {
        Def::Module(parent(lookup.app(), module)?)
    } else {
        lexical(lookup, module, first, of_last(rest.is_empty()))?
    };
    let mut used = 1;
    for (index, &name) in rest.iter().enumerate() {
        let next = match def {
            Def::Module(inner) if name == crate::sym!("super") => parent(lookup.app(), inner).map(Def::Module),
            Def::Module(inner) => lookup.in_module(inner, name, of_last(index + 1 == rest.len())),
            Def::External(path) => Some(Def::External(below(lookup.app(), path, name))),
            Def::Adt(adt) => variant(lookup.app(), adt, name),
            _ => None,
        };
        match next {
            Some(next) => (def, used) = (next, used + 1),
            // A name that a module should have and has not: nothing is known of the path.
            None if matches!(def, Def::Module(_)) => return None,
            None => break,
        }
    }
    Some(Resolved { def, used })
}

/// A name as it is looked up in a body or type: blocks from the inside out, the module, other crates, the prelude.
fn lexical(lookup: &mut impl Lookup, module: ModId, name: Sym, namespace: Namespace) -> Option<Def> {
    let mut at = module;
    loop {
        if let Some(def) = lookup.in_module(at, name, namespace) {
            return Some(def);
        }
        let it = &lookup.app().modules[at.index()];
        match (it.kind, it.parent) {
            (ModuleKind::Block, Some(parent)) => at = parent,
            _ => break,
        }
    }
    let app = lookup.app();
    let root = root_of(app, module);
    if namespace == Namespace::Types
        && let Some(def) = extern_crate(app, module, name)
    {
        return Some(def);
    }
    if namespace == Namespace::Macros
        && let Some(def) = macro_use(app, root, name)
    {
        return Some(def);
    }
    // Paths of the 2015 edition start at the root of the crate.
    if app.crates[app.modules[root.index()].krate.index()].edition == 2015
        && at != root
        && let Some(def) = lookup.in_module(root, name, namespace)
    {
        return Some(def);
    }
    prelude(&lookup.app().knowledge, name, namespace)
}

/// The crate of a name.
fn extern_crate(app: &App, module: ModId, name: Sym) -> Option<Def> {
    let krate = &app.crates[app.modules[module.index()].krate.index()];
    match krate.externs.get(&name) {
        Some(ExternName::Crate(krate)) => return Some(Def::Module(app.crates[krate.index()].root)),
        Some(ExternName::External(path, _)) => return Some(Def::External(*path)),
        None => {}
    }
    let is_std = matches!(name.as_str(), "std" | "core" | "alloc" | "proc_macro");
    let could_be = krate.any_extern && name.as_str().starts_with(|first: char| first.is_ascii_lowercase());
    (is_std || could_be).then(|| Def::External(app.knowledge.canonical(name)))
}

/// A macro or attribute that `#[macro_use] extern crate` brings to the whole crate.
pub(super) fn macro_use(app: &App, module: ModId, name: Sym) -> Option<Def> {
    let root = root_of(app, module);
    let module = &app.modules[root.index()];
    module.imports.iter().filter(|import| import.macro_use).find_map(|import| {
        match extern_crate(app, root, *import.path.first()?)? {
            Def::External(krate) => exported(&app.knowledge, krate, name, Namespace::Macros),
            Def::Module(root) => app.modules[root.index()].names.get(&name)?.get(Namespace::Macros),
            _ => None,
        }
    })
}

/// A name that is there without being imported.
fn prelude(knowledge: &Knowledge, name: Sym, namespace: Namespace) -> Option<Def> {
    exported(knowledge, crate::sym!("std::prelude"), name, namespace)
}

/// What `module::*` of another crate brings under a name.
pub(super) fn exported(knowledge: &Knowledge, module: Sym, name: Sym, namespace: Namespace) -> Option<Def> {
    let paths = knowledge.exported(module, name).iter();
    let mut paths = paths.filter(|path| namespaces(knowledge, **path)[namespace as usize]);
    paths.next().map(|path| Def::External(knowledge.canonical(*path)))
}

/// In which namespaces the path of another crate can be meant; all of them where nothing is known of it.
fn namespaces(knowledge: &Knowledge, path: Sym) -> [bool; 3] {
    let is_macro = !knowledge.attributes(path).is_empty()
        || knowledge.derive(path).is_some()
        || knowledge.knows_macro(path)
        || knowledge.plays(path, Role::Keep);
    let is_value =
        !knowledge.calls(path).is_empty() || !knowledge.routes(path).is_empty() || knowledge.plays(path, Role::Env);
    match (is_macro, is_value) {
        (true, false) => [false, false, true],
        (false, true) => [true, true, false],
        _ => [true; 3],
    }
}

/// What an import of another crate's path means in each namespace.
pub(super) fn external_slots(knowledge: &Knowledge, path: Sym) -> Slots {
    let mut slots = Slots::default();
    for (namespace, meant) in Namespace::ALL.into_iter().zip(namespaces(knowledge, path)) {
        if meant {
            slots.fill(namespace, Def::External(path));
        }
    }
    slots
}

fn below(app: &App, path: Sym, name: Sym) -> Sym {
    // A module that re-exports others by glob: `sqlx::postgres::*`.
    match app.knowledge.exported(path, name) {
        [only] => app.knowledge.canonical(*only),
        _ => app.knowledge.below(path, name),
    }
}

/// The variant of a name.
pub(super) fn variant(app: &App, adt: AdtId, name: Sym) -> Option<Def> {
    let it = app.adt(adt);
    let index = it.variants.iter().position(|variant| it.is_enum && variant.name == name)?;
    Some(Def::Variant(adt, index as u32))
}

fn root_of(app: &App, module: ModId) -> ModId {
    app.crates[app.modules[module.index()].krate.index()].root
}

/// The module that a block stands in.
pub(super) fn named(app: &App, module: ModId) -> ModId {
    let mut at = module;
    while let (ModuleKind::Block, Some(parent)) = (app.modules[at.index()].kind, app.modules[at.index()].parent) {
        at = parent;
    }
    at
}

/// Whether a module is another one, or in it.
pub(super) fn is_within(app: &App, module: ModId, outer: ModId) -> bool {
    let mut at = Some(module);
    while let Some(module) = at {
        if module == outer {
            return true;
        }
        at = app.modules[module.index()].parent;
    }
    false
}

fn parent(app: &App, module: ModId) -> Option<ModId> {
    app.modules[named(app, module).index()].parent.map(|parent| named(app, parent))
}

/// Looks names up once all imports are resolved.
struct Linked<'a> {
    app: &'a App,
    /// Modules that a search through globs has been to.
    visited: FxHashSet<ModId>,
}

impl Lookup for Linked<'_> {
    fn app(&self) -> &App {
        self.app
    }

    fn in_module(&mut self, module: ModId, name: Sym, namespace: Namespace) -> Option<Def> {
        self.visited.clear();
        self.search(module, name, namespace, None)
    }
}

impl Linked<'_> {
    /// What a module has under a name: for everybody, or for the module that has it by a glob import.
    fn search(&mut self, module: ModId, name: Sym, namespace: Namespace, through: Option<ModId>) -> Option<Def> {
        let app = self.app;
        let it = &app.modules[module.index()];
        let is_seen = |private: bool| !private || through.is_none_or(|from| is_within(app, from, module));
        if let Some(slots) = it.names.get(&name)
            && let Some(def) = slots.get(namespace)
            && is_seen(slots.is_private(namespace))
        {
            return Some(def);
        }
        if it.imports.iter().all(|import| import.glob.is_none()) || !self.visited.insert(module) {
            return None;
        }
        let globs = it.imports.iter().filter(|import| is_seen(import.private)).filter_map(|import| import.glob);
        globs.into_iter().find_map(|glob| match glob {
            Def::Module(inner) => self.search(inner, name, namespace, through.or(Some(module))),
            Def::Adt(adt) => variant(self.app, adt, name),
            Def::External(path) => exported(&self.app.knowledge, path, name, namespace),
            _ => None,
        })
    }
}

impl App {
    /// What a path in a module means.
    pub fn resolve(&self, module: ModId, path: &[Sym], global: bool, namespace: Namespace) -> Option<Resolved> {
        resolve(&mut Linked { app: self, visited: FxHashSet::default() }, module, path, global, namespace)
    }

    /// Whether a module, or one around it, imports anything from one of some crates.
    pub fn imports_from(&self, module: ModId, crates: &[Sym]) -> bool {
        let mut at = Some(module);
        while let Some(module) = at {
            let it = &self.modules[module.index()];
            if it.imports.iter().any(|import| self.import_is_from(import, module, crates)) {
                return true;
            }
            at = if it.kind == ModuleKind::Block { it.parent } else { None };
        }
        false
    }

    /// Whether the crate of a module can name one of some crates.
    pub fn depends_on(&self, module: ModId, crates: &[Sym]) -> bool {
        let krate = &self.crates[self.modules[module.index()].krate.index()];
        krate.any_extern
            || krate.externs.values().any(|name| matches!(name, ExternName::External(path, _) if crates.contains(path)))
    }

    fn import_is_from(&self, import: &super::imports::Import, module: ModId, crates: &[Sym]) -> bool {
        let krate = &self.crates[self.modules[module.index()].krate.index()];
        let Some(&first) = import.path.first() else { return false };
        match krate.externs.get(&first) {
            Some(ExternName::External(path, _)) => crates.contains(path),
            Some(ExternName::Crate(_)) => false,
            None => krate.any_extern && crates.contains(&first),
        }
    }
}
