//! Calls of functions: of the project, of other crates, of closures.

use super::eval::Eval;
use super::facts::Call;
use super::known::{Arguments, OnFailure};
use super::unify::{Bound, awaited};
use crate::app::{AdtId, Def, FnId, Head, Mark, Target, Ty, What};
use crate::knowledge::{MethodFact, Pattern};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, PathId};

/// Calls of functions for one variant are followed this deep.
const NESTED: u32 = 4;

impl<'a> Eval<'a> {
    /// A path as a value.
    pub(super) fn path(&mut self, expr: ExprId, path: PathId) -> Ty {
        let tree = self.tree();
        if let Some(name) = tree.single_name(path)
            && let Some(index) = self.env.find(name)
        {
            let ty = self.env.locals[index].ty.clone();
            self.looks_at_failure |= self.is_what_failed(&ty);
            self.counts(&ty);
            self.mentioned.extend(super::absence::absences(&ty));
            self.mentioned.extend(&self.env.locals[index].asks);
            return ty;
        }
        match self.resolve(path) {
            Some(Def::Fn(id)) => Ty::new(Head::FnItem(id)),
            Some(Def::Value(id)) => self.app.value_type(id).clone(),
            Some(Def::Variant(adt, variant)) => self.made(adt, variant as usize, Vec::new(), &[]),
            Some(Def::Adt(adt)) => Ty::new(Head::Adt(adt)),
            Some(Def::External(path)) => {
                let constant = self.app.knowledge.calls(path).iter().find(|fact| fact.args.is_none());
                match constant {
                    Some(fact) => {
                        let given = Arguments::default();
                        let ty = self.outcome(expr, &fact.returns, &Bound::default(), &given, Some(fact));
                        if super::unify::is_fallible(self.app, &ty) { self.says_no(ty) } else { ty }
                    }
                    // A constant of the type that it is in; what is of another type is a function.
                    None => match self.app.knowledge.status(path) {
                        Some((code, ty))
                            if path.as_str().rsplit_once("::").is_some_and(|(of, _)| of == ty.as_str()) =>
                        {
                            Ty::external(ty, Vec::new()).marked(&[Mark::of(What::Status(code))])
                        }
                        _ => Ty::external(path, Vec::new()),
                    },
                }
            }
            _ => Ty::UNKNOWN,
        }
    }

    pub(super) fn resolve(&self, path: PathId) -> Option<Def> {
        self.app.resolve_value(self.within, self.instance, self.module, path)
    }

    /// The crate that the body is in.
    pub(super) fn krate(&self) -> crate::app::CrateId {
        self.app.modules[self.module.index()].krate
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
            self.runs_elsewhere(callee, self.mode);
            return self.call_value(expr, &called, args);
        }
        match self.resolve(path) {
            Some(Def::Fn(id)) => {
                let targets = self.targets_named(path, id);
                let given = self.turbofish(path);
                self.call_own(expr, &targets, None, &given, args)
            }
            Some(Def::Adt(adt)) => self.construct(adt, 0, args),
            Some(Def::Variant(adt, variant)) => self.construct(adt, variant as usize, args),
            Some(Def::External(external)) => {
                let given = self.turbofish(path);
                self.becomes_error = self.returned_into(path, args);
                self.call_known(expr, external, &given, args)
            }
            _ => {
                let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
                if let Some(ty) = self.derived_function(callee, &given.types) {
                    return ty;
                }
                given.types.iter().for_each(|ty| self.may_tell(ty));
                self.provided_by_traits(expr, path);
                Ty::UNKNOWN
            }
        }
    }

    /// A function that a trait of another crate provides for a type: it calls those that the impl has.
    fn provided_by_traits(&mut self, expr: ExprId, path: PathId) {
        let Some(owner) = self.app.owner_of_path(self.within, self.instance, self.module, path) else { return };
        let Head::Adt(adt) = owner.head else { return };
        let targets = self.app.foreign_trait_functions(adt);
        if self.records() && !targets.is_empty() {
            let at = self.at(self.span(expr));
            self.facts.calls.push(Call::plain(at, targets, self.mode));
        }
    }

    /// The types given to a call with `::<…>`.
    pub(super) fn turbofish(&self, path: PathId) -> Vec<Ty> {
        let scope = self.app.type_scope_at(self.within, self.instance, self.module);
        let segments = self.tree().segments_of(path);
        segments.last().map(|last| scope.generic_args(last, 0)).unwrap_or_default()
    }

    /// A function of a trait stands for that function in every impl.
    pub(super) fn targets_of(&self, id: FnId) -> Vec<FnId> {
        let def = &self.app.functions[id.index()];
        match def.owner {
            crate::app::FnOwner::Trait(owner) => {
                let found = self.app.methods(self.krate(), &Ty::new(Head::Trait(owner)), def.name);
                if found.is_empty() { vec![id] } else { found }
            }
            _ => vec![id],
        }
    }

    /// The same of a function that a path names: of a type that has no such function of its own it is the trait's body.
    fn targets_named(&self, path: PathId, id: FnId) -> Vec<FnId> {
        let scope = || self.app.type_scope_at(self.within, self.instance, self.module);
        let owner = || match self.tree().path(path).qself {
            Some(of) => Some(scope().ty(of)),
            None => self.app.owner_of_path(self.within, self.instance, self.module, path),
        };
        let is_default = matches!(self.app.functions[id.index()].owner, crate::app::FnOwner::Trait(_))
            && self.app.function(id).body.is_some();
        match is_default && owner().is_some_and(|owner| matches!(owner.head, Head::Adt(_))) {
            true => vec![id],
            false => self.targets_of(id),
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
                let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
                given.types.iter().for_each(|ty| self.may_tell(ty));
                called.args().last().cloned().unwrap_or(Ty::UNKNOWN)
            }
            _ => {
                let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
                given.types.iter().for_each(|ty| self.may_tell(ty));
                Ty::UNKNOWN
            }
        }
    }

    /// `Struct(a, b)`, `Enum::Variant(a)`
    fn construct(&mut self, adt: AdtId, variant: usize, args: &[ExprId]) -> Ty {
        let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
        let fields = self.app.fields(adt).get(variant).map(Vec::as_slice).unwrap_or_default();
        let mut bound = Vec::new();
        for ((_, declared), given) in fields.iter().zip(&given.types) {
            bind_params(declared, given, &mut bound);
        }
        let params = self.app.adt_params(adt);
        let args = params.into_iter().map(|param| Ty::new(Head::Param(param)).substitute(&bound)).collect();
        self.made(adt, variant, args, &given.types)
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
        let is_from = receiver.is_none() && self.app.functions[first.index()].name == crate::sym!("from");
        let peeked = args.first().filter(|_| is_from).map(|arg| self.peek(*arg));
        // Which conversion it is nobody knows.
        if peeked.as_ref().is_some_and(Ty::is_unknown) && self.is_conversion(first) {
            let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
            given.types.iter().for_each(|ty| self.may_tell(ty));
            return self.app.signature(first).returns();
        }
        let fitting = peeked.and_then(|peeked| self.conversions_named(first, Some(&peeked)));
        if let Some([]) = fitting.as_deref() {
            return self.derived_call(expr, args);
        }
        let targets = fitting.as_deref().unwrap_or(targets);
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
        let elsewhere = self.run_elsewhere_by(targets);
        for (index, &arg) in args.iter().enumerate() {
            let wanted = declared.get(index).cloned().unwrap_or(Ty::UNKNOWN);
            let mode = self.mode_given(elsewhere, index + usize::from(receiver.is_some()));
            let ty = self.own_argument(arg, &wanted, (&signature.generics, &bound), mode);
            self.counts(&ty);
            self.bind_argument(&wanted, &ty, &signature.generics, &mut bound);
            self.hand_over(arg, &wanted, (&signature.generics, &ty), mode);
            types.push(ty);
        }
        self.record_call(expr, targets, &types, args, receiver.is_some());
        self.may_trust(targets.iter().any(|target| self.summaries.trusts(self.app, *target)));
        let mut result = Ty::NEVER;
        for &target in targets {
            let returns = self.returns_for(target, &types).substitute(&bound);
            result = result.join(&self.filled(expr, target, &returns, &types));
            self.told_by(target, &types);
        }
        targets.iter().for_each(|target| self.used_by(*target, &types, &result));
        let receiver = self.called_on(expr).filter(|_| receiver.is_some());
        let result = self.looked_up_by(result, (targets, &types), receiver, args);
        // A function that answers a failure with a result of its own says nothing about whether that one failed.
        if result.head == Head::Never { Ty::UNKNOWN } else { result }
    }

    pub(super) fn called_on(&self, expr: ExprId) -> Option<ExprId> {
        match self.tree().expr(expr).kind {
            ExprKind::Method { receiver, .. } => Some(receiver),
            _ => None,
        }
    }

    /// `AppError::from(error)`, where a derive makes the conversion.
    fn derived_call(&mut self, expr: ExprId, args: &[ExprId]) -> Ty {
        let given = self.arguments(args, None, &mut Bound::default(), self.mode, OnFailure::default());
        let converted = match self.tree().expr(expr).kind {
            ExprKind::Call { callee, .. } => self.derived_function(callee, &given.types),
            _ => None,
        };
        if converted.is_none() {
            given.types.iter().for_each(|ty| self.may_tell(ty));
        }
        converted.unwrap_or(Ty::UNKNOWN)
    }

    /// What a function yields; for a receiver of one known variant what it yields for that.
    fn returns_for(&mut self, target: FnId, types: &[Ty]) -> Ty {
        if let (Some((_, depth)), Some(first)) = (&self.first, types.first())
            && *depth < NESTED
            && super::variants::only_variant(first).is_some()
        {
            let given = Some((first.clone(), depth + 1));
            let facts = super::eval::evaluate_with(self.app, self.summaries, Target::Fn(target), given);
            if facts.tells.contains(&0) {
                self.tell(first);
            }
            if let Some(ty) = facts.returns {
                return ty;
            }
        }
        self.summaries.returns(self.app, target)
    }

    /// A call that stands for a method of the type it is given: `request.guard::<User>()` is `User::from_request`.
    pub(super) fn call_of_type(&mut self, expr: ExprId, bound: &Bound, fact: &MethodFact, method: Sym) -> Ty {
        let Some(Pattern::Var(name)) = fact.generics.first() else { return Ty::UNKNOWN };
        let ty = bound.get(*name);
        let Some(Def::Fn(id)) = self.app.associated_fn(&ty, method) else {
            return self.call_of_known_type(expr, &ty, method);
        };
        if self.records() {
            let at = self.at(self.span(expr));
            self.facts.calls.push(Call::plain(at, vec![id], self.mode));
        }
        self.queried += 1;
        awaited(self.app, &self.summaries.returns(self.app, id))
    }

    /// The same for a type of another crate, or one that behaves like it: `request.guard::<Connection<Db>>()`.
    fn call_of_known_type(&mut self, expr: ExprId, ty: &Ty, method: Sym) -> Ty {
        let app = self.app;
        let paths = match ty.head {
            Head::External(path) => vec![path],
            Head::Adt(adt) => app.acts_as(adt).to_vec(),
            _ => Vec::new(),
        };
        let path_of = |path: &Sym| app.knowledge.canonical(Sym::from(format!("{path}::{method}")));
        match paths.iter().find_map(|path| app.knowledge.calls(path_of(path)).first()) {
            Some(fact) => self.outcome(expr, &fact.returns, &Bound::default(), &Arguments::default(), Some(fact)),
            None => Ty::UNKNOWN,
        }
    }

    /// Binds the type parameters that an argument settles: of one that is called, `F: FnOnce(&mut C) -> R`, also those
    /// in what it yields.
    fn bind_argument(&self, wanted: &Ty, given: &Ty, generics: &[(Sym, Ty)], bound: &mut Vec<(Sym, Ty)>) {
        bind_params(wanted, given, bound);
        let called = match wanted.head {
            Head::Param(name) => generics.iter().find(|(param, _)| *param == name).map(|(_, called)| called),
            _ => Some(wanted),
        };
        let Some(called) = called.filter(|called| called.head == Head::Fn) else { return };
        let yielded = match given.head {
            Head::Closure(..) | Head::Fn => given.args().last().cloned(),
            Head::FnItem(id) => Some(self.summaries.returns(self.app, id)),
            _ => None,
        };
        if let (Some(ret), Some(yielded)) = (called.args().last(), yielded) {
            self.bind_yielded(ret, &yielded, generics, bound);
        }
    }

    /// The same for what a call yields, through futures: `Fut` of `Fut: Future<Output = R>`, `Pin<Box<dyn Future<…>>>`.
    fn bind_yielded(&self, ret: &Ty, yielded: &Ty, generics: &[(Sym, Ty)], bound: &mut Vec<(Sym, Ty)>) {
        bind_params(ret, yielded, bound);
        let ret = match ret.head {
            Head::Param(name) => generics.iter().find(|(param, _)| *param == name).map_or(ret, |(_, ret)| ret),
            _ => ret,
        };
        let output = awaited(self.app, ret);
        if output != *ret {
            bind_params(&output, &awaited(self.app, yielded), bound);
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
