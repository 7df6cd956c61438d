//! Macro calls that are not the project's own, and the conversions that `?` applies.

use super::errors::is_failure;
use super::eval::{Eval, bool_type};
use super::facts::{Call, Inside, Panic, Panicking};
use super::hazards::Cause;
use super::known::{OnFailure, takes};
use super::taken::Input;
use super::texts::with_texts;
use super::unify::{Bound, is_fallible};
use crate::app::{FnId, Head, Mark, Ty, What};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, MacroId, PathId};

impl Eval<'_> {
    pub(super) fn macro_call(&mut self, expr: ExprId, call: MacroId) -> Ty {
        let app = self.app;
        let facts = app.facts(self.instance);
        let macro_call = facts.macro_call(call);
        let args = facts.tree.expr_run(macro_call.args);
        let Some(path) = app.macro_path(self.instance, self.module, call) else {
            return self.unknown_macro(args, facts.tree.expr_run(macro_call.captures));
        };
        let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
        if path.as_str().starts_with("std::debug_assert") {
            return Ty::UNIT;
        }
        if app.knowledge.plays(path, Role::Panic) {
            self.eval_all(args);
            self.reaches_panic(expr, name);
            return Ty::NEVER;
        }
        if app.knowledge.plays(path, Role::Assert) {
            return self.assertion(expr, name, args);
        }
        if app.knowledge.plays(path, Role::Bail) {
            self.unknown_macro(args, facts.tree.expr_run(macro_call.captures));
            return self.bails(expr, args);
        }
        let mode = self.mode_of(path, None);
        let fact = app.knowledge.calls(path).iter().find(|fact| takes(fact.args.as_deref(), args.len()));
        let mut bound = Bound::default();
        let told = self.told.len();
        let patterns = fact.and_then(|fact| fact.args.as_deref());
        let mut arguments = self.arguments(args, patterns, &mut bound, mode, OnFailure::default());
        // `"{error}"`
        let captures = facts.tree.expr_run(macro_call.captures);
        arguments.types.extend(captures.iter().map(|capture| self.eval(*capture)).collect::<Vec<_>>());
        if self.reports(path) {
            arguments.types.iter().for_each(|ty| self.tell(ty));
            return Ty::UNIT;
        }
        let makes_text = app.knowledge.plays(path, Role::Format);
        let texts = makes_text.then(|| self.printed_by_macro(expr, args, captures, &arguments.types));
        match fact {
            Some(fact) => {
                let ty = self.outcome(expr, &fact.returns, &bound, &arguments, Some(fact));
                let ty = self.query_of(ty, path, fact, args);
                if let (true, Some(tried)) = (fact.returns.tries, arguments.types.first()) {
                    self.leave(expr, tried);
                    return ty;
                }
                let ty = self.after_known(ty, &Ty::UNKNOWN, &arguments.types, told);
                texts.map_or(ty.clone(), |texts| with_texts(ty, &texts))
            }
            None if name.as_str() == "cfg!" => bool_type(),
            None => {
                let held = arguments.types.iter().flat_map(super::errors::held).collect::<Vec<_>>();
                arguments.types.iter().for_each(|ty| self.tell(ty));
                // Whatever it is that is made of an error, it is none.
                let is_error = held.iter().any(|mark| is_failure(mark.what));
                let about = is_error.then(|| Mark::of(What::About));
                let ty = Ty::UNKNOWN.marked(&held).marked(about.as_slice());
                texts.map_or(ty.clone(), |texts| with_texts(ty, &texts))
            }
        }
    }

    /// `bail!("no {name}")`: the function returns an error.
    fn bails(&mut self, expr: ExprId, args: &[ExprId]) -> Ty {
        args.iter().for_each(|arg| self.looks_at(*arg));
        let error = super::unify::awaited(self.app, &self.app.signature(self.within).returns()).arg(1).unmarked();
        let failed = Ty::external(crate::sym!("std::result::Result"), vec![Ty::UNKNOWN, error]);
        let failed = failed.marked(&self.failing_now());
        self.leave(expr, &failed)
    }

    /// A macro that panics is reached.
    fn reaches_panic(&mut self, expr: ExprId, name: Sym) {
        let failed = self.blamed_now();
        self.record_macro_panic(expr, Panicking::Macro(name), failed.clone());
        let reached = (Cause::Reached, Input::default());
        self.record_hazard(self.at(self.span(expr)), Panicking::Macro(name), reached, (failed, Ty::UNKNOWN));
    }

    /// Whether a macro reports what it is given. What it says may be the same whatever has failed.
    fn reports(&mut self, path: Sym) -> bool {
        let is_report = self.app.knowledge.plays(path, Role::Report);
        let is_printed = matches!(path.as_str(), "std::println!" | "std::eprintln!");
        self.reports += usize::from(is_report || is_printed);
        is_report
    }

    fn eval_all(&mut self, args: &[ExprId]) {
        for &arg in args {
            self.eval(arg);
        }
    }

    /// A macro that nothing is known of: what could be read of it may run.
    fn unknown_macro(&mut self, args: &[ExprId], captures: &[ExprId]) -> Ty {
        for &arg in args.iter().chain(captures) {
            let ty = self.eval(arg);
            self.tell(&ty);
        }
        Ty::UNKNOWN
    }

    /// `assert!(result.is_ok())`
    fn assertion(&mut self, expr: ExprId, name: Sym, args: &[ExprId]) -> Ty {
        self.eval_all(args);
        if let Some(&cond) = args.first() {
            let marks = self.failure(cond, false);
            self.decides(cond);
            args.iter().for_each(|arg| self.looks_at(*arg));
            self.record_macro_panic(expr, Panicking::Assertion(name), marks);
            let checks = self.checks(cond, true);
            self.env.learn(checks);
        }
        Ty::UNIT
    }

    fn record_macro_panic(&mut self, expr: ExprId, how: Panicking, marks: Vec<crate::app::Mark>) {
        if self.records() {
            let at = self.at(self.span(expr));
            let (mode, error, inside) = (self.mode, Ty::UNKNOWN, self.inside);
            self.facts.panics.push(Panic { at, how, marks, mode, error, column: None, inside });
        }
    }

    /// Takes note of a `?` on something of which nothing is known: whichever conversion there is may be applied.
    pub(super) fn converts_unknown(&mut self) {
        let returns = super::unify::awaited(self.app, &self.app.signature(self.within).returns());
        if let Head::Adt(adt) = returns.arg(1).head
            && self.records()
            && !self.facts.converted.contains(&adt)
        {
            self.facts.converted.push(adt);
        }
    }

    /// The argument of `Err(error.into())` in the function itself.
    pub(super) fn returned_into(&self, constructor: PathId, args: &[ExprId]) -> Option<ExprId> {
        let [only] = args else { return None };
        let ExprKind::Method { call, .. } = self.tree().expr(*only).kind else { return None };
        let method = self.tree().methods[call as usize];
        let is_into = method.name == crate::sym!("into") && method.args.len == 0;
        let is_returned = self.inside == Inside::Function && self.is_success(constructor) == Some(false);
        (is_into && is_returned).then_some(*only)
    }

    /// Whether the project converts just this error into the one that the function returns.
    pub(super) fn has_own_conversion(&self, error: &Ty) -> bool {
        let target = super::unify::awaited(self.app, &self.app.signature(self.within).returns()).arg(1);
        let Head::Adt(adt) = target.head else { return false };
        let is_written = || self.conversion(&target, |from| is_from(from, error)).is_some();
        target.head != error.head && (is_written() || self.app.from_variant(adt, error.head).is_some())
    }

    /// The error that `?` makes of the one it meets: a `From` of the project is applied where there is one.
    pub(super) fn convert_error(&mut self, expr: ExprId, error: &Ty) -> Ty {
        let returns = super::unify::awaited(self.app, &self.app.signature(self.within).returns());
        let target = returns.arg(1).unmarked();
        if !is_fallible(self.app, &returns) || target.head == error.head {
            return error.clone();
        }
        let Head::Adt(adt) = target.head else {
            // `impl From<Error> for StatusCode`
            let own = matches!((target.head, error.head), (Head::External(_), Head::Adt(_)));
            let targets = own.then(|| self.conversion(&target, |from| is_from(from, error))).flatten();
            return match targets {
                Some(targets) => self.converted(expr, targets, error),
                None => self.answered_by_type(&target, error),
            };
        };
        if error.is_unknown() {
            self.converts_unknown();
            return target.marked(error.marks());
        }
        let exact = self.conversion(&target, |from| is_from(from, error));
        if exact.is_none()
            && let Some(variant) = self.app.from_variant(adt, error.head)
        {
            return self.made(adt, variant, target.args().to_vec(), std::slice::from_ref(error));
        }
        match exact.or_else(|| self.conversion(&target, |from| matches!(from.head, Head::Param(_)))) {
            Some(targets) => self.converted(expr, targets, error),
            // Not what the function returns, but what the closure does.
            None if self.inside == Inside::Closure => error.clone(),
            None => target.marked(error.marks()),
        }
    }

    /// An error in a type of another crate that has a status whatever is in it: `Debug<E>`.
    fn answered_by_type(&self, target: &Ty, error: &Ty) -> Ty {
        match target.external_path().and_then(|path| self.app.knowledge.status(path)) {
            Some((code, _)) => target.clone().marked(error.marks()).marked(&[Mark::of(What::Status(code))]),
            None => error.clone(),
        }
    }

    /// `Error::from` of a type with several `From` impls: those that fit what is converted.
    /// `None` where the function is no `from`; none of them where a derive makes the conversion.
    pub(super) fn conversions_named(&self, id: FnId, given: Option<&Ty>) -> Option<Vec<FnId>> {
        let crate::app::FnOwner::Impl(owner) = self.app.functions[id.index()].owner else { return None };
        if !self.is_conversion(id) {
            return None;
        }
        let self_ty = &self.app.impl_info(owner).self_ty;
        let given = given.filter(|given| !given.is_unknown())?;
        let fitting = self.conversion(self_ty, |from| is_from(from, given));
        let fitting = fitting.or_else(|| self.conversion(self_ty, |from| matches!(from.head, Head::Param(_))));
        Some(fitting.unwrap_or_default())
    }

    /// Whether a function is the `from` of a `From` impl.
    pub(super) fn is_conversion(&self, id: FnId) -> bool {
        let crate::app::FnOwner::Impl(owner) = self.app.functions[id.index()].owner else { return false };
        let of = self.app.impl_info(owner).trait_ty.as_ref();
        of.is_some_and(|ty| ty.is_external(crate::sym!("std::convert::From")))
    }

    /// The project's `From` for a type and what it converts from.
    pub(super) fn conversion(&self, target: &Ty, fits: impl Fn(&Ty) -> bool) -> Option<Vec<FnId>> {
        let impls = self.app.external_impls(crate::sym!("std::convert::From")).iter();
        let mut fitting = impls.filter(|id| {
            let info = self.app.impl_info(**id);
            info.self_ty.head == target.head && info.trait_ty.as_ref().is_some_and(|ty| fits(&ty.arg(0)))
        });
        let first = fitting.next()?;
        // Of tuples not everything may be known: it can be any of those that fit.
        let of_tuples = self.app.impl_info(*first).trait_ty.as_ref().is_some_and(|ty| ty.arg(0).head == Head::Tuple);
        let others = fitting.filter(|_| of_tuples);
        Some([first].into_iter().chain(others).flat_map(|id| self.app.impls[id.index()].functions.clone()).collect())
    }

    /// What a function of the project yields where it is declared as one of the project's types and its body is a value of
    /// another type: `(code, text).into()`.
    pub(super) fn tuple_as_declared(&mut self, body: ExprId, declared: &Ty, value: Ty) -> Ty {
        if !matches!(declared.head, Head::Adt(_)) || value.head != Head::Tuple {
            return value;
        }
        match self.conversion(declared, |from| is_from(from, &value)) {
            Some(targets) => self.converted(body, targets, &value),
            None => value,
        }
    }

    fn converted(&mut self, expr: ExprId, targets: Vec<FnId>, error: &Ty) -> Ty {
        let types = [error.clone()];
        let mut result = Ty::NEVER;
        for &target in &targets {
            let returns = self.summaries.returns(self.app, target);
            result = result.join(&self.filled(expr, target, &returns, &types));
            self.told_by(target, &types);
        }
        if self.records() {
            let at = self.at(self.span(expr));
            let arguments = super::parts::argument_nodes(self.app, &targets, &types);
            self.facts.calls.push(Call {
                at,
                targets,
                mode: self.mode,
                arguments,
                kept: false,
                keys: Vec::new(),
                by_others: false,
            });
        }
        result
    }
}

/// Whether a conversion is from values of a type.
pub(super) fn is_from(from: &Ty, given: &Ty) -> bool {
    let fits = |from: &Ty, given: &Ty| {
        let is_open = |ty: &Ty| matches!(ty.head, Head::Param(_) | Head::Unknown);
        is_open(from) || is_open(given) || from.head == given.head
    };
    let is_same =
        |parts: &[Ty]| parts.len() == given.args().len() && parts.iter().zip(given.args()).all(|(a, b)| fits(a, b));
    from.head == given.head && (from.head != Head::Tuple || is_same(from.args()))
}
