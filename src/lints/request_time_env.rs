//! See `lints/request_time_env.md`.

use crate::app::{App, Mark, Target, Unserved, What};
use crate::finding::Findings;
use crate::flow::{BodyFacts, EnvRead, Flow, Mode, Reader, Variable};

/// Reports reads of the environment on the request path: in a helper that is told the variable's name, at its calls.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, reached) in flow.bodies() {
        if reached.kept {
            continue;
        }
        for read in &facts.env_reads {
            // What a helper reads for its callers is theirs.
            if matches!(read.variable, Variable::Argument(_)) {
                continue;
            }
            let message = message(read, requests(app, flow, target));
            let finding = out.add(target, read.at, message, label(read));
            if let Reader::Own(helper) = read.reader {
                finding
                    .label(app.target_place(Target::Fn(helper)), "this function reads the variable that it is given");
            }
            if let Some(outcome) = when_unset(app, flow, target, facts, read) {
                finding.note(outcome);
            }
            finding.help(
                "read it once at start-up, keep it in the application state, and let a missing value stop the deploy",
            );
        }
    }
}

fn message(read: &EnvRead, requests: &str) -> String {
    match (read.variable.clone(), read.reader) {
        (Variable::Named(name), _) => format!("the environment variable `{name}` is read for {requests}"),
        (_, Reader::Known(path)) if !path.as_str().starts_with("std::env") => {
            format!("`{}` reads configuration for {requests}", short(path.as_str()))
        }
        _ => format!("an environment variable is read for {requests}"),
    }
}

/// For which requests a body runs.
fn requests(app: &App, flow: &Flow, target: Target) -> &'static str {
    match flow.entry_of(app, target).and_then(|entry| app.unserved(entry)) {
        None => "each request",
        Some(Unserved::Unregistered) => "each request of a handler that nothing registers",
        Some(Unserved::Unmounted) => "each request of a route that nothing mounts",
    }
}

fn name(read: &EnvRead) -> &'static str {
    match read.variable {
        Variable::Named(name) => name.as_str(),
        _ => "the one before",
    }
}

/// The last two steps of a path.
fn short(path: &str) -> &str {
    let mut steps = path.rmatch_indices("::");
    steps.nth(1).map_or(path, |(at, _)| &path[at + 2..])
}

fn label(read: &EnvRead) -> &'static str {
    match read.mode {
        Mode::Direct => "read while a request is served",
        _ => "read because of a request",
    }
}

/// What happens to requests when the variable is not set.
fn when_unset(app: &App, flow: &Flow, target: Target, facts: &BodyFacts, read: &EnvRead) -> Option<String> {
    let unset = |marks: &[Mark]| marks.iter().any(|mark| mark.what == What::Unset(read.site));
    // Most are no substitute, and there can be thousands.
    let reads = if read.instead_of.is_empty() { &[] } else { facts.env_reads.as_slice() };
    let others = reads.iter().filter(|other| read.instead_of.contains(&other.site));
    let others: Vec<String> = others.map(|other| format!("`{}`", name(other))).collect();
    let when = match others.as_slice() {
        [] => "when it is not set".to_owned(),
        others => format!("when neither it nor {} is set", others.join(" nor ")),
    };
    if let Some(panic) = facts.panics.iter().find(|panic| unset(&panic.marks)) {
        let outcome = flow.panic_outcome(app, target, panic.mode).unwrap_or_default();
        return Some(format!("{when} every request that comes here panics: {outcome}"));
    }
    flow.comes_out(target, What::Unset(read.site)).then(|| format!("{when} every request that comes here fails"))
}
