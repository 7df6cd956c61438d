//! See `lints/leaked_error.md`.

use crate::app::App;
use crate::finding::lost::{of, statuses};
use crate::finding::{Finding, Findings};
use crate::flow::{ErrorOf, Flow, Leak};

/// Reports every place that makes a text of an internal error which a client gets to see.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    let mut reported = Vec::new();
    for leak in flow.leaks(app) {
        // Several values of one error that are made text of beside each other are one finding.
        let place = app.place(leak.at.instance, leak.at.span);
        let line = (place.file, app.sources.get(place.file).line_column(place.span.start).0);
        if reported.contains(&line) {
            continue;
        }
        reported.push(line);
        let what = if leak.debug { "the `Debug` text" } else { "the text" };
        let message = format!("{what} of {} is sent to the client", name(app, flow, &leak));
        let finding = out.add_sent((leak.target, &leak.senders), leak.at, message, "text is made of the error here");
        evidence(app, flow, &leak, finding);
        finding.note(received(app, &leak));
        finding
            .help("log the error and send a fixed text; a request id in both lets support find the one by the other");
    }
}

/// The error of which text is made.
fn name(app: &App, flow: &Flow, leak: &Leak) -> String {
    match &leak.of {
        ErrorOf::Any => "any error that is passed here".to_owned(),
        ErrorOf::Foreign(path) | ErrorOf::Unexpected(path) => {
            match app.knowledge.error(*path).and_then(|error| error.title) {
                Some(title) => title.to_string(),
                None => format!("`{path}`"),
            }
        }
        ErrorOf::Own(adt, _) => format!("`{}`, which holds that of an internal error,", app.adt(*adt).name),
        ErrorOf::Failed(marks) => match flow.operation_behind(leak.target, marks) {
            Some(lost) => format!("the error of {}", of(app, leak.target, &lost)),
            None => "an internal error".to_owned(),
        },
    }
}

/// Shows why the text is that of an internal error.
fn evidence(app: &App, flow: &Flow, leak: &Leak, finding: &mut Finding) {
    match &leak.of {
        ErrorOf::Own(adt, variants) => {
            if let Some(function) = flow.printed_by(app, *adt, leak.debug) {
                let at = app.place(app.home(function).0, app.function(function).name_span);
                finding.label(at, "prints the error that is in it");
                return;
            }
            for place in variants.iter().filter_map(|variant| app.variant_place(*adt, *variant, leak.debug)).take(4) {
                if place != finding.place {
                    finding.label(place, "prints the error that is in it");
                }
            }
        }
        ErrorOf::Failed(marks) => {
            if let Some(lost) = flow.operation_behind(leak.target, marks) {
                let place = app.place_beside(finding.place, lost.at.instance, lost.at.span);
                if place != finding.place {
                    finding.label(place, "this is what fails");
                }
            }
        }
        ErrorOf::Any | ErrorOf::Foreign(_) | ErrorOf::Unexpected(_) => {}
    }
}

/// What the client receives.
fn received(app: &App, leak: &Leak) -> String {
    let failures: Vec<u16> = leak.statuses.iter().copied().filter(|status| *status >= 400).collect();
    let with = match failures.as_slice() {
        [only] if leak.statuses.len() == 1 && !leak.has_other_statuses => format!(" with {}", statuses(&[*only])),
        _ => String::new(),
    };
    let told = match &leak.of {
        ErrorOf::Foreign(path) => app.knowledge.error(*path).map(|error| match leak.debug {
            true => error.debug.join(", "),
            false => error.display.join(", "),
        }),
        ErrorOf::Unexpected(path) => app.knowledge.error(*path).map(|error| error.in_5xx.join(", ")),
        _ => None,
    };
    match told.filter(|told| !told.is_empty()) {
        Some(told) => format!("the client receives it{with}; it may tell {told}"),
        None => format!("the client receives it{with}"),
    }
}
