//! The summary of a job: a table of the findings that GitHub shows no annotations of.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::super::paths::Paths;
use super::super::{Report, Reported};
use crate::error::count;

/// How much Markdown GitHub takes from a step, in bytes: of more it takes nothing.
const LIMIT: u64 = 1 << 20;
/// Left free for the last line.
const REST: u64 = 200;

/// Adds what has no annotation to the summary of the job; nothing where all findings have one.
pub(in super::super) fn write(report: &Report<'_>, paths: &Paths, path: &Path) -> io::Result<()> {
    let (shown, others) = super::split(report);
    if others.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    // Other commands of the step may have written before.
    let room = LIMIT.saturating_sub(file.metadata()?.len());
    file.write_all(table(report, paths, shown.len(), &others, room).as_bytes())
}

fn table(report: &Report<'_>, paths: &Paths, shown: usize, others: &[&Reported], room: u64) -> String {
    let mut table = format!(
        "### backstop: {} more\n\nGitHub shows annotations of the first {shown}.\n\n\
         | level | lint | place | finding |\n| --- | --- | --- | --- |\n",
        count(others.len(), "finding")
    );
    for (index, reported) in others.iter().enumerate() {
        let place = escaped(&super::place(report, paths, reported));
        let message = escaped(&reported.finding.message);
        let row = format!("| {} | {} | {place} | {message} |\n", super::command(reported), reported.finding.lint);
        if (table.len() + row.len()) as u64 + REST > room {
            table.push_str(&format!("\nThere is no room here for {} more.\n", others.len() - index));
            break;
        }
        table.push_str(&row);
    }
    // What follows in the same file is no part of the table.
    table + "\n"
}

/// A text in a cell of a table: as it is, and code between backticks as code.
fn escaped(text: &str) -> String {
    let has_code = text.matches('`').count().is_multiple_of(2);
    let mut in_code = false;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        in_code ^= has_code && character == '`';
        let is_special = match character {
            '|' => true,
            '`' => !has_code,
            _ => !in_code && "\\<>&*_[]#~!@".contains(character),
        };
        if is_special {
            out.push('\\');
        }
        out.push(if character.is_control() { ' ' } else { character });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_show_what_is_written() {
        assert_eq!(escaped("`a_b | <c>` and *d* <e>\n"), "`a_b \\| <c>` and \\*d\\* \\<e\\> ");
        assert_eq!(escaped("a ` b_c"), "a \\` b\\_c");
    }
}
