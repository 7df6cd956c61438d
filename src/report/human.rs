//! Findings for people: with the source and the evidence, or one line each.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::term::DisplayStyle;

use super::terminal::drawn;
use super::{Report, Reported};
use crate::source::FileId;

/// Each finding with its labels, notes and help.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write, color: bool) -> io::Result<()> {
    report.findings.iter().try_for_each(|reported| out.write_all(&shown(report, reported, color, DisplayStyle::Rich)?))
}

/// `src/users.rs:42:10: error[unwrapped_query]: …`
pub(super) fn write_short(report: &Report<'_>, out: &mut dyn Write, color: bool) -> io::Result<()> {
    report.findings.iter().try_for_each(|reported| out.write_all(&shown(report, reported, color, DisplayStyle::Short)?))
}

/// A finding as it is shown.
pub(super) fn shown(report: &Report<'_>, reported: &Reported, color: bool, style: DisplayStyle) -> io::Result<Vec<u8>> {
    drawn(&report.app.sources, &diagnostic(reported), color, style)
}

fn diagnostic(reported: &Reported) -> Diagnostic<FileId> {
    let finding = &reported.finding;
    let severity = if reported.is_error() { Severity::Error } else { Severity::Warning };
    let mut labels = vec![Label::primary(finding.place.file, finding.place.span.range()).with_message(&finding.label)];
    labels.extend(
        finding.labels.iter().map(|(place, text)| Label::secondary(place.file, place.span.range()).with_message(text)),
    );
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let helps = finding.help.iter().map(|help| format!("help: {help}"));
    let fix = finding.fix.iter().map(|fix| format!("fix: {} ({})", fix.title, fix.command()));
    Diagnostic::new(severity)
        .with_code(finding.lint)
        .with_message(&finding.message)
        .with_labels(labels)
        .with_notes(notes.chain(helps).chain(fix).collect())
}
