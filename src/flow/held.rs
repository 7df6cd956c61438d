//! What code does while it holds a lock.
//!
//! A guard that is given a name lives to the end of its block, unless it is dropped or handed on; one without a name to the
//! end of its statement, so in a `match`, an `if let` or a `for` on something behind the guard also through their bodies.
//! Where a guard is dropped on some way that goes on, it is taken to be gone behind it.

mod ways;

use super::facts::At;
use super::locks::Lock;
use crate::app::{App, InstanceId, Target};
use crate::symbol::Sym;
use crate::syntax::{Arm, Block, BlockFlavour, ExprId, ExprKind, MacroId, Pat, PatId, Run, Stmt, Tree};

/// What is done while a lock is held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Held {
    /// What the guard is called, if it has a name.
    pub(super) name: Option<Sym>,
    /// Where the code waits.
    pub(super) awaits: Vec<At>,
    /// Its calls and operators.
    pub(super) does: Vec<At>,
    /// Where the result is taken apart that fails when the lock is poisoned.
    pub(super) taken_apart: Option<At>,
}

/// Methods of a result that yield what is in it, or another result.
const TAKING_APART: [&str; 5] = ["unwrap", "expect", "unwrap_or_else", "map_err", "ok"];

/// What a body does while it holds each of its locks.
pub(super) fn held(app: &App, target: Target, locks: &[Lock]) -> Vec<Held> {
    let (Target::Fn(within) | Target::Closure { within, .. }) = target;
    let (instance, body) = match target {
        Target::Fn(id) => (app.home(within).0, app.function(id).body),
        Target::Closure { instance, expr, .. } => (instance, Some(expr)),
    };
    let tree = &app.facts(instance).tree;
    let found = vec![Held::default(); locks.len()];
    let mut walk = Walk { app, instance, tree, locks, holds: Vec::new(), level: 0, found };
    // The body of a closure that is a handler runs like that of a function.
    match body.map(|body| (body, tree.expr(body).kind)) {
        Some((_, ExprKind::Closure(index))) => walk.expr(tree.closures[index as usize].body),
        Some((body, _)) => walk.expr(body),
        None => {}
    }
    walk.found
}

/// A guard that is alive.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Hold {
    lock: usize,
    name: Option<Sym>,
    /// How deep in statements and blocks the one is nested at whose end it goes.
    level: u32,
}

struct Walk<'a> {
    app: &'a App,
    instance: InstanceId,
    tree: &'a Tree,
    locks: &'a [Lock],
    holds: Vec<Hold>,
    level: u32,
    found: Vec<Held>,
}

impl<'a> Walk<'a> {
    fn expr(&mut self, expr: ExprId) {
        let tree = self.tree;
        match tree.expr(expr).kind {
            ExprKind::Call { callee, args } => {
                self.expr(callee);
                self.arguments(expr, args);
            }
            ExprKind::Method { receiver, call } => self.method(expr, receiver, call),
            ExprKind::Await(inner) => {
                self.expr(inner);
                self.waits(expr);
            }
            ExprKind::Assign { target, value } => {
                self.expr(value);
                self.expr(target);
                self.reassign(target, value);
            }
            ExprKind::Block(index) => self.block(&tree.blocks[index as usize]),
            ExprKind::If { cond, then, otherwise } => self.if_expr(cond, then, otherwise),
            ExprKind::Match { value, arms } => self.match_expr(value, tree.arm_run(arms)),
            ExprKind::Select { arms } => self.select(expr, tree.arm_run(arms)),
            ExprKind::Loop { cond, body } => self.scope(|walk| {
                cond.into_iter().for_each(|cond| walk.condition(cond));
                walk.branch(|walk| walk.expr(body));
            }),
            ExprKind::For { iter, body, .. } => self.scope(|walk| {
                walk.expr(iter);
                walk.branch(|walk| walk.expr(body));
            }),
            ExprKind::Closure(index) => self.closure(index),
            ExprKind::Return(value) | ExprKind::Break(value) | ExprKind::Yield(value) => {
                value.into_iter().for_each(|value| self.given(value));
            }
            ExprKind::Struct(_) | ExprKind::Tuple(_) | ExprKind::Array(_) => {
                tree.operands(expr).into_iter().for_each(|part| self.given(part));
            }
            ExprKind::Macro(call) => self.macro_call(expr, call),
            ExprKind::Index { .. } | ExprKind::Binary { .. } => {
                tree.operands(expr).into_iter().for_each(|part| self.expr(part));
                self.does(expr);
            }
            _ => tree.operands(expr).into_iter().for_each(|part| self.expr(part)),
        }
    }

    /// The lock that a call takes.
    fn taken_by(&self, expr: ExprId) -> Option<usize> {
        self.locks.iter().position(|lock| lock.site.instance == self.instance && lock.site.expr == expr)
    }

    /// The lock whose guard, or whose result, an expression is.
    fn guard(&self, expr: ExprId) -> Option<usize> {
        let tree = self.tree;
        if let Some(lock) = self.taken_by(expr) {
            return Some(lock);
        }
        match tree.expr(expr).kind {
            ExprKind::Method { receiver, call } if takes_apart(tree.methods[call as usize].name) => {
                self.guard(receiver)
            }
            ExprKind::Try(inner) => self.guard(inner),
            // `match lock.lock() { Ok(guard) => guard, … }`
            ExprKind::Match { value, arms } => {
                let yields = |arm: &Arm| matches!(tree.expr(arm.body).kind, ExprKind::Path(_));
                self.guard(value).filter(|_| tree.arm_run(arms).iter().any(yields))
            }
            _ => None,
        }
    }

    fn method(&mut self, expr: ExprId, receiver: ExprId, call: u32) {
        let method = self.tree.methods[call as usize];
        self.expr(receiver);
        self.arguments(expr, method.args);
        if let Some(lock) = self.taken_by(expr) {
            self.take(lock);
            return;
        }
        let Some(lock) = self.guard(receiver) else { return };
        if !takes_apart(method.name) {
            // `lock.lock().map(|guard| …)`: the closure is given the guard.
            if self.taken_by(receiver).is_some() && self.locks[lock].is_result {
                self.holds.retain(|hold| hold.lock != lock || hold.name.is_some());
            }
        } else if self.taken_by(receiver).is_some() {
            self.found[lock].taken_apart = Some(self.at(expr));
        }
    }

    fn take(&mut self, lock: usize) {
        self.holds.push(Hold { lock, name: None, level: self.level });
    }

    fn arguments(&mut self, call: ExprId, args: Run) {
        let args = self.tree.expr_run(args);
        args.iter().for_each(|arg| self.expr(*arg));
        if self.taken_by(call).is_none() {
            self.does(call);
        } else if matches!(self.tree.expr(call).kind, ExprKind::Call { .. })
            && let Some(lock) = self.taken_by(call)
        {
            self.take(lock);
        }
        args.iter().for_each(|arg| self.hand_on(*arg));
    }

    /// A value that goes into another one.
    fn given(&mut self, value: ExprId) {
        self.expr(value);
        self.hand_on(value);
    }

    /// A guard that is handed on is somebody else's.
    fn hand_on(&mut self, value: ExprId) {
        if let Some(lock) = self.guard(value) {
            self.holds.retain(|hold| hold.lock != lock || hold.name.is_some());
        }
        if let Some(name) = self.name_of(value) {
            self.holds.retain(|hold| hold.name != Some(name));
        }
    }

    fn name_of(&self, expr: ExprId) -> Option<Sym> {
        match self.tree.expr(expr).kind {
            ExprKind::Path(path) => self.tree.single_name(path),
            _ => None,
        }
    }

    fn reassign(&mut self, target: ExprId, value: ExprId) {
        let Some(name) = self.name_of(target) else { return };
        let level = self.holds.iter().find(|hold| hold.name == Some(name)).map(|hold| hold.level);
        if let Some(lock) = self.guard(value) {
            self.holds.retain(|hold| hold.name != Some(name) && hold.lock != lock);
            self.holds.push(Hold { lock, name: Some(name), level: level.unwrap_or(1) });
        }
    }

    /// A pattern takes a value.
    fn bind(&mut self, pat: PatId, value: ExprId, level: u32) {
        let Some(name) = self.bound(pat) else { return };
        let lock = self.guard(value);
        let renamed = self.name_of(value).filter(|old| self.holds.iter().any(|hold| hold.name == Some(*old)));
        // What had the name before is still there.
        let shadowed = self.holds.iter_mut().filter(|hold| hold.name == Some(name) && renamed != Some(name));
        shadowed.for_each(|hold| hold.name = Some(crate::sym!("")));
        if let Some(lock) = lock {
            self.holds.retain(|hold| hold.lock != lock);
            self.holds.push(Hold { lock, name: Some(name), level });
            self.found[lock].name = Some(name);
        } else if let Some(old) = renamed {
            let renamed = self.holds.iter_mut().filter(|hold| hold.name == Some(old));
            renamed.for_each(|hold| hold.name = Some(name));
        }
    }

    /// The name that a pattern gives a whole value, or what is in `Ok(…)`.
    fn bound(&self, pat: PatId) -> Option<Sym> {
        match self.tree.pat(pat) {
            Pat::Bind { name, .. } => Some(name),
            Pat::TupleStruct { pats, .. } => match self.tree.pat_run(pats) {
                [only] => self.bound(*only),
                _ => None,
            },
            _ => None,
        }
    }

    /// What ends here takes its guards with it.
    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        self.level += 1;
        inside(self);
        let level = self.level;
        self.holds.retain(|hold| hold.level < level);
        self.level -= 1;
    }

    /// What may be done: a guard is gone behind it where it is gone at its end.
    fn branch(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = self.holds.clone();
        inside(self);
        let after = std::mem::replace(&mut self.holds, before);
        self.holds.retain(|hold| after.contains(hold));
    }

    fn block(&mut self, block: &Block) {
        // What is put off runs when somebody awaits it, mostly without the guard.
        let outer = (block.flavour == BlockFlavour::Async).then(|| std::mem::take(&mut self.holds));
        self.scope(|walk| {
            for stmt in walk.tree.stmt_run(block.stmts) {
                walk.scope(|walk| walk.statement(*stmt));
            }
            block.tail.into_iter().for_each(|tail| walk.scope(|walk| walk.given(tail)));
        });
        if let Some(outer) = outer {
            self.holds = outer;
        }
    }

    fn statement(&mut self, stmt: Stmt) {
        match stmt {
            Stmt::Let { pat, init, otherwise, .. } => {
                init.into_iter().for_each(|init| self.expr(init));
                if let Some(otherwise) = otherwise {
                    let before = self.holds.clone();
                    self.expr(otherwise);
                    self.holds = before;
                }
                if let Some(init) = init {
                    self.bind(pat, init, self.level - 1);
                }
            }
            Stmt::Expr(expr) => self.expr(expr),
        }
    }

    fn closure(&mut self, index: u32) {
        let closure = self.tree.closures[index as usize];
        let before = self.holds.clone();
        if closure.is_async {
            self.holds.clear();
        }
        self.scope(|walk| walk.expr(closure.body));
        self.holds = before;
    }

    fn macro_call(&mut self, expr: ExprId, call: MacroId) {
        let app: &'a App = self.app;
        if let Some(&(instance, inner)) = app.expansions.get(&(self.instance, call)) {
            let outer = (self.instance, self.tree);
            (self.instance, self.tree) = (instance, &app.facts(instance).tree);
            self.expr(inner);
            (self.instance, self.tree) = outer;
            return;
        }
        let args = app.facts(self.instance).macro_call(call).args;
        self.tree.expr_run(args).iter().for_each(|arg| self.expr(*arg));
        self.does(expr);
    }

    fn at(&self, expr: ExprId) -> At {
        At { instance: self.instance, span: self.tree.expr(expr).span }
    }

    fn does(&mut self, expr: ExprId) {
        let at = self.at(expr);
        self.holds.iter().for_each(|hold| self.found[hold.lock].does.push(at));
    }

    fn waits(&mut self, expr: ExprId) {
        let at = self.at(expr);
        self.holds.iter().for_each(|hold| self.found[hold.lock].awaits.push(at));
    }
}

fn takes_apart(name: Sym) -> bool {
    TAKING_APART.contains(&name.as_str())
}
