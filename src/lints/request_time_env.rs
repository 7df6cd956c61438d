//! See `lints/request_time_env.md`.

use crate::app::{App, Mark, Target, What};
use crate::finding::{Finding, Findings};
use crate::flow::{BodyFacts, EnvRead, Flow, Mode, Reader, Variable};

/// Reports reads of the environment on the request path: in a helper that is told the variable's name, at its calls.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, reached) in flow.bodies() {
        if reached.kept {
            continue;
        }
        // What a helper reads for its callers is theirs.
        let own = |read: &&EnvRead| !read.kept && !matches!(read.variable, Variable::Argument(_));
        let reads: Vec<&EnvRead> = facts.env_reads.iter().filter(own).collect();
        for (index, read) in reads.iter().enumerate() {
            let together = |other: &&EnvRead| read.condition.is_some() && other.condition == read.condition;
            if reads[..index].iter().any(&together) {
                continue;
            }
            let all: Vec<&EnvRead> = std::iter::once(*read)
                .chain(reads[index + 1..].iter().copied().filter(|other| together(other)))
                .collect();
            let finding = out.add(target, read.at, message(&all), label(read));
            if let Reader::Own(helper) = read.reader {
                finding
                    .label(app.target_place(Target::Fn(helper)), "this function reads the variable that it is given");
            }
            consequence(app, flow, (target, facts), read, finding);
            if all.len() == 1 {
                finding.fix(flow.read_once(app, target, read));
            }
        }
    }
}

fn message(reads: &[&EnvRead]) -> String {
    let names: Vec<String> = reads.iter().filter_map(|read| name(read)).map(|name| format!("`{name}`")).collect();
    match (names.as_slice(), reads[0].reader) {
        ([.., last], _) if reads.len() > 1 && names.len() == reads.len() => {
            let others = names[..names.len() - 1].join(", ");
            format!("the environment variables {others} and {last} are read for each request")
        }
        ([only, ..], _) if name(reads[0]).is_some() => {
            format!("the environment variable {only} is read for each request")
        }
        (_, Reader::Known(path)) if !path.as_str().starts_with("std::env") => {
            format!("`{}` reads configuration for each request", short(path.as_str()))
        }
        _ => "an environment variable is read for each request".to_owned(),
    }
}

fn name(read: &EnvRead) -> Option<&'static str> {
    match read.variable {
        Variable::Named(name) => Some(name.as_str()),
        _ => None,
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

/// Says what happens to requests when the variable is not set, and what to do about it.
fn consequence(app: &App, flow: &Flow, (target, facts): (Target, &BodyFacts), read: &EnvRead, finding: &mut Finding) {
    let required = match read.variable {
        Variable::Named(name) => flow.required_at_start(app, name),
        _ => None,
    };
    if let Some(at) = required {
        let place = app.place_beside(finding.place, at.instance, at.span);
        if place != finding.place {
            finding.label(place, "start-up reads it here, and stops without it");
        }
        finding.note("start-up reads it, too, and stops when it is not set");
        finding.help("keep the value that start-up reads in the application state, and take it from there");
        return;
    }
    let outcome = when_unset(app, flow, target, facts, read);
    let needed = !outcome.is_empty() || flow.needs(facts, read);
    if flow.is_served(app, target) {
        finding.notes.extend(outcome);
    }
    finding.help(match (&read.variable, read.reader) {
        _ if needed => {
            "read it once at start-up, keep it in the application state, and let a missing value stop the deploy"
        }
        (Variable::Unnamed, Reader::Known(path)) if !path.as_str().starts_with("std::env") => {
            "do that once, at start-up"
        }
        _ => "read it once at start-up, and keep it in the application state",
    });
}

/// What happens to requests when the variable is not set.
fn when_unset(app: &App, flow: &Flow, target: Target, facts: &BodyFacts, read: &EnvRead) -> Vec<String> {
    let unset = |marks: &[Mark]| marks.iter().any(|mark| mark.what == What::Unset(read.site));
    // Most are no substitute, and there can be thousands.
    let reads = if read.instead_of.is_empty() { &[] } else { facts.env_reads.as_slice() };
    let others = reads.iter().filter(|other| read.instead_of.contains(&other.site));
    let others: Vec<String> = others.map(|other| format!("`{}`", name(other).unwrap_or("the one before"))).collect();
    let when = match others.as_slice() {
        [] => "when it is not set".to_owned(),
        others => format!("when neither it nor {} is set", others.join(" nor ")),
    };
    let panic = facts.panics.iter().find(|panic| unset(&panic.marks)).map(|panic| panic.mode);
    let in_helper = matches!(read.reader, Reader::Own(helper) if flow.panics_without(helper));
    if let Some(mode) = panic.or(in_helper.then_some(read.mode)) {
        let panics = format!("{when} every request that comes here panics");
        return std::iter::once(panics).chain(flow.panic_outcome(app, target, mode)).collect();
    }
    let unset: Vec<_> = facts.unset.iter().filter(|(site, _)| *site == read.site).map(|(_, ty)| ty).collect();
    let statuses: Vec<String> =
        flow.statuses_unset(app, target, &unset).iter().map(|status| format!("`{status}`")).collect();
    match (statuses.as_slice(), flow.comes_out(target, What::Unset(read.site))) {
        ([], true) => vec![format!("{when} every request that comes here fails")],
        ([], false) => Vec::new(),
        (statuses, _) => {
            vec![format!("{when} every request that comes here is answered with {}", statuses.join(" or "))]
        }
    }
}
