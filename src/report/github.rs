//! `--format github`: annotations in GitHub Actions.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>. GitHub shows ten errors and ten
//! warnings of a step and drops the others without a word, so that the worst have to come first.

mod summary;

use std::io::{self, Write};

pub(super) use summary::write as write_summary;

use super::neutral::neutral;
use super::paths::{Paths, file};
use super::region::{Region, Unit};
use super::{Report, Reported};

/// How many errors of a step are shown, and how many warnings.
const SHOWN: usize = 10;

/// The worst findings as annotations, the others as plain lines of the log.
pub(super) fn write(report: &Report<'_>, paths: &Paths, out: &mut dyn Write) -> io::Result<()> {
    let (shown, others) = split(report);
    for reported in shown {
        writeln!(out, "{}", annotation(report, paths, reported))?;
    }
    if !others.is_empty() {
        writeln!(out, "{} more, of which GitHub shows no annotations:", others.len())?;
    }
    for reported in others {
        let place = place(report, paths, reported);
        let (lint, message) = (reported.finding.lint, &reported.finding.message);
        writeln!(out, "{}", harmless(&format!("- {place}: {}[{lint}]: {message}", command(reported))))?;
    }
    Ok(())
}

/// The findings that GitHub shows, and those that it would drop.
fn split<'a>(report: &'a Report<'_>) -> (Vec<&'a Reported>, Vec<&'a Reported>) {
    let mut left = [SHOWN; 2];
    report.worst_first().into_iter().partition(|reported| {
        let left = &mut left[usize::from(reported.is_error())];
        let is_shown = *left > 0;
        *left = left.saturating_sub(1);
        is_shown
    })
}

fn command(reported: &Reported) -> &'static str {
    if reported.is_error() { "error" } else { "warning" }
}

/// `src/users.rs:42:10`
fn place(report: &Report<'_>, paths: &Paths, reported: &Reported) -> String {
    let place = reported.finding.place;
    let region = Region::of(report, place, Unit::Chars);
    format!("{}:{}:{}", paths.in_repository(file(report, place)), region.line, region.column)
}

fn annotation(report: &Report<'_>, paths: &Paths, reported: &Reported) -> String {
    let finding = &reported.finding;
    let region = Region::of(report, finding.place, Unit::Chars);
    let name = property(&paths.in_repository(file(report, finding.place)));
    let title = property(finding.lint);
    // The place is only shown beside the code: who reads the log needs it in the message.
    let message = data(&format!("{}: {}", place(report, paths, reported), reported.told()));
    format!("::{} file={name},{},title={title}::{message}", command(reported), lines(region))
}

/// Lines and columns as properties. GitHub rejects columns where there are several lines.
fn lines(region: Region) -> String {
    let Region { line, column, end_line, end_column } = region;
    if line == end_line {
        format!("line={line},endLine={end_line},col={column},endColumn={end_column}")
    } else {
        format!("line={line},endLine={end_line}")
    }
}

/// The text of a command, in which a line break would end it.
fn data(text: &str) -> String {
    neutral(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")).into_owned()
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that is no command: those start with `::` or have `##[` somewhere.
fn harmless(line: &str) -> String {
    neutral(&line.replace(['\r', '\n'], " ")).replace("##[", "## [")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_part_of_the_command() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(data("%0A"), "%250A");
        assert_eq!(property("a:b,c%\nd"), "a%3Ab%2Cc%25%0Ad");
        assert_eq!(
            lines(Region { line: 3, column: 5, end_line: 3, end_column: 9 }),
            "line=3,endLine=3,col=5,endColumn=9"
        );
        assert_eq!(lines(Region { line: 3, column: 5, end_line: 4, end_column: 2 }), "line=3,endLine=4");
        assert_eq!(harmless("- a\n::error::x ##[error]y"), "- a ::error::x ## [error]y");
    }
}
