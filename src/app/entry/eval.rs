//! Evaluates the code that builds routers, function by function, each once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::associated::Associated;
use super::attributes::AttributeRoute;
use super::route_path::{Piece, RoutePath};
use super::span_of;
use super::values::{Callee, RouteEntry, Routes, Summary, Value};
use crate::app::{App, Def, FnId, Head, InstanceId, ModId, Ty, ValueId};
use crate::knowledge::{RouteArg, RouteFact};
use crate::problem::{Problem, ProblemKind};
use crate::source::Place;
use crate::symbol::Sym;
use crate::syntax::{ExprId, PathId, Receiver};

/// Functions that build routers call each other this deep at most.
const DEEPEST: usize = 40;

/// Structs of paths hold each other this deep at most.
const RECORDS_IN_RECORDS: u32 = 4;

/// Finds out what every function adds to which router.
pub(super) struct Evaluator<'a> {
    pub(super) app: &'a App,
    pub(super) attributed: &'a FxHashMap<FnId, Vec<AttributeRoute>>,
    /// Which crates can name a framework.
    pub(super) serving: Vec<bool>,
    pub(super) summaries: FxHashMap<FnId, Summary>,
    /// Functions that name what builds routes.
    pub(super) candidates: FxHashSet<FnId>,
    /// Being evaluated further up.
    active: Vec<FnId>,
    /// Functions whose routes became part of another's.
    pub(super) absorbed: FxHashSet<FnId>,
    /// Routes stored in fields, by the field's name.
    pub(super) fields: FxHashMap<Sym, Routes>,
    /// The names of fields that were read.
    pub(super) read_fields: FxHashSet<Sym>,
    /// Whether a call is followed even where nothing tells that the function has to do with routes.
    pub(super) follows_any: bool,
    /// Routes that reach a server, a test, or nothing that could be followed.
    pub(super) done: Vec<RouteEntry>,
    /// The names of calls that yield something to mount, of which nothing is known.
    pub(super) lost: FxHashSet<Sym>,
    pub(super) problems: Vec<Problem>,
    pub(super) associated: Associated,
    /// Constants that have been evaluated.
    pub(super) constants: FxHashMap<ValueId, Value>,
    /// Types that calls which build routes return or are made on.
    builders: FxHashSet<Sym>,
}

/// The function being evaluated.
pub(super) struct Frame {
    pub(super) function: FnId,
    pub(super) instance: InstanceId,
    pub(super) module: ModId,
    pub(super) locals: Vec<(Sym, Local)>,
    pub(super) returned: Value,
    pub(super) registers: Vec<RouteEntry>,
    /// Closures whose bodies have been evaluated, once for each time.
    pub(super) called: Vec<ExprId>,
}

#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) value: Value,
    /// Whether the routes in it have gone anywhere.
    pub(super) used: bool,
    /// Which argument it is.
    argument: Option<usize>,
    /// Its type, where its methods can be the project's own.
    pub(super) ty: Option<Ty>,
}

impl Local {
    pub(super) fn new(value: Value) -> Self {
        Local { value, used: false, argument: None, ty: None }
    }

    pub(super) fn is_argument(&self) -> bool {
        self.argument.is_some()
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(app: &'a App, attributed: &'a FxHashMap<FnId, Vec<AttributeRoute>>) -> Self {
        let builders = app.knowledge.route_types().collect();
        let serving = app.crates.iter().map(|krate| super::search::can_serve(app, krate)).collect();
        Evaluator {
            app,
            serving,
            attributed,
            summaries: FxHashMap::default(),
            candidates: FxHashSet::default(),
            active: Vec::new(),
            absorbed: FxHashSet::default(),
            fields: FxHashMap::default(),
            read_fields: FxHashSet::default(),
            follows_any: false,
            done: Vec::new(),
            lost: FxHashSet::default(),
            problems: Vec::new(),
            associated: Associated::of(app),
            constants: FxHashMap::default(),
            builders,
        }
    }

    /// What calling a function does with routes.
    pub(super) fn summary(&mut self, id: FnId) -> Summary {
        if let Some(summary) = self.summaries.get(&id) {
            return summary.clone();
        }
        let function = self.app.function(id);
        let Some(body) = function.body else { return Summary::default() };
        if self.active.contains(&id) || self.active.len() > DEEPEST {
            return Summary::default();
        }
        self.active.push(id);
        let mut frame = self.frame(id);
        self.bind_parameters(&mut frame);
        let value = self.eval(&mut frame, body);
        let returns = std::mem::take(&mut frame.returned).either(value);
        self.active.pop();
        let summary = self.summarize(frame, returns);
        self.summaries.insert(id, summary.clone());
        summary
    }

    /// A frame for code that stands in or on a function.
    pub(super) fn frame(&self, function: FnId) -> Frame {
        let (instance, module) = self.app.home(function);
        let (locals, registers, called) = (Vec::new(), Vec::new(), Vec::new());
        Frame { function, instance, module, locals, returned: Value::Other, registers, called }
    }

    fn bind_parameters(&mut self, frame: &mut Frame) {
        let function = self.app.function(frame.function);
        let types = self.app.signature(frame.function).params.clone();
        let offset = usize::from(function.receiver != Receiver::None);
        let params = self.app.facts(frame.instance).tree.param_run(function.params).to_vec();
        for (index, (param, ty)) in params.iter().zip(types).enumerate() {
            let argument = index + offset;
            let value = self.parameter(argument, &ty);
            let before = frame.locals.len();
            self.bind(frame, param.pat, value);
            self.note_type(frame, param.pat, self.known(ty));
            for (_, local) in &mut frame.locals[before..] {
                (local.argument, local.used) = (Some(argument), true);
            }
        }
    }

    /// What a parameter is before anything is known of the argument.
    fn parameter(&self, argument: usize, ty: &Ty) -> Value {
        if let Some(builder) = self.builder_type(ty) {
            let routes =
                Routes { ty: Some(builder), arguments: vec![(argument, RoutePath::default())], ..Routes::default() };
            return Value::Routes(routes);
        }
        if self.is_text(ty) {
            return Value::Text(RoutePath(vec![Piece::Argument(argument)]));
        }
        match crate::app::peel(self.app, ty).head {
            Head::Param(_) | Head::Fn | Head::Bounds | Head::External(_) | Head::Trait(_) => {
                Value::Callees(vec![Callee::Argument(argument)])
            }
            _ => Value::Other,
        }
    }

    /// The router-like type in a type.
    pub(super) fn builder_type(&self, ty: &Ty) -> Option<Sym> {
        let inner = crate::app::peel(self.app, ty);
        match inner.head {
            Head::External(path) if self.builders.contains(&path) => Some(path),
            Head::External(_) | Head::Tuple | Head::Slice => inner.args().iter().find_map(|arg| self.builder_type(arg)),
            _ => None,
        }
    }

    fn summarize(&mut self, frame: Frame, returns: Value) -> Summary {
        let mut adds = Vec::new();
        for (_, local) in frame.locals {
            let Value::Routes(mut routes) = local.value else { continue };
            match local.argument {
                Some(argument) => {
                    routes.arguments.retain(|(index, _)| *index != argument);
                    // What a builder returns is in `returns`; only what is changed in place is left here.
                    if !routes.is_empty() {
                        adds.push((argument, routes));
                    }
                }
                None if !local.used => self.done.extend(routes.entries),
                None => {}
            }
        }
        let (open, closed): (Vec<RouteEntry>, Vec<RouteEntry>) =
            frame.registers.into_iter().partition(|entry| matches!(entry.callee, Callee::Argument(_)));
        self.done.extend(closed);
        Summary { returns, adds, registers: open }
    }

    /// Marks a function's routes as part of another's.
    pub(super) fn absorb(&mut self, id: FnId) {
        self.absorbed.insert(id);
    }

    /// What a path means; associated functions are looked up in the impls of the type.
    pub(super) fn resolve(&self, frame: &Frame, path: PathId) -> Option<Def> {
        self.app.resolve_value(frame.function, frame.instance, frame.module, path)
    }

    pub(super) fn place(&self, frame: &Frame, expr: ExprId) -> Place {
        self.app.place(frame.instance, span_of(self.app, frame.instance, expr))
    }

    /// The fact about a method that fits its receiver and number of arguments.
    pub(super) fn route_method(&self, name: Sym, ty: Option<Sym>, arguments: usize) -> Option<&'a RouteFact> {
        let app: &'a App = self.app;
        let facts = app.knowledge.routes(name).iter();
        let mut facts = facts.filter(|fact| {
            let of_type = fact.receiver_type();
            of_type.is_some() && (ty.is_none() || of_type == ty) && takes(fact, arguments)
        });
        let first = facts.next()?;
        // Without the receiver's type, a name that several frameworks use says nothing.
        (ty.is_some() || facts.all(|other| other.library == first.library)).then_some(first)
    }

    /// Reports a registered handler that cannot be found.
    pub(super) fn missing_handler(&mut self, frame: &Frame, expr: ExprId) {
        let place = self.place(frame, expr);
        let name = self.app.sources.text(place).to_owned();
        let message = format!("the handler `{name}` that is registered here cannot be found");
        let problem = Problem::at(ProblemKind::Handler, &self.app.sources, place, message);
        let problem = problem.with_help("what it does was not checked");
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Whether a function's own text could return or take routes.
    pub(super) fn concerns_routes(&self, id: FnId) -> bool {
        let signature = self.app.signature(id);
        let types = signature.params.iter().chain(signature.ret.as_ref());
        let by_type = types.into_iter().any(|ty| self.builder_type(ty).is_some());
        let returns = signature.returns();
        by_type
            || self.candidates.contains(&id)
            || self.is_opaque_factory(&returns)
            || self.is_of_framework(&returns)
            || self.is_text(&returns)
            || self.holds_paths(&returns, 0)
    }

    /// Whether a type can hold a path.
    fn is_text(&self, ty: &Ty) -> bool {
        matches!(crate::app::peel(self.app, ty).head, Head::External(path) if matches!(path.as_str(), "str" | "std::string::String"))
    }

    /// Whether a type is a struct of paths, and of such structs.
    fn holds_paths(&self, ty: &Ty, depth: u32) -> bool {
        let Head::Adt(adt) = ty.head else { return false };
        let [fields] = self.app.fields(adt) else { return false };
        depth < RECORDS_IN_RECORDS
            && !fields.is_empty()
            && fields.iter().all(|(_, field)| self.is_text(field) || self.holds_paths(field, depth + 1))
    }

    /// A layer or service: `fn cors() -> CorsLayer`.
    fn is_of_framework(&self, ty: &Ty) -> bool {
        matches!(crate::app::peel(self.app, ty).head, Head::External(path) if self.app.knowledge.framework_of(path).is_some())
    }

    /// `impl HttpServiceFactory`, `impl Trait`: may be a router.
    fn is_opaque_factory(&self, ty: &Ty) -> bool {
        matches!(crate::app::peel(self.app, ty).head, Head::Bounds)
            || matches!(crate::app::peel(self.app, ty).head, Head::External(path) if path.as_str().ends_with("Factory"))
    }
}

/// Whether a fact is about calls with this many arguments.
pub(super) fn takes(fact: &RouteFact, arguments: usize) -> bool {
    let repeats = fact.args.last() == Some(&RouteArg::Repeat);
    if repeats { arguments + 1 >= fact.args.len() } else { arguments == fact.args.len() }
}
