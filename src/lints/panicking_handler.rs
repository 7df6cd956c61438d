//! See `lints/panicking_handler.md`.

use crate::app::{App, Target};
use crate::finding::Findings;
use crate::flow::{Blame, Cause, Flow, Hazard, Mode, Panicking, Peril, Way};

/// Reports every place on the request path that panics and is no other lint's.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for Peril { target, hazard, reached, blame } in flow.perils(app) {
        let Blame::Service(of) = blame else { continue };
        let mode = hazard.panic.mode.within(reached.mode);
        let when = when(hazard);
        let finding = out.add(target, hazard.panic.at, message(hazard, &when), label(&when));
        if let Some(of) = of {
            let place = app.place_beside(finding.place, of.instance, of.span);
            if place != finding.place {
                finding.label(place, "this can fail");
            }
        }
        if let Some(outcome) = flow.panic_outcome(app, target, mode) {
            finding.note(outcome);
        }
        finding.help(advice(app, flow, target, hazard, mode));
    }
}

fn message(hazard: &Hazard, when: &Option<String>) -> String {
    let (Panicking::Method(name)
    | Panicking::ErrorMethod(name)
    | Panicking::Macro(name)
    | Panicking::Assertion(name)
    | Panicking::Accessor(name)) = hazard.panic.how;
    match when {
        Some(when) => format!("`{name}` panics when {when}"),
        None => format!("`{name}` panics while a request is served"),
    }
}

fn label(when: &Option<String>) -> String {
    when.as_ref().map_or("panics when it is reached".to_owned(), |when| format!("panics when {when}"))
}

/// When it panics, if that is known.
fn when(hazard: &Hazard) -> Option<String> {
    match hazard.cause {
        Cause::Read(_, name, _) | Cause::Call(_, name, _) => Some(format!("`{name}` fails")),
        Cause::Field(_, name, _) => Some(format!("the column `{name}` is NULL")),
        _ => None,
    }
}

fn advice(app: &App, flow: &Flow, target: Target, hazard: &Hazard, mode: Mode) -> String {
    if mode == Mode::Detached {
        return "log the error here, or keep the task's handle and await it where it can be answered".to_owned();
    }
    if hazard.cause == Cause::Reached {
        return "return an error that is answered with a 5xx".to_owned();
    }
    match flow.way_out(app, target, &hazard.panic) {
        Way::Try(..) => "return the error with `?`".to_owned(),
        Way::Map(name) => format!("`map_err` the error into a 5xx of `{name}`, then `?`"),
        Way::Says(text) => text,
        Way::Perhaps => "return the error with `?`, after `map_err` where there is no conversion".to_owned(),
        Way::Closure => {
            "let the closure return the error, and answer it with a 5xx where the closure is run".to_owned()
        }
        Way::Fixed => "`match` on the result and answer with a 5xx".to_owned(),
        Way::Plain => "return a `Result` whose error type answers 500, and use `?` here".to_owned(),
    }
}
