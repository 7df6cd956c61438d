//! Signatures, fields and impls, and the tables by which calls find functions.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ids::{AdtId, Def, FnId, ImplId, InstanceId, ModId, TraitId};
use super::ty::{Head, Ty};
use super::types::TypeScope;
use super::{App, FnOwner};
use crate::symbol::Sym;
use crate::syntax::{Generics, Receiver};

/// The fields of a variant, with their types.
pub(super) type FieldTypes = Vec<(Sym, Ty)>;

/// What is computed from declarations once and asked for often.
#[derive(Debug, Default)]
pub struct Index {
    signatures: Vec<OnceLock<Signature>>,
    fields: Vec<OnceLock<Vec<FieldTypes>>>,
    values: Vec<OnceLock<Ty>>,
    impls: Vec<ImplInfo>,
    inherent: FxHashMap<(AdtId, Sym), Vec<FnId>>,
    trait_fns: FxHashMap<Sym, Vec<TraitFn>>,
    impls_of: FxHashMap<TraitId, Vec<ImplId>>,
    external_impls: FxHashMap<Sym, Vec<ImplId>>,
    /// Impls by their attributes.
    attributed_impls: FxHashMap<Sym, Vec<ImplId>>,
    methods_by_name: FxHashMap<Sym, Vec<FnId>>,
    pub(super) deref: FxHashMap<AdtId, Ty>,
    pub(super) derefs_to_field: FxHashSet<AdtId>,
    /// Functions that derives give types, and what they wrap a value of the type in.
    pub(super) given: FxHashMap<(AdtId, Sym), Sym>,
    errors: FxHashSet<AdtId>,
    acts_as: FxHashMap<AdtId, Vec<Sym>>,
}

/// A function's types.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    /// Its type parameters and those of its impl or trait, each with what is required of it.
    pub generics: Vec<(Sym, Ty)>,
    /// What `Self` is.
    pub self_ty: Option<Ty>,
    /// The type of `self`, where it has one.
    pub receiver: Option<Ty>,
    /// Parameters after `self`.
    pub params: Vec<Ty>,
    /// What a call yields: a future, for `async fn`.
    pub ret: Option<Ty>,
}

impl Signature {
    /// What a call yields.
    pub fn returns(&self) -> Ty {
        self.ret.clone().unwrap_or(Ty::UNIT)
    }
}

/// An impl's types.
#[derive(Debug, Clone)]
pub struct ImplInfo {
    /// For what.
    pub self_ty: Ty,
    /// Of which trait.
    pub trait_ty: Option<Ty>,
    /// Its type parameters, each with what is required of it.
    pub generics: Vec<(Sym, Ty)>,
}

/// A function of an impl of a trait, or with a body in the trait.
#[derive(Clone, Copy, Debug)]
pub struct TraitFn {
    /// The function.
    pub function: FnId,
    /// The impl it is in; none for one with a body in the trait.
    pub imp: Option<ImplId>,
}

/// The path of a future.
pub fn future_path() -> Sym {
    crate::sym!("std::future::Future")
}

impl App {
    /// Fills the tables that calls are looked up in.
    pub(super) fn build_index(&mut self) {
        let impls: Vec<ImplInfo> =
            (0..self.impls.len()).into_par_iter().map(|index| self.impl_info_of(ImplId(index as u32))).collect();
        let mut index = Index {
            signatures: (0..self.functions.len()).map(|_| OnceLock::new()).collect(),
            fields: (0..self.adts.len()).map(|_| OnceLock::new()).collect(),
            values: (0..self.values.len()).map(|_| OnceLock::new()).collect(),
            ..Index::default()
        };
        for (number, info) in impls.iter().enumerate() {
            let id = ImplId(number as u32);
            self.index_impl(&mut index, id, info);
        }
        for (number, it) in self.traits.iter().enumerate() {
            for &function in &it.functions {
                let body = self.function(function).body.is_some();
                if body {
                    let entry = TraitFn { function, imp: None };
                    index.trait_fns.entry(self.functions[function.index()].name).or_default().push(entry);
                }
            }
            index.impls_of.entry(TraitId(number as u32)).or_default();
        }
        for (number, it) in self.functions.iter().enumerate() {
            let id = FnId(number as u32);
            if it.owner != FnOwner::Module && self.function(id).receiver != Receiver::None {
                index.methods_by_name.entry(it.name).or_default().push(id);
            }
        }
        self.index_derives(&mut index);
        index.impls = impls;
        self.index = index;
    }

    fn index_impl(&self, index: &mut Index, id: ImplId, info: &ImplInfo) {
        let it = &self.impls[id.index()];
        for attr in self.facts(it.at.instance).attr_run(self.impl_def(id).attrs) {
            if let Some(Def::External(path)) = self.resolve_attribute(it.at.instance, it.at.module, attr.path) {
                index.attributed_impls.entry(self.knowledge.canonical(path)).or_default().push(id);
            }
        }
        let Some(trait_ty) = &info.trait_ty else {
            if let Head::Adt(adt) = info.self_ty.head {
                for &function in &it.functions {
                    index.inherent.entry((adt, self.functions[function.index()].name)).or_default().push(function);
                }
            }
            return;
        };
        match trait_ty.head {
            Head::Trait(id_of) => index.impls_of.entry(id_of).or_default().push(id),
            Head::External(path) => {
                index.external_impls.entry(path).or_default().push(id);
                if let (Head::Adt(adt), "std::error::Error") = (info.self_ty.head, path.as_str()) {
                    index.errors.insert(adt);
                }
                if let (Head::Adt(adt), "std::ops::Deref") = (info.self_ty.head, path.as_str())
                    && let Some(target) = self.impl_assoc(id, info, crate::sym!("Target"))
                {
                    index.deref.entry(adt).or_insert(target);
                }
            }
            _ => {}
        }
        for &function in &it.functions {
            let entry = TraitFn { function, imp: Some(id) };
            index.trait_fns.entry(self.functions[function.index()].name).or_default().push(entry);
        }
    }

    /// What derives and attributes make of the types they stand on.
    fn index_derives(&self, index: &mut Index) {
        for number in 0..self.adts.len() {
            let id = AdtId(number as u32);
            if self.derives_error(id) {
                index.errors.insert(id);
            }
            for fact in self.derives(id) {
                index.acts_as.entry(id).or_default().extend(fact.acts_as);
                if fact.derefs {
                    index.derefs_to_field.insert(id);
                }
                index.given.extend(fact.gives.into_iter().map(|(name, wrapper)| ((id, name), wrapper)));
            }
        }
    }

    fn impl_info_of(&self, id: ImplId) -> ImplInfo {
        let it = self.impl_def(id);
        let at = self.impls[id.index()].at;
        let mut scope = TypeScope::new(self, at.instance, at.module);
        scope.add_params(it.generics);
        let self_ty = scope.ty(it.self_ty);
        scope.self_ty = Some(self_ty.clone());
        let trait_ty = it.trait_path.map(|path| {
            let tree = &self.facts(at.instance).tree;
            let names: Vec<Sym> = tree.segments_of(path).iter().map(|segment| segment.name).collect();
            let found = self.resolve_at(at.instance, at.module, path, &names, super::Namespace::Types);
            let args = tree.segments_of(path).last().map(|last| scope.generic_args(last, 0)).unwrap_or_default();
            found.filter(|found| found.used == names.len()).map_or(Ty::UNKNOWN, |found| scope.named(found.def, args, 0))
        });
        let generics = bounds_of(&scope, it.generics);
        ImplInfo { self_ty, trait_ty, generics }
    }

    /// `type Name = T;` of an impl.
    fn impl_assoc(&self, id: ImplId, info: &ImplInfo, name: Sym) -> Option<Ty> {
        let it = self.impl_def(id);
        let (_, ty) = it.assoc_types.iter().find(|(assoc, _)| *assoc == name)?;
        let at = self.impls[id.index()].at;
        let mut scope = TypeScope::new(self, at.instance, at.module);
        scope.add_params(it.generics);
        scope.self_ty = Some(info.self_ty.clone());
        Some(scope.ty(*ty))
    }

    /// `type Name = T;` of an impl.
    pub fn associated_type_of(&self, id: ImplId, name: Sym) -> Option<Ty> {
        self.impl_assoc(id, self.impl_info(id), name)
    }

    /// An impl's types.
    pub fn impl_info(&self, id: ImplId) -> &ImplInfo {
        &self.index.impls[id.index()]
    }

    /// A function's types.
    pub fn signature(&self, id: FnId) -> &Signature {
        self.index.signatures[id.index()].get_or_init(|| self.signature_of(id))
    }

    fn signature_of(&self, id: FnId) -> Signature {
        let it = self.function(id);
        let scope = self.type_scope(id);
        let mut generics: Vec<(Sym, Ty)> = match self.functions[id.index()].owner {
            FnOwner::Impl(imp) => self.impl_info(imp).generics.clone(),
            FnOwner::Trait(_) | FnOwner::Module => Vec::new(),
        };
        generics.extend(bounds_of(&scope, it.generics));
        let facts = self.facts(self.functions[id.index()].at.instance);
        let params = facts.tree.param_run(it.params).iter();
        let params = params.map(|param| param.ty.map_or(Ty::UNKNOWN, |ty| scope.ty(ty))).collect();
        let ret = it.ret.map_or(Ty::UNIT, |ret| scope.ty(ret));
        let ret = if it.is_async { Ty::external(future_path(), vec![ret]) } else { ret };
        let receiver = match it.receiver {
            Receiver::None => None,
            Receiver::SelfType => Some(scope.self_ty.clone().unwrap_or(Ty::UNKNOWN)),
            Receiver::Typed(ty) => Some(scope.ty(ty)),
        };
        Signature { generics, self_ty: scope.self_ty, receiver, params, ret: Some(ret) }
    }

    /// The scope in which the types of a function are written.
    pub fn type_scope(&self, id: FnId) -> TypeScope<'_> {
        let def = &self.functions[id.index()];
        let mut scope = TypeScope::new(self, def.at.instance, def.at.module);
        match def.owner {
            FnOwner::Module => {}
            FnOwner::Impl(imp) => {
                // The functions of an expansion name the parameters of the impl that the call stands in.
                let it = self.impl_def(imp);
                let at = self.impls[imp.index()].at;
                let params = self.facts(at.instance).generic_param_run(it.generics.params);
                scope.params.extend(params.iter().map(|param| param.name));
                scope.self_ty = Some(self.impl_info(imp).self_ty.clone());
                if at.instance == def.at.instance {
                    scope.assoc.clone_from(&it.assoc_types);
                }
            }
            FnOwner::Trait(id) => {
                let it = self.trait_def(id);
                scope.add_params(it.generics);
                scope.self_ty = Some(Ty::new(Head::Trait(id)));
            }
        }
        scope.add_params(self.function(id).generics);
        scope
    }

    /// The fields of each variant of a type, with its own type parameters in them.
    pub fn fields(&self, id: AdtId) -> &[FieldTypes] {
        self.index.fields[id.index()].get_or_init(|| {
            let it = self.adt(id);
            let at = self.adts[id.index()];
            let mut scope = TypeScope::new(self, at.instance, at.module);
            scope.add_params(it.generics);
            scope.self_ty = Some(Ty::new(Head::Adt(id)));
            let facts = self.facts(at.instance);
            let variants = it.variants.iter();
            variants
                .map(|variant| facts.field_run(variant.fields).iter().map(|it| (it.name, scope.ty(it.ty))).collect())
                .collect()
        })
    }

    /// The names of a type's parameters.
    pub fn adt_params(&self, id: AdtId) -> Vec<Sym> {
        let at = self.adts[id.index()];
        let params = self.facts(at.instance).generic_param_run(self.adt(id).generics.params);
        params.iter().map(|param| param.name).collect()
    }

    /// The fields of a variant of a type with these arguments.
    pub fn variant_fields(&self, ty: &Ty, variant: usize) -> Vec<(Sym, Ty)> {
        let Head::Adt(adt) = ty.head else { return Vec::new() };
        let bound: Vec<(Sym, Ty)> = self.adt_params(adt).into_iter().zip(ty.args().iter().cloned()).collect();
        let fields = self.fields(adt).get(variant).map(Vec::as_slice).unwrap_or_default();
        fields.iter().map(|(name, ty)| (*name, ty.substitute(&bound))).collect()
    }

    /// The type of a field of a struct with these arguments.
    pub fn struct_field(&self, ty: &Ty, name: Sym) -> Option<Ty> {
        let Head::Adt(adt) = ty.head else { return None };
        let (_, field) = self.fields(adt).first()?.iter().find(|(field, _)| *field == name)?;
        if ty.args().is_empty() {
            return Some(field.clone());
        }
        let bound: Vec<(Sym, Ty)> = self.adt_params(adt).into_iter().zip(ty.args().iter().cloned()).collect();
        Some(field.substitute(&bound))
    }

    /// The declared type of a constant or static.
    pub fn value_type(&self, id: super::ValueId) -> &Ty {
        self.index.values[id.index()].get_or_init(|| {
            let at = self.values[id.index()];
            let scope = TypeScope::new(self, at.instance, at.module);
            self.value(id).ty.map_or(Ty::UNKNOWN, |ty| scope.ty(ty))
        })
    }

    /// The functions of a name in the inherent impls of a type.
    pub fn inherent(&self, adt: AdtId, name: Sym) -> &[FnId] {
        self.index.inherent.get(&(adt, name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The functions of a name in impls of traits, and with bodies in traits.
    pub fn trait_fns(&self, name: Sym) -> &[TraitFn] {
        self.index.trait_fns.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The impls of a trait of the project.
    pub fn impls_of(&self, id: TraitId) -> &[ImplId] {
        self.index.impls_of.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The impls of a trait of another crate.
    pub fn external_impls(&self, path: Sym) -> &[ImplId] {
        self.index.external_impls.get(&path).map(Vec::as_slice).unwrap_or_default()
    }

    /// The impls that have an attribute of another crate.
    pub fn attributed_impls(&self, path: Sym) -> &[ImplId] {
        self.index.attributed_impls.get(&path).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every method of the project with this name.
    pub fn methods_named(&self, name: Sym) -> &[FnId] {
        self.index.methods_by_name.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a type is an error by an impl or a derive.
    pub(super) fn is_made_error(&self, adt: AdtId) -> bool {
        self.index.errors.contains(&adt)
    }

    /// Types of other crates that a type behaves like, because of a derive or attribute.
    pub fn acts_as(&self, adt: AdtId) -> &[Sym] {
        self.index.acts_as.get(&adt).map(Vec::as_slice).unwrap_or_default()
    }

    /// `<T as Trait>::Name`, whatever the trait.
    pub fn associated_type(&self, ty: &Ty, name: Sym) -> Option<Ty> {
        let Head::Adt(_) = ty.head else { return None };
        self.index.impls.iter().enumerate().find_map(|(number, info)| {
            let same = info.self_ty.head == ty.head && info.trait_ty.is_some();
            if same { self.impl_assoc(ImplId(number as u32), info, name) } else { None }
        })
    }

    /// The instance and module of a function.
    pub fn home(&self, id: FnId) -> (InstanceId, ModId) {
        let at = self.functions[id.index()].at;
        (at.instance, at.module)
    }
}

/// Each type parameter with what is required of it.
fn bounds_of(scope: &TypeScope<'_>, generics: Generics) -> Vec<(Sym, Ty)> {
    let facts = scope.app.facts(scope.instance);
    let params = facts.generic_param_run(generics.params);
    let mut bounds: Vec<(Sym, Ty)> = params.iter().map(|param| (param.name, scope.bounds(param.bounds, 0))).collect();
    for predicate in facts.predicate_run(generics.predicates) {
        if let Head::Param(name) = scope.ty(predicate.ty).head
            && let Some((_, bound)) = bounds.iter_mut().find(|(param, _)| *param == name)
        {
            let more = scope.bounds(predicate.bounds, 0);
            *bound = match (bound.is_unknown(), more.is_unknown()) {
                (true, _) => more,
                (_, true) => bound.clone(),
                _ => Ty::with(Head::Bounds, vec![bound.clone(), more]),
            };
        }
    }
    bounds
}
