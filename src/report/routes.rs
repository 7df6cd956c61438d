//! The list of entry points, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Terminal;
use super::json::SCHEMA;
use super::neutral::neutral;
use super::scope::Scope;
use crate::app::{App, EntryPoint};
use crate::cli::{RoutesFormat, Verbosity};
use crate::flow::Flow;
use crate::knowledge::EntryKind;
use crate::source::Place;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    routes: Vec<Route<'a>>,
}

#[derive(Serialize, PartialEq)]
struct Route<'a> {
    framework: &'a str,
    kind: &'static str,
    method: &'a str,
    path: &'a str,
    #[serde(skip)]
    partial_path: &'a str,
    #[serde(skip)]
    unregistered: bool,
    function: String,
    file: &'a str,
    line: u32,
    registered: Option<Registered<'a>>,
    errors: Option<Errors>,
}

#[derive(Serialize, PartialEq)]
struct Errors {
    statuses: Vec<u16>,
    complete: bool,
}

#[derive(Serialize, PartialEq)]
struct Registered<'a> {
    file: &'a str,
    line: u32,
}

/// Writes the entry points of a program to standard output; with what they answer errors with, where that was looked at.
///
/// # Errors
///
/// When writing fails.
pub fn write_routes(
    app: &App,
    flow: Option<&Flow>,
    format: RoutesFormat,
    terminal: &mut Terminal<'_>,
) -> io::Result<()> {
    let scope = Scope::of(app);
    let entries = app.entries.iter().filter(|entry| scope.shows(app.target_place(entry.target)));
    let mut routes: Vec<Route<'_>> = entries.map(|entry| route(app, flow, entry)).collect();
    // A file that belongs to two crates has its entry points in both.
    routes.dedup();
    match format {
        RoutesFormat::Json => {
            serde_json::to_writer(&mut *terminal.out, &Document { schema: SCHEMA, routes })?;
            writeln!(terminal.out)?;
        }
        RoutesFormat::Human => write_table(&routes, terminal.out)?,
    }
    terminal.out.flush()?;
    if terminal.verbosity != Verbosity::Quiet {
        // What could not be read may hold entry points.
        for problem in app.problems.iter().filter(|problem| scope.shows_problem(problem)) {
            terminal.problem(problem)?;
        }
    }
    Ok(())
}

fn route<'a>(app: &'a App, flow: Option<&Flow>, entry: &'a EntryPoint) -> Route<'a> {
    let at = |place: Place| {
        let file = app.sources.get(place.file);
        (file.name.as_str(), file.line_column(place.span.start).0)
    };
    let (file, line) = at(app.target_place(entry.target));
    let errors = flow.and_then(|flow| flow.error_statuses(app, entry));
    Route {
        framework: app.knowledge.library(entry.framework).name.as_str(),
        kind: entry.kind.name(),
        method: entry.method,
        path: &entry.path,
        partial_path: &entry.partial_path,
        unregistered: app.is_unregistered(entry),
        function: app.target_name(entry.target),
        file,
        line,
        registered: entry.registered.map(at).map(|(file, line)| Registered { file, line }),
        errors: errors.map(|it| Errors { statuses: it.statuses, complete: it.complete }),
    }
}

/// A line for each: what answers which request, and where it stands. Handlers come first, by their paths.
fn write_table(routes: &[Route<'_>], out: &mut dyn Write) -> io::Result<()> {
    let what = |route: &Route<'_>| {
        if route.kind == EntryKind::Handler.name() { route.method.to_owned() } else { route.kind.to_owned() }
    };
    let path = |route: &Route<'_>| match (route.partial_path, route.unregistered) {
        ("", true) => "(not registered)".to_owned(),
        ("", false) => "-".to_owned(),
        (path, true) => format!("{path} (not registered)"),
        (path, false) => path.to_owned(),
    };
    let place = |route: &Route<'_>| format!("{}:{}", route.file, route.line);
    let mut rows: Vec<[String; 5]> = routes
        .iter()
        .map(|route| [what(route), path(route), route.function.clone(), place(route), errors(route)])
        .collect();
    rows.sort_by_cached_key(|[what, path, function, place, _]| {
        let is_handler = what.chars().all(char::is_uppercase);
        (!is_handler, (!is_handler).then(|| what.clone()), path.clone(), what.clone(), function.clone(), place.clone())
    });
    rows.dedup();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    for [what, path, function, place, errors] in &rows {
        let [w0, w1, w2, w3] = widths;
        let line = format!("{what:<w0$}  {path:<w1$}  {function:<w2$}  {place:<w3$}  {errors}");
        writeln!(out, "{}", neutral(line.trim_end()))?;
    }
    Ok(())
}

/// What a handler answers errors with: `404, 500`; with `…` behind it where that may not be all.
fn errors(route: &Route<'_>) -> String {
    let Some(errors) = &route.errors else { return String::new() };
    let mut words: Vec<String> = errors.statuses.iter().map(u16::to_string).collect();
    if !errors.complete {
        words.push("…".to_owned());
    }
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
