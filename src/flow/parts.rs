//! Parts of arguments: marks for what is not known of them until a call, and what a call puts in their place.

use super::text_fields::takes_text;
use crate::app::{App, FnId, Head, Mark, Signature, Ty, What};

/// The type of a parameter with a mark on every node that can fail, by which what is known of the argument is put in
/// place at each call.
pub(super) fn with_argument_marks(app: &App, ty: &Ty, argument: u16) -> Ty {
    let mut node = 0;
    mark_nodes(app, ty, argument, &mut node)
}

/// Whether a parameter of a type is given a text.
pub(super) fn takes_string(ty: &Ty) -> bool {
    matches!(ty.head, Head::External(path) if matches!(path.as_str(), "std::string::String" | "str"))
}

/// Whether a parameter of a type can be given errors of any type.
pub(super) fn takes_any_error(ty: &Ty) -> bool {
    match ty.head {
        Head::Param(_) | Head::Bounds | Head::Trait(_) | Head::Unknown => true,
        Head::External(path) => matches!(
            path.as_str(),
            "std::error::Error"
                | "std::fmt::Display"
                | "std::fmt::Debug"
                | "std::string::ToString"
                | "std::convert::Into"
        ),
        _ => false,
    }
}

fn mark_nodes(app: &App, ty: &Ty, argument: u16, node: &mut u16) -> Ty {
    let own = *node;
    *node += 1;
    let args: Vec<Ty> = ty.args().iter().map(|arg| mark_nodes(app, arg, argument, node)).collect();
    let ty = ty.clone().with_args(args);
    let is_row = matches!(ty.head, Head::External(path) if app.knowledge.is_row(path));
    let is_open = takes_any_error(&ty);
    let is_status = matches!(ty.head, Head::External(path) if app.knowledge.is_status(path));
    if is_row || is_open || is_status || takes_string(&ty) || super::unify::is_fallible(app, &ty) || app.is_error(&ty) {
        let mark = Mark::of(What::Argument(argument, own));
        // `None` does not say why.
        let says_why = !super::unify::is_fallible(app, &ty) || ty.args().len() > 1 || super::errors::is_stream(&ty);
        let absence = Mark::of(What::ArgumentEmpty(argument, own));
        let ty = ty.marked(&[if says_why { mark } else { mark.settled() }, absence]);
        let holds_text = matches!(ty.head, Head::Adt(_)) && takes_text(app, &ty);
        if holds_text { ty.marked(&[Mark::of(What::TextOf(argument, own))]) } else { ty }
    } else if takes_text(app, &ty) {
        ty.marked(&[Mark::of(What::TextOf(argument, own))])
    } else {
        ty
    }
}

/// What the nodes that can fail of some arguments are marked with, where that is anything.
pub(super) fn argument_nodes(app: &App, targets: &[FnId], types: &[Ty]) -> Vec<(u16, u16, Vec<Mark>)> {
    let Some(&first) = targets.first() else { return Vec::new() };
    let signature = app.signature(first);
    let mut nodes = Vec::new();
    for (argument, (declared, actual)) in declared(signature).zip(types).enumerate() {
        let mut node = 0;
        collect_nodes(declared, actual, argument as u16, &mut node, &mut nodes);
    }
    nodes
}

fn declared(signature: &Signature) -> impl Iterator<Item = &Ty> {
    signature.receiver.iter().chain(&signature.params)
}

fn collect_nodes(declared: &Ty, actual: &Ty, argument: u16, node: &mut u16, nodes: &mut Vec<(u16, u16, Vec<Mark>)>) {
    let own = *node;
    *node += 1;
    // What a query yielded is a row where one is wanted, also where its type could not be told.
    // Where anything can be given, or a text, it is the error in it that counts.
    let is_open = takes_any_error(declared) || takes_string(declared);
    let is_known = |mark: &&Mark| {
        // Texts that are in a field are marked by themselves.
        if super::errors::is_text(mark.what) && !is_open {
            return false;
        }
        declared.head == actual.head || is_open || actual.is_unknown() && matches!(mark.what, What::Queried(_))
    };
    let marks: Vec<Mark> = actual.marks().iter().filter(is_known).copied().collect();
    if !marks.is_empty() {
        nodes.push((argument, own, marks));
    }
    for (index, inner) in declared.args().iter().enumerate() {
        collect_nodes(inner, &actual.arg(index), argument, node, nodes);
    }
}

/// What a function returns, with what is known of the arguments of a call in the place of the marks for them;
/// `on_text` says what there is for text made of a part of an argument, for a node of the result.
pub(super) fn fill_arguments(
    returns: &Ty,
    signature: &Signature,
    types: &[Ty],
    on_text: &mut impl FnMut(u16, u16, Head) -> Vec<Mark>,
) -> Ty {
    let of_argument =
        |mark: &Mark| matches!(mark.what, What::Argument(..) | What::ArgumentEmpty(..) | What::TextOf(..));
    let names_arguments = |ty: &Ty| ty.marks().iter().any(of_argument);
    if !returns.any(&names_arguments) {
        return returns.clone();
    }
    let mut nodes = Vec::new();
    for (argument, (declared, actual)) in declared(signature).zip(types).enumerate() {
        let mut node = 0;
        collect_nodes(declared, actual, argument as u16, &mut node, &mut nodes);
    }
    returns.map(&mut |ty| {
        if !names_arguments(&ty) {
            return ty;
        }
        let mut marks = Vec::new();
        for mark in ty.marks() {
            let found = match mark.what {
                What::Argument(argument, node) | What::ArgumentEmpty(argument, node) => {
                    let found = nodes.iter().find(|(a, n, _)| *a == argument && *n == node);
                    let marks = found.map(|(_, _, marks)| marks.as_slice()).unwrap_or_default();
                    // Where text is made of the argument, it is known what becomes of texts.
                    let is_beside =
                        |other: &Mark| other.field.is_none() || mark.field.is_none() || other.field == mark.field;
                    let mut texts = ty.marks().iter().filter(|other| other.what == What::TextOf(argument, node));
                    let texts_apart = texts.any(is_beside);
                    let is_meant = |inner: &&Mark| {
                        inner.what.is_absence() == mark.what.is_absence()
                            && !(texts_apart && super::errors::is_text(inner.what))
                    };
                    marks.iter().filter(is_meant).copied().collect()
                }
                What::TextOf(argument, node) => on_text(argument, node, ty.head),
                _ => {
                    marks.push(*mark);
                    continue;
                }
            };
            // A struct that is made of an argument holds the variant of it.
            let holds = matches!(mark.what, What::TextOf(..)) && matches!(ty.head, Head::Adt(_));
            marks.extend(found.iter().map(|inner| match inner.within {
                Some(_) if holds => *inner,
                _ => filled(mark, inner),
            }));
        }
        ty.unmarked().marked(&marks)
    })
}

/// The node of an argument that a mark names: as declared, and what is given there as far as that is known.
pub(super) fn node_of(signature: &Signature, types: &[Ty], argument: u16, node: u16) -> Option<(Ty, Ty)> {
    let declared = declared(signature).nth(argument as usize)?;
    let actual = types.get(argument as usize).cloned().unwrap_or(Ty::UNKNOWN);
    let mut left = node;
    find_node(declared, &actual, &mut left)
}

fn find_node(declared: &Ty, actual: &Ty, left: &mut u16) -> Option<(Ty, Ty)> {
    if *left == 0 {
        return Some((declared.clone(), actual.clone()));
    }
    *left -= 1;
    declared.args().iter().enumerate().find_map(|(index, inner)| find_node(inner, &actual.arg(index), left))
}

/// What is known of an argument, in the place of a mark for it.
fn filled(mark: &Mark, inner: &Mark) -> Mark {
    Mark {
        what: inner.what,
        within: match inner.what {
            What::Made | What::Is => inner.within,
            _ => mark.within.or(inner.within),
        },
        field: mark.field.or(inner.field),
        settled: mark.settled || inner.settled,
    }
}
