//! How far a run has got, for whoever waits for it: counted by the threads that work, read by the one that draws.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// The stages of a run, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Manifests and targets.
    Workspace,
    /// Reading and parsing files.
    Sources,
    /// Modules, imports, entry points.
    Linking,
    /// What git says has changed, and the baseline.
    Changes,
    /// Evaluating what requests reach.
    Flow,
    /// Asking the lints.
    Lints,
    /// Suppressions, levels, baseline.
    Report,
    /// Writing.
    Output,
}

impl Stage {
    const ALL: [Stage; 8] = [
        Stage::Workspace,
        Stage::Sources,
        Stage::Linking,
        Stage::Changes,
        Stage::Flow,
        Stage::Lints,
        Stage::Report,
        Stage::Output,
    ];

    /// Its name, for `-v`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Workspace => "workspace",
            Stage::Sources => "sources",
            Stage::Linking => "linking",
            Stage::Changes => "changes",
            Stage::Flow => "flow",
            Stage::Lints => "lints",
            Stage::Report => "report",
            Stage::Output => "output",
        }
    }

    /// What is done in it, and what is counted.
    fn doing(self) -> (&'static str, &'static str) {
        match self {
            Stage::Workspace => ("reading manifests", ""),
            Stage::Sources => ("reading", "files"),
            Stage::Linking => ("linking", ""),
            Stage::Changes => ("looking for changes", ""),
            Stage::Flow => ("following requests through", "functions"),
            Stage::Lints => ("asking the lints", ""),
            Stage::Report | Stage::Output => ("reporting", ""),
        }
    }
}

/// How far a run has got. Counting is one addition that no thread waits for.
#[derive(Debug, Default)]
pub struct Progress {
    /// An index of [`Stage::ALL`].
    stage: AtomicU8,
    counted: AtomicUsize,
}

impl Progress {
    /// A stage starts.
    pub fn begin(&self, stage: Stage) {
        self.counted.store(0, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// One more file or function is done.
    pub fn count(&self) {
        self.counted.fetch_add(1, Ordering::Relaxed);
    }

    /// What is being done: `reading 120 files`.
    pub fn text(&self) -> String {
        let stage = Stage::ALL.get(usize::from(self.stage.load(Ordering::Relaxed))).copied();
        let (doing, what) = stage.unwrap_or(Stage::Output).doing();
        match self.counted.load(Ordering::Relaxed) {
            counted if counted > 0 && !what.is_empty() => format!("{doing} {counted} {what}"),
            _ => format!("{doing} {what}").trim_end().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_and_counts_are_told() {
        let progress = Progress::default();
        assert_eq!(progress.text(), "reading manifests");
        progress.begin(Stage::Sources);
        progress.count();
        progress.count();
        assert_eq!(progress.text(), "reading 2 files");
        progress.begin(Stage::Flow);
        assert_eq!(progress.text(), "following requests through functions");
        for (index, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(stage as usize, index, "`Progress` keeps the index");
        }
    }
}
