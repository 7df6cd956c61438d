//! Where locks are taken: which lock it is, and whether a panic while it is held poisons it.

use super::eval::Eval;
use super::facts::{At, Mode};
use crate::app::{AdtId, Def, FnId, Head, Site, Ty, ValueId};
use crate::knowledge::{Guarding, MethodFact, Pattern, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

/// A place where a lock is taken that blocks the thread while it waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The call.
    pub site: Site,
    /// Where.
    pub at: At,
    /// Which lock.
    pub of: LockOf,
    /// Whether a panic poisons it while it is held.
    pub poisonable: bool,
    /// Whether the call yields a result, which fails where the lock is poisoned.
    pub(super) is_result: bool,
    /// How it runs.
    pub mode: Mode,
}

/// Which lock is taken.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LockOf {
    /// A static.
    Value(ValueId),
    /// A field of a type of the project.
    Field(AdtId, Sym),
    /// One that is known by its type only: requests are given it by that.
    Type(Ty),
    /// The one that a function of the project takes and gives its callers.
    Given(FnId),
}

impl Eval<'_> {
    /// Takes note of a method that takes a lock.
    pub(super) fn locks(&mut self, expr: ExprId, receiver: ExprId, ty: &Ty, fact: &MethodFact) {
        if let Some(guarding) = fact.returns.guard.filter(|_| self.records()) {
            let is_result = matches!(fact.returns.ty, Pattern::Named(path, _) if self.app.knowledge.can_fail(path));
            let poisonable = is_result && guarding == Guarding::Exclusive;
            let of = self.lock_behind(receiver, ty, self.env.locals.len());
            self.record_lock(expr, of, (poisonable, is_result));
        }
    }

    /// The same of a function of the project that takes a lock and gives its callers the guard.
    pub(super) fn locks_by_call(&mut self, expr: ExprId, target: FnId) {
        let returns = self.app.signature(target).returns();
        let is_result = matches!(returns.head, Head::External(path) if self.app.knowledge.can_fail(path));
        let guard = if is_result { returns.arg(0) } else { returns };
        let Head::External(path) = guard.head else { return };
        if self.app.knowledge.plays(path, Role::Guard) {
            self.record_lock(expr, LockOf::Given(target), (true, is_result));
        }
    }

    fn record_lock(&mut self, expr: ExprId, of: LockOf, (poisonable, is_result): (bool, bool)) {
        let (site, at, mode) = (self.site(expr), self.at(self.span(expr)), self.mode);
        if !self.facts.locks.iter().any(|lock| lock.site == site) {
            self.facts.locks.push(Lock { site, at, of, poisonable, is_result, mode });
        }
    }

    /// Which lock an expression is, whose type is that of a lock. It sees so many locals.
    fn lock_behind(&self, expr: ExprId, ty: &Ty, below: usize) -> LockOf {
        let tree = self.tree();
        let by_type = || LockOf::Type(ty.map(&mut Ty::unmarked));
        match tree.expr(expr).kind {
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.lock_behind(inner, ty, below),
            ExprKind::Method { receiver, call } if tree.methods[call as usize].args.len == 0 => {
                self.lock_behind(receiver, ty, below)
            }
            ExprKind::Field { base, name } => {
                let base = self.peek(base);
                let layers = self.layers(&base);
                let owner = layers.iter().find_map(|layer| match layer.head {
                    Head::Adt(adt) if self.app.struct_field(layer, name).is_some() => Some(adt),
                    _ => None,
                });
                owner.map_or_else(by_type, |adt| LockOf::Field(adt, name))
            }
            ExprKind::Path(path) => match (self.init_below(path, below), tree.single_name(path)) {
                (Some((local, init)), _) => self.lock_behind(init, ty, local),
                (None, Some(name)) if self.env.find(name).is_some() => by_type(),
                _ => match self.resolve(path) {
                    Some(Def::Value(id)) => LockOf::Value(id),
                    _ => by_type(),
                },
            },
            _ => by_type(),
        }
    }
}
