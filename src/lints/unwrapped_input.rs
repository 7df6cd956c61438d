//! See `lints/unwrapped_input.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Blame, Cause, Flow, Hazard, Panicking, Peril};

/// Reports every place on the request path that panics on what a client sends.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for Peril { target, hazard, reached, blame } in flow.perils(app) {
        let Blame::Client(sent) = blame else { continue };
        let panic = &hazard.panic;
        let when = when(hazard);
        let finding = out.add(target, panic.at, message(hazard, &when), format!("panics when {when}"));
        let place = app.place_beside(finding.place, sent.at.instance, sent.at.span);
        if place != finding.place {
            finding.label(place, "the client sends this");
        }
        if let Some(outcome) = flow.panic_outcome(app, target, panic.mode.within(reached.mode)) {
            finding.note(outcome);
        }
        finding.help(advice(hazard));
    }
}

fn message(hazard: &Hazard, when: &str) -> String {
    match hazard.panic.how {
        Panicking::Method(name) | Panicking::ErrorMethod(name) => format!("`{name}` panics when {when}"),
        Panicking::Macro(name) | Panicking::Assertion(name) => format!("`{name}` panics when {when}"),
        Panicking::Accessor(name) => format!("`{name}` panics when {when}"),
    }
}

/// When it panics.
fn when(hazard: &Hazard) -> String {
    match hazard.cause {
        Cause::Read(_, name, _) => format!("`{name}` cannot read what the client sends"),
        Cause::Part(_, name) => format!("`{name}` does not find its part in what the client sends"),
        Cause::Field(_, name, _) => format!("the client leaves out `{name}`"),
        Cause::Key(name) => format!("the client leaves out `{name}`"),
        Cause::Zero => "the client sends 0".to_owned(),
        _ => "what the client sends is too short".to_owned(),
    }
}

fn advice(hazard: &Hazard) -> &'static str {
    match hazard.cause {
        Cause::Read(..) => "answer 400 where it cannot be read, or let an extractor read it",
        Cause::Field(..) => "answer 400 where it is missing, or let its type say that it must be there",
        Cause::Zero => "answer 400 where it is 0",
        Cause::Beyond => "use `get`, and answer 400 where there is nothing",
        _ => "answer 400 where it is not there",
    }
}
