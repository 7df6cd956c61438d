//! See `lints/poisoned_lock.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// How many of the further places where the lock is taken are pointed at.
const SHOWN: usize = 2;

/// Reports locks on the request path whose poisoning panics, where something can panic while the lock is held: of each lock
/// the first place where it is taken.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for lock in flow.poisonable(app) {
        let message =
            format!("`{}` panics on every request after one that has panicked while it held the lock", lock.how);
        let finding = out.add(lock.target, lock.at, message, "panics when the lock is poisoned");
        let section = app.place_beside(finding.place, lock.section.instance, lock.section.span);
        let panic = app.place_beside(finding.place, lock.panic.instance, lock.panic.span);
        if section.file != finding.place.file || section.span.end + 1 != finding.place.span.start {
            finding.label(section, "the lock is taken here");
        }
        finding.label(panic, "this can panic while the lock is held, and poisons it");
        for other in lock.others.iter().take(SHOWN) {
            let place = app.place_beside(finding.place, other.instance, other.span);
            finding.label(place, "panics then, too");
        }
        if lock.others.len() > SHOWN {
            finding.note(format!("the same in {} more places", lock.others.len() - SHOWN));
        }
        if let Some(outcome) = flow.panic_outcome(app, lock.target, lock.mode) {
            finding.note(outcome);
        }
        finding.help("`unwrap_or_else(PoisonError::into_inner)` where what is locked is always whole, or a lock that is not poisoned");
    }
}
