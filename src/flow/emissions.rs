//! What responses that the project makes of its own types put into their bodies of the texts that are in the types.

use rustc_hash::FxHashMap;

use super::Flow;
use super::answers::conversions_of;
use super::errors::sent_args;
use super::eval::evaluate_as;
use crate::app::{AdtId, App, FnId, Head, ImplId, Mark, Target, TraitId, Ty, Variant, What};
use crate::knowledge::{EntryKind, Responds, Role};
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
        if let Head::Trait(object) = head
            && let responders = self.responders_of(object)
            && !responders.is_empty()
        {
            return self.is_sent_as(*mark, adt, &responders);
        }
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

    /// What makes responses of the objects of a trait: `impl IntoResponse for Box<dyn Problem>`.
    fn responders_of(&self, object: TraitId) -> Vec<FnId> {
        let app = self.app;
        let of_object = |id: &ImplId| app.impl_info(*id).self_ty.any(&|node| node.head == Head::Trait(object));
        let impls = (0..app.impls.len()).map(|number| ImplId(number as u32));
        let responders = impls.filter(of_object).flat_map(|id| {
            let path = app.impl_info(id).trait_ty.as_ref().and_then(Ty::external_path);
            let facts = path.map(|path| app.knowledge.traits(path)).unwrap_or_default();
            let methods = facts.iter().filter(|fact| fact.kind == EntryKind::Responder).flat_map(|fact| &fact.methods);
            let methods: Vec<Sym> = methods.copied().collect();
            let functions = app.impls[id.index()].functions.iter().copied();
            functions.filter(move |function| methods.contains(&app.functions[function.index()].name))
        });
        responders.collect()
    }

    /// Whether a text that is in one of the types behind a trait is sent by what makes responses of the objects.
    fn is_sent_as(&self, mark: Mark, adt: AdtId, responders: &[FnId]) -> bool {
        let Some(within) = mark.within else { return true };
        let is = [What::Made, What::Is].map(|what| Mark::of(what).within(within));
        let text = Mark { field: mark.field, ..Mark::of(What::TextOf(0, 0)).within(within) };
        let value = Ty::new(Head::Adt(adt)).marked(&is).marked(&[text]);
        responders.iter().any(|function| {
            let facts = evaluate_as(self.app, &self.flow.summaries, Target::Fn(*function), &value);
            let mut parts = Vec::new();
            facts.returns.iter().for_each(|returns| sent_parts(self.app, returns, false, &mut parts));
            parts.iter().any(|part| part.mark.what == What::TextOf(0, 0))
        })
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
        sent_parts(self.app, &returns, false, &mut parts);
        parts.into_iter().any(|Part { head, mark, in_body }| match head {
            _ if mark.what != What::TextOf(0, 0) => false,
            // What is in a body is data, whatever response it would be by itself.
            Head::Adt(_) if in_body => true,
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

/// A mark in a response.
struct Part {
    /// What carries it.
    head: Head,
    mark: Mark,
    /// Whether that is in a body.
    in_body: bool,
}

/// The marks of everything in a response that is sent.
fn sent_parts(app: &App, ty: &Ty, in_body: bool, parts: &mut Vec<Part>) {
    if matches!(ty.head, Head::External(path) if app.knowledge.plays(path, Role::Withhold)) {
        return;
    }
    parts.extend(ty.marks().iter().map(|mark| Part { head: ty.head, mark: *mark, in_body }));
    let in_body = in_body || is_body(app, ty);
    sent_args(ty).iter().for_each(|arg| sent_parts(app, arg, in_body, parts));
}

/// Whether a type makes a body of what it holds: `Json(value)`.
pub(super) fn is_body(app: &App, ty: &Ty) -> bool {
    let responds = |path| app.knowledge.response(path, None);
    matches!(ty.head, Head::External(path) if matches!(responds(path), Some(Responds::With(_))))
}
