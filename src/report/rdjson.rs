//! `--format rdjson`: for reviewdog, <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>. Columns count bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::paths::{Paths, file};
use super::region::{Region, Unit};
use super::{Report, Reported};
use crate::lint::Lint;
use crate::lints::lint;
use crate::source::Place;

#[derive(Serialize)]
struct Document<'a> {
    source: Source,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

/// All findings as one document.
pub(super) fn write(report: &Report<'_>, paths: &Paths, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        source: Source { name: "backstop", url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics: report.findings.iter().map(|reported| diagnostic(report, paths, reported)).collect(),
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic<'a>(report: &Report<'_>, paths: &Paths, reported: &'a Reported) -> Diagnostic<'a> {
    let finding = &reported.finding;
    let related = finding.labels.iter();
    Diagnostic {
        message: reported.told(),
        location: location(report, paths, finding.place),
        severity: if reported.is_error() { "ERROR" } else { "WARNING" },
        code: Code { value: finding.lint, url: lint(finding.lint).and_then(Lint::url) },
        related_locations: related
            .map(|(place, message)| Related { message, location: location(report, paths, *place) })
            .collect(),
        // reviewdog puts them into the finding's own file, as suggestions that are taken one by one.
        suggestions: match finding.fix.as_ref().map(|fix| fix.edits.as_slice()) {
            Some([edit]) if edit.place.file == finding.place.file => {
                vec![Suggestion { range: location(report, paths, edit.place).range, text: &edit.text }]
            }
            _ => Vec::new(),
        },
    }
}

fn location(report: &Report<'_>, paths: &Paths, place: Place) -> Location {
    let region = Region::of(report, place, Unit::Bytes);
    Location {
        path: paths.in_folder(file(report, place)),
        range: Range {
            start: Position { line: region.line, column: region.column },
            end: Position { line: region.end_line, column: region.end_column },
        },
    }
}
