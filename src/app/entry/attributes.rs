//! Route attributes: `#[get("/users/<id>")]`.

use rustc_hash::FxHashMap;

use super::{ANY, http_method, method_in_name};
use crate::app::{App, Def, FnId, FnOwner};
use crate::knowledge::{AttributeFact, EntryKind, LibraryId, MethodSource};
use crate::symbol::Sym;
use crate::syntax::{Attr, ExprId, ExprKind, FileFacts, Literal, Meta};

/// What the attributes of a function say about its route.
#[derive(Clone, Debug)]
pub(in crate::app) struct AttributeRoute {
    pub(super) library: LibraryId,
    /// `None` where the attribute only documents the route: it is one where a call of its own library registers it.
    pub(super) kind: Option<EntryKind>,
    pub(super) method: &'static str,
    pub(super) path: AttributePath,
    /// Code in its arguments that runs for each request, and as what.
    pub(super) hooks: Vec<(ExprId, EntryKind)>,
}

/// The path that a route attribute names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::app) enum AttributePath {
    Text(&'static str),
    /// Forks of the attribute take an expression in a string: `path = "crate::ROUTES.login"`. It can be text all the
    /// same: `path = "robots.txt"`.
    Code(&'static str, ExprId),
    Unknown,
}

impl App {
    /// The functions that have route attributes, and what those say.
    pub(super) fn attribute_routes(&self) -> FxHashMap<FnId, Vec<AttributeRoute>> {
        let mut routes = FxHashMap::default();
        for (index, def) in self.functions.iter().enumerate() {
            let id = FnId(index as u32);
            // The macros behind these attributes only take free functions; on a method the name means something else.
            if def.owner == FnOwner::Module && self.function(id).attrs.len > 0 {
                let found = self.routes_of(id);
                if !found.is_empty() {
                    routes.insert(id, found);
                }
            }
        }
        routes
    }

    fn routes_of(&self, id: FnId) -> Vec<AttributeRoute> {
        let (instance, _) = self.home(id);
        let facts = self.facts(instance);
        let attrs = facts.attr_run(self.function(id).attrs);
        let mut routes = Vec::new();
        let mut stacked: Option<Sym> = None;
        for attr in attrs {
            let Some((path, fact)) = self.attribute_fact(id, attr, stacked) else { continue };
            if facts.meta_run(attr.args).is_empty() && fact.method == MethodSource::Argument {
                // `#[routes]` stands over attributes that need no import of their own.
                stacked = Some(path);
                continue;
            }
            // `#[debug_handler]` says nothing about a route, `#[utoipa::path]` writes it down.
            if fact.kind.is_some() || fact.method != MethodSource::Inherited {
                routes.extend(attribute_routes(facts, attr, path, fact));
            }
        }
        routes
    }

    fn attribute_fact(&self, id: FnId, attr: &Attr, stacked: Option<Sym>) -> Option<(Sym, &AttributeFact)> {
        let (instance, module) = self.home(id);
        let names: Vec<Sym> =
            self.facts(instance).tree.segments_of(attr.path).iter().map(|segment| segment.name).collect();
        let path = match self.resolve_attribute(instance, module, attr.path) {
            Some(Def::External(path)) => path,
            Some(_) => return None,
            None => {
                let beside = stacked.and_then(|path| path.as_str().rsplit_once("::"));
                match beside {
                    Some((krate, _)) => Sym::from(format!("{krate}::{}", names.last()?)),
                    None => self.only_attribute(module, &names)?,
                }
            }
        };
        let path = self.knowledge.canonical(path);
        self.knowledge.attributes(path).first().map(|fact| (path, fact))
    }

    /// A bare attribute whose import could not be found is that of the one framework that the crate depends on and
    /// that has it.
    fn only_attribute(&self, module: crate::app::ModId, names: &[Sym]) -> Option<Sym> {
        let [name] = names else { return None };
        let krate = &self.crates[self.modules[module.index()].krate.index()];
        let mut found = krate.externs.values().filter_map(|name_of| match name_of {
            crate::app::ExternName::External(path, _) => {
                let path = self.knowledge.canonical(Sym::from(format!("{path}::{name}")));
                (!self.knowledge.attributes(path).is_empty()).then_some(path)
            }
            crate::app::ExternName::Crate(_) => None,
        });
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

/// The routes of one attribute: one for each method it names.
fn attribute_routes(facts: &FileFacts, attr: &Attr, path: Sym, fact: &AttributeFact) -> Vec<AttributeRoute> {
    let mut route_path = None;
    let mut methods = Vec::new();
    let mut hooks = Vec::new();
    for meta in facts.meta_run(attr.args) {
        match meta {
            Meta::Value(value) => match text(facts, *value) {
                Some(text) => drop(route_path.get_or_insert(AttributePath::Text(text))),
                None => methods.extend(word(facts, *value).and_then(http_method)),
            },
            Meta::Named(name, value) => match name.as_str() {
                "path" | "uri" => {
                    route_path = Some(text(facts, *value).map_or(AttributePath::Unknown, AttributePath::Text));
                }
                "method" => methods.extend(text(facts, *value).or_else(|| word(facts, *value)).and_then(http_method)),
                _ => {}
            },
            Meta::Code(name, code) if matches!(name.as_str(), "path" | "uri") => {
                route_path = route_path.map(|path| match path {
                    AttributePath::Text(text) if !text.starts_with('/') => AttributePath::Code(text, *code),
                    path => path,
                });
            }
            Meta::Code(name, code) => {
                hooks.extend(fact.hooks.iter().filter(|(hook, _)| hook == name).map(|(_, kind)| (*code, *kind)))
            }
            Meta::List(..) => {}
        }
    }
    if fact.method == MethodSource::Name {
        methods = vec![method_in_name(Sym::from(path.as_str().rsplit("::").next().unwrap_or_default()))];
    }
    if methods.is_empty() {
        methods.push(ANY);
    }
    let route = |method| AttributeRoute {
        library: fact.library,
        kind: fact.kind,
        method,
        path: route_path.clone().unwrap_or(AttributePath::Text("")),
        hooks: hooks.clone(),
    };
    methods.into_iter().map(route).collect()
}

fn text(facts: &FileFacts, expr: ExprId) -> Option<&'static str> {
    match facts.tree.expr(expr).kind {
        ExprKind::Literal(Literal::Str(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// The last name of a path.
fn word(facts: &FileFacts, expr: ExprId) -> Option<&'static str> {
    match facts.tree.expr(expr).kind {
        ExprKind::Path(path) => facts.tree.last_name(path).map(|name| name.as_str()),
        _ => None,
    }
}
