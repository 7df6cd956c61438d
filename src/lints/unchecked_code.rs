//! See `lints/unchecked_code.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Reports every place of the sources that could not be checked. Problems without a place, such as a file that cannot
/// be read, are only among the problems of the run.
pub(super) fn check(app: &App, _flow: &Flow, out: &mut Findings) {
    for problem in &app.problems {
        let Some(place) = problem.place else { continue };
        let finding = out.add_at(place, problem.message.clone(), "not checked");
        if let Some(help) = &problem.help {
            finding.note(help.clone());
        }
    }
}
