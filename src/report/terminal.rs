//! Where the output goes, and diagnostics drawn with codespan.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::files::{Files, SimpleFile};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{self, Config, DisplayStyle, Styles, StylesWriter};

use super::environment::Environment;
use super::neutral::Neutral;
use crate::cli::Verbosity;
use crate::error::{ConfigError, Error};
use crate::problem::Problem;

/// Where a run writes.
pub struct Terminal<'a> {
    /// For findings.
    pub out: &'a mut dyn Write,
    /// For everything else.
    pub err: &'a mut dyn Write,
    /// Whether `out` shows colours.
    pub color_out: bool,
    /// Whether `err` shows colours.
    pub color_err: bool,
    /// How much to say.
    pub verbosity: Verbosity,
    /// What the run is part of.
    pub environment: Environment,
}

impl Terminal<'_> {
    /// A problem to standard error.
    pub(super) fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        self.warning(&format!("{}{line}: {}", problem.file, problem.message), problem.help.as_deref())
    }

    /// A line to standard error, with advice below.
    pub(super) fn warning(&mut self, message: &str, help: Option<&str>) -> io::Result<()> {
        let diagnostic: Diagnostic<()> = Diagnostic::warning().with_message(message).with_notes(helps(help));
        let no_file = SimpleFile::new("", "");
        self.err.write_all(&drawn(&no_file, &diagnostic, self.color_err, DisplayStyle::Medium)?)
    }
}

/// Writes why a run could not be done.
///
/// # Errors
///
/// When writing fails.
pub fn write_error(error: &Error, err: &mut dyn Write, color: bool) -> io::Result<()> {
    let mistakes = match error {
        Error::Config(mistakes) => mistakes.as_slice(),
        Error::BaselineText(mistake) => std::slice::from_ref(mistake.as_ref()),
        _ => &[],
    };
    if !mistakes.is_empty() {
        for ConfigError { path, text, span, message, help } in mistakes {
            let file = SimpleFile::new(path.display().to_string(), text.as_str());
            let diagnostic = Diagnostic::error()
                .with_message(message)
                .with_labels(vec![Label::primary((), span.clone())])
                .with_notes(helps(help.as_deref()));
            err.write_all(&drawn(&file, &diagnostic, color, DisplayStyle::Rich)?)?;
        }
        return Ok(());
    }
    let diagnostic: Diagnostic<()> =
        Diagnostic::error().with_message(error.to_string()).with_notes(helps(error.help().as_deref()));
    let no_file = SimpleFile::new("", "");
    err.write_all(&drawn(&no_file, &diagnostic, color, DisplayStyle::Medium)?)
}

fn helps(help: Option<&str>) -> Vec<String> {
    help.into_iter().map(|help| format!("help: {help}")).collect()
}

/// A diagnostic as it is shown.
pub(super) fn drawn<'f, F: Files<'f>>(
    files: &'f F,
    diagnostic: &Diagnostic<F::FileId>,
    color: bool,
    display_style: DisplayStyle,
) -> io::Result<Vec<u8>> {
    let config = Config { display_style, ..Config::default() };
    let styles = Styles::default();
    let (text, result) = if color {
        let mut buffer = Neutral(Ansi::new(Vec::new()));
        let result =
            term::emit_to_write_style(&mut StylesWriter::new(&mut buffer, &styles), &config, files, diagnostic);
        (buffer.0.into_inner(), result)
    } else {
        let mut buffer = Neutral(NoColor::new(Vec::new()));
        let result =
            term::emit_to_write_style(&mut StylesWriter::new(&mut buffer, &styles), &config, files, diagnostic);
        (buffer.0.into_inner(), result)
    };
    result.map_err(io::Error::other)?;
    Ok(text)
}
