//! Calls in code that builds routers: those that knowledge describes, those of the project's own functions, and those
//! that only pass routes on.

use super::eval::{Evaluator, Frame, takes};
use super::values::{Callee, RouteEntry, RoutePath, Routes, Value, entry_with_arguments};
use super::{ANY, http_method, method_in_name};
use crate::app::{App, Def, FnId, Head};
use crate::knowledge::{EntryKind, MethodSource, RouteArg, RouteFact};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, MacroId, Method};

/// A closure's body is evaluated this often at most; names that hide each other can make it seem to call itself.
const CALLS_OF_A_CLOSURE: usize = 4;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&mut self, frame: &mut Frame, expr: ExprId, callee: ExprId, args: &[ExprId]) -> Value {
        let tree = &self.app.facts(frame.instance).tree;
        let ExprKind::Path(path) = tree.expr(callee).kind else {
            let called = self.eval(frame, callee);
            return called.either(self.pass_on(frame, args));
        };
        let local = tree.single_name(path).filter(|name| frame.locals.iter().any(|(local, _)| local == name));
        if local.is_some() {
            let called = self.eval(frame, callee);
            let passed = self.pass_on(frame, args);
            return self.call_closure(frame, &called).either(passed);
        }
        match self.resolve(frame, path) {
            Some(Def::External(path)) => {
                let app: &'a App = self.app;
                let fact = app.knowledge.routes(path).iter().find(|fact| fact.receiver.is_none() && takes(fact, args.len()));
                match fact {
                    Some(fact) => {
                        let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
                        self.apply_fact(frame, expr, name, fact, Routes::default(), args)
                    }
                    None => self.pass_on(frame, args),
                }
            }
            Some(Def::Fn(id)) => self.call_function(frame, id, None, args),
            _ => self.pass_on(frame, args),
        }
    }

    /// A call of one of the project's functions.
    fn call_function(&mut self, frame: &mut Frame, id: FnId, receiver: Option<Value>, args: &[ExprId]) -> Value {
        if !self.concerns_routes(id) {
            return self.pass_on(frame, args);
        }
        let summary = self.summary(id);
        self.absorb(id);
        let mut arguments: Vec<Value> = receiver.into_iter().collect();
        let offset = arguments.len();
        arguments.extend(args.iter().map(|arg| self.eval(frame, *arg)));
        for entry in &summary.registers {
            frame.registers.extend(entry_with_arguments(entry, &arguments));
        }
        for (index, routes) in &summary.adds {
            let routes = routes.with_arguments(&arguments);
            if let Some(arg) = index.checked_sub(offset).and_then(|index| args.get(index)) {
                self.change_in_place(frame, *arg, routes);
            }
        }
        // Routes that go in and are not seen to come out are still served by somebody.
        let mut kept = Routes::default();
        for (index, argument) in arguments.iter().enumerate() {
            if !summary.mentions(index) {
                kept.union(argument.clone().routes());
            }
        }
        let returns = match &summary.returns {
            Value::Routes(routes) => Value::Routes(routes.with_arguments(&arguments)),
            Value::Tuple(fields) => Value::Tuple(
                fields
                    .iter()
                    .map(|field| match field {
                        Value::Routes(routes) => Value::Routes(routes.with_arguments(&arguments)),
                        other => other.clone(),
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        if kept.is_empty() { returns } else { returns.either(Value::Routes(kept)) }
    }

    pub(super) fn method(&mut self, frame: &mut Frame, expr: ExprId, receiver: ExprId, method: Method) -> Value {
        let args = self.app.facts(frame.instance).tree.expr_run(method.args);
        let value = self.eval(frame, receiver);
        let ty = match &value {
            Value::Routes(routes) => routes.ty,
            _ => None,
        };
        let known = matches!(&value, Value::Routes(_));
        if (known || self.looks_like_routes(frame, method.name, args))
            && let Some(fact) = self.route_method(method.name, ty, args.len())
        {
            let routes = value.routes();
            let result = self.apply_fact(frame, expr, method.name, fact, routes, args);
            if fact.in_place
                && let Value::Routes(mut routes) = result
            {
                self.set_in_place(frame, receiver, routes.clone());
                routes.in_place = true;
                return Value::Routes(routes);
            }
            return result;
        }
        if let Some(id) = self.own_method(frame, receiver, method.name) {
            return self.call_function(frame, id, Some(value), args);
        }
        let passed = self.pass_on(frame, args);
        if !passed.clone().routes().is_empty() && matches!(method.name.as_str(), "append" | "extend" | "push" | "insert") {
            self.change_in_place(frame, receiver, passed.routes());
            return Value::Other;
        }
        match (value, passed) {
            // `handler.layer(…)`, `handler.with_state(…)` are still the handler.
            (Value::Callees(callees), Value::Other | Value::Text(_) | Value::Callees(_)) => Value::Callees(callees),
            (value, passed) => value.either(passed),
        }
    }

    /// Whether a method on something unknown is given routes or has a name that only routers have.
    fn looks_like_routes(&mut self, frame: &mut Frame, name: Sym, args: &[ExprId]) -> bool {
        let facts = self.app.knowledge.routes(name);
        let mounts = facts.iter().any(|fact| fact.args.contains(&RouteArg::Routes) && fact.args.contains(&RouteArg::Path));
        mounts && args.last().is_some_and(|last| matches!(self.eval(frame, *last), Value::Routes(_)))
    }

    /// The project's method that a call means, where the receiver is `self`.
    fn own_method(&self, frame: &Frame, receiver: ExprId, name: Sym) -> Option<FnId> {
        let tree = &self.app.facts(frame.instance).tree;
        let ExprKind::Path(path) = tree.expr(receiver).kind else { return None };
        if tree.single_name(path)?.as_str() != "self" || !self.self_methods(frame.function) {
            return None;
        }
        let self_ty = self.app.signature(frame.function).self_ty.as_ref()?;
        match self_ty.head {
            Head::Adt(adt) => self.app.inherent(adt, name).first().copied(),
            _ => None,
        }
    }

    /// A call about which nothing is known: what goes in may come out, and closures may be called.
    fn pass_on(&mut self, frame: &mut Frame, args: &[ExprId]) -> Value {
        let mut result = Value::Other;
        for &arg in args {
            let value = self.eval(frame, arg);
            let called = self.call_closure(frame, &value);
            result = result.either(value).either(called);
        }
        match result {
            // A string or constant that is passed on has nothing to do with the result.
            Value::Text(_) => Value::Other,
            result => result,
        }
    }

    /// The value of a closure's body, where the closure stands in the function being evaluated.
    fn call_closure(&mut self, frame: &mut Frame, value: &Value) -> Value {
        let mut result = Value::Other;
        for callee in value.callees() {
            if let Callee::Closure { within, instance, expr } = callee
                && within == frame.function
                && instance == frame.instance
                && frame.called.iter().filter(|called| **called == expr).count() < CALLS_OF_A_CLOSURE
            {
                frame.called.push(expr);
                let tree = &self.app.facts(instance).tree;
                let ExprKind::Closure(index) = tree.expr(expr).kind else { continue };
                let closure = tree.closures[index as usize];
                for param in tree.param_run(closure.params).to_vec() {
                    self.bind(frame, param.pat, Value::Other);
                }
                let value = self.eval(frame, closure.body);
                result = result.either(Value::Routes(value.routes()));
            }
        }
        result
    }

    pub(super) fn macro_call(&mut self, frame: &mut Frame, expr: ExprId, call: MacroId) -> Value {
        if let Some(&(instance, inner)) = self.app.expansions.get(&(frame.instance, call)) {
            let outer = std::mem::replace(&mut frame.instance, instance);
            let value = self.eval(frame, inner);
            frame.instance = outer;
            return value;
        }
        let app: &'a App = self.app;
        let facts = app.facts(frame.instance);
        let macro_call = facts.macro_call(call);
        let args = facts.tree.expr_run(macro_call.args);
        let path = self.app.macro_path(frame.instance, frame.module, call);
        let name = path.map(|path| path.as_str().rsplit("::").next().unwrap_or_default());
        if matches!(name, Some("format!" | "concat!")) || name.is_none() && is_text_macro(facts.tree.last_name(macro_call.path)) {
            return self.text_macro(frame, args);
        }
        let fact = path.and_then(|path| app.knowledge.routes(path).iter().find(|fact| takes(fact, args.len())));
        match fact {
            Some(fact) => self.apply_fact(frame, expr, Sym::from(name.unwrap_or_default()), fact, Routes::default(), args),
            None => {
                let value = self.pass_on(frame, args);
                match value {
                    Value::Callees(_) | Value::Text(_) => Value::Other,
                    value => value,
                }
            }
        }
    }

    /// A path that is put together by `format!` or `concat!`.
    fn text_macro(&mut self, frame: &mut Frame, args: &[ExprId]) -> Value {
        let texts: Vec<Value> = args.iter().map(|arg| self.eval(frame, *arg)).collect();
        let Some(Value::Text(RoutePath(pieces))) = texts.first() else { return Value::Text(RoutePath::unknown()) };
        match pieces.as_slice() {
            [super::values::Piece::Text(text)] if !text.contains('{') && texts.len() == 1 => Value::Text(RoutePath::text(text)),
            _ => Value::Text(RoutePath::unknown()),
        }
    }

    /// What a call that knowledge describes does.
    fn apply_fact(
        &mut self,
        frame: &mut Frame,
        expr: ExprId,
        name: Sym,
        fact: &RouteFact,
        receiver: Routes,
        args: &[ExprId],
    ) -> Value {
        let mut result = receiver;
        result.ty = fact.returns.or(result.ty);
        result.in_place = false;
        let mut path = RoutePath::default();
        let mut method = match fact.method {
            MethodSource::Name => Some(method_in_name(name)),
            _ => None,
        };
        let mut added = Routes::default();
        let mut role = RouteArg::Ignored;
        for (index, &arg) in args.iter().enumerate() {
            role = match fact.args.get(index) {
                Some(RouteArg::Repeat) | None => role,
                Some(own) => *own,
            };
            match role {
                RouteArg::Path | RouteArg::Base => {
                    let text = match self.eval(frame, arg) {
                        Value::Text(text) => text,
                        _ => RoutePath::unknown(),
                    };
                    if role == RouteArg::Base { result.base = result.base.join(&text) } else { path = text }
                }
                RouteArg::Method | RouteArg::Guard => method = self.method_named(frame, arg).or(method),
                RouteArg::Target(kind) => {
                    let method = method.or(result.method).unwrap_or(ANY);
                    self.register(frame, expr, arg, fact, kind, method, &mut added);
                }
                RouteArg::Routes => {
                    let value = self.eval(frame, arg);
                    let routes = self.as_routes(frame, arg, value);
                    added.union(routes);
                }
                RouteArg::Apply => {
                    let routes = self.applied(frame, arg);
                    added.union(routes);
                }
                RouteArg::Ignored | RouteArg::Repeat => {
                    let value = self.eval(frame, arg);
                    self.discard(value);
                }
            }
        }
        if fact.method != MethodSource::Inherited && added.is_empty() {
            result.method = method.or(result.method);
        } else if fact.args.contains(&RouteArg::Guard) {
            result.method = method.or(result.method);
        }
        // The base of what is added is its own; only where it is mounted matters here.
        result.add(&path, added);
        Value::Routes(result)
    }

    #[allow(clippy::too_many_arguments, reason = "everything that makes an entry")]
    fn register(
        &mut self,
        frame: &mut Frame,
        expr: ExprId,
        arg: ExprId,
        fact: &RouteFact,
        kind: EntryKind,
        method: &'static str,
        added: &mut Routes,
    ) {
        let value = self.eval(frame, arg);
        if let Value::Routes(routes) = value {
            // `.fallback(get(handler))`: a router or method router stands where a handler can.
            added.union(routes);
            return;
        }
        let callees = value.callees();
        if callees.is_empty() && self.is_missing(frame, arg) {
            self.missing_handler(frame, arg);
        }
        for callee in callees {
            let registered = self.place(frame, expr);
            let path = RoutePath::default();
            let entry = RouteEntry { library: fact.library, kind, path, method, callee, registered };
            if matches!(kind, EntryKind::Handler | EntryKind::Catcher) {
                added.push(entry);
            } else {
                frame.registers.push(entry);
            }
        }
    }

    /// Whether an argument is a path that should be one of the project's functions and is nothing at all.
    fn is_missing(&self, frame: &Frame, arg: ExprId) -> bool {
        let tree = &self.app.facts(frame.instance).tree;
        let ExprKind::Path(path) = tree.expr(arg).kind else { return false };
        let local = tree.single_name(path).is_some_and(|name| frame.locals.iter().any(|(local, _)| *local == name));
        let first = tree.segments_of(path).first().map(|segment| segment.name);
        let is_self = first == Some(crate::sym!("Self"));
        !local && !is_self && self.resolve(frame, path).is_none() && self.app.is_own_path(frame.module, first)
    }

    /// The routes that a value stands for where routes are wanted: a function with a route attribute is one.
    fn as_routes(&mut self, frame: &mut Frame, arg: ExprId, value: Value) -> Routes {
        let mut routes = Routes::default();
        let callees = value.callees();
        if callees.is_empty() && matches!(value, Value::Other) && self.is_missing(frame, arg) {
            self.missing_handler(frame, arg);
        }
        for callee in callees {
            match callee {
                Callee::Fn(id) => {
                    let attributes: &'a [super::AttributeRoute] = self.attributed.get(&id).map(Vec::as_slice).unwrap_or_default();
                    for route in attributes {
                        routes.push(RouteEntry {
                            library: route.library,
                            kind: route.kind.unwrap_or(EntryKind::Handler),
                            path: RoutePath::text(&route.path),
                            method: route.method,
                            callee,
                            registered: self.place(frame, arg),
                        });
                    }
                }
                Callee::Argument(index) => routes.arguments.push((index, RoutePath::default())),
                Callee::Closure { .. } => {}
            }
        }
        routes.union(value.routes());
        routes
    }

    /// The routes that a function or closure adds to the router it is given.
    fn applied(&mut self, frame: &mut Frame, arg: ExprId) -> Routes {
        let value = self.eval(frame, arg);
        let mut routes = Routes::default();
        for callee in value.callees() {
            match callee {
                Callee::Fn(id) => {
                    let summary = self.summary(id);
                    self.absorb(id);
                    for (_, added) in &summary.adds {
                        routes.union(added.with_arguments(&[]));
                    }
                }
                Callee::Closure { instance, expr, .. } if instance == frame.instance => {
                    routes.union(self.applied_closure(frame, expr));
                }
                _ => {}
            }
        }
        routes
    }

    fn applied_closure(&mut self, frame: &mut Frame, expr: ExprId) -> Routes {
        let tree = &self.app.facts(frame.instance).tree;
        let ExprKind::Closure(index) = tree.expr(expr).kind else { return Routes::default() };
        let closure = tree.closures[index as usize];
        let first = frame.locals.len();
        for param in tree.param_run(closure.params).to_vec() {
            let ty = self.app.knowledge.in_place_type();
            self.bind(frame, param.pat, Value::Routes(Routes { ty, ..Routes::default() }));
        }
        let value = self.eval(frame, closure.body);
        let mut routes = value.routes();
        for (_, local) in frame.locals.split_off(first.min(frame.locals.len())) {
            routes.union(local.value.routes());
        }
        routes
    }

    /// Adds routes to what an expression names.
    fn change_in_place(&mut self, frame: &mut Frame, expr: ExprId, routes: Routes) {
        match self.local_behind(frame, expr) {
            Some(index) => {
                let local = &mut frame.locals[index].1;
                let mut value = std::mem::take(&mut local.value).routes();
                value.add(&RoutePath::default(), routes);
                local.value = Value::Routes(value);
                if !local.is_argument() {
                    local.used = false;
                }
            }
            None => self.discard(Value::Routes(routes)),
        }
    }

    /// Replaces what an expression names, or the receiver at the start of a chain of calls.
    fn set_in_place(&mut self, frame: &mut Frame, expr: ExprId, routes: Routes) {
        if let Some(index) = self.local_behind(frame, expr) {
            frame.locals[index].1.value = Value::Routes(routes);
        }
    }

    fn local_behind(&self, frame: &Frame, expr: ExprId) -> Option<usize> {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                let name = tree.single_name(path)?;
                frame.locals.iter().rposition(|(local, _)| *local == name)
            }
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.local_behind(frame, inner),
            ExprKind::Method { receiver, .. } => self.local_behind(frame, receiver),
            _ => None,
        }
    }

    /// The method that `MethodFilter::GET`, `Method::Get` or `guard::Post()` names.
    fn method_named(&self, frame: &Frame, expr: ExprId) -> Option<&'static str> {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Path(path) => tree.last_name(path).and_then(|name| http_method(name.as_str())),
            ExprKind::Call { callee, .. } => self.method_named(frame, callee),
            _ => None,
        }
    }
}

fn is_text_macro(name: Option<Sym>) -> bool {
    name.is_some_and(|name| matches!(name.as_str(), "format" | "concat"))
}
