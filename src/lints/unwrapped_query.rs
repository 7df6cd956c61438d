//! See `lints/unwrapped_query.md`.

use crate::app::{App, Site, Target, What};
use crate::finding::Findings;
use crate::flow::{BodyFacts, Flow, Panic, Panicking};

/// Reports every place on the request path that panics because a query has failed.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, reached) in flow.bodies() {
        for panic in &facts.panics {
            let Some(site) = failed_query(flow, target, panic) else { continue };
            let label = match panic.how {
                Panicking::Accessor(_) => "panics when the column is missing or of another type",
                _ => "panics when the query fails",
            };
            let finding = out.add(target, panic.at, message(panic), label);
            if let Some(query) = flow.query(site) {
                let place = app.place(query.at.instance, query.at.span);
                if place != finding.place {
                    finding.label(place, "this query");
                }
            }
            if let Some(outcome) = flow.panic_outcome(app, target, panic.mode.within(reached.mode)) {
                finding.note(outcome);
            }
            finding.help(advice(facts, panic));
        }
    }
}

/// The query whose failure panics.
fn failed_query(flow: &Flow, target: Target, panic: &Panic) -> Option<Site> {
    flow.causes(target, &panic.marks).into_iter().find_map(|what| match what {
        What::QueryFailed(site) => Some(site),
        _ => None,
    })
}

fn message(panic: &Panic) -> String {
    match panic.how {
        Panicking::Method(name) => format!("`{name}` on the result of a query panics when the query fails"),
        Panicking::Macro(name) => format!("`{name}` panics when a query has failed"),
        Panicking::Assertion(name) => format!("`{name}` panics when a query has failed"),
        Panicking::Accessor(name) => format!("`{name}` panics when a row does not hold what is expected"),
    }
}

fn advice(facts: &BodyFacts, panic: &Panic) -> &'static str {
    let returns_result =
        facts.returns.as_ref().is_some_and(|ty| ty.any(&|node| node.is_external(crate::sym!("std::result::Result"))));
    match panic.how {
        Panicking::Accessor(_) => {
            "read the column with `try_get`, or map rows to a struct, and return the error with `?`"
        }
        _ if returns_result => "return the error with `?` and let the error type answer 500",
        _ => "return a `Result` whose error type answers 500, and use `?` here",
    }
}
