//! Handlers that only attributes of the project's own macros name: `#[routes("/users" => get(list), post(create))]`.

use rustc_hash::FxHashSet;

use super::{EntryPoint, Target, http_method};
use crate::app::{App, Def, Head, InstanceId, ModId, Namespace, Ty};
use crate::knowledge::{EntryKind, LibraryId};
use crate::syntax::{Attr, ExprKind, PathId};

impl App {
    /// Functions that an attribute names in the place of a handler, `get(list)`, and that nothing else registers. What
    /// the attribute does with them is not known, so the path is not either.
    pub(super) fn handlers_in_attributes(&self, known: &[EntryPoint]) -> Vec<EntryPoint> {
        let known: FxHashSet<Target> = known.iter().map(|entry| entry.target).collect();
        let mut found = Vec::new();
        for adt in &self.adts {
            let facts = self.facts(adt.instance);
            for attr in facts.attr_run(facts.types[adt.index as usize].attrs) {
                self.handlers_in(adt.instance, adt.module, attr, &mut found);
            }
        }
        for def in &self.functions {
            let facts = self.facts(def.at.instance);
            for attr in facts.attr_run(facts.functions[def.at.index as usize].attrs) {
                self.handlers_in(def.at.instance, def.at.module, attr, &mut found);
            }
        }
        found.retain(|entry| !known.contains(&entry.target));
        found
    }

    fn handlers_in(&self, instance: InstanceId, module: ModId, attr: &Attr, found: &mut Vec<EntryPoint>) {
        let tree = &self.facts(instance).tree;
        for expr in &tree.exprs[attr.exprs.0 as usize..attr.exprs.1 as usize] {
            let ExprKind::Call { callee, args } = expr.kind else { continue };
            let ExprKind::Path(callee) = tree.expr(callee).kind else { continue };
            let method = tree.last_name(callee).and_then(|name| http_method(name.as_str()));
            let (Some(method), [handler]) = (method, tree.expr_run(args)) else { continue };
            let ExprKind::Path(handler) = tree.expr(*handler).kind else { continue };
            if let Some(target) = self.function_named(instance, module, handler)
                && let Some(framework) = self.framework_of(target)
            {
                found.push(EntryPoint {
                    framework,
                    kind: EntryKind::Handler,
                    method,
                    path: String::new(),
                    partial_path: String::new(),
                    target,
                    registered: Some(self.place(instance, expr.span)),
                    mounted: true,
                    started: true,
                    whole: false,
                });
            }
        }
    }

    fn function_named(&self, instance: InstanceId, module: ModId, path: PathId) -> Option<Target> {
        let names: Vec<_> = self.facts(instance).tree.segments_of(path).iter().map(|segment| segment.name).collect();
        match self.resolve(module, &names, false, Namespace::Values)?.def {
            Def::Fn(id) => Some(Target::Fn(id)),
            _ => None,
        }
    }

    /// The framework whose types a function takes or returns.
    fn framework_of(&self, target: Target) -> Option<LibraryId> {
        let Target::Fn(id) = target else { return None };
        let signature = self.signature(id);
        signature.params.iter().chain(signature.ret.as_ref()).find_map(|ty| self.framework_in(ty))
    }

    fn framework_in(&self, ty: &Ty) -> Option<LibraryId> {
        let own = match ty.head {
            Head::External(path) => self.knowledge.framework_of(path),
            _ => None,
        };
        own.or_else(|| ty.args().iter().find_map(|arg| self.framework_in(arg)))
    }
}
