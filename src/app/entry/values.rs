//! What code that builds routers works with: routes, functions, paths.

use rustc_hash::FxHashMap;

use super::route_path::RoutePath;
use super::{EntryPoint, Target};
use crate::app::{FnId, InstanceId};
use crate::knowledge::{EntryKind, LibraryId};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::ExprId;

/// A function or closure that a route answers with, or the argument of the function being evaluated that is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Callee {
    Fn(FnId),
    Closure { within: FnId, instance: InstanceId, expr: ExprId },
    Argument(usize),
}

/// A route being built.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct RouteEntry {
    pub(super) library: LibraryId,
    pub(super) kind: EntryKind,
    pub(super) path: RoutePath,
    pub(super) method: &'static str,
    pub(super) callee: Callee,
    pub(super) registered: Place,
    /// Whether it is known to be part of a router: not what is left of a function that only adds it to an argument.
    pub(super) mounted: bool,
    /// Whether its router is not handed to somebody who was not seen, and may put something in front of its path.
    pub(super) whole: bool,
}

impl RouteEntry {
    /// An entry point for each of its paths.
    pub(super) fn entry_points(&self) -> Vec<EntryPoint> {
        let target = match self.callee {
            Callee::Fn(id) => Target::Fn(id),
            Callee::Closure { within, instance, expr } => Target::Closure { within, instance, expr },
            Callee::Argument(_) => return Vec::new(),
        };
        let paths = if self.kind == EntryKind::Handler { self.path.alternatives() } else { vec![RoutePath::unknown()] };
        let entry = |path: &RoutePath| EntryPoint {
            framework: self.library,
            kind: self.kind,
            method: self.method,
            path: path.shown(),
            partial_path: path.shown_partly(),
            target,
            registered: Some(self.registered),
            mounted: self.mounted,
            started: true,
            whole: self.whole,
        };
        paths.iter().map(entry).collect()
    }
}

/// A value in code that builds routers.
#[derive(Clone, Debug, Default)]
pub(super) enum Value {
    /// Nothing that matters.
    #[default]
    Other,
    /// A path or a part of one.
    Text(RoutePath),
    /// Functions and closures, any of which it can be.
    Callees(Vec<Callee>),
    /// A router, a route, a list of routes.
    Routes(Routes),
    /// A tuple.
    Tuple(Vec<Value>),
    /// The fields of a struct that are paths, or structs of paths.
    Record(Vec<(Sym, Value)>),
}

/// A router, or something that becomes part of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes {
    /// Its type.
    pub(super) ty: Option<Sym>,
    /// The path under which whatever is added is mounted.
    pub(super) base: RoutePath,
    /// The method of handlers that are added, where it is fixed.
    pub(super) method: Option<&'static str>,
    pub(super) entries: Vec<RouteEntry>,
    /// Arguments of the function being evaluated whose routes are part of it, and where they are mounted.
    pub(super) arguments: Vec<(usize, RoutePath)>,
    /// Whether it is the receiver again, changed in place.
    pub(super) in_place: bool,
}

impl Routes {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.arguments.is_empty()
    }

    /// Adds other routes under the base of this one and a path.
    pub(super) fn add(&mut self, path: &RoutePath, other: Routes) {
        let path = self.base.join(path);
        for mut entry in other.entries {
            entry.path = path.join(&entry.path);
            self.push(entry);
        }
        self.arguments.extend(other.arguments.into_iter().map(|(index, below)| (index, path.join(&below))));
    }

    pub(super) fn push(&mut self, entry: RouteEntry) {
        if !self.entries.contains(&entry) {
            self.entries.push(entry);
        }
    }

    /// Adds all of another value as it is: both are possible.
    pub(super) fn union(&mut self, other: Routes) {
        self.ty = self.ty.or(other.ty);
        self.method = self.method.or(other.method);
        if self.base.0.is_empty() {
            self.base = other.base;
        }
        for entry in other.entries {
            self.push(entry);
        }
        self.arguments.extend(other.arguments);
    }

    /// The routes with the arguments of a call in place.
    pub(super) fn with_arguments(&self, arguments: &[Value]) -> Routes {
        let mut routes =
            Routes { ty: self.ty, base: self.base.with_arguments(arguments), method: self.method, ..Routes::default() };
        for entry in &self.entries {
            for entry in entry_with_arguments(entry, arguments) {
                routes.push(entry);
            }
        }
        for (index, path) in &self.arguments {
            let path = path.with_arguments(arguments);
            if let Some(Value::Routes(argument)) = arguments.get(*index) {
                let mut mounted = Routes::default();
                mounted.add(&path, argument.clone());
                routes.union(mounted);
            }
        }
        routes
    }
}

/// An entry with the arguments of a call in place: one for each function that the argument can be.
pub(super) fn entry_with_arguments(entry: &RouteEntry, arguments: &[Value]) -> Vec<RouteEntry> {
    let path = entry.path.with_arguments(arguments);
    let callees = match entry.callee {
        Callee::Argument(index) => arguments.get(index).map(Value::callees).unwrap_or_default(),
        callee => vec![callee],
    };
    callees.into_iter().map(|callee| RouteEntry { path: path.clone(), callee, ..entry.clone() }).collect()
}

impl Value {
    /// The value with the arguments of a call in place.
    pub(super) fn with_arguments(&self, arguments: &[Value]) -> Value {
        match self {
            Value::Routes(routes) => Value::Routes(routes.with_arguments(arguments)),
            Value::Text(path) => Value::Text(path.with_arguments(arguments)),
            Value::Tuple(fields) => Value::Tuple(fields.iter().map(|field| field.with_arguments(arguments)).collect()),
            Value::Record(fields) => {
                Value::Record(fields.iter().map(|(name, field)| (*name, field.with_arguments(arguments))).collect())
            }
            Value::Callees(callees) => {
                let behind = |callee: &Callee| match callee {
                    Callee::Argument(index) => arguments.get(*index).map(Value::callees).unwrap_or_default(),
                    callee => vec![*callee],
                };
                let callees: Vec<Callee> = callees.iter().flat_map(behind).collect();
                if callees.is_empty() { Value::Other } else { Value::Callees(callees) }
            }
            Value::Other => Value::Other,
        }
    }

    pub(super) fn callees(&self) -> Vec<Callee> {
        match self {
            Value::Callees(callees) => callees.clone(),
            Value::Tuple(fields) => fields.iter().flat_map(Value::callees).collect(),
            _ => Vec::new(),
        }
    }

    /// The routes in a value, wherever they are.
    pub(super) fn routes(self) -> Routes {
        match self {
            Value::Routes(routes) => routes,
            Value::Tuple(fields) => fields.into_iter().fold(Routes::default(), |mut all, field| {
                all.union(field.routes());
                all
            }),
            _ => Routes::default(),
        }
    }

    /// Routes, if there are any.
    pub(super) fn of_routes(routes: Routes) -> Value {
        if routes.ty.is_some() || !routes.is_empty() { Value::Routes(routes) } else { Value::Other }
    }

    /// Either of two values.
    pub(super) fn either(self, other: Value) -> Value {
        match (self, other) {
            (Value::Other, value) | (value, Value::Other) => value,
            (Value::Routes(mut routes), other) | (other, Value::Routes(mut routes)) => {
                routes.union(other.routes());
                Value::Routes(routes)
            }
            (Value::Callees(mut callees), Value::Callees(more)) => {
                callees.extend(more);
                callees.dedup();
                Value::Callees(callees)
            }
            (value, _) => value,
        }
    }
}

/// What calling a function does with routes.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// What it returns.
    pub(super) returns: Value,
    /// What it adds to each of its arguments.
    pub(super) adds: Vec<(usize, Routes)>,
    /// Entries other than routes whose function is an argument.
    pub(super) registers: Vec<RouteEntry>,
}

impl Summary {
    /// Whether anything of an argument is in what the function returns, changes or registers.
    pub(super) fn mentions(&self, argument: usize) -> bool {
        let in_routes = |routes: &Routes| {
            routes.arguments.iter().any(|(index, _)| *index == argument)
                || routes.entries.iter().any(|entry| entry.callee == Callee::Argument(argument))
        };
        in_routes(&self.returns.clone().routes())
            || self.adds.iter().any(|(index, routes)| *index == argument || in_routes(routes))
            || self.registers.iter().any(|entry| entry.callee == Callee::Argument(argument))
    }
}

/// Drops entries that another one says more about: the same function, registered at the same place, under a path that is
/// wholly known where this one is not, or that is longer.
pub(super) fn without_partial_paths(entries: Vec<RouteEntry>) -> Vec<RouteEntry> {
    let mut best: FxHashMap<(Callee, Place), (bool, usize)> = FxHashMap::default();
    for entry in &entries {
        let rank = entry.path.rank();
        let known = best.entry((entry.callee, entry.registered)).or_insert(rank);
        *known = rank.max(*known);
    }
    entries
        .into_iter()
        .filter(|entry| best.get(&(entry.callee, entry.registered)) == Some(&entry.path.rank()))
        .collect()
}
