//! See `lints/unchecked_rows_affected.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports statements that change or delete rows which the client names, where nobody looks at how many there were.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for unchecked in flow.unchecked_changes(app) {
        let change = unchecked.change;
        let (noun, done) = if change.deletes { ("deletion", "deleted") } else { ("update", "updated") };
        let message = format!("{noun} of a row that may not be there is answered as a success");
        let label = format!("nobody looks at how many rows were {done}");
        let finding = out.add_on((&unchecked.steps, &unchecked.handlers), change.at, message, label);
        let key = app.place_beside(finding.place, change.key.instance, change.key.span);
        if key != finding.place {
            finding.label(key, "the client says which row");
        }
        finding.note(format!("a client that names a row which is not there is told that it was {done}"));
        finding.help("look at how many rows there were, and answer with 404 where there was none");
    }
}
