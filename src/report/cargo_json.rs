//! `--format cargo-json`: the messages of cargo and rustc, which rust-analyzer shows as diagnostics.
//!
//! <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>,
//! <https://doc.rust-lang.org/rustc/json.html>. Columns count characters.

mod packages;

use std::io::{self, Write};

use codespan_reporting::term::DisplayStyle;
use serde::Serialize;

use super::paths::{Paths, file};
use super::region::{Region, Unit};
use super::{Report, Reported, human};
use crate::error::ExitStatus;
use crate::fix::{Applicability, Edit, Fix};
use crate::lint::Lint;
use crate::lints::lint;
use crate::source::{Place, SourceFile};
use packages::{Artifact, Owner, artifacts};

#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line<'a> {
    CompilerMessage {
        #[serde(flatten)]
        owner: Owner,
        message: Diagnostic<'a>,
    },
    CompilerArtifact(Artifact),
    BuildFinished {
        success: bool,
    },
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    #[serde(rename = "$message_type")]
    message_type: &'static str,
    message: &'a str,
    code: Option<Code>,
    level: &'static str,
    spans: Vec<Span<'a>>,
    children: Vec<Diagnostic<'a>>,
    rendered: Option<String>,
}

#[derive(Serialize)]
struct Code {
    code: String,
    explanation: Option<String>,
}

#[derive(Serialize)]
struct Span<'a> {
    file_name: String,
    byte_start: u32,
    byte_end: u32,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
    text: Vec<SourceLine<'a>>,
    label: Option<&'a str>,
    suggested_replacement: Option<&'a str>,
    suggestion_applicability: Option<&'a str>,
    expansion: Option<()>,
}

#[derive(Serialize)]
struct SourceLine<'a> {
    text: &'a str,
    highlight_start: u32,
    highlight_end: u32,
}

/// One message on each line: the findings, then what was checked, then that it is over.
pub(super) fn write(report: &Report<'_>, paths: &Paths, out: &mut dyn Write) -> io::Result<()> {
    for reported in &report.findings {
        let owner = Owner::of(report.app, reported.finding.place);
        let more = more(reported);
        let message = diagnostic(report, paths, reported, &more)?;
        line(out, &Line::CompilerMessage { owner, message })?;
    }
    // Without them rust-analyzer would keep showing what is no longer found in a package.
    for artifact in artifacts(report.app) {
        line(out, &Line::CompilerArtifact(artifact))?;
    }
    line(out, &Line::BuildFinished { success: report.status() == ExitStatus::Clean })
}

fn line(out: &mut dyn Write, message: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, message)?;
    writeln!(out)
}

/// Where more can be read about a lint. rust-analyzer makes links only of what it knows, and of addresses in texts.
fn more(reported: &Reported) -> String {
    let name = reported.finding.lint;
    match lint(name).and_then(Lint::url) {
        Some(url) => format!("for further information visit {url}"),
        None => format!("`cargo backstop explain {name}` says more"),
    }
}

fn diagnostic<'a>(
    report: &'a Report<'_>,
    paths: &Paths,
    reported: &'a Reported,
    more: &'a str,
) -> io::Result<Diagnostic<'a>> {
    let finding = &reported.finding;
    let mut spans = vec![Span { is_primary: true, ..span(report, paths, finding.place, &finding.label) }];
    spans.extend(finding.labels.iter().map(|(place, text)| span(report, paths, *place, text)));
    let notes = finding.notes.iter().map(|note| child("note", note));
    let helps = finding.help.iter().map(String::as_str).chain([more]).map(|help| child("help", help));
    let fix = finding.fix.iter().map(|fix| suggestion(report, paths, fix));
    let rendered = human::shown(report, reported, false, DisplayStyle::Rich)?;
    Ok(Diagnostic {
        message_type: "diagnostic",
        message: &finding.message,
        code: Some(Code { code: format!("backstop::{}", finding.lint), explanation: None }),
        level: if reported.is_error() { "error" } else { "warning" },
        spans,
        children: notes.chain(helps).chain(fix).collect(),
        rendered: Some(String::from_utf8_lossy(&rendered).into_owned()),
    })
}

fn child<'a>(level: &'static str, message: &'a str) -> Diagnostic<'a> {
    let (spans, children) = (Vec::new(), Vec::new());
    Diagnostic { message_type: "diagnostic", message, code: None, level, spans, children, rendered: None }
}

/// <https://doc.rust-lang.org/rustc/json.html#diagnostics>: what rust-analyzer offers as a quick fix.
fn suggestion<'a>(report: &'a Report<'_>, paths: &Paths, fix: &'a Fix) -> Diagnostic<'a> {
    let applicability = match fix.applicability {
        Applicability::Safe => "MachineApplicable",
        Applicability::Unsafe => "MaybeIncorrect",
    };
    let edit = |edit: &'a Edit| Span {
        is_primary: true,
        suggested_replacement: Some(&edit.text),
        suggestion_applicability: Some(applicability),
        ..span(report, paths, edit.place, "")
    };
    Diagnostic { spans: fix.edits.iter().map(edit).collect(), ..child("help", &fix.title) }
}

fn span<'a>(report: &'a Report<'_>, paths: &Paths, place: Place, label: &'a str) -> Span<'a> {
    let region = Region::of(report, place, Unit::Chars);
    let file = file(report, place);
    Span {
        file_name: paths.in_folder(file),
        byte_start: place.span.start,
        byte_end: place.span.end,
        line_start: region.line,
        line_end: region.end_line,
        column_start: region.column,
        column_end: region.end_column,
        is_primary: false,
        text: lines(file, region),
        label: Some(label).filter(|label| !label.is_empty()),
        suggested_replacement: None,
        suggestion_applicability: None,
        expansion: None,
    }
}

/// Every line of a region, and which part of it is meant. rust-analyzer counts columns anew with their help.
fn lines(file: &SourceFile, region: Region) -> Vec<SourceLine<'_>> {
    let part = |line: u32| {
        let text = file.line_text(line);
        let highlight_start = if line == region.line { region.column } else { 1 };
        let end = Unit::Chars.length(text) + 1;
        SourceLine {
            text,
            highlight_start,
            highlight_end: if line == region.end_line { region.end_column } else { end },
        }
    };
    (region.line..=region.end_line).map(part).collect()
}
