//! What the application provides for extractors to take: the types of what is given to the calls that provide something,
//! wherever in the program they stand.

use rustc_hash::FxHashSet;

use super::Flow;
use super::eval::{Eval, begin};
use crate::app::{App, Def, FnId, Head, InstanceId, Site, Target, Ty};
use crate::knowledge::{LibraryId, ProvideFact};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Tree};

/// What is provided in a program.
#[derive(Default)]
pub(super) struct Provided {
    /// The extractors that can take it, with the place of what is provided.
    pub(super) types: Vec<(Ty, Place)>,
    /// Frameworks of which it is not known what all is provided.
    pub(super) unknown: FxHashSet<LibraryId>,
}

impl Provided {
    /// What is provided that an extractor of this type may take.
    pub(super) fn fits(&self, wanted: &Ty) -> bool {
        self.types.iter().any(|(provided, _)| fits(wanted, provided))
    }

    /// What is provided of the same type of the project, otherwise wrapped.
    pub(super) fn beside(&self, wanted: &Ty) -> Option<Place> {
        let own = own_type(wanted)?;
        self.types.iter().find(|(provided, _)| own_type(provided) == Some(own)).map(|(_, place)| *place)
    }
}

/// Whether what an extractor takes may be what is provided: where something is not known, it may.
fn fits(wanted: &Ty, provided: &Ty) -> bool {
    let last = |path: Sym| path.as_str().rsplit("::").next();
    let is_same = match (wanted.head, provided.head) {
        (Head::Adt(_) | Head::Tuple | Head::Slice, Head::External(path)) => !is_std_type(path),
        (Head::External(wanted), Head::External(provided)) => last(wanted) == last(provided),
        (Head::Adt(_) | Head::External(_) | Head::Tuple | Head::Slice, Head::Adt(_) | Head::Tuple | Head::Slice) => {
            wanted.head == provided.head
        }
        _ => return true,
    };
    is_same && wanted.args().iter().zip(provided.args()).all(|(wanted, provided)| fits(wanted, provided))
}

fn is_std_type(path: Sym) -> bool {
    path.as_str().starts_with("std::") || crate::app::is_primitive(path.as_str())
}

/// The type of the project that a type is about.
fn own_type(ty: &Ty) -> Option<Head> {
    match ty.head {
        Head::Adt(_) => Some(ty.head),
        _ => ty.args().iter().find_map(own_type),
    }
}

/// Whether it is known in all its parts what a type is, so that nobody but the project itself can provide it.
pub(super) fn is_own(app: &App, ty: &Ty) -> bool {
    let mut is_known = true;
    ty.visit(&mut |node| {
        is_known &= match node.head {
            Head::Adt(_) | Head::Tuple | Head::Slice => true,
            Head::External(path) => {
                !node.args().is_empty() || is_std_type(path) || app.knowledge.type_library(path).is_some()
            }
            _ => false,
        };
    });
    is_known && own_type(ty).is_some()
}

impl Flow {
    /// What the program provides for extractors.
    pub(super) fn provided(&self, app: &App) -> Provided {
        let words: FxHashSet<Sym> = app.knowledge.providing_words().collect();
        let mut provided = Provided::default();
        let listed: Vec<Sym> = words.iter().copied().collect();
        if app.may_mention(&listed) {
            provided.unknown.extend((0..app.knowledge.libraries.len()).map(|index| LibraryId(index as u16)));
            return provided;
        }
        let mut seen: FxHashSet<Site> = FxHashSet::default();
        for id in (0..app.functions.len() as u32).map(FnId) {
            let (instance, _) = app.home(id);
            let calls = providing(app, id, instance, app.function(id).exprs, &words);
            if calls.is_empty() {
                continue;
            }
            let mut eval = begin(app, &self.summaries, Target::Fn(id), None);
            eval.asked = calls.iter().map(|(expr, _)| (Site { instance, expr: *expr }, None)).collect();
            eval.function();
            let types = std::mem::take(&mut eval.asked);
            for (expr, fact) in calls {
                let site = Site { instance, expr };
                seen.insert(site);
                provided.add(app, id, fact, (types.get(&site).cloned().flatten(), site));
            }
        }
        // What stands in expansions and statics is not evaluated.
        for instance in (0..app.instances.len() as u32).map(InstanceId) {
            let len = app.facts(instance).tree.exprs.len() as u32;
            for (name, expr) in calls_of(app, instance, (0, len), &words) {
                let named = || app.knowledge.provides_word(name).map(|fact| fact.library);
                if !seen.contains(&Site { instance, expr }) && !is_in_function(app, instance, expr) {
                    provided.unknown.extend(named());
                }
            }
        }
        provided
    }
}

impl Provided {
    fn add(&mut self, app: &App, id: FnId, fact: &ProvideFact, (given, site): (Option<Ty>, Site)) {
        let given = given.unwrap_or(Ty::UNKNOWN);
        let ty = app.instantiate(&fact.makes, &[(crate::sym!("T"), given.clone())]);
        // The only thing that is asked of what is provided is whether it is what a handler takes.
        if given.is_unknown() && is_made_elsewhere(app, id, site) {
            return;
        }
        if given.is_unknown() || ty.any(&|node| node.is_unknown() && node.args().is_empty()) {
            self.unknown.insert(fact.library);
        }
        let span = app.facts(site.instance).tree.expr(site.expr).span;
        self.types.push((ty, app.place(site.instance, span)));
    }
}

/// Whether a chain of calls starts with one of another crate that is given nothing: `JsonConfig::default().limit(4096)`
/// is not about a type of the project.
fn is_made_elsewhere(app: &App, id: FnId, site: Site) -> bool {
    let tree = &app.facts(site.instance).tree;
    match tree.expr(site.expr).kind {
        ExprKind::Method { receiver, .. } => is_made_elsewhere(app, id, Site { expr: receiver, ..site }),
        ExprKind::Call { callee, args } if args.len == 0 => match tree.expr(callee).kind {
            ExprKind::Path(path) => {
                matches!(app.resolve_value(id, site.instance, app.home(id).1, path), Some(Def::External(_)))
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_in_function(app: &App, instance: InstanceId, expr: ExprId) -> bool {
    app.facts(instance).functions.iter().any(|it| it.exprs.0 <= expr.0 && expr.0 < it.exprs.1)
}

/// The calls among some expressions that may provide something: the name, and what is provided.
fn calls_of(app: &App, instance: InstanceId, exprs: (u32, u32), words: &FxHashSet<Sym>) -> Vec<(Sym, ExprId)> {
    let tree = &app.facts(instance).tree;
    let mut found = Vec::new();
    for expr in &tree.exprs[exprs.0 as usize..exprs.1 as usize] {
        let (name, args) = match expr.kind {
            ExprKind::Method { call, .. } => (Some(tree.methods[call as usize].name), tree.methods[call as usize].args),
            ExprKind::Call { callee, args } => match tree.expr(callee).kind {
                ExprKind::Path(path) => (tree.last_name(path), args),
                _ => continue,
            },
            _ => continue,
        };
        let last = tree.expr_run(args).last();
        found.extend(name.filter(|name| words.contains(name)).zip(last.copied()));
    }
    found
}

/// The calls of a function that provide something, by what they provide.
fn providing<'a>(
    app: &'a App,
    id: FnId,
    instance: InstanceId,
    exprs: (u32, u32),
    words: &FxHashSet<Sym>,
) -> Vec<(ExprId, &'a ProvideFact)> {
    if calls_of(app, instance, exprs, words).is_empty() {
        return Vec::new();
    }
    let tree = &app.facts(instance).tree;
    let module = app.home(id).1;
    let mut found = Vec::new();
    for expr in &tree.exprs[exprs.0 as usize..exprs.1 as usize] {
        match expr.kind {
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let [only] = tree.expr_run(method.args) else { continue };
                let of = last_name(tree, receiver);
                let facts = app.knowledge.provides(method.name).iter().filter(|fact| {
                    fact.is_method && (fact.of.is_empty() || of.is_some_and(|of| fact.of.contains(&of)))
                });
                found.extend(facts.map(|fact| (*only, fact)));
            }
            ExprKind::Call { callee, args } => {
                let ExprKind::Path(path) = tree.expr(callee).kind else { continue };
                let (Some(last), true) = (tree.expr_run(args).last(), is_word(tree, path, words)) else { continue };
                // What a block of the function imports is not looked for here: the name is enough then.
                let meant = match app.resolve_value(id, instance, module, path) {
                    Some(Def::External(path)) => path,
                    Some(_) => continue,
                    None => tree.last_name(path).unwrap_or(crate::sym!("_")),
                };
                let facts = app.knowledge.provides(app.knowledge.canonical(meant)).iter();
                let by_path = facts.filter(|fact| !fact.is_method);
                found.extend(by_path.map(|fact| (*last, fact)));
            }
            _ => {}
        }
    }
    found
}

fn is_word(tree: &Tree, path: crate::syntax::PathId, words: &FxHashSet<Sym>) -> bool {
    tree.last_name(path).is_some_and(|name| words.contains(&name))
}

/// The last name of what a method is called on: of a field, a local, another method.
fn last_name(tree: &Tree, expr: ExprId) -> Option<Sym> {
    match tree.expr(expr).kind {
        ExprKind::Path(path) => tree.last_name(path),
        ExprKind::Field { name, .. } => Some(name),
        ExprKind::Method { call, .. } => Some(tree.methods[call as usize].name),
        ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Await(inner) | ExprKind::Try(inner) => {
            last_name(tree, inner)
        }
        _ => None,
    }
}

impl Eval<'_> {
    /// Takes note of the type of an expression that somebody asks for.
    pub(super) fn answer_asked(&mut self, expr: ExprId, ty: &Ty) {
        if let Some(found) = self.asked.get_mut(&Site { instance: self.instance, expr }) {
            *found = Some(match found.take() {
                Some(before) if before.head == ty.head => before.join(ty),
                Some(_) => Ty::UNKNOWN,
                None => ty.clone(),
            });
        }
    }
}
