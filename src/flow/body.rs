//! The body of a function as a whole: its parameters, what it returns, and the errors that it is given.

use super::env::Origin;
use super::errors::{held, is_failure, statuses_in, texts};
use super::eval::Eval;
use super::facts::Losing;
use super::lookups::bit;
use super::losses::Risk;
use super::parts::with_argument_marks;
use super::taken::Input;
use super::unify::{awaited, is_fallible};
use crate::app::{App, Def, Head, Mark, Ty};
use crate::knowledge::Role;
use crate::source::Span;
use crate::syntax::{Arm, ExprId, ExprKind, Meta, Pat, Receiver, Stmt};

impl Eval<'_> {
    /// Evaluates the function: its parameters, its body, and what it returns.
    pub(super) fn function(&mut self) {
        let function = self.app.function(self.within);
        let Some(body) = function.body else { return };
        let signature = self.app.signature(self.within);
        let offset = usize::from(function.receiver != Receiver::None);
        if let Some(receiver) = &signature.receiver {
            let ty = with_argument_marks(self.app, receiver, 0);
            let ty = self.first.as_ref().map_or(ty, |(first, _)| first.clone());
            self.env.declare(crate::sym!("self"), ty);
            (self.env.locals[0].argument, self.env.locals[0].params) = (Some(0), bit(0));
            self.made_of_input(0, Input { params: bit(0), sent: None });
        }
        let params = self.tree().param_run(function.params);
        for (index, (param, ty)) in params.iter().zip(&signature.params).enumerate() {
            let argument = (index + offset) as u16;
            let first = self.env.locals.len();
            let ty = with_argument_marks(self.app, ty, argument);
            let given = self.first.as_ref().filter(|_| argument == 0);
            let ty = given.map_or(ty, |(first, _)| first.clone());
            self.bind(param.pat, &ty);
            for local in &mut self.env.locals[first..] {
                local.argument = Some(argument);
                local.params = bit(argument);
            }
            let is_given = self.is_given(&signature.params[index]);
            self.come_from(first, if is_given { Origin::Own } else { Origin::Client });
            let input = self.input_of_param(&signature.params[index], Some(argument), self.param_at(param));
            self.made_of_input(first, input);
        }
        let value = self.body_value(body);
        let value = self.ends_in_framework(body, value);
        self.leaves(self.at(self.answer_span(body)), &value);
        let value = std::mem::replace(&mut self.returned, Ty::NEVER).join(&value);
        self.close_tests();
        if self.only.is_none() {
            self.facts.error = self.error_behind_bounds(&value);
            let declared = awaited(self.app, &signature.returns());
            let value = self.tuple_as_declared(body, &declared, value);
            let value = self.as_declared(value);
            self.facts.returns = Some(if self.reports_errors() { self.reported(&value) } else { value });
            self.facts.tells = std::mem::take(&mut self.arguments_told);
        }
    }

    /// The type of the errors among what the body yields, where the signature says `impl IntoResponse`.
    fn error_behind_bounds(&self, value: &Ty) -> Option<Ty> {
        let declared = awaited(self.app, &self.app.signature(self.within).returns());
        let is_open = declared.args().len() > 1 && is_bound(self.app, &declared.arg(1));
        let error = awaited(self.app, value).arg(1);
        (is_open && is_fallible(self.app, &declared) && !error.is_unknown()).then_some(error)
    }

    /// What the body yields, as far as the signature says more: of an `async fn`, a future.
    fn as_declared(&self, value: Ty) -> Ty {
        // `Pin<Box<dyn Future<Output = T>>>` is a future like any other.
        let plain = |ty: Ty| {
            let output = awaited(self.app, &ty);
            if output == ty { ty } else { Ty::external(crate::app::future_path(), vec![output]) }
        };
        let (declared, value) = (plain(self.app.signature(self.within).returns()), plain(value));
        let is_future = declared.is_external(crate::app::future_path());
        let value = match is_future && !value.is_external(crate::app::future_path()) {
            true => Ty::external(crate::app::future_path(), vec![value]),
            false => value,
        };
        // `(status, text).into()`: what is in a value of another type is in the response that is made of it.
        let inner: Vec<Mark> = match awaited(self.app, &declared).head == awaited(self.app, &value).head {
            true => Vec::new(),
            false => texts(&value).into_iter().chain(statuses_in(&value)).collect(),
        };
        let returned = declared.join(&value);
        if !is_future || inner.is_empty() {
            return returned.marked(&inner);
        }
        let output = returned.arg(0).marked(&inner);
        returned.with_args(vec![output])
    }

    /// Evaluates the body of the function. That of a conversion between errors answers the failure which it is given.
    fn body_value(&mut self, body: ExprId) -> Ty {
        let given = self.errors_given();
        if given.is_empty() {
            return self.eval(body);
        }
        self.push_failure(&given);
        let risk = Risk { at: self.at(self.last_span(body)), how: Losing::Conversion, kept: None, instead: false };
        let risk = (!self.tells_apart(body)).then_some(risk);
        let value = self.answer(&given, risk, |eval| eval.eval(body));
        self.failing.pop();
        value
    }

    /// Whether a body ends with a match in which every arm is for some variants: each is answered by itself.
    fn tells_apart(&self, body: ExprId) -> bool {
        match self.tree().expr(body).kind {
            ExprKind::Block(index) => {
                self.tree().blocks[index as usize].tail.is_some_and(|tail| self.tells_apart(tail))
            }
            ExprKind::Match { arms, .. } => {
                self.tree().arm_run(arms).iter().all(|arm| self.variants_in(arm.pat).is_some())
            }
            _ => false,
        }
    }

    /// The last expression of a body.
    pub(super) fn last_span(&self, body: ExprId) -> Span {
        match self.tree().expr(body).kind {
            ExprKind::Block(index) => match self.tree().blocks[index as usize].tail {
                Some(tail) => self.last_span(tail),
                None => self.span(body),
            },
            _ => self.span(body),
        }
    }

    /// What a body answers where something has failed: of a match the arm for that.
    pub(super) fn answer_span(&self, body: ExprId) -> Span {
        let tree = self.tree();
        match tree.expr(body).kind {
            ExprKind::Block(index) => {
                let block = tree.blocks[index as usize];
                match (block.tail, tree.stmt_run(block.stmts).last()) {
                    (Some(tail), _) | (None, Some(&Stmt::Expr(tail))) => self.answer_span(tail),
                    _ => self.span(body),
                }
            }
            ExprKind::Return(Some(value)) => self.answer_span(value),
            ExprKind::Match { arms, .. } => {
                let arms = tree.arm_run(arms);
                let is_failure = |arm: &&Arm| match tree.pat(arm.pat) {
                    Pat::TupleStruct { path, .. } | Pat::Path(path) => {
                        let last = tree.segments_of(path).last().map(|last| last.name);
                        last == Some(crate::sym!("Err")) || last == Some(crate::sym!("None"))
                    }
                    _ => false,
                };
                let arm = arms.iter().rev().find(is_failure).or(arms.last());
                arm.map_or(self.span(body), |arm| self.answer_span(arm.body))
            }
            _ => self.span(body),
        }
    }

    /// The errors that a function is given to make something else of, such as a response.
    fn errors_given(&self) -> Vec<Mark> {
        if let Some((first, _)) = &self.first {
            return held(first).into_iter().filter(|mark| is_failure(mark.what)).collect();
        }
        let signature = self.app.signature(self.within);
        let returns = awaited(self.app, &signature.returns());
        let makes_something = match returns.head {
            Head::Adt(_) | Head::Bounds | Head::Trait(_) => true,
            Head::Tuple => !returns.args().is_empty(),
            Head::External(path) => !crate::app::is_primitive(path.as_str()) && !is_fallible(self.app, &returns),
            _ => false,
        };
        let is_text = returns.is_external(crate::sym!("std::string::String"));
        if signature.receiver.is_some() || !makes_something || is_text {
            return Vec::new();
        }
        let params = signature.params.iter().enumerate().filter(|(_, ty)| self.app.is_error(ty));
        let given = |(index, ty): (usize, &Ty)| with_argument_marks(self.app, ty, index as u16);
        params.map(given).flat_map(|ty| held(&ty)).collect()
    }

    /// Whether an attribute of the function reports the errors that it returns: `#[instrument(err)]`.
    fn reports_errors(&self) -> bool {
        let function = self.app.function(self.within);
        let (instance, module) = self.app.home(self.within);
        let facts = self.app.facts(instance);
        facts.attr_run(function.attrs).iter().any(|attr| {
            let is_meant = facts.meta_run(attr.args).iter().any(|meta| match meta {
                Meta::Value(value) => matches!(facts.tree.expr(*value).kind, ExprKind::Path(path) if facts.tree.single_name(path) == Some(crate::sym!("err"))),
                Meta::Named(name, _) | Meta::List(name, _) => *name == crate::sym!("err"),
                Meta::Code(..) => false,
            });
            is_meant
                && matches!(self.app.resolve_attribute(instance, module, attr.path),
                    Some(Def::External(path)) if self.app.knowledge.plays(self.app.knowledge.canonical(path), Role::Report))
        })
    }
}

/// Whether all that is said of a type is what can be done with it: `impl IntoResponse`.
pub(super) fn is_bound(app: &App, ty: &Ty) -> bool {
    match ty.head {
        Head::Bounds => true,
        Head::External(path) => !app.knowledge.traits(path).is_empty(),
        _ => false,
    }
}
