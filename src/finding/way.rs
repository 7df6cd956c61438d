//! How requests get to a finding, in words.

use crate::app::{App, EntryPoint, Unserved};
use crate::flow::Ways;
use crate::knowledge::EntryKind;
use crate::source::Place;

/// How many of the further routes are named.
const NAMED_ROUTES: usize = 3;

/// How many of the handlers that take an extractor are named.
const NAMED_HANDLERS: usize = 2;

/// `GET /users/{id} → users::show → db::load_user`
pub(super) fn shortest(app: &App, trace: &[(String, Place)], entry: &EntryPoint) -> String {
    let names: Vec<&str> = trace.iter().map(|(name, _)| name.as_str()).collect();
    format!("{} → {}", route(app, entry), names.join(" → "))
}

/// What is added to a message where requests may never get to the finding.
pub(super) fn unserved(unserved: Unserved, entry: &EntryPoint, is_entry: bool) -> String {
    let of = match unserved {
        Unserved::Unregistered => format!("a {} that nothing registers", entry.kind.name()),
        Unserved::Unmounted => "a route that nothing mounts".to_owned(),
        Unserved::Unstarted => "an app that nothing starts".to_owned(),
    };
    format!(", {} {of}", if is_entry { "in" } else { "for" })
}

fn route(app: &App, entry: &EntryPoint) -> String {
    let unserved = match app.unserved(entry) {
        None => "",
        Some(Unserved::Unregistered) => " (registered nowhere)",
        Some(Unserved::Unmounted) => " (mounted nowhere)",
        Some(Unserved::Unstarted) => " (started nowhere)",
    };
    match (entry.kind, entry.partial_path.as_str()) {
        (EntryKind::Handler, "") if entry.registered.is_none() => "a handler that nothing mounts".to_owned(),
        (EntryKind::Handler, "") => format!("{} (path unknown)", entry.method),
        (EntryKind::Handler, path) => format!("{} {path}{unserved}", entry.method),
        (kind, _) => format!("{}{unserved}", kind.name()),
    }
}

/// What else leads there: handlers that take the extractor, or the other routes and what runs around routes.
pub(super) fn others(app: &App, ways: Ways<'_>, entry: &EntryPoint) -> Option<String> {
    let mut others = ways.routes;
    others.retain(|it| {
        (it.kind, it.method, &it.path, it.target) != (entry.kind, entry.method, &entry.path, entry.target)
    });
    let around = ways.around.into_iter().filter(|it| it.target != entry.target);
    let around: Vec<String> =
        around.map(|it| format!("the {} `{}`", it.kind.name(), app.target_name(it.target))).collect();
    if entry.kind == EntryKind::Extractor && around.is_empty() && !others.is_empty() {
        let handlers = crate::error::count(others.len(), "handler");
        let take = if others.len() == 1 { "takes" } else { "take" };
        let named = listed(app, Vec::new(), &others, NAMED_HANDLERS, "")?;
        return Some(format!("{handlers} {take} it: {named}"));
    }
    let routes = listed(app, around, &others, NAMED_ROUTES, "route")?;
    Some(format!("also reached from {routes}"))
}

/// Some routes by name, behind what is named already; those without a known path only as a number.
fn listed(app: &App, mut named: Vec<String>, routes: &[&EntryPoint], most: usize, noun: &str) -> Option<String> {
    let before = named.len();
    named.truncate(most);
    let known = routes.iter().filter(|other| !other.partial_path.is_empty());
    named.extend(known.map(|other| format!("`{}`", route(app, other))).take(most - named.len()));
    let rest = before + routes.len() - named.len();
    match (named.is_empty(), rest) {
        (_, 0) => {}
        (true, _) if !noun.is_empty() => named.push(match rest {
            1 => format!("1 more {noun}"),
            _ => format!("{rest} more {noun}s"),
        }),
        (true, _) => named.push("their paths are not known".to_owned()),
        (false, _) => named.push(format!("{rest} more")),
    }
    let last = named.pop()?;
    Some(if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) })
}
