//! Method calls: of the project's types and traits, of other crates, and on values whose type is not known.

use super::absent_errors::made_of_absence;
use super::emissions::is_body;
use super::errors::is_stream;
use super::eval::Eval;
use super::facts::{Losing, Panicking};
use super::known::{OnFailure, bind_given, takes};
use super::losses::{Risk, holds_errors, keeps_error};
use super::unify::{Bound, Inputs, Outcome, handle_of, is_fallible, matches};
use crate::app::{Head, Ty};
use crate::knowledge::{LibraryId, LibraryKind, MethodFact, Pattern, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Method};

impl<'a> Eval<'a> {
    /// A method call; `awaited` says that its result is awaited at once.
    pub(super) fn method(&mut self, expr: ExprId, receiver: ExprId, method: Method, awaited: bool) -> Ty {
        let ty = self.eval(receiver);
        let outer = (self.handed, self.chain);
        let args = self.tree().expr_run(method.args);
        if args.iter().any(|arg| matches!(self.tree().expr(*arg).kind, ExprKind::Closure(_))) {
            (self.handed, self.chain) = (self.input_of(receiver), Some((self.instance, receiver)));
        }
        let ty = self.method_of(expr, (receiver, ty), method, awaited);
        (self.handed, self.chain) = outer;
        ty
    }

    fn method_of(&mut self, expr: ExprId, (receiver, ty): (ExprId, Ty), method: Method, awaited: bool) -> Ty {
        self.counts(&ty);
        let ty = self.receiver_of(receiver, method.name, ty);
        let args: &'a [ExprId] = self.tree().expr_run(method.args);
        self.may_trust(self.plays(method.name, &ty, Role::Trusted));
        let given: Vec<Ty> = self.given(method);
        let layers = self.layers(&ty);
        self.blocks_by_method(expr, method.name, &layers, args.len());
        for layer in &layers {
            let own = self.app.methods(self.krate(), layer, method.name);
            if !own.is_empty() {
                return self.call_own(expr, &own, Some(layer), &given, args);
            }
            if let Some((fact, bound)) = self.known_method(layer, method.name, args.len(), &given) {
                return self.call_known_method(expr, receiver, layer, method.name, fact, bound, args);
            }
            // `Json(value).into_response()` is not what the value would be as a response by itself.
            if is_body(self.app, layer) && self.app.knowledge.makes_responses(method.name) {
                return self.unknown_method(expr, receiver, &layers, method.name, args);
            }
        }
        if let Some(fact) = self.known_by_arguments(&ty, method.name, args, awaited) {
            let mut bound = Bound::default();
            bind_given(&fact.generics, &given, &mut bound);
            return self.call_known_method(expr, receiver, &ty, method.name, fact, bound, args);
        }
        // A text becomes a response in the framework's own way, not in that of the one type which the project makes some of.
        let is_sent = || !super::errors::texts(&ty).is_empty() && self.app.knowledge.makes_responses(method.name);
        if ty.is_unknown() && self.app.knowledge.methods(method.name).is_empty() && !is_sent() {
            let own = self.app.methods_by_name(self.krate(), method.name, args.len());
            if !own.is_empty() {
                return self.call_own(expr, &own, Some(&ty), &given, args);
            }
        }
        self.unknown_method(expr, receiver, &layers, method.name, args)
    }

    pub(super) fn given(&self, method: Method) -> Vec<Ty> {
        if method.generics.len == 0 {
            return Vec::new();
        }
        self.app.type_scope_at(self.within, self.instance, self.module).tys(method.generics)
    }

    /// What is known of a method on a value of this type.
    pub(super) fn known_method(
        &self,
        ty: &Ty,
        name: Sym,
        arguments: usize,
        given: &[Ty],
    ) -> Option<(&'a MethodFact, Bound)> {
        if ty.is_unknown() {
            return None;
        }
        let app: &'a crate::app::App = self.app;
        let facts = app.knowledge.methods(name).iter();
        let facts = facts.filter(|fact| fact.args.is_some() && takes(fact.args.as_deref(), arguments));
        let fits = |fact: &'a MethodFact| {
            let mut bound = Bound::default();
            bind_given(&fact.generics, given, &mut bound);
            let fits = match &fact.receiver {
                Pattern::Any => false,
                Pattern::Handle => handle_of(app, ty).is_some_and(|libraries| libraries.contains(&fact.library)),
                pattern => matches(pattern, ty, &mut bound, false) || self.acts_as(ty, pattern),
            };
            fits.then_some((fact, bound))
        };
        // What is said of the type itself comes before what is said of everything that queries run on.
        let (own, any) = (facts.clone(), facts);
        let own = own.filter(|fact| fact.receiver != Pattern::Handle);
        own.chain(any.filter(|fact| fact.receiver == Pattern::Handle)).find_map(fits)
    }

    /// Whether a type of the project behaves like the one that a pattern names.
    pub(super) fn acts_as(&self, ty: &Ty, pattern: &Pattern) -> bool {
        match (ty.head, pattern) {
            (Head::Adt(adt), Pattern::Named(path, _)) => self.app.acts_as(adt).contains(path),
            _ => false,
        }
    }

    /// What is known of a method by what it is given: `users.filter(…).first(&mut conn)`.
    fn known_by_arguments(&self, receiver: &Ty, name: Sym, args: &[ExprId], awaited: bool) -> Option<&'a MethodFact> {
        // A type of the project can have the method from a trait of the library, but a name alone does not say so.
        let least = if matches!(receiver.head, Head::Adt(adt) if self.app.acts_as(adt).is_empty()) { 3 } else { 1 };
        let app: &'a crate::app::App = self.app;
        let facts = app.knowledge.methods(name).iter();
        let facts = facts.filter(|fact| fact.receiver == Pattern::Any && takes(fact.args.as_deref(), args.len()));
        let mut best: Option<(u8, &'a MethodFact)> = None;
        for fact in facts {
            let strength = self.evidence(fact, args, awaited);
            if strength >= least && strength > best.map_or(0, |(strength, _)| strength) {
                best = Some((strength, fact));
            }
        }
        best.map(|(_, fact)| fact)
    }

    /// How sure it is that a call is what a fact describes; 0 when it is not.
    fn evidence(&self, fact: &MethodFact, args: &[ExprId], awaited: bool) -> u8 {
        let patterns = fact.args.as_deref().unwrap_or_default();
        let Some(position) = patterns.iter().position(|pattern| *pattern == Pattern::Handle) else {
            return u8::from(self.imports(fact.library));
        };
        let Some(&arg) = args.get(position) else { return 0 };
        match self.handle_type(arg) {
            Some(libraries) if libraries.contains(&fact.library) => 4,
            Some(_) => 0,
            None if !self.depends_on(fact.library) || !self.is_handle_name(arg) => 0,
            None if self.imports(fact.library) => 3,
            None if awaited => 2,
            None => 0,
        }
    }

    fn imports(&self, library: LibraryId) -> bool {
        self.app.imports_from(self.module, &self.app.knowledge.library(library).crates)
    }

    fn depends_on(&self, library: LibraryId) -> bool {
        self.app.depends_on(self.module, &self.app.knowledge.library(library).crates)
    }

    #[allow(clippy::too_many_arguments, reason = "a call and what is known of it")]
    pub(super) fn call_known_method(
        &mut self,
        expr: ExprId,
        receiver: ExprId,
        ty: &Ty,
        name: Sym,
        fact: &'a MethodFact,
        mut bound: Bound,
        args: &[ExprId],
    ) -> Ty {
        self.record_entry(fact.entry);
        let fallible = is_fallible(self.app, ty);
        let mut inputs = Inputs::default();
        if fallible || !matches!(fact.receiver, Pattern::Any | Pattern::Handle) {
            inputs.add(self.app, &fact.receiver, ty);
        }
        let failed = inputs.all();
        let mode = self.mode_of(name, Some(ty));
        self.env_method(expr, name, ty, args);
        let queries = self.facts.queries.len();
        let streams = is_stream(ty);
        let risk = Risk { at: self.at(self.span(expr)), how: Losing::Method(name), kept: None, instead: false };
        let (told, written) = (self.told.len(), self.written_down());
        let dropped = self.dropped_by(fact, ty);
        let on_failure = OnFailure {
            marks: &failed,
            risk: (!streams && !holds_errors(&fact.returns.ty) && !keeps_error(fact)).then_some(risk),
        };
        let arguments = self.arguments(args, fact.args.as_deref(), &mut bound, mode, on_failure);
        if !self.answers_another(&dropped) {
            self.lose(dropped, risk, arguments.types.clone());
        }
        let query = fact.returns.query.then(|| self.site(expr));
        if fact.returns.query {
            self.record_query(fact.library, expr, &fact.returns);
            self.blocks_by_query(expr, name, fact, args);
        }
        self.locks(expr, receiver, ty, fact);
        self.receive(receiver, ty, name, fact, &arguments.types);
        self.builds_by_method(expr, name, ty, args);
        self.run(expr, &fact.returns, &mut bound, mode);
        self.remember_test(expr, receiver, ty, &failed, fact, Risk { how: Losing::Test(name), ..risk });
        if fact.returns.panics {
            self.panicking_method(expr, (receiver, ty), name, fact, query);
        }
        let called = fact.returns.calls.map_or(Ty::UNKNOWN, |method| self.call_of_type(expr, &bound, fact, method));
        let mut combined = arguments.inputs.clone();
        if fact.returns.keeps && !arguments.replaces_failure {
            combined.extend(inputs);
        }
        let outcome = Outcome {
            app: self.app,
            bound: &bound,
            inputs: Some(&combined),
            // A call that panics where it could fail yields something that has not failed.
            query: query.filter(|_| !fact.returns.panics),
            operation: self.operation(expr, fact.library, &fact.returns),
            arguments: &arguments.types,
        };
        let yielded = outcome.build(&fact.returns.ty).marked(called.marks());
        let result = self.found_by(expr, (receiver, ty), (fact, args), yielded, &arguments.types);
        let result = made_of_absence(self.after_known(of_failed(result, ty, fact), ty, &arguments.types, told));
        let result = self.after_method(written, ty, result, &arguments.types, fact);
        if mode > self.mode && fact.returns.is_handle() { self.around(expr, name, result, queries) } else { result }
    }

    /// A method that panics where its receiver has failed, or has not, unless that has been checked.
    fn panicking_method(
        &mut self,
        expr: ExprId,
        (receiver, ty): (ExprId, &Ty),
        name: Sym,
        fact: &MethodFact,
        query: Option<crate::app::Site>,
    ) {
        let fallible = is_fallible(self.app, ty);
        let checked = self.place_of(receiver).and_then(|place| self.env.is_checked(&place));
        if fallible && checked == Some(!yields_error(fact)) {
            return;
        }
        let how = match (fallible, yields_error(fact)) {
            (false, _) => Panicking::Accessor(name),
            (true, false) => Panicking::Method(name),
            (true, true) => Panicking::ErrorMethod(name),
        };
        if fallible && !yields_error(fact) {
            self.hazard_of(expr, receiver, ty, how);
        }
        self.record_panic(expr, ty, how, query);
        self.panics_by(receiver, ty);
    }

    /// What a method that is called on a value does with what it is given: sends it, or keeps it.
    fn receive(&mut self, receiver: ExprId, ty: &Ty, name: Sym, fact: &MethodFact, given: &[Ty]) {
        if self.plays(name, ty, Role::Send) {
            self.send(given);
        }
        if !fact.returns.query {
            self.take_in(receiver, given);
        }
        if fact.returns.holds {
            self.put_into(receiver, fact, given);
        }
    }

    /// An operator on a value of another crate's type that knowledge describes as a method: `row["name"]`.
    pub(super) fn known_operator(&mut self, expr: ExprId, ty: &Ty, name: Sym) -> Option<Ty> {
        let layers = self.layers(ty);
        let (layer, fact) = layers
            .iter()
            .find_map(|layer| self.known_method(layer, name, 1, &[]).map(|(fact, _)| (layer.clone(), fact)))?;
        self.record_entry(fact.entry);
        let query = fact.returns.query.then(|| self.site(expr));
        if fact.returns.query {
            self.record_query(fact.library, expr, &fact.returns);
        }
        if fact.returns.panics {
            self.record_panic(expr, &layer, Panicking::Accessor(name), query);
        }
        Some(Ty::UNKNOWN)
    }

    /// A method about which nothing is known.
    fn unknown_method(&mut self, expr: ExprId, receiver: ExprId, layers: &[Ty], name: Sym, args: &[ExprId]) -> Ty {
        if layers.first().is_some_and(Ty::is_unknown) && self.takes_apart(name, args.len()) {
            self.hazard_of(expr, receiver, &layers[0], Panicking::Method(name));
        }
        let mode = layers.iter().map(|layer| self.mode_of(name, Some(layer))).max().unwrap_or(self.mode);
        let queries = self.facts.queries.len();
        let arguments = self.arguments(args, None, &mut Bound::default(), mode, OnFailure::default());
        arguments.types.iter().for_each(|ty| self.may_tell(ty));
        let Some(first) = layers.first() else { return Ty::UNKNOWN };
        layers.iter().for_each(|layer| {
            self.may_be_null(expr, name, Some(layer), args.first().copied(), arguments.types.first())
        });
        let query = self.query_by(name, first, &arguments.types);
        layers.iter().for_each(|layer| self.builds_by_method(expr, name, layer, args));
        if layers.iter().any(|layer| self.plays(name, layer, Role::Send)) {
            self.send(&arguments.types);
        }
        if layers.iter().any(|layer| self.plays(name, layer, Role::AnswerError)) {
            return self.answered_as_error(expr, first.clone());
        }
        if let Some(told) = self.told_by_error(expr, name, first, &arguments.types) {
            return told;
        }
        let texts: Vec<crate::app::Mark> = arguments.types.iter().flat_map(|ty| self.texts_given(ty)).collect();
        self.take_in(receiver, &arguments.types);
        if mode > self.mode {
            let result = Ty::external(crate::sym!("std::result::Result"), Vec::new());
            return self.around(expr, name, result, queries);
        }
        // What a value is converted into is what it was.
        if name.as_str() == "into" && args.is_empty() {
            return match self.becomes_error.take() == Some(expr) {
                true if self.has_own_conversion(first) => self.convert_error(expr, first),
                true => self.left_to_framework(expr, first.clone()),
                false => first.clone(),
            };
        }
        // Adaptors of other crates on results, and builders, give back what they are called on.
        let same = layers.iter().find(|layer| match layer.head {
            Head::External(path) => {
                self.app.knowledge.can_fail(path) || self.is_builder(path) || self.app.knowledge.is_status(path)
            }
            _ => false,
        });
        match same {
            Some(layer) => {
                let made = self.with_status_of(layer.clone(), &arguments.types).marked(&texts);
                super::statements::mark_query(self.app, made, &query)
            }
            // What a type of another crate or of the project clones to is of that type.
            None if first.head == Head::Never || name.as_str() == "clone" => first.clone(),
            None if first.is_external(crate::sym!("str")) && matches!(name.as_str(), "to_owned" | "to_string") => {
                let own = self.texts_given(first);
                Ty::external(crate::sym!("std::string::String"), Vec::new()).marked(&texts).marked(&own)
            }
            // `error.to_string()`, `Json(body).into_response()`: something with that error, that status in it.
            None => {
                let made = self.about(self.derived(first), first);
                let made = self.with_status_of(made, &arguments.types).marked(&texts);
                super::statements::mark_query(self.app, made, &query)
            }
        }
    }

    /// Whether methods of a type that are not known are taken to return it: queries, clients, requests, iterators.
    fn is_builder(&self, path: Sym) -> bool {
        let of = self.app.knowledge.type_library(path).map(|library| self.app.knowledge.library(library).kind);
        matches!(of, Some(LibraryKind::Database | LibraryKind::Cache | LibraryKind::Http))
            || path == crate::sym!("std::iter::Iterator")
            || path == crate::sym!("futures::Stream")
            || path == crate::app::future_path()
    }
}

/// The error that a method takes out of something that has failed, or `Some` of it, is that of the failure.
fn of_failed(result: Ty, failed: &Ty, fact: &MethodFact) -> Ty {
    if fact.returns.tests_by_value() {
        let error = result.arg(0).of_failure(failed);
        return result.with_args(vec![error]);
    }
    if yields_error(fact) { result.of_failure(failed) } else { result }
}

/// Whether a method yields the error of what it is called on, and so panics when that has not failed.
fn yields_error(fact: &MethodFact) -> bool {
    match (&fact.receiver, &fact.returns.ty) {
        (Pattern::Named(_, args), Pattern::Var(yielded)) => args.get(1) == Some(&Pattern::Var(*yielded)),
        _ => false,
    }
}
