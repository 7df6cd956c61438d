//! See `lints/swallowed_error.md`.

use crate::app::{App, Target};
use crate::finding::Findings;
use crate::finding::lost::{is_detached, of, report, statuses};
use crate::flow::{Answer, At, Flow, Instead, Losing, Loss, Lost};
use crate::knowledge::{LibraryKind, Reason};

/// Reports every place on the request path where an error gets lost and the request goes on, or answers as if the client
/// had asked for something else.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    optional_guards(app, flow, out);
    for (target, facts, _) in flow.bodies().filter(|(target, ..)| !flow.is_unused(app, *target)) {
        for loss in &facts.losses {
            let answer = flow.answer_to(app, target, loss);
            let consequence = match &answer {
                // A conversion that only looks at an error goes on nowhere.
                Answer::GoesOn if loss.how == Losing::Conversion => continue,
                Answer::GoesOn if is_detached(flow, target, loss) => {
                    "the task goes on or ends without a word".to_owned()
                }
                // What only looks at an error says nothing of what becomes of it.
                Answer::GoesOn if flow.is_only_given(app, target, loss) => continue,
                Answer::GoesOn if flow.is_discarded(app, target, loss) => goes_on(Instead::Without, false).to_owned(),
                Answer::GoesOn => goes_on(flow.instead_of(app, target, loss), app.is_entry(target)).to_owned(),
                Answer::Absent => "what comes of it is an error that says \"not found\"".to_owned(),
                // A page about the error that a redirect leads to is not the client's fault.
                Answer::Responds(codes)
                    if loss.how == Losing::Conversion && codes.iter().any(|code| (300..400).contains(code)) =>
                {
                    continue;
                }
                Answer::Responds(codes) if codes.iter().all(|code| *code < 500) => match app.is_entry(target) {
                    true => format!("the client gets {}", statuses(codes)),
                    false => format!("what comes of it is {}", statuses(codes)),
                },
                _ => continue,
            };
            let lost = flow.lost_operation(target, loss).filter(|lost| lost.reason == Reason::Outside);
            let Some(lost) = lost else { continue };
            // The client is told that it failed; that the status says otherwise is `error_as_success`.
            if flow.is_answered_as_success(app, loss, &answer) {
                continue;
            }
            if answer == Answer::GoesOn && is_cache_read(app, loss, &lost) {
                continue;
            }
            let message = message(loss, &of(app, target, &lost));
            let finding = report(app, out, target, (loss, &lost), message);
            finding.note(format!("when {} nobody is told: {consequence}", when(&lost)));
            finding.help(advice(&answer));
            finding.fix(flow.report_before(app, target, loss, &of(app, target, &lost)));
        }
    }
}

/// What comes of a failure that nothing is said of.
fn goes_on(instead: Instead, is_entry: bool) -> &'static str {
    match (instead, is_entry) {
        (Instead::Nothing, true) => "the request goes on as if nothing had happened",
        (Instead::Nothing, false) => "whoever called this takes it for done",
        (Instead::Without, true) => "the request goes on without it",
        (Instead::Without, false) => "whoever called this goes on without it",
        (Instead::Absence, _) => "it looks as if there were nothing",
        (Instead::No, _) => "the failure is taken for a yes or no",
        (Instead::Else, _) => "something else takes its place",
    }
}

/// A cache that cannot be read is asked in vain, and the source of truth instead.
fn is_cache_read(app: &App, loss: &Loss, lost: &Lost) -> bool {
    let is_cache = lost.library.is_some_and(|library| app.knowledge.library(library).kind == LibraryKind::Cache);
    is_cache && !matches!(loss.how, Losing::Ignored | Losing::Dropped)
}

/// Reports handlers that take a guard as `Option`, which is `None` also when the guard cannot do its work.
fn optional_guards(app: &App, flow: &Flow, out: &mut Findings) {
    for optional in flow.optional_guards(app) {
        let target = Target::Fn(optional.handler);
        let function = app.function(optional.handler);
        let at = At { instance: app.home(optional.handler).0, span: function.name_span };
        let guard = app.adt(optional.guard).name;
        let message = format!("`Option<{guard}>` swallows the error of {}", of(app, target, &optional.lost));
        let finding = out.add(target, at, message, format!("takes every failure of `{guard}` for its absence"));
        let place = app.place_beside(finding.place, optional.lost.at.instance, optional.lost.at.span);
        finding.label(place, "this is what can fail");
        finding.note(format!("when {} nobody is told: the request goes on without the guard", when(&optional.lost)));
        finding.help("report the error in the guard, or take the guard as it is and let its failure be answered");
    }
}

fn message(loss: &Loss, of: &str) -> String {
    match loss.how {
        Losing::Method(name) | Losing::Test(name) => format!("`{name}` swallows the error of {of}"),
        Losing::Arm => format!("this arm swallows the error of {of}"),
        Losing::IfLet => format!("`if let` swallows the error of {of}"),
        Losing::LetElse => format!("`let … else` swallows the error of {of}"),
        Losing::Ignored => format!("`let _` throws away the error of {of}"),
        Losing::Dropped => format!("the error of {of} is thrown away"),
        Losing::Conversion => format!("this conversion swallows the error of {of}"),
    }
}

fn when(lost: &Lost) -> &'static str {
    match (lost.opens, lost.is_query) {
        (Some(_), _) => "there is no connection to be had",
        (None, true) if lost.is_column => "the column cannot be read",
        (None, true) => "the query fails",
        (None, false) => "the call fails",
    }
}

fn advice(answer: &Answer) -> &'static str {
    match answer {
        Answer::Responds(_) => {
            "answer a failure with a 5xx and report it; only what was not found is the client's fault"
        }
        _ => "return the error with `?`, or report it before going on without it",
    }
}
