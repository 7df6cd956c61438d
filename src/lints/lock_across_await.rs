//! See `lints/lock_across_await.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports every lock that blocks its thread and is held on the request path while the code waits.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for held in flow.held_over_await(app) {
        let message = match held.name {
            Some(name) => format!("the lock behind `{name}` is held while the code waits"),
            None => "a lock is held while the code waits".to_owned(),
        };
        let finding = out.add(held.target, held.lock, message, "the lock is taken here");
        let place = app.place_beside(finding.place, held.awaits.instance, held.awaits.span);
        finding.label(place, "and is still held while this waits");
        finding.note(
            "whoever else wants the lock blocks a thread until this request goes on: if that is the thread which it would go \
             on with, never",
        );
        finding.help(match held.name {
            Some(name) => format!("end the block before, or `drop({name})`, once what is needed has been taken out"),
            None => "take what is needed out in a statement of its own before: `let value = …;`".to_owned(),
        });
    }
}
