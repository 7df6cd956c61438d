//! Calls of functions: of the project, of other crates, of closures.

use super::eval::Eval;
use super::facts::{Call, EnvRead, Mode, Query, Reader, Variable};
use super::summary::{argument_nodes, fill_arguments};
use super::unify::{Bound, Inputs, Outcome, is_fallible, matches};
use crate::app::{AdtId, Def, FnId, Head, Mark, Ty};
use crate::knowledge::{CallFact, Pattern, Returns, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, PathId};

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
    /// A path as a value.
    pub(super) fn path(&mut self, expr: ExprId, path: PathId) -> Ty {
        let tree = self.tree();
        if let Some(name) = tree.single_name(path)
            && let Some(index) = self.env.find(name)
        {
            return self.env.locals[index].ty.clone();
        }
        match self.resolve(path) {
            Some(Def::Fn(id)) => Ty::new(Head::FnItem(id)),
            Some(Def::Value(id)) => self.app.value_type(id).clone(),
            Some(Def::Variant(adt, _) | Def::Adt(adt)) => Ty::new(Head::Adt(adt)),
            Some(Def::External(path)) => {
                let constant = self.app.knowledge.calls(path).iter().find(|fact| fact.args.is_none());
                match constant {
                    Some(fact) => self.outcome(expr, &fact.returns, &Bound::default(), &Arguments::default(), None),
                    None => Ty::external(path, Vec::new()),
                }
            }
            _ => Ty::UNKNOWN,
        }
    }

    fn resolve(&self, path: PathId) -> Option<Def> {
        self.app.resolve_value(self.within, self.instance, self.module, path)
    }

    /// The type that a path in a struct expression or pattern names.
    pub(super) fn type_of_path(&self, path: PathId) -> Ty {
        self.app.type_scope_at(self.within, self.instance, self.module).type_of_path(path)
    }

    pub(super) fn call(&mut self, expr: ExprId, callee: ExprId, args: &[ExprId]) -> Ty {
        let tree = self.tree();
        let ExprKind::Path(path) = tree.expr(callee).kind else {
            let called = self.eval(callee);
            return self.call_value(expr, &called, args);
        };
        let local = tree.single_name(path).and_then(|name| self.env.find(name));
        if let Some(index) = local {
            let called = self.env.locals[index].ty.clone();
            return self.call_value(expr, &called, args);
        }
        match self.resolve(path) {
            Some(Def::Fn(id)) => {
                let targets = self.targets_of(id);
                let given = self.turbofish(path);
                self.call_own(expr, &targets, None, &given, args)
            }
            Some(Def::Adt(adt)) => self.construct(adt, 0, args),
            Some(Def::Variant(adt, variant)) => self.construct(adt, variant as usize, args),
            Some(Def::External(external)) => {
                let given = self.turbofish(path);
                self.call_known(expr, external, &given, args)
            }
            _ => {
                self.arguments(args, None, &mut Bound::default(), self.mode, &[]);
                Ty::UNKNOWN
            }
        }
    }

    /// The types given to a call with `::<…>`.
    fn turbofish(&self, path: PathId) -> Vec<Ty> {
        let scope = self.app.type_scope_at(self.within, self.instance, self.module);
        let segments = self.tree().segments_of(path);
        segments.last().map(|last| scope.generic_args(last, 0)).unwrap_or_default()
    }

    /// A function of a trait stands for that function in every impl.
    fn targets_of(&self, id: FnId) -> Vec<FnId> {
        let def = &self.app.functions[id.index()];
        match def.owner {
            crate::app::FnOwner::Trait(owner) => {
                let found = self.app.methods(&Ty::new(Head::Trait(owner)), def.name);
                if found.is_empty() { vec![id] } else { found }
            }
            _ => vec![id],
        }
    }

    /// Calls what an expression yields: a closure, or a function passed as a value.
    pub(super) fn call_value(&mut self, expr: ExprId, called: &Ty, args: &[ExprId]) -> Ty {
        match called.head {
            Head::FnItem(id) => {
                let targets = self.targets_of(id);
                self.call_own(expr, &targets, None, &[], args)
            }
            Head::External(path) => self.call_known(expr, path, &[], args),
            Head::Closure(..) | Head::Fn => {
                self.arguments(args, None, &mut Bound::default(), self.mode, &[]);
                called.args().last().cloned().unwrap_or(Ty::UNKNOWN)
            }
            _ => {
                self.arguments(args, None, &mut Bound::default(), self.mode, &[]);
                Ty::UNKNOWN
            }
        }
    }

    /// `Struct(a, b)`, `Enum::Variant(a)`
    fn construct(&mut self, adt: AdtId, variant: usize, args: &[ExprId]) -> Ty {
        let given = self.arguments(args, None, &mut Bound::default(), self.mode, &[]);
        let fields = self.app.fields(adt).get(variant).map(Vec::as_slice).unwrap_or_default();
        let mut bound = Vec::new();
        for ((_, declared), given) in fields.iter().zip(&given.types) {
            bind_params(declared, given, &mut bound);
        }
        let params = self.app.adt_params(adt);
        Ty::with(
            Head::Adt(adt),
            params.into_iter().map(|param| Ty::new(Head::Param(param)).substitute(&bound)).collect(),
        )
    }

    /// A call of functions of the project, any of which it can be.
    pub(super) fn call_own(
        &mut self,
        expr: ExprId,
        targets: &[FnId],
        receiver: Option<&Ty>,
        given: &[Ty],
        args: &[ExprId],
    ) -> Ty {
        let Some(&first) = targets.first() else { return Ty::UNKNOWN };
        let signature = self.app.signature(first);
        let mut bound: Vec<(Sym, Ty)> = Vec::new();
        if let (Some(self_ty), Some(receiver)) = (&signature.receiver, receiver) {
            bind_params(self_ty, receiver, &mut bound);
        }
        let own = signature.generics.len().saturating_sub(given.len());
        for ((name, _), ty) in signature.generics[own..].iter().zip(given) {
            bound.push((*name, ty.clone()));
        }
        let mut declared: Vec<Ty> = signature.params.clone();
        // `Type::method(value, …)`: the receiver is the first argument.
        if receiver.is_none()
            && let Some(self_ty) = &signature.receiver
        {
            declared.insert(0, self_ty.clone());
        }
        let mut types: Vec<Ty> = receiver.into_iter().cloned().collect();
        for (index, &arg) in args.iter().enumerate() {
            let wanted = declared.get(index).cloned().unwrap_or(Ty::UNKNOWN);
            let ty = self.own_argument(arg, &wanted, &signature.generics, &bound);
            bind_params(&wanted, &ty, &mut bound);
            types.push(ty);
        }
        self.record_call(expr, targets, &types, args, receiver.is_some());
        let mut result = Ty::NEVER;
        for &target in targets {
            let returns = self.summaries.returns(self.app, target).substitute(&bound);
            let receiver_and_params = self.app.signature(target);
            result = result.join(&fill_arguments(self.app, &returns, receiver_and_params, &types));
        }
        // A function that answers a failure with a result of its own says nothing about whether that one failed.
        if result.head == Head::Never { Ty::UNKNOWN } else { result }
    }

    /// An argument of one of the project's functions; a closure learns its parameters from the declared type.
    fn own_argument(&mut self, arg: ExprId, wanted: &Ty, generics: &[(Sym, Ty)], bound: &[(Sym, Ty)]) -> Ty {
        let ExprKind::Closure(index) = self.tree().expr(arg).kind else { return self.eval(arg) };
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
        self.closure(arg, index, &params, self.mode)
    }

    fn record_call(&mut self, expr: ExprId, targets: &[FnId], types: &[Ty], args: &[ExprId], has_receiver: bool) {
        if !self.records() {
            return;
        }
        let at = self.at(self.span(expr));
        let arguments = argument_nodes(self.app, targets, types);
        self.facts.calls.push(Call { at, targets: targets.to_vec(), mode: self.mode, arguments });
        for &target in targets {
            if let Some(argument) = self.summaries.env_argument(target) {
                let index = (argument as usize).checked_sub(usize::from(has_receiver));
                let variable =
                    index.and_then(|index| args.get(index)).map_or(Variable::Unnamed, |arg| self.variable(*arg));
                self.record_env(expr, variable, Reader::Own(target));
            }
        }
    }

    /// A call of a function of another crate.
    pub(super) fn call_known(&mut self, expr: ExprId, path: Sym, given: &[Ty], args: &[ExprId]) -> Ty {
        let app = self.app;
        let fact = app.knowledge.calls(path).iter().find(|fact| takes(fact.args.as_deref(), args.len()));
        let mode = self.mode_of(path, None);
        let reads_env = app.knowledge.plays(path, Role::Env);
        if reads_env {
            let variable = args.first().map_or(Variable::Unnamed, |arg| self.variable(*arg));
            self.record_env(expr, variable, Reader::Known(path));
        }
        let mut bound = Bound::default();
        if let Some(fact) = fact {
            bind_given(&fact.generics, given, &mut bound);
        }
        let queries = self.facts.queries.len();
        let patterns = fact.and_then(|fact| fact.args.as_deref());
        let arguments = self.arguments(args, patterns, &mut bound, mode, &[]);
        match fact {
            Some(fact) => {
                let ty = self.outcome(expr, &fact.returns, &bound, &arguments, Some(fact));
                let ty =
                    if reads_env && is_fallible(app, &ty) { ty.marked(&[Mark::Unset(self.site(expr))]) } else { ty };
                if mode > self.mode { self.around(ty, queries) } else { ty }
            }
            None => constructed(path),
        }
    }

    /// The handle of work on another thread fails when the work panics: what can fail in it are its queries.
    pub(super) fn around(&self, ty: Ty, queries_before: usize) -> Ty {
        if !is_fallible(self.app, &ty) {
            return ty;
        }
        let inner: Vec<Mark> = ty.arg(0).marks().to_vec();
        let own = self.facts.queries[queries_before..].iter().map(|(site, _)| Mark::QueryFailed(*site));
        let own: Vec<Mark> = own.take(1).collect();
        ty.marked(&inner).marked(&own)
    }

    /// How the closures given to a call run.
    pub(super) fn mode_of(&self, name: Sym, receiver: Option<&Ty>) -> Mode {
        let mut mode = self.mode;
        for fact in self.app.knowledge.roles(name) {
            let fits = match (&fact.receiver, receiver) {
                (None, None) => true,
                (Some(pattern), Some(ty)) => matches(pattern, ty, &mut Bound::default(), false),
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
        failed: &[Mark],
    ) -> Arguments {
        let mut result = Arguments::default();
        let mut pattern = &Pattern::Any;
        for (index, &arg) in args.iter().enumerate() {
            match patterns.and_then(|patterns| patterns.get(index)) {
                Some(Pattern::Rest) | None => {}
                Some(own) => pattern = own,
            }
            let ty = self.argument(arg, pattern, bound, mode, failed);
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
                    matches(pattern, &ty, bound, true);
                    result.inputs.add(self.app, pattern, &ty);
                    result.replaces_failure |= matches!(pattern, Pattern::Instead(_));
                }
            }
            result.types.push(ty);
        }
        result
    }

    fn argument(&mut self, arg: ExprId, pattern: &Pattern, bound: &Bound, mode: Mode, failed: &[Mark]) -> Ty {
        let (params, on_failure) = match pattern {
            Pattern::Fn { params, on_failure, .. } => (params.as_slice(), *on_failure),
            _ => (&[][..], false),
        };
        let outcome = Outcome { app: self.app, bound, inputs: None, query: None, arguments: &[] };
        let params: Vec<Ty> = params.iter().map(|param| outcome.build(param)).collect();
        // The error that a closure for failures is given is that of the query that failed.
        let params: Vec<Ty> =
            if on_failure { params.into_iter().map(|ty| ty.marked(failed)).collect() } else { params };
        if on_failure {
            self.push_failure(failed);
        }
        let ty = match self.tree().expr(arg).kind {
            ExprKind::Closure(index) => self.closure(arg, index, &params, mode),
            ExprKind::Block(_) if mode != self.mode => {
                let outer = std::mem::replace(&mut self.mode, mode);
                let ty = self.eval(arg);
                self.mode = outer;
                ty
            }
            _ => {
                let outer = std::mem::replace(&mut self.mode, mode);
                let ty = self.eval(arg);
                let called = if matches!(pattern, Pattern::Fn { .. }) { self.call_with(arg, &ty, &params) } else { ty };
                self.mode = outer;
                called
            }
        };
        if on_failure {
            self.failing.pop();
        }
        ty
    }

    /// Calls a function that is passed by name with arguments of these types: as if it were `|a| function(a)`.
    fn call_with(&mut self, arg: ExprId, called: &Ty, params: &[Ty]) -> Ty {
        let yielded = match called.head {
            Head::FnItem(id) => {
                let targets = self.targets_of(id);
                if self.records() {
                    let at = self.at(self.span(arg));
                    let arguments = argument_nodes(self.app, &targets, params);
                    self.facts.calls.push(Call { at, targets: targets.clone(), mode: self.mode, arguments });
                }
                let mut result = Ty::NEVER;
                for target in targets {
                    let returns = self.summaries.returns(self.app, target);
                    result = result.join(&fill_arguments(self.app, &returns, self.app.signature(target), params));
                }
                result
            }
            Head::External(path) => {
                let fact = self.app.knowledge.calls(path).iter().find(|fact| takes(fact.args.as_deref(), params.len()));
                match fact {
                    Some(fact) => {
                        let mut bound = Bound::default();
                        for (pattern, ty) in fact.args.iter().flatten().zip(params) {
                            matches(pattern, ty, &mut bound, true);
                        }
                        self.outcome(arg, &fact.returns, &bound, &Arguments::default(), None)
                    }
                    None => Ty::UNKNOWN,
                }
            }
            Head::Adt(_) => called.clone(),
            _ => return called.clone(),
        };
        Ty::with(Head::Fn, vec![yielded])
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
        if let (Some(site), Some(fact)) = (query, fact) {
            self.record_query(site, fact.library, expr);
        }
        let outcome = Outcome { app: self.app, bound, inputs: None, query, arguments: &arguments.types };
        let ty = outcome.build(&returns.ty);
        // `Err(…)` in answer to a failure is that failure.
        if returns.fails { ty.marked(&self.failing_now()) } else { ty }
    }

    pub(super) fn record_query(&mut self, site: crate::app::Site, library: crate::knowledge::LibraryId, expr: ExprId) {
        let at = self.at(self.span(expr));
        if !self.facts.queries.iter().any(|(known, _)| *known == site) {
            self.facts.queries.push((site, Query { library, at }));
        }
    }

    pub(super) fn record_env(&mut self, expr: ExprId, variable: Variable, reader: Reader) {
        if self.records() {
            let (site, at, mode) = (self.site(expr), self.at(self.span(expr)), self.mode);
            self.facts.env_reads.push(EnvRead { site, at, variable, reader, mode });
        }
    }

    /// The variable that an argument names.
    pub(super) fn variable(&self, arg: ExprId) -> Variable {
        let tree = self.tree();
        match tree.expr(arg).kind {
            ExprKind::Literal(Literal::Str(name)) => Variable::Named(name),
            ExprKind::Ref(inner) => self.variable(inner),
            ExprKind::Method { receiver, .. } => match self.variable(receiver) {
                Variable::Argument(argument) => Variable::Argument(argument),
                _ => Variable::Unnamed,
            },
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                match local {
                    Some(index) => self.env.locals[index].argument.map_or(Variable::Unnamed, Variable::Argument),
                    None => self.constant_text(path).map_or(Variable::Unnamed, Variable::Named),
                }
            }
            _ => Variable::Unnamed,
        }
    }

    fn constant_text(&self, path: PathId) -> Option<Sym> {
        let Some(Def::Value(id)) = self.resolve(path) else { return None };
        let at = self.app.values[id.index()];
        match self.app.facts(at.instance).tree.expr(self.app.value(id).init?).kind {
            ExprKind::Literal(Literal::Str(name)) => Some(name),
            _ => None,
        }
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

/// Binds the type parameters in a declared type to the parts of an actual one.
pub(super) fn bind_params(declared: &Ty, actual: &Ty, bound: &mut Vec<(Sym, Ty)>) {
    if let Head::Param(name) = declared.head {
        if !actual.is_blank() && !bound.iter().any(|(param, _)| *param == name) {
            bound.push((name, actual.clone()));
        }
        return;
    }
    if declared.head == actual.head {
        for (declared, actual) in declared.args().iter().zip(actual.args()) {
            bind_params(declared, actual, bound);
        }
    } else if let (Head::Fn, Head::Closure(..)) = (declared.head, actual.head)
        && let (Some(declared), Some(actual)) = (declared.args().last(), actual.args().last())
    {
        bind_params(declared, actual, bound);
    }
}

/// `Type::new(…)` of a type about which nothing else is known is most likely of that type.
fn constructed(path: Sym) -> Ty {
    let Some((ty, name)) = path.as_str().rsplit_once("::") else { return Ty::UNKNOWN };
    let of_type = ty.rsplit("::").next().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_uppercase()));
    match of_type && matches!(name, "new" | "default" | "from" | "builder") {
        true => Ty::external(Sym::from(ty), Vec::new()),
        false => Ty::UNKNOWN,
    }
}
