//! Types whose values become responses that say nothing about a failure: the status is that of success.

use rustc_hash::FxHashSet;

use super::successes::response_of;
use crate::app::{AdtId, App, Head, Ty};
use crate::knowledge::{EntryKind, LibraryId, LibraryKind, Responds};
use crate::symbol::Sym;

/// Whether values of a type become responses with a status of success, in a framework or in any.
pub(super) fn is_plain(app: &App, framework: Option<LibraryId>, ty: &Ty) -> bool {
    match ty.head {
        Head::External(path) => match app.knowledge.response(path, framework) {
            Some(Responds::With(status)) => is_success(status),
            Some(Responds::Like(index)) => is_plain(app, framework, &ty.arg(index)),
            None => false,
        },
        // Headers before the body, each with its name.
        Head::Slice => true,
        Head::Tuple => ty.args().iter().all(|part| is_plain(app, framework, part)),
        _ => false,
    }
}

/// Whether a type is made to be a response, of whatever framework: it is not also just data.
pub(super) fn is_response(app: &App, ty: &Ty) -> bool {
    match ty.head {
        Head::External(path) => {
            app.knowledge.response(path, None).is_some() && app.knowledge.framework_of(path).is_some()
        }
        Head::Tuple => ty.args().iter().any(|part| is_response(app, part)),
        _ => false,
    }
}

/// Whether a type is a framework's own, or one that it uses as such: `http::Response`.
pub(super) fn is_of_framework(app: &App, path: Sym) -> bool {
    let library = app.knowledge.type_library(path).map(|library| app.knowledge.library(library).kind);
    library == Some(LibraryKind::Framework) || app.knowledge.framework_of(path).is_some()
}

/// The project's own types whose responses have a status of success whatever they hold, unless making the response fails.
pub(super) fn always_successful(app: &App) -> FxHashSet<AdtId> {
    let mut found = FxHashSet::default();
    // What makes its response of another of these types is one, too.
    loop {
        let known = found.len();
        let mut more = Vec::new();
        for (adt, id, fact) in app.known_impls().filter(|(.., fact)| fact.kind == EntryKind::Responder) {
            if found.contains(&adt) {
                continue;
            }
            let replies = response_of(app, id, fact, Some(&found));
            let mut made = replies.iter().map(|(_, reply)| reply).filter(|reply| !reply.here.failing).peekable();
            if made.peek().is_some() && made.all(|reply| reply.succeeds()) {
                more.push(adt);
            }
        }
        found.extend(more);
        if found.len() == known {
            break;
        }
    }
    found
}

/// Whether a framework answers errors in a way of its own, unless they say otherwise.
pub(super) fn has_error_status(app: &App, framework: LibraryId) -> bool {
    let facts = app.knowledge.all_traits();
    facts
        .filter(|fact| fact.library == framework && fact.kind == EntryKind::Responder)
        .any(|fact| fact.status.is_some())
}

/// Whether a status says that all is well.
pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}
