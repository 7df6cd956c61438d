//! See `lints/unwrapped_query.md`.

use crate::app::{App, Target, What};
use crate::finding::Findings;
use crate::flow::{BodyFacts, Flow, Mode, Panic, Panicking, Query};
use crate::knowledge::Opens;

/// Reports every place on the request path that panics because a query has failed.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, reached) in flow.bodies() {
        for panic in &facts.panics {
            let Some(query) = query_behind(flow, target, panic) else { continue };
            let mode = panic.mode.within(reached.mode);
            let words = Words::of(panic, query);
            let finding = out.add(target, panic.at, words.message(panic), format!("panics when {}", words.when));
            let place = app.place_beside(finding.place, query.at.instance, query.at.span);
            if place != finding.place {
                finding.label(place, words.query);
            }
            if let Some(outcome) = flow.panic_outcome(app, target, mode) {
                finding.note(outcome);
            }
            finding.help(advice(facts, panic, mode));
        }
    }
}

/// The query whose failure panics, or whose row is accessed.
fn query_behind<'a>(flow: &'a Flow, target: Target, panic: &Panic) -> Option<&'a Query> {
    let is_access = matches!(panic.how, Panicking::Accessor(_));
    let whats = flow.causes(target, &panic.marks).into_iter();
    let queries: Vec<&Query> = whats
        .filter_map(|what| match what {
            What::QueryFailed(site) => flow.query(site),
            What::Queried(site) if is_access => flow.query(site),
            _ => None,
        })
        .collect();
    // The query on a connection is what the result is about, though there may be none because there was no connection.
    queries.iter().find(|query| query.opens.is_none()).or(queries.first()).copied()
}

/// How a panic and its query are called.
struct Words {
    /// What it is that is taken apart.
    of: &'static str,
    /// When it panics.
    when: &'static str,
    /// What the query is.
    query: &'static str,
}

impl Words {
    fn of(panic: &Panic, query: &Query) -> Words {
        let (of, fails, succeeds, query) = match query.opens {
            Some(Opens::Pool) => ("a new pool", "the pool cannot be made", "the pool can be made", "this pool"),
            Some(Opens::Connection) => {
                ("a new connection", "there is no connection to be had", "there is a connection", "this connection")
            }
            None => ("the result of a query", "the query fails", "the query succeeds", "this query"),
        };
        let when = match panic.how {
            Panicking::Accessor(_) => "the column is missing or of another type",
            Panicking::ErrorMethod(_) => succeeds,
            _ => fails,
        };
        Words { of, when, query }
    }

    fn message(&self, panic: &Panic) -> String {
        match panic.how {
            Panicking::Method(name) | Panicking::ErrorMethod(name) => {
                format!("`{name}` on {} panics when {}", self.of, self.when)
            }
            Panicking::Macro(name) | Panicking::Assertion(name) => format!("`{name}` panics when {}", self.when),
            Panicking::Accessor(name) => format!("`{name}` panics when a row does not hold what is expected"),
        }
    }
}

fn advice(facts: &BodyFacts, panic: &Panic, mode: Mode) -> &'static str {
    let returns_result =
        facts.returns.as_ref().is_some_and(|ty| ty.any(&|node| node.is_external(crate::sym!("std::result::Result"))));
    match panic.how {
        // Nobody is left to be answered.
        _ if mode == Mode::Detached => {
            "log the error here, or keep the task's handle and await it where it can be answered"
        }
        Panicking::Accessor(_) => {
            "read the column with `try_get`, or map rows to a struct, and return the error with `?`"
        }
        Panicking::ErrorMethod(_) => "`match` on the result: what is expected to fail can succeed",
        _ if returns_result => "return the error with `?` and let the error type answer 500",
        _ => "return a `Result` whose error type answers 500, and use `?` here",
    }
}
