//! The lints, in the order the documentation lists them.

use crate::lint::Lint;

mod blocking_handler;
mod client_per_request;
mod dropped_cause;
mod error_as_success;
mod impossible_extractor;
mod leaked_error;
mod lock_across_await;
mod missing_not_found;
mod missing_panic_boundary;
mod missing_request_id;
mod missing_timeout;
mod panicking_handler;
mod poisoned_lock;
mod request_time_env;
mod shallow_health_check;
mod swallowed_error;
mod unavailable_as_500;
mod unawaited_future;
mod unchecked_code;
mod unchecked_rows_affected;
mod unused_suppression;
mod unwrapped_input;
mod unwrapped_query;

macro_rules! lint {
    ($name:ident) => {
        Lint {
            name: stringify!($name),
            text: include_str!(concat!("../lints/", stringify!($name), ".md")),
            check: $name::check,
        }
    };
}

/// Every lint.
pub static LINTS: &[Lint] = &[
    lint!(unwrapped_query),
    lint!(swallowed_error),
    lint!(missing_not_found),
    lint!(leaked_error),
    lint!(request_time_env),
    lint!(dropped_cause),
    lint!(error_as_success),
    lint!(impossible_extractor),
    lint!(unwrapped_input),
    lint!(panicking_handler),
    lint!(poisoned_lock),
    lint!(unawaited_future),
    lint!(client_per_request),
    lint!(missing_timeout),
    lint!(shallow_health_check),
    lint!(missing_panic_boundary),
    lint!(missing_request_id),
    lint!(blocking_handler),
    lint!(lock_across_await),
    lint!(unavailable_as_500),
    lint!(unchecked_rows_affected),
    lint!(unused_suppression),
    lint!(unchecked_code),
];

/// The lint of a name.
pub fn lint(name: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.name == name)
}

/// The name that stands for every lint.
pub const ALL: &str = "all";

/// The names of the groups that lints belong to, in their order, each once.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&'static str> = Vec::new();
    for lint in LINTS {
        if !groups.contains(&lint.group()) {
            groups.push(lint.group());
        }
    }
    groups
}
