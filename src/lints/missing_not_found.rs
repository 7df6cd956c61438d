//! See `lints/missing_not_found.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::finding::lost::statuses;
use crate::flow::{Becomes, Flow, Missing};

/// Reports every lookup by what the client sent whose finding nothing is answered as a failure, or as a success.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for missing in flow.missing(app) {
        let way = (missing.steps.as_slice(), &missing.handlers);
        let finding = out.add_on(way, missing.query.at, message(&missing), label(&missing.becomes));
        if let Some(at) = missing.at {
            let place = app.place_beside(finding.place, at.instance, at.span);
            // `?` behind the query itself says nothing more.
            let around = place.file == finding.place.file
                && place.span.start <= finding.place.span.start
                && finding.place.span.end <= place.span.end;
            if !around {
                finding.label(place, decision(&missing.becomes));
            }
        }
        if let Some(function) = missing.responder {
            let place = app.place(app.home(function).0, app.function(function).name_span);
            finding.label(place, "makes the response of it");
        }
        let is_served = app.entries.iter().any(|entry| {
            missing.steps.first().is_some_and(|first| first.target == entry.target) && app.unserved(entry).is_none()
        });
        if let (Becomes::Panic(mode, _), true) = (&missing.becomes, is_served)
            && let Some(outcome) = flow.panic_outcome(app, missing.decided_in, *mode)
        {
            finding.note(outcome);
        }
        if let Some(extractor) = missing.extractor {
            let name = app.adt(extractor).name;
            finding.note(format!(
                "what it looks for comes out of the request as `{name}`: if that is who is asking, a token can be valid \
                 longer than its user is there"
            ));
        }
        finding.help(advice(&missing));
        if let (Becomes::Failure(_), None) = (&missing.becomes, missing.extractor) {
            finding.fix(flow.answer_not_found(app, missing.target, &missing.query));
        }
    }
}

fn message(missing: &Missing) -> String {
    match &missing.becomes {
        Becomes::Panic(_, name) => format!("what this query does not find is a panic: `{name}`"),
        Becomes::Null => "what this query does not find is answered 200 with `null`".to_owned(),
        Becomes::Failure(codes) => format!("what this query does not find is answered with {}", statuses(codes)),
    }
}

fn label(becomes: &Becomes) -> &'static str {
    match becomes {
        Becomes::Panic(..) | Becomes::Null => "may find nothing",
        Becomes::Failure(_) => "may find nothing, which is no failure of the service",
    }
}

fn decision(becomes: &Becomes) -> &'static str {
    match becomes {
        Becomes::Panic(..) => "panics when nothing was found",
        Becomes::Null => "is `null` when nothing was found",
        Becomes::Failure(_) => "answers as if the service had failed",
    }
}

fn advice(missing: &Missing) -> String {
    let status = match missing.extractor {
        Some(_) => "a 401 where it is who is asking, with a 404 otherwise",
        None => "a 404, or with a 401 at a login",
    };
    match &missing.becomes {
        Becomes::Panic(..) | Becomes::Null => format!("answer `None` with {status}: `ok_or(…)?`, or `let … else`"),
        Becomes::Failure(_) => format!(
            "ask for an `Option` and answer `None` with {status}; or tell the error apart that says that nothing was found"
        ),
    }
}
