//! Which fields and parameters can hold the text of an error, and a value with such a text in a field.

use crate::app::{App, Head, Mark, Ty, Variant};
use crate::symbol::Sym;

/// Whether the text of an error can be in a value of a type: in a text, in what is not known, in a type of the project
/// that has such a field.
pub(super) fn can_hold_text(app: &App, ty: &Ty) -> bool {
    ty.any(&|node| match node.head {
        Head::External(path) if is_string(path) => true,
        // `Cow<'static, str>`, `Arc<str>`: one that is owned.
        Head::External(path) if node.args().first().is_some_and(is_str) => app.knowledge.deref(path).is_some(),
        // A wrapper is what is in it.
        Head::External(path) => {
            node.args().is_empty() && !crate::app::is_primitive(path.as_str()) && !app.knowledge.is_status(path)
        }
        Head::Unknown | Head::Param(_) | Head::Trait(_) | Head::Bounds | Head::Adt(_) => true,
        _ => false,
    })
}

/// A field of a value in which these texts are: it is marked with those that can be in it.
pub(super) fn with_texts_of_field(app: &App, field: Ty, index: Option<usize>, texts: &[Mark]) -> Ty {
    if texts.is_empty() || !can_hold_text(app, &field) {
        return field;
    }
    let is_in = |mark: &&Mark| match mark.within {
        // In a variant of the field's own type, or of one of another field.
        Some(Variant::Own(adt, _)) => field.any(&|node| node.head == Head::Adt(adt)),
        _ => mark.field.is_none_or(|field| index.is_none_or(|index| usize::from(field) == index)),
    };
    // There it is still in the field that it was.
    let taken = |mark: &Mark| match mark.within {
        Some(Variant::Own(..)) => *mark,
        _ => Mark { field: None, ..*mark },
    };
    let texts: Vec<Mark> = texts.iter().filter(is_in).map(taken).collect();
    holding(app, field, &texts)
}

/// A value with these texts: in an `Option` they are in what it holds.
fn holding(app: &App, value: Ty, texts: &[Mark]) -> Ty {
    match value.args() {
        [held] if super::unify::is_fallible(app, &value) => {
            let held = holding(app, held.clone(), texts);
            value.with_args(vec![held])
        }
        _ => value.marked(texts),
    }
}

/// A result whose value is a text that was made of something: it has the texts of errors that are in that.
pub(super) fn with_text_in(app: &App, result: Ty, texts: &[Mark]) -> Ty {
    match result.args() {
        [value, rest @ ..]
            if super::unify::is_fallible(app, &result) && super::parts::takes_string(value) && !texts.is_empty() =>
        {
            let args = std::iter::once(value.clone().marked(texts)).chain(rest.iter().cloned()).collect();
            result.with_args(args)
        }
        _ => result,
    }
}

/// The marks of what is taken out of a field, wherever it was.
pub(super) fn without_field(marks: &[Mark]) -> Vec<Mark> {
    marks.iter().map(|mark| Mark { field: None, ..*mark }).collect()
}

/// Whether a parameter of a type is there to be given a text or something with one in it.
pub(super) fn takes_text(app: &App, ty: &Ty) -> bool {
    match ty.head {
        Head::External(path) => is_string(path),
        Head::Adt(adt) => app.has_text_field(adt),
        _ => false,
    }
}

fn is_str(ty: &Ty) -> bool {
    ty.is_external(crate::sym!("str"))
}

fn is_string(path: Sym) -> bool {
    path == crate::sym!("std::string::String")
}
