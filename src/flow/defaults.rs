//! Errors that a framework answers with their text unless their type says otherwise: where they are handed to it.

use std::collections::BTreeSet;

use super::Flow;
use super::eval::Eval;
use super::facts::{At, ErrorOf, Inside};
use super::leaks::Leak;
use super::unify::{awaited, is_fallible};
use crate::app::{AdtId, App, Head, ImplId, Mark, Target, Ty, What};
use crate::knowledge::{EntryKind, Responds, Role};
use crate::syntax::{ExprId, ExprKind};

impl Flow {
    /// Error types of the project whose response is the one that the framework makes: of their `Display`.
    pub(super) fn default_responses(&self, app: &App) -> Vec<Leak> {
        let mut leaks = Vec::new();
        for (adt, id, fact) in app.known_impls().filter(|(.., fact)| fact.kind == EntryKind::Responder) {
            let Some(answer) = fact.methods.first().filter(|_| fact.status.is_some()) else { continue };
            if app.impls[id.index()].functions.iter().any(|own| app.functions[own.index()].name == *answer) {
                continue;
            }
            let returned = |returns: &Ty| returns.any(&|node| node.head == Head::Adt(adt));
            let answering = app.entries.iter().find(|it| self.returns_of(it.target).is_some_and(returned));
            let handing = || self.handing_over(app, adt);
            let Some((target, senders)) = answering.map(|it| (it.target, BTreeSet::new())).or_else(handing) else {
                continue;
            };
            let is_internal = |variant: &u32| self.displayed(app, target, adt, *variant).internal;
            let variants: Vec<u32> = (0..app.fields(adt).len() as u32).filter(is_internal).collect();
            if !variants.is_empty() {
                let of = ErrorOf::Own(adt, variants);
                leaks.push(Leak {
                    target,
                    at: impl_at(app, id),
                    debug: false,
                    of,
                    statuses: Vec::new(),
                    has_other_statuses: true,
                    senders,
                });
            }
        }
        leaks
    }

    /// A body that hands errors of a type to a framework, and the handlers that get there.
    fn handing_over(&self, app: &App, adt: AdtId) -> Option<(Target, BTreeSet<Target>)> {
        let (target, ..) = self.bodies().find(|(_, facts, _)| facts.answered.contains(&adt))?;
        let senders = self.routes_to(app, target).into_iter().map(|entry| entry.target).chain([target]).collect();
        Some((target, senders))
    }
}

impl Eval<'_> {
    /// The error that `?` leaves a function with: where the framework makes a response of it, its text is in that.
    pub(super) fn left_to_framework(&mut self, expr: ExprId, error: Ty) -> Ty {
        let returns = awaited(self.app, &self.app.signature(self.within).returns());
        if self.inside != Inside::Function || !is_fallible(self.app, &returns) {
            return error;
        }
        let declared = self.layers(&returns.arg(1));
        if declared.iter().any(|layer| self.plays_part(layer, Role::AnswerError)) {
            return self.answered_as_error(expr, error);
        }
        match declared.iter().find(|layer| self.plays_part(layer, Role::AnsweredAsText)) {
            // `Result<_, Box<dyn Error>>` says so of handlers only.
            Some(shown) if self.is_handler_of(shown) => self.shown(expr, error, shown),
            _ => error,
        }
    }

    /// What the function ends with: its error goes to the framework like one that `?` leaves with.
    pub(super) fn ends_in_framework(&mut self, body: ExprId, value: Ty) -> Ty {
        let ExprKind::Block(index) = self.tree().expr(body).kind else { return value };
        let Some(tail) = self.tree().blocks[index as usize].tail else { return value };
        // What is made an error of here has been looked at there.
        let is_call = matches!(self.tree().expr(tail).kind, ExprKind::Method { .. } | ExprKind::Await(_));
        let ([_, error], true) = (value.args(), is_call && is_fallible(self.app, &value)) else { return value };
        let error = self.left_to_framework(tail, error.clone());
        value.clone().with_args(vec![value.arg(0), error])
    }

    /// An error that a call or `?` makes a response of: of one of the project's own types what its impl says, of others
    /// their text.
    pub(super) fn answered_as_error(&mut self, expr: ExprId, error: Ty) -> Ty {
        for layer in self.layers(&error) {
            if let Head::Adt(adt) = layer.head {
                if self.records() && !self.facts.answered.contains(&adt) {
                    self.facts.answered.push(adt);
                }
                return error;
            }
            if self.plays_part(&layer, Role::AnsweredAsText) {
                return self.shown(expr, error, &layer);
            }
        }
        error
    }

    /// An error that is answered with its text, as one of this type.
    fn shown(&mut self, expr: ExprId, error: Ty, declared: &Ty) -> Ty {
        let texts = self.printed(expr, &error, false);
        let status = declared.external_path().and_then(|path| self.app.knowledge.response(path, None));
        let error = error.marked(&texts);
        match status {
            // Whatever status what is in the box would have by itself.
            Some(Responds::With(code)) => {
                self.with_status_of(error, &[Ty::UNKNOWN.marked(&[Mark::of(What::Status(code))])])
            }
            _ => error,
        }
    }

    fn plays_part(&self, ty: &Ty, role: Role) -> bool {
        ty.external_path().is_some_and(|path| self.app.knowledge.plays(path, role))
    }

    /// Whether the function is a handler of a framework that answers errors of a type with their text.
    fn is_handler_of(&self, shown: &Ty) -> bool {
        let facts = shown.external_path().map(|path| self.app.knowledge.roles(path)).unwrap_or_default();
        let frameworks = || facts.iter().filter(|fact| fact.role == Role::AnsweredAsText).map(|fact| fact.library);
        let target = Target::Fn(self.within);
        self.app.entries.iter().any(|entry| {
            entry.kind == EntryKind::Handler && entry.target == target && frameworks().any(|it| it == entry.framework)
        })
    }
}

/// Where the head of an impl stands.
fn impl_at(app: &App, id: ImplId) -> At {
    At { instance: app.impls[id.index()].at.instance, span: app.impl_def(id).span }
}
