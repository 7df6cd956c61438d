//! Which formats a run writes, and where to: one to standard output, any number to files.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::paths::Paths;
use super::{Environment, Report, Terminal, whole_file};
use super::{cargo_json, github, gitlab, human, json, rdjson, sarif};
use crate::cli::{Format, Output, Verbosity};
use crate::error::Error;

/// What a run writes.
pub struct Outputs<'a> {
    format: Format,
    files: &'a [Output],
}

impl<'a> Outputs<'a> {
    /// What was asked for; to standard output what its reader can use.
    ///
    /// # Errors
    ///
    /// When two formats go to one file, or a file cannot be written: that is better told before than after the work.
    pub fn new(format: Option<Format>, files: &'a [Output], environment: &Environment) -> Result<Outputs<'a>, Error> {
        let mut seen = BTreeSet::new();
        for Output { path, .. } in files {
            if !seen.insert(one_name(path)) {
                return Err(Error::OutputTwice { path: path.clone() });
            }
            whole_file::check(path).map_err(|error| failed(path, &error))?;
        }
        let usual = if environment.in_github { Format::Github } else { Format::Human };
        Ok(Outputs { format: format.unwrap_or(usual), files })
    }

    /// Writes the files, then standard output, and the rest to standard error.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn write(&self, report: &Report<'_>, terminal: &mut Terminal<'_>, elapsed: Duration) -> Result<(), Error> {
        let paths = Paths::of(report, &terminal.environment);
        for Output { format, path } in self.files {
            let mut bytes = Vec::new();
            write_format(*format, report, &paths, &mut bytes, false, elapsed).map_err(Error::Output)?;
            whole_file::write(path, &bytes).map_err(|error| failed(path, &error))?;
        }
        self.write_streams(report, &paths, terminal, elapsed).map_err(Error::Output)
    }

    fn write_streams(
        &self,
        report: &Report<'_>,
        paths: &Paths,
        terminal: &mut Terminal<'_>,
        elapsed: Duration,
    ) -> io::Result<()> {
        if self.format == Format::Github
            && let Some(path) = &terminal.environment.step_summary
            && let Err(error) = github::write_summary(report, paths, path)
        {
            terminal.warning(&format!("cannot write the summary of the job: {error}"), None)?;
        }
        write_format(self.format, report, paths, terminal.out, terminal.color_out, elapsed)?;
        terminal.out.flush()?;
        if terminal.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        report.write_problems(terminal)?;
        report.write_notices(terminal)?;
        report.write_summary(terminal, elapsed)
    }
}

fn write_format(
    format: Format,
    report: &Report<'_>,
    paths: &Paths,
    out: &mut dyn Write,
    color: bool,
    elapsed: Duration,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, out, color),
        Format::Short => human::write_short(report, out, color),
        Format::Json => json::write(report, out, elapsed),
        Format::CargoJson => cargo_json::write(report, paths, out),
        Format::Sarif => sarif::write(report, paths, out),
        Format::Github => github::write(report, paths, out),
        Format::Gitlab => gitlab::write(report, paths, out),
        Format::Rdjson => rdjson::write(report, paths, out),
    }
}

/// The same for every way to write the path of a file, which may not be there yet.
fn one_name(path: &Path) -> PathBuf {
    let path = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf());
    match (path.parent().and_then(|parent| parent.canonicalize().ok()), path.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => path,
    }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::OutputFile { path: path.to_path_buf(), reason: error.to_string() }
}
