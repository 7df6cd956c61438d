//! `cargo backstop fix`: applies what findings say can be written instead, or shows it.

use super::steps::Steps;
use super::{baseline, link_with};
use crate::baseline::Baseline;
use crate::changes::Changes;
use crate::cli::{Fix as Command, Verbosity};
use crate::error::{Error, ExitStatus, count};
use crate::fix::Plan;
use crate::report::{Terminal, apply_fixes, write_diff};

/// Applies the fixes of what would be reported, or shows them.
pub(super) fn fix(command: &Command, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    let mut steps = Steps::start(terminal);
    let linked = link_with(&command.selection, command.config.as_deref(), &command.levels, &mut steps)?;
    if !command.dry_run && !command.allow_dirty {
        let uncommitted = Changes::uncommitted(&linked.app.workspace.asked_folders())?;
        if let Some(first) = uncommitted.first() {
            return Err(Error::Uncommitted { first: first.clone(), number: uncommitted.len() });
        }
    }
    let known = baseline::path(&linked, &command.baseline).as_deref().map(Baseline::read).transpose()?;
    let report = linked.report(known, &mut steps);
    steps.begin_output();
    let fixes = report.findings.iter().filter_map(|reported| reported.finding.fix.as_ref());
    let plan = Plan::of(fixes, command.allowed);
    let sources = &linked.app.sources;
    let changes = plan.changes(sources);
    if command.dry_run {
        write_diff(sources, &changes, terminal).map_err(Error::Output)?;
    } else {
        apply_fixes(sources, &changes)?;
    }
    if terminal.verbosity != Verbosity::Quiet {
        let said = summary(command, &plan, changes.len(), report.findings.len());
        writeln!(terminal.err, "{said}").map_err(Error::Output)?;
    }
    Ok(ExitStatus::Clean)
}

/// What has been done, and what else could be.
fn summary(command: &Command, plan: &Plan, files: usize, findings: usize) -> String {
    let fixes = |number: usize| match number {
        1 => "1 fix".to_owned(),
        number => format!("{number} fixes"),
    };
    let done = match (plan.applied, command.dry_run) {
        (0, _) => format!("nothing to apply: {} to mend by hand", count(findings, "finding")),
        (applied, true) => format!("{} in {} would be applied", fixes(applied), count(files, "file")),
        (applied, false) => format!("{} in {} applied", fixes(applied), count(files, "file")),
    };
    let withheld = (plan.withheld > 0).then(|| format!("{} more with --unsafe", fixes(plan.withheld)));
    let colliding = (plan.colliding > 0)
        .then(|| format!("{} left for another run, where they change what others change", fixes(plan.colliding)));
    [Some(done), withheld, colliding].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
