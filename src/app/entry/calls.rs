//! Calls in code that builds routers: those that knowledge describes, those of the project's own functions, and those
//! that only pass routes on.

use super::eval::{Evaluator, Frame, takes};
use super::values::{Callee, Routes, Value, entry_with_arguments};
use crate::app::{App, Def, FnId, Ty};
use crate::knowledge::{Pattern, RouteArg};
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
            Some(Def::External(path)) if path.as_str() == "std::string::String::from" && args.len() == 1 => {
                self.eval(frame, args[0])
            }
            Some(Def::External(path)) => {
                let app: &'a App = self.app;
                let fact =
                    app.knowledge.routes(path).iter().find(|fact| fact.receiver.is_none() && takes(fact, args.len()));
                match fact {
                    Some(fact) => {
                        let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
                        self.apply_fact(frame, expr, name, fact, Routes::default(), args)
                    }
                    None => self.runner(frame, path).either(self.pass_on(frame, args)),
                }
            }
            Some(Def::Fn(id)) => {
                let value = self.call_function(frame, id, None, args);
                self.on_type(frame, path, value)
            }
            _ => self.pass_on(frame, args),
        }
    }

    /// A service that runs code of the project which no call names: `GraphQL::new(schema)`.
    fn runner(&self, frame: &Frame, path: Sym) -> Value {
        let calls = self.app.knowledge.calls(path).iter();
        let runs: Vec<Sym> = calls.flat_map(|fact| fact.returns.runs.iter().copied()).collect();
        let krate = self.app.modules[frame.module.index()].krate;
        let functions = self.app.run_by(krate, &runs, &Ty::UNKNOWN, &Ty::UNKNOWN);
        if functions.is_empty() {
            Value::Other
        } else {
            Value::Callees(functions.into_iter().map(Callee::Fn).collect())
        }
    }

    /// A call of one of the project's functions.
    fn call_function(&mut self, frame: &mut Frame, id: FnId, receiver: Option<Value>, args: &[ExprId]) -> Value {
        let follows_any = std::mem::take(&mut self.follows_any);
        if !follows_any && !self.concerns_routes(id) {
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
                let called = self.call_closure(frame, argument);
                kept.union(called.routes());
                kept.union(argument.clone().routes());
            }
        }
        let returns = summary.returns.with_arguments(&arguments);
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
        let mut own = self.own_methods(frame, receiver, method.name);
        own.retain(|id| self.concerns_routes(*id));
        if !own.is_empty() {
            return own.into_iter().fold(Value::Other, |either, id| {
                either.either(self.call_function(frame, id, Some(value.clone()), args))
            });
        }
        let passed = self.pass_on(frame, args);
        if !passed.clone().routes().is_empty()
            && matches!(method.name.as_str(), "append" | "extend" | "push" | "insert")
        {
            self.change_in_place(frame, receiver, passed.routes());
            return Value::Other;
        }
        let passed = if self.calls_at_once(method.name) { Value::of_routes(passed.routes()) } else { passed };
        match (value, passed) {
            // `handler.layer(…)`, `handler.with_state(…)` are still the handler.
            (Value::Callees(callees), Value::Other | Value::Text(_) | Value::Callees(_)) => Value::Callees(callees),
            (value, passed) => value.either(passed),
        }
    }

    /// Whether a method calls the closures it is given here and now: `.map(…)`, `.unwrap_or_else(…)`.
    fn calls_at_once(&self, name: Sym) -> bool {
        self.app.knowledge.methods(name).iter().any(|fact| {
            let of_values = matches!(fact.receiver, Pattern::Named(path, _) if path.as_str().starts_with("std::"));
            of_values && fact.args.iter().flatten().any(|arg| matches!(arg, Pattern::Fn { .. }))
        })
    }

    /// Whether a method on something unknown is given routes or has a name that only routers have.
    fn looks_like_routes(&mut self, frame: &mut Frame, name: Sym, args: &[ExprId]) -> bool {
        let facts = self.app.knowledge.routes(name);
        let mounts =
            facts.iter().any(|fact| fact.args.contains(&RouteArg::Routes) && fact.args.contains(&RouteArg::Path));
        mounts && args.last().is_some_and(|last| matches!(self.eval(frame, *last), Value::Routes(_)))
    }

    /// A call about which nothing is known: what goes in may come out, and closures may be called.
    fn pass_on(&mut self, frame: &mut Frame, args: &[ExprId]) -> Value {
        let mut result = Value::Other;
        for &arg in args {
            let value = self.eval(frame, arg);
            let called = self.call_closure(frame, &value);
            // A string or constant that is passed on has nothing to do with the result.
            if !matches!(value, Value::Text(_)) {
                result = result.either(value).either(called);
            }
        }
        result
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
                result = result.either(Value::of_routes(value.routes()));
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
        if matches!(name, Some("format!" | "concat!"))
            || name.is_none() && is_text_macro(facts.tree.last_name(macro_call.path))
        {
            return self.text_macro(frame, macro_call);
        }
        let fact = path.and_then(|path| app.knowledge.routes(path).iter().find(|fact| takes(fact, args.len())));
        match fact {
            Some(fact) => {
                self.apply_fact(frame, expr, Sym::from(name.unwrap_or_default()), fact, Routes::default(), args)
            }
            None => {
                let value = self.pass_on(frame, args);
                match value {
                    Value::Callees(_) | Value::Text(_) => Value::Other,
                    value => value,
                }
            }
        }
    }
}

/// Whether a macro that cannot be resolved is one that makes text.
fn is_text_macro(name: Option<Sym>) -> bool {
    name.is_some_and(|name| matches!(name.as_str(), "format" | "concat"))
}
