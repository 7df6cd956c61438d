//! Paths that are not wholly known, and how they are shown.

use super::values::Value;
use crate::symbol::Sym;

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
    pub(super) fn with_arguments(&self, arguments: &[Value]) -> RoutePath {
        RoutePath(self.0.iter().flat_map(|piece| piece.with_arguments(arguments)).collect())
    }

    /// Whether it is anything but `/`.
    pub(super) fn is_below_root(&self) -> bool {
        self.0.iter().any(|piece| !matches!(piece, Piece::Text(text) if matches!(text.as_str(), "" | "/")))
    }

    /// How much a path says: whether all of it is known, and how much there is.
    pub(super) fn rank(&self) -> (bool, usize) {
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
            // `/?<page>` under `/notes` is `/notes?<page>`.
            if !shown.ends_with('/') && (shown.is_empty() || !text.starts_with('?')) {
                shown.push('/');
            }
            shown.push_str(text);
        }
        if shown.is_empty() && !self.0.is_empty() {
            shown.push('/');
        }
        let last = self.0.iter().rfind(|piece| **piece != Piece::Text(String::new()));
        // A router nested under "/users" that answers at "/" answers at "/users".
        if shown.len() > 1 && self.0.len() > 1 && last == Some(&Piece::Text("/".to_owned())) {
            shown.truncate(shown.trim_end_matches('/').len());
        }
        if matches!(shown.as_str(), "…" | "…/") { String::new() } else { shown }
    }
}
