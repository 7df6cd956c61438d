//! Functions, methods and constructors that are passed by name: `map_err(AppError::Database)`.

use super::eval::Eval;
use super::facts::{Call, Inside, Losing, Mode};
use super::known::{Arguments, takes};
use super::losses::Risk;
use super::parts::argument_nodes;
use super::unify::{Bound, Inputs, Outcome, matches};
use crate::app::{AdtId, Head, Ty, Variant, What};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

/// Type parameters, and what they are bound to.
type Bindings<'b> = &'b [(Sym, Ty)];

impl Eval<'_> {
    /// Calls a function that is passed by name with arguments of these types: as if it were `|a| function(a)`.
    pub(super) fn call_with(&mut self, arg: ExprId, called: &Ty, params: &[Ty]) -> Ty {
        let yielded = match called.head {
            // Which conversion it is nobody knows.
            Head::FnItem(id) if self.is_conversion(id) && params.first().is_none_or(Ty::is_unknown) => {
                params.iter().for_each(|ty| self.may_tell(ty));
                return Ty::with(Head::Fn, vec![self.app.signature(id).returns()]);
            }
            Head::FnItem(id) => {
                let targets = self.targets_of(id);
                let targets = self.conversions_named(id, params.first()).unwrap_or(targets);
                if targets.is_empty() {
                    let converted = self.derived_function(arg, params);
                    if converted.is_none() {
                        params.iter().for_each(|ty| self.may_tell(ty));
                    }
                    return Ty::with(Head::Fn, vec![converted.unwrap_or(Ty::UNKNOWN)]);
                }
                if self.records() {
                    let at = self.at(self.span(arg));
                    let arguments = argument_nodes(self.app, &targets, params);
                    self.facts.calls.push(Call { arguments, ..Call::plain(at, targets.clone(), self.mode) });
                }
                let mut result = Ty::NEVER;
                for target in targets {
                    let returns = self.summaries.returns(self.app, target);
                    result = result.join(&self.filled(arg, target, &returns, params));
                    self.told_by(target, params);
                    self.used_by(target, params, &result);
                }
                result
            }
            // `map_err(Into::into)`
            Head::External(path) if is_conversion(path) && params.len() == 1 => {
                self.converted_as_returned(arg, &params[0])
            }
            Head::External(path) => {
                self.may_be_null(arg, path, None, None, params.first());
                let fact = self.app.knowledge.calls(path).iter().find(|fact| takes(fact.args.as_deref(), params.len()));
                match fact {
                    Some(fact) => {
                        let mut bound = Bound::default();
                        for (pattern, ty) in fact.args.iter().flatten().zip(params) {
                            matches(pattern, ty, &mut bound, true);
                        }
                        self.outcome(arg, &fact.returns, &bound, &Arguments::default(), Some(fact))
                    }
                    None => match self.method_with(arg, path, params) {
                        Some(ty) => ty,
                        None => self.unknown_call(arg, path, params),
                    },
                }
            }
            Head::Adt(adt) => self.constructed_with(adt, called, params),
            _ => match self.derived_function(arg, params) {
                Some(ty) => ty,
                None => {
                    params.iter().for_each(|ty| self.tell(ty));
                    return called.clone();
                }
            },
        };
        Ty::with(Head::Fn, vec![yielded])
    }

    /// What is converted into something that only the place says: into the error that the function returns, where that can
    /// be made of it.
    fn converted_as_returned(&mut self, arg: ExprId, value: &Ty) -> Ty {
        match self.inside == Inside::Function && self.has_own_conversion(value) {
            true => self.convert_error(arg, value),
            false => value.clone(),
        }
    }

    /// An argument of one of the project's functions; a closure learns its parameters from the declared type.
    pub(super) fn own_argument(
        &mut self,
        arg: ExprId,
        wanted: &Ty,
        (generics, bound): (Bindings<'_>, Bindings<'_>),
        mode: Mode,
    ) -> Ty {
        let ExprKind::Closure(index) = self.tree().expr(arg).kind else {
            self.runs_elsewhere(arg, mode);
            return self.eval(arg);
        };
        let wanted = match wanted.head {
            Head::Param(name) => {
                generics.iter().find(|(param, _)| *param == name).map_or(Ty::UNKNOWN, |(_, bound)| bound.clone())
            }
            _ => wanted.clone(),
        };
        let wanted = wanted.substitute(bound);
        let params = match (wanted.head, wanted.args().split_last()) {
            (Head::Fn, Some((_, params))) => params.to_vec(),
            _ => Vec::new(),
        };
        self.closure(arg, index, &params, mode)
    }

    /// A function of the project that is given to another one, which calls it: `run(load)`.
    pub(super) fn hand_over(&mut self, arg: ExprId, wanted: &Ty, (generics, given): (Bindings<'_>, &Ty), mode: Mode) {
        let Head::FnItem(id) = given.head else { return };
        let bound = |name: Sym| generics.iter().find(|(param, _)| *param == name).map(|(_, bound)| bound);
        let called = if let Head::Param(name) = wanted.head { bound(name) } else { Some(wanted) };
        if !called.is_some_and(|called| called.head == Head::Fn) || !self.records() {
            return;
        }
        let (at, targets) = (self.at(self.span(arg)), self.targets_of(id));
        self.facts.calls.push(Call {
            at,
            targets,
            mode,
            arguments: Vec::new(),
            kept: false,
            keys: Vec::new(),
            by_others: false,
        });
    }

    /// `filter_map(Result::ok)`: a method that is passed by its path.
    fn method_with(&mut self, arg: ExprId, path: Sym, params: &[Ty]) -> Option<Ty> {
        let name = Sym::from(path.as_str().rsplit_once("::")?.1);
        let (receiver, rest) = params.split_first()?;
        let (fact, bound) = self.known_method(receiver, name, rest.len(), &[])?;
        let dropped = self.dropped_by(fact, receiver);
        if !self.answers_another(&dropped) {
            self.lose(
                dropped,
                Risk { at: self.at(self.span(arg)), how: Losing::Method(name), kept: None, instead: false },
                Vec::new(),
            );
        }
        let mut inputs = Inputs::default();
        inputs.add(self.app, &fact.receiver, receiver);
        let outcome = Outcome {
            app: self.app,
            bound: &bound,
            inputs: Some(&inputs),
            query: None,
            operation: None,
            arguments: &[],
        };
        Some(outcome.build(&fact.returns.ty))
    }

    /// `map_err(AppError::from)`, where a derive makes the conversion, and other functions that derives give types.
    pub(super) fn derived_function(&self, path: ExprId, params: &[Ty]) -> Option<Ty> {
        let ExprKind::Path(path) = self.tree().expr(path).kind else { return None };
        let name = self.tree().last_name(path)?;
        let ty = self.app.owner_of_path(self.within, self.instance, self.module, path)?;
        let Head::Adt(adt) = ty.head else { return None };
        if name != crate::sym!("from") {
            return self.app.given_by_derive(adt, name);
        }
        let variant = self.app.from_variant(adt, params.first()?.head)?;
        Some(self.made(adt, variant, ty.args().to_vec(), params))
    }

    /// `map_err(AppError::Database)`
    fn constructed_with(&self, adt: AdtId, called: &Ty, params: &[Ty]) -> Ty {
        let variant = called.marks().iter().find_map(|mark| match (mark.what, mark.within) {
            (What::Made, Some(Variant::Own(of, variant))) if of == adt => Some(variant as usize),
            _ => None,
        });
        self.made(adt, variant.unwrap_or(0), called.args().to_vec(), params)
    }
}

/// Whether a path is that of a conversion of which only the place says into what.
fn is_conversion(path: Sym) -> bool {
    path == crate::sym!("std::convert::Into::into") || path == crate::sym!("std::convert::From::from")
}
