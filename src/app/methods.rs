//! Which functions a method call can mean.

use super::ids::{AdtId, CrateId, FnId, ImplId, Namespace, TraitId};
use super::index::TraitFn;
use super::ty::{Head, Ty};
use super::{App, FnOwner};
use crate::symbol::Sym;

impl App {
    /// The functions of a type's impls of traits of other crates, but for the standard library's.
    pub fn foreign_trait_functions(&self, adt: AdtId) -> Vec<FnId> {
        let is_foreign = |head: Head| match head {
            Head::External(path) => !path.as_str().starts_with("std::"),
            // `use library::*;`
            head => head == Head::Unknown,
        };
        let impls = self.impls.iter().enumerate().filter(|(number, _)| {
            let info = self.impl_info(ImplId(*number as u32));
            info.self_ty.head == Head::Adt(adt) && info.trait_ty.as_ref().is_some_and(|ty| is_foreign(ty.head))
        });
        impls.flat_map(|(_, it)| it.functions.iter().copied()).collect()
    }

    /// Whether the body of a function names an argument, the receiver being the first.
    pub fn uses_argument(&self, id: FnId, argument: usize) -> bool {
        let function = self.function(id);
        let tree = &self.facts(self.home(id).0).tree;
        let has_receiver = function.receiver != crate::syntax::Receiver::None;
        let param = argument.checked_sub(usize::from(has_receiver));
        let name = match param {
            None => Some(crate::sym!("self")),
            Some(index) => tree.param_run(function.params).get(index).and_then(|param| match tree.pat(param.pat) {
                crate::syntax::Pat::Bind { name, .. } => Some(name),
                crate::syntax::Pat::Wild => None,
                // Parts of it have names of their own.
                _ => Some(crate::sym!("_")),
            }),
        };
        let Some(name) = name else { return false };
        let (start, end) = function.exprs;
        let exprs = tree.exprs[start as usize..end as usize].iter();
        name == crate::sym!("_")
            || exprs.into_iter().any(
                |expr| matches!(expr.kind, crate::syntax::ExprKind::Path(path) if tree.single_name(path) == Some(name)),
            )
    }

    /// The functions of the project that a method of this name on a value of this type, not on what it dereferences
    /// to, can mean in a crate. A trait or type parameter stands for every type that implements it.
    pub fn methods(&self, from: CrateId, ty: &Ty, name: Sym) -> Vec<FnId> {
        match ty.head {
            Head::Adt(adt) => {
                let inherent: Vec<FnId> =
                    self.inherent(adt, name).iter().copied().filter(|id| self.has_receiver(*id)).collect();
                if inherent.is_empty() { self.trait_methods(from, ty, name) } else { inherent }
            }
            Head::Trait(id) => self.every_impl(from, id, name),
            Head::Bounds => ty
                .args()
                .iter()
                .map(|bound| self.methods(from, bound, name))
                .find(|found| !found.is_empty())
                .unwrap_or_default(),
            Head::External(_) | Head::Slice | Head::Tuple => self.trait_methods(from, ty, name),
            _ => Vec::new(),
        }
    }

    /// Whether a function is code of the project, seen from a crate: what a known library does that is checked out beside
    /// the project says knowledge.
    fn is_own(&self, from: CrateId, id: FnId) -> bool {
        let krate = self.modules[self.functions[id.index()].at.module.index()].krate;
        krate == from || !self.crates[krate.index()].is_known
    }

    fn has_receiver(&self, id: FnId) -> bool {
        self.function(id).receiver != crate::syntax::Receiver::None
    }

    /// Methods of traits that a type implements.
    fn trait_methods(&self, from: CrateId, ty: &Ty, name: Sym) -> Vec<FnId> {
        let candidates = || self.trait_fns(name).iter().filter(|it| self.is_own(from, it.function));
        let of_type = |it: &&TraitFn| it.imp.is_some_and(|imp| fits(&self.impl_info(imp).self_ty, ty));
        let own: Vec<FnId> = candidates().filter(of_type).map(|it| it.function).collect();
        if !own.is_empty() {
            return own;
        }
        let default = candidates().filter(|it| it.imp.is_none()).filter(
            |it| matches!(self.functions[it.function.index()].owner, FnOwner::Trait(id) if self.implements(ty, id)),
        );
        default.map(|it| it.function).collect()
    }

    /// Whether a type implements a trait of the project.
    pub fn implements(&self, ty: &Ty, id: TraitId) -> bool {
        self.impls_of(id).iter().any(|imp| fits(&self.impl_info(*imp).self_ty, ty))
    }

    /// A method of a trait in every impl of it, and its body in the trait.
    fn every_impl(&self, from: CrateId, id: TraitId, name: Sym) -> Vec<FnId> {
        let declares =
            self.traits[id.index()].functions.iter().any(|function| self.functions[function.index()].name == name);
        if !declares {
            let above = self.supertraits(id);
            let found = above.iter().map(|bound| self.methods(from, bound, name)).find(|found| !found.is_empty());
            return found.unwrap_or_default();
        }
        let mut found = Vec::new();
        for imp in self.impls_of(id) {
            let functions = self.impls[imp.index()].functions.iter();
            found.extend(functions.copied().filter(|function| self.functions[function.index()].name == name));
        }
        let own = self.traits[id.index()].functions.iter().copied();
        found.extend(own.filter(|function| {
            self.functions[function.index()].name == name && self.function(*function).body.is_some()
        }));
        found
    }

    fn supertraits(&self, id: TraitId) -> Vec<Ty> {
        let it = self.trait_def(id);
        let at = self.traits[id.index()].at;
        let tree = &self.facts(at.instance).tree;
        let scope = super::TypeScope::new(self, at.instance, at.module);
        let bounds = tree.bound_run(it.supertraits).iter();
        let bounds = bounds.filter_map(|path| {
            let names: Vec<Sym> = tree.segments_of(*path).iter().map(|segment| segment.name).collect();
            let found = self.resolve_at(at.instance, at.module, *path, &names, Namespace::Types)?;
            (found.used == names.len()).then(|| scope.named(found.def, Vec::new(), 0))
        });
        bounds.filter(|bound| bound.head != Head::Trait(id)).collect()
    }

    /// The functions that a call runs which stands for them: those in impls with one of these attributes, and those in
    /// impls of one of these traits: one without arguments, or for a message of this type and, where it is known, for this
    /// receiver. Of those, what the crate of the call depends on; unless that is nothing: then it is told by whoever uses
    /// the crate what to run.
    pub fn run_by(&self, krate: CrateId, names: &[Sym], message: &Ty, receiver: &Ty) -> Vec<FnId> {
        let mut found = Vec::new();
        for name in names {
            let of_trait = self.external_impls(*name).iter().filter(|imp| {
                let info = self.impl_info(**imp);
                let Some(wanted) = info.trait_ty.as_ref().and_then(|ty| ty.args().first()) else { return true };
                !message.is_unknown()
                    && wanted.head == message.head
                    && (receiver.is_unknown() || receiver.head == info.self_ty.head)
            });
            let impls = self.attributed_impls(*name).iter().chain(of_trait);
            found.extend(impls.flat_map(|imp| self.impls[imp.index()].functions.iter().copied()));
        }
        let of = |id: &FnId| self.modules[self.functions[id.index()].at.module.index()].krate;
        let (seen, others): (Vec<FnId>, Vec<FnId>) = found.into_iter().partition(|id| self.sees(krate, of(id)));
        if seen.is_empty() { others.into_iter().filter(|id| self.sees(of(id), krate)).collect() } else { seen }
    }

    /// What a method on a value of unknown type can mean: the methods of the one trait that has this name, or the only
    /// method of this name. `arguments` are those without the receiver.
    pub fn methods_by_name(&self, from: CrateId, name: Sym, arguments: usize) -> Vec<FnId> {
        let candidates: Vec<FnId> = self
            .methods_named(name)
            .iter()
            .copied()
            .filter(|id| {
                self.is_own(from, *id)
                    && self.function(*id).params.len as usize == arguments
                    && self.function(*id).body.is_some()
            })
            .collect();
        let trait_of = |id: &FnId| match self.functions[id.index()].owner {
            FnOwner::Trait(id) => Some(Head::Trait(id)),
            FnOwner::Impl(imp) => self.impl_info(imp).trait_ty.as_ref().map(|ty| ty.head),
            FnOwner::Module => None,
        };
        match candidates.as_slice() {
            [] | [_] => candidates,
            [first, rest @ ..] => {
                let of = trait_of(first);
                let one_trait = matches!(of, Some(Head::Trait(_))) && rest.iter().all(|other| trait_of(other) == of);
                if one_trait { candidates } else { Vec::new() }
            }
        }
    }
}

/// Whether a value of a type is one that an impl is for.
fn fits(self_ty: &Ty, ty: &Ty) -> bool {
    match self_ty.head {
        // `impl<T: Trait> Other for T`
        Head::Param(_) => true,
        Head::Slice => ty.head == Head::Slice || ty.is_external(crate::sym!("std::vec::Vec")),
        head => {
            // `impl Ext for Option<Error>` is not for every option.
            head == ty.head
                && self_ty.args().iter().zip(ty.args()).all(|(wanted, given)| {
                    matches!(wanted.head, Head::Param(_) | Head::Unknown)
                        || given.is_unknown()
                        || wanted.head == given.head
                        || matches!(given.head, Head::Param(_))
                })
        }
    }
}
