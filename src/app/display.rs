//! What `Display` of the project's types prints, where a derive writes it.

use super::App;
use super::ids::AdtId;
use super::ty::{Head, Ty, Variant};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, FormatPiece, Literal, Meta, Tree, placeholders};

impl App {
    /// The fields of a variant that `Display` prints, where an attribute says so, and whether each as `Debug`:
    /// `#[error("no user: {0:?}")]`, `#[error(transparent)]`.
    pub fn displayed_fields(&self, id: AdtId, variant: usize) -> Vec<(usize, bool)> {
        let Some(word) = self.derives(id).into_iter().find_map(|fact| fact.display) else { return Vec::new() };
        let Some(fields) = self.adt(id).variants.get(variant) else { return Vec::new() };
        let facts = self.facts(self.adts[id.index()].instance);
        let (name, inner) = match word.as_str().split_once('(') {
            Some((name, inner)) => (name, Some(inner.trim_end_matches(')'))),
            None => (word.as_str(), None),
        };
        let attrs = [fields.attrs, self.adt(id).attrs].map(|attrs| facts.attr_run(attrs));
        let mut said = attrs.into_iter().flatten();
        let names: Vec<Sym> = facts.field_run(fields.fields).iter().map(|field| field.name).collect();
        let attr = said.find(|attr| facts.tree.last_name(attr.path).is_some_and(|last| last.as_str() == name));
        let metas = attr.map(|attr| facts.meta_run(attr.args)).unwrap_or_default();
        let metas = match inner {
            None => metas,
            Some(word) => {
                let list = metas.iter().find_map(|meta| match meta {
                    Meta::List(name, list) if name.as_str() == word => Some(facts.meta_run(*list)),
                    _ => None,
                });
                list.unwrap_or_default()
            }
        };
        match metas.is_empty() {
            // `derive_more` prints the only field of what has no text.
            true if names.len() == 1 && name == "display" => vec![(0, false)],
            true => Vec::new(),
            false => printed_fields(&facts.tree, metas, &names),
        }
    }

    /// Whether a text is in a field of a type, of whichever variant, or in one of a field's: `Vec<Detail>`.
    pub fn has_text_field(&self, id: AdtId) -> bool {
        self.has_text(id, 2)
    }

    fn has_text(&self, id: AdtId, depth: u32) -> bool {
        let is_text = |ty: &Ty| {
            ty.any(&|node| match node.head {
                Head::External(path) if path == crate::sym!("std::string::String") => true,
                Head::External(path) => {
                    self.knowledge.deref(path).is_some() && node.arg(0).is_external(crate::sym!("str"))
                }
                Head::Adt(inner) => depth > 0 && inner != id && self.has_text(inner, depth - 1),
                _ => false,
            })
        };
        self.fields(id).iter().flatten().any(|(_, ty)| is_text(ty))
    }

    /// A field of a struct, as a mark names it.
    pub fn struct_position(&self, head: Head, name: Sym) -> Option<(Variant, usize)> {
        let Head::Adt(id) = head else { return None };
        let [fields] = self.fields(id) else { return None };
        let position = fields.iter().position(|(field, _)| *field == name)?;
        Some((Variant::Own(id, 0), position))
    }

    /// The values that fields are given by name, in the order in which the fields are declared; of the others nothing is
    /// known.
    pub fn in_order<'t>(&self, id: AdtId, variant: usize, given: impl Iterator<Item = (Sym, &'t Ty)>) -> Vec<Ty> {
        let fields = self.fields(id).get(variant).map(Vec::as_slice).unwrap_or_default();
        let mut values = vec![Ty::UNKNOWN; fields.len()];
        for (name, value) in given {
            match fields.iter().position(|(field, _)| *field == name) {
                Some(index) => values[index] = value.clone(),
                None => values.push(value.clone()),
            }
        }
        values
    }

    /// Where a variant stands; the attribute that says what `Display` prints of it, where there is one.
    pub fn variant_place(&self, id: AdtId, variant: u32, debug: bool) -> Option<Place> {
        let at = self.adts[id.index()];
        let facts = self.facts(at.instance);
        let it = self.adt(id).variants.get(variant as usize)?;
        let name = self.derives(id).into_iter().find_map(|fact| fact.display);
        let name = name.map(|name| name.as_str().split('(').next().unwrap_or_default().to_owned());
        let says = |attr: &&crate::syntax::Attr| facts.tree.last_name(attr.path).map(|last| last.to_string()) == name;
        let said = facts.attr_run(it.attrs).iter().find(says).filter(|_| name.is_some() && !debug);
        Some(self.place(at.instance, said.map_or(it.span, |attr| attr.span)))
    }
}

/// The fields that the arguments of an attribute print.
fn printed_fields(tree: &Tree, metas: &[Meta], names: &[Sym]) -> Vec<(usize, bool)> {
    let mut format = None;
    let mut given: Vec<(Option<Sym>, ExprId)> = Vec::new();
    for meta in metas {
        let (name, value) = match meta {
            Meta::Value(value) => (None, *value),
            Meta::Named(name, value) => (Some(*name), *value),
            Meta::List(..) | Meta::Code(..) => continue,
        };
        match tree.expr(value).kind {
            ExprKind::Literal(Literal::Str(text)) if format.is_none() => format = Some(text),
            // `#[error(transparent)]`
            ExprKind::Path(path) if format.is_none() && tree.last_name(path) == Some(crate::sym!("transparent")) => {
                return vec![(0, false)];
            }
            _ => given.push((name, value)),
        }
    }
    let named = |name: Sym| {
        let unprefixed = name.as_str().strip_prefix('_').filter(|rest| rest.parse::<usize>().is_ok());
        names.iter().position(|field| *field == name || unprefixed.is_some_and(|number| field.as_str() == number))
    };
    let field_in = |expr: ExprId| field_behind(tree, expr).and_then(named);
    let mut next = 0;
    let placeholders = format.map(|format| placeholders(format.as_str())).unwrap_or_default();
    let shown = placeholders.into_iter().filter_map(|it| {
        let field = match it.argument {
            FormatPiece::Next => {
                next += 1;
                given.get(next - 1).and_then(|(_, expr)| field_in(*expr))
            }
            FormatPiece::Index(index) if given.is_empty() => Some(index),
            FormatPiece::Index(index) => given.get(index).map_or(Some(index), |(_, expr)| field_in(*expr)),
            FormatPiece::Name(name) => match given.iter().find(|(given, _)| *given == Some(name)) {
                Some((_, expr)) => field_in(*expr),
                None => named(name),
            },
            FormatPiece::Text(_) => None,
        };
        Some((field?, it.debug))
    });
    shown.collect()
}

/// The field that an expression is about: `self.0`, `_0`, `source.to_string()`.
fn field_behind(tree: &Tree, expr: ExprId) -> Option<Sym> {
    match tree.expr(expr).kind {
        ExprKind::Path(path) => tree.single_name(path),
        ExprKind::Field { base, name } => match tree.expr(base).kind {
            ExprKind::Path(path) if tree.single_name(path) == Some(crate::sym!("self")) => Some(name),
            _ => field_behind(tree, base),
        },
        ExprKind::Method { receiver, .. } => field_behind(tree, receiver),
        ExprKind::Ref(inner) | ExprKind::Deref(inner) => field_behind(tree, inner),
        _ => None,
    }
}
