//! What code that builds routers works with: paths that are not wholly known, routes, functions.

use rustc_hash::FxHashMap;

use super::{EntryPoint, Target};
use crate::app::{FnId, InstanceId};
use crate::knowledge::{EntryKind, LibraryId};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::ExprId;

/// A route can have this many paths at most; beyond that none of them is shown.
const MOST_ALTERNATIVES: usize = 64;

/// A piece of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Text(String),
    /// An argument of the function that is being evaluated.
    Argument(usize),
    /// Pieces with nothing between them.
    Joined(Vec<Piece>),
    /// Any of several paths: `resource(["/users", "/people"])`.
    OneOf(Vec<RoutePath>),
    /// An associated constant of the type that a function of a trait is called on.
    OfSelf(Sym),
    Unknown,
}

impl Piece {
    /// Pieces with nothing between them, as one.
    pub(super) fn joined(pieces: Vec<Piece>) -> Piece {
        if pieces.iter().any(|piece| matches!(piece, Piece::Unknown)) {
            return Piece::Unknown;
        }
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            _ => None,
        };
        match pieces.iter().map(text).collect::<Option<String>>() {
            Some(text) => Piece::Text(text),
            None => Piece::Joined(pieces),
        }
    }

    fn is_known(&self) -> bool {
        match self {
            Piece::Text(_) => true,
            Piece::OneOf(paths) => paths.iter().all(|path| path.0.iter().all(Piece::is_known)),
            _ => false,
        }
    }

    /// The pieces with the arguments of a call in place.
    fn with_arguments(&self, arguments: &[Value]) -> Vec<Piece> {
        match self {
            Piece::Argument(index) => match arguments.get(*index) {
                Some(Value::Text(path)) => path.0.clone(),
                _ => vec![Piece::Unknown],
            },
            Piece::Joined(pieces) => {
                vec![Piece::joined(pieces.iter().flat_map(|piece| piece.with_arguments(arguments)).collect())]
            }
            Piece::OneOf(paths) => {
                vec![Piece::OneOf(paths.iter().map(|path| path.with_arguments(arguments)).collect())]
            }
            other => vec![other.clone()],
        }
    }

    /// Each of the texts that it can be.
    fn alternatives(&self) -> Vec<Vec<Piece>> {
        match self {
            Piece::OneOf(paths) => paths.iter().flat_map(RoutePath::alternatives).map(|path| path.0).collect(),
            other => vec![vec![other.clone()]],
        }
    }
}

/// A path under which something is mounted, as far as it is known.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct RoutePath(pub(super) Vec<Piece>);

impl RoutePath {
    pub(super) fn text(text: &str) -> Self {
        RoutePath(vec![Piece::Text(text.to_owned())])
    }

    pub(super) fn unknown() -> Self {
        RoutePath(vec![Piece::Unknown])
    }

    /// Each of the paths that it can be.
    pub(super) fn alternatives(&self) -> Vec<RoutePath> {
        let mut found = vec![RoutePath::default()];
        for piece in &self.0 {
            let ways = piece.alternatives();
            if found.len() * ways.len() > MOST_ALTERNATIVES {
                return vec![RoutePath::unknown()];
            }
            let longer =
                |path: &RoutePath| ways.iter().map(|way| path.join(&RoutePath(way.clone()))).collect::<Vec<_>>();
            found = found.iter().flat_map(longer).collect();
        }
        found
    }

    /// This path with another one below it.
    pub(super) fn join(&self, below: &RoutePath) -> RoutePath {
        RoutePath(self.0.iter().chain(&below.0).cloned().collect())
    }

    /// The path with the arguments of a call in place.
    fn with_arguments(&self, arguments: &[Value]) -> RoutePath {
        RoutePath(self.0.iter().flat_map(|piece| piece.with_arguments(arguments)).collect())
    }

    /// Whether it is anything but `/`.
    pub(super) fn is_below_root(&self) -> bool {
        self.0.iter().any(|piece| !matches!(piece, Piece::Text(text) if matches!(text.as_str(), "" | "/")))
    }

    /// How much a path says: whether all of it is known, and how much there is.
    fn rank(&self) -> (bool, usize) {
        (self.0.iter().all(Piece::is_known), self.0.len())
    }

    /// As shown: empty where a piece of it is not known.
    pub(super) fn shown(&self) -> String {
        if self.rank().0 { self.shown_partly() } else { String::new() }
    }

    /// For people: `…` stands for what is not known; empty where nothing is.
    pub(super) fn shown_partly(&self) -> String {
        let mut shown = String::new();
        for piece in &self.0 {
            let Piece::Text(text) = piece else {
                if !shown.ends_with('…') {
                    shown = shown.trim_end_matches('/').to_owned() + if shown.is_empty() { "…" } else { "/…" };
                }
                continue;
            };
            if text.is_empty() {
                continue;
            }
            let text = text.strip_prefix('/').unwrap_or(text);
            if !shown.ends_with('/') {
                shown.push('/');
            }
            shown.push_str(text);
        }
        if shown.is_empty() && !self.0.is_empty() {
            shown.push('/');
        }
        // A router nested under "/users" that answers at "/" answers at "/users".
        if shown.len() > 1 && self.0.len() > 1 && self.0.last() == Some(&Piece::Text("/".to_owned())) {
            shown.truncate(shown.trim_end_matches('/').len());
        }
        if matches!(shown.as_str(), "…" | "…/") { String::new() } else { shown }
    }
}

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
            Value::Other | Value::Callees(_) => self.clone(),
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
