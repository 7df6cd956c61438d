//! Where values come from, as far as that says whether they can fail: past names, past what only passes a failure on, and
//! what stands in the text of the program.

use super::eval::Eval;
use crate::app::{Def, Ty};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, PathId};

impl Eval<'_> {
    /// Whether a lock is not one that the function has made for itself.
    pub(super) fn is_shared_lock(&self, guard: ExprId) -> bool {
        let tree = self.tree();
        let (mut at, mut below) = (guard, self.env.locals.len());
        loop {
            at = match tree.expr(at).kind {
                ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => inner,
                ExprKind::Method { receiver, .. } => receiver,
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => base,
                ExprKind::Path(path) => match self.init_below(path, below) {
                    Some((local, init)) => {
                        below = local;
                        init
                    }
                    None => return true,
                },
                ExprKind::Call { callee, args } => match tree.expr(callee).kind {
                    // `Arc::clone(&lock)`
                    ExprKind::Path(path) if tree.last_name(path) == Some(crate::sym!("clone")) && args.len == 1 => {
                        tree.expr_run(args)[0]
                    }
                    ExprKind::Path(path) => return !matches!(self.resolve(path), Some(Def::External(_))),
                    _ => return true,
                },
                _ => return !matches!(tree.expr(at).kind, ExprKind::Struct(_) | ExprKind::Macro(_)),
            };
        }
    }

    /// Whether what is taken apart has been awaited.
    pub(super) fn is_awaited(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let (mut at, mut below) = (expr, self.env.locals.len());
        loop {
            at = match tree.expr(at).kind {
                ExprKind::Await(_) => return true,
                ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => inner,
                ExprKind::Method { receiver, call } if self.passes_on(tree.methods[call as usize]) => receiver,
                ExprKind::Path(path) => match self.init_below(path, below) {
                    Some((local, init)) => {
                        below = local;
                        init
                    }
                    None => return false,
                },
                _ => return false,
            };
        }
    }

    /// Whether a method is one of what builds something, step by step.
    pub(super) fn is_built(&self, expr: ExprId, below: usize) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Method { receiver, .. } => self.is_built(receiver, below),
            ExprKind::Call { callee, .. } => {
                let ExprKind::Path(path) = tree.expr(callee).kind else { return false };
                let mut names = tree.segments_of(path).iter().rev().map(|segment| segment.name);
                let is_builder = |name: Option<Sym>| name.is_some_and(|name| name.as_str().ends_with("Builder"));
                names.next() == Some(crate::sym!("builder")) || is_builder(names.next())
            }
            ExprKind::Path(path) => {
                self.init_below(path, below).is_some_and(|(local, init)| self.is_built(init, local))
            }
            ExprKind::Await(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) => {
                self.is_built(inner, below)
            }
            _ => false,
        }
    }

    /// Where what is taken apart comes from: past what only passes a failure on, and past names.
    pub(super) fn origin_of_failure(&self, expr: ExprId) -> ExprId {
        self.origin_below(expr, self.env.locals.len()).0
    }

    /// The same of an expression that sees so many locals, and how many the origin sees.
    fn origin_below(&self, expr: ExprId, mut below: usize) -> (ExprId, usize) {
        let tree = self.tree();
        let mut at = expr;
        loop {
            at = match tree.expr(at).kind {
                ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => inner,
                ExprKind::Method { receiver, call } if self.passes_on(tree.methods[call as usize]) => receiver,
                ExprKind::Path(path) => match self.init_below(path, below) {
                    Some((local, init)) => {
                        below = local;
                        init
                    }
                    None => return (at, below),
                },
                _ => return (at, below),
            };
        }
    }

    /// The local that a path names among the first so many, and what it was given when it was declared.
    pub(super) fn init_below(&self, path: PathId, below: usize) -> Option<(usize, ExprId)> {
        let name = self.tree().single_name(path)?;
        let local = self.env.locals[..below].iter().rposition(|local| local.name == name)?;
        let (instance, init) = self.env.locals[local].init?;
        (instance == self.instance).then_some((local, init))
    }

    /// Whether a text is a value as it is printed: `form.id.to_string()`.
    pub(super) fn is_printed_value(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        let ExprKind::Method { receiver, call } = tree.expr(expr).kind else { return false };
        let is_value = matches!(tree.expr(receiver).kind, ExprKind::Path(_) | ExprKind::Field { .. });
        is_value && tree.methods[call as usize].name == crate::sym!("to_string")
    }

    /// Whether something is the bytes of a value: `value.as_bytes()`.
    pub(super) fn is_bytes_of(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        matches!(tree.expr(expr).kind,
            ExprKind::Method { call, .. } if tree.methods[call as usize].name == crate::sym!("as_bytes"))
    }

    /// Whether a part is the first of what there is always one of: `text.split(',').next()`.
    pub(super) fn is_first_of_some(&self, on: ExprId, name: Sym) -> bool {
        matches!(name.as_str(), "next" | "last" | "next_back" | "first" | "peek" | "pop")
            && self.is_never_empty(on, self.env.locals.len())
    }

    fn is_never_empty(&self, on: ExprId, below: usize) -> bool {
        let (on, below) = self.origin_below(on, below);
        let ExprKind::Method { receiver, call } = self.tree().expr(on).kind else { return false };
        let method = self.tree().methods[call as usize].name;
        match method.as_str() {
            "into_iter" | "iter" | "by_ref" | "collect" | "peekable" | "rev" | "map" => {
                self.is_never_empty(receiver, below)
            }
            _ => self.plays(method, &Ty::UNKNOWN, Role::NeverEmpty),
        }
    }

    /// Whether a text stands there, or is put together by the program itself.
    pub(super) fn is_own_text(&self, expr: ExprId) -> bool {
        self.is_own_below(expr, self.env.locals.len())
    }

    fn is_own_below(&self, expr: ExprId, below: usize) -> bool {
        let tree = self.tree();
        let is_own = |expr: ExprId| self.is_own_below(expr, below);
        match tree.expr(expr).kind {
            ExprKind::Literal(_) | ExprKind::Macro(_) => true,
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => is_own(inner),
            ExprKind::Path(path) => match self.init_below(path, below) {
                Some((local, init)) => self.is_own_below(init, local),
                // A constant.
                None => tree.single_name(path).is_none_or(|name| self.env.find(name).is_none()),
            },
            // A part of a table that stands in the program.
            ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => is_own(base),
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                method.name == crate::sym!("to_string") || method.args.len == 0 && is_own(receiver)
            }
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().all(|arg| is_own(*arg)),
            ExprKind::Array(_) | ExprKind::Tuple(_) | ExprKind::Range { .. } => {
                tree.operands(expr).into_iter().all(is_own)
            }
            ExprKind::If { then, otherwise, .. } => is_own(then) && otherwise.is_none_or(is_own),
            ExprKind::Match { arms, .. } => tree.arm_run(arms).iter().all(|arm| is_own(arm.body)),
            ExprKind::Block(index) => tree.blocks[index as usize].tail.is_some_and(is_own),
            _ => false,
        }
    }

    /// Whether a value is what the code itself has serialised: it can be read again.
    pub(super) fn is_serialised(&self, expr: ExprId, below: usize) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) => self.is_serialised(inner, below),
            ExprKind::Path(path) => {
                self.init_below(path, below).is_some_and(|(local, init)| self.is_serialised(init, local))
            }
            ExprKind::Method { receiver, .. } => self.is_serialised(receiver, below),
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => matches!(self.resolve(path),
                    Some(Def::External(path)) if self.app.knowledge.plays(path, Role::Serialize)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a chain of calls is given nothing but what stands there: it works, or it never does.
    pub(super) fn is_chain_of_constants(&self, expr: ExprId, below: usize) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let is_last = matches!(method.name.as_str(), "body" | "build" | "finish" | "json" | "status");
                let args = tree.expr_run(method.args);
                (is_last || args.iter().all(|arg| self.is_own_below(*arg, below)))
                    && self.is_chain_of_constants(receiver, below)
            }
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().all(|arg| self.is_own_below(*arg, below)),
            ExprKind::Path(path) => match self.init_below(path, below) {
                Some((local, init)) => self.is_chain_of_constants(init, local),
                None => tree.single_name(path).is_none_or(|name| self.env.find(name).is_none()),
            },
            ExprKind::Await(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => {
                self.is_chain_of_constants(inner, below)
            }
            ExprKind::Literal(_) | ExprKind::Macro(_) => true,
            _ => false,
        }
    }
}
