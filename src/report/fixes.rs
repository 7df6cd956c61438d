//! Fixes as a diff, and in the files.

use std::fs;
use std::io;

use similar::TextDiff;

use super::neutral::neutral;
use super::{Terminal, whole_file};
use crate::error::Error;
use crate::fix::Change;
use crate::source::Sources;

/// Shows what would become of files, as a patch.
///
/// # Errors
///
/// When writing fails.
pub fn write_diff(sources: &Sources, changes: &[Change], terminal: &mut Terminal<'_>) -> io::Result<()> {
    for change in changes {
        let file = sources.get(change.file);
        let diff = TextDiff::from_lines(&file.text, &change.text);
        let names = (format!("a/{}", file.name), format!("b/{}", file.name));
        let patch = diff.unified_diff().header(&names.0, &names.1).to_string();
        // What is read by a program has to be what it says.
        let shown = if terminal.color_out { neutral(&patch) } else { patch.into() };
        terminal.out.write_all(shown.as_bytes())?;
    }
    terminal.out.flush()
}

/// Writes what becomes of files, each whole or not at all.
///
/// # Errors
///
/// When a file is no longer what was read, or cannot be written; those before it are written then.
pub fn apply_fixes(sources: &Sources, changes: &[Change]) -> Result<(), Error> {
    for change in changes {
        let file = sources.get(change.file);
        let path = &file.path;
        let failed = |error: io::Error| Error::OutputFile { path: path.clone(), reason: error.to_string() };
        if fs::read(path).map_err(failed)? != file.text.as_bytes() {
            return Err(Error::Changed { path: path.clone() });
        }
        whole_file::write(path, change.text.as_bytes()).map_err(failed)?;
    }
    Ok(())
}
