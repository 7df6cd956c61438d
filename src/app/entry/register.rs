//! What calls that knowledge describes add to a router: handlers, middleware, the routes of other routers.

use super::attributes::{AttributePath, AttributeRoute};
use super::eval::{Evaluator, Frame};
use super::route_path::RoutePath;
use super::values::{Callee, RouteEntry, Routes, Value};
use super::{ANY, http_method, method_in_name};
use crate::app::{FnId, Head};
use crate::knowledge::{EntryKind, MethodSource, RouteArg, RouteFact};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, Meta, Receiver};

/// What is known so far of a call that builds routes.
struct Call {
    /// The router that it is made on or makes.
    result: Routes,
    /// Under which path the next routes are mounted.
    path: RoutePath,
    method: Option<&'static str>,
    /// What is mounted there.
    added: Routes,
}

impl<'a> Evaluator<'a> {
    /// What a call that knowledge describes does.
    pub(super) fn apply_fact(
        &mut self,
        frame: &mut Frame,
        expr: ExprId,
        name: Sym,
        fact: &RouteFact,
        receiver: Routes,
        args: &[ExprId],
    ) -> Value {
        let method = match fact.method {
            MethodSource::Name => Some(method_in_name(name)),
            _ => None,
        };
        let mut call = Call { result: receiver, path: RoutePath::default(), method, added: Routes::default() };
        call.result.ty = fact.returns.or(call.result.ty);
        call.result.in_place = false;
        let mut changed = None;
        for (index, &arg) in args.iter().enumerate() {
            match fact.role(index) {
                RouteArg::Into => {
                    let value = self.eval(frame, arg).routes();
                    changed = Some((arg, value.base.clone()));
                    call.result.union(value);
                }
                role => self.argument(frame, expr, fact, &mut call, role, arg),
            }
        }
        let fixes_method = fact.method != MethodSource::Inherited && call.added.is_empty();
        if fixes_method || fact.args.contains(&RouteArg::Guard) {
            call.result.method = call.method.or(call.result.method);
        }
        // The base of what is added is its own; only where it is mounted matters here.
        call.result.add(&call.path, call.added);
        if let Some((variable, base)) = changed {
            call.result.base = base;
            self.replace(frame, variable, call.result);
            return Value::Other;
        }
        Value::Routes(call.result)
    }

    fn argument(
        &mut self,
        frame: &mut Frame,
        expr: ExprId,
        fact: &RouteFact,
        call: &mut Call,
        role: RouteArg,
        arg: ExprId,
    ) {
        match role {
            RouteArg::Path | RouteArg::Base => {
                call.result.add(&call.path, std::mem::take(&mut call.added));
                let text = match self.eval(frame, arg) {
                    Value::Text(text) => text,
                    _ => RoutePath::unknown(),
                };
                if role == RouteArg::Base {
                    call.result.base = call.result.base.join(&text);
                } else {
                    call.path = text;
                }
            }
            RouteArg::Method => call.method = self.method_named(frame, arg).or(call.method),
            RouteArg::Guard => {
                call.method = self.method_named(frame, arg).or(call.method);
                let value = self.eval(frame, arg);
                self.discard(value);
            }
            RouteArg::Target(kind) => {
                let method = call.method.or(call.result.method).unwrap_or(ANY);
                let before = call.added.entries.len();
                self.register(frame, expr, arg, fact, kind, method, &mut call.added);
                if let Some(attribute) = fact.path_attribute {
                    for entry in &mut call.added.entries[before..] {
                        entry.path = self.path_in_attribute(attribute, entry.callee);
                    }
                }
            }
            RouteArg::Routes => {
                let value = self.eval(frame, arg);
                if matches!(value, Value::Other) && call.path.join(&call.result.base).is_below_root() {
                    self.lost.extend(self.called(frame, arg));
                }
                let routes = self.as_routes(frame, arg, value, fact);
                call.added.union(routes);
            }
            RouteArg::Apply => {
                let routes = self.applied(frame, arg);
                call.added.union(routes);
            }
            RouteArg::Into | RouteArg::Ignored | RouteArg::Repeat => {
                let value = self.eval(frame, arg);
                self.discard(value);
            }
        }
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
        // `.layer(limit(&config)?)`: whatever the function is made of may be what runs.
        self.follows_any = kind == EntryKind::Middleware && self.is_call(frame, arg);
        let value = self.eval(frame, arg);
        self.follows_any = false;
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
            // What runs around a handler is given the request, the response, an origin, …: `|| from_fn(f)` runs once.
            if kind == EntryKind::Middleware && self.takes_nothing(callee) {
                continue;
            }
            let registered = self.place(frame, expr);
            let path = RoutePath::default();
            let (mounted, whole) = (true, true);
            let entry = RouteEntry { library: fact.library, kind, path, method, callee, registered, mounted, whole };
            if matches!(kind, EntryKind::Handler | EntryKind::Catcher) {
                added.push(entry);
            } else {
                frame.registers.push(entry);
            }
        }
    }

    /// Whether an expression is a call of a function by its path, with `?` or `.await` behind it.
    fn is_call(&self, frame: &Frame, expr: ExprId) -> bool {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Try(inner) | ExprKind::Await(inner) | ExprKind::Ref(inner) => self.is_call(frame, inner),
            ExprKind::Call { callee, .. } => matches!(tree.expr(callee).kind, ExprKind::Path(_)),
            _ => false,
        }
    }

    fn takes_nothing(&self, callee: Callee) -> bool {
        match callee {
            Callee::Fn(id) => {
                let function = self.app.function(id);
                function.params.len == 0 && function.receiver == Receiver::None
            }
            Callee::Closure { instance, expr, .. } => {
                let tree = &self.app.facts(instance).tree;
                matches!(tree.expr(expr).kind, ExprKind::Closure(index) if tree.closures[index as usize].params.len == 0)
            }
            Callee::Argument(_) => false,
        }
    }

    /// The path that the route attribute of a function names.
    pub(super) fn attribute_path(&mut self, function: FnId, route: &AttributeRoute) -> RoutePath {
        match route.path {
            AttributePath::Text(text) => RoutePath::text(text),
            AttributePath::Unknown => RoutePath::unknown(),
            AttributePath::Code(text, code) => {
                let mut frame = self.frame(function);
                match self.eval(&mut frame, code) {
                    Value::Text(path) => path,
                    _ if text.contains(['(', ':']) => RoutePath::unknown(),
                    _ => RoutePath::text(text),
                }
            }
        }
    }

    /// The path in an attribute of the type of a handler's first argument, for calls that take it from there.
    fn path_in_attribute(&self, name: Sym, callee: Callee) -> RoutePath {
        let unknown = RoutePath::unknown();
        let Callee::Fn(id) = callee else { return unknown };
        let Some(first) = self.app.signature(id).params.first() else { return unknown };
        let Head::Adt(adt) = first.head else { return unknown };
        let facts = self.app.facts(self.app.adts[adt.index()].instance);
        let attrs = facts.attr_run(self.app.adt(adt).attrs).iter();
        let args = attrs
            .filter(|attr| facts.tree.last_name(attr.path) == Some(name))
            .flat_map(|attr| facts.meta_run(attr.args));
        let mut texts = args.filter_map(|meta| match meta {
            Meta::Value(expr) => match facts.tree.expr(*expr).kind {
                ExprKind::Literal(Literal::Str(text)) => Some(RoutePath::text(text.as_str())),
                _ => None,
            },
            _ => None,
        });
        texts.next().unwrap_or(unknown)
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
    fn as_routes(&mut self, frame: &mut Frame, arg: ExprId, value: Value, fact: &RouteFact) -> Routes {
        let mut routes = Routes::default();
        let callees = value.callees();
        if callees.is_empty() && matches!(value, Value::Other) && self.is_missing(frame, arg) {
            self.missing_handler(frame, arg);
        }
        for callee in callees {
            match callee {
                Callee::Fn(id) => {
                    let attributes: &'a [AttributeRoute] =
                        self.attributed.get(&id).map(Vec::as_slice).unwrap_or_default();
                    let documented = fact.documented && attributes.iter().all(|route| route.kind.is_none());
                    for route in attributes.iter().filter(|route| documented || route.kind.is_some()) {
                        routes.push(RouteEntry {
                            library: route.library,
                            kind: route.kind.unwrap_or(EntryKind::Handler),
                            path: self.attribute_path(id, route),
                            method: route.method,
                            callee,
                            registered: self.place(frame, arg),
                            mounted: true,
                            whole: true,
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

    /// The name of the call that yields a value.
    fn called(&self, frame: &Frame, expr: ExprId) -> Option<Sym> {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Method { call, .. } => Some(tree.methods[call as usize].name),
            ExprKind::Call { callee, .. } => self.called(frame, callee),
            ExprKind::Path(path) => tree.last_name(path),
            ExprKind::Await(inner) | ExprKind::Try(inner) => self.called(frame, inner),
            _ => None,
        }
    }

    /// Adds routes to what an expression names.
    pub(super) fn change_in_place(&mut self, frame: &mut Frame, expr: ExprId, routes: Routes) {
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
    pub(super) fn set_in_place(&mut self, frame: &mut Frame, expr: ExprId, routes: Routes) {
        if let Some(index) = self.local_behind(frame, expr) {
            frame.locals[index].1.value = Value::Routes(routes);
        }
    }

    /// Puts a router back into the variable it came from.
    fn replace(&mut self, frame: &mut Frame, variable: ExprId, routes: Routes) {
        match self.local_behind(frame, variable) {
            Some(index) => {
                let local = &mut frame.locals[index].1;
                local.value = Value::Routes(routes);
                local.used = local.is_argument();
            }
            None => self.discard(Value::Routes(routes)),
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
