//! What responses that the project makes of its own types put into their bodies of the texts that are in the types.

use rustc_hash::FxHashMap;

use super::Flow;
use super::answers::conversions_of;
use super::errors::sent_args;
use super::eval::evaluate_as;
use crate::app::{AdtId, App, FnId, Head, Mark, Target, Ty, Variant, What};
use crate::knowledge::{EntryKind, Role};
use crate::symbol::Sym;

/// Where a text is in a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Held {
    /// The type of the value.
    outer: AdtId,
    /// The variant that the text is in: of that type, or of one of a field of it.
    within: Variant,
    /// Which field of the variant, where that is known.
    field: Option<u8>,
}

/// Which texts get into responses, as far as somebody has asked.
pub(super) struct Emissions<'a> {
    app: &'a App,
    flow: &'a Flow,
    /// The body that is looked at.
    pub(super) from: Option<Target>,
    known: FxHashMap<Held, bool>,
}

impl<'a> Emissions<'a> {
    pub(super) fn new(app: &'a App, flow: &'a Flow) -> Self {
        Emissions { app, flow, from: None, known: FxHashMap::default() }
    }

    /// Whether a text that a value holds gets into the response that is made of it.
    pub(super) fn is_sent(&mut self, mark: &Mark, head: Head, conversions: u32) -> bool {
        let Some(within @ Variant::Own(adt, _)) = mark.within else { return true };
        let outer = match head {
            Head::Adt(outer) => outer,
            // A part of a body.
            _ if self.flow.answers.responder(self.app, adt).is_none() => return true,
            _ => adt,
        };
        let held = Held { outer, within, field: mark.field };
        if let Some(known) = self.known.get(&held) {
            return *known;
        }
        let emits = self.work_out(held, conversions);
        self.known.insert(held, emits);
        emits
    }

    fn work_out(&mut self, held: Held, conversions: u32) -> bool {
        let (app, flow) = (self.app, self.flow);
        if let Some((function, makes_body)) = flow.answers.responder(app, held.outer) {
            return match function.filter(|_| makes_body) {
                Some(function) => self.passes_on(function, held, conversions),
                None => self.from.is_some_and(|from| flow.displays(app, from, held.outer, &text_in(held))),
            };
        }
        let is_response = |path: &Sym| app.knowledge.traits(*path).iter().any(|fact| fact.kind == EntryKind::Responder);
        if app.acts_as(held.outer).iter().any(is_response) || !app.is_error(&Ty::new(Head::Adt(held.outer))) {
            return true;
        }
        let left = conversions.saturating_sub(1);
        left > 0 && conversions_of(app, held.outer).into_iter().any(|it| self.passes_on(it, held, left))
    }

    /// Whether what a function makes of a value holds the text that is in it, and sends it.
    fn passes_on(&mut self, function: FnId, held: Held, conversions: u32) -> bool {
        let own = match held.within {
            Variant::Own(adt, _) if adt == held.outer => held.within,
            _ => Variant::Own(held.outer, 0),
        };
        let is =
            [own, held.within].into_iter().flat_map(|it| [What::Made, What::Is].map(|what| Mark::of(what).within(it)));
        let value = Ty::new(Head::Adt(held.outer)).marked(&is.chain([text_in(held)]).collect::<Vec<_>>());
        let facts = evaluate_as(self.app, &self.flow.summaries, Target::Fn(function), &value);
        let Some(returns) = facts.returns else { return false };
        let mut parts = Vec::new();
        sent_parts(self.app, &returns, &mut parts);
        parts.into_iter().any(|(head, mark)| match head {
            _ if mark.what != What::TextOf(0, 0) => false,
            // What is returned is the value itself.
            Head::Adt(adt) if adt == held.outer => false,
            Head::Adt(_) => conversions > 0 && self.is_sent(&mark, head, conversions - 1),
            _ => true,
        })
    }
}

/// A text that is there.
fn text_in(held: Held) -> Mark {
    Mark { field: held.field, ..Mark::of(What::TextOf(0, 0)).within(held.within) }
}

/// The marks of everything in a response that is sent.
fn sent_parts(app: &App, ty: &Ty, marks: &mut Vec<(Head, Mark)>) {
    if matches!(ty.head, Head::External(path) if app.knowledge.plays(path, Role::Withhold)) {
        return;
    }
    marks.extend(ty.marks().iter().map(|mark| (ty.head, *mark)));
    sent_args(ty).iter().for_each(|arg| sent_parts(app, arg, marks));
}
