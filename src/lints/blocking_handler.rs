//! See `lints/blocking_handler.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Blocking, Flow};

/// How many of the further calls of a function are pointed at.
const SHOWN: usize = 3;

/// Reports what blocks the threads that serve requests: of each function what it does first.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, blocking) in flow.blocking(app) {
        let Some(waits) = flow.waits_with_it(app, target) else { continue };
        let Some((first, others)) = blocking.split_first() else { continue };
        let message = format!("{} blocks the thread that serves other requests, too", what(app, first));
        let finding = out.add(target, first.at, message, "the thread waits here");
        for other in others.iter().take(SHOWN) {
            let place = app.place_beside(finding.place, other.at.instance, other.at.span);
            finding.label(place, "and here");
        }
        if others.len() > SHOWN {
            let more = others.len() - SHOWN;
            finding.note(format!(
                "{more} more {} in this function",
                if more == 1 { "call blocks" } else { "calls block" }
            ));
        }
        finding.note(waits);
        let own = flow.offloader(app, target);
        let to = own.map_or("spawn_blocking", |path| path.as_str());
        finding.help(format!("hand it to `{to}`, or use something that is awaited instead"));
    }
}

fn what(app: &App, blocking: &Blocking) -> String {
    match blocking.query_of {
        Some(library) => format!("a query of {}", app.knowledge.library(library).title),
        None => format!("`{}`", blocking.name),
    }
}
