//! See `lints/missing_panic_boundary.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports applications in which a panic of a handler leaves the client without an answer.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for server in flow.unguarded_servers(app) {
        let message = "nothing answers the client when a handler panics";
        let finding = out.add_at(server.place, message, "no layer of this server catches panics");
        let panics = &app.knowledge.library(server.framework).panics;
        if let Some(texts) = panics.last() {
            finding.note(texts.request.as_str());
        }
        finding.help("add a layer that catches panics, outside of all others but those that log and count answers");
    }
}
