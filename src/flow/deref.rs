//! Fields and what values dereference to.

use super::eval::Eval;
use super::unify::{Bound, Outcome, is_fallible, matches};
use crate::app::{Head, Ty};
use crate::knowledge::MethodFact;
use crate::symbol::Sym;

/// Wrappers are looked through this far.
const LAYERS: usize = 8;

impl Eval<'_> {
    /// What `*value` is.
    pub(super) fn dereferenced(&self, ty: &Ty) -> Option<Ty> {
        match ty.head {
            Head::External(path) => {
                let fact = self.app.knowledge.deref(path)?;
                let bound: Vec<(Sym, Ty)> = fact.params.iter().copied().zip(ty.args().iter().cloned()).collect();
                let target = self.app.instantiate(&fact.target, &bound);
                if fact.after.is_empty() { Some(target) } else { self.after_methods(&target, &fact.after) }
            }
            Head::Adt(adt) => {
                let target = self.app.deref_of(adt)?;
                let bound: Vec<(Sym, Ty)> =
                    self.app.adt_params(adt).into_iter().zip(ty.args().iter().cloned()).collect();
                Some(target.substitute(&bound))
            }
            Head::Param(name) => self.bound_of(name),
            _ => None,
        }
    }

    /// What the first of some methods that a type has yields when it does not fail.
    fn after_methods(&self, ty: &Ty, names: &[Sym]) -> Option<Ty> {
        let layers = self.layers(ty);
        names.iter().find_map(|name| {
            let yielded = layers.iter().find_map(|layer| self.known_result(layer, *name, 0))?;
            Some(if is_fallible(self.app, &yielded) { yielded.arg(0) } else { yielded })
        })
    }

    /// What a type parameter of the function must implement.
    pub(super) fn bound_of(&self, name: Sym) -> Option<Ty> {
        let generics = &self.app.signature(self.within).generics;
        let (_, bound) = generics.iter().find(|(param, _)| *param == name)?;
        (!bound.is_unknown()).then(|| bound.clone())
    }

    /// The value itself, what it dereferences to, and so on.
    pub(super) fn layers(&self, ty: &Ty) -> Vec<Ty> {
        let mut layers = vec![ty.clone()];
        while layers.len() < LAYERS
            && let Some(last) = layers.last()
            && let Some(next) = self.dereferenced(last)
        {
            layers.push(next);
        }
        layers
    }

    /// The first layer that meets a condition, or the value itself.
    pub(super) fn behind(&self, ty: &Ty, meets: impl Fn(&Ty) -> bool) -> Ty {
        if meets(ty) {
            return ty.clone();
        }
        self.layers(ty).into_iter().find(meets).unwrap_or_else(|| ty.clone())
    }

    /// A field that knowledge describes: `result.rows_affected`.
    pub(super) fn known_field(&mut self, ty: &Ty, name: Sym) -> Option<Ty> {
        let app = self.app;
        let fields = app.knowledge.methods(name).iter().filter(|fact| fact.args.is_none());
        let layers = self.layers(ty);
        let mut bound = Bound::default();
        let of =
            |fact: &&MethodFact, bound: &mut Bound| layers.iter().any(|ty| matches(&fact.receiver, ty, bound, false));
        let fact = fields.into_iter().find(|fact| of(fact, &mut bound))?;
        self.record_entry(fact.entry);
        let outcome = Outcome { app, bound: &bound, inputs: None, query: None, operation: None, arguments: &[] };
        Some(outcome.build(&fact.returns.ty))
    }

    /// The type of a field.
    pub(super) fn field_of(&self, ty: &Ty, name: Sym) -> Ty {
        for layer in self.layers(ty) {
            match layer.head {
                Head::Adt(_) => {
                    if let Some(field) = self.app.struct_field(&layer, name) {
                        return field;
                    }
                }
                Head::Tuple => {
                    if let Some(field) = name.as_str().parse::<usize>().ok().and_then(|index| layer.args().get(index)) {
                        return field.clone();
                    }
                }
                // `Json(body).0`
                Head::External(_) if name == crate::sym!("0") => {
                    if let Some(inner) = self.dereferenced(&layer) {
                        return inner;
                    }
                }
                _ => {}
            }
        }
        Ty::UNKNOWN
    }
}
