//! Places that panic for other reasons than a query: what it is that fails there, and what that is made of.

use super::eval::Eval;
use super::facts::{At, Panic, Panicking};
use super::guarded::Look;
use super::taken::Input;
use super::unify::is_fallible;
use crate::app::{Def, Head, Ty};
use crate::knowledge::{Pattern, Reason, Role, Words};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, Method};

/// A place that panics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hazard {
    /// Where, how, and whose failure that means.
    pub panic: Panic,
    /// What fails.
    pub cause: Cause,
    /// What that is made of.
    pub(super) input: Input,
}

/// What fails where something panics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// A call that reads a value from a text or bytes; whether the service has made them itself.
    Read(At, Sym, bool),
    /// A call that takes a part which may not be there.
    Part(At, Sym),
    /// A field that may be empty; whether it is a column.
    Field(At, Sym, bool),
    /// An index into a list, or a range of a text, beyond its end.
    Beyond,
    /// A key that a map does not have.
    Key(Sym),
    /// A division by zero.
    Zero,
    /// A lock that a panic has poisoned.
    Lock,
    /// Another call that can fail; the function of the project that it calls, if it is one.
    Call(At, Sym, Option<crate::app::FnId>),
    /// Reaching the place.
    Reached,
}

impl<'a> Eval<'a> {
    /// Takes note of a method that panics where what it is called on has failed.
    pub(super) fn hazard_of(&mut self, expr: ExprId, receiver: ExprId, ty: &Ty, how: Panicking) {
        if !self.records() {
            return;
        }
        if self.is_looked_at(receiver) || self.is_said_to_hold(expr) {
            return;
        }
        let is_lock = ty.arg(1).is_external(crate::sym!("std::sync::PoisonError"));
        let (cause, of) = match is_lock {
            true => (self.is_shared_lock(receiver).then_some(Cause::Lock), receiver),
            false => self.cause_of(receiver, ty),
        };
        let Some(cause) = cause else { return };
        let input = self.input_behind(of, cause);
        let error = ty.arg(1).of_failure(ty);
        self.record_hazard(self.at(self.span(expr)), how, (cause, input), (ty.marks().to_vec(), error));
    }

    /// Whether the text of an `expect` says why it cannot fail.
    fn is_said_to_hold(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Method { call, .. } = tree.expr(expr).kind else { return false };
        let text = tree.expr_run(tree.methods[call as usize].args).first().map(|arg| tree.expr(*arg).kind);
        let Some(ExprKind::Literal(Literal::Str(text))) = text else { return false };
        self.app.knowledge.text_says(Words::Certain, &text.as_str().to_lowercase())
    }

    pub(super) fn record_hazard(
        &mut self,
        at: At,
        how: Panicking,
        (cause, input): (Cause, Input),
        (marks, error): (Vec<crate::app::Mark>, Ty),
    ) {
        if self.records() && !self.facts.hazards.iter().any(|known| known.panic.at == at) {
            let panic = Panic { at, how, marks, mode: self.mode, error, column: None, inside: self.inside };
            self.facts.hazards.push(Hazard { panic, cause, input });
        }
    }

    /// What has failed where a value has, and the expression that says so.
    fn cause_of(&self, receiver: ExprId, ty: &Ty) -> (Option<Cause>, ExprId) {
        let of = self.origin_of_failure(receiver);
        let tree = self.tree();
        let at = self.at(self.span(of));
        let waits = self.is_awaited(receiver);
        let cause = match tree.expr(of).kind {
            ExprKind::Method { receiver: on, call } => {
                let method = tree.methods[call as usize];
                self.cause_of_method((of, on), method, (ty, waits))
            }
            ExprKind::Call { callee, args } => self.cause_of_call(of, callee, tree.expr_run(args), (ty, waits)),
            ExprKind::Field { base, name } => {
                let looks = self.looks_of(of);
                let base_ty = self.peek(base);
                let is_column = self.layers(&base_ty).iter().any(|layer| self.is_row_type(layer));
                let is_optional = ty.is_external(crate::sym!("std::option::Option"));
                (is_optional && looks.is_empty()).then_some(Cause::Field(at, name, is_column))
            }
            _ => None,
        };
        (cause, of)
    }

    fn cause_of_method(&self, (of, on): (ExprId, ExprId), method: Method, (ty, waits): (&Ty, bool)) -> Option<Cause> {
        let at = self.at(self.span(of));
        let on_ty = self.peek(on);
        let layers = self.layers(&on_ty);
        let name = method.name;
        let args = self.tree().expr_run(method.args);
        let plays = |role: Role| {
            self.plays_with(name, &Ty::UNKNOWN, role, args.len())
                || layers.iter().any(|layer| self.plays_with(name, layer, role, args.len()))
        };
        // What is said of the very type comes before what is said of whatever has such a method.
        let known = layers.iter().find_map(|layer| self.known_method(layer, name, args.len(), &[]));
        let is_infallible = match known {
            Some(_) => layers.iter().any(|layer| self.plays_of(name, layer, Role::Infallible)),
            None => plays(Role::Infallible),
        };
        if is_infallible {
            return None;
        }
        if plays(Role::Parse) || plays(Role::Convert) {
            let looks = self.looks_of(of);
            let is_checked = looks.contains(&Look::Else) || plays(Role::Convert) && !looks.is_empty();
            let into_text = self.into_text || self.given(method).first().is_some_and(is_text) || is_text(&ty.arg(0));
            let is_part = matches!(self.tree().expr(on).kind, ExprKind::Index { .. });
            // What a regular expression has found there has been looked at.
            let own = plays(Role::Convert)
                || is_part
                || if args.is_empty() { self.is_own_text(on) } else { args.iter().all(|arg| self.is_own_text(*arg)) };
            // A text that was printed is read as what it was.
            let is_same = name == crate::sym!("parse") && self.is_printed_value(on);
            let is_sure = is_checked || into_text || is_same || is_part && plays(Role::Convert);
            return (!is_sure).then_some(Cause::Read(at, name, own));
        }
        if plays(Role::Part) {
            // What a closure looks for has often been put there before.
            let by_closure = args.iter().any(|arg| matches!(self.tree().expr(*arg).kind, ExprKind::Closure(_)));
            let is_first = by_closure || self.is_first_of_some(on, name);
            return (!is_first && self.looks_of(of).is_empty()).then_some(Cause::Part(at, name));
        }
        let own = layers.iter().find_map(|layer| self.app.methods(self.krate(), layer, name).first().copied());
        // What all requests share is there, or none of them works.
        if self.given(method).iter().any(|ty| super::inputs::is_shared(self.app, ty)) {
            return None;
        }
        let is_constant = || self.is_chain_of_constants(of, self.env.locals.len());
        let may_fail = match own {
            // In memory, what stands there is found or never is.
            Some(own) => {
                may_fail(self.app, ty)
                    && self.can_fail(own)
                    && (waits || args.is_empty() || !args.iter().all(|arg| self.is_own_text(*arg)))
            }
            None => {
                let is_known = is_result(self.app, ty) && !self.is_asked(name);
                let is_built = || ty.is_unknown() && self.is_built(of, self.env.locals.len());
                self.fails_outside(ty) || (is_known || ty.is_unknown() && waits || is_built()) && !is_constant()
            }
        };
        may_fail.then_some(Cause::Call(at, name, own))
    }

    fn cause_of_call(&self, of: ExprId, callee: ExprId, args: &[ExprId], (ty, waits): (&Ty, bool)) -> Option<Cause> {
        let at = self.at(self.span(of));
        let ExprKind::Path(path) = self.tree().expr(callee).kind else { return None };
        let name = self.tree().last_name(path)?;
        match self.resolve(path)? {
            Def::External(path) => {
                let knowledge = &self.app.knowledge;
                let plays =
                    |role: Role| knowledge.plays(path, role) || self.plays_with(name, &Ty::UNKNOWN, role, args.len());
                if plays(Role::Infallible) {
                    return None;
                }
                // The bytes of a header are those of a header.
                let is_same = args.iter().any(|arg| self.is_bytes_of(*arg)) && name == crate::sym!("from_bytes");
                let is_written_here = || args.iter().any(|arg| self.is_serialised(*arg, self.env.locals.len()));
                let is_checked = || is_same || self.looks_of(of).contains(&Look::Else) || is_written_here();
                let is_constant = args.iter().all(|arg| self.is_own_text(*arg));
                match plays(Role::Parse) || plays(Role::Convert) {
                    true => (!is_checked()).then_some(Cause::Read(at, name, is_constant || plays(Role::Convert))),
                    // A file that is named here is not always there.
                    false if self.fails_outside(ty) => Some(Cause::Call(at, name, None)),
                    false => {
                        let is_known = is_result(self.app, ty) || ty.is_unknown() && waits;
                        (!is_constant && is_known).then_some(Cause::Call(at, name, None))
                    }
                }
            }
            Def::Fn(id) => {
                let stands = !waits && !args.is_empty() && args.iter().all(|arg| self.is_own_text(*arg));
                (may_fail(self.app, ty) && self.can_fail(id) && !stands).then_some(Cause::Call(at, name, Some(id)))
            }
            _ => None,
        }
    }

    /// Whether a function of the project can fail: not where all that it yields is `Ok(…)`, as a trait may ask for.
    fn can_fail(&self, id: crate::app::FnId) -> bool {
        self.app.function(id).body.is_none() || super::successes::may_fail(self.app, id)
    }

    /// Whether a method of results says which of both they are: what it yields has been asked for.
    fn is_asked(&self, name: Sym) -> bool {
        self.app.knowledge.methods(name).iter().any(|fact| fact.returns.tests.is_some())
    }

    /// Whether a failure is that of a call which fails for reasons outside the program.
    fn fails_outside(&self, ty: &Ty) -> bool {
        let of_call = |mark: &crate::app::Mark| match mark.what {
            crate::app::What::CallFailed(site) => {
                self.facts.operations.iter().any(|(known, it)| *known == site && it.reason == Reason::Outside)
            }
            _ => false,
        };
        ty.marks().iter().any(of_call)
    }

    /// Whether a method is one that panics where a result or option has failed.
    pub(super) fn takes_apart(&self, name: Sym, args: usize) -> bool {
        self.app.knowledge.methods(name).iter().any(|fact| {
            let can_fail =
                matches!(&fact.receiver, Pattern::Named(path, of) if self.app.knowledge.can_fail(*path) && of.len() < 2);
            fact.returns.panics && can_fail && fact.args.as_ref().is_some_and(|known| known.len() == args)
        })
    }

    /// Whether a method of results yields one that has failed where what it is called on has.
    pub(super) fn passes_on(&self, method: Method) -> bool {
        let can_fail = |pattern: &Pattern| {
            matches!(pattern, Pattern::Named(path, _) if self.app.knowledge.can_fail(*path)
                && path.as_str().starts_with("std::"))
        };
        let facts = self.app.knowledge.methods(method.name).iter();
        let fits = |fact: &&crate::knowledge::MethodFact| {
            fact.args.as_ref().is_some_and(|args| args.len() == method.args.len as usize)
        };
        facts.filter(fits).any(|fact| {
            !fact.returns.panics && fact.returns.keeps && can_fail(&fact.receiver) && can_fail(&fact.returns.ty)
        })
    }

    /// What a failure is made of: of a reading what is read, of a part what it is taken from.
    fn input_behind(&self, of: ExprId, cause: Cause) -> Input {
        let tree = self.tree();
        match (cause, tree.expr(of).kind) {
            (Cause::Part(..), ExprKind::Method { receiver, .. }) => self.input_of(receiver),
            (Cause::Field(..), ExprKind::Field { base, .. }) => self.input_of(base),
            _ => self.input_of(of),
        }
    }

    /// Whether a method of a type that is named plays a part.
    fn plays_of(&self, name: Sym, ty: &Ty, role: Role) -> bool {
        self.app.knowledge.roles(name).iter().any(|fact| {
            let named = fact.receiver.as_ref().filter(|receiver| **receiver != Pattern::Any);
            let fits = |pattern| super::unify::matches(pattern, ty, &mut super::unify::Bound::default(), false);
            fact.role == role && named.is_some_and(fits)
        })
    }

    /// Whether a method plays a part that is given so many arguments.
    pub(super) fn plays_with(&self, name: Sym, ty: &Ty, role: Role, arguments: usize) -> bool {
        self.app.knowledge.roles(name).iter().any(|fact| {
            let fits = |pattern| super::unify::matches(pattern, ty, &mut super::unify::Bound::default(), false);
            fact.role == role
                && super::known::takes(fact.args.as_deref(), arguments)
                && fact.receiver.as_ref().is_some_and(fits)
        })
    }

    /// Whether values of a type are made of rows.
    fn is_row_type(&self, ty: &Ty) -> bool {
        match ty.head {
            Head::Adt(adt) => self.app.derives_role(adt, Role::Column),
            _ => false,
        }
    }
}

/// Whether a value is known to be a result.
fn is_result(app: &crate::app::App, ty: &Ty) -> bool {
    is_fallible(app, ty) && !ty.is_external(crate::sym!("std::option::Option"))
}

/// Whether a value is a result, as far as is known: that an option is empty may have been ruled out by whoever made it.
fn may_fail(app: &crate::app::App, ty: &Ty) -> bool {
    ty.is_unknown() || is_result(app, ty)
}

pub(super) fn is_text(ty: &Ty) -> bool {
    ty.external_path().is_some_and(|path| matches!(path.as_str(), "std::string::String" | "str"))
}
