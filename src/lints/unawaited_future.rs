//! See `lints/unawaited_future.md`.

use crate::app::{App, Target};
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports every future of an `async fn` that is made on the request path and dropped.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, _) in flow.bodies() {
        for future in &facts.unawaited {
            let name = app.function(future.of).name;
            let message = format!("`{name}` never runs: its future is dropped without being awaited");
            let finding = out.add(target, future.at, message, "this makes a future, and nobody awaits it");
            finding
                .label(app.target_place(Target::Fn(future.of)), "what this does is not done before it is awaited")
                .help("`.await` it; where the request must not wait for it, spawn a task and report its error there");
        }
    }
}
