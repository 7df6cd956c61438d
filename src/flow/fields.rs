//! What is put into the fields of the project's own types, and what is known of a field that is taken out.

use super::eval::Eval;
use super::unify::{awaited, is_fallible, item_of};
use super::variants::is_of;
use crate::app::{AdtId, Def, Head, Mark, Ty, Variant, What};
use crate::knowledge::{MethodFact, Pattern};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

impl Eval<'_> {
    /// Remembers what is put into a collection that a local holds: `rows.push(row)`.
    pub(super) fn put_into(&mut self, collection: ExprId, fact: &MethodFact, given: &[Ty]) {
        let ExprKind::Path(path) = self.tree().expr(collection).kind else { return };
        let Some(index) = self.tree().single_name(path).and_then(|name| self.env.find(name)) else { return };
        for (pattern, given) in fact.args.iter().flatten().zip(given) {
            let item = match pattern {
                Pattern::Var(_) => Some(given.clone()),
                // `tasks.spawn(work())`
                Pattern::Named(path, _) if *path == crate::app::future_path() => Some(awaited(self.app, given)),
                _ => item_of(given),
            };
            let local = &mut self.env.locals[index];
            if let Some(item) = item.filter(|_| local.ty.args().len() == 1) {
                local.ty = local.ty.clone().with_args(vec![local.ty.arg(0).join(&item)]);
            }
        }
    }

    pub(super) fn struct_expr(&mut self, index: u32) -> Ty {
        let tree = self.tree();
        let it = tree.structs[index as usize];
        let fields: Vec<Ty> = tree.field_run(it.fields).iter().map(|(_, field)| self.eval(*field)).collect();
        if let Some(base) = it.base {
            self.eval(base);
        }
        let names = tree.field_run(it.fields).iter().map(|(name, _)| *name);
        let in_order = |adt: crate::app::AdtId, variant: usize| self.app.in_order(adt, variant, names.zip(&fields));
        match self.pattern_def(it.path) {
            Some(Def::Variant(adt, variant)) => {
                self.made(adt, variant as usize, Vec::new(), &in_order(adt, variant as usize))
            }
            _ => {
                let ty = self.type_of_path(it.path);
                match ty.head {
                    Head::Adt(adt) => self.made(adt, 0, ty.args().to_vec(), &in_order(adt, 0)),
                    _ => fields.iter().fold(ty, |ty, field| ty.marked(&super::errors::held_by_value(self.app, field))),
                }
            }
        }
    }

    /// What is known of a field of a value: that of the value which is known of this variant.
    pub(super) fn field_marks(&self, ty: &Ty, adt: AdtId, variant: usize) -> Vec<Mark> {
        let own = Variant::Own(adt, variant as u32);
        let is_inside = |mark: &&Mark| match mark.within {
            // The text that is in a variant of a field of it.
            Some(Variant::Own(other, _)) if other != adt && super::errors::is_text(mark.what) => true,
            Some(within) => within == own && !matches!(mark.what, What::Made | What::Is),
            // It may be in any variant.
            None => super::errors::goes_with_errors(mark.what),
        };
        let inside = ty.marks().iter().filter(is_inside);
        inside.map(|mark| if mark.within == Some(own) { Mark { within: None, ..*mark } } else { *mark }).collect()
    }

    /// A field of a struct that was made of an error: the error, or its text, may be what is in it.
    pub(super) fn with_error_of(&self, ty: &Ty, name: Sym, field: Ty) -> Ty {
        let own = self.behind(ty, |ty| matches!(ty.head, Head::Adt(_)));
        let Head::Adt(adt) = own.head else { return field };
        if self.app.fields(adt).len() != 1 {
            return field;
        }
        let is_text = matches!(field.head, Head::External(path) if path == crate::sym!("std::string::String"));
        let can_be_error = is_text || field.is_unknown() || self.app.is_error(&field);
        let (texts, others): (Vec<Mark>, Vec<Mark>) =
            self.field_marks(&own, adt, 0).into_iter().partition(|mark| super::errors::is_text(mark.what));
        let errors: Vec<Mark> =
            others.into_iter().filter(|mark| can_be_error && super::errors::is_failure(mark.what)).collect();
        let index = self.app.fields(adt).first().and_then(|fields| fields.iter().position(|(field, _)| *field == name));
        super::text_fields::with_texts_of_field(self.app, field, index, &texts)
            .marked(&super::text_fields::without_field(&errors))
    }

    /// A value made with a variant from some arguments: it holds the errors among them.
    pub(super) fn made(&self, adt: AdtId, variant: usize, args: Vec<Ty>, fields: &[Ty]) -> Ty {
        let own = Variant::Own(adt, variant as u32);
        let is_enum = self.app.fields(adt).len() > 1;
        let mut marks: Vec<Mark> = is_enum.then(|| Mark::of(What::Made).within(own)).into_iter().collect();
        // Of what is given to the function it is only known later whether there is a text in it.
        let put = |index: usize, mark: &Mark| match mark.what {
            What::Argument(..) => mark.within(own).in_field(index),
            _ => mark.within(own),
        };
        let is_known = |what: What| match what {
            What::Status(_) => true,
            what => super::errors::goes_with_errors(what) && !super::errors::is_text(what),
        };
        let mut inner = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let known = field.marks().iter().filter(|mark| is_known(mark.what));
            marks.extend(known.filter(|_| !is_fallible(self.app, field)).map(|mark| put(index, mark)));
            let held = super::errors::held_by_value(self.app, field).into_iter();
            inner.extend(held.filter(|mark| !super::errors::is_text(mark.what)).map(|mark| put(index, &mark)));
        }
        marks.extend(super::texts::texts_in_fields(self.app, own, is_enum, fields));
        // `ErrorPage(Error::NotFound)`
        marks.extend(fields.iter().flat_map(variants_of));
        marks.extend(inner.iter().filter(|mark| !marks.contains(mark)).copied().collect::<Vec<_>>());
        // What was left out of an error can be what has failed here: it is in the variant as well.
        if fields.iter().any(|field| field.any(&Ty::is_crowded)) {
            marks.extend(self.failing_now().iter().map(|mark| mark.within(own)));
        }
        Ty::with(Head::Adt(adt), args).marked(&marks)
    }
}

/// What is known of the variants that a value is made with.
fn variants_of(ty: &Ty) -> Vec<Mark> {
    let is_meant = |mark: &&Mark| matches!(mark.what, What::Made | What::Is) && is_of(mark, ty.head);
    ty.marks().iter().filter(is_meant).copied().collect()
}

/// A field of a value: it is made with the variants that the value says it is.
pub(super) fn with_variant(value: &Ty, field: Ty) -> Ty {
    let is_meant = |mark: &&Mark| matches!(mark.what, What::Made | What::Is) && is_of(mark, field.head);
    let of_field: Vec<Mark> = match field.head == value.head {
        true => Vec::new(),
        false => value.marks().iter().filter(is_meant).copied().collect(),
    };
    field.marked(&of_field)
}
