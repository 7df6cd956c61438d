//! See `lints/missing_request_id.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports applications whose answers carry nothing by which a request can be found in the log.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for server in flow.servers_without_ids(app) {
        let message = "answers of this application carry no id of the request";
        let finding = out.add_at(server.place, message, "no layer and no error gives answers an id");
        finding.note("what a client reports about a 500 cannot be matched to a line of the log");
        finding.help("give each request an id, put it into the log and into a header of the answer");
    }
}
