//! See `lints/shallow_health_check.md`.

use crate::app::App;
use crate::app::Target;
use crate::finding::Findings;
use crate::flow::{At, Flow};

/// Reports routes that say the service can do its work without looking at what it needs for that.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for (entry, query) in flow.shallow_checks(app) {
        let message = format!("`{}` says that the service is well whatever happens", entry.path);
        let at = match entry.target {
            Target::Fn(id) => At { instance: app.home(id).0, span: app.function(id).name_span },
            Target::Closure { instance, expr, .. } => At { instance, span: app.facts(instance).tree.expr(expr).span },
        };
        let finding = out.add(entry.target, at, message, "this looks at nothing");
        finding.label(app.target_place(query), "this needs a database");
        finding.help("ask the database for something small, with a timeout, and answer 503 where that fails");
        finding.help("a route that only says that the process runs is better called `/live`");
    }
}
