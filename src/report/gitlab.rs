//! `--format gitlab`: a code quality report, <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io::{self, Write};

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::paths::{Paths, file};
use super::region::{Region, Unit};
use super::{Report, Reported};
use crate::finding::Confidence;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// All findings as one array, also where there are none.
pub(super) fn write(report: &Report<'_>, paths: &Paths, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Issue> = report.findings.iter().map(|reported| issue(report, paths, reported)).collect();
    serde_json::to_writer(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(report: &Report<'_>, paths: &Paths, reported: &Reported) -> Issue {
    let finding = &reported.finding;
    let path = paths.in_repository(file(report, finding.place));
    let region = Region::of(report, finding.place, Unit::Chars);
    // Of two issues with the same fingerprint GitLab shows one: files of the same name can be in several services.
    let fingerprint = format!("{:016x}", xxh3_64(format!("{path}\0{}", reported.fingerprint).as_bytes()));
    Issue {
        // GitLab does not show `check_name`.
        description: format!("{}: {}", finding.lint, finding.message),
        check_name: finding.lint,
        fingerprint,
        severity: match (reported.is_error(), reported.confidence()) {
            (true, _) => "critical",
            (false, Confidence::Low) => "minor",
            (false, _) => "major",
        },
        location: Location { path, lines: Lines { begin: region.line, end: region.end_line } },
    }
}
