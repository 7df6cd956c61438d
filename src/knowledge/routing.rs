//! What frameworks add to a knowledge file: how handlers are registered, which traits run per request, and what a panic
//! does to the client.

use rustc_hash::FxHashSet;
use toml::de::DeValue;

use super::grammar::{Key, Term};
use super::load::{Loader, Table, Value, entries, field, strings};
use super::resolve::Resolver;
use super::{Knowledge, LibraryId, LibraryKind, Pattern};
use crate::symbol::Sym;
use crate::workspace::Version;

/// What an entry point is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EntryKind {
    /// Answers requests to a route.
    Handler,
    /// Runs around handlers; guards too.
    Middleware,
    /// Makes an argument of a handler from the request.
    Extractor,
    /// Makes a response from what a handler returns.
    Responder,
    /// Answers when something went wrong.
    Catcher,
    /// Hook on requests or responses, outside the handler.
    Fairing,
    /// Makes the error that a handler returns from the error that it met.
    Conversion,
}

impl EntryKind {
    /// Every kind with its name in the JSON formats.
    pub const ALL: [(&'static str, EntryKind); 7] = [
        ("handler", EntryKind::Handler),
        ("middleware", EntryKind::Middleware),
        ("extractor", EntryKind::Extractor),
        ("responder", EntryKind::Responder),
        ("catcher", EntryKind::Catcher),
        ("fairing", EntryKind::Fairing),
        ("conversion", EntryKind::Conversion),
    ];

    /// The name in the JSON formats.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("handler", |(name, _)| name)
    }

    fn from_name(name: &str) -> Option<EntryKind> {
        Self::ALL.iter().find(|(word, _)| *word == name).map(|(_, kind)| *kind)
    }
}

/// Where the method of a route comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodSource {
    /// From the receiver, or none is fixed.
    Inherited,
    /// From the name of the call or attribute: `get`.
    Name,
    /// From an argument: `on(MethodFilter::GET, …)`, `method = "GET"`.
    Argument,
}

/// A route attribute: `#[get("/")]`.
#[derive(Clone, Debug)]
pub struct AttributeFact {
    /// Who says so.
    pub library: LibraryId,
    /// What the function is; `None` where the attribute only documents.
    pub kind: Option<EntryKind>,
    /// Where its method comes from.
    pub method: MethodSource,
    /// Its arguments that name what else runs for each request: `guard = "is_admin"`.
    pub hooks: Vec<(Sym, EntryKind)>,
}

/// A call that builds routes.
#[derive(Clone, Debug)]
pub struct RouteFact {
    /// Who says so.
    pub library: LibraryId,
    /// Of what, for methods.
    pub receiver: Option<Pattern>,
    /// What each argument is.
    pub args: Vec<RouteArg>,
    /// Where the method of handlers among them comes from.
    pub method: MethodSource,
    /// What it returns.
    pub returns: Option<Sym>,
    /// Whether it changes the receiver in place.
    pub in_place: bool,
    /// Whether it registers functions by attributes that otherwise only document a route.
    pub documented: bool,
    /// The attribute of the handler's first argument's type that holds the path, where no argument does.
    pub path_attribute: Option<Sym>,
}

/// What an argument of a route-building call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouteArg {
    /// The path under which the other arguments are mounted.
    Path,
    /// The path under which whatever is added to the result later is mounted.
    Base,
    /// The HTTP method.
    Method,
    /// A guard, which may fix the method.
    Guard,
    /// A function or closure that runs per request.
    Target(EntryKind),
    /// Routes: a router, a function that has a route attribute, …
    Routes,
    /// A function or closure that is given the receiver and adds routes to it.
    Apply,
    /// A variable that holds a router, which the call changes.
    Into,
    /// Nothing that matters.
    Ignored,
    /// As the argument before, together with its path, any number of times.
    Repeat,
}

/// A trait whose methods run per request.
#[derive(Clone, Debug)]
pub struct TraitFact {
    /// Who says so.
    pub library: LibraryId,
    /// Which methods.
    pub methods: Vec<Sym>,
    /// What they are.
    pub kind: EntryKind,
    /// A type that an argument of the trait, or one of its associated types, must be: `Service<ServiceRequest>`.
    pub about: Option<Sym>,
    /// Whether handlers can take what they make as `Option`, which every failure makes `None`.
    pub optional: bool,
    /// The status of responses that no method of an impl makes.
    pub status: Option<u16>,
}

/// What a client sees when request code panics.
#[derive(Clone, Debug, Default)]
pub struct PanicTexts {
    /// From which version on.
    pub since: Option<Version>,
    /// In a handler and what it calls.
    pub request: String,
    /// The same, with a layer that catches panics.
    pub caught: Option<String>,
    /// The same where a function of the project answers for that layer.
    pub answered: Option<String>,
    /// In a request or response fairing.
    pub fairing: Option<String>,
    /// On another thread that the handler waits for.
    pub offloaded: Option<String>,
    /// In a task that nobody waits for.
    pub detached: Option<String>,
    /// After the head of the response has been sent.
    pub stream: Option<String>,
    /// What else waits where the code blocks its thread; nothing where each request has a thread.
    pub blocked: Option<String>,
}

impl Loader {
    pub(super) fn define_framework(&mut self, resolver: &Resolver, library: LibraryId, table: &Table<'_>) {
        for (key, value) in entries(table, "attributes") {
            let method = method_source(value);
            let kind = field(value, "kind").and_then(|kind| kind.get_ref().as_str()).and_then(EntryKind::from_name);
            let hooks = field(value, "hooks").and_then(|hooks| hooks.get_ref().as_table()).into_iter().flatten();
            let hooks: Vec<(Sym, EntryKind)> = hooks
                .filter_map(|(name, kind)| {
                    Some((Sym::from(name.get_ref().as_ref()), EntryKind::from_name(kind.get_ref().as_str()?)?))
                })
                .collect();
            for it in self.keys(key) {
                self.knowledge.paths.add_known(&it.path);
                let path = self.knowledge.paths.canonical(Sym::from(it.path.as_str()));
                let facts = self.knowledge.attributes.entry(path).or_default();
                facts.push(AttributeFact { library, kind, method, hooks: hooks.clone() });
            }
        }
        for (key, value) in entries(table, "routes") {
            for it in self.keys(key) {
                self.route(resolver, library, &it, value);
            }
        }
        for (key, value) in entries(table, "traits") {
            self.trait_fact(resolver, library, key.get_ref(), value);
        }
        let texts = table.get("panics").and_then(|panics| panics.get_ref().as_array());
        let texts = texts.map(|list| list.iter().map(panic_texts).collect()).unwrap_or_default();
        self.knowledge.libraries[library.0 as usize].panics = texts;
    }

    fn route(&mut self, resolver: &Resolver, library: LibraryId, it: &Key, value: &Value<'_>) {
        let span = value.span();
        let method = method_source(value);
        let returns = match value.get_ref() {
            DeValue::String(returns) => Some(returns.to_string()),
            _ => field(value, "returns").and_then(|returns| returns.get_ref().as_str()).map(str::to_owned),
        };
        let returns = returns.and_then(|returns| resolver.type_path(&returns));
        let returns = returns.map(|path| self.knowledge.paths.canonical(path));
        let flag = |key: &str| field(value, key).and_then(|it| it.get_ref().as_bool()).unwrap_or(false);
        let in_place = flag("in-place");
        let args = it.args.iter().flatten().map(|arg| route_arg(arg).ok_or(arg)).collect::<Result<Vec<_>, _>>();
        let args = args.unwrap_or_else(|unknown| {
            self.error(span.clone(), format!("unknown kind of argument `{}`", unknown.name), None);
            Vec::new()
        });
        let receiver = it.receiver.as_ref().map(|receiver| self.pattern(resolver, receiver, span));
        let name = match receiver {
            Some(_) => Sym::from(it.path.as_str()),
            None => {
                let path = self.knowledge.paths.canonical(resolver.call_path(&it.path));
                self.knowledge.paths.add_known(path.as_str());
                path
            }
        };
        let path_attribute = field(value, "path-attribute").and_then(|it| it.get_ref().as_str()).map(Sym::from);
        let documented = flag("documented");
        let fact = RouteFact { library, receiver, args, method, returns, in_place, documented, path_attribute };
        self.knowledge.routes.entry(name).or_default().push(fact);
    }

    fn trait_fact(&mut self, resolver: &Resolver, library: LibraryId, path: &str, value: &Value<'_>) {
        let kind = field(value, "kind").and_then(|kind| kind.get_ref().as_str()).and_then(EntryKind::from_name);
        let Some(kind) = kind else {
            let names = EntryKind::ALL.map(|(name, _)| name).join(", ");
            self.error(value.span(), "a trait needs a `kind`", Some(format!("one of {names}")));
            return;
        };
        let methods = field(value, "methods").map(strings).unwrap_or_default();
        let methods = methods.iter().map(|name| Sym::from(name.as_str())).collect();
        let about = field(value, "about").and_then(|about| about.get_ref().as_str());
        let about = about.and_then(|about| resolver.type_path(about)).map(|path| self.knowledge.paths.canonical(path));
        self.knowledge.paths.add_known(path);
        let path = self.knowledge.paths.canonical(Sym::from(path));
        let status = field(value, "status").and_then(|status| status.get_ref().as_integer());
        let status = status.and_then(|status| status.as_str().parse().ok());
        let optional = field(value, "optional").and_then(|flag| flag.get_ref().as_bool()).unwrap_or(false);
        let fact = TraitFact { library, methods, kind, about, optional, status };
        self.knowledge.traits.entry(path).or_default().push(fact);
    }
}

fn method_source(value: &Value<'_>) -> MethodSource {
    match field(value, "method").and_then(|method| method.get_ref().as_str()) {
        Some("name") => MethodSource::Name,
        Some("argument") => MethodSource::Argument,
        _ => MethodSource::Inherited,
    }
}

fn route_arg(term: &Term) -> Option<RouteArg> {
    Some(match term.name.as_str() {
        "path" => RouteArg::Path,
        "base" => RouteArg::Base,
        "method" => RouteArg::Method,
        "guard" => RouteArg::Guard,
        "routes" => RouteArg::Routes,
        "apply" => RouteArg::Apply,
        "into" => RouteArg::Into,
        "_" => RouteArg::Ignored,
        ".." => RouteArg::Repeat,
        other => RouteArg::Target(EntryKind::from_name(other)?),
    })
}

fn panic_texts(value: &Value<'_>) -> PanicTexts {
    let text = |key: &str| field(value, key).and_then(|text| text.get_ref().as_str()).map(str::to_owned);
    PanicTexts {
        since: text("since").and_then(|version| version.parse().ok()),
        request: text("request").unwrap_or_default(),
        caught: text("caught"),
        answered: text("answered"),
        fairing: text("fairing"),
        offloaded: text("offloaded"),
        detached: text("detached"),
        stream: text("stream"),
        blocked: text("blocked"),
    }
}

impl RouteFact {
    /// What the argument of a number is.
    pub fn role(&self, index: usize) -> RouteArg {
        let given = self.args.iter().position(|arg| *arg == RouteArg::Repeat).unwrap_or(self.args.len());
        let period = if given > 1 && self.args[given - 2] == RouteArg::Path { 2 } else { 1 };
        let index = if index < given { index } else { (given + (index - given) % period).saturating_sub(period) };
        self.args.get(index).copied().filter(|arg| *arg != RouteArg::Repeat).unwrap_or(RouteArg::Ignored)
    }

    /// The type that a method is of.
    pub fn receiver_type(&self) -> Option<Sym> {
        match &self.receiver {
            Some(Pattern::Named(path, _)) => Some(*path),
            _ => None,
        }
    }
}

/// The last names of calls that build routes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RouteWords {
    /// Of functions and macros.
    pub functions: FxHashSet<Sym>,
    /// Of methods.
    pub methods: FxHashSet<Sym>,
}

impl Knowledge {
    /// The types that calls which build routes return or are made on.
    pub fn route_types(&self) -> impl Iterator<Item = Sym> {
        let facts = self.routes.values().flatten();
        facts.flat_map(|fact| [fact.returns, fact.receiver_type()]).flatten()
    }

    /// Names of calls by which code that builds routes can be told: those that are given a handler, a path or routes.
    pub fn route_words(&self) -> RouteWords {
        let mut words = RouteWords::default();
        for (name, facts) in &self.routes {
            let last = name.as_str().rsplit("::").next().unwrap_or_default().trim_end_matches('!');
            for fact in facts {
                let builds = fact.args.iter().any(|arg| !matches!(arg, RouteArg::Ignored | RouteArg::Repeat))
                    || fact.method == MethodSource::Name;
                // `map.get(key)` is no `router.get(handler)`: of methods the ones that are given a path or routes.
                let mounts = !fact.args.iter().all(|arg| matches!(arg, RouteArg::Target(_) | RouteArg::Repeat));
                if builds && fact.receiver.is_none() {
                    words.functions.insert(Sym::from(last));
                } else if builds && mounts {
                    words.methods.insert(Sym::from(last));
                }
            }
        }
        words
    }

    /// The type of router that is changed in place and handed to functions and closures.
    pub fn in_place_type(&self) -> Option<Sym> {
        let facts = self.routes.values().flatten();
        facts.filter(|fact| fact.in_place).find_map(RouteFact::receiver_type)
    }

    /// The framework that a path is part of.
    pub fn framework_of(&self, path: Sym) -> Option<LibraryId> {
        let krate = path.as_str().split("::").next().map(Sym::from)?;
        let is = |library: &super::Library| library.kind == LibraryKind::Framework && library.crates.contains(&krate);
        self.libraries.iter().position(is).map(|index| LibraryId(index as u16))
    }

    /// Whether a crate is part of a framework.
    pub fn is_framework(&self, krate: Sym) -> bool {
        self.libraries.iter().any(|library| library.kind == LibraryKind::Framework && library.crates.contains(&krate))
    }
}
