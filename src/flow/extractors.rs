//! Extractors of handlers that can only fail: what they take of the path, or of what the application provides, is not there.

use rustc_hash::FxHashSet;

use super::Flow;
use super::facts::At;
use super::provided::{Provided, is_own};
use crate::app::{App, EntryPoint, FnId, Head, Parameters, Target, Ty};
use crate::knowledge::{EntryKind, ExtractorFact, LibraryId, Taken};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::Type;

/// An extractor that can only fail.
#[derive(Clone, Debug)]
pub struct Impossible<'a> {
    /// A route of the handler on which it fails.
    pub entry: &'a EntryPoint,
    /// Where the handler says what it takes.
    pub at: At,
    /// The name of the extractor.
    pub name: Sym,
    /// Why it fails.
    pub because: Because,
    /// The status of every answer.
    pub status: u16,
}

/// Why an extractor can only fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Because {
    /// It takes another number of parameters than the route has.
    Count {
        /// How many it takes.
        takes: usize,
        /// How many there are.
        has: usize,
    },
    /// The route has no parameter of this name.
    NoParameter(Sym),
    /// Nothing provides what it takes; here something of its type is provided, otherwise wrapped.
    NotProvided(Option<Place>),
}

impl Flow {
    /// The extractors of handlers that can only fail, each for one of the handler's routes.
    pub fn impossible_extractors<'a>(&self, app: &'a App) -> Vec<Impossible<'a>> {
        let mut found: Vec<Impossible<'a>> = Vec::new();
        let mut provided: Option<(Provided, FxHashSet<LibraryId>)> = None;
        for entry in app.entries.iter().filter(|entry| is_served(app, entry)) {
            let Target::Fn(id) = entry.target else { continue };
            for (index, ty) in app.signature(id).params.iter().enumerate() {
                let Head::External(path) = ty.head else { continue };
                let Some(fact) = app.knowledge.extractor(path).filter(|fact| fact.library == entry.framework) else {
                    continue;
                };
                let failing = match fact.takes {
                    Taken::Parameters { missing, exact } => {
                        let exact = exact.is_some_and(|since| self.is_since(app, entry, since));
                        lacking(app, entry, &ty.arg(0), exact).map(|because| match because {
                            Because::NoParameter(_) => (because, missing),
                            _ => (because, fact.status),
                        })
                    }
                    Taken::Provided => {
                        let (provided, served) = provided.get_or_insert_with(|| {
                            let served = self.servers(app).iter().map(|server| server.framework).collect();
                            (self.provided(app), served)
                        });
                        let is_known = served.contains(&entry.framework);
                        is_known.then(|| not_provided(app, provided, fact, ty)).flatten().map(|it| (it, fact.status))
                    }
                };
                let at = param_at(app, id, index);
                if let Some((because, status)) = failing.filter(|_| found.iter().all(|it| it.at != at)) {
                    let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
                    found.push(Impossible { entry, at, name, because, status });
                }
            }
        }
        found
    }
}

/// Whether requests get to an entry point by what was read, and the framework makes its arguments.
fn is_served(app: &App, entry: &EntryPoint) -> bool {
    entry.kind == EntryKind::Handler && entry.registered.is_some() && app.unserved(entry).is_none()
}

/// What the path of a route lacks for an extractor of its parameters.
fn lacking(app: &App, entry: &EntryPoint, wanted: &Ty, exact: bool) -> Option<Because> {
    if entry.path.is_empty() {
        return None;
    }
    let there = entry.parameters();
    let has = there.len();
    // Whoever the router is handed to may put further parameters in front.
    let (too_few, too_many) = (|takes: usize| entry.whole && has < takes, |takes: usize| has > takes);
    match app.parameters_of(wanted) {
        Parameters::One if too_few(1) || too_many(1) => Some(Because::Count { takes: 1, has }),
        Parameters::Several(takes) if too_few(takes) || exact && too_many(takes) => Some(Because::Count { takes, has }),
        Parameters::Named(names) if entry.whole => {
            names.into_iter().find(|name| !there.contains(&name.as_str())).map(Because::NoParameter)
        }
        _ => None,
    }
}

fn not_provided(app: &App, provided: &Provided, fact: &ExtractorFact, ty: &Ty) -> Option<Because> {
    let is_known = !provided.unknown.contains(&fact.library) && is_own(app, ty);
    (is_known && !provided.fits(ty)).then(|| Because::NotProvided(provided.beside(ty)))
}

/// Where a parameter of a function says what it is.
pub(super) fn param_at(app: &App, id: FnId, index: usize) -> At {
    let function = app.function(id);
    let instance = app.home(id).0;
    let tree = &app.facts(instance).tree;
    let written = tree.param_run(function.params).get(index).and_then(|param| param.ty);
    let span = written.and_then(|ty| match tree.ty(ty) {
        Type::Path(path) => Some(tree.path(path).span),
        _ => None,
    });
    At { instance, span: span.unwrap_or(function.span) }
}
