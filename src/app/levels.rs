//! Whether the program logs what is for debugging.

use super::App;
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, Run, Tree};

impl App {
    /// Whether a call of the program sets the level of its log to one for debugging: for all of it, or for a crate.
    pub fn logs_at_debug(&self, krate: &str) -> bool {
        let words = self.knowledge.words_of(Role::LogLevel);
        self.instances.iter().any(|instance| {
            let tree = &self.units[instance.unit.index()].facts.tree;
            tree.exprs.iter().any(|expr| match expr.kind {
                ExprKind::Call { callee, args } => {
                    let name = last_of(tree, callee);
                    name.is_some_and(|name| words.contains(&name)) && says_debug(tree, args, krate)
                }
                ExprKind::Method { call, .. } => {
                    let method = tree.methods[call as usize];
                    words.contains(&method.name) && says_debug(tree, method.args, krate)
                }
                _ => false,
            })
        })
    }
}

fn last_of(tree: &Tree, expr: ExprId) -> Option<Sym> {
    match tree.expr(expr).kind {
        ExprKind::Path(path) => tree.segments_of(path).last().map(|last| last.name),
        _ => None,
    }
}

/// Whether the last argument is a level for debugging; one before it has to name a variable about logs.
fn says_debug(tree: &Tree, args: Run, krate: &str) -> bool {
    let is_level = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "debug" | "trace");
    let Some((level, before)) = tree.expr_run(args).split_last() else { return false };
    let text = |arg: &ExprId| match tree.expr(*arg).kind {
        ExprKind::Literal(Literal::Str(text)) => Some(text),
        _ => None,
    };
    let is_set = match text(level) {
        Some(text) => text.as_str().split(',').any(|directive| match directive.trim().split_once('=') {
            Some((of, level)) => of.split("::").next() == Some(krate) && is_level(level),
            None => is_level(directive.trim()),
        }),
        None => last_of(tree, *level).is_some_and(|name| is_level(name.as_str())),
    };
    is_set && before.iter().all(|arg| text(arg).is_some_and(|name| name.as_str().contains("LOG")))
}
