//! Guards and extractors that handlers take as `Option`: whatever fails in them becomes `None`.

use rustc_hash::FxHashMap;

use super::errors::{held, is_failure};
use super::summary::Summaries;
use super::{Flow, Lost};
use crate::app::{AdtId, App, FnId, Head, ImplId, Mark, Target, Ty};
use crate::knowledge::{EntryKind, Reason, TraitFact};

/// A handler's parameter that is `None` when a guard fails.
#[derive(Clone, Debug)]
pub struct OptionalGuard {
    /// The handler.
    pub handler: FnId,
    /// The guard.
    pub guard: AdtId,
    /// What can fail in it.
    pub lost: Lost,
}

impl Flow {
    /// Parameters of handlers that are `None` when something fails that a guard does, and nobody is told.
    pub fn optional_guards(&self, app: &App) -> Vec<OptionalGuard> {
        let guards = guards(app);
        let mut found: Vec<OptionalGuard> = Vec::new();
        for entry in app.entries.iter().filter(|entry| entry.kind == EntryKind::Handler) {
            let Target::Fn(handler) = entry.target else { continue };
            if found.iter().any(|known| known.handler == handler) {
                continue;
            }
            for param in &app.signature(handler).params {
                let (true, Head::Adt(guard)) =
                    (param.is_external(crate::sym!("std::option::Option")), param.arg(0).head)
                else {
                    continue;
                };
                let Some(&function) = guards.get(&guard) else { continue };
                let marks = failures_of(app, &self.summaries, function);
                let lost = self.operation_behind(Target::Fn(function), &marks);
                if let Some(lost) = lost.filter(|lost| lost.reason == Reason::Outside) {
                    found.push(OptionalGuard { handler, guard, lost });
                }
            }
        }
        found
    }
}

/// The functions that make guards of requests, where every failure of theirs can be taken as `None`.
fn guards(app: &App) -> FxHashMap<AdtId, FnId> {
    let optional = app.known_impls().filter(|(.., fact)| fact.optional);
    let guard = |(adt, id, fact): (AdtId, ImplId, &TraitFact)| {
        let functions = app.impls[id.index()].functions.iter().copied();
        let made_by = functions.into_iter().find(|id| fact.methods.contains(&app.functions[id.index()].name))?;
        Some((adt, made_by))
    };
    optional.filter_map(guard).collect()
}

/// What a guard fails by, as far as nobody is told.
fn failures_of(app: &App, summaries: &Summaries, function: FnId) -> Vec<Mark> {
    let returns: Ty = super::unify::awaited(app, &summaries.returns(app, function));
    held(&returns).into_iter().filter(|mark| is_failure(mark.what)).collect()
}
