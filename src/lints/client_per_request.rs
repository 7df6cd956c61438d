//! See `lints/client_per_request.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{At, Flow};
use crate::knowledge::BuildKind;

/// Reports clients, connections, pools and patterns that are built while a request is served, of what does not differ from
/// request to request.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (target, facts, _) in flow.bodies() {
        let mut seen: Vec<At> = Vec::new();
        for built in &facts.builds {
            // Of a chain of calls one is enough.
            if seen.contains(&built.at) || flow.is_unused(app, target) || !flow.is_built_per_request(app, target, built)
            {
                continue;
            }
            seen.push(built.at);
            let fact = app.knowledge.build(built.what);
            let (verb, help) = match fact.kind {
                BuildKind::Client => (
                    "built",
                    "build it once, at start-up, and keep it in the application state: its clones share their connections",
                ),
                BuildKind::Connection => {
                    ("opened", "keep a pool of connections in the application state, and take them from there")
                }
                BuildKind::Pool => ("built", "build it once, at start-up, and keep it in the application state"),
                BuildKind::Pattern => ("compiled", "compile it once, in a `LazyLock`"),
            };
            let message = format!("{} is {verb} for each request", fact.what);
            let finding = out.add(target, built.at, message, format!("{verb} while a request is served"));
            finding.note(fact.costs.as_str());
            finding.help(help);
        }
    }
}
