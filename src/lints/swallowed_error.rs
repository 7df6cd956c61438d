//! See `lints/swallowed_error.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Answer, Flow, Losing, Loss};

/// Reports every place on the request path where the error of a query gets lost and the request goes on, or answers as if
/// the client had asked for something else.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, _) in flow.bodies() {
        for loss in &facts.losses {
            let answer = flow.answer_to(app, loss);
            let told = match &answer {
                Answer::GoesOn => "the request goes on as if nothing had happened".to_owned(),
                Answer::Responds(statuses) if statuses.iter().all(|status| *status < 500) => {
                    format!("the client gets {}", super::statuses(statuses))
                }
                _ => continue,
            };
            let Some(query) = flow.lost_query(target, loss) else { continue };
            let finding = out.add(target, loss.at, message(loss), label(loss));
            super::one_line(app, finding);
            let place = app.place_beside(finding.place, query.at.instance, query.at.span);
            if place != finding.place {
                finding.label(place, "this query");
            }
            finding.note(format!("when the query fails nobody is told: {told}"));
            finding.help("return the error with `?`, or log it before going on without it");
        }
    }
}

fn message(loss: &Loss) -> String {
    match loss.how {
        Losing::Method(name) | Losing::Test(name) => format!("`{name}` swallows the error of a query"),
        Losing::Arm => "this arm swallows the error of a query".to_owned(),
        Losing::IfLet => "`if let` swallows the error of a query".to_owned(),
        Losing::LetElse => "`let … else` swallows the error of a query".to_owned(),
        Losing::Ignored => "`let _` throws the error of a query away".to_owned(),
        Losing::Dropped => "the error of a query is thrown away".to_owned(),
        Losing::Conversion => "this conversion swallows the error of a query".to_owned(),
    }
}

fn label(loss: &Loss) -> &'static str {
    match loss.how {
        Losing::Ignored | Losing::Dropped => "the result is thrown away",
        Losing::Test(_) => "says no also when nobody knows",
        _ => "the error is lost here",
    }
}
