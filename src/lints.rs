//! The lints, in the order the documentation lists them.

use crate::app::App;
use crate::finding::Finding;
use crate::lint::Lint;

mod dropped_cause;
mod request_time_env;
mod swallowed_error;
mod unchecked_code;
mod unused_suppression;
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
    lint!(request_time_env),
    lint!(dropped_cause),
    lint!(unused_suppression),
    lint!(unchecked_code),
];

/// Statuses as text: `a 404`, `a 400 or 409`.
fn statuses(statuses: &[u16]) -> String {
    let texts: Vec<String> = statuses.iter().map(u16::to_string).collect();
    format!("a {}", texts.join(" or "))
}

/// Ends what a finding points at with its first line.
fn one_line(app: &App, finding: &mut Finding) {
    let text = app.sources.text(finding.place);
    let first = text.lines().next().map_or(text.len(), |line| line.trim_end().len());
    finding.place.span.end = finding.place.span.start + first as u32;
}

/// The lint of a name.
pub fn lint(name: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.name == name)
}

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
