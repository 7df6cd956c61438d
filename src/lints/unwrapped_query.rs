//! See `lints/unwrapped_query.md`.

use crate::app::{App, Site, Target, What};
use crate::finding::Findings;
use crate::flow::{Flow, Mode, Panic, Panicking, Query, Way};
use crate::knowledge::Opens;

/// Reports every place on the request path that panics because a query has failed.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, reached) in flow.bodies() {
        for panic in &facts.panics {
            let Some((reason, query)) = query_behind(flow, target, panic) else { continue };
            let mode = panic.mode.within(reached.mode);
            let words = Words::of(panic, reason, query);
            let label = match panic.how {
                Panicking::Accessor(_) => format!("panics when {}", row_fails(panic)),
                _ => format!("panics when {}", words.when),
            };
            let finding = out.add(target, panic.at, words.message(panic), label);
            let place = app.place_beside(finding.place, query.at.instance, query.at.span);
            if place != finding.place {
                finding.label(place, words.query);
            }
            if let Some(outcome) = flow.panic_outcome(app, target, mode) {
                finding.note(outcome);
            }
            finding.help(advice(app, flow, target, panic, reason, mode));
            finding.fix(flow.try_instead(app, target, panic));
        }
    }
}

/// What it is that fails where something panics.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The query.
    Query,
    /// An access to a row that the query yielded.
    Row,
    /// An access to a row of which it is not known what yielded it.
    Access,
    /// A task that the query runs in.
    Task,
}

/// The query whose failure panics, or whose row is accessed, or whose task fails.
fn query_behind<'a>(flow: &'a Flow, target: Target, panic: &Panic) -> Option<(Reason, &'a Query)> {
    let whats = flow.causes(target, &panic.marks);
    let first = |of: fn(What) -> Option<Site>| {
        let queries: Vec<&Query> = whats.iter().filter_map(|what| flow.query(of(*what)?)).collect();
        // The query on a connection is what the result is about, though there may be none because there was no
        // connection.
        queries.iter().find(|query| query.opens.is_none()).or(queries.first()).copied()
    };
    if matches!(panic.how, Panicking::Accessor(_)) {
        let accessed = first(|what| match what {
            What::QueryFailed(site) | What::Queried(site) => Some(site),
            _ => None,
        });
        return accessed.map(|query| (Reason::Row, query));
    }
    let failed = first(|what| if let What::QueryFailed(site) = what { Some(site) } else { None });
    let misread = first(|what| if let What::Misread(site) = what { Some(site) } else { None });
    let yielded = first(|what| if let What::Queried(site) = what { Some(site) } else { None });
    let task = first(|what| if let What::TaskFailed(site) = what { Some(site) } else { None });
    match (failed, misread, yielded, task) {
        (Some(query), ..) => Some((Reason::Query, query)),
        (None, Some(_), Some(query), _) => Some((Reason::Row, query)),
        (None, Some(access), None, _) => Some((Reason::Access, access)),
        (None, None, _, task) => Some((Reason::Task, task?)),
    }
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
    fn of(panic: &Panic, reason: Reason, query: &Query) -> Words {
        let (of, fails, succeeds, query) = match (reason, query.opens) {
            (Reason::Row | Reason::Access, _) => (
                "a column of a row",
                "the column is missing or of another type",
                "the row holds what is expected",
                if reason == Reason::Row { "this query" } else { "this access to a row" },
            ),
            (Reason::Task, _) => (
                "the outcome of a task",
                "the task fails or panics",
                "the task comes to its end",
                "this query runs in the task",
            ),
            (Reason::Query, Some(Opens::Pool)) => {
                ("a new pool", "the pool cannot be made", "the pool can be made", "this pool")
            }
            (Reason::Query, Some(Opens::Checkout)) => (
                "a connection from the pool",
                "there is no connection to be had",
                "there is a connection",
                "this takes it from the pool",
            ),
            (Reason::Query, Some(Opens::Connection)) => {
                ("a connection", "there is no connection to be had", "there is a connection", "this connection")
            }
            (Reason::Query, None) => ("the result of a query", "the query fails", "the query succeeds", "this query"),
        };
        let when = if matches!(panic.how, Panicking::ErrorMethod(_)) { succeeds } else { fails };
        Words { of, when, query }
    }

    fn message(&self, panic: &Panic) -> String {
        match panic.how {
            Panicking::Method(name) | Panicking::ErrorMethod(name) => {
                format!("`{name}` on {} panics when {}", self.of, self.when)
            }
            Panicking::Macro(name) | Panicking::Assertion(name) => format!("`{name}` panics when {}", self.when),
            Panicking::Accessor(name) => format!("`{name}` panics when {}", row_fails(panic)),
        }
    }
}

/// When an access to a row panics.
fn row_fails(panic: &Panic) -> String {
    let Some(column) = panic.column else { return "a row does not hold what is expected".to_owned() };
    let name = column.name.as_str();
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let column_name = if is_number { name.to_owned() } else { format!("`{name}`") };
    let null = if column.nullable { "" } else { ", NULL" };
    format!("column {column_name} is missing{null} or of another type")
}

fn advice(app: &App, flow: &Flow, target: Target, panic: &Panic, reason: Reason, mode: Mode) -> String {
    let text = match panic.how {
        // Nobody is left to be answered.
        _ if mode == Mode::Detached => {
            "log the error here, or keep the task's handle and await it where it can be answered"
        }
        Panicking::Accessor(_) => {
            "read the column with what returns a `Result`, such as `try_get`, or map rows to a struct"
        }
        Panicking::ErrorMethod(_) => "`match` on the result: what is expected to fail can succeed",
        _ => return way_out(app, flow, target, panic, reason),
    };
    text.to_owned()
}

/// What to do with the error instead.
fn way_out(app: &App, flow: &Flow, target: Target, panic: &Panic, reason: Reason) -> String {
    let what = if reason == Reason::Task { "the task's error" } else { "the error" };
    let rest = if reason == Reason::Task { "; what the query yields is a result of its own" } else { "" };
    let text = match flow.way_out(app, target, panic) {
        Way::Try(Some(adt), statuses) => {
            let name = app.adt(adt).name;
            match statuses.as_slice() {
                [] => format!("return {what} with `?`"),
                [only] if *only >= 500 => format!("return {what} with `?`: `{name}` answers {only}"),
                _ => format!("return {what} with `?`, and let `{name}` answer a 5xx"),
            }
        }
        Way::Try(None, _) => format!("return {what} with `?`"),
        Way::Map(name) => format!("`map_err` {what} into a 5xx of `{name}`, then `?`"),
        Way::Perhaps => format!("return {what} with `?`, after `map_err` where there is no conversion"),
        Way::Says(text) => text,
        Way::Closure => format!("let the closure return {what}, and answer it with a 5xx where the closure is run"),
        Way::Fixed => "`match` on the result and answer with a 5xx".to_owned(),
        Way::Plain if reason == Reason::Task => "`match` on the task's outcome and answer 500".to_owned(),
        Way::Plain => "return a `Result` whose error type answers 500, and use `?` here".to_owned(),
    };
    format!("{text}{rest}")
}
