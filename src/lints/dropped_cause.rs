//! See `lints/dropped_cause.md`.

use crate::app::{App, Target};
use crate::finding::Findings;
use crate::finding::lost::{error_of, of, report, statuses};
use crate::flow::{Answer, Flow};
use crate::knowledge::Reason;

/// Reports every place on the request path where a 5xx answer is made from an error that is thrown away unreported.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (dropped, lost) in flow.dropped_in_responses(app) {
        let target = Target::Fn(dropped.function);
        let Answer::Responds(codes) = flow.answer_to(app, target, &dropped.loss) else { continue };
        if codes.iter().all(|code| *code < 500) || flow.mode_of(target).is_none() || flow.is_unused(app, target) {
            continue;
        }
        let message = format!("{} is answered, and the error in it is dropped", statuses(&codes));
        let finding = report(app, out, target, (&dropped.loss, &lost), message);
        finding.note("neither this nor a layer reports the error: whoever is on call has only the status");
        finding.help("report the error here, before it is replaced by its status");
    }
    for (target, facts, _) in flow.bodies().filter(|(target, ..)| !flow.is_unused(app, *target)) {
        for loss in &facts.losses {
            let Answer::Responds(codes) = flow.answer_to(app, target, loss) else { continue };
            // Where some are the client's fault, it is not known which one is made of it.
            if codes.iter().any(|code| *code < 500) {
                continue;
            }
            let lost = flow.lost_operation(target, loss).or_else(|| flow.lost_error(app, target, loss));
            let Some(lost) = lost else { continue };
            // What a text says that does not parse is no secret, where the answer repeats it.
            if lost.reason == Reason::Inside && flow.says_what(app, loss) {
                continue;
            }
            let message = format!("{} is made of {}, which is dropped", statuses(&codes), error_of(app, target, &lost));
            let finding = report(app, out, target, (loss, &lost), message);
            finding.note(match loss.noted {
                true => "what is reported does not say why: whoever is on call knows only that it failed",
                false => "nothing reports the error: whoever is on call has only the status",
            });
            finding.help("report the error before it is replaced, or keep it in the error type and report it there");
            finding.fix(flow.report_before(app, target, loss, of(app, target, &lost).as_str()));
        }
    }
}
