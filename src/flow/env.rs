//! The locals of a body while it is evaluated, and what has been checked about them.

use crate::app::Ty;
use crate::symbol::Sym;

/// A local variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) name: Sym,
    pub(super) ty: Ty,
    /// How many conditions it was declared under.
    pub(super) depth: u32,
    /// Which parameter of the function it is, or is taken from.
    pub(super) argument: Option<u16>,
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
    /// How many conditions the current code stands under.
    pub(super) depth: u32,
}

/// A state to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    locals: usize,
    checks: usize,
}

impl Env {
    pub(super) fn mark(&self) -> Mark {
        Mark { locals: self.locals.len(), checks: self.checks.len() }
    }

    /// Forgets the locals declared and the checks made since.
    pub(super) fn restore(&mut self, mark: Mark) {
        self.locals.truncate(mark.locals);
        self.checks.truncate(mark.checks);
    }

    /// Forgets the checks made since; locals stay.
    pub(super) fn restore_checks(&mut self, mark: Mark) {
        self.checks.truncate(mark.checks);
    }

    pub(super) fn declare(&mut self, name: Sym, ty: Ty) {
        self.locals.push(Local { name, ty, depth: self.depth, argument: None });
    }

    pub(super) fn find(&self, name: Sym) -> Option<usize> {
        self.locals.iter().rposition(|local| local.name == name)
    }

    /// Assigns to a local. Under a condition that it was not declared under, the old value may be kept.
    pub(super) fn assign(&mut self, index: usize, ty: Ty) {
        let conditional = self.depth > self.locals[index].depth;
        let local = &mut self.locals[index];
        local.ty = if conditional { local.ty.join(&ty) } else { ty };
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
