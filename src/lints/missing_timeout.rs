//! See `lints/missing_timeout.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports calls of other services that a request waits for as long as they take.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for wait in flow.endless_waits(app) {
        let message = "this call has no timeout: the request waits for as long as the other service takes";
        let finding = out.add(wait.target, wait.at, message, "this can take forever");
        if let Some(client) = wait.client {
            let place = app.place_beside(finding.place, client.instance, client.span);
            let text = match wait.is_certain {
                true => "this client is built without a timeout",
                false => "no client is built with a timeout, as here",
            };
            finding.label(place, text);
        }
        if wait.others > 1 {
            finding.note(format!("so do {} further calls of such a client", wait.others));
        }
        finding.help("set a timeout where the client is built; a request can have one of its own that is shorter");
    }
}
