//! The whole program as far as its text tells: what every file declares, linked across files, crates and packages.
//!
//! Modules, imports, types, functions, impls, the expansions of the project's own macros, and the entry points that
//! requests come in through. What values are and where they go is `flow`'s business.

mod crates;
mod derives;
mod display;
mod entry;
mod expand;
mod features;
mod ids;
mod imports;
mod index;
mod levels;
mod link;
mod methods;
mod modules;
mod names;
mod parameters;
mod paths;
mod servers;
mod ty;
mod types;

use rustc_hash::FxHashMap;

pub use crates::{Crate, ExternName};
pub use entry::{EntryPoint, Target, Unserved};
pub use features::LeftOut;
pub use ids::*;
pub use index::{ImplInfo, Index, Signature, TraitFn, future_path};
pub use modules::{Module, ModuleKind};
pub use names::Resolved;
pub use parameters::Parameters;
pub use paths::peel;
pub use servers::Server;
pub use ty::{Head, Mark, Site, Ty, Variant, What};
pub use types::{TypeScope, is_primitive};

use crate::knowledge::Knowledge;
use crate::problem::Problem;
use crate::source::{FileId, Place, Sources, Span};
use crate::symbol::Sym;
use crate::syntax::{Alias, ExprId, FileFacts, Function, Impl, MacroId, MacroRules, ScopeId, Trait, TypeDef, Value};
use crate::workspace::Workspace;

/// The linked program.
#[derive(Debug)]
#[allow(missing_docs, reason = "each table is described by the type of its entries")]
pub struct App {
    pub workspace: Workspace,
    pub sources: Sources,
    pub knowledge: Knowledge,
    pub units: Vec<Unit>,
    pub instances: Vec<Instance>,
    pub crates: Vec<Crate>,
    pub modules: Vec<Module>,
    pub functions: Vec<FnDef>,
    pub adts: Vec<Declared>,
    pub traits: Vec<TraitDef>,
    pub impls: Vec<ImplDef>,
    pub aliases: Vec<Declared>,
    pub values: Vec<Declared>,
    pub macros: Vec<Declared>,
    /// Expression macros that were expanded.
    pub expansions: FxHashMap<(InstanceId, MacroId), (InstanceId, ExprId)>,
    pub problems: Vec<Problem>,
    /// Where the modules are declared that have files of their own; of several declarations the first.
    pub declared: FxHashMap<FileId, Place>,
    pub index: Index,
    /// What runs for requests, in the order of the sources.
    pub entries: Vec<EntryPoint>,
}

/// A lowered text and where it came from.
#[derive(Debug)]
pub struct Unit {
    /// What it says.
    pub facts: FileFacts,
    /// Where its bytes stand in the sources: pieces in the order of the unit's bytes.
    pub origin: Vec<Piece>,
}

/// A run of bytes of a unit and where it was taken from.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The first byte in the unit.
    pub start: u32,
    /// Where it stands in the sources.
    pub place: Place,
    /// The crate that `$crate` means in it.
    pub krate: CrateId,
}

/// A unit as part of a crate.
#[derive(Debug)]
pub struct Instance {
    /// The text.
    pub unit: UnitId,
    /// The crate it is part of.
    pub krate: CrateId,
    /// The first of the unit's scopes that belongs to it.
    pub first: u32,
    /// The module that each of its scopes is, or belongs to.
    pub scopes: Vec<ModId>,
}

/// A declaration: which entry of its table in which instance, and the module around it.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The instance.
    pub instance: InstanceId,
    /// The entry of the unit's table.
    pub index: u32,
    /// The module.
    pub module: ModId,
}

/// What a function belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnOwner {
    /// A module.
    Module,
    /// An impl.
    Impl(ImplId),
    /// A trait.
    Trait(TraitId),
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub struct FnDef {
    /// Its declaration.
    pub at: Declared,
    /// What it belongs to.
    pub owner: FnOwner,
    /// Its name.
    pub name: Sym,
}

/// A trait and its functions.
#[derive(Clone, Debug)]
pub struct TraitDef {
    /// Its declaration.
    pub at: Declared,
    /// Its functions, with and without a body.
    pub functions: Vec<FnId>,
}

/// An impl and its functions.
#[derive(Clone, Debug)]
pub struct ImplDef {
    /// Its declaration.
    pub at: Declared,
    /// Its functions.
    pub functions: Vec<FnId>,
}

impl App {
    /// The facts of an instance.
    pub fn facts(&self, instance: InstanceId) -> &FileFacts {
        &self.units[self.instances[instance.index()].unit.index()].facts
    }

    /// Where bytes of an instance stand in the sources.
    pub fn place(&self, instance: InstanceId, span: Span) -> Place {
        self.units[self.instances[instance.index()].unit.index()].place(span)
    }

    /// Where code stands for whoever reads the code at another place: what the definition of a macro says stands where
    /// the macro is called, unless the other place is in a definition, too.
    pub fn place_beside(&self, other: Place, mut instance: InstanceId, span: Span) -> Place {
        let mut place = self.place(instance, span);
        while self.is_in_macro(place)
            && !self.is_in_macro(other)
            && let Some(((outer, call), _)) = self.expansions.iter().find(|(_, (inner, _))| *inner == instance)
        {
            let facts = self.facts(*outer);
            place = self.place(*outer, facts.tree.path(facts.macro_call(*call).path).span);
            instance = *outer;
        }
        place
    }

    /// Whether an instance is of a file as it stands, not of what a macro writes.
    pub fn is_as_written(&self, instance: InstanceId) -> bool {
        // Each piece of what macros write stands in braces of its own.
        matches!(self.units[self.instances[instance.index()].unit.index()].origin.as_slice(), [file] if file.start == 0)
    }

    /// How an error is reported in a module: by the first crate that it depends on of those that can.
    pub fn report_call(&self, module: ModId) -> Option<&str> {
        let externs = &self.crates[self.modules[module.index()].krate.index()].externs;
        let is_there = |name: &Sym| matches!(externs.get(name), Some(ExternName::External(path, _)) if path == name);
        let mut reports = self.knowledge.libraries.iter().flat_map(|library| &library.reports);
        reports.find(|(name, _)| is_there(name)).map(|(_, text)| text.as_str())
    }

    /// Whether a place is in the definition of a macro.
    fn is_in_macro(&self, place: Place) -> bool {
        self.macros.iter().enumerate().any(|(index, at)| {
            let body = self.place(at.instance, self.macro_rules(MacroDefId(index as u32)).body);
            body.file == place.file && body.span.start <= place.span.start && place.span.end <= body.span.end
        })
    }

    /// What a function's text says.
    pub fn function(&self, id: FnId) -> &Function {
        let at = self.functions[id.index()].at;
        &self.facts(at.instance).functions[at.index as usize]
    }

    /// What the text of a struct or enum says.
    pub fn adt(&self, id: AdtId) -> &TypeDef {
        let at = self.adts[id.index()];
        &self.facts(at.instance).types[at.index as usize]
    }

    /// What a trait's text says.
    pub fn trait_def(&self, id: TraitId) -> &Trait {
        let at = self.traits[id.index()].at;
        &self.facts(at.instance).traits[at.index as usize]
    }

    /// What an impl's text says.
    pub fn impl_def(&self, id: ImplId) -> &Impl {
        let at = self.impls[id.index()].at;
        &self.facts(at.instance).impls[at.index as usize]
    }

    /// What an alias' text says.
    pub fn alias(&self, id: AliasId) -> &Alias {
        let at = self.aliases[id.index()];
        &self.facts(at.instance).aliases[at.index as usize]
    }

    /// What the text of a constant or static says.
    pub fn value(&self, id: ValueId) -> &Value {
        let at = self.values[id.index()];
        &self.facts(at.instance).values[at.index as usize]
    }

    /// What the text of a macro definition says.
    pub fn macro_rules(&self, id: MacroDefId) -> &MacroRules {
        let at = self.macros[id.index()];
        &self.facts(at.instance).macro_rules[at.index as usize]
    }

    /// The module that a scope of an instance is.
    pub fn module_of(&self, instance: InstanceId, scope: ScopeId) -> ModId {
        let it = &self.instances[instance.index()];
        it.scopes[(scope.0 - it.first) as usize]
    }
}

impl Unit {
    /// The piece that holds a byte.
    pub fn piece(&self, byte: u32) -> &Piece {
        let after = self.origin.partition_point(|piece| piece.start <= byte);
        &self.origin[after.saturating_sub(1)]
    }

    /// Where bytes of the unit stand in the sources.
    pub fn place(&self, span: Span) -> Place {
        let piece = self.piece(span.start);
        let base = piece.place.span.start;
        let limit = piece.place.span.end;
        let at = |byte: u32| (base + byte.saturating_sub(piece.start)).min(limit);
        Place { file: piece.place.file, span: Span::new(at(span.start), at(span.end)) }
    }
}
