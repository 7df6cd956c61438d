//! The errors and statuses that values hold.

use super::unify::is_fallible;
use crate::app::{App, Head, Mark, Ty, What};

/// Whether it is an error that can get lost.
pub(super) fn is_failure(what: What) -> bool {
    matches!(
        what,
        What::QueryFailed(_) | What::CallFailed(_) | What::TaskFailed(_) | What::Misread(_) | What::Argument(..)
    )
}

/// Whether it is the text of an error.
pub(super) fn is_text(what: What) -> bool {
    matches!(what, What::Text(_) | What::TextOf(..))
}

/// Whether it goes where an error goes: what is made of the error of a query can say that nothing was found.
pub(super) fn goes_with_errors(what: What) -> bool {
    is_failure(what) || is_text(what) || matches!(what, What::QueryEmpty(_) | What::ArgumentEmpty(..))
}

/// Whether it goes where the value goes: an error that has not been dealt with, the text of one, whoever was told, and
/// that nothing was found, whoever has looked at that.
fn goes_along(mark: &Mark) -> bool {
    goes_with_errors(mark.what) && !(mark.settled && is_failure(mark.what))
}

/// Calls a function with every part of a value that can be sent: an error that a stream yields only ends it.
pub(super) fn visit_sent(ty: &Ty, look: &mut impl FnMut(&Ty)) {
    look(ty);
    sent_args(ty).iter().for_each(|arg| visit_sent(arg, look));
}

/// The arguments of a type whose values can be sent.
pub(super) fn sent_args(ty: &Ty) -> &[Ty] {
    match ty.args() {
        [item] if is_stream(ty) && item.args().len() > 1 => &item.args()[..1],
        args => args,
    }
}

/// The texts of errors that a value holds, in whatever part of it.
pub(super) fn texts(ty: &Ty) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    if ty.any(&|node| node.marks().iter().any(|mark| is_text(mark.what))) {
        visit_sent(ty, &mut |node| {
            let own = node.marks().iter().filter(|mark| is_text(mark.what));
            marks.extend(own.filter(|mark| !marks.contains(mark)).copied().collect::<Vec<_>>());
        });
    }
    marks
}

/// The errors, and texts of errors, that a value holds, in whatever part of it.
pub(super) fn held(ty: &Ty) -> Vec<Mark> {
    let mut marks = Vec::new();
    // Most values hold none.
    if !holds_any(ty) {
        return marks;
    }
    collect(ty, &mut marks);
    marks
}

fn holds_any(ty: &Ty) -> bool {
    ty.any(&|node| node.marks().iter().any(goes_along))
}

fn collect(ty: &Ty, marks: &mut Vec<Mark>) {
    let own = ty.marks().iter().filter(|mark| goes_along(mark));
    marks.extend(own.filter(|mark| !marks.contains(mark)).copied().collect::<Vec<_>>());
    ty.args().iter().for_each(|arg| collect(arg, marks));
}

/// The errors that a value holds which is no result itself: results in it are not looked at.
pub(super) fn held_by_value(app: &App, ty: &Ty) -> Vec<Mark> {
    if !holds_any(ty) {
        return Vec::new();
    }
    // `Some(error.to_string())` holds the error, the result of a query does not: it is one.
    if is_fallible(app, ty) {
        return ty.args().first().map(|value| held_by_value(app, value)).unwrap_or_default();
    }
    let mut marks: Vec<Mark> = ty.marks().iter().filter(|mark| goes_along(mark)).copied().collect();
    for arg in ty.args() {
        marks.extend(held_by_value(app, arg));
    }
    marks
}

/// What is in an error that code makes which runs later: `once(async { Err(error) })`.
pub(super) fn held_for_later(app: &App, ty: &Ty) -> Vec<Mark> {
    let mut marks = Vec::new();
    if ty.is_external(crate::app::future_path()) && is_fallible(app, &ty.arg(0)) {
        marks.extend(ty.arg(0).args().get(1).map(held).unwrap_or_default());
    }
    marks
}

/// The statuses that are given to a call: those that are known, and those of arguments of the function.
pub(super) fn statuses_given(app: &App, ty: &Ty) -> Vec<Mark> {
    let mut statuses = Vec::new();
    ty.visit(&mut |node| {
        let is_status = matches!(node.head, Head::External(path) if app.knowledge.is_status(path));
        let is_meant = |mark: &&Mark| match mark.what {
            What::Status(_) => true,
            What::Argument(..) => is_status,
            _ => false,
        };
        statuses.extend(node.marks().iter().filter(is_meant).map(|mark| mark.anywhere()));
    });
    statuses
}

/// Those of some marks whose error is still there and which nobody has been told of.
pub(super) fn untold(marks: &[Mark]) -> Vec<Mark> {
    marks.iter().filter(|mark| !mark.settled && is_failure(mark.what)).copied().collect()
}

/// The same value, in which some errors cannot get lost any more. What a stream in it yields can still fail.
pub(super) fn settled(ty: &Ty, whats: &[What]) -> Ty {
    let is_meant = |mark: &Mark| !mark.settled && !is_text(mark.what) && whats.contains(&mark.what);
    if whats.is_empty() || !ty.any(&|node| node.marks().iter().any(is_meant)) {
        return ty.clone();
    }
    let settle = |mark: &Mark| if is_meant(mark) { mark.dealt_with() } else { *mark };
    let marks: Vec<Mark> = ty.marks().iter().map(settle).collect();
    let args = match is_stream(ty) || ty.is_external(crate::sym!("std::iter::Iterator")) {
        true => ty.args().to_vec(),
        false => ty.args().iter().map(|arg| settled(arg, whats)).collect(),
    };
    ty.clone().with_args(args).unmarked().marked(&marks)
}

/// The same of a stream or iterator: what has been done with its errors has been done with each of them.
pub(super) fn settled_items(ty: &Ty, whats: &[What]) -> Ty {
    let args = ty.args().iter().map(|arg| settled(arg, whats)).collect();
    settled(ty, whats).with_args(args)
}

/// Whether a value yields one result after the other, each of which can fail: what reads them sees the errors.
pub(super) fn is_stream(ty: &Ty) -> bool {
    ty.is_external(crate::sym!("futures::Stream"))
}

/// The statuses that a value has, in whatever part of it.
pub(super) fn statuses_in(ty: &Ty) -> Vec<Mark> {
    if !ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::Status(_)))) {
        return Vec::new();
    }
    let own = ty.marks().iter().filter(|mark| matches!(mark.what, What::Status(_))).map(|mark| mark.anywhere());
    own.chain(ty.args().iter().flat_map(statuses_in)).collect()
}
