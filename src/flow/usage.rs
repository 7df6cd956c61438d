//! What frameworks would call, and nothing makes them: conversions that nothing applies, responses of types that nothing
//! returns, extractors that no handler takes.

use rustc_hash::FxHashSet;

use super::Flow;
use super::leaks::self_type;
use crate::app::{AdtId, App, EntryPoint, FnId, Head, Target, Ty, Variant};
use crate::knowledge::EntryKind;

impl Flow {
    /// Whether nothing makes a framework call an entry point, as far as can be seen.
    pub fn is_unused(&self, app: &App, target: Target) -> bool {
        self.unused.get_or_init(|| self.find_unused(app)).contains(&target)
    }

    fn find_unused(&self, app: &App) -> FxHashSet<Target> {
        let calls = self.bodies().flat_map(|(_, facts, _)| facts.calls.iter().flat_map(|call| &call.targets));
        let called: FxHashSet<FnId> = calls.copied().collect();
        let into: FxHashSet<AdtId> = self.bodies().flat_map(|(_, facts, _)| &facts.converted).copied().collect();
        let (returned, taken) = (self.returned_types(app), taken_types(app));
        let is_unused = |entry: &&EntryPoint| {
            let Target::Fn(function) = entry.target else { return false };
            if called.contains(&function) {
                return false;
            }
            let of_type = |types: &FxHashSet<AdtId>| self_type(app, function).is_some_and(|adt| !types.contains(&adt));
            match entry.kind {
                // What `?` meets may be an error of which nothing is known.
                EntryKind::Conversion => is_of_known_error(app, function) || of_type(&into),
                EntryKind::Responder => of_type(&returned),
                EntryKind::Extractor => taken.as_ref().is_some_and(of_type),
                _ => false,
            }
        };
        app.entries.iter().filter(is_unused).map(|entry| entry.target).collect()
    }

    /// The types of the project that some body returns which is no conversion or response of one itself.
    fn returned_types(&self, app: &App) -> FxHashSet<AdtId> {
        let left_out = makers_of_responses(app);
        let mut types = FxHashSet::default();
        for (_, facts, _) in self.bodies().filter(|(target, ..)| !left_out.contains(target)) {
            if let Some(returns) = &facts.returns {
                returns.visit(&mut |node| {
                    types.extend(match node.head {
                        Head::Adt(adt) => Some(adt),
                        _ => None,
                    });
                    types.extend(node.marks().iter().filter_map(|mark| match mark.within {
                        Some(Variant::Own(adt, _)) => Some(adt),
                        _ => None,
                    }));
                });
            }
        }
        types
    }
}

/// The functions that make responses, or what becomes one, of what they are given.
pub(super) fn makers_of_responses(app: &App) -> FxHashSet<Target> {
    let makes = |entry: &&EntryPoint| matches!(entry.kind, EntryKind::Conversion | EntryKind::Responder);
    app.entries.iter().filter(makes).map(|entry| entry.target).collect()
}

/// Whether a conversion is of an error that is known where it is met.
fn is_of_known_error(app: &App, function: FnId) -> bool {
    app.signature(function).params.first().is_some_and(|of| match of.head {
        Head::External(path) => app.knowledge.error(path).is_some(),
        Head::Adt(_) => true,
        _ => false,
    })
}

/// The types of the project that handlers and the like take, also as a part of another one; `None` where what a handler
/// takes is not written.
fn taken_types(app: &App) -> Option<FxHashSet<AdtId>> {
    let mut types = FxHashSet::default();
    let mut add = |ty: &Ty| {
        ty.visit(&mut |node| {
            types.extend(match node.head {
                Head::Adt(adt) => Some(adt),
                _ => None,
            });
        });
    };
    for entry in &app.entries {
        let Target::Fn(function) = entry.target else { return None };
        if entry.kind != EntryKind::Conversion {
            app.signature(function).params.iter().for_each(&mut add);
        }
    }
    for adt in 0..app.adts.len() {
        app.fields(AdtId(adt as u32)).iter().flatten().for_each(|(_, ty)| add(ty));
    }
    Some(types)
}
