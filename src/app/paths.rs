//! What paths in bodies mean: functions of types and traits besides what modules hold.

use super::ids::{Def, FnId, InstanceId, ModId, Namespace};
use super::ty::{Head, Ty};
use super::{App, Resolved};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{MacroId, PathId};

impl App {
    /// What a path in the body of a function means. A function of a type is looked up in the type's impls, then in the
    /// traits it implements; of another crate's type it is that type's path and the name.
    pub fn resolve_value(&self, within: FnId, instance: InstanceId, module: ModId, path: PathId) -> Option<Def> {
        let tree = &self.facts(instance).tree;
        let segments = tree.segments_of(path);
        let it = tree.path(path);
        let last = segments.last()?.name;
        if let Some(qself) = it.qself {
            let ty = self.type_scope_at(within, instance, module).ty(qself);
            return match segments.len() {
                0 | 1 => self.associated_fn(&ty, last),
                _ => self.fn_of_trait(&ty, instance, module, path),
            };
        }
        let names: Vec<Sym> = segments.iter().map(|segment| segment.name).collect();
        if names.len() == 2 && !it.global {
            if names[0] == crate::sym!("Self") {
                let ty = self.signature(within).self_ty.clone()?;
                return self.associated_fn(&ty, last);
            }
            if let Some((_, bound)) = self.signature(within).generics.iter().find(|(param, _)| *param == names[0]) {
                return self.associated_fn(bound, last);
            }
        }
        let found = self.resolve_at(instance, module, path, &names, Namespace::Values)?;
        self.complete(instance, module, found, &names)
    }

    /// The function of a trait that `<Type as Trait>::function` names: that of the type's impl, or the body in the trait.
    fn fn_of_trait(&self, ty: &Ty, instance: InstanceId, module: ModId, path: PathId) -> Option<Def> {
        let tree = &self.facts(instance).tree;
        let segments: Vec<Sym> = tree.segments_of(path).iter().map(|segment| segment.name).collect();
        let (last, names) = segments.split_last()?;
        let found = self.resolve_at(instance, module, path, names, Namespace::Types)?;
        let is_named = |function: &FnId| self.functions[function.index()].name == *last;
        match super::TypeScope::new(self, instance, module).named(found.def, Vec::new(), 0).head {
            Head::Trait(id) if matches!(ty.head, Head::Adt(_) | Head::External(_)) => {
                let is_its = |imp: &&super::ImplId| self.impl_info(**imp).self_ty.head == ty.head;
                let own = self.impls_of(id).iter().filter(is_its).flat_map(|imp| &self.impls[imp.index()].functions);
                let mut own = own.chain(&self.traits[id.index()].functions);
                own.find(|it| is_named(it)).copied().map(Def::Fn)
            }
            Head::Trait(id) => self.traits[id.index()].functions.iter().copied().find(is_named).map(Def::Fn),
            Head::External(of) => {
                let is_its = |imp: &&super::ImplId| self.impl_info(**imp).self_ty.head == ty.head;
                let own = self.external_impls(of).iter().filter(is_its);
                let mut own = own.flat_map(|imp| &self.impls[imp.index()].functions);
                let known = || match ty.head {
                    Head::External(_) => self.associated_fn(ty, *last),
                    _ => Some(Def::External(self.knowledge.below(of, *last))),
                };
                own.find(|it| is_named(it)).copied().map(Def::Fn).or_else(known)
            }
            _ => self.associated_fn(ty, *last),
        }
    }

    /// The type whose function a path of a body names: `Error` of `Error::from`.
    pub fn owner_of_path(&self, within: FnId, instance: InstanceId, module: ModId, path: PathId) -> Option<Ty> {
        let segments = self.facts(instance).tree.segments_of(path);
        let names: Vec<Sym> = segments.iter().map(|segment| segment.name).collect();
        if names.len() == 2 && names[0] == crate::sym!("Self") {
            return self.signature(within).self_ty.clone();
        }
        let found = self.resolve_at(instance, module, path, &names, Namespace::Values)?;
        let scope = super::TypeScope::new(self, instance, module);
        (names.len() == found.used + 1).then(|| scope.named(found.def, Vec::new(), 0))
    }

    /// What is left of a path behind a type or trait.
    fn complete(&self, instance: InstanceId, module: ModId, found: Resolved, names: &[Sym]) -> Option<Def> {
        match names.len() - found.used {
            0 => Some(found.def),
            1 => {
                let scope = super::TypeScope::new(self, instance, module);
                let ty = scope.named(found.def, Vec::new(), 0);
                self.associated_fn(&ty, names[found.used])
            }
            _ => None,
        }
    }

    /// The scope in which types in the body of a function are written.
    pub fn type_scope_at(&self, within: FnId, instance: InstanceId, module: ModId) -> super::TypeScope<'_> {
        let mut scope = self.type_scope(within);
        (scope.instance, scope.module) = (instance, module);
        scope
    }

    /// The associated function or variant of a type by name.
    pub fn associated_fn(&self, ty: &Ty, name: Sym) -> Option<Def> {
        match ty.head {
            Head::Adt(adt) => {
                if let Some(&id) = self.inherent(adt, name).first() {
                    return Some(Def::Fn(id));
                }
                if let Some(variant) = super::names::variant(self, adt, name) {
                    return Some(variant);
                }
                let of_trait = self
                    .trait_fns(name)
                    .iter()
                    .find(|it| it.imp.is_some_and(|imp| self.impl_info(imp).self_ty.head == ty.head));
                let default = || self.trait_default(ty, name);
                let of_trait = of_trait.map(|it| it.function).or_else(default).map(Def::Fn);
                of_trait.or_else(|| self.acting_fn(ty, name)).or_else(|| self.blanket_fn(name).map(Def::Fn))
            }
            Head::External(path) => {
                let of_trait = self
                    .trait_fns(name)
                    .iter()
                    .find(|it| it.imp.is_some_and(|imp| self.impl_info(imp).self_ty.head == ty.head));
                match of_trait {
                    Some(it) => Some(Def::Fn(it.function)),
                    None => Some(Def::External(self.knowledge.below(path, name))),
                }
            }
            Head::Trait(id) => {
                let functions = self.traits[id.index()].functions.iter();
                functions.copied().find(|function| self.functions[function.index()].name == name).map(Def::Fn)
            }
            Head::Bounds => ty.args().iter().find_map(|bound| self.associated_fn(bound, name)),
            _ => None,
        }
    }

    /// A function with a body in a trait that a type implements.
    fn trait_default(&self, ty: &Ty, name: Sym) -> Option<FnId> {
        let defaults = self.trait_fns(name).iter().filter(|it| it.imp.is_none());
        defaults.map(|it| it.function).find(|function| match self.functions[function.index()].owner {
            super::FnOwner::Trait(id) => self.impls_of(id).iter().any(|imp| {
                let head = self.impl_info(*imp).self_ty.head;
                head == ty.head || matches!(head, Head::Param(_))
            }),
            _ => false,
        })
    }

    /// The only function of a name in impls for type parameters: `impl<T: Named> Route for T`.
    fn blanket_fn(&self, name: Sym) -> Option<FnId> {
        let is_blanket = |imp| matches!(self.impl_info(imp).self_ty.head, Head::Param(_));
        let mut found = self.trait_fns(name).iter().filter(|it| it.imp.is_some_and(is_blanket));
        let first = found.next()?;
        found.next().is_none().then_some(first.function)
    }

    /// A function that a derive or attribute gives a type: known by the type that it acts as.
    fn acting_fn(&self, ty: &Ty, name: Sym) -> Option<Def> {
        let Head::Adt(adt) = ty.head else { return None };
        let path = *self.acts_as(adt).first()?;
        Some(Def::External(self.knowledge.below(path, name)))
    }

    /// The path of a macro that a call names, with `!`; none for the project's own.
    pub fn macro_path(&self, instance: InstanceId, module: ModId, call: MacroId) -> Option<Sym> {
        let facts = self.facts(instance);
        let path = facts.macro_call(call).path;
        let names: Vec<Sym> = facts.tree.segments_of(path).iter().map(|segment| segment.name).collect();
        match self.resolve_at(instance, module, path, &names, Namespace::Macros)?.def {
            Def::External(path) => {
                let path = self.knowledge.canonical(path);
                Some(self.knowledge.canonical(Sym::from(format!("{path}!"))))
            }
            _ => None,
        }
    }

    /// What an attribute or derive means: `macro_rules!` macros of the same name do not get in its way.
    /// <https://doc.rust-lang.org/reference/names/namespaces.html#sub-namespaces>
    pub fn resolve_attribute(&self, instance: InstanceId, module: ModId, path: PathId) -> Option<Def> {
        let names: Vec<Sym> = self.facts(instance).tree.segments_of(path).iter().map(|segment| segment.name).collect();
        let found = self.resolve_at(instance, module, path, &names, Namespace::Macros).map(|found| found.def);
        match (found, names.as_slice()) {
            (Some(Def::Macro(_)), [name]) => super::names::macro_use(self, module, *name),
            (found, _) => found,
        }
    }

    /// Whether an attribute of a function keeps what it yields: its body does not run each time it is called.
    pub fn keeps_result(&self, id: FnId) -> bool {
        let (instance, module) = self.home(id);
        self.facts(instance).attr_run(self.function(id).attrs).iter().any(|attr| {
            let found = self.resolve_attribute(instance, module, attr.path);
            matches!(found, Some(Def::External(path)) if self.knowledge.plays(self.knowledge.canonical(path), Role::Keep))
        })
    }

    /// Whether a path that means nothing should have meant something of the project: it starts with one of its modules.
    pub fn is_own_path(&self, module: ModId, first: Option<Sym>) -> bool {
        let Some(first) = first else { return false };
        match first.as_str() {
            "crate" | "self" | "super" => true,
            _ => matches!(
                self.resolve(module, &[first], false, Namespace::Types).map(|found| found.def),
                Some(Def::Module(_))
            ),
        }
    }
}

/// A type without the wrappers that can be called through: boxes, references, futures, results.
pub fn peel(app: &App, ty: &Ty) -> Ty {
    let mut ty = ty.clone();
    for _ in 0..8 {
        let inner = match ty.head {
            Head::External(path) => match path.as_str() {
                "std::future::Future" | "std::result::Result" | "std::option::Option" => ty.args().first().cloned(),
                _ if app.knowledge.deref(path).is_some() => ty.args().first().cloned(),
                _ => None,
            },
            _ => None,
        };
        match inner {
            Some(inner) => ty = inner,
            None => break,
        }
    }
    ty
}
