//! Findings for people: with the source and the evidence, or one line each.

use std::io;

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::term::DisplayStyle;

use super::terminal::drawn;
use super::{Report, Reported, Terminal};
use crate::lint::Level;
use crate::source::FileId;

/// Each finding with its labels, notes and help.
pub(super) fn write(report: &Report<'_>, terminal: &mut Terminal<'_>) -> io::Result<()> {
    for reported in &report.findings {
        let diagnostic = diagnostic(reported);
        terminal.out.write_all(&drawn(&report.app.sources, &diagnostic, terminal.color_out, DisplayStyle::Rich)?)?;
    }
    Ok(())
}

/// `src/users.rs:42:10: error[unwrapped_query]: …`
pub(super) fn write_short(report: &Report<'_>, terminal: &mut Terminal<'_>) -> io::Result<()> {
    for reported in &report.findings {
        let diagnostic = diagnostic(reported);
        terminal.out.write_all(&drawn(&report.app.sources, &diagnostic, terminal.color_out, DisplayStyle::Short)?)?;
    }
    Ok(())
}

fn diagnostic(reported: &Reported) -> Diagnostic<FileId> {
    let finding = &reported.finding;
    let severity = match reported.level {
        Level::Deny => Severity::Error,
        Level::Warn | Level::Allow => Severity::Warning,
    };
    let mut labels = vec![Label::primary(finding.place.file, finding.place.span.range()).with_message(&finding.label)];
    labels.extend(
        finding.labels.iter().map(|(place, text)| Label::secondary(place.file, place.span.range()).with_message(text)),
    );
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let helps = finding.help.iter().map(|help| format!("help: {help}"));
    Diagnostic::new(severity)
        .with_code(finding.lint)
        .with_message(&finding.message)
        .with_labels(labels)
        .with_notes(notes.chain(helps).collect())
}
