//! What is held on the ways through a branch, and behind it.

use super::{Hold, Walk};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{Arm, ExprId, ExprKind, PatId, Stmt};

impl Walk<'_> {
    /// A condition: what it holds for its own sake is gone behind it, unless it takes something apart.
    pub(super) fn condition(&mut self, cond: ExprId) {
        let lets = self.lets(cond);
        if lets.is_empty() {
            self.scope(|walk| walk.expr(cond));
            return;
        }
        self.expr(cond);
        for (pat, value) in lets {
            self.bind(pat, value, self.level);
        }
    }

    /// The patterns in a condition.
    fn lets(&self, cond: ExprId) -> Vec<(PatId, ExprId)> {
        match self.tree.expr(cond).kind {
            ExprKind::Let { pat, value } => vec![(pat, value)],
            ExprKind::Binary { left, right, .. } => [self.lets(left), self.lets(right)].concat(),
            _ => Vec::new(),
        }
    }

    pub(super) fn if_expr(&mut self, cond: ExprId, then: ExprId, otherwise: Option<ExprId>) {
        let before = self.holds.clone();
        self.scope(|walk| {
            walk.condition(cond);
            walk.expr(then);
        });
        let after_then = std::mem::replace(&mut self.holds, before);
        otherwise.into_iter().for_each(|otherwise| self.expr(otherwise));
        let mut ends = Vec::new();
        if !otherwise.is_some_and(|otherwise| self.diverges(otherwise)) {
            ends.push(self.holds.clone());
        }
        if !self.diverges(then) {
            ends.push(after_then);
        }
        self.join(ends);
    }

    pub(super) fn match_expr(&mut self, value: ExprId, arms: &[Arm]) {
        self.scope(|walk| {
            walk.expr(value);
            let (start, mut ends) = (walk.holds.clone(), Vec::new());
            for arm in arms {
                walk.holds.clone_from(&start);
                walk.bind(arm.pat, value, walk.level);
                arm.guard.into_iter().for_each(|guard| walk.expr(guard));
                walk.expr(arm.body);
                if !walk.diverges(arm.body) {
                    ends.push(walk.holds.clone());
                }
            }
            walk.join(ends);
        });
    }

    pub(super) fn select(&mut self, expr: ExprId, arms: &[Arm]) {
        arms.iter().filter_map(|arm| arm.guard).for_each(|future| self.expr(future));
        self.waits(expr);
        arms.iter().for_each(|arm| self.branch(|walk| walk.expr(arm.body)));
    }

    /// What is held behind several ways: what is held at the end of each.
    fn join(&mut self, ends: Vec<Vec<Hold>>) {
        let mut ends = ends.into_iter();
        self.holds = ends.next().unwrap_or_default();
        for end in ends {
            self.holds.retain(|hold| end.iter().any(|it| it.lock == hold.lock));
        }
    }

    /// Whether code never gets behind an expression.
    fn diverges(&self, expr: ExprId) -> bool {
        let tree = self.tree;
        match tree.expr(expr).kind {
            ExprKind::Return(_) | ExprKind::Break(_) => true,
            ExprKind::Block(index) => {
                let block = tree.blocks[index as usize];
                let leaves = |stmt: &Stmt| matches!(*stmt, Stmt::Expr(expr) if self.diverges(expr));
                block.tail.is_some_and(|tail| self.diverges(tail)) || tree.stmt_run(block.stmts).iter().any(leaves)
            }
            ExprKind::If { then, otherwise, .. } => {
                self.diverges(then) && otherwise.is_some_and(|otherwise| self.diverges(otherwise))
            }
            ExprKind::Match { arms, .. } => tree.arm_run(arms).iter().all(|arm| self.diverges(arm.body)),
            ExprKind::Macro(call) => {
                let name = tree.last_name(self.app.facts(self.instance).macro_call(call).path);
                let word = name.map(|name| Sym::from(format!("{name}!")));
                let is = |role: Role| word.is_some_and(|word| self.app.knowledge.is_word_of(role, word));
                is(Role::Panic) || is(Role::Bail)
            }
            _ => false,
        }
    }
}
