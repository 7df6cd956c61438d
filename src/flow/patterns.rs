//! Binds the names in patterns to the parts of values.

use super::eval::Eval;
use super::fields::with_variant;
use super::unify::item_of;
use crate::app::{Def, Head, Mark, Namespace, Ty};
use crate::knowledge::Pattern;
use crate::symbol::Sym;
use crate::syntax::{ExprKind, Pat, PatId, PathId};

impl Eval<'_> {
    /// Binds the names of a pattern that is matched against a value.
    pub(super) fn bind(&mut self, pat: PatId, ty: &Ty) {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::Bind { name, sub, .. } => {
                if sub.is_none() && self.names_constant(name) {
                    return;
                }
                self.env.declare(name, ty.clone());
                if let Some(sub) = sub {
                    self.bind(sub, ty);
                }
            }
            Pat::TupleStruct { path, pats } => {
                let fields = self.tuple_fields(path, ty);
                self.bind_list(tree.pat_run(pats), &fields);
            }
            Pat::Struct { path, fields } => {
                self.counts(ty);
                let known = self.named_fields(path, ty);
                for (name, pat) in tree.field_pat_run(fields) {
                    let field = known.iter().find(|(known, _)| known == name).map(|(_, ty)| ty.clone());
                    self.bind(*pat, &field.unwrap_or(Ty::UNKNOWN));
                }
            }
            Pat::Tuple(pats) => {
                let inner = self.behind(ty, |ty| ty.head == Head::Tuple);
                // Which part of something unknown is the error nobody knows: `|(error, _)|`.
                let marks: Vec<Mark> =
                    ty.marks().iter().filter(|mark| super::errors::is_failure(mark.what)).copied().collect();
                let fields = match inner.is_unknown() && !marks.is_empty() {
                    true => vec![Ty::UNKNOWN.marked(&marks); pats.len as usize],
                    false => inner.args().to_vec(),
                };
                self.bind_list(tree.pat_run(pats), &fields);
            }
            Pat::Slice(pats) => {
                let inner = self.behind(ty, |ty| item_of(ty).is_some());
                let item = item_of(&inner).unwrap_or(Ty::UNKNOWN);
                for &pat in tree.pat_run(pats) {
                    let is_list = matches!(tree.pat(pat), Pat::Bind { sub: Some(_), .. });
                    self.bind(pat, if is_list { &inner } else { &item });
                }
            }
            Pat::Or(pats) => {
                let before = self.env.locals.len();
                for &pat in tree.pat_run(pats).iter().filter(|pat| !self.rules_out(ty, **pat)).collect::<Vec<_>>() {
                    let own = self.env.locals.len();
                    self.bind(pat, ty);
                    // The name stands for what any of them binds to it.
                    let (others, own) = self.env.locals[before..].split_at_mut(own - before);
                    for local in own {
                        let other = others.iter().rev().find(|other| other.name == local.name);
                        local.ty = other.map_or(local.ty.clone(), |other| other.ty.join(&local.ty));
                    }
                }
            }
            // `Ok(0) =>`
            Pat::Path(_) | Pat::Value => self.counts(ty),
            Pat::Wild | Pat::Rest => {}
        }
    }

    /// Binds patterns to fields by position; `..` stands for any number of fields.
    fn bind_list(&mut self, pats: &[PatId], fields: &[Ty]) {
        let rest = pats.iter().position(|pat| matches!(self.tree().pat(*pat), Pat::Rest));
        for (index, &pat) in pats.iter().enumerate() {
            let position = match rest {
                Some(rest) if index > rest => (fields.len() + index).checked_sub(pats.len()),
                _ => Some(index),
            };
            let field = position.and_then(|position| fields.get(position)).cloned();
            self.bind(pat, &field.unwrap_or(Ty::UNKNOWN));
        }
    }

    /// The fields that `Path(a, b)` takes out of a value.
    fn tuple_fields(&self, path: PathId, ty: &Ty) -> Vec<Ty> {
        match self.pattern_def(path) {
            Some(Def::Adt(adt)) => self.adt_fields(adt, 0, ty),
            Some(Def::Variant(adt, variant)) => self.adt_fields(adt, variant as usize, ty),
            Some(Def::External(external)) => {
                let fields = self.external_fields(external, ty);
                if !fields.is_empty() {
                    return fields;
                }
                self.parts_of_error(ty)
            }
            // `use library::prelude::*;`
            None => self.parts_of_error(ty),
            _ => Vec::new(),
        }
    }

    /// What is taken out of an error still says what failed.
    fn parts_of_error(&self, ty: &Ty) -> Vec<Ty> {
        let mut held = super::errors::held_by_value(self.app, ty);
        // Also where somebody has been told of it before.
        if self.app.is_error(ty) {
            let told = |mark: &&Mark| mark.settled && super::errors::is_failure(mark.what);
            held.extend(ty.marks().iter().filter(told).copied());
        }
        vec![Ty::UNKNOWN.marked(&held); 4]
    }

    fn adt_fields(&self, adt: crate::app::AdtId, variant: usize, ty: &Ty) -> Vec<Ty> {
        let inner = self.behind(ty, |ty| ty.head == Head::Adt(adt));
        let own = if inner.head == Head::Adt(adt) { inner } else { Ty::new(Head::Adt(adt)) };
        let marks = self.field_marks(&own, adt, variant);
        let fields = self.app.variant_fields(&own, variant).into_iter();
        let fields = fields.enumerate();
        fields.map(|(index, (_, ty))| with_variant(&own, self.field_with(ty, index, &marks))).collect()
    }

    /// A field of a value of which this is known: texts are in those only that can hold one.
    fn field_with(&self, field: Ty, index: usize, marks: &[crate::app::Mark]) -> Ty {
        let (texts, others): (Vec<_>, Vec<_>) = marks.iter().partition(|mark| super::errors::is_text(mark.what));
        super::text_fields::with_texts_of_field(self.app, field, Some(index), &texts)
            .marked(&super::text_fields::without_field(&others))
    }

    /// `Ok(value)`, `Err(error)`, `State(pool)`: the part of the value that a constructor of another crate holds.
    fn external_fields(&self, path: Sym, ty: &Ty) -> Vec<Ty> {
        if let Some(fact) = self.app.knowledge.calls(path).first()
            && let Pattern::Named(of, args) = &fact.returns.ty
            && let Some([param]) = fact.args.as_deref()
        {
            let inner = self.behind(ty, |ty| ty.is_external(*of));
            let index = args.iter().position(|arg| arg == param);
            let field = index.map_or(Ty::UNKNOWN, |index| inner.arg(index));
            // The error of a query is known by the query that failed.
            return vec![if fact.returns.fails { field.of_failure(&inner) } else { field }];
        }
        // A wrapper with one field is what it dereferences to.
        let wrapper = self.behind(ty, |ty| ty.is_external(self.app.knowledge.canonical(path)));
        if self.app.knowledge.deref(path).is_some() {
            vec![self.dereferenced(&wrapper).unwrap_or(Ty::UNKNOWN)]
        } else {
            Vec::new()
        }
    }

    fn named_fields(&self, path: PathId, ty: &Ty) -> Vec<(Sym, Ty)> {
        let (adt, variant) = match self.pattern_def(path) {
            Some(Def::Adt(adt)) => (adt, 0),
            Some(Def::Variant(adt, variant)) => (adt, variant as usize),
            _ => match self.type_of_path(path).head {
                Head::Adt(adt) => (adt, 0),
                _ => return Vec::new(),
            },
        };
        let inner = self.behind(ty, |ty| ty.head == Head::Adt(adt));
        let own = if inner.head == Head::Adt(adt) { inner } else { Ty::new(Head::Adt(adt)) };
        let marks = self.field_marks(&own, adt, variant);
        let fields = self.app.variant_fields(&own, variant).into_iter();
        let fields = fields.enumerate();
        fields.map(|(index, (name, ty))| (name, with_variant(&own, self.field_with(ty, index, &marks)))).collect()
    }

    /// Whether an expression is a call of a constructor of values that have succeeded: `Some(…)`.
    pub(super) fn is_constructed(&self, expr: crate::syntax::ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Call { callee, .. } = tree.expr(expr).kind else { return false };
        matches!(tree.expr(callee).kind, ExprKind::Path(path) if self.is_success(path) == Some(true))
    }

    pub(super) fn pattern_def(&self, path: PathId) -> Option<Def> {
        self.app.resolve_value(self.within, self.instance, self.module, path)
    }

    /// Whether a path in a pattern is that of a value that has succeeded, as opposed to failed.
    pub(super) fn is_success(&self, path: PathId) -> Option<bool> {
        match self.pattern_def(path)? {
            Def::External(path) => self.constructor_succeeds(path),
            _ => None,
        }
    }

    fn constructor_succeeds(&self, path: Sym) -> Option<bool> {
        let fact = self.app.knowledge.calls(path).first()?;
        match &fact.returns.ty {
            Pattern::Named(of, _) if self.app.knowledge.can_fail(*of) => Some(!fact.returns.fails),
            _ => None,
        }
    }

    /// Whether a lone name in a pattern is a value that has failed: `None`.
    pub(super) fn names_failure(&self, name: Sym) -> bool {
        match self.app.resolve(self.module, &[name], false, Namespace::Values).map(|found| found.def) {
            Some(Def::External(path)) => self.constructor_succeeds(path) == Some(false),
            _ => false,
        }
    }

    /// Whether a lone name in a pattern is that of a constant or variant, and so binds nothing.
    pub(super) fn names_constant(&self, name: Sym) -> bool {
        if !name.as_str().starts_with(|first: char| first.is_uppercase()) {
            return false;
        }
        let found = self.app.resolve(self.module, &[name], false, Namespace::Values);
        matches!(found.map(|found| found.def), Some(Def::Value(_) | Def::Variant(..) | Def::Adt(_) | Def::External(_)))
    }
}
