//! What findings about errors that get lost have in common.

use super::{Finding, Findings};
use crate::app::{App, FnId, FnOwner, Head, Target};
use crate::flow::{Flow, Losing, Loss, Lost};
use crate::knowledge::Opens;

/// What gets lost: "the error of a query".
pub(crate) fn error_of(app: &App, target: Target, lost: &Lost) -> String {
    match lost.is_given {
        true => "the error that it is given".to_owned(),
        false => format!("the error of {}", of(app, target, lost)),
    }
}

/// What failed, as in "the error of …".
pub(crate) fn of(app: &App, target: Target, lost: &Lost) -> String {
    let title = lost.library.map(|library| app.knowledge.library(library).title.clone());
    match (lost.opens, lost.is_query) {
        // What other implementations do is something else.
        (None, false) if is_one_of_several(app, target, lost) => "a call".to_owned(),
        (None, true) if lost.is_column => "reading a column".to_owned(),
        (Some(Opens::Connection | Opens::Checkout), _) => "a connection".to_owned(),
        (Some(Opens::Pool), _) => "a pool".to_owned(),
        (None, true) => "a query".to_owned(),
        (None, false) => match (called(app, lost), title) {
            (Some(name), Some(title)) if name.contains("::") && !title.contains(' ') => format!("`{name}`"),
            (_, Some(title)) => format!("a call of {title}"),
            (Some(name), None) => format!("`{name}`"),
            (None, None) => "a call".to_owned(),
        },
    }
}

/// The name of the function that is called, as it stands there.
fn called<'a>(app: &'a App, lost: &Lost) -> Option<&'a str> {
    let text = app.sources.text(app.place(lost.at.instance, lost.at.span));
    let name = text.split_once('(').map_or(text, |(name, _)| name);
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | ':');
    (!name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_name)).then_some(name)
}

/// Names that are longer are no help.
const LONGEST_NAME: usize = 40;

/// Whether something else fails where another implementation of the same trait is at work.
fn is_one_of_several(app: &App, target: Target, lost: &Lost) -> bool {
    let (Target::Fn(own) | Target::Closure { within: own, .. }) = target;
    let tree = &app.facts(lost.at.instance).tree;
    app.functions.iter().enumerate().any(|(number, it)| {
        let FnOwner::Impl(imp) = it.owner else { return false };
        let id = FnId(number as u32);
        if id == own || app.home(id).0 != lost.at.instance {
            return false;
        }
        let (start, end) = app.function(id).exprs;
        let is_here = tree.exprs[start as usize..end as usize].iter().any(|expr| expr.span == lost.at.span);
        let of = app.impl_info(imp).trait_ty.as_ref().map(|ty| ty.head);
        is_here && matches!(of, Some(Head::Trait(of)) if app.impls_of(of).len() > 1)
    })
}

/// A finding at the token that loses an error, with the operation that fails as evidence.
pub(crate) fn report<'f>(
    app: &App,
    out: &'f mut Findings<'_>,
    target: Target,
    (loss, lost): (&Loss, &Lost),
    message: String,
) -> &'f mut Finding {
    let finding = out.add(target, loss.at, message, label(loss.how));
    one_line(app, finding);
    let place = app.place_beside(finding.place, lost.at.instance, lost.at.span);
    if place != finding.place {
        let this = match (lost.opens, lost.is_query) {
            (Some(_), _) => "this is what can fail",
            (None, true) if lost.is_column => "this access to a row",
            (None, true) => "this query",
            (None, false) if lost.is_given => "this conversion",
            (None, false) => "this call",
        };
        finding.label(place, this);
    }
    finding
}

fn label(how: Losing) -> &'static str {
    match how {
        Losing::Ignored | Losing::Dropped => "the result is thrown away",
        Losing::Test(_) => "asks only whether it failed, not why",
        Losing::Conversion => "the error that is converted is not kept",
        Losing::IfLet | Losing::LetElse => "what else it can be is not looked at",
        Losing::Method(_) | Losing::Arm => "the error is lost here",
    }
}

/// Statuses as text: `a 404`, `a 400 or 409`.
pub(crate) fn statuses(statuses: &[u16]) -> String {
    let texts: Vec<String> = statuses.iter().map(u16::to_string).collect();
    format!("a {}", texts.join(" or "))
}

/// Whether requests wait for what loses an error.
pub(crate) fn is_detached(flow: &Flow, target: Target, loss: &Loss) -> bool {
    let mode = flow.mode_of(target).map_or(loss.mode, |mode| loss.mode.within(mode));
    mode == crate::flow::Mode::Detached
}

/// Ends what a finding points at with its first line.
fn one_line(app: &App, finding: &mut Finding) {
    let text = app.sources.text(finding.place);
    let first = text.lines().next().map_or(text.len(), |line| line.trim_end().len());
    finding.place.span.end = finding.place.span.start + first as u32;
}
