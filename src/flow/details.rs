//! Failures that nobody misses: of what is read only to say more of another failure, and of giving up a lock; and whether
//! there is nothing in the place of one.

use super::eval::Eval;
use super::facts::{Losing, Loss};
use crate::app::{App, Def, Target, What};
use crate::knowledge::{Role, Words};
use crate::source::Span;
use crate::syntax::{ExprId, ExprKind, Pat, PatId, Stmt};

impl Eval<'_> {
    /// What is read for a failure that is answered anyway may be missing from it: `response.text().await.unwrap_or_default()`
    /// where the status has said that it failed.
    pub(super) fn forgive(&mut self, from: usize) {
        let mut index = 0;
        self.facts.losses.retain(|loss| {
            index += 1;
            index <= from || !is_detail(loss)
        });
    }

    /// The same of a local that goes into errors and reports only.
    pub(super) fn forgive_detail(&mut self, from: usize, pat: PatId, init: ExprId) {
        if !self.facts.losses.iter().skip(from).any(is_detail) {
            return;
        }
        let Pat::Bind { name, sub: None, .. } = self.tree().pat(pat) else { return };
        let after = self.span(init).end;
        if self.is_used(name, after, &[]) && !self.is_used(name, after, &self.errors_and_reports()) {
            self.forgive(from);
        }
    }

    /// Where in the function errors are made, or something is reported.
    fn errors_and_reports(&self) -> Vec<Span> {
        let tree = self.tree();
        let (start, end) = self.app.function(self.within).exprs;
        let roles = [Role::Report, Role::Bail, Role::Panic];
        let is_meant = |kind: ExprKind| match kind {
            ExprKind::Macro(call) => {
                let path = self.app.macro_path(self.instance, self.module, call);
                path.is_some_and(|path| roles.iter().any(|role| self.app.knowledge.plays(path, *role)))
            }
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => self.is_success(path) == Some(false),
                _ => false,
            },
            _ => false,
        };
        let exprs = start..end;
        let meant = exprs.map(|index| tree.exprs[index as usize]).filter(|expr| is_meant(expr.kind));
        meant.map(|expr| expr.span).collect()
    }

    /// Whether an expression gives up a lock or lease, which ends by itself where that fails: `lease.release().await`.
    pub(super) fn unlocks(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Await(inner) => self.unlocks(inner),
            ExprKind::Method { receiver, call } => match tree.methods[call as usize].name.as_str() {
                "ok" => self.unlocks(receiver),
                name if self.app.knowledge.is_word(Words::GiveBack, name) => self.is_lock(receiver),
                name => self.gives_up(name),
            },
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => {
                    tree.segments_of(path).last().is_some_and(|last| self.gives_up(last.name.as_str()))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression is named after a lock: `self.write_lock`. Users can be unlocked as well, and seats released.
    fn is_lock(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let name = match tree.expr(expr).kind {
            ExprKind::Path(path) => tree.last_name(path),
            ExprKind::Field { name, .. } => Some(name),
            _ => None,
        };
        name.is_some_and(|name| name.as_str().split('_').any(|word| self.app.knowledge.is_word(Words::Lock, word)))
    }

    /// Whether a name says that a lock is given up: `release_lock`.
    fn gives_up(&self, name: &str) -> bool {
        let is = |words: Words, word: &str| self.app.knowledge.is_word(words, word);
        let mut words = name.split('_');
        words.next().is_some_and(|first| is(Words::GiveBack, first)) && words.any(|word| is(Words::Lock, word))
    }
}

/// What can be missing from a text.
fn is_detail(loss: &Loss) -> bool {
    matches!(loss.how, Losing::Method(_)) && loss.marks.iter().all(|mark| matches!(mark.what, What::CallFailed(_)))
}

/// Whether what there is in the place of a failure is a collection with nothing in it: `return Ok(Vec::new())`.
pub(super) fn yields_nothing(app: &App, target: Target, loss: &Loss) -> bool {
    let (Target::Fn(within) | Target::Closure { within, .. }) = target;
    let tree = &app.facts(loss.at.instance).tree;
    let module = app.home(within).1;
    let resolved = |path| app.resolve_value(within, loss.at.instance, module, path);
    let branch = loss.branch.and_then(|branch| tree.exprs.iter().position(|expr| expr.span == branch));
    let mut next = branch.map(|index| ExprId(index as u32));
    while let Some(expr) = next {
        next = match tree.expr(expr).kind {
            ExprKind::Block(index) => {
                let block = &tree.blocks[index as usize];
                match tree.stmt_run(block.stmts) {
                    [] => block.tail,
                    [Stmt::Expr(only)] if block.tail.is_none() => Some(*only),
                    _ => None,
                }
            }
            ExprKind::Return(inner) => inner,
            ExprKind::Call { callee, args } => match (tree.expr(callee).kind, tree.expr_run(args)) {
                // `Ok(…)`
                (ExprKind::Path(path), [only]) => {
                    let wraps = |path| app.knowledge.calls(path).first().is_some_and(|fact| !fact.returns.fails);
                    matches!(resolved(path), Some(Def::External(path)) if wraps(path)).then_some(*only)
                }
                (ExprKind::Path(path), []) => {
                    return matches!(resolved(path), Some(Def::External(path)) if app.knowledge.plays(path, Role::Empty));
                }
                _ => None,
            },
            ExprKind::Macro(call) => {
                let given = app.facts(loss.at.instance).macro_call(call).args;
                let path = app.macro_path(loss.at.instance, module, call);
                return given.len == 0 && path.is_some_and(|path| app.knowledge.plays(path, Role::Empty));
            }
            _ => None,
        };
    }
    false
}
