//! Matches the patterns of knowledge against types, and carries marks from what goes into a call to what comes out.

use super::errors::is_stream;
use crate::app::{App, Head, Mark, Site, Ty, What};
use crate::knowledge::{Kind, LibraryId, Pattern};
use crate::symbol::Sym;

/// What the variables of a pattern stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound(Vec<(Sym, Ty)>);

impl Bound {
    pub(super) fn bind(&mut self, name: Sym, ty: Ty) {
        match self.0.iter_mut().find(|(var, _)| *var == name) {
            Some((_, known)) if known.is_unknown() => *known = ty.marked(known.marks()),
            Some(_) => {}
            None => self.0.push((name, ty)),
        }
    }

    pub(super) fn get(&self, name: Sym) -> Ty {
        self.0.iter().find(|(var, _)| *var == name).map_or(Ty::UNKNOWN, |(_, ty)| ty.clone())
    }
}

/// Whether a type is one whose values can have failed: `Option`, `Result`, and what frameworks have like them.
pub(super) fn is_fallible(app: &App, ty: &Ty) -> bool {
    matches!(ty.head, Head::External(path) if app.knowledge.can_fail(path))
}

/// Whether a type is what a pattern describes; binds the pattern's variables to its parts. What is not known of a
/// receiver does not match, of an argument it does.
pub(super) fn matches(pattern: &Pattern, ty: &Ty, bound: &mut Bound, lenient: bool) -> bool {
    match pattern {
        Pattern::Var(name) => {
            bound.bind(*name, ty.clone());
            true
        }
        Pattern::Named(path, args) => named(*path, args, ty, bound, lenient),
        Pattern::Tuple(fields) => {
            if ty.head != Head::Tuple || ty.args().len() != fields.len() {
                return lenient && ty.is_unknown();
            }
            fields.iter().zip(ty.args()).all(|(field, ty)| matches(field, ty, bound, true))
        }
        Pattern::Kind(_, inner) | Pattern::Instead(inner) => matches(inner, ty, bound, lenient),
        Pattern::Fn { .. } => lenient || matches!(ty.head, Head::Fn | Head::Closure(..) | Head::FnItem(_)),
        _ => true,
    }
}

fn named(path: Sym, args: &[Pattern], ty: &Ty, bound: &mut Bound, lenient: bool) -> bool {
    match ty.head {
        Head::External(head) if head == path => {
            for (index, arg) in args.iter().enumerate() {
                let part = ty.arg(index);
                // `Option<Result<T, E>>` is not every `Option`: an inner type must be right, unless it is not known.
                if !matches(arg, &part, bound, true) {
                    return false;
                }
            }
            true
        }
        Head::Slice if path == crate::sym!("std::vec::Vec") => {
            args.first().is_none_or(|item| matches(item, &ty.arg(0), bound, true))
        }
        Head::Bounds => ty.args().iter().any(|one| named(path, args, one, bound, lenient)),
        _ if lenient && path == crate::app::future_path() => {
            // Calls that return futures are described by what comes out when they are awaited.
            args.first().is_none_or(|output| matches(output, ty, bound, true))
        }
        _ if lenient && path == crate::sym!("std::iter::Iterator") => match item_of(ty) {
            Some(item) => args.first().is_none_or(|pattern| matches(pattern, &item, bound, true)),
            None => ty.is_unknown(),
        },
        _ => lenient && ty.is_unknown(),
    }
}

/// What going through a value yields one after the other.
pub(super) fn item_of(ty: &Ty) -> Option<Ty> {
    match ty.head {
        Head::Slice => Some(ty.arg(0)),
        Head::External(path) => match path.as_str() {
            "std::vec::Vec"
            | "std::iter::Iterator"
            | "std::option::Option"
            | "futures::Stream"
            | "std::collections::HashSet" => Some(ty.arg(0)),
            "std::collections::HashMap" => Some(Ty::with(Head::Tuple, vec![ty.arg(0), ty.arg(1)])),
            _ => None,
        },
        _ => None,
    }
}

/// What went into a call: the marks of each node that can fail, by the node's type.
#[derive(Clone, Debug, Default)]
pub(super) struct Inputs {
    nodes: Vec<(Sym, Vec<Mark>)>,
    /// Whether a row is among it: a call that fails then has read it, and did not find what it expects.
    row: bool,
}

impl Inputs {
    /// Adds the nodes of a type that a pattern names.
    pub(super) fn add(&mut self, app: &App, pattern: &Pattern, ty: &Ty) {
        match pattern {
            Pattern::Named(path, args) => {
                let is_row = app.knowledge.is_row(*path);
                self.row |= is_row;
                if (is_row || app.knowledge.can_fail(*path)) && !ty.marks().is_empty() {
                    self.nodes.push((*path, ty.marks().to_vec()));
                }
                let transparent = ty.head != Head::External(*path) && *path == crate::app::future_path();
                for (index, arg) in args.iter().enumerate() {
                    let part = if transparent { ty.clone() } else { ty.arg(index) };
                    self.add(app, arg, &part);
                }
            }
            Pattern::Instead(inner) | Pattern::Kind(_, inner) => self.add(app, inner, ty),
            Pattern::Tuple(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    self.add(app, field, &ty.arg(index));
                }
            }
            _ => {}
        }
    }

    /// The marks for the outermost node of the result that can fail: those of nodes of the same type, or else of all.
    fn for_outermost(&self, path: Sym) -> Vec<Mark> {
        let same = self.for_inner(path);
        if same.is_empty() { self.all() } else { same }
    }

    /// The marks for a node inside of another one that can fail: what went in as something else has failed out there.
    fn for_inner(&self, path: Sym) -> Vec<Mark> {
        self.nodes.iter().filter(|(node, _)| *node == path).flat_map(|(_, marks)| marks.clone()).collect()
    }

    /// Adds what went into another part of the call.
    pub(super) fn extend(&mut self, other: Inputs) {
        self.nodes.extend(other.nodes);
        self.row |= other.row;
    }

    /// Every mark that went in.
    pub(super) fn all(&self) -> Vec<Mark> {
        self.nodes.iter().flat_map(|(_, marks)| marks.clone()).collect()
    }
}

/// How a result is built.
pub(super) struct Outcome<'a> {
    pub(super) app: &'a App,
    pub(super) bound: &'a Bound,
    /// What went in; `None` where the result has nothing to do with it.
    pub(super) inputs: Option<&'a Inputs>,
    /// The query that this call is.
    pub(super) query: Option<Site>,
    /// The call, where it is no query but why it fails is worth knowing.
    pub(super) operation: Option<Site>,
    /// What the arguments are, for tuples of them.
    pub(super) arguments: &'a [Ty],
}

/// Which of the marks that went in a node of the result gets.
type Share = fn(&Inputs, Sym) -> Vec<Mark>;

impl Outcome<'_> {
    /// The type that a pattern stands for.
    pub(super) fn build(&self, pattern: &Pattern) -> Ty {
        self.node(pattern, Inputs::for_outermost)
    }

    fn node(&self, pattern: &Pattern, share: Share) -> Ty {
        match pattern {
            Pattern::Var(name) => self.bound.get(*name),
            Pattern::Named(path, args) => {
                let can_fail = self.app.knowledge.can_fail(*path);
                let inner = if can_fail { Inputs::for_inner } else { share };
                let parts = args.iter().map(|arg| self.node(arg, inner)).collect();
                let ty = self.app.external_type(*path, parts);
                // A stream of rows ends where there is none: no item says so.
                let ty = match self.query.filter(|_| is_stream(&ty)) {
                    Some(site) => super::absence::without(&ty, |what| what == What::QueryEmpty(site)),
                    None => ty,
                };
                if !can_fail {
                    return self.rows(ty, args);
                }
                let mut went_in = self.inputs.map(|inputs| share(inputs, *path)).unwrap_or_default();
                if !args_hold_error(&ty) && !is_stream(&ty) {
                    // `None` does not say why.
                    went_in.iter_mut().for_each(|mark| *mark = mark.settled());
                }
                let ty = if is_optional_row(args) { absent_inside(ty, &mut went_in) } else { ty };
                self.fails_by(ty.marked(&went_in), pattern, *path, args)
            }
            Pattern::Tuple(fields) => {
                Ty::with(Head::Tuple, fields.iter().map(|field| self.node(field, share)).collect())
            }
            Pattern::Kind(kind, inner) => {
                let ty = self.node(inner, share);
                match (self.query, kind) {
                    (Some(site), Kind::Row | Kind::Written | Kind::Affected) => {
                        ty.marked(&[Mark::of(What::Queried(site))])
                    }
                    _ => ty,
                }
            }
            Pattern::Collected(into, item) => {
                let item = self.node(item, share);
                let failure: Vec<Mark> = if is_fallible(self.app, &item) { item.marks().to_vec() } else { Vec::new() };
                collected(self.app, self.node(into, share), item).marked(&failure)
            }
            Pattern::Each => Ty::with(Head::Tuple, self.arguments.iter().map(|arg| awaited(self.app, arg)).collect()),
            Pattern::EachOk => {
                let yielded: Vec<Ty> = self.arguments.iter().map(|arg| awaited(self.app, arg)).collect();
                let marks: Vec<Mark> = yielded.iter().flat_map(|ty| ty.marks().to_vec()).collect();
                let error = yielded.first().map_or(Ty::UNKNOWN, |ty| ty.arg(1));
                let fields = Ty::with(Head::Tuple, yielded.iter().map(|ty| ty.arg(0)).collect());
                Ty::external(crate::sym!("std::result::Result"), vec![fields, error]).marked(&marks)
            }
            Pattern::Never => Ty::NEVER,
            _ => Ty::UNKNOWN,
        }
    }
}

/// A collection with what is collected in it, where what it is declared as leaves that open: `collect::<Vec<_>>()`. Where
/// nothing is declared, what is collected is the argument of a type that is not known.
pub(super) fn collected(app: &App, into: Ty, item: Ty) -> Ty {
    let parts = match into.head {
        Head::Unknown => vec![item],
        Head::External(path) if app.knowledge.can_fail(path) && is_fallible(app, &item) => {
            let inner = collected(app, into.arg(0), item.arg(0));
            let inner = if inner.head == Head::Unknown { into.arg(0) } else { inner };
            let error = if into.arg(1).is_unknown() { item.arg(1) } else { into.arg(1) };
            [inner, error].into_iter().take(into.args().len().max(1)).collect()
        }
        _ if !into.arg(0).is_blank() => return into,
        Head::External(path) if path == crate::sym!("std::collections::HashMap") && item.head == Head::Tuple => {
            item.args().to_vec()
        }
        Head::External(_) if is_stream(&into) => vec![awaited(app, &item)],
        Head::External(_) | Head::Slice if item_of(&into).is_some() && !is_fallible(app, &into) => vec![item],
        _ => return into,
    };
    into.with_args(parts)
}

/// Whether the first argument of a pattern is a row.
fn is_row(args: &[Pattern]) -> bool {
    matches!(args.first(), Some(Pattern::Kind(Kind::Row, _)))
}

/// The same of a row that may not be there: `Result<Option<Row>>`.
fn is_optional_row(args: &[Pattern]) -> bool {
    matches!(args, [Pattern::Named(path, inner), ..] if *path == crate::sym!("std::option::Option") && is_row(inner))
}

/// What went in as an error and says that there is no row comes out as `None`.
fn absent_inside(ty: Ty, went_in: &mut Vec<Mark>) -> Ty {
    let (absent, others) = went_in.iter().partition(|mark| mark.what.is_absence());
    *went_in = others;
    let absent: Vec<Mark> = absent;
    let mut args = ty.args().to_vec();
    if let Some(option) = args.first_mut() {
        *option = option.clone().marked(&absent);
    }
    ty.with_args(args)
}

/// Whether a type that can fail says why.
fn args_hold_error(ty: &Ty) -> bool {
    ty.args().len() > 1
}

impl Outcome<'_> {
    /// What can have failed, and why.
    fn fails_by(&self, ty: Ty, pattern: &Pattern, path: Sym, args: &[Pattern]) -> Ty {
        match self.query {
            // Of a row it says that there is none, of a connection that there is none to be had.
            Some(site) if path == crate::sym!("std::option::Option") && !self.is_opened(pattern) => {
                ty.marked(&[Mark::of(What::QueryEmpty(site))])
            }
            Some(site) if self.inputs.is_some_and(|inputs| inputs.row) => ty.marked(&[Mark::of(What::Misread(site))]),
            Some(site) => {
                let absent = is_row(args) && self.says_absence(&ty.arg(1));
                let absent = absent.then_some(Mark::of(What::QueryEmpty(site)));
                let marks = [Mark::of(What::QueryFailed(site))].into_iter().chain(absent);
                ty.marked(&marks.collect::<Vec<_>>())
            }
            None => match self.operation.filter(|_| args_hold_error(&ty)) {
                Some(site) => ty.marked(&[Mark::of(What::CallFailed(site))]),
                None => ty,
            },
        }
    }

    /// All the rows that a query found.
    fn rows(&self, ty: Ty, args: &[Pattern]) -> Ty {
        match self.query {
            Some(site) if is_row(args) && item_of(&ty).is_some() => ty.marked(&[Mark::of(What::RowsEmpty(site))]),
            _ => ty,
        }
    }

    /// Whether an error of a type can be that nothing was found.
    fn says_absence(&self, error: &Ty) -> bool {
        matches!(error.head, Head::External(path) if self.app.knowledge.error(path).is_some_and(|it| it.of_absence))
    }

    fn is_opened(&self, pattern: &Pattern) -> bool {
        self.app.knowledge.opened_by(pattern).is_some()
    }
}

/// What awaiting a value yields.
pub(super) fn awaited(app: &App, ty: &Ty) -> Ty {
    let mut inner = ty.clone();
    for _ in 0..6 {
        let Head::External(path) = inner.head else { break };
        if path == crate::app::future_path() {
            return inner.arg(0);
        }
        if app.knowledge.deref(path).is_none() {
            break;
        }
        inner = inner.arg(0);
    }
    ty.clone()
}

/// The libraries whose queries can be run on a value of a type.
pub(super) fn handle_of<'a>(app: &'a App, ty: &Ty) -> Option<&'a [LibraryId]> {
    let of_path = |path: Sym| Some(app.knowledge.handle(path)).filter(|libraries| !libraries.is_empty());
    match ty.head {
        Head::External(path) => of_path(path),
        Head::Adt(adt) => app.acts_as(adt).iter().find_map(|path| of_path(*path)),
        Head::Bounds => ty.args().iter().find_map(|bound| handle_of(app, bound)),
        _ => None,
    }
}

/// The type of a literal.
pub(super) fn literal_type(literal: crate::syntax::Literal) -> Ty {
    match literal {
        crate::syntax::Literal::Str(_) => Ty::external(crate::sym!("str"), Vec::new()),
        crate::syntax::Literal::Int(_) => Ty::external(crate::sym!("i32"), Vec::new()),
        crate::syntax::Literal::Float => Ty::external(crate::sym!("f64"), Vec::new()),
        crate::syntax::Literal::Bool(_) => super::eval::bool_type(),
        crate::syntax::Literal::Char => Ty::external(crate::sym!("char"), Vec::new()),
    }
}
