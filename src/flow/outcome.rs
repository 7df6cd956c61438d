//! What a client sees when request code panics, and what else depends on the version of a crate.

use super::Flow;
use super::eval::Eval;
use super::facts::Mode;
use crate::app::{App, EntryPoint, ExternName, Target};
use crate::knowledge::{CallFact, EntryKind, LibraryId, PanicTexts, Role};
use crate::workspace::Version;

impl Flow {
    /// The entry point that a body is reached from.
    pub fn entry_of<'a>(&self, app: &'a App, target: Target) -> Option<&'a EntryPoint> {
        app.entries.get(self.reach.get(target)?.entry)
    }

    /// Whether requests get to a body, as far as can be told: whether what it is reached from is served.
    pub fn is_served(&self, app: &App, target: Target) -> bool {
        self.entry_of(app, target).is_some_and(|entry| app.unserved(entry).is_none())
    }

    /// Whether the crate of an entry point uses this version of its framework or a later one.
    pub(super) fn is_since(&self, app: &App, entry: &EntryPoint, since: Version) -> bool {
        version(app, entry.framework, app.crate_of(entry.target)).is_some_and(|version| version >= since)
    }

    /// Whether the process ends where a body panics: nothing is left to be poisoned.
    pub(super) fn aborts(&self, app: &App, target: Target) -> bool {
        self.entry_of(app, target).is_some_and(|entry| aborts(app, entry))
    }

    /// What the client sees when code in a body panics that runs in this way; nothing where there is no client.
    pub fn panic_outcome(&self, app: &App, target: Target, mode: Mode) -> Option<String> {
        let reached = self.reach.get(target)?;
        let entry = app.entries.get(reached.entry).filter(|entry| app.unserved(entry).is_none())?;
        let krate = app.crate_of(entry.target);
        if aborts(app, entry) {
            return Some("the release profile sets `panic = \"abort\"`, so that the whole process exits".to_owned());
        }
        let texts = texts(app, entry.framework, version(app, entry.framework, krate))?;
        let catching = self.catches_panics.get_or_init(|| app.catching_frameworks());
        let text = match mode.within(reached.mode) {
            Mode::Detached => texts.detached.as_ref(),
            Mode::Stream => texts.stream.as_ref(),
            Mode::Offloaded => texts.offloaded.as_ref(),
            _ if entry.kind == EntryKind::Fairing => texts.fairing.as_ref(),
            _ if catching.contains(&(entry.framework, Role::AnswerPanic)) => texts.answered.as_ref(),
            _ if catching.contains(&(entry.framework, Role::CatchPanic)) => texts.caught.as_ref(),
            _ => None,
        };
        Some(text.unwrap_or(&texts.request).clone())
    }
}

impl Eval<'_> {
    /// Whether what is known of a call holds for the version that is in use.
    pub(super) fn in_use(&self, fact: &CallFact) -> bool {
        let krate = self.app.modules[self.module.index()].krate;
        let used = || version(self.app, fact.library, krate);
        fact.returns.before.is_none_or(|before| used().is_some_and(|used| used < before))
    }
}

/// Whether a panic ends the whole process, as the release profile says.
fn aborts(app: &App, entry: &EntryPoint) -> bool {
    let krate = app.crate_of(entry.target);
    app.workspace.packages[app.crates[krate.index()].package].panic_abort
}

/// What else waits where code blocks its thread that an entry point leads to; nothing where each request has a thread.
pub(super) fn blocked<'a>(app: &'a App, entry: &EntryPoint) -> Option<&'a str> {
    let version = version(app, entry.framework, app.crate_of(entry.target));
    texts(app, entry.framework, version)?.blocked.as_deref()
}

/// The texts for a version: those since the latest version that is not later.
fn texts(app: &App, framework: LibraryId, version: Option<Version>) -> Option<&PanicTexts> {
    let all = &app.knowledge.library(framework).panics;
    let fits = |texts: &&PanicTexts| match (texts.since, version) {
        (Some(since), Some(version)) => since <= version,
        _ => true,
    };
    all.iter().filter(fits).max_by_key(|texts| texts.since)
}

/// The version of a framework that a crate uses.
fn version(app: &App, framework: LibraryId, krate: crate::app::CrateId) -> Option<Version> {
    let crates = &app.knowledge.library(framework).crates;
    let main = crates.first()?;
    app.crates[krate.index()].externs.values().find_map(|name| match name {
        ExternName::External(path, version) if path == main => *version,
        _ => None,
    })
}
