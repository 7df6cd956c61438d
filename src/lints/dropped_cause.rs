//! See `lints/dropped_cause.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Answer, Flow, Losing, Loss};

/// Reports every place on the request path where a 5xx answer is made from an error that is thrown away unreported.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, _) in flow.bodies() {
        for loss in &facts.losses {
            let Answer::Responds(statuses) = flow.answer_to(app, loss) else { continue };
            if statuses.iter().all(|status| *status < 500) {
                continue;
            }
            let Some(query) = flow.lost_query(target, loss) else { continue };
            let message = format!("{} without a word about the cause", super::statuses(&statuses));
            let finding = out.add(target, loss.at, message, label(loss));
            super::one_line(app, finding);
            let place = app.place_beside(finding.place, query.at.instance, query.at.span);
            if place != finding.place {
                finding.label(place, "this query");
            }
            finding.note("when the query fails the log says nothing: whoever is on call has only the status");
            finding.help("log the error before it is replaced, or keep it in the error type and log it in one place");
        }
    }
}

fn label(loss: &Loss) -> &'static str {
    match loss.how {
        Losing::Conversion => "the error that is converted is not kept",
        _ => "the error is thrown away here",
    }
}
