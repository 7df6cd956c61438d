//! Policy in one place: which findings are reported at which level, in which order; and how they are written.

mod cargo_json;
mod environment;
mod fixes;
mod github;
mod gitlab;
mod human;
mod json;
mod line_hash;
mod neutral;
mod outputs;
mod paths;
mod policy;
mod progress;
mod rdjson;
mod region;
mod routes;
mod sarif;
mod scope;
mod settings;
mod terminal;
mod whole_file;

use std::io;
use std::time::Duration;

use rayon::prelude::*;

pub use environment::Environment;
pub use fixes::{apply_fixes, write_diff};
pub use neutral::Neutral;
pub use outputs::Outputs;
pub use policy::Policy;
pub use progress::ProgressLine;
pub use routes::write_routes;
pub use settings::write_settings;
pub use terminal::{Terminal, write_error};

use crate::app::App;
use crate::baseline::Comparison;
use crate::error::{ExitStatus, count};
use crate::finding::{Confidence, Finding, Findings};
use crate::flow::Flow;
use crate::lint::{Level, Lint};
use crate::lints::{LINTS, lint};
use crate::problem::Problem;
use crate::source::{Place, Span};

/// What a run has to say.
pub struct Report<'a> {
    /// The program.
    pub app: &'a App,
    /// Which part of what was read is reported, if not all of it.
    part: Option<String>,
    /// What is reported, in the order of the sources.
    pub findings: Vec<Reported>,
    /// What could not be checked.
    pub problems: Vec<&'a Problem>,
    /// How many findings were suppressed by comments.
    pub suppressed: usize,
    /// How many findings the baseline knows.
    pub baselined: usize,
    /// How many findings have nothing to do with changed lines, where only those that have are reported.
    pub unchanged: Option<usize>,
    /// What has become of the entries of the baseline.
    pub baseline: Comparison,
    /// What is to be said besides.
    notices: Vec<Notice>,
    /// How many warnings there may be.
    max_warnings: Option<usize>,
    /// How much was read.
    pub read: ReadCount,
}

/// Something to be said that is about no place in the sources.
struct Notice {
    message: String,
    help: Option<String>,
}

/// A finding with what policy adds to it.
#[derive(Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// Its level.
    pub level: Level,
    /// Whether nothing lowers that.
    pub is_final: bool,
    /// What tells it from others, and stays when lines move.
    pub fingerprint: String,
    /// What stays when its code moves elsewhere.
    pub code: String,
}

impl Reported {
    /// Whether it makes the run fail; the others are warnings.
    fn is_error(&self) -> bool {
        self.level >= Level::Deny
    }

    /// All there is to say about it, a line for each.
    fn told(&self) -> String {
        let notes = self.finding.notes.iter().map(|note| format!("\nnote: {note}"));
        let helps = self.finding.help.iter().map(|help| format!("\nhelp: {help}"));
        notes.chain(helps).fold(self.finding.message.clone(), |told, line| told + &line)
    }

    /// How sure the finding is: no surer than its lint.
    fn confidence(&self) -> Confidence {
        let usual = lint(self.finding.lint).map_or(Confidence::High, Lint::confidence);
        self.finding.confidence.min(usual)
    }
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
    let of_lint = |lint: &Lint| {
        let mut findings = Findings::new(app, flow, lint.name);
        (lint.check)(app, flow, &mut findings);
        findings.into_vec()
    };
    // Each lint is a task of its own: some take as long as all others together.
    LINTS.par_iter().with_max_len(1).flat_map_iter(of_lint).collect()
}

impl<'a> Report<'a> {
    /// A report of nothing but some findings.
    #[cfg(test)]
    fn of_findings(app: &'a App, findings: Vec<Reported>, read: ReadCount) -> Self {
        Report {
            app,
            part: None,
            findings,
            problems: Vec::new(),
            suppressed: 0,
            baselined: 0,
            unchanged: None,
            baseline: Comparison::default(),
            notices: Vec::new(),
            max_warnings: None,
            read,
        }
    }
}

impl Report<'_> {
    /// The status that the run ends with.
    pub fn status(&self) -> ExitStatus {
        if self.number(Level::Deny) > 0 || self.has_too_many_warnings() {
            return ExitStatus::Findings;
        }
        ExitStatus::Clean
    }

    fn has_too_many_warnings(&self) -> bool {
        self.max_warnings.is_some_and(|allowed| self.number(Level::Warn) > allowed)
    }

    /// How many findings have a level.
    pub fn number(&self, level: Level) -> usize {
        self.findings.iter().filter(|it| it.level == level).count()
    }

    /// The findings, the worst first: errors before warnings, the surest of each first.
    fn worst_first(&self) -> Vec<&Reported> {
        let mut findings: Vec<&Reported> = self.findings.iter().collect();
        findings.sort_by_cached_key(|it| std::cmp::Reverse((it.is_error(), it.confidence())));
        findings
    }

    /// Writes the findings, one line each.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub fn write_short(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        human::write_short(self, terminal.out, terminal.color_out)?;
        terminal.out.flush()
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

    fn write_notices(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        for Notice { message, help } in &self.notices {
            terminal.warning(message, help.as_deref())?;
        }
        if let Some(allowed) = self.max_warnings.filter(|_| self.has_too_many_warnings()) {
            let found = count(self.number(Level::Warn), "warning");
            terminal.warning(&format!("{found}, where `max-warnings` allows {allowed}: the run fails"), None)?;
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
        if self.baselined > 0 {
            found.push(format!("{} in the baseline", self.baselined));
        }
        if let Some(unchanged) = self.unchanged.filter(|number| *number > 0) {
            found.push(format!("{unchanged} not on changed lines"));
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
