//! Modules: mounts lowered files, and later the expansions of macros, into the module trees of the crates.

use rustc_hash::FxHashMap;

use super::ids::{
    AdtId, AliasId, CrateId, Def, FnId, ImplId, InstanceId, MacroDefId, ModId, Namespace, Slots, TraitId, UnitId,
    ValueId,
};
use super::imports::Import;
use super::{App, Declared, FnDef, FnOwner, ImplDef, Instance, TraitDef};
use crate::load::Child;
use crate::problem::{Problem, ProblemKind};
use crate::source::{FileId, Place};
use crate::symbol::Sym;
use crate::syntax::{Item, ItemKind, MacroId, MacroPosition, ScopeId, ScopeKind};

/// A module, or a block with declarations of its own.
#[derive(Debug)]
pub struct Module {
    /// The crate.
    pub krate: CrateId,
    /// The module or block around it.
    pub parent: Option<ModId>,
    /// Which it is.
    pub kind: ModuleKind,
    /// The file it stands in, if it is one.
    pub file: Option<FileId>,
    pub(super) names: FxHashMap<Sym, Slots>,
    pub(super) imports: Vec<Import>,
}

impl Module {
    /// Things of other crates that the module imports by name.
    pub(super) fn imported_external(&self) -> impl Iterator<Item = Sym> {
        let slots = self.names.values().flat_map(|slots| Namespace::ALL.map(|namespace| slots.get(namespace)));
        slots.flatten().filter_map(|def| match def {
            Def::External(path) => Some(path),
            _ => None,
        })
    }
}

/// What a module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleKind {
    /// The root of a crate.
    Root,
    /// `mod name`
    Named(Sym),
    /// A block: names not found in it are looked up around it.
    Block,
}

/// A macro call that has not been looked at yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingCall {
    pub(super) instance: InstanceId,
    pub(super) call: MacroId,
    /// The impl whose items it stands among.
    pub(super) owner: Option<ImplId>,
}

/// What is known while the modules are being built.
pub(super) struct Builder<'l> {
    pub(super) app: App,
    children: &'l FxHashMap<Child, FileId>,
    /// The files whose `include!` is being followed.
    including: Vec<FileId>,
    pub(super) pending: Vec<PendingCall>,
    /// Macro definitions by name.
    pub(super) macros_by_name: FxHashMap<Sym, Vec<MacroDefId>>,
}

/// Where a unit is mounted.
#[derive(Clone, Copy)]
pub(super) struct Mount {
    pub(super) unit: UnitId,
    pub(super) module: ModId,
    /// Whether the files of its modules lie beside it.
    pub(super) beside: bool,
    /// The file that its `mod` declarations are relative to; none for expansions.
    pub(super) file: Option<FileId>,
}

impl<'l> Builder<'l> {
    pub(super) fn new(app: App, children: &'l FxHashMap<Child, FileId>) -> Self {
        Builder { app, children, including: Vec::new(), pending: Vec::new(), macros_by_name: FxHashMap::default() }
    }

    pub(super) fn new_module(&mut self, krate: CrateId, parent: Option<ModId>, kind: ModuleKind) -> ModId {
        let module = Module { krate, parent, kind, file: None, names: FxHashMap::default(), imports: Vec::new() };
        self.app.modules.push(module);
        ModId(self.app.modules.len() as u32 - 1)
    }

    /// Mounts the root file of a crate.
    pub(super) fn mount_crate(&mut self, krate: CrateId, root: ModId, file: FileId) {
        self.app.modules[root.index()].file = Some(file);
        let unit = UnitId(file.0);
        self.mount(krate, Mount { unit, module: root, beside: true, file: Some(file) });
    }

    /// Mounts all of a unit into a module.
    pub(super) fn mount(&mut self, krate: CrateId, mount: Mount) -> InstanceId {
        let end = self.app.units[mount.unit.index()].facts.scopes.len() as u32;
        self.mount_part(krate, mount, ScopeId(0), end)
    }

    /// Mounts a scope of a unit, with the scopes inside it, into a module.
    pub(super) fn mount_part(&mut self, krate: CrateId, mount: Mount, top: ScopeId, end: u32) -> InstanceId {
        let instance = InstanceId(self.app.instances.len() as u32);
        let scopes = vec![mount.module; (end - top.0) as usize];
        self.app.instances.push(Instance { unit: mount.unit, krate, first: top.0, scopes });
        self.mount_scopes(instance, top, mount);
        instance
    }

    /// Mounts the items of a macro call as they could be read without expanding it.
    pub(super) fn mount_raw_items(&mut self, call: PendingCall) {
        let macro_call = self.app.facts(call.instance).macro_call(call.call);
        let (Some(scope), around) = (macro_call.items, macro_call.scope) else { return };
        let module = self.app.module_of(call.instance, around);
        let unit = self.app.instances[call.instance.index()].unit;
        let file = self.app.modules[module.index()].file;
        self.mount_scopes(call.instance, scope, Mount { unit, module, beside: true, file });
    }

    /// Mounts a scope and every scope inside it but the items of macro calls, which wait for their turn.
    fn mount_scopes(&mut self, instance: InstanceId, top: ScopeId, mount: Mount) {
        let it = &self.app.instances[instance.index()];
        let (krate, first, count) = (it.krate, it.first, it.scopes.len());
        let mut mounted = vec![false; count];
        for index in (top.0 - first) as usize..count {
            let scope = ScopeId(first + index as u32);
            let it = &self.app.units[mount.unit.index()].facts.scopes[scope.0 as usize];
            let (parent, kind) = (it.parent.filter(|_| scope != top), it.kind);
            let outer = match parent {
                Some(parent) if mounted.get((parent.0 - first) as usize) == Some(&true) && kind != ScopeKind::Macro => {
                    self.app.module_of(instance, parent)
                }
                Some(_) => continue,
                None if scope == top => mount.module,
                None => continue,
            };
            mounted[index] = true;
            let module = match kind {
                ScopeKind::File | ScopeKind::Macro => mount.module,
                ScopeKind::Module(name) => {
                    let module = self.new_module(krate, Some(outer), ModuleKind::Named(name));
                    self.declare(outer, name, Def::Module(module));
                    module
                }
                ScopeKind::Block => self.new_module(krate, Some(outer), ModuleKind::Block),
            };
            let known = &mut self.app.modules[module.index()].file;
            *known = known.or(mount.file);
            self.app.instances[instance.index()].scopes[index] = module;
            self.mount_scope(instance, scope, module, mount);
        }
        self.queue_calls(instance, &mounted);
    }

    fn mount_scope(&mut self, instance: InstanceId, scope: ScopeId, module: ModId, mount: Mount) {
        let facts = &self.app.units[mount.unit.index()].facts;
        let it = &facts.scopes[scope.0 as usize];
        let items = it.items.clone();
        let imports: Vec<Import> = it.uses.iter().map(Import::new).collect();
        let files: Vec<(Sym, bool, crate::source::Span)> =
            it.files.iter().map(|file| (file.name, file.paths.is_empty(), file.span)).collect();
        let includes: Vec<crate::source::Span> = it.includes.iter().map(|include| include.span).collect();
        self.app.modules[module.index()].imports.extend(imports);
        for item in items {
            self.item(instance, module, item);
        }
        let Some(file) = mount.file else { return };
        for (index, (name, by_name, span)) in files.iter().enumerate() {
            let child = Child { file, beside: mount.beside, scope, index: index as u32 };
            if let Some(&target) = self.children.get(&child) {
                let place = Place { file, span: *span };
                self.mount_file(module, *name, target, *by_name, place);
            }
        }
        for (index, span) in includes.into_iter().enumerate() {
            let index = (files.len() + index) as u32;
            let child = Child { file, beside: mount.beside, scope, index };
            if let Some(&target) = self.children.get(&child) {
                self.mount_include(module, target, Place { file, span });
            }
        }
    }

    /// Mounts the file of an `include!` where that stands.
    fn mount_include(&mut self, module: ModId, target: FileId, declared: Place) {
        if target == declared.file || self.including.contains(&target) {
            let message = "the included file is the one that includes it, or one around it";
            let problem = Problem::at(ProblemKind::ModuleCycle, &self.app.sources, declared, message);
            self.app.problems.push(problem.with_help("the file is checked once"));
            return;
        }
        self.including.push(target);
        let krate = self.app.modules[module.index()].krate;
        self.mount(krate, Mount { unit: UnitId(target.0), module, beside: true, file: Some(target) });
        self.including.pop();
    }

    /// Mounts the file of `mod name;`. `by_name` says that it was found by its name rather than by `#[path]`.
    fn mount_file(&mut self, parent: ModId, name: Sym, file: FileId, by_name: bool, declared: Place) {
        let mut around = Some(parent);
        while let Some(module) = around {
            let it = &self.app.modules[module.index()];
            if it.file == Some(file) {
                let message = format!("the module `{name}` is the file that declares it, or one around it");
                let problem = Problem::at(ProblemKind::ModuleCycle, &self.app.sources, declared, message);
                self.app.problems.push(problem.with_help("give the module a file of its own"));
                return;
            }
            around = it.parent;
        }
        self.app.declared.entry(file).or_insert(declared);
        let krate = self.app.modules[parent.index()].krate;
        let module = self.new_module(krate, Some(parent), ModuleKind::Named(name));
        self.app.modules[module.index()].file = Some(file);
        self.declare(parent, name, Def::Module(module));
        let is_mod_rs = self.app.sources.get(file).path.file_name().is_some_and(|name| name == "mod.rs");
        let beside = !by_name || is_mod_rs;
        self.mount(krate, Mount { unit: UnitId(file.0), module, beside, file: Some(file) });
    }

    fn declare(&mut self, module: ModId, name: Sym, def: Def) {
        let slots = self.app.modules[module.index()].names.entry(name).or_default();
        // What only a debug build has gives way to what the release has by the same name.
        if let (Def::Fn(_), Some(Def::Fn(other))) = (def, slots.get(Namespace::Values)) {
            let other = self.app.functions[other.index()].at;
            let unit = self.app.instances[other.instance.index()].unit;
            if self.app.units[unit.index()].facts.functions[other.index as usize].debug_only {
                slots.replace(Namespace::Values, def);
            }
        }
        slots.add(def);
    }

    fn item(&mut self, instance: InstanceId, module: ModId, item: Item) {
        let app = &mut self.app;
        let at = |index: u32| Declared { instance, index, module };
        let def = match item.kind {
            ItemKind::Module(_) => return,
            ItemKind::Function(index) => Def::Fn(self.function(at(index), FnOwner::Module)),
            ItemKind::Type(index) => {
                app.adts.push(at(index));
                Def::Adt(AdtId(app.adts.len() as u32 - 1))
            }
            ItemKind::Trait(index) => {
                let id = TraitId(app.traits.len() as u32);
                app.traits.push(TraitDef { at: at(index), functions: Vec::new() });
                let functions = app.facts(instance).traits[index as usize].functions.clone();
                let functions =
                    functions.into_iter().map(|index| self.function(at(index), FnOwner::Trait(id))).collect();
                self.app.traits[id.index()].functions = functions;
                Def::Trait(id)
            }
            ItemKind::Impl(index) => {
                let id = ImplId(app.impls.len() as u32);
                app.impls.push(ImplDef { at: at(index), functions: Vec::new() });
                let it = &app.facts(instance).impls[index as usize];
                let (functions, calls) = (it.functions.clone(), it.macro_calls.clone());
                let functions =
                    functions.into_iter().map(|index| self.function(at(index), FnOwner::Impl(id))).collect();
                self.app.impls[id.index()].functions = functions;
                self.pending.extend(calls.into_iter().map(|call| PendingCall { instance, call, owner: Some(id) }));
                return;
            }
            ItemKind::Alias(index) => {
                app.aliases.push(at(index));
                Def::Alias(AliasId(app.aliases.len() as u32 - 1))
            }
            ItemKind::Value(index) => {
                app.values.push(at(index));
                Def::Value(ValueId(app.values.len() as u32 - 1))
            }
            ItemKind::MacroRules(index) => {
                app.macros.push(at(index));
                let id = MacroDefId(app.macros.len() as u32 - 1);
                self.macros_by_name.entry(item.name).or_default().push(id);
                Def::Macro(id)
            }
        };
        self.declare(module, item.name, def);
    }

    pub(super) fn function(&mut self, at: Declared, owner: FnOwner) -> FnId {
        let name = self.app.facts(at.instance).functions[at.index as usize].name;
        self.app.functions.push(FnDef { at, owner, name });
        FnId(self.app.functions.len() as u32 - 1)
    }

    /// Queues the macro calls in the scopes that have just been mounted; those in impls are queued with the impl.
    fn queue_calls(&mut self, instance: InstanceId, mounted: &[bool]) {
        let calls = self.app.facts(instance).macro_calls.iter().enumerate();
        let first = self.app.instances[instance.index()].first;
        let calls = calls.filter(|(_, call)| {
            call.position != MacroPosition::ImplItems
                && mounted.get(call.scope.0.wrapping_sub(first) as usize) == Some(&true)
        });
        let queued: Vec<PendingCall> =
            calls.map(|(index, _)| PendingCall { instance, call: MacroId(index as u32), owner: None }).collect();
        self.pending.extend(queued);
    }
}
