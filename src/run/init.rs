//! `cargo backstop init`: a configuration to start from, and word of the baseline.

use std::path::{Path, PathBuf};

use super::steps::Steps;
use super::{Linked, baseline, link_with};
use crate::baseline::Baseline;
use crate::cli::{Baseline as WriteBaseline, BaselineChange, BaselineChoice, Init, Verbosity};
use crate::config::starter;
use crate::error::{Error, ExitStatus, count};
use crate::report::Terminal;
use crate::source::display_name;
use crate::workspace::{ConfigFile, Selection, write_new_config};

/// Writes the configuration. What it says changes nothing, so it may not come before one that is further up.
pub(super) fn init(command: &Init, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    if let Some(ConfigFile { path, .. }) = ConfigFile::find(command.folder.as_deref().unwrap_or(Path::new(".")), None)?
    {
        return Err(Error::ConfigExists { path });
    }
    let mut steps = Steps::start(terminal);
    let selection = Selection { paths: command.folder.iter().cloned().collect(), ..Selection::default() };
    let linked = link_with(&selection, None, &[], &mut steps)?;
    if let Some(path) = &linked.config.path {
        return Err(Error::ConfigExists { path: path.clone() });
    }
    let known = baseline::path(&linked, &BaselineChoice::Usual).as_deref().map(Baseline::read).transpose()?;
    let found = linked.report(known, &mut steps).findings.len();
    steps.begin_output();
    let path = write_new_config(&folder(command, &linked), &starter())?;
    if terminal.verbosity != Verbosity::Quiet {
        let shown = display_name(&linked.app.workspace.root, &path);
        say(&format!("{shown} is written: it explains every setting and changes none"), terminal)?;
        match found {
            0 => say("there are no findings: a baseline is not needed", terminal)?,
            _ if command.baseline => {}
            found => {
                let findings = count(found, "finding");
                let folder = command.folder.as_ref().map(|folder| format!(" {}", folder.display()));
                let command = format!("cargo backstop baseline{}", folder.unwrap_or_default());
                say(
                    &format!("{findings} today: `{command}` makes them known, and only new ones are reported"),
                    terminal,
                )?;
            }
        }
    }
    if !command.baseline || found == 0 {
        return Ok(ExitStatus::Clean);
    }
    let (config, levels) = (None, Vec::new());
    let (file, change) = (BaselineChoice::Usual, BaselineChange::Write);
    baseline::write(&WriteBaseline { selection, config, levels, file, change }, terminal)
}

/// The folder that was named, or else that of the workspace around the current one.
fn folder(command: &Init, linked: &Linked) -> PathBuf {
    let workspace = &linked.app.workspace;
    let around = || workspace.cargo_root.clone().unwrap_or_else(|| workspace.root.clone());
    command.folder.clone().unwrap_or_else(around)
}

fn say(text: &str, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    writeln!(terminal.err, "{text}").map_err(Error::Output)
}
