//! What a function works out only when a map does not hold it yet, and puts there: that is kept, and does not run for each
//! request.

mod refreshed;

use rustc_hash::FxHashSet;

use super::facts::BodyFacts;
use crate::app::{App, Def, FnId, InstanceId, ModId};
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Method, Pat, PatId, PathId, Run, Stmt, Tree};

/// Methods that put their arguments into what they are called on.
const TAKING_IN: [&str; 11] = [
    "insert",
    "add",
    "push",
    "push_back",
    "set",
    "store",
    "swap",
    "replace",
    "get_or_insert_with",
    "get_or_insert",
    "send",
];
/// Those that fill something that holds one value; the last argument is that.
const CELLS: [&str; 7] = ["set", "store", "swap", "replace", "insert", "get_or_insert", "compare_and_swap"];
/// Methods that yield what they are called on, or a copy.
const SAME: [&str; 5] = ["clone", "unwrap", "expect", "into", "to_owned"];
/// Locals are followed back this far.
const DEEPEST: u32 = 8;

/// Takes note of which calls and reads of a body are for something that it keeps.
pub(super) fn mark_kept(app: &App, within: FnId, facts: &mut BodyFacts) {
    if facts.calls.is_empty() && facts.env_reads.is_empty() {
        return;
    }
    let (instance, module) = app.home(within);
    let body =
        Body { app, within, instance, module, tree: &app.facts(instance).tree, exprs: app.function(within).exprs };
    let kept = body.kept();
    let is_kept = |at: super::facts::At| at.instance == instance && kept.iter().any(|span| holds(*span, at.span));
    if !kept.is_empty() {
        facts.calls.iter_mut().for_each(|call| call.kept |= is_kept(call.at));
        facts.env_reads.iter_mut().for_each(|read| read.kept |= is_kept(read.at));
    }
}

/// Whether what a place of a function yields is put into something that outlives the call: a field, a static, an argument.
pub(super) fn is_stored(app: &App, within: FnId, at: super::facts::At) -> bool {
    let (instance, module) = app.home(within);
    let body =
        Body { app, within, instance, module, tree: &app.facts(instance).tree, exprs: app.function(within).exprs };
    at.instance == instance && body.stored().iter().chain(&body.kept()).any(|span| holds(*span, at.span))
}

/// Something that outlives the call, a field, a static, an argument: the names that lead to it.
type Store = Vec<Sym>;

struct Body<'a> {
    app: &'a App,
    within: FnId,
    instance: InstanceId,
    module: ModId,
    tree: &'a Tree,
    exprs: (u32, u32),
}

impl Body<'_> {
    fn kept(&self) -> Vec<Span> {
        let mut kept = self.refreshed();
        for (expr, receiver, method) in self.methods() {
            match (method.name.as_str(), self.tree.expr_run(method.args)) {
                ("or_insert_with" | "or_insert_with_key" | "or_try_insert_with", [made])
                    if self.entry_of(receiver).is_some() =>
                {
                    kept.push(self.extent(*made));
                }
                ("insert", [_, value]) => {
                    let missed = self.store(receiver, 0).and_then(|store| self.missed(&store, expr));
                    if let Some(missed) = missed {
                        self.makers(*value, missed, &mut kept);
                    }
                }
                (name, [.., value]) if CELLS.contains(&name) => self.filled(receiver, expr, *value, &mut kept),
                _ => {}
            }
        }
        for expr in (self.exprs.0..self.exprs.1).map(ExprId) {
            if let ExprKind::Assign { target, value } = self.tree.expr(expr).kind
                && !matches!(self.tree.expr(target).kind, ExprKind::Path(_))
            {
                self.filled(target, expr, value, &mut kept);
            }
        }
        kept
    }

    /// A value that is put where there is nothing yet: `if CONFIG.load().is_none() { CONFIG.store(Some(read()?)) }`.
    fn filled(&self, target: ExprId, at: ExprId, value: ExprId, kept: &mut Vec<Span>) {
        let Some(store) = self.store(target, 0) else { return };
        let asks = |within: Span| {
            let is_it = |expr: ExprId| self.store(expr, 0).as_ref() == Some(&store);
            self.methods().any(|(expr, receiver, method)| {
                let is_test = matches!(method.name.as_str(), "is_none" | "is_some");
                is_test && holds(within, self.tree.expr(expr).span) && is_it(receiver)
            }) || (self.exprs.0..self.exprs.1).map(ExprId).any(|expr| match self.tree.expr(expr).kind {
                ExprKind::Let { pat, value } => {
                    self.is_some(pat) && holds(within, self.tree.expr(expr).span) && is_it(value)
                }
                _ => false,
            })
        };
        let missed = self.missed_by_asking(&asks, self.tree.expr(at).span, true);
        missed.into_iter().for_each(|missed| self.makers(value, missed, kept));
    }

    /// The code whose value is put into something that outlives the call.
    fn stored(&self) -> Vec<Span> {
        let (mut stored, mut seen) = (Vec::new(), FxHashSet::default());
        for (_, receiver, method) in self.methods() {
            if TAKING_IN.contains(&method.name.as_str()) && self.store(receiver, 0).is_some() {
                let values = self.tree.expr_run(method.args);
                values.iter().for_each(|value| self.handed_over(*value, &mut stored, &mut seen));
            }
        }
        for expr in self.exprs.0..self.exprs.1 {
            if let ExprKind::Assign { target, value } = self.tree.expr(ExprId(expr)).kind
                && !matches!(self.tree.expr(target).kind, ExprKind::Path(_))
                && self.store(target, 0).is_some()
            {
                self.handed_over(value, &mut stored, &mut seen);
            }
        }
        stored
    }

    /// The code whose value is a part of another value: not what only lends its own to that.
    fn handed_over(&self, value: ExprId, found: &mut Vec<Span>, seen: &mut FxHashSet<ExprId>) {
        let expr = self.tree.expr(value);
        // A local can be made of another one of its name.
        if !seen.insert(value) {
            return;
        }
        let mut inner = Vec::new();
        match expr.kind {
            ExprKind::Path(path) => {
                let Some(name) = self.tree.single_name(path) else { return };
                inner.extend(self.lets().filter(|(pat, _)| self.binds(*pat, name)).filter_map(|(_, init)| init));
            }
            ExprKind::Method { receiver, call } => {
                found.push(expr.span);
                let name = self.tree.methods[call as usize].name;
                let is_local = matches!(self.tree.expr(receiver).kind, ExprKind::Path(_));
                inner.extend((!is_local || SAME.contains(&name.as_str())).then_some(receiver));
            }
            ExprKind::Call { args, .. } => {
                found.push(expr.span);
                inner.extend(self.tree.expr_run(args));
            }
            ExprKind::Await(it) | ExprKind::Try(it) => inner.push(it),
            ExprKind::Struct(index) => {
                let fields = self.tree.structs[index as usize].fields;
                inner.extend(self.tree.field_run(fields).iter().map(|(_, value)| *value));
            }
            ExprKind::Tuple(items) | ExprKind::Array(items) => inner.extend(self.tree.expr_run(items)),
            ExprKind::Block(index) => inner.extend(self.tree.blocks[index as usize].tail),
            ExprKind::If { then, otherwise, .. } => inner.extend([then].into_iter().chain(otherwise)),
            ExprKind::Match { arms, .. } => inner.extend(self.tree.arm_run(arms).iter().map(|arm| arm.body)),
            ExprKind::Closure(index) => inner.push(self.tree.closures[index as usize].body),
            _ => {}
        }
        inner.into_iter().for_each(|inner| self.handed_over(inner, found, seen));
    }

    /// The method calls of the function.
    fn methods(&self) -> impl Iterator<Item = (ExprId, ExprId, Method)> {
        (self.exprs.0..self.exprs.1).map(ExprId).filter_map(|expr| match self.tree.expr(expr).kind {
            ExprKind::Method { receiver, call } => Some((expr, receiver, self.tree.methods[call as usize])),
            _ => None,
        })
    }

    /// `map.entry(key)` of something that outlives the call.
    fn entry_of(&self, expr: ExprId) -> Option<Store> {
        match self.tree.expr(expr).kind {
            ExprKind::Method { receiver, call } if self.tree.methods[call as usize].name == crate::sym!("entry") => {
                self.store(receiver, 0)
            }
            ExprKind::Await(inner) => self.entry_of(inner),
            _ => None,
        }
    }

    /// What an expression stands for, past guards and references: `self.clients.write().unwrap()`.
    fn store(&self, expr: ExprId, depth: u32) -> Option<Store> {
        if depth > DEEPEST {
            return None;
        }
        match self.tree.expr(expr).kind {
            ExprKind::Path(path) => self.named(expr, path, depth),
            ExprKind::Field { base, name } => {
                let mut names = self.store(base, depth)?;
                names.push(name);
                Some(names)
            }
            ExprKind::Method { receiver, call } if self.tree.methods[call as usize].args.len == 0 => {
                self.store(receiver, depth)
            }
            ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => {
                self.store(inner, depth)
            }
            _ => None,
        }
    }

    fn named(&self, expr: ExprId, path: PathId, depth: u32) -> Option<Store> {
        let Some(name) = self.tree.single_name(path) else { return self.of_static(path) };
        // `let map = map.write();`: the name in there is another one's.
        let is_before = |init: &Option<ExprId>| init.is_none_or(|init| init.0 < expr.0);
        let own = self.lets().filter(|(pat, _)| self.binds(*pat, name)).map(|(_, init)| init).filter(is_before).last();
        match own {
            Some(init) => self.store(init?, depth + 1),
            None if name == crate::sym!("self") || self.is_parameter(name) => Some(vec![name]),
            None => self.of_static(path),
        }
    }

    fn of_static(&self, path: PathId) -> Option<Store> {
        let meant = self.app.resolve_value(self.within, self.instance, self.module, path);
        let names = || self.tree.segments_of(path).last().map(|segment| vec![segment.name]);
        matches!(meant, Some(Def::Value(_))).then(names).flatten()
    }

    fn is_parameter(&self, name: Sym) -> bool {
        let params = self.tree.param_run(self.app.function(self.within).params);
        params.iter().any(|param| self.binds(param.pat, name))
    }

    /// The locals that the function declares with `let`, in order.
    fn lets(&self) -> impl Iterator<Item = (PatId, Option<ExprId>)> {
        let blocks = (self.exprs.0..self.exprs.1).filter_map(|expr| match self.tree.expr(ExprId(expr)).kind {
            ExprKind::Block(index) => Some(self.tree.blocks[index as usize].stmts),
            _ => None,
        });
        blocks.flat_map(|stmts| self.tree.stmt_run(stmts)).filter_map(|stmt| match *stmt {
            Stmt::Let { pat, init, .. } => Some((pat, init)),
            Stmt::Expr(_) => None,
        })
    }

    fn binds(&self, pat: PatId, wanted: Sym) -> bool {
        let any = |pats: Run| self.tree.pat_run(pats).iter().any(|pat| self.binds(*pat, wanted));
        match self.tree.pat(pat) {
            Pat::Bind { name, sub, .. } => name == wanted || sub.is_some_and(|sub| self.binds(sub, wanted)),
            Pat::Tuple(pats) | Pat::TupleStruct { pats, .. } => any(pats),
            _ => false,
        }
    }

    /// The code that runs only where a store does not hold what is asked for, as far as it leads to an insertion.
    fn missed(&self, store: &Store, insert: ExprId) -> Option<Span> {
        let at = self.tree.expr(insert).span;
        let asks = |within: Span| {
            self.methods().any(|(expr, receiver, method)| {
                matches!(method.name.as_str(), "get" | "get_mut" | "contains_key" | "peek")
                    && holds(within, self.tree.expr(expr).span)
                    && self.store(receiver, 0).as_ref() == Some(store)
            })
        };
        self.missed_by_asking(&asks, at, false)
    }

    /// The same, where a condition or what is matched asks for it; `always` says that a hit has to leave in any case.
    fn missed_by_asking(&self, asks: &dyn Fn(Span) -> bool, at: Span, always: bool) -> Option<Span> {
        (self.exprs.0..self.exprs.1).map(ExprId).find_map(|expr| match self.tree.expr(expr).kind {
            ExprKind::If { cond, then, otherwise } if asks(self.extent(cond)) => {
                let (hit, miss) = if self.is_hit(cond) { (Some(then), otherwise) } else { (otherwise, Some(then)) };
                self.missed_by(expr, hit, miss, (at, always))
            }
            ExprKind::Match { value, arms } if asks(self.extent(value)) => {
                let arms = self.tree.arm_run(arms);
                let hit = arms.iter().find(|arm| self.is_some(arm.pat)).map(|arm| arm.body);
                arms.iter().find_map(|arm| {
                    self.missed_by(expr, hit, (Some(arm.body) != hit).then_some(arm.body), (at, always))
                })
            }
            _ => None,
        })
    }

    /// The branch for a miss, if the insertion is in it; what comes behind, if the branch for a hit leaves before.
    fn missed_by(
        &self,
        branch: ExprId,
        hit: Option<ExprId>,
        miss: Option<ExprId>,
        (insert, always): (Span, bool),
    ) -> Option<Span> {
        let inside = miss.map(|miss| self.extent(miss)).filter(|miss| holds(*miss, insert));
        let end = self.extent(branch).end;
        let behind = || {
            end <= insert.start
                && hit.is_some_and(|hit| if always { self.always_leaves(hit) } else { self.leaves(hit) })
        };
        inside.or_else(|| behind().then(|| Span::new(end, insert.end)))
    }

    /// Whether a condition holds where something is there.
    fn is_hit(&self, cond: ExprId) -> bool {
        match self.tree.expr(cond).kind {
            ExprKind::Not(inner) => !self.is_hit(inner),
            ExprKind::Let { pat, .. } => self.is_some(pat),
            ExprKind::Method { call, .. } => self.tree.methods[call as usize].name != crate::sym!("is_none"),
            ExprKind::Binary { left, .. } => self.is_hit(left),
            _ => true,
        }
    }

    fn is_some(&self, pat: PatId) -> bool {
        matches!(self.tree.pat(pat), Pat::TupleStruct { path, .. } if self.tree.last_name(path) == Some(crate::sym!("Some")))
    }

    /// Whether code leaves the function or closure at its end.
    fn always_leaves(&self, code: ExprId) -> bool {
        match self.tree.expr(code).kind {
            ExprKind::Return(_) => true,
            ExprKind::Block(index) => {
                let block = self.tree.blocks[index as usize];
                let last = block.tail.or_else(|| match self.tree.stmt_run(block.stmts).last() {
                    Some(Stmt::Expr(last)) => Some(*last),
                    _ => None,
                });
                last.is_some_and(|last| self.always_leaves(last))
            }
            _ => false,
        }
    }

    /// The code that a value is made by: itself, and what the locals in it were given where something was missed.
    fn makers(&self, value: ExprId, missed: Span, kept: &mut Vec<Span>) {
        let span = self.extent(value);
        if kept.contains(&span) {
            return;
        }
        kept.push(span);
        for id in self.first(value)..=value.0 {
            let ExprKind::Path(path) = self.tree.expr(ExprId(id)).kind else { continue };
            let Some(name) = self.tree.single_name(path) else { continue };
            for init in self.lets().filter(|(pat, _)| self.binds(*pat, name)).filter_map(|(_, init)| init) {
                if holds(missed, self.extent(init)) {
                    self.makers(init, missed, kept);
                }
            }
        }
    }

    /// The whole of an expression: a method call with what it is called on.
    fn extent(&self, expr: ExprId) -> Span {
        let spans = (self.first(expr)..=expr.0).map(|id| self.tree.expr(ExprId(id)).span).filter(|span| span.end > 0);
        spans.fold(self.tree.expr(expr).span, |all, span| Span::new(all.start.min(span.start), all.end.max(span.end)))
    }

    /// The first of the expressions that an expression is made of; they stand one behind the other.
    fn first(&self, expr: ExprId) -> u32 {
        let tree = self.tree;
        let inner = match tree.expr(expr).kind {
            ExprKind::If { cond, .. } => Some(cond),
            ExprKind::Match { value, .. } => Some(value),
            ExprKind::Closure(index) => Some(tree.closures[index as usize].body),
            ExprKind::Call { callee, .. } => Some(callee),
            ExprKind::Return(value) | ExprKind::Break(value) | ExprKind::Yield(value) => value,
            ExprKind::Macro(call) => {
                tree.expr_run(self.app.facts(self.instance).macro_call(call).args).first().copied()
            }
            ExprKind::Block(index) => {
                let block = tree.blocks[index as usize];
                let stmts = tree.stmt_run(block.stmts).iter().map(|stmt| match *stmt {
                    Stmt::Let { init, .. } => init,
                    Stmt::Expr(expr) => Some(expr),
                });
                stmts.flatten().chain(block.tail).next()
            }
            _ => tree.operands(expr).first().copied(),
        };
        inner.map_or(expr.0, |inner| self.first(inner).min(expr.0))
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
