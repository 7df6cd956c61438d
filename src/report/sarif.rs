//! `--format sarif`: SARIF 2.1.0 as GitHub code scanning takes it.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>,
//! <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>. There is one run for all that
//! was checked, because GitHub no longer takes several of the same tool. What comments suppress is left out: GitHub would
//! show it as open.

mod message;
mod rules;
mod wire;

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::line_hash::line_hashes;
use super::paths::{Paths, file, percent_encoded};
use super::region::{Region, Unit};
use super::{Report, Reported};
use crate::error::count;
use crate::finding::Entry;
use crate::fix::{Edit, Fix};
use crate::knowledge::EntryKind;
use crate::lints::LINTS;
use crate::problem::Problem;
use crate::source::{FileId, Place, SourceFile};
use wire::{
    ArtifactChange, ArtifactLocation, AutomationDetails, CodeFlow, Content, Driver, FixOut, FlowLocation, Id,
    Invocation, Located, Log, LogicalLocation, Notification, PhysicalLocation, RegionOut, Replacement, ResultOut,
    ResultProperties, Run, Text, ThreadFlow, Tool, UriBase,
};

/// How many results GitHub takes in a run; it rejects files with more.
const RESULTS: usize = 25_000;
/// How many related locations of a result GitHub keeps.
const RELATED: usize = 100;
/// How many steps of a code flow GitHub keeps.
const STEPS: usize = 1_000;
/// What paths are relative to.
const BASE: &str = "%SRCROOT%";

/// All findings as one log with one run.
pub(super) fn write(report: &Report<'_>, paths: &Paths, out: &mut dyn Write) -> io::Result<()> {
    let mut notifications: Vec<Notification> =
        report.problems.iter().map(|problem| notification(report, paths, problem)).collect();
    notifications.extend(too_many(report.findings.len(), RESULTS));
    let invocation = Invocation {
        execution_successful: true,
        exit_code: report.status().code(),
        tool_execution_notifications: notifications,
    };
    let run = Run {
        tool: Tool { driver: driver() },
        automation_details: AutomationDetails {
            id: format!("backstop/{}", paths.folder_in_repository(&report.app.workspace.root)),
        },
        invocations: [invocation],
        original_uri_base_ids: [(BASE, UriBase { uri: paths.repository_uri() })].into(),
        column_kind: "utf16CodeUnits",
        results: results(report, paths),
    };
    serde_json::to_writer(&mut *out, &Log { schema: wire::SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

fn driver() -> Driver {
    Driver {
        name: "backstop",
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: LINTS.iter().map(rules::rule).collect(),
    }
}

/// The findings in the order of the sources; the worst of them, where there are too many.
fn kept<'a>(report: &'a Report<'_>, limit: usize) -> Vec<&'a Reported> {
    if report.findings.len() <= limit {
        return report.findings.iter().collect();
    }
    let mut kept = report.worst_first();
    kept.truncate(limit);
    kept.sort_by_key(|it| (it.finding.place, it.finding.lint));
    kept
}

/// That some findings are left out.
fn too_many(number: usize, limit: usize) -> Option<Notification<'static>> {
    let left_out = number.checked_sub(limit).filter(|it| *it > 0)?;
    Some(Notification {
        level: "warning",
        message: Text::new(format!("{} left out: GitHub takes no more than {limit}", count(left_out, "finding"))),
        descriptor: Id { id: "too_many" },
        locations: Vec::new(),
    })
}

fn results<'a>(report: &'a Report<'_>, paths: &Paths) -> Vec<ResultOut<'a>> {
    let mut hashes: FxHashMap<FileId, Vec<String>> = FxHashMap::default();
    let mut result = |reported: &'a Reported| {
        let place = reported.finding.place;
        let file = file(report, place);
        let hashes = hashes.entry(place.file).or_insert_with(|| line_hashes(&file.text));
        let line = file.line_column(place.span.start).0 as usize;
        result(report, paths, reported, hashes.get(line - 1).cloned())
    };
    kept(report, RESULTS).into_iter().map(&mut result).collect()
}

fn result<'a>(
    report: &'a Report<'_>,
    paths: &Paths,
    reported: &'a Reported,
    line_hash: Option<String>,
) -> ResultOut<'a> {
    let finding = &reported.finding;
    let logical = LogicalLocation { fully_qualified_name: &finding.function, kind: "function" };
    let labels = finding.labels.iter().take(RELATED).enumerate();
    ResultOut {
        rule_id: finding.lint,
        rule_index: LINTS.iter().position(|lint| lint.name == finding.lint),
        level: if reported.is_error() { "error" } else { "warning" },
        message: Text::new(message::result(finding)),
        locations: [Located {
            logical_locations: if finding.function.is_empty() { Vec::new() } else { vec![logical] },
            ..located(report, paths, finding.place)
        }],
        partial_fingerprints: [
            ("primaryLocationLineHash", line_hash),
            ("backstop/v1", Some(reported.fingerprint.clone())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect(),
        related_locations: labels
            .map(|(index, (place, text))| Located {
                id: Some(index + 1),
                message: Some(Text::new(message::plain(text))),
                ..located(report, paths, *place)
            })
            .collect(),
        code_flows: code_flow(report, paths, reported).into_iter().collect(),
        fixes: finding.fix.iter().map(|it| fix(report, paths, it)).collect(),
        properties: ResultProperties { confidence: reported.confidence().name() },
    }
}

/// From where requests come in, call by call, to the finding.
fn code_flow<'a>(report: &'a Report<'_>, paths: &Paths, reported: &'a Reported) -> Option<CodeFlow<'a>> {
    let finding = &reported.finding;
    let entry = finding.entry.as_ref()?;
    let mut steps = vec![(entry.place, entry_text(entry), entry.function.as_str())];
    for (index, (function, place)) in finding.trace.iter().enumerate() {
        let text = match finding.trace.get(index + 1) {
            Some((next, _)) => format!("{function} calls {next}"),
            None => finding.label.clone(),
        };
        steps.push((*place, text, function));
    }
    let step = |(index, (place, text, function)): (usize, (Place, String, &'a str))| FlowLocation {
        location: Located {
            message: Some(Text::new(message::plain(&text))),
            logical_locations: vec![LogicalLocation { fully_qualified_name: function, kind: "function" }],
            ..located(report, paths, place)
        },
        execution_order: index + 1,
    };
    let locations = steps.into_iter().take(STEPS).enumerate().map(step).collect();
    Some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

/// `GET /users/{id} is served by users::show`
fn entry_text(entry: &Entry) -> String {
    let Entry { kind, method, path, function, .. } = entry;
    match (kind, path.as_str()) {
        (EntryKind::Handler, "") => format!("{method} requests are served by {function}"),
        (EntryKind::Handler, path) => format!("{method} {path} is served by {function}"),
        (kind, _) => format!("{function} runs for requests, as {}", kind.name()),
    }
}

fn located<'a>(report: &Report<'_>, paths: &Paths, place: Place) -> Located<'a> {
    let artifact_location = artifact(paths, file(report, place));
    let region = Some(region(report, place));
    Located { physical_location: PhysicalLocation { artifact_location, region }, ..Located::default() }
}

fn region(report: &Report<'_>, place: Place) -> RegionOut {
    let Region { line, column, end_line, end_column } = Region::of(report, place, Unit::Utf16);
    RegionOut { start_line: line, start_column: column, end_line, end_column }
}

/// Fixes change one file each.
fn fix<'a>(report: &Report<'_>, paths: &Paths, fix: &'a Fix) -> FixOut<'a> {
    let replacement = |edit: &'a Edit| Replacement {
        deleted_region: region(report, edit.place),
        inserted_content: Content { text: &edit.text },
    };
    let change = fix.edits.first().map(|first| ArtifactChange {
        artifact_location: artifact(paths, file(report, first.place)),
        replacements: fix.edits.iter().map(replacement).collect(),
    });
    FixOut { description: Text::new(message::plain(&fix.title)), artifact_changes: change.into_iter().collect() }
}

fn artifact(paths: &Paths, file: &SourceFile) -> ArtifactLocation {
    ArtifactLocation { uri: percent_encoded(&paths.in_repository(file)), uri_base_id: BASE }
}

/// A problem as what the tool has to say about its own work.
fn notification<'a>(report: &'a Report<'_>, paths: &Paths, problem: &'a Problem) -> Notification<'a> {
    let by_name = || report.app.sources.iter().find(|(_, file)| file.name == problem.file).map(|(_, file)| file);
    let location = match problem.place {
        Some(place) => Some(located(report, paths, place)),
        None => by_name().map(|file| Located {
            physical_location: PhysicalLocation { artifact_location: artifact(paths, file), region: None },
            ..Located::default()
        }),
    };
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let text = match location {
        Some(_) => problem.message.clone(),
        None => format!("{}{line}: {}", problem.file, problem.message),
    };
    Notification {
        level: "warning",
        message: Text::new(message::plain(&text)),
        descriptor: Id { id: problem.kind.name() },
        locations: location.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::finding::{Confidence, Finding};
    use crate::knowledge::Knowledge;
    use crate::lint::Level;
    use crate::load::Loaded;
    use crate::report::ReadCount;
    use crate::source::Span;
    use crate::workspace::Workspace;

    fn reported(start: u32, level: Level, confidence: Confidence) -> Reported {
        let place = Place { file: FileId(0), span: Span::new(start, start + 1) };
        let finding = Finding { confidence, ..Finding::new(LINTS[0].name, place, String::new(), String::new()) };
        Reported { finding, level, is_final: false, fingerprint: String::new(), code: String::new() }
    }

    /// GitHub rejects files with more results than it takes.
    #[test]
    fn the_least_important_are_left_out() {
        let (low, high) = (Confidence::Low, Confidence::High);
        let findings = vec![
            reported(0, Level::Warn, low),
            reported(1, Level::Warn, high),
            reported(2, Level::Deny, low),
            reported(3, Level::Warn, high),
            reported(4, Level::Deny, high),
        ];
        let app = App::link(Workspace::default(), Loaded::default(), Knowledge::default());
        let read = ReadCount { files: 1, lines: 1 };
        let report = Report::of_findings(&app, findings, read);
        let starts = |limit: usize| -> Vec<u32> {
            kept(&report, limit).iter().map(|reported| reported.finding.place.span.start).collect()
        };
        assert_eq!(starts(5), [0, 1, 2, 3, 4]);
        assert_eq!(starts(4), [1, 2, 3, 4]);
        assert_eq!(starts(3), [1, 2, 4]);
        assert_eq!(starts(1), [4]);
        assert!(too_many(RESULTS, RESULTS).is_none() && too_many(3, RESULTS).is_none());
        let told = too_many(RESULTS + 2, RESULTS).map(|it| serde_json::to_string(&it.message).unwrap_or_default());
        assert_eq!(told.as_deref(), Some("{\"text\":\"2 findings left out: GitHub takes no more than 25000\"}"));
    }
}
