//! See `lints/error_as_success.md`.

use crate::app::{App, Target};
use crate::finding::Findings;
use crate::flow::{At, Flow};

/// Reports every error on the request path that is answered with a status of success: by its type, by what makes a
/// response of it, or where something has failed.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for plain in flow.plain_errors(app) {
        let at = first_line(app, plain.at);
        let written = || app.sources.text(app.place(at.instance, at.span)).to_owned();
        let text = plain.name.map_or_else(written, |name| name.to_string());
        let message = format!("an error of this handler is answered with status 200: `{text}` carries no status");
        let finding = out.add(plain.handler, at, message, "the status of an error is that of success");
        finding.note("whoever looks at the status takes the error for data: clients, caches, retries, monitors");
        finding.help("put a status beside it, or return an error type that has one");
    }
    for error in flow.successful_errors(app) {
        let name = app.adt(error.adt).name;
        let status = error.status.unwrap_or(200);
        let message = format!("`{name}` is returned as an error and answered with status {status}");
        let label = match error.status {
            Some(_) => "a status of success",
            None => "sets no status",
        };
        let finding = match (error.function, error.returned_by) {
            (Some(function), _) => out.add(Target::Fn(function), error.at, message, label),
            // What a derive makes stands in no function: requests come to what returns it.
            (None, Some(function)) => {
                let finding = out.add(Target::Fn(function), error.at, message, label);
                finding.function.clear();
                finding
            }
            (None, None) => out.add_at(app.place(error.at.instance, error.at.span), message, label),
        };
        if let Some(function) = error.returned_by {
            finding.label(app.target_place(Target::Fn(function)), "returns it as an error");
        }
        finding.help("give the response the status that says what went wrong");
    }
    for answered in flow.answered_failures(app) {
        let status = answered.status.unwrap_or(200);
        let message = format!("an error is answered with status {status}");
        let at = first_line(app, answered.at);
        let finding = out.add(answered.target, at, message, "says that something failed, with a status of success");
        finding.help("answer with the status that says what went wrong");
    }
}

/// The first line of a place.
fn first_line(app: &App, at: At) -> At {
    let place = app.place(at.instance, at.span);
    let text = app.sources.text(place);
    let length = text.lines().next().map_or(text.len(), |line| line.trim_end().len()) as u32;
    let mut span = at.span;
    span.end = span.end.min(span.start + length);
    At { span, ..at }
}
