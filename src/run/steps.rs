//! The stages of a run: how long each took, and which one whoever waits is shown.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::progress::{Progress, Stage};
use crate::report::{ProgressLine, Terminal};

/// The stages so far.
pub(super) struct Steps {
    pub(super) progress: Arc<Progress>,
    line: Option<ProgressLine>,
    current: Stage,
    since: Instant,
    done: Vec<(Stage, Duration)>,
}

impl Steps {
    /// A run starts.
    pub(super) fn start(terminal: &Terminal<'_>) -> Steps {
        let progress = Arc::new(Progress::default());
        let line = Some(ProgressLine::start(&progress, terminal));
        Steps { progress, line, current: Stage::Workspace, since: Instant::now(), done: Vec::new() }
    }

    /// A stage starts, and the one before it ends.
    pub(super) fn begin(&mut self, stage: Stage) {
        self.end();
        self.current = stage;
        self.progress.begin(stage);
    }

    /// The last stage starts, and nothing may be on the terminal that is not to stay there.
    pub(super) fn begin_output(&mut self) {
        self.begin(Stage::Output);
        self.line = None;
    }

    fn end(&mut self) {
        self.done.push((self.current, std::mem::replace(&mut self.since, Instant::now()).elapsed()));
    }

    /// Ends the last stage, and writes how long each took, for `-v`.
    pub(super) fn write(mut self, err: &mut dyn Write) -> io::Result<()> {
        self.end();
        for (stage, time) in &self.done {
            writeln!(err, "{}: {:.1} ms", stage.name(), time.as_secs_f64() * 1e3)?;
        }
        Ok(())
    }
}
