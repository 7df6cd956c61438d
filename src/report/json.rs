//! `--format json`: the wire format, with structs of its own.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::{Report, Reported};
use crate::finding::Entry;
use crate::fix::{Edit, Fix};
use crate::lint::Level;
use crate::source::{Place, Span};

/// The version of the format: raised when the meaning of a field changes.
pub(super) const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'static str,
    findings: Vec<FindingOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct FindingOut<'a> {
    lint: &'a str,
    level: &'static str,
    confidence: &'static str,
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    byte_start: u32,
    byte_end: u32,
    function: &'a str,
    fingerprint: &'a str,
    entry: Option<EntryOut<'a>>,
    trace: Vec<Step<'a>>,
    labels: Vec<LabelOut<'a>>,
    notes: &'a [String],
    help: &'a [String],
    /// What can be written instead; only where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixOut<'a>>,
}

#[derive(Serialize)]
struct FixOut<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<EditOut<'a>>,
}

#[derive(Serialize)]
struct EditOut<'a> {
    file: &'a str,
    byte_start: u32,
    byte_end: u32,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct EntryOut<'a> {
    framework: &'a str,
    kind: &'static str,
    method: &'a str,
    path: &'a str,
    function: &'a str,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Step<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct LabelOut<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct ProblemOut<'a> {
    kind: &'static str,
    file: &'a str,
    line: Option<u32>,
    message: &'a str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    lines: usize,
    entry_points: usize,
    findings: Numbers,
    suppressed: usize,
    baselined: usize,
    /// Only where changed lines were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<usize>,
    elapsed_ms: u128,
}

#[derive(Serialize)]
struct Numbers {
    deny: usize,
    warn: usize,
}

/// The report as one JSON document on one line.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write, elapsed: Duration) -> io::Result<()> {
    let problems = report.problems.iter().map(|problem| ProblemOut {
        kind: problem.kind.name(),
        file: &problem.file,
        line: problem.line,
        message: &problem.message,
    });
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        findings: report.findings.iter().map(|reported| finding(report, reported)).collect(),
        problems: problems.collect(),
        summary: Summary {
            files: report.read.files,
            lines: report.read.lines,
            entry_points: report.app.entries.len(),
            findings: Numbers { deny: report.number(Level::Deny), warn: report.number(Level::Warn) },
            suppressed: report.suppressed,
            baselined: report.baselined,
            unchanged: report.unchanged,
            elapsed_ms: elapsed.as_millis(),
        },
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn finding<'a>(report: &'a Report<'_>, reported: &'a Reported) -> FindingOut<'a> {
    let finding = &reported.finding;
    let [line, column, end_line, end_column] = report.lines(finding.place);
    let labels = finding.labels.iter().map(|(place, text)| {
        let [line, column, ..] = report.lines(*place);
        LabelOut { file: name(report, *place), line, column, text }
    });
    FindingOut {
        lint: finding.lint,
        level: reported.level.name(),
        confidence: reported.confidence().name(),
        message: &finding.message,
        file: name(report, finding.place),
        line,
        column,
        end_line,
        end_column,
        byte_start: finding.place.span.start,
        byte_end: finding.place.span.end,
        function: &finding.function,
        fingerprint: &reported.fingerprint,
        entry: finding.entry.as_ref().map(|it| entry(report, it)),
        trace: finding.trace.iter().map(|(function, place)| step(report, function, *place)).collect(),
        labels: labels.collect(),
        notes: &finding.notes,
        help: &finding.help,
        fix: finding.fix.as_ref().map(|it| fix(report, it)),
    }
}

fn fix<'a>(report: &'a Report<'_>, fix: &'a Fix) -> FixOut<'a> {
    let edit = |edit: &'a Edit| {
        let [line, column, end_line, end_column] = report.lines(edit.place);
        let Span { start: byte_start, end: byte_end } = edit.place.span;
        let file = name(report, edit.place);
        EditOut { file, byte_start, byte_end, line, column, end_line, end_column, text: &edit.text }
    };
    FixOut { title: &fix.title, applicability: fix.applicability.name(), edits: fix.edits.iter().map(edit).collect() }
}

fn entry<'a>(report: &'a Report<'_>, entry: &'a Entry) -> EntryOut<'a> {
    EntryOut {
        framework: entry.framework,
        kind: entry.kind.name(),
        method: entry.method,
        path: &entry.path,
        function: &entry.function,
        file: name(report, entry.place),
        line: report.lines(entry.place)[0],
    }
}

fn step<'a>(report: &'a Report<'_>, function: &'a str, place: Place) -> Step<'a> {
    Step { function, file: name(report, place), line: report.lines(place)[0] }
}

fn name<'a>(report: &'a Report<'_>, place: Place) -> &'a str {
    &report.app.sources.get(place.file).name
}
