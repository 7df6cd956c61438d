//! Policy in one place: which findings are reported at which level, in which order; and how they are written.

mod human;
mod json;
mod routes;
mod scope;
mod terminal;

use std::io;
use std::time::Duration;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

pub use routes::write_routes;
use scope::Scope;
pub use terminal::{Terminal, write_error};

use crate::app::App;
use crate::cli::{Format, Verbosity};
use crate::config::Config;
use crate::error::{ExitStatus, count};
use crate::finding::{Finding, Findings};
use crate::flow::Flow;
use crate::lint::{Level, Lint};
use crate::lints::{LINTS, lint};
use crate::problem::Problem;
use crate::source::{FileId, Place, SourceFile, Span};
use crate::suppress::{Mistake, Suppressions};

/// What a run has to say.
pub struct Report<'a> {
    app: &'a App,
    /// Which part of what was read is reported, if not all of it.
    part: Option<String>,
    /// What is reported, in the order of the sources.
    pub findings: Vec<Reported>,
    /// What could not be checked.
    pub problems: Vec<&'a Problem>,
    /// How many findings were suppressed by comments.
    pub suppressed: usize,
    /// How much was read.
    pub read: ReadCount,
}

/// A finding with what policy adds to it.
#[derive(Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// Its level.
    pub level: Level,
    /// What tells it from others, and stays when lines move.
    pub fingerprint: String,
}

/// How much was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadCount {
    /// Files.
    pub files: usize,
    /// Lines in them.
    pub lines: usize,
}

/// The findings of every lint, before any policy.
pub fn all_findings(app: &App, flow: &Flow) -> Vec<Finding> {
    let mut findings = Findings::new(app, flow);
    for Lint { name, check, .. } in LINTS {
        findings.begin(name);
        check(app, flow, &mut findings);
    }
    findings.into_vec()
}

/// Applies suppressions, levels and excluded paths, and puts what is left in order.
pub struct Policy<'a> {
    /// The program.
    pub app: &'a App,
    /// The configuration.
    pub config: &'a Config,
    /// Where the configuration stands among the sources.
    pub config_file: Option<FileId>,
    /// The comments.
    pub suppressions: Suppressions,
}

impl<'a> Policy<'a> {
    /// The report of some findings.
    pub fn report(mut self, flow: &Flow, found: Vec<Finding>, read: ReadCount) -> Report<'a> {
        let scope = Scope::of(self.app);
        let mut findings = distinct(found);
        findings.retain(|finding| scope.shows(finding.place));
        let before = findings.len();
        findings.retain(|finding| !self.suppressions.covers(finding));
        let suppressed = before - findings.len();
        findings.extend(self.useless(flow).into_iter().filter(|finding| scope.shows(finding.place)));
        findings.sort_by_key(|it| (it.place, it.lint));
        let mut reported = Vec::new();
        let fingerprints = fingerprints(self.app, &findings);
        for (finding, fingerprint) in findings.into_iter().zip(fingerprints) {
            let path = &self.source(finding.place).path;
            let Some(lint) = lint(finding.lint) else { continue };
            let level = self.config.level(lint, path);
            if level != Level::Allow && !self.config.excludes(path) {
                reported.push(Reported { finding, level, fingerprint });
            }
        }
        let excluded =
            |problem: &Problem| problem.place.is_some_and(|place| self.config.excludes(&self.source(place).path));
        let shown = |problem: &&Problem| scope.shows_problem(problem) && !excluded(problem);
        let mut problems: Vec<&Problem> = self.app.problems.iter().filter(shown).collect();
        // Files are read in any order.
        problems.sort_by_key(|it| (&it.file, it.line, it.place, it.kind, &it.message));
        Report { app: self.app, part: scope.name(), findings: reported, problems, suppressed, read }
    }

    fn source(&self, place: Place) -> &'a SourceFile {
        self.app.sources.get(place.file)
    }

    /// Suppressions and entries of the configuration that are of no use.
    fn useless(&mut self, flow: &Flow) -> Vec<Finding> {
        let mut mistakes = self.suppressions.mistakes(self.config.require_reason);
        mistakes.extend(self.useless_patterns());
        let mut found = mistaken(self.app, flow, mistakes);
        found.retain(|finding| !self.suppressions.covers(finding));
        found.extend(mistaken(self.app, flow, self.suppressions.idle()));
        found
    }

    /// Patterns of the configuration that match no file.
    fn useless_patterns(&self) -> Vec<Mistake> {
        let Some(config_file) = self.config_file else { return Vec::new() };
        let patterns = self.config.overrides.iter().flat_map(|it| &it.paths).chain(&self.config.exclude);
        let useless = patterns
            .filter(|pattern| !self.app.sources.iter().any(|(_, file)| pattern.matches(self.config, &file.path)));
        useless
            .map(|pattern| Mistake {
                place: Place { file: config_file, span: pattern.span },
                message: format!("the pattern `{}` matches no file", pattern.text),
                label: "matches nothing that was checked".to_owned(),
                help: Some(
                    "patterns are relative to the folder of the configuration; `**` stands for any folders".to_owned(),
                ),
            })
            .collect()
    }
}

/// Mistakes as findings.
fn mistaken(app: &App, flow: &Flow, mistakes: Vec<Mistake>) -> Vec<Finding> {
    let mut findings = Findings::new(app, flow);
    findings.begin("unused_suppression");
    for Mistake { place, message, label, help } in mistakes {
        findings.add_at(place, message, label).help.extend(help);
    }
    distinct(findings.into_vec())
}

/// One finding for each lint and place, in the order of the sources. A file that belongs to two crates is checked in both:
/// of the findings at one place the surest is kept, and the one with the shortest way.
fn distinct(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_cached_key(|it| {
        let (unreached, doubt) = (it.entry.is_none(), std::cmp::Reverse(it.confidence));
        (it.place.file, it.place.span, it.lint, unreached, doubt, it.trace.len(), it.notes.clone(), it.message.clone())
    });
    findings.dedup_by_key(|it| (it.place, it.lint));
    findings
}

/// What tells each finding from the others: lint, file, function and the text of the line, not its number, so that
/// it stays the same when lines above come and go; findings that agree in these are numbered.
fn fingerprints(app: &App, findings: &[Finding]) -> Vec<String> {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let fingerprint = |finding: &Finding| {
        let file = app.sources.get(finding.place.file);
        let line = file.line_text(file.line_column(finding.place.span.start).0).trim();
        let key = [finding.lint, &file.name, &finding.function, line].join("\0");
        let ordinal = seen.entry(key.clone()).and_modify(|number| *number += 1).or_default();
        format!("{:016x}", xxh3_64(format!("{key}\0{ordinal}").as_bytes()))
    };
    findings.iter().map(fingerprint).collect()
}

impl Report<'_> {
    /// The status that the run ends with.
    pub fn status(&self) -> ExitStatus {
        if self.number(Level::Deny) > 0 { ExitStatus::Findings } else { ExitStatus::Clean }
    }

    /// How many findings have a level.
    pub fn number(&self, level: Level) -> usize {
        self.findings.iter().filter(|it| it.level == level).count()
    }

    /// Writes the findings to standard output and the rest to standard error.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn write(&self, format: Format, terminal: &mut Terminal<'_>, elapsed: Duration) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, terminal)?,
            Format::Short => human::write_short(self, terminal)?,
            Format::Json => json::write(self, terminal.out, elapsed)?,
        }
        terminal.out.flush()?;
        if terminal.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.write_problems(terminal)?;
        self.write_summary(terminal, elapsed)
    }

    /// The problems that are no findings, because they have no place in the sources.
    fn write_problems(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        for problem in self.problems.iter().filter(|problem| problem.place.is_none()) {
            terminal.problem(problem)?;
        }
        if self.app.entries.is_empty() {
            let help = "backstop knows axum, actix-web and Rocket; `cargo backstop routes` lists what it finds";
            terminal.warning("nothing here serves requests, as far as can be seen", Some(help))?;
        }
        Ok(())
    }

    fn write_summary(&self, terminal: &mut Terminal<'_>, elapsed: Duration) -> io::Result<()> {
        let mut found: Vec<String> = Vec::new();
        let levels = [(Level::Deny, "error"), (Level::Warn, "warning")];
        found.extend(
            levels
                .into_iter()
                .filter(|(level, _)| self.number(*level) > 0)
                .map(|(level, noun)| count(self.number(level), noun)),
        );
        if found.is_empty() {
            found.push("no findings".to_owned());
        }
        if self.suppressed > 0 {
            found.push(format!("{} suppressed", self.suppressed));
        }
        let part = self.part.as_ref().map(|part| format!(" in {part}")).unwrap_or_default();
        let files = count(self.read.files, "file");
        let entries = count(self.app.entries.len(), "entry point");
        let (time, found) = (elapsed.as_millis(), found.join(", "));
        writeln!(terminal.err, "checked {files} with {entries} in {time} ms: {found}{part}")
    }

    /// Line and column where a place starts and ends, all from 1.
    fn lines(&self, place: Place) -> [u32; 4] {
        let file = self.app.sources.get(place.file);
        let Span { start, end } = place.span;
        let ((line, column), (end_line, end_column)) = (file.line_column(start), file.line_column(end));
        [line, column, end_line, end_column]
    }
}
