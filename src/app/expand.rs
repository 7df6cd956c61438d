//! Finds the calls of the project's own macros, has them expanded, and mounts what they stand for.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::ids::{CrateId, InstanceId, MacroDefId, ModId, UnitId};
use super::modules::{Builder, ModuleKind, Mount, PendingCall};
use super::{Declared, ExternName, FnOwner, Piece, Unit};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::{ExpandRequest, ExpandResult, Expanded, Expansion, expand_calls};

/// Expansions whose expansions are expanded, and so on: more rounds than this mean a macro that counts.
const ROUNDS: usize = 16;

/// Calls of one file are expanded this many at a time, which then share the definitions that they need.
const MOST_TOGETHER: usize = 8;

/// A call and the definition it means.
#[derive(Clone, Copy)]
struct Meant {
    call: PendingCall,
    definition: MacroDefId,
}

impl Builder<'_> {
    /// Looks at every macro call that has not been looked at yet, until there are none.
    pub(super) fn expand_macros(&mut self) {
        for _ in 0..ROUNDS {
            let pending = std::mem::take(&mut self.pending);
            if pending.is_empty() {
                return;
            }
            let mut by_instance: FxHashMap<InstanceId, Vec<Meant>> = FxHashMap::default();
            for call in pending {
                match self.definition(call) {
                    Some(definition) => by_instance.entry(call.instance).or_default().push(Meant { call, definition }),
                    None => self.mount_raw_items(call),
                }
            }
            let mut by_instance: Vec<(InstanceId, Vec<Meant>)> = by_instance.into_iter().collect();
            by_instance.sort_unstable_by_key(|(instance, _)| *instance);
            let batches: Vec<(InstanceId, &[Meant])> = by_instance
                .iter()
                .flat_map(|(instance, calls)| calls.chunks(MOST_TOGETHER).map(|calls| (*instance, calls)))
                .collect();
            // How long a call takes its text does not tell, so each batch is a task of its own.
            let expand = |(_, calls): &(InstanceId, &[Meant])| self.expand_batch(calls);
            let results: Vec<ExpandResult> = batches.par_iter().with_max_len(1).map(expand).collect();
            for ((instance, calls), result) in batches.into_iter().zip(results) {
                self.mount_expansions(instance, calls, result);
            }
        }
    }

    /// The definition that a macro call means, if it is one of the project's.
    fn definition(&self, pending: PendingCall) -> Option<MacroDefId> {
        let app = &self.app;
        let facts = app.facts(pending.instance);
        let call = facts.macro_call(pending.call);
        let path = facts.tree.segments_of(call.path);
        let name = path.last()?.name;
        let candidates = self.macros_by_name.get(&name)?;
        let module = app.module_of(pending.instance, call.scope);
        let krate = app.modules[module.index()].krate;
        let unit = &app.units[app.instances[pending.instance.index()].unit.index()];
        let wanted = match path.first()?.name.as_str() {
            "$crate" => Some(unit.piece(call.span.start).krate),
            "crate" | "self" | "super" => Some(krate),
            _ if path.len() > 1 => match app.crates[krate.index()].externs.get(&path[0].name) {
                Some(ExternName::Crate(other)) => Some(*other),
                Some(ExternName::External(..)) => return None,
                // `db::execute!`: a module exports the macro again.
                None => Some(krate),
            },
            _ => self.imported_from(module, name)?,
        };
        let in_crate =
            |krate| move |id: &&MacroDefId| app.modules[app.macros[id.index()].module.index()].krate == krate;
        let release = |id: &MacroDefId| !app.macro_rules(*id).debug_only;
        match wanted {
            Some(wanted) => {
                let mut there: Vec<MacroDefId> = candidates.iter().filter(in_crate(wanted)).copied().collect();
                there.sort_by_key(|id| {
                    (app.macro_rules(*id).debug_only, !self.is_around(app.macros[id.index()].module, module))
                });
                there.first().copied()
            }
            // Brought in by `#[macro_use] extern crate`, or by a glob.
            None => candidates.iter().copied().find(|id| release(id) && app.macro_rules(*id).exported),
        }
    }

    /// The crate whose macro a plain name means in a module: `Some(None)` when any exported one can be meant, `None`
    /// when it is not one of the project's.
    #[allow(clippy::option_option, reason = "the three answers are what the caller needs")]
    fn imported_from(&self, module: ModId, name: Sym) -> Option<Option<CrateId>> {
        let app = &self.app;
        let own = app.modules[module.index()].krate;
        let mut at = Some(module);
        while let Some(module) = at {
            let it = &app.modules[module.index()];
            for import in it.imports.iter().filter(|import| import.name == Some(name)) {
                match self.import_of_macro(own, &import.path) {
                    Some(Some(krate)) if self.defines(krate, name) => return Some(Some(krate)),
                    Some(None) => return None,
                    // The import is of a function or type of that name.
                    _ => {}
                }
            }
            at = if it.kind == ModuleKind::Block { it.parent } else { None };
        }
        if self.defines(own, name) {
            return Some(Some(own));
        }
        let externs = &app.crates[own.index()].externs;
        let root = &app.modules[app.crates[own.index()].root.index()];
        let local =
            |path: &[Sym]| matches!(path.first().and_then(|first| externs.get(first)), Some(ExternName::Crate(_)));
        let brought = root.imports.iter().any(|import| import.macro_use && local(&import.path))
            || app.modules[module.index()].imports.iter().any(|import| import.name.is_none() && local(&import.path));
        brought.then_some(None)
    }

    fn defines(&self, krate: CrateId, name: Sym) -> bool {
        let candidates = self.macros_by_name.get(&name).map(Vec::as_slice).unwrap_or_default();
        candidates.iter().any(|id| self.app.modules[self.app.macros[id.index()].module.index()].krate == krate)
    }

    /// The crate of the project that an import goes to; `Some(None)` where it brings a macro of another one.
    #[allow(clippy::option_option, reason = "the three answers are what the caller needs")]
    fn import_of_macro(&self, own: CrateId, path: &[Sym]) -> Option<Option<CrateId>> {
        let first = path.first()?;
        match (first.as_str(), self.app.crates[own.index()].externs.get(first)) {
            ("crate" | "self" | "super", _) => Some(Some(own)),
            (_, Some(ExternName::Crate(other))) => Some(Some(*other)),
            (_, Some(ExternName::External(krate, _))) => {
                let rest: Vec<&str> = path[1..].iter().map(Sym::as_str).collect();
                let path = self.app.knowledge.canonical(Sym::from(format!("{krate}::{}", rest.join("::"))));
                self.app.knowledge.knows_macro(path).then_some(None)
            }
            ("std" | "core", _) => Some(None),
            _ => Some(Some(own)),
        }
    }

    fn is_around(&self, outer: ModId, inner: ModId) -> bool {
        let mut at = Some(inner);
        while let Some(module) = at {
            if module == outer {
                return true;
            }
            at = self.app.modules[module.index()].parent;
        }
        false
    }

    /// The definitions that expanding some calls can need: theirs, and those named in them.
    fn needed(&self, calls: &[Meant]) -> Vec<MacroDefId> {
        let mut needed: BTreeSet<MacroDefId> = calls.iter().map(|meant| meant.definition).collect();
        let mut queue: Vec<MacroDefId> = needed.iter().copied().collect();
        while let Some(id) = queue.pop() {
            let krate = self.app.modules[self.app.macros[id.index()].module.index()].krate;
            for name in called_names(self.rules_text(id)) {
                let Some(candidates) = self.macros_by_name.get(&name) else { continue };
                let inner = candidates.iter().copied().find(|inner| {
                    let same = self.app.modules[self.app.macros[inner.index()].module.index()].krate == krate;
                    same && !self.app.macro_rules(*inner).debug_only
                });
                if let Some(inner) = inner
                    && needed.insert(inner)
                {
                    queue.push(inner);
                }
            }
        }
        needed.into_iter().collect()
    }

    fn rules_text(&self, id: MacroDefId) -> &str {
        self.app.sources.text(self.rules_place(id))
    }

    fn rules_place(&self, id: MacroDefId) -> Place {
        let at = self.app.macros[id.index()];
        self.app.place(at.instance, self.app.macro_rules(id).body)
    }

    fn call_place(&self, pending: PendingCall) -> Place {
        let call = self.app.facts(pending.instance).macro_call(pending.call);
        self.app.place(pending.instance, call.body)
    }

    fn expand_batch(&self, calls: &[Meant]) -> ExpandResult {
        let needed = self.needed(calls);
        // Names for which several definitions are needed are told apart by their numbers.
        let label = |id: MacroDefId| self.app.macro_rules(id).name.as_str();
        let request = ExpandRequest {
            macros: self.ordered(calls, &needed).into_iter().map(|id| (label(id), self.rules_text(id))).collect(),
            calls: calls
                .iter()
                .map(|meant| {
                    let position = self.app.facts(meant.call.instance).macro_call(meant.call.call).position;
                    (label(meant.definition), self.app.sources.text(self.call_place(meant.call)), position)
                })
                .collect(),
        };
        expand_calls(&request)
    }

    /// The needed definitions, those that are called first: of two with one name the first counts.
    fn ordered(&self, calls: &[Meant], needed: &[MacroDefId]) -> Vec<MacroDefId> {
        let called: BTreeSet<MacroDefId> = calls.iter().map(|meant| meant.definition).collect();
        let mut ordered = needed.to_vec();
        ordered.sort_by_key(|id| (!called.contains(id), *id));
        ordered
    }

    fn mount_expansions(&mut self, instance: InstanceId, calls: &[Meant], result: ExpandResult) {
        let needed = self.needed(calls);
        let macros = self.ordered(calls, &needed);
        let krate = self.app.instances[instance.index()].krate;
        let mut origin = Vec::new();
        for (index, &start) in result.starts.iter().enumerate() {
            let (place, krate) = match macros.get(index) {
                Some(&id) => {
                    let module = self.app.macros[id.index()].module;
                    (self.rules_place(id), self.app.modules[module.index()].krate)
                }
                None => (self.call_place(calls[index - macros.len()].call), krate),
            };
            origin.push(Piece { start, place, krate });
        }
        if origin.is_empty() {
            return;
        }
        let unit = UnitId(self.app.units.len() as u32);
        self.app.units.push(Unit { facts: result.facts, origin });
        for (meant, expansion) in calls.iter().zip(result.calls) {
            self.mount_expansion(unit, meant.call, expansion);
        }
    }

    fn mount_expansion(&mut self, unit: UnitId, pending: PendingCall, expanded: Option<Expanded>) {
        let Some(expanded) = expanded else {
            self.mount_raw_items(pending);
            return;
        };
        let app = &self.app;
        let call = app.facts(pending.instance).macro_call(pending.call);
        let module = app.module_of(pending.instance, call.scope);
        let krate = app.instances[pending.instance.index()].krate;
        let mount = Mount { unit, module, beside: true, file: app.modules[module.index()].file };
        let instance = self.mount_part(krate, mount, expanded.scope, expanded.end);
        match expanded.what {
            Expansion::Items => {}
            Expansion::Expr(expr) => {
                self.app.expansions.insert((pending.instance, pending.call), (instance, expr));
            }
            Expansion::ImplItems(functions) => {
                let Some(owner) = pending.owner else { return };
                for index in functions {
                    let id = self.function(Declared { instance, index, module }, FnOwner::Impl(owner));
                    self.app.impls[owner.index()].functions.push(id);
                }
            }
        }
    }
}

/// Names followed by `!`.
fn called_names(text: &str) -> BTreeSet<Sym> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices('!') {
        let before = text[..at].trim_end();
        let start =
            before.rfind(|character: char| !character.is_alphanumeric() && character != '_').map_or(0, |at| at + 1);
        if start < before.len() {
            names.insert(Sym::from(&before[start..]));
        }
    }
    names
}
