//! What findings about errors that get lost have in common.

use super::{Finding, Findings};
use crate::app::{App, Target};
use crate::flow::{Flow, Losing, Loss, Lost};
use crate::knowledge::Opens;

/// What gets lost: "the error of a query".
pub(crate) fn error_of(app: &App, lost: &Lost) -> String {
    if lost.is_given { "the error that it is given".to_owned() } else { format!("the error of {}", of(app, lost)) }
}

/// What failed, as in "the error of …".
pub(crate) fn of(app: &App, lost: &Lost) -> String {
    match (lost.opens, lost.is_query) {
        (Some(Opens::Connection | Opens::Checkout), _) => "a connection".to_owned(),
        (Some(Opens::Pool), _) => "a pool".to_owned(),
        (None, true) => "a query".to_owned(),
        (None, false) => match lost.library {
            Some(library) => format!("a call of {}", app.knowledge.library(library).title),
            None => "a call".to_owned(),
        },
    }
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
