//! What the program reads from the environment before it serves requests, and cannot do without.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Flow;
use super::eval::evaluate;
use super::facts::{At, BodyFacts, EnvRead, Reader, Variable};
use crate::app::{App, Def, FnId, InstanceId, Mark, Target, What};
use crate::symbol::Sym;
use crate::syntax::{BinaryOp, Expr, ExprId, ExprKind, Literal, Stmt, Tree};

/// Start-up code is followed through this many functions at most.
const MOST_FUNCTIONS: usize = 400;

impl Flow {
    /// Where start-up reads a variable without which it stops.
    pub fn required_at_start(&self, app: &App, variable: Sym) -> Option<At> {
        self.required.get_or_init(|| self.find_required(app)).get(&variable).copied()
    }

    fn find_required(&self, app: &App) -> FxHashMap<Sym, At> {
        let reads = self.bodies().flat_map(|(_, facts, _)| &facts.env_reads);
        let wanted: FxHashSet<Sym> = reads.filter_map(named).collect();
        let mut required = FxHashMap::default();
        if wanted.is_empty() {
            return required;
        }
        for (id, certain) in Starting::of(app).run() {
            if !mentions(app, id, &wanted) {
                continue;
            }
            let facts = evaluate(app, &self.summaries, Target::Fn(id));
            for read in facts.env_reads.iter().filter(|read| certain.contains(&read.site.expr)) {
                if let Some(name) = named(read).filter(|_| self.stops_without(app, &facts, read)) {
                    required.entry(name).or_insert(read.at);
                }
            }
        }
        required
    }

    /// Whether a body does not go on when what it reads is not set.
    fn stops_without(&self, app: &App, facts: &BodyFacts, read: &EnvRead) -> bool {
        if stops(facts, read) {
            return true;
        }
        let Reader::Own(helper) = read.reader else { return false };
        let facts = evaluate(app, &self.summaries, Target::Fn(helper));
        let mut own = facts.env_reads.iter().filter(|read| matches!(read.variable, Variable::Argument(_)));
        own.any(|read| panics(&facts, read))
    }

    /// Whether a body does not go on when what it reads is not set.
    pub fn needs(&self, facts: &BodyFacts, read: &EnvRead) -> bool {
        stops(facts, read) || matches!(read.reader, Reader::Own(helper) if self.panics_without(helper))
    }

    /// Whether a function of the project that reads variables for its callers panics where one is not set.
    pub fn panics_without(&self, helper: FnId) -> bool {
        let index = self.bodies.binary_search_by_key(&Target::Fn(helper), |(target, _)| *target);
        let Some(facts) = index.ok().map(|index| &self.bodies[index].1) else { return false };
        let mut own = facts.env_reads.iter().filter(|read| matches!(read.variable, Variable::Argument(_)));
        own.any(|read| panics(facts, read))
    }
}

fn named(read: &EnvRead) -> Option<Sym> {
    if let Variable::Named(name) = read.variable { Some(name) } else { None }
}

fn panics(facts: &BodyFacts, read: &EnvRead) -> bool {
    let unset = |mark: &Mark| mark.what == What::Unset(read.site);
    facts.panics.iter().any(|panic| panic.marks.iter().any(unset))
}

fn stops(facts: &BodyFacts, read: &EnvRead) -> bool {
    let unset = |mark: &Mark| mark.what == What::Unset(read.site);
    panics(facts, read) || facts.returns.as_ref().is_some_and(|ty| ty.any(&|node| node.marks().iter().any(unset)))
}

/// Whether a function may name one of some variables.
fn mentions(app: &App, id: FnId, wanted: &FxHashSet<Sym>) -> bool {
    let tree = &app.facts(app.home(id).0).tree;
    let (start, end) = app.function(id).exprs;
    let is_constant = |name: Sym| name.as_str().chars().all(|letter| !letter.is_lowercase());
    tree.exprs[start as usize..end as usize].iter().any(|expr| match expr.kind {
        ExprKind::Literal(Literal::Str(text)) => wanted.contains(&text),
        ExprKind::Path(path) => tree.last_name(path).is_some_and(is_constant),
        _ => false,
    })
}

/// The functions that run before requests are served, whatever happens.
struct Starting<'a> {
    app: &'a App,
    by_name: FxHashMap<Sym, Vec<FnId>>,
    entries: FxHashSet<Target>,
}

impl<'a> Starting<'a> {
    fn of(app: &'a App) -> Starting<'a> {
        let mut by_name: FxHashMap<Sym, Vec<FnId>> = FxHashMap::default();
        for id in (0..app.functions.len() as u32).map(FnId) {
            by_name.entry(app.functions[id.index()].name).or_default().push(id);
        }
        Starting { app, by_name, entries: app.entries.iter().map(|entry| entry.target).collect() }
    }

    /// Each function with those of its expressions that are evaluated for certain.
    fn run(&self) -> Vec<(FnId, FxHashSet<ExprId>)> {
        let mut queue = self.app.starting_functions();
        queue.retain(|id| !self.entries.contains(&Target::Fn(*id)));
        let mut seen: FxHashSet<FnId> = queue.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(id) = queue.pop().filter(|_| found.len() < MOST_FUNCTIONS) {
            let Some(body) = self.app.function(id).body else { continue };
            let mut certain = FxHashSet::default();
            walk(self.app, self.app.home(id).0, body, &mut certain);
            let mut callees: Vec<FnId> = certain.iter().filter_map(|expr| self.called(id, *expr)).collect();
            callees.sort_unstable();
            queue.extend(
                callees
                    .into_iter()
                    .filter(|callee| !self.entries.contains(&Target::Fn(*callee)) && seen.insert(*callee)),
            );
            found.push((id, certain));
        }
        found
    }

    fn called(&self, id: FnId, expr: ExprId) -> Option<FnId> {
        let (instance, module) = self.app.home(id);
        let tree = &self.app.facts(instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => match self.app.resolve_value(id, instance, module, path)? {
                    Def::Fn(called) => Some(called),
                    _ => None,
                },
                _ => None,
            },
            // Of a method only the name is known here: one that no other function has.
            ExprKind::Method { call, .. } => match self.by_name.get(&tree.methods[call as usize].name)?.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether a branch returns.
fn may_return(tree: &Tree, expr: ExprId) -> bool {
    let it = tree.expr(expr);
    let is_inside = |other: &Expr| it.span.start <= other.span.start && other.span.end <= it.span.end;
    matches!(it.kind, ExprKind::If { .. } | ExprKind::Match { .. } | ExprKind::Loop { .. } | ExprKind::For { .. })
        && tree.exprs.iter().any(|other| matches!(other.kind, ExprKind::Return(_)) && is_inside(other))
}

/// Collects what is evaluated for certain where an expression is: no branches, loops and closures.
fn walk(app: &App, instance: InstanceId, expr: ExprId, found: &mut FxHashSet<ExprId>) {
    let facts = app.facts(instance);
    let tree = &facts.tree;
    found.insert(expr);
    let inner: Vec<ExprId> = match tree.expr(expr).kind {
        ExprKind::If { cond, .. } => vec![cond],
        ExprKind::Match { value, .. } => vec![value],
        ExprKind::For { iter, .. } => vec![iter],
        ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, .. } => vec![left],
        ExprKind::Assign { value, .. } => vec![value],
        ExprKind::Return(value) => value.into_iter().collect(),
        ExprKind::Call { callee, args } => std::iter::once(callee).chain(tree.expr_run(args).iter().copied()).collect(),
        ExprKind::Macro(call) => tree.expr_run(facts.macro_call(call).args).to_vec(),
        ExprKind::Block(index) => {
            let block = tree.blocks[index as usize];
            let stmts = tree.stmt_run(block.stmts);
            // What stands behind a condition under which the function returns is not evaluated for certain.
            let left = stmts.iter().position(|stmt| match *stmt {
                Stmt::Let { init, otherwise, .. } => {
                    otherwise.is_some() || init.is_some_and(|init| may_return(tree, init))
                }
                Stmt::Expr(expr) => may_return(tree, expr),
            });
            let certain = &stmts[..left.map_or(stmts.len(), |left| left + 1)];
            let values = certain.iter().filter_map(|stmt| match *stmt {
                Stmt::Let { init, .. } => init,
                Stmt::Expr(expr) => Some(expr),
            });
            values.chain(block.tail.filter(|_| left.is_none())).collect()
        }
        _ => tree.operands(expr),
    };
    inner.into_iter().for_each(|inner| walk(app, instance, inner, found));
}
