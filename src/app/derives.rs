//! Derives and attributes on types, and the names they declare.

use super::App;
use super::ids::{AdtId, Def};
use crate::knowledge::DeriveFact;
use crate::syntax::{ExprKind, Meta, PathId};

impl App {
    /// What is known of the derives and attributes on a type.
    pub(super) fn derives(&self, id: AdtId) -> Vec<DeriveFact> {
        let at = self.adts[id.index()];
        let facts = self.facts(at.instance);
        let mut found = Vec::new();
        for attr in facts.attr_run(self.adt(id).attrs) {
            if facts.tree.last_name(attr.path) == Some(crate::sym!("derive")) {
                for meta in facts.meta_run(attr.args) {
                    if let Meta::Value(value) = meta
                        && let ExprKind::Path(path) = facts.tree.expr(*value).kind
                    {
                        found.extend(self.derive_fact(id, path));
                    }
                }
            } else {
                found.extend(self.derive_fact(id, attr.path));
            }
        }
        found
    }

    fn derive_fact(&self, id: AdtId, path: PathId) -> Option<DeriveFact> {
        let at = self.adts[id.index()];
        match self.resolve_attribute(at.instance, at.module, path)? {
            Def::External(path) => self.knowledge.derive(self.knowledge.canonical(path)).cloned(),
            _ => None,
        }
    }

    /// Declares the names that derives put beside the types they stand on: `Entity` beside a model.
    pub(super) fn declare_derived(&mut self) {
        let mut declared = Vec::new();
        for number in 0..self.adts.len() {
            let id = AdtId(number as u32);
            for fact in self.derives(id) {
                declared.extend(fact.declares.into_iter().map(|(name, path)| (self.adts[number].module, name, path)));
            }
        }
        for (module, name, path) in declared {
            let names = &mut self.modules[module.index()].names;
            names.entry(name).or_default().add(Def::External(path));
        }
    }
}
