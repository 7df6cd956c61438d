//! Derives and attributes on types, and the names they declare; which types are errors.

use super::App;
use super::ids::{AdtId, Def};
use super::ty::{Head, Ty};
use crate::knowledge::{DeriveFact, EntryKind, LibraryId, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprKind, Literal, Meta, PathId};

impl App {
    /// Whether a type is that of errors.
    pub fn is_error(&self, ty: &Ty) -> bool {
        match ty.head {
            Head::Adt(adt) => self.is_made_error(adt) || names_error(self.adt(adt).name),
            Head::External(path) => self.knowledge.error(path).is_some() || names_error(path),
            _ => false,
        }
    }

    /// What is known of the derives and attributes on a type.
    pub(super) fn derives(&self, id: AdtId) -> Vec<DeriveFact> {
        let at = self.adts[id.index()];
        let facts = self.facts(at.instance);
        let mut found = Vec::new();
        for attr in facts.attr_run(self.adt(id).attrs) {
            if facts.tree.last_name(attr.path) != Some(crate::sym!("derive")) {
                found.extend(self.derive_fact(id, attr.path));
            }
        }
        found.extend(self.derived(id).into_iter().filter_map(|path| self.derive_fact(id, path)));
        found
    }

    /// What stands in `#[derive(…)]` on a type.
    fn derived(&self, id: AdtId) -> Vec<PathId> {
        let facts = self.facts(self.adts[id.index()].instance);
        let attrs = facts.attr_run(self.adt(id).attrs).iter();
        let derives = attrs.filter(|attr| facts.tree.last_name(attr.path) == Some(crate::sym!("derive")));
        let paths = derives.flat_map(|attr| facts.meta_run(attr.args)).filter_map(|meta| match meta {
            Meta::Value(value) => match facts.tree.expr(*value).kind {
                ExprKind::Path(path) => Some(path),
                _ => None,
            },
            _ => None,
        });
        paths.collect()
    }

    /// Whether a type has `std::error::Error` from a derive, whichever library's.
    pub(super) fn derives_error(&self, id: AdtId) -> bool {
        let facts = self.facts(self.adts[id.index()].instance);
        self.derived(id).into_iter().any(|path| facts.tree.last_name(path) == Some(crate::sym!("Error")))
    }

    /// Whether something plays a part that a type has from a derive.
    pub fn derives_role(&self, id: AdtId, role: Role) -> bool {
        let at = self.adts[id.index()];
        self.derived(id).into_iter().any(|path| match self.resolve_attribute(at.instance, at.module, path) {
            Some(Def::External(path)) => self.knowledge.plays(self.knowledge.canonical(path), role),
            _ => false,
        })
    }

    /// The library of a trait of some kind that a type has from a derive.
    pub fn derives_trait(&self, id: AdtId, kind: EntryKind) -> Option<LibraryId> {
        let at = self.adts[id.index()];
        self.derived(id).into_iter().find_map(|path| match self.resolve_attribute(at.instance, at.module, path)? {
            Def::External(path) => {
                let mut facts = self.knowledge.traits(self.knowledge.canonical(path)).iter();
                facts.find(|fact| fact.kind == kind).map(|fact| fact.library)
            }
            _ => None,
        })
    }

    /// The status that an attribute gives a variant which becomes a response: `#[response(status = 404)]`.
    pub fn response_attribute(&self, id: AdtId, variant: usize) -> Option<u16> {
        let facts = self.facts(self.adts[id.index()].instance);
        let own = self.adt(id).variants.get(variant).map(|variant| variant.attrs);
        let attrs = own.into_iter().chain([self.adt(id).attrs]).flat_map(|attrs| facts.attr_run(attrs));
        let of_response = attrs.filter(|attr| facts.tree.last_name(attr.path) == Some(crate::sym!("response")));
        let mut metas = of_response.flat_map(|attr| facts.meta_run(attr.args));
        metas.find_map(|meta| match meta {
            Meta::Named(name, value) if *name == crate::sym!("status") => match facts.tree.expr(*value).kind {
                ExprKind::Literal(Literal::Int(status)) => u16::try_from(status).ok(),
                _ => None,
            },
            _ => None,
        })
    }

    /// What `*value` is for a type with a `Deref` impl in the project.
    pub fn deref_of(&self, adt: AdtId) -> Option<&Ty> {
        let field = || self.fields(adt).first().and_then(|fields| fields.first()).map(|(_, field)| field);
        self.index.deref.get(&adt).or_else(|| self.index.derefs_to_field.contains(&adt).then(field).flatten())
    }

    /// What a function that a derive gives a type yields: `Database::fetch(rocket)`.
    pub fn given_by_derive(&self, adt: AdtId, function: Sym) -> Option<Ty> {
        let wrapper = self.index.given.get(&(adt, function))?;
        Some(Ty::external(*wrapper, vec![Ty::new(Head::Adt(adt))]))
    }

    fn derive_fact(&self, id: AdtId, path: PathId) -> Option<DeriveFact> {
        let at = self.adts[id.index()];
        match self.resolve_attribute(at.instance, at.module, path)? {
            Def::External(path) => self.knowledge.derive(self.knowledge.canonical(path)).cloned(),
            _ => None,
        }
    }

    /// The variant of an error type that a derive makes `?` put an error of this type into: the one whose field is
    /// marked `#[from]`, or that has no other where all are.
    pub fn from_variant(&self, id: AdtId, error: Head) -> Option<usize> {
        let facts = self.facts(self.adts[id.index()].instance);
        let marked = |attrs| {
            facts.attr_run(attrs).iter().any(|attr| facts.tree.last_name(attr.path) == Some(crate::sym!("from")))
        };
        let all = self.derived(id).into_iter().any(|path| facts.tree.last_name(path) == Some(crate::sym!("From")));
        self.adt(id).variants.iter().enumerate().position(|(number, variant)| {
            let fields = facts.field_run(variant.fields);
            let types = self.fields(id).get(number);
            let whole = all && fields.len() == 1;
            let mut fields = fields.iter().zip(types.into_iter().flatten());
            fields.any(|(field, (_, ty))| ty.head == error && (whole || marked(field.attrs) || marked(variant.attrs)))
        })
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

/// Whether a type is called an error: `jwt::Error`, `ValidationErrors`.
fn names_error(name: Sym) -> bool {
    name.as_str().trim_end_matches('s').ends_with("Error")
}
