//! What is built for each request: clients, connections, pools, patterns. What a value is built from decides whether it
//! could be built once: what the client sends, or a query yields, differs from request to request.

use rustc_hash::FxHashSet;

use super::Flow;
use super::env::{Local, Origin};
use super::eval::Eval;
use super::facts::{At, Mode};
use super::lookups::bit;
use super::unify::{Bound, matches};
use crate::app::{App, Def, Site, Target, Ty};
use crate::knowledge::{BuildId, BuildKind, Builder, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

/// Whether a value differs from request to request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Varies {
    /// Whatever the function is given: it is made of what a query yields, or of what the client has sent.
    pub anyway: bool,
    /// With these parameters of the function, one bit for each.
    pub with: u32,
}

/// A place where something is built that should be built once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Built {
    /// The call.
    pub site: Site,
    /// Where the calls start that lead to it.
    pub at: At,
    /// What is built.
    pub what: BuildId,
    /// How it runs.
    pub mode: Mode,
    /// Whether what it is built from differs from request to request.
    pub varies: Varies,
}

impl Eval<'_> {
    /// Takes note of a call of a function that builds something.
    pub(super) fn builds_by_path(&mut self, expr: ExprId, path: Sym, args: &[ExprId]) {
        let app = self.app;
        if let Some(builder) = app.knowledge.builders(path).iter().find(|builder| builder.receiver.is_none()) {
            self.record_build(expr, builder, args);
        }
    }

    /// The same of a method of a value.
    pub(super) fn builds_by_method(&mut self, expr: ExprId, name: Sym, ty: &Ty, args: &[ExprId]) {
        let app = self.app;
        let fits = |builder: &&Builder| {
            builder.receiver.as_ref().is_some_and(|receiver| matches(receiver, ty, &mut Bound::default(), false))
        };
        if let Some(builder) = app.knowledge.builders(name).iter().find(fits) {
            self.record_build(expr, builder, args);
        }
    }

    fn record_build(&mut self, expr: ExprId, builder: &Builder, args: &[ExprId]) {
        let site = self.site(expr);
        if !self.records() || self.facts.builds.iter().any(|built| built.site == site) {
            return;
        }
        let is_pattern = self.app.knowledge.build(builder.id).kind == BuildKind::Pattern;
        if is_pattern && !args.iter().all(|arg| self.is_constant(*arg)) {
            return;
        }
        let varies = if builder.uses { Varies::default() } else { self.varies(expr) };
        // So that callers take note of what they give for these.
        if varies.with != 0 {
            self.remember_keys(site, varies.with);
            self.facts.passes |= varies.with;
        }
        let at = self.at(self.span(self.chain_start(expr)));
        let (what, mode) = (builder.id, self.mode);
        self.facts.builds.push(Built { site, at, what, mode, varies });
    }

    /// Whether what an expression yields differs from request to request.
    pub(super) fn varies(&self, expr: ExprId) -> Varies {
        let tree = self.tree();
        if let ExprKind::Path(path) = tree.expr(expr).kind {
            let local = tree.single_name(path).and_then(|name| self.env.find(name));
            return local.map_or(Varies::default(), |index| self.env.locals[index].varies(self.called_on_self()));
        }
        let mut parts = Vec::new();
        self.parts(tree, expr, &mut parts);
        parts.into_iter().map(|part| self.varies(part)).fold(Varies::default(), Varies::or)
    }

    /// The parameter that is what the function, a method, is called on.
    fn called_on_self(&self) -> u32 {
        if self.app.signature(self.within).receiver.is_some() { bit(0) } else { 0 }
    }

    /// The call that a chain of calls starts with: `Client::builder()` of `Client::builder().timeout(t).build()?`.
    fn chain_start(&self, expr: ExprId) -> ExprId {
        let tree = self.tree();
        let mut at = expr;
        loop {
            at = match tree.expr(at).kind {
                ExprKind::Method { receiver, .. } => receiver,
                ExprKind::Await(inner) | ExprKind::Try(inner) => inner,
                ExprKind::Call { .. } => return at,
                _ => return expr,
            };
        }
    }

    /// Whether an expression is the same in every run of the program: a literal, a constant.
    pub(super) fn is_constant(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Literal(_) => true,
            ExprKind::Path(path) => {
                matches!(self.resolve(path), Some(Def::Value(_)))
                    && tree.single_name(path).is_none_or(|name| self.env.find(name).is_none())
            }
            ExprKind::Ref(inner) => self.is_constant(inner),
            ExprKind::Array(items) => tree.expr_run(items).iter().all(|item| self.is_constant(*item)),
            _ => false,
        }
    }
}

impl Local {
    /// Whether it differs from request to request.
    fn varies(&self, called_on: u32) -> Varies {
        let own = match self.origin {
            Origin::Query => Varies { anyway: true, with: 0 },
            Origin::Client => Varies { anyway: self.params == 0, with: self.params },
            // What a method is called on may have been made for the request.
            Origin::Own => Varies { anyway: false, with: self.params & called_on },
        };
        own.or(self.takes_in)
    }
}

impl Varies {
    /// Of something made of both.
    pub(super) fn or(self, other: Varies) -> Varies {
        Varies { anyway: self.anyway || other.anyway, with: self.with | other.with }
    }
}

impl Flow {
    /// Whether something that a body builds while a request waits could be built once instead: nothing keeps it, and
    /// what it is built from is not that of the request.
    pub fn is_built_per_request(&self, app: &App, target: Target, built: &Built) -> bool {
        let Some(reached) = self.reach.get(target) else { return false };
        let mode = built.mode.within(reached.mode);
        if reached.kept || mode > Mode::Offloaded || built.varies.anyway {
            return false;
        }
        let is_connection = app.knowledge.build(built.what).kind == BuildKind::Connection;
        if is_connection && migrates(app, target) {
            return false;
        }
        let mut seen = FxHashSet::default();
        !self.is_given_varying(app, (target, built.varies.with), &mut seen) && !self.is_stored(app, target, built)
    }

    /// Whether a call gives a body something that differs from request to request for some of its parameters.
    fn is_given_varying(&self, app: &App, node: (Target, u32), seen: &mut FxHashSet<(Target, u32)>) -> bool {
        let (target, params) = node;
        if params == 0 {
            return false;
        }
        let Target::Fn(function) = target else { return true };
        if app.entries.iter().any(|entry| entry.target == target) {
            // What the methods of a middleware are called on is there for all requests.
            let of_all = if app.signature(function).receiver.is_some() { bit(0) } else { 0 };
            return params & !of_all != 0;
        }
        if !seen.insert(node) {
            return false;
        }
        let callers: FxHashSet<Target> = self.reach.direct_callers(target).iter().copied().collect();
        callers.into_iter().any(|caller| {
            let calls = self.facts_of(caller).map(|facts| facts.calls.as_slice()).unwrap_or_default();
            calls.iter().filter(|call| call.targets.contains(&function)).any(|call| {
                let keys = || call.keys.iter().filter(|key| params & bit(key.argument) != 0);
                let given = keys().map(|key| key.varies).fold(Varies::default(), Varies::or);
                call.by_others || given.anyway || self.is_given_varying(app, (caller, given.with), seen)
            })
        })
    }

    /// Whether something that outlives the request takes in what is built, or what a function on the way makes of it.
    fn is_stored(&self, app: &App, target: Target, built: &Built) -> bool {
        let stores = |target: Target, at: At| match target {
            Target::Fn(within) | Target::Closure { within, .. } => super::kept::is_stored(app, within, at),
        };
        let steps = self.path_to(target);
        let calls = steps.windows(2).filter_map(|pair| Some((pair[0].target, pair[1].called_at?)));
        calls.chain([(target, built.at)]).any(|(target, at)| stores(target, at))
    }
}

/// Whether code changes the schema of a database: that is done over a connection of its own.
fn migrates(app: &App, target: Target) -> bool {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    let tree = &app.facts(app.home(id).0).tree;
    let (start, end) = app.function(id).exprs;
    tree.exprs[start as usize..end as usize].iter().any(|expr| match expr.kind {
        ExprKind::Method { call, .. } => app.knowledge.is_word_of(Role::Migrate, tree.methods[call as usize].name),
        _ => false,
    })
}
