//! See `lints/poisoned_lock.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Blame, Flow, Panicking, Peril};

/// Reports every lock on the request path whose poisoning panics.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for Peril { target, hazard, reached, blame } in flow.perils(app) {
        let (Blame::Lock, Panicking::Method(name)) = (blame, hazard.panic.how) else { continue };
        let message = format!("`{name}` panics on every request after one that has panicked while it held the lock");
        let finding = out.add(target, hazard.panic.at, message, "panics when the lock is poisoned");
        if let Some(outcome) = flow.panic_outcome(app, target, hazard.panic.mode.within(reached.mode)) {
            finding.note(outcome);
        }
        finding.help("`unwrap_or_else(PoisonError::into_inner)` where what is locked is always whole, or a lock that is not poisoned");
    }
}
