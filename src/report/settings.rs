//! `--show-settings`: what applies to a file, and what has decided it.

use std::io::{self, Write};
use std::path::Path;

use super::Terminal;
use super::neutral::Neutral;
use super::policy::subject;
use crate::app::App;
use crate::config::{Config, Origin, PathPattern, Ruling};
use crate::lint::Lint;
use crate::lints::LINTS;
use crate::source::display_name;

/// Writes the settings of each named file, or else those of files that no override is about, and the overrides.
///
/// # Errors
///
/// When writing fails.
pub fn write_settings(
    app: &App,
    config: &Config,
    baseline: Option<&Path>,
    max_warnings: Option<usize>,
    terminal: &mut Terminal<'_>,
) -> io::Result<()> {
    let writer = Writer { app, config };
    let out = &mut Neutral(&mut *terminal.out);
    let shown = |path: &Path| display_name(&app.workspace.root, path);
    let file = config.path.as_deref().map_or("none".to_owned(), shown);
    let excluded: Vec<&str> = config.exclude.iter().map(|pattern| pattern.text.as_str()).collect();
    let number = max_warnings.map_or("any number".to_owned(), |number| number.to_string());
    writeln!(out, "configuration   {file}")?;
    writeln!(out, "baseline        {}", baseline.map_or("none".to_owned(), shown))?;
    writeln!(out, "max-warnings    {number}")?;
    writeln!(out, "require-reason  {}", config.require_reason)?;
    writeln!(out, "exclude         {}", if excluded.is_empty() { "nothing".to_owned() } else { excluded.join(", ") })?;
    let files = app.workspace.parts.iter().filter(|part| app.sources.iter().any(|(_, file)| file.path == **part));
    let mut files = files.peekable();
    if files.peek().is_none() {
        writeln!(out)?;
        writer.levels(out, |lint| config.usual_ruling(lint))?;
        writer.overrides(out)?;
    }
    for file in files {
        let subject = subject(app, file);
        let package = subject.package.map(|name| format!(" of the package {name}")).unwrap_or_default();
        let excluded = if config.excludes(file) { ": excluded, nothing in it is reported" } else { "" };
        writeln!(out, "\n{}{package}{excluded}", shown(file))?;
        writer.levels(out, |lint| config.ruling(lint, subject))?;
    }
    out.flush()
}

struct Writer<'a> {
    app: &'a App,
    config: &'a Config,
}

impl Writer<'_> {
    fn levels<'r>(&self, out: &mut dyn Write, ruling: impl Fn(&Lint) -> Ruling<'r>) -> io::Result<()> {
        let width = LINTS.iter().map(|lint| lint.name.len()).max().unwrap_or(0);
        for lint in LINTS {
            let ruling = ruling(lint);
            let mut why = ruling.by.map_or("by default".to_owned(), |entry| self.origin(&entry.origin));
            for entry in &ruling.held_off {
                why = format!("{why}; it holds off {}", self.origin(&entry.origin));
            }
            writeln!(out, "  {:<width$}  {:<6}  {why}", lint.name, ruling.setting.name())?;
        }
        Ok(())
    }

    fn overrides(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.config.overrides.is_empty() {
            writeln!(out, "\noverrides, of which later ones win: name a file to see what applies to it")?;
        }
        for one in &self.config.overrides {
            let list = |patterns: &[PathPattern]| {
                patterns.iter().map(|pattern| pattern.text.as_str()).collect::<Vec<_>>().join(", ")
            };
            let what = match (one.paths.as_slice(), one.packages.as_slice()) {
                (paths, []) => list(paths),
                ([], packages) => format!("packages {}", list(packages)),
                (paths, packages) => format!("{} in packages {}", list(paths), list(packages)),
            };
            let levels: Vec<String> = one.origins().map(|origin| self.origin(origin)).collect();
            writeln!(out, "  {what}: {}", levels.join(", "))?;
        }
        Ok(())
    }

    fn origin(&self, origin: &Origin) -> String {
        let file = self.config.path.as_deref().unwrap_or(Path::new(""));
        match origin {
            Origin::File { line, text, .. } => {
                format!("`{text}` at {}:{line}", display_name(&self.app.workspace.root, file))
            }
            Origin::Flag(flag) => format!("`{flag}` on the command line"),
        }
    }
}
