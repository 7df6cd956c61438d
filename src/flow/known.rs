//! Calls of functions of other crates, as knowledge describes them.

use super::eval::Eval;
use super::facts::{Call, Losing, Mode, Reader, Variable};
use super::losses::Risk;
use super::unify::{Bound, Inputs, Outcome, is_fallible, matches};
use crate::app::{Head, Mark, Ty, What};
use crate::knowledge::{CallFact, Pattern, Reason, Returns, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

/// What closures that run when something has failed run in answer to.
#[derive(Clone, Copy, Default)]
pub(super) struct OnFailure<'m> {
    pub(super) marks: &'m [Mark],
    /// How the error gets lost if they do nothing with it.
    pub(super) risk: Option<Risk>,
}

/// The arguments of a call, evaluated.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) types: Vec<Ty>,
    /// What went in with them and with the results of closures among them.
    pub(super) inputs: Inputs,
    /// Whether a closure stands in for a receiver that has failed.
    pub(super) replaces_failure: bool,
}

impl<'a> Eval<'a> {
    /// A call of a function of another crate.
    pub(super) fn call_known(&mut self, expr: ExprId, path: Sym, given: &[Ty], args: &[ExprId]) -> Ty {
        let app = self.app;
        let mut facts = app.knowledge.calls(path).iter();
        let fact = facts.find(|fact| takes(fact.args.as_deref(), args.len()) && self.in_use(fact));
        if fact.is_none()
            && let Some(ty) = self.method_as_function(expr, path, given, args)
        {
            return ty;
        }
        let mode = self.mode_of(path, None);
        self.may_trust(app.knowledge.plays(path, Role::Trusted));
        let reads_env = app.knowledge.plays(path, Role::Env);
        if reads_env {
            let variable = args.first().map_or(Variable::Unnamed, |arg| self.variable(*arg));
            self.record_env(expr, variable, Reader::Known(path));
        }
        let mut bound = Bound::default();
        if let Some(fact) = fact {
            bind_given(&fact.generics, given, &mut bound);
        }
        if let ("std::mem::drop", [only]) = (path.as_str(), args) {
            let ty = self.eval(*only);
            self.thrown_away(
                *only,
                &ty,
                Risk { at: self.at(self.span(expr)), how: Losing::Dropped, kept: None, instead: false },
            );
            return Ty::UNIT;
        }
        let queries = self.facts.queries.len();
        let patterns = fact.and_then(|fact| fact.args.as_deref());
        let told = self.told.len();
        let arguments = self.arguments(args, patterns, &mut bound, mode, OnFailure::default());
        self.builds_by_path(expr, path, args);
        self.blocks_by_path(expr, path, fact);
        match fact {
            Some(fact) => {
                if fact.returns.panics {
                    self.record_panicking_call(expr, path, &fact.returns, &arguments.types);
                }
                self.run(expr, &fact.returns, &mut bound, mode);
                let ty = self.outcome(expr, &fact.returns, &bound, &arguments, Some(fact));
                let ty = if fact.returns.fails { self.failed_with(ty, path, &arguments.types) } else { ty };
                let ty = self.query_of(ty, path, fact, args);
                // `HttpResponse::build(StatusCode::NOT_FOUND)`
                let is_response = matches!(ty.head, Head::External(path) if app.knowledge.is_status(path));
                let ty = if is_response { self.with_status_of(ty, &arguments.types) } else { ty };
                self.may_be_null(expr, path, None, args.first().copied(), arguments.types.first());
                let ty = if reads_env && is_fallible(app, &ty) {
                    ty.marked(&[Mark::of(What::Unset(self.site(expr)))])
                } else {
                    ty
                };
                let ty = self.after_known(ty, &Ty::UNKNOWN, &arguments.types, told);
                if mode > self.mode && fact.returns.is_handle() { self.around(expr, path, ty, queries) } else { ty }
            }
            None => {
                self.may_be_null(expr, path, None, args.first().copied(), arguments.types.first());
                self.unknown_call(expr, path, &arguments.types)
            }
        }
    }

    /// `Err(error)`
    fn failed_with(&mut self, ty: Ty, path: Sym, errors: &[Ty]) -> Ty {
        errors.iter().for_each(|error| self.fails_as(error));
        self.failed(ty, path)
    }

    /// A call of another crate that nothing is known of but perhaps the status of the response it makes.
    pub(super) fn unknown_call(&mut self, expr: ExprId, path: Sym, given: &[Ty]) -> Ty {
        let plays = |role: Role| self.app.knowledge.plays(path, role);
        if let ([error], true) = (given, plays(Role::AnswerError)) {
            return self.answered_as_error(expr, error.clone());
        }
        let (formats, responds) = (plays(Role::Format), plays(Role::Respond));
        let mut texts: Vec<Mark> =
            if formats { Vec::new() } else { given.iter().flat_map(|ty| self.texts_given(ty)).collect() };
        // `ErrorInternalServerError(error)` sends the text of what it is given.
        if formats || responds {
            texts.extend(given.iter().flat_map(|ty| self.printed(expr, ty, false)).collect::<Vec<_>>());
        }
        if plays(Role::Withhold) {
            texts.clear();
        }
        self.reports += usize::from(plays(Role::Report));
        if plays(Role::Send) {
            self.send(given);
        }
        if let Some((code, ty)) = self.app.knowledge.status(path) {
            // It holds what it is given.
            let response = Ty::external(ty, given.to_vec()).marked(&[Mark::of(What::Status(code))]);
            return self.with_status_of(response, given).marked(&texts);
        }
        given.iter().for_each(|ty| self.may_tell(ty));
        let made = match self.app.knowledge.response(path, None) {
            // `Html(text)`
            Some(_) => Ty::external(path, given.to_vec()),
            None => constructed(path),
        };
        let made = self.with_status_of(made, given).marked(&texts);
        if plays(Role::Aggregate) { made.marked(&[Mark::of(What::Certain)]) } else { made }
    }

    /// `StreamExt::next(&mut rows)`, `Result::unwrap(result)`: a method called by its path.
    fn method_as_function(&mut self, expr: ExprId, path: Sym, given: &[Ty], args: &[ExprId]) -> Option<Ty> {
        let name = Sym::from(path.as_str().rsplit_once("::")?.1);
        let (&receiver, args) = args.split_first()?;
        if self.app.knowledge.methods(name).is_empty() {
            return None;
        }
        let layers = self.layers(&self.peek(receiver));
        let known = |layer: &Ty| Some((layer.clone(), self.known_method(layer, name, args.len(), given)?));
        let (layer, (fact, bound)) = layers.iter().find_map(known)?;
        let evaluated = self.eval(receiver);
        let layer = self.layers(&evaluated).into_iter().find(|it| it.head == layer.head).unwrap_or(layer);
        Some(self.call_known_method(expr, receiver, &layer, name, fact, bound, args))
    }

    /// Code of the project that a call stands for: the resolvers of a schema, an actor's handler of a message.
    pub(super) fn run(&mut self, expr: ExprId, returns: &Returns, bound: &mut Bound, mode: Mode) {
        if returns.runs.is_empty() {
            return;
        }
        let (message, receiver) = (bound.get(crate::sym!("M")), bound.get(crate::sym!("A")));
        let targets = self.app.run_by(self.krate(), &returns.runs, &message, &receiver);
        let mut yielded = Ty::NEVER;
        for &target in &targets {
            let returns = self.summaries.returns(self.app, target);
            let returns = self.filled(expr, target, &returns, &[]);
            yielded = yielded.join(&super::unify::awaited(self.app, &returns));
        }
        if self.records() && !targets.is_empty() {
            let at = self.at(self.span(expr));
            self.facts.calls.push(Call {
                at,
                targets,
                mode,
                arguments: Vec::new(),
                kept: false,
                keys: Vec::new(),
                by_others: true,
            });
        }
        // The resolvers of a schema, whose results are the answer.
        if !super::losses::mentions(&returns.ty, crate::sym!("R")) {
            self.send(std::slice::from_ref(&yielded));
        }
        bound.bind(crate::sym!("R"), if yielded.head == Head::Never { Ty::UNKNOWN } else { yielded });
    }

    /// The handle of work on another thread fails when the work panics: what can fail in it are its queries.
    pub(super) fn around(&mut self, expr: ExprId, name: Sym, ty: Ty, queries_before: usize) -> Ty {
        if !is_fallible(self.app, &ty) {
            return ty;
        }
        let yielded = ty.arg(0);
        let inner = yielded.marks().iter().filter_map(|mark| match mark.what {
            What::QueryFailed(site) => Some(Mark { what: What::TaskFailed(site), ..*mark }),
            _ => None,
        });
        let own = self.facts.queries[queries_before..].iter().map(|(site, _)| Mark::of(What::TaskFailed(*site)));
        let mut marks: Vec<Mark> = inner.chain(own.take(1)).collect();
        if marks.is_empty() {
            let site = self.record_operation(expr, None, Reason::Inside, false);
            marks.push(Mark::of(What::CallFailed(site)));
        }
        // There is nothing in its error that could get lost.
        if self.app.knowledge.plays(name, Role::SaysNothing) && ty.arg(1).args().is_empty() {
            marks.iter_mut().for_each(|mark| *mark = mark.dealt_with());
        }
        ty.marked(&marks)
    }

    /// How the closures given to a call run.
    pub(super) fn mode_of(&self, name: Sym, receiver: Option<&Ty>) -> Mode {
        let mut mode = self.mode;
        for fact in self.app.knowledge.roles(name) {
            let fits = match (&fact.receiver, receiver) {
                (None, None) => true,
                (Some(pattern), Some(ty)) => {
                    matches(pattern, ty, &mut Bound::default(), false) || self.acts_as(ty, pattern)
                }
                _ => false,
            };
            if fits {
                mode = mode.max(match fact.role {
                    Role::Offload => Mode::Offloaded,
                    Role::Detach => Mode::Detached,
                    Role::Stream => Mode::Stream,
                    Role::Once => Mode::Once,
                    _ => Mode::Direct,
                });
            }
        }
        mode
    }

    /// Evaluates arguments; closures get their parameters from the patterns and run in `mode`. `failed` is what a
    /// closure for failures runs in answer to.
    pub(super) fn arguments(
        &mut self,
        args: &[ExprId],
        patterns: Option<&[Pattern]>,
        bound: &mut Bound,
        mode: Mode,
        on_failure: OnFailure<'_>,
    ) -> Arguments {
        let mut result = Arguments::default();
        let mut pattern = &Pattern::Any;
        for (index, &arg) in args.iter().enumerate() {
            match patterns.and_then(|patterns| patterns.get(index)) {
                Some(Pattern::Rest) | None => {}
                Some(own) => pattern = own,
            }
            let ty = self.argument(arg, pattern, bound, mode, on_failure);
            match pattern {
                Pattern::Fn { ret, on_failure, .. } => {
                    let yielded = self.yielded(&ty);
                    if let Some(ret) = ret {
                        let yielded = match **ret {
                            Pattern::Named(path, _) if path != crate::app::future_path() => {
                                super::unify::awaited(self.app, &yielded)
                            }
                            _ => yielded,
                        };
                        matches(ret, &yielded, bound, true);
                        result.inputs.add(self.app, ret, &yielded);
                        result.replaces_failure |= *on_failure && matches!(**ret, Pattern::Named(..));
                    }
                }
                _ => {
                    self.counts(&ty);
                    matches(pattern, &ty, bound, true);
                    result.inputs.add(self.app, pattern, &ty);
                    result.replaces_failure |= matches!(pattern, Pattern::Instead(_));
                }
            }
            result.types.push(ty);
        }
        result
    }

    fn argument(&mut self, arg: ExprId, pattern: &Pattern, bound: &Bound, mode: Mode, answering: OnFailure<'_>) -> Ty {
        let failed = answering.marks;
        let (params, on_failure) = match pattern {
            Pattern::Fn { params, on_failure, .. } => (params.as_slice(), *on_failure),
            _ => (&[][..], false),
        };
        let outcome = Outcome { app: self.app, bound, inputs: None, query: None, operation: None, arguments: &[] };
        let params: Vec<Ty> = params.iter().map(|param| outcome.build(param)).collect();
        // The error that a closure for failures is given is that of the query that failed.
        let params: Vec<Ty> =
            if on_failure { params.into_iter().map(|ty| ty.marked(failed)).collect() } else { params };
        if !on_failure {
            return self.argument_value(arg, pattern, &params, mode);
        }
        self.answer(failed, answering.risk, |eval| {
            eval.push_failure(failed);
            let ty = eval.argument_value(arg, pattern, &params, mode);
            eval.failing.pop();
            ty
        })
    }

    fn argument_value(&mut self, arg: ExprId, pattern: &Pattern, params: &[Ty], mode: Mode) -> Ty {
        match self.tree().expr(arg).kind {
            ExprKind::Closure(index) => self.closure(arg, index, params, mode),
            ExprKind::Block(_) if mode != self.mode => {
                let outer = std::mem::replace(&mut self.mode, mode);
                let ty = self.eval(arg);
                self.mode = outer;
                ty
            }
            _ => {
                self.runs_elsewhere(arg, mode);
                let outer = std::mem::replace(&mut self.mode, mode);
                let ty = self.eval(arg);
                let called = if matches!(pattern, Pattern::Fn { .. }) { self.call_with(arg, &ty, params) } else { ty };
                self.mode = outer;
                called
            }
        }
    }

    /// What calling a closure or function value yields.
    fn yielded(&self, ty: &Ty) -> Ty {
        match ty.head {
            Head::Closure(..) | Head::Fn => ty.args().last().cloned().unwrap_or(Ty::UNKNOWN),
            // `spawn(async { … })`: a future stands where a closure can.
            _ => super::unify::awaited(self.app, ty),
        }
    }

    /// What a call that knowledge describes yields.
    pub(super) fn outcome(
        &mut self,
        expr: ExprId,
        returns: &Returns,
        bound: &Bound,
        arguments: &Arguments,
        fact: Option<&CallFact>,
    ) -> Ty {
        let query = returns.query.then(|| self.site(expr));
        if let Some(fact) = fact {
            self.record_entry(fact.entry);
            if returns.query {
                self.record_query(fact.library, expr, returns);
            }
        }
        // A call that panics where it could fail yields something that has not failed.
        let query = query.filter(|_| !returns.panics);
        let operation = fact.and_then(|fact| self.operation(expr, fact.library, returns));
        let outcome = Outcome {
            app: self.app,
            bound,
            inputs: Some(&arguments.inputs),
            query,
            operation,
            arguments: &arguments.types,
        };
        let ty = outcome.build(&returns.ty);
        if returns.internal { ty.marked(&[Mark::of(What::Internal)]) } else { ty }
    }
}

/// Whether argument patterns are for calls with this many arguments.
pub(super) fn takes(patterns: Option<&[Pattern]>, arguments: usize) -> bool {
    match patterns {
        None => true,
        Some(patterns) if patterns.last() == Some(&Pattern::Rest) => arguments + 1 >= patterns.len(),
        Some(patterns) => patterns.len() == arguments,
    }
}

/// Binds type arguments given with `::<…>`; of fewer than there are variables the last ones.
pub(super) fn bind_given(patterns: &[Pattern], given: &[Ty], bound: &mut Bound) {
    let skipped = patterns.len().saturating_sub(given.len());
    for (pattern, ty) in patterns.iter().skip(skipped).zip(given) {
        if let Pattern::Var(name) = pattern {
            bound.bind(*name, ty.clone());
        }
    }
}

/// `Type::new(…)` of a type about which nothing else is known is most likely of that type.
pub(super) fn constructed(path: Sym) -> Ty {
    let Some((ty, name)) = path.as_str().rsplit_once("::") else { return Ty::UNKNOWN };
    let of_type = ty.rsplit("::").next().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_uppercase()));
    match of_type && matches!(name, "new" | "default" | "from" | "builder") {
        true => Ty::external(Sym::from(ty), Vec::new()),
        false => Ty::UNKNOWN,
    }
}
