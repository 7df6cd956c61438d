//! Which findings are reported, at which level, and what is said of the rules that decide that.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::scope::Scope;
use super::{Notice, ReadCount, Report, Reported};
use crate::app::App;
use crate::baseline::{Baseline, Comparison};
use crate::changes::Changes;
use crate::config::{Config, Origin, Subject};
use crate::finding::{Finding, Findings};
use crate::fingerprint::{Identity, identities};
use crate::flow::Flow;
use crate::lint::{Level, Setting};
use crate::lints::{LINTS, lint};
use crate::problem::Problem;
use crate::source::{FileId, Place, SourceFile};
use crate::suppress::{Mistake, Suppressions};

/// How many of the entries that are gone are named.
const NAMED_ENTRIES: usize = 20;
/// The lint about files as a whole: any change of a file may be why it cannot be checked.
const ABOUT_FILES: &str = "unchecked_code";

/// Applies suppressions, levels, excluded paths, the baseline and what has changed, and puts what is left in order.
pub struct Policy<'a> {
    /// The program.
    pub app: &'a App,
    /// The configuration.
    pub config: &'a Config,
    /// Where the configuration stands among the sources.
    pub config_file: Option<FileId>,
    /// The comments.
    pub suppressions: Suppressions,
    /// The known findings.
    pub baseline: Option<Baseline>,
    /// What has changed, where nothing else is to be reported.
    pub changes: Option<Changes>,
    /// How many warnings there may be.
    pub max_warnings: Option<usize>,
}

impl<'a> Policy<'a> {
    /// The report of some findings.
    pub fn report(mut self, flow: &Flow, found: Vec<Finding>, read: ReadCount) -> Report<'a> {
        let scope = Scope::of(self.app);
        let mut settings = Settings { app: self.app, config: self.config, known: FxHashMap::default() };
        let mut findings = distinct(found);
        findings.retain(|finding| scope.shows(finding.place));
        let before = findings.len();
        findings.retain(|finding| !self.suppressions.covers(finding, settings.of(finding).is_final));
        let suppressed = before - findings.len();
        findings.extend(self.useless(flow, &mut settings).into_iter().filter(|finding| scope.shows(finding.place)));
        findings.sort_by_key(|it| (it.place, it.lint));
        let identities = identities(self.app, &findings);
        let findings: Vec<(Finding, Identity)> = findings.into_iter().zip(identities).collect();
        let mut report = Report {
            app: self.app,
            part: scope.name(),
            findings: Vec::new(),
            problems: self.problems(&scope),
            suppressed,
            baselined: 0,
            unchanged: self.changes.as_ref().map(|_| 0),
            baseline: self.compare(&findings, &scope),
            notices: Vec::new(),
            max_warnings: self.max_warnings,
            read,
        };
        for (index, (finding, identity)) in findings.into_iter().enumerate() {
            let setting = settings.of(&finding);
            if setting.level == Level::Allow || self.config.excludes(&self.source(finding.place).path) {
                continue;
            }
            if report.baseline.is_known.get(index) == Some(&true) && !setting.is_final {
                report.baselined += 1;
            } else if let Some(finding) = self.with_change(finding, &identity) {
                let (Setting { level, is_final }, Identity { fingerprint, code, .. }) = (setting, identity);
                report.findings.push(Reported { finding, level, is_final, fingerprint, code });
            } else {
                report.unchanged = report.unchanged.map(|number| number + 1);
            }
        }
        report.notices.extend(self.held_off_flags());
        report.notices.extend(gone(&report.baseline));
        report
    }

    fn source(&self, place: Place) -> &'a SourceFile {
        self.app.sources.get(place.file)
    }

    fn problems(&self, scope: &Scope<'_>) -> Vec<&'a Problem> {
        let excluded =
            |problem: &Problem| problem.place.is_some_and(|place| self.config.excludes(&self.source(place).path));
        let shown = |problem: &&Problem| scope.shows_problem(problem) && !excluded(problem);
        let mut problems: Vec<&Problem> = self.app.problems.iter().filter(shown).collect();
        // Files are read in any order.
        problems.sort_by_key(|it| (&it.file, it.line, it.place, it.kind, &it.message));
        problems
    }

    /// The baseline beside all findings, also those that are not reported: what is not reported today still occurs.
    fn compare(&self, findings: &[(Finding, Identity)], scope: &Scope<'_>) -> Comparison {
        let Some(baseline) = &self.baseline else { return Comparison::default() };
        let shown = self.app.sources.iter().filter(|(file, _)| scope.shows_file(*file));
        let shown: Vec<&Path> = shown.map(|(_, file)| file.path.as_path()).collect();
        baseline.compare(self.app, findings, &shown)
    }

    /// A finding if a changed line is part of it; where that is elsewhere, it says so.
    fn with_change(&self, mut finding: Finding, identity: &Identity) -> Option<Finding> {
        let Some(changes) = &self.changes else { return Some(finding) };
        let file = self.source(finding.place);
        let own = identity.spans.iter().map(|span| Place { file: finding.place.file, span: *span });
        let is_changed = match finding.lint {
            ABOUT_FILES => changes.is_changed(&file.path),
            _ => own.chain([finding.place]).any(|place| {
                let [first, last] = self.lines(place);
                changes.first_beside(&file.path, first, last).is_some()
            }),
        };
        if is_changed {
            return Some(finding);
        }
        let labels = finding.labels.iter().map(|(place, _)| *place);
        let calls = finding.trace.iter().map(|(_, place)| *place);
        let mut evidence = labels.chain(calls).chain(finding.entry.iter().map(|entry| entry.place));
        let changed = evidence.find_map(|place| Some((place, self.changed_line(changes, place)?)));
        let (place, line) = changed.or_else(|| self.new_registration(changes, &finding))?;
        let name = &self.source(place).name;
        finding.note(format!("reported because `{name}:{line}` has changed since `{}`", changes.since));
        Some(finding)
    }

    fn changed_line(&self, changes: &Changes, place: Place) -> Option<u32> {
        let (file, [first, last]) = (self.source(place), self.lines(place));
        changes.first_in(&file.path, first, last)
    }

    /// Where the entry point is registered, if it was not before. Other routes on the same line do not matter.
    fn new_registration(&self, changes: &Changes, finding: &Finding) -> Option<(Place, u32)> {
        let entry = finding.entry.as_ref()?;
        let place = entry.registered?;
        let name = entry.function.rsplit("::").next()?;
        let [first, last] = self.lines(place);
        Some((place, changes.first_with(self.source(place), first, last, name)?))
    }

    fn lines(&self, place: Place) -> [u32; 2] {
        let file = self.source(place);
        [place.span.start, place.span.end].map(|byte| file.line_column(byte).0)
    }

    /// Suppressions and entries of the configuration that are of no use.
    fn useless(&mut self, flow: &Flow, settings: &mut Settings<'_>) -> Vec<Finding> {
        let mut mistakes = self.suppressions.mistakes(self.config.require_reason);
        mistakes.extend(self.useless_patterns());
        mistakes.extend(self.held_off_entries());
        let mut found = mistaken(self.app, flow, mistakes);
        found.retain(|finding| !self.suppressions.covers(finding, settings.of(finding).is_final));
        found.extend(mistaken(self.app, flow, self.suppressions.idle()));
        found
    }

    /// Patterns of the configuration that match nothing, where everything that they could match was read.
    fn useless_patterns(&self) -> Vec<Mistake> {
        let Some(config_file) = self.config_file.filter(|_| !self.app.workspace.is_narrowed) else { return Vec::new() };
        let paths = self.config.overrides.iter().flat_map(|it| &it.paths).chain(&self.config.exclude);
        let useless =
            paths.filter(|pattern| !self.app.sources.iter().any(|(_, file)| pattern.matches(self.config, &file.path)));
        let advice = "patterns are relative to the folder of the configuration; `**` stands for any folders";
        let paths = useless.map(|pattern| (pattern, "file", advice));
        let packages = self.config.overrides.iter().flat_map(|it| &it.packages);
        let names = &self.app.workspace.packages;
        let packages = packages.filter(|pattern| !names.iter().any(|package| pattern.is_name(&package.name)));
        let packages = packages.map(|pattern| (pattern, "package", "`*` stands for any part of a name"));
        let mistake = |(pattern, what, advice): (&crate::config::PathPattern, &str, &str)| Mistake {
            place: Place { file: config_file, span: pattern.span },
            message: format!("the pattern `{}` matches no {what}", pattern.text),
            label: "matches nothing that was checked".to_owned(),
            help: Some(advice.to_owned()),
        };
        paths.chain(packages).map(mistake).collect()
    }

    /// What would lower a level that is forbidden to be lowered: where it was set, and for which lint.
    fn held_off(&self) -> Vec<(&'a Origin, &'static str)> {
        if !self.config.forbids() {
            return Vec::new();
        }
        let mut held_off: Vec<(&Origin, &str)> = Vec::new();
        for (_, file) in self.app.sources.iter() {
            let subject = subject(self.app, &file.path);
            for lint in LINTS {
                let entries = self.config.ruling(lint, subject).held_off;
                held_off.extend(entries.into_iter().map(|entry| (&entry.origin, lint.name)));
            }
        }
        let mut seen = rustc_hash::FxHashSet::default();
        held_off.retain(|(origin, _)| seen.insert(std::ptr::from_ref::<Origin>(origin)));
        held_off
    }

    fn held_off_entries(&self) -> Vec<Mistake> {
        let Some(file) = self.config_file else { return Vec::new() };
        let mistake = |(origin, lint): (&Origin, &str)| match origin {
            Origin::File { span, text, .. } => Some(Mistake {
                place: Place { file, span: *span },
                message: format!("`{text}` does not lower `{lint}`, which is forbidden"),
                label: "held off".to_owned(),
                help: Some("take it out, or forbid the lint only where nothing has to lower it".to_owned()),
            }),
            Origin::Flag(_) => None,
        };
        self.held_off().into_iter().filter_map(mistake).collect()
    }

    fn held_off_flags(&self) -> Vec<Notice> {
        let notice = |(origin, lint): (&Origin, &str)| match origin {
            Origin::Flag(flag) => {
                let message = format!("`{flag}` does not lower `{lint}`, which is forbidden");
                let help = "`--show-settings` says where it is forbidden".to_owned();
                Some(Notice { message, help: Some(help) })
            }
            Origin::File { .. } => None,
        };
        self.held_off().into_iter().filter_map(notice).collect()
    }
}

/// What a level in a file is asked of.
pub(super) fn subject<'a>(app: &'a App, file: &'a Path) -> Subject<'a> {
    Subject { file, package: app.workspace.package_of(file).map(|package| package.name.as_str()) }
}

/// The settings of lints in files, each worked out once.
struct Settings<'a> {
    app: &'a App,
    config: &'a Config,
    known: FxHashMap<(FileId, &'static str), Setting>,
}

impl Settings<'_> {
    fn of(&mut self, finding: &Finding) -> Setting {
        let (file, name) = (finding.place.file, finding.lint);
        *self.known.entry((file, name)).or_insert_with(|| {
            let subject = subject(self.app, &self.app.sources.get(file).path);
            lint(name).map_or(Level::Allow.into(), |lint| self.config.ruling(lint, subject).setting)
        })
    }
}

/// What is said of entries of the baseline that no longer occur.
fn gone(baseline: &Comparison) -> Option<Notice> {
    if baseline.gone.is_empty() {
        return None;
    }
    let entry = |entry: &crate::baseline::Entry| match entry.function.as_str() {
        "" => format!("{} in {}", entry.lint, entry.file),
        function => format!("{} in `{function}` ({})", entry.lint, entry.file),
    };
    let mut named: Vec<String> = baseline.gone.iter().take(NAMED_ENTRIES).map(entry).collect();
    if baseline.gone.len() > named.len() {
        named.push(format!("{} more", baseline.gone.len() - named.len()));
    }
    let verb = if baseline.gone.len() == 1 {
        "entry of the baseline no longer occurs"
    } else {
        "entries of the baseline no longer occur"
    };
    let message = format!("{} {verb}: {}", baseline.gone.len(), named.join(", "));
    Some(Notice { message, help: Some("`cargo backstop baseline --prune` takes them out".to_owned()) })
}

/// Mistakes as findings.
fn mistaken(app: &App, flow: &Flow, mistakes: Vec<Mistake>) -> Vec<Finding> {
    let mut findings = Findings::new(app, flow, "unused_suppression");
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
