//! Who is to blame for a panic: the client, by what it has sent, or the service.

use rustc_hash::FxHashMap;

use super::Flow;
use super::facts::{At, Operation, Panicking};
use super::hazards::{Cause, Hazard};
use super::lookups::bit;
use super::reach::Reached;
use super::taken::{Gift, Input, Sent};
use crate::app::{App, EntryPoint, FnId, FnOwner, Head, Target, Ty, What};
use crate::knowledge::{EntryKind, Role};

/// A place that panics on the request path, and who is to blame.
pub struct Peril<'a> {
    /// The body.
    pub target: Target,
    /// The place.
    pub hazard: &'a Hazard,
    /// How requests get to the body.
    pub reached: &'a Reached,
    /// Who is to blame.
    pub blame: Blame,
}

/// Who is to blame for a panic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blame {
    /// The client, which has sent this.
    Client(Sent),
    /// An earlier panic.
    Lock,
    /// This call, or the place itself.
    Service(Option<At>),
}

impl Flow {
    /// Every place that panics while a request is served, for another reason than a query or the environment.
    pub fn perils<'a>(&'a self, app: &'a App) -> impl Iterator<Item = Peril<'a>> {
        self.bodies().filter(|(_, _, reached)| !reached.kept).flat_map(move |(target, facts, reached)| {
            let of = move |hazard| {
                let blame = self.blame(app, target, hazard)?;
                Some(Peril { target, hazard, reached, blame })
            };
            facts.hazards.iter().filter_map(of)
        })
    }

    fn blame(&self, app: &App, target: Target, hazard: &Hazard) -> Option<Blame> {
        let whats = self.causes(target, &hazard.panic.marks);
        let is_others = |what: &What| {
            matches!(
                what,
                What::QueryFailed(_) | What::TaskFailed(_) | What::Misread(_) | What::Queried(_) | What::Unset(_)
            ) || what.is_absence()
        };
        if hazard.cause == Cause::Lock {
            return Some(Blame::Lock);
        }
        if whats.iter().any(is_others) {
            return None;
        }
        let is_known = matches!(
            hazard.cause,
            Cause::Read(..) | Cause::Part(..) | Cause::Field(..) | Cause::Beyond | Cause::Key(_) | Cause::Zero
        );
        let sent = self.sent(app, target, hazard.input).filter(|_| is_known);
        if let Some(sent) = sent {
            let is_sure = !self.is_routed(app, hazard, sent) && !self.is_for_callers(app, target, hazard);
            return is_sure.then_some(Blame::Client(sent));
        }
        self.service(app, target, hazard, &whats)
    }

    /// Whether what is taken for granted is a part of the path without which it would be another: one by its name, or
    /// that there is anything in it.
    fn is_routed(&self, app: &App, hazard: &Hazard, sent: Sent) -> bool {
        let is_path = app.knowledge.plays(sent.of, Role::Routed);
        let is_piece = crate::app::is_primitive(sent.of.as_str()) || sent.of == crate::sym!("std::string::String");
        match hazard.cause {
            Cause::Key(_) => is_path,
            Cause::Part(_, name) => match name.as_str() {
                "get" => is_path,
                "next" | "last" | "first" => is_path || is_piece,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether what a function takes for granted is for its callers to know, who may have looked before: a field of what
    /// they hand to it, a part of something else than a text.
    fn is_for_callers(&self, app: &App, target: Target, hazard: &Hazard) -> bool {
        let Target::Fn(id) = target else { return false };
        if hazard.input.sent.is_some() || app.is_entry(target) {
            return false;
        }
        let signature = app.signature(id);
        let texts = signature
            .receiver
            .iter()
            .chain(&signature.params)
            .enumerate()
            .all(|(index, ty)| hazard.input.params & bit(index as u16) == 0 || super::hazards::is_text(ty));
        match hazard.cause {
            Cause::Read(_, _, own) => own,
            Cause::Part(..) | Cause::Beyond => !texts,
            _ => true,
        }
    }

    fn service(&self, app: &App, target: Target, hazard: &Hazard, whats: &[What]) -> Option<Blame> {
        let says_nothing =
            hazard.panic.error.external_path().is_some_and(|path| app.knowledge.plays(path, Role::Infallible));
        if says_nothing {
            return None;
        }
        let operation = whats.iter().find_map(|what| match what {
            What::CallFailed(site) => self.operations.get(site).filter(|operation| !operation.cleans_up),
            _ => None,
        });
        if matches!(hazard.cause, Cause::Read(..)) && self.is_given_what_stands_there(target, hazard.input) {
            return None;
        }
        // Of a call that nothing is known of it is only known that somebody looks whether it has failed.
        let fails = |operation: Option<&Operation>| operation.is_some_and(|it| it.library.is_some());
        match hazard.cause {
            Cause::Call(_, _, Some(own)) if !fails(operation) && !self.may_fail(app, target, own) => None,
            Cause::Read(at, _, false) | Cause::Field(at, _, true) | Cause::Call(at, ..) => {
                Some(Blame::Service(Some(operation.map_or(at, |operation| operation.at))))
            }
            // Whoever panics on purpose mostly knows that it does not happen.
            Cause::Reached if !fails(operation) && (!is_unfinished(hazard) || is_of_own_trait(app, target)) => None,
            Cause::Reached => Some(Blame::Service(operation.map(|operation| operation.at))),
            _ => None,
        }
    }

    /// Whether something is made of parameters that all callers give texts which stand there.
    fn is_given_what_stands_there(&self, target: Target, input: Input) -> bool {
        let Target::Fn(id) = target else { return false };
        let is_meant = |gift: &&Gift| gift.targets.contains(&id) && input.params & bit(gift.argument) != 0;
        let mut gifts = self.bodies.iter().flat_map(|(_, facts)| &facts.gifts).filter(is_meant).peekable();
        gifts.peek().is_some() && gifts.all(|gift| gift.stands)
    }

    /// Whether a function of the project can be expected to fail: it waits for something, or it is the handler that calls
    /// it. Deep inside of a program whoever takes a result for granted mostly knows why.
    fn may_fail(&self, app: &App, target: Target, id: FnId) -> bool {
        app.is_entry(target) || app.signature(id).returns().is_external(crate::app::future_path())
    }

    /// What the client has sent that something is made of.
    fn sent(&self, app: &App, target: Target, input: Input) -> Option<Sent> {
        let supplied = self.supplied.get_or_init(|| self.supply(app));
        input.sent.or_else(|| {
            let Target::Fn(id) = target else { return None };
            (0..32u16)
                .filter(|argument| input.params & bit(*argument) != 0)
                .find_map(|argument| supplied.get(&(id, argument)).copied())
        })
    }

    /// Which parameters are given what the client has sent: those of handlers that are no more than that, and what is
    /// made of it and handed on.
    fn supply(&self, app: &App) -> FxHashMap<(FnId, u16), Sent> {
        let mut supplied = FxHashMap::default();
        let takes = |entry: &&EntryPoint| matches!(entry.kind, EntryKind::Handler | EntryKind::Extractor);
        for entry in app.entries.iter().filter(takes) {
            let Target::Fn(id) = entry.target else { continue };
            for (index, ty) in app.signature(id).params.iter().enumerate().filter(|(_, ty)| is_plain(ty)) {
                supplied.insert(
                    (id, index as u16),
                    Sent {
                        at: super::extractors::param_at(app, id, index),
                        of: ty.external_path().unwrap_or(crate::sym!("str")),
                    },
                );
            }
        }
        loop {
            let before = supplied.len();
            for (target, facts) in &self.bodies {
                for gift in &facts.gifts {
                    let known = || match target {
                        Target::Fn(id) => (0..32u16)
                            .filter(|argument| gift.input.params & bit(*argument) != 0)
                            .find_map(|argument| supplied.get(&(*id, argument)).copied()),
                        Target::Closure { .. } => None,
                    };
                    let Some(sent) = gift.input.sent.or_else(known) else { continue };
                    for &callee in &gift.targets {
                        supplied.entry((callee, gift.argument)).or_insert(sent);
                    }
                }
            }
            if supplied.len() == before {
                return supplied;
            }
        }
    }
}

/// Whether a body is one of several that a call can mean: what is not finished there may not be meant to be.
fn is_of_own_trait(app: &App, target: Target) -> bool {
    let Target::Fn(id) = target else { return false };
    match app.functions[id.index()].owner {
        FnOwner::Trait(_) => true,
        FnOwner::Impl(owner) => {
            app.impl_info(owner).trait_ty.as_ref().is_some_and(|ty| matches!(ty.head, Head::Trait(_)))
        }
        _ => false,
    }
}

/// Whether a place says of itself that it is not finished.
fn is_unfinished(hazard: &Hazard) -> bool {
    matches!(hazard.panic.how, Panicking::Macro(name) if matches!(name.as_str(), "todo!" | "unimplemented!"))
}

/// Whether a parameter of a handler is a piece of the request as it is: text, a number.
fn is_plain(ty: &Ty) -> bool {
    match ty.head {
        Head::External(path) => match path.as_str() {
            "std::option::Option" | "std::vec::Vec" => ty.args().first().is_some_and(is_plain),
            "std::string::String" => true,
            path => crate::app::is_primitive(path),
        },
        _ => false,
    }
}
