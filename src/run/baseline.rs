//! `cargo backstop baseline`, and where the baseline is.

use std::path::{Path, PathBuf};

use super::{Linked, link_with};
use crate::baseline::{Baseline, Entry, USUAL_NAME};
use crate::cli::{Baseline as Command, BaselineChange, BaselineChoice, Verbosity};
use crate::error::{Error, ExitStatus, count};
use crate::flow::Flow;
use crate::report::{Policy, Report, Reported, Terminal, all_findings};
use crate::source::display_name;

/// The file with known findings: the one that is named on the command line or in the configuration, whether or not it is
/// there, or else one of the usual name.
pub(super) fn path(linked: &Linked, choice: &BaselineChoice) -> Option<PathBuf> {
    let usual = || usual_folders(linked).map(|dir| dir.join(USUAL_NAME)).find(|path| Baseline::is_there(path));
    let path = match choice {
        BaselineChoice::None => None,
        BaselineChoice::File(path) => Some(path.clone()),
        BaselineChoice::Usual => linked.config.baseline.clone().or_else(usual),
    };
    path.as_deref().map(Baseline::located)
}

/// Where a baseline may be without being named: beside the configuration, or in the root of the workspace.
fn usual_folders(linked: &Linked) -> impl Iterator<Item = PathBuf> {
    let workspace = &linked.app.workspace;
    let beside = linked.config.path.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    let root = workspace.cargo_root.clone().unwrap_or_else(|| workspace.root.clone());
    beside.into_iter().chain([root])
}

/// Writes what is known to the baseline.
pub(super) fn write(command: &Command, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    let linked = link_with(&command.selection, command.config.as_deref(), &command.levels)?;
    let named = path(&linked, &command.file);
    let usual = || usual_folders(&linked).next().map(|dir| dir.join(USUAL_NAME));
    let path = named.or_else(usual).expect("there is always the folder that is checked");
    let before = match Baseline::read(&path) {
        Err(Error::NoBaseline { .. }) if command.change != BaselineChange::Prune => None,
        read => Some(read?),
    };
    let flow = Flow::of(&linked.app);
    let found = all_findings(&linked.app, &flow);
    let report = Policy { baseline: before.clone(), ..linked.policy() }.report(&flow, found, linked.read);
    let mut after = Baseline { path, entries: report.baseline.kept.clone() };
    let (forbidden, new): (Vec<_>, Vec<_>) = report.findings.iter().partition(|reported| reported.is_final);
    let entry = |it: &&Reported| after.entry(&linked.app, &it.finding, &it.code, &it.fingerprint);
    let new: Vec<Entry> = new.iter().map(entry).collect();
    if before.is_some() && command.change == BaselineChange::Write && !new.is_empty() {
        report.write_short(terminal).map_err(Error::Output)?;
        return Err(Error::BaselineGrows { path: after.path, by: new.len() });
    }
    let added = if command.change == BaselineChange::Prune { 0 } else { new.len() };
    after.entries.extend(new.into_iter().take(added));
    if before.as_ref() != Some(&after) {
        after.write()?;
    }
    if terminal.verbosity != Verbosity::Quiet {
        let summary = Summary { added, forbidden: forbidden.len(), is_new: before.is_none() };
        summary.write(&after, &report, terminal).map_err(Error::Output)?;
    }
    Ok(ExitStatus::Clean)
}

/// What has become of a baseline.
struct Summary {
    added: usize,
    forbidden: usize,
    is_new: bool,
}

impl Summary {
    fn write(&self, after: &Baseline, report: &Report<'_>, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
        let gone = report.baseline.gone.len();
        let changes = match (self.is_new, self.added, gone) {
            (true, ..) => String::new(),
            (_, 0, 0) => ", as before".to_owned(),
            (_, added, gone) => format!(", {added} new, {gone} gone"),
        };
        let findings = count(after.entries.len(), "known finding");
        let shown = display_name(&report.app.workspace.root, &after.path);
        writeln!(terminal.err, "{shown}: {findings}{changes}")?;
        if self.forbidden > 0 {
            let forbidden = count(self.forbidden, "finding");
            writeln!(terminal.err, "{forbidden} of forbidden lints left out: nothing makes those known")?;
        }
        Ok(())
    }
}
