//! The road from end to end: what each command does.

mod baseline;
mod fix;
mod init;
mod steps;

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::{Instant, SystemTime};

use crate::app::App;
use crate::baseline::Baseline;
use crate::changes::Changes;
use crate::cli::{Args, Check, Command, LevelFlag, Routes, RoutesFormat, Verbosity, command_names, completions, man};
use crate::config::{Config, schema};
use crate::error::{Error, ExitStatus, count};
use crate::flow::Flow;
use crate::lints::{LINTS, groups, lint};
use crate::load::load_counted;
use crate::nearest::nearest;
use crate::progress::Stage;
use crate::report::{
    Neutral, Outputs, Policy, ReadCount, Report, Terminal, all_findings, write_routes, write_settings,
};
use crate::source::{FileId, SourceFile};
use crate::suppress::{Suppressions, day_of};
use crate::workspace::{ConfigFile, Selection, Workspace, discover, discover_alone};
use steps::Steps;

/// The stack of every thread that parses or follows code, in bytes: nesting is limited where files are read, and what
/// the limit allows takes this much. Only what is used of it is ever taken from the system.
pub const STACK: usize = 256 << 20;

/// Does what was typed.
///
/// # Errors
///
/// When the run cannot be done: nothing to check, a configuration that cannot be used, a name that means nothing.
pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    match &args.command {
        Command::Check(command) => check(command, terminal),
        Command::Routes(command) => routes(command, terminal),
        Command::Explain(name) => explain(name, terminal),
        Command::Lints => list_lints(terminal).map_err(Error::Output),
        Command::Baseline(command) => baseline::write(command, terminal),
        Command::Fix(command) => fix::fix(command, terminal),
        Command::Init(command) => init::init(command, terminal),
        Command::Schema => print(format!("{:#}\n", schema()).as_bytes(), terminal),
        Command::Completions(shell) => print(&completions(*shell), terminal),
        Command::Man => print(&man().map_err(Error::Output)?, terminal),
    }
}

/// Writes a text to standard output.
fn print(text: &[u8], terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    terminal.out.write_all(text).and_then(|()| terminal.out.flush()).map_err(Error::Output)?;
    Ok(ExitStatus::Clean)
}

/// A program that has been read and linked.
struct Linked {
    app: App,
    config: Config,
    config_file: Option<FileId>,
    read: ReadCount,
}

/// Reads and links what a selection means.
fn link(
    selection: &Selection,
    steps: &mut Steps,
    config: impl Fn(&Path) -> Result<(Config, Option<ConfigFile>), Error> + Sync,
) -> Result<Linked, Error> {
    let mut workspace = discover(selection).map_err(or_command)?;
    steps.begin(Stage::Sources);
    let progress = &steps.progress;
    let read = |workspace: &Workspace| rayon::join(|| config(&workspace.root), || load_counted(workspace, progress));
    let (mut config, mut loaded) = read(&workspace);
    let alone = workspace.parts_without(loaded.sources.iter().map(|(_, file)| file.path.as_path()));
    if !alone.is_empty() {
        workspace = discover_alone(selection, &alone)?;
        (config, loaded) = read(&workspace);
    }
    let (mut config, file) = config?;
    steps.begin(Stage::Linking);
    let read = ReadCount {
        files: loaded.sources.len(),
        lines: loaded.sources.iter().map(|(_, file)| file.line_count()).sum(),
    };
    let knowledge = std::mem::take(&mut config.knowledge);
    let root = workspace.root.clone();
    let mut app = App::link(workspace, loaded, knowledge);
    let config_file = file.map(|file| app.sources.add(SourceFile::new(&root, file.path, file.text)));
    Ok(Linked { app, config, config_file, read })
}

/// Reads and links what a selection means, with the levels of the command line.
fn link_with(
    selection: &Selection,
    config: Option<&Path>,
    levels: &[LevelFlag],
    steps: &mut Steps,
) -> Result<Linked, Error> {
    link(selection, steps, |root| {
        let file = ConfigFile::find(root, config)?;
        Ok((Config::new(file.as_ref(), levels)?, file))
    })
}

impl Linked {
    /// What decides which findings are reported: levels and suppressions, and nothing else as yet.
    fn policy(&self) -> Policy<'_> {
        Policy {
            app: &self.app,
            config: &self.config,
            config_file: self.config_file,
            suppressions: Suppressions::read(&self.app.sources, &today()),
            baseline: None,
            changes: None,
            max_warnings: None,
        }
    }

    /// All there is to report, as far as a baseline does not know it.
    fn report(&self, baseline: Option<Baseline>, steps: &mut Steps) -> Report<'_> {
        steps.begin(Stage::Flow);
        let flow = Flow::counted(&self.app, &steps.progress);
        steps.begin(Stage::Lints);
        let found = all_findings(&self.app, &flow);
        steps.begin(Stage::Report);
        Policy { baseline, ..self.policy() }.report(&flow, found, self.read)
    }
}

fn check(command: &Check, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    let start = Instant::now();
    let outputs = Outputs::new(command.format, &command.outputs, &terminal.environment)?;
    let mut steps = Steps::start(terminal);
    let linked = link_with(&command.selection, command.config.as_deref(), &command.levels, &mut steps)?;
    // The process ends behind this: taking everything apart first would only take time.
    let linked = ManuallyDrop::new(linked);
    let gate = &command.gate;
    let baseline = baseline::path(&linked, &gate.baseline);
    let max_warnings = gate.max_warnings.or(linked.config.max_warnings);
    if command.show_settings {
        steps.begin_output();
        write_settings(&linked.app, &linked.config, baseline.as_deref(), max_warnings, terminal)
            .map_err(Error::Output)?;
        return Ok(ExitStatus::Clean);
    }
    // What cannot be used is said before anything takes time.
    steps.begin(Stage::Changes);
    let baseline = baseline.as_deref().map(Baseline::read).transpose()?;
    let folders = linked.app.workspace.asked_folders();
    let changes = gate.since.as_deref().map(|commit| Changes::since(&folders, commit)).transpose()?;
    steps.begin(Stage::Flow);
    let flow = ManuallyDrop::new(Flow::counted(&linked.app, &steps.progress));
    steps.begin(Stage::Lints);
    let found = all_findings(&linked.app, &flow);
    steps.begin(Stage::Report);
    let policy = Policy { baseline, changes, max_warnings, ..linked.policy() };
    let report = policy.report(&flow, found, linked.read);
    steps.begin_output();
    let is_verbose = terminal.verbosity == Verbosity::Verbose;
    if is_verbose {
        write_details(&linked, terminal).map_err(Error::Output)?;
    }
    let written = outputs.write(&report, terminal, start.elapsed());
    if is_verbose {
        steps.write(terminal.err).map_err(Error::Output)?;
    }
    match written {
        // A reader that has seen enough, such as `head`, does not make the findings any better.
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(report.status()),
        written => written.map(|()| report.status()),
    }
}

/// A path that is not there may have been meant as a command.
fn or_command(error: Error) -> Error {
    match error {
        Error::Path { path, reason, .. } => {
            let names = command_names();
            let command = path.to_str().and_then(|word| nearest(word, names.iter().map(String::as_str)));
            Error::Path { path, reason, command }
        }
        error => error,
    }
}

fn routes(command: &Routes, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    let mut steps = Steps::start(terminal);
    let linked = link_with(&command.selection, command.config.as_deref(), &[], &mut steps)?;
    // The process ends behind this: taking everything apart first would only take time.
    let linked = ManuallyDrop::new(linked);
    let is_asked = command.format == RoutesFormat::Json || terminal.verbosity == Verbosity::Verbose;
    steps.begin(Stage::Flow);
    let flow = is_asked.then(|| ManuallyDrop::new(Flow::counted(&linked.app, &steps.progress)));
    steps.begin_output();
    write_routes(&linked.app, flow.as_deref(), command.format, terminal).map_err(Error::Output)?;
    Ok(ExitStatus::Clean)
}

/// What was found on the way, for `-v`.
fn write_details(linked: &Linked, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let app = &linked.app;
    let err = &mut Neutral(&mut *terminal.err);
    match &linked.config.path {
        Some(path) => writeln!(err, "configuration: {}", path.display())?,
        None => writeln!(err, "configuration: none, every lint has its usual level")?,
    }
    for package in &app.workspace.packages {
        writeln!(err, "package {}: {}", package.name, count(package.targets.len(), "target"))?;
    }
    for (index, library) in app.knowledge.libraries.iter().enumerate() {
        let entries = app.entries.iter().filter(|entry| usize::from(entry.framework.0) == index).count();
        if entries > 0 {
            writeln!(err, "{}: {}", library.title, count(entries, "entry point"))?;
        }
    }
    Ok(())
}

fn explain(name: &str, terminal: &mut Terminal<'_>) -> Result<ExitStatus, Error> {
    // `unwrapped-query` is what people type.
    let wanted = name.replace('-', "_");
    let written = match (lint(&wanted), groups().into_iter().find(|group| *group == wanted)) {
        (Some(lint), _) => terminal.out.write_all(lint.explanation().as_bytes()),
        (None, Some(group)) => write_group(group, terminal.out),
        (None, None) => {
            let nearest = nearest(name, LINTS.iter().map(|lint| lint.name).chain(groups()));
            return Err(Error::Unknown { what: "lint", name: name.to_owned(), nearest });
        }
    };
    written.and_then(|()| terminal.out.flush()).map_err(Error::Output)?;
    Ok(ExitStatus::Clean)
}

fn list_lints(terminal: &mut Terminal<'_>) -> io::Result<ExitStatus> {
    for (index, group) in groups().into_iter().enumerate() {
        if index > 0 {
            writeln!(terminal.out)?;
        }
        write_group(group, terminal.out)?;
    }
    terminal.out.flush()?;
    Ok(ExitStatus::Clean)
}

/// The lints of a group, with the levels they have unless configured otherwise.
fn write_group(group: &str, out: &mut dyn Write) -> io::Result<()> {
    let width = LINTS.iter().map(|lint| lint.name.len()).max().unwrap_or(0);
    writeln!(out, "{group}")?;
    for lint in LINTS.iter().filter(|lint| lint.group() == group) {
        writeln!(out, "  {:<width$}  {:<5}  {}", lint.name, lint.level().name(), lint.summary())?;
    }
    Ok(())
}

/// The day, as in `2027-03-31`.
fn today() -> String {
    day_of(SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()))
}
