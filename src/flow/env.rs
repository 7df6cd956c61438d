//! The locals of a body while it is evaluated, and what has been checked about them.

use super::builds::Varies;
use super::guarded::Looked;
use super::taken::Input;
use crate::app::{Head, InstanceId, Ty, What};
use crate::symbol::Sym;
use crate::syntax::ExprId;

/// A local variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) name: Sym,
    pub(super) ty: Ty,
    /// How many conditions it was declared under.
    pub(super) depth: u32,
    /// Which parameter of the function it is, or is taken from.
    pub(super) argument: Option<u16>,
    /// The place that has failed exactly where this local has.
    pub(super) same_as: Option<Place>,
    /// The text that it was given when it was declared.
    pub(super) text: Option<Sym>,
    /// The condition whose truth it holds.
    pub(super) condition: Option<(InstanceId, ExprId)>,
    /// The call of another crate that nothing is known of and whose value it holds.
    pub(super) made_by: Option<(InstanceId, ExprId)>,
    /// What it was given when it was declared.
    pub(super) init: Option<(InstanceId, ExprId)>,
    /// What it was taken out of, or is one of: `for item in list`.
    pub(super) taken_from: Option<(InstanceId, ExprId)>,
    /// The absences that the call was given which made it: what it says may be whether something is there.
    pub(super) asks: Vec<What>,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// Which parameters of the function it is made of, one bit for each.
    pub(super) params: u32,
    /// What of the client's it is made of.
    pub(super) input: Input,
    /// Whether what has been assigned to it since differs from request to request.
    pub(super) takes_in: Varies,
}

/// Where a value comes from, as far as it matters for who looks something up by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// Taken from what the client has sent.
    Client,
    /// Out of a query.
    Query,
    /// Anything else.
    Own,
}

/// Something that can be checked: a local, or a field of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// Index of the local.
    pub(super) local: usize,
    pub(super) fields: Vec<Sym>,
}

/// What a condition says about a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Check {
    pub(super) place: Place,
    /// `Ok`, `Some`; otherwise `Err`, `None`.
    pub(super) succeeded: bool,
}

/// The locals in scope and the checks that hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    pub(super) locals: Vec<Local>,
    checks: Vec<Check>,
    /// What a query has looked for: whether it is there has been asked.
    pub(super) asked_for: Vec<Place>,
    /// What conditions have mentioned.
    pub(super) looked_at: Vec<Looked>,
    /// Every local that has been assigned to, in order.
    assigned: Vec<usize>,
    /// How many conditions the current code stands under.
    pub(super) depth: u32,
}

/// A state to go back to.
#[derive(Clone, Debug)]
pub(super) struct State {
    locals: usize,
    checks: Vec<Check>,
    assigned: usize,
}

impl Env {
    pub(super) fn state(&self) -> State {
        State { locals: self.locals.len(), checks: self.checks.clone(), assigned: self.assigned.len() }
    }

    /// Forgets the locals declared and the checks made since. Returns the checks that hold at the end of what is left.
    pub(super) fn restore(&mut self, state: &State) -> Vec<Check> {
        self.locals.truncate(state.locals);
        self.asked_for.retain(|place| place.local < state.locals);
        self.looked_at.retain(|looked| looked.place.local < state.locals);
        self.restore_checks(state)
    }

    /// Forgets the checks made since; locals stay. Returns those that still say something about the outer locals.
    pub(super) fn restore_checks(&mut self, state: &State) -> Vec<Check> {
        let assigned = &self.assigned[state.assigned.min(self.assigned.len())..];
        let valid = state.checks.iter().filter(|check| !assigned.contains(&check.place.local)).cloned().collect();
        let mut end = std::mem::replace(&mut self.checks, valid);
        end.retain(|check| check.place.local < state.locals);
        end
    }

    /// What holds behind a branch: what holds at the end of each way through it that comes out.
    pub(super) fn join(&mut self, ends: Vec<Vec<Check>>) {
        let mut ends = ends.into_iter();
        let Some(mut common) = ends.next() else { return };
        for end in ends {
            common.retain(|check| end.contains(check));
        }
        self.checks = common;
    }

    /// What has been asked for behind a branch: what has been in each way through it that comes out.
    pub(super) fn join_asked<'t>(&mut self, ends: impl IntoIterator<Item = (&'t Ty, Vec<Place>)>) {
        let mut ends = ends.into_iter().filter(|(ty, _)| ty.head != Head::Never).map(|(_, asked)| asked);
        let Some(mut common) = ends.next() else { return };
        for end in ends {
            common.retain(|place| end.contains(place));
        }
        self.asked_for = common;
    }

    pub(super) fn declare(&mut self, name: Sym, ty: Ty) {
        let depth = self.depth;
        let (argument, same_as, text, condition, made_by, init) = (None, None, None, None, None, None);
        let (origin, params, asks, input, taken_from) = (Origin::Own, 0, Vec::new(), Input::default(), None);
        let takes_in = Varies::default();
        let local = Local {
            name,
            ty,
            depth,
            argument,
            same_as,
            text,
            condition,
            made_by,
            init,
            asks,
            origin,
            params,
            input,
            taken_from,
            takes_in,
        };
        self.locals.push(local);
    }

    pub(super) fn find(&self, name: Sym) -> Option<usize> {
        self.locals.iter().rposition(|local| local.name == name)
    }

    /// Assigns to a local. Under a condition that it was not declared under, the old value may be kept.
    pub(super) fn assign(&mut self, index: usize, ty: Ty) {
        let conditional = self.depth > self.locals[index].depth;
        let local = &mut self.locals[index];
        local.ty = if conditional { local.ty.join(&ty) } else { ty };
        (local.same_as, local.text, local.condition, local.made_by, local.init) = (None, None, None, None, None);
        for other in &mut self.locals {
            if other.same_as.as_ref().is_some_and(|place| place.local == index) {
                other.same_as = None;
            }
        }
        self.assigned.push(index);
        self.asked_for.retain(|place| place.local != index);
        self.checks.retain(|check| check.place.local != index);
    }

    pub(super) fn learn(&mut self, checks: impl IntoIterator<Item = Check>) {
        self.checks.extend(checks);
    }

    /// Whether a place is known to have succeeded or failed.
    pub(super) fn is_checked(&self, place: &Place) -> Option<bool> {
        self.checks.iter().rev().find(|check| check.place == *place).map(|check| check.succeeded)
    }
}
