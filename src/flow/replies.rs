//! The responses that code makes, from its text alone: which expressions become one, what status they are given, and
//! whether the code runs because something has failed.
//!
//! Code is followed from what it yields inwards: through branches, locals, wrappers such as `Ok`, calls that make a
//! response of something, and closures that stand in for a failure.

mod calls;
mod functions;
mod sides;
mod words;

use std::cell::Cell;

use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use words::{names_error, names_success};

use super::facts::At;
use super::plain::is_success;
use super::unify::{awaited, is_fallible};
use crate::app::{AdtId, App, Def, FnId, InstanceId, ModId};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{Arm, Block, ExprId, ExprKind, MacroId, PatId, PathId, Stmt, Tree};

/// Expressions of one body that are looked at; locals are followed wherever they are used.
const STEPS: u32 = 20_000;

/// What code says of the status of a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// Nothing, as far as it has been read.
    Nothing,
    /// Nothing but what the type of the value says.
    Typed,
    /// Nothing, and there is nothing else that could: it is that of success.
    Plain,
    /// This status.
    Code(u16),
    /// Something that is not known.
    Unknown,
}

/// Something that is made a response of.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    /// What is in it.
    pub(super) content: ExprId,
    /// Where the content stands: what can be named there.
    pub(super) here: Here,
    /// What makes it the answer: the outermost expression that is there because something failed, or sets the status.
    pub(super) at: At,
}

/// What holds at an expression.
#[derive(Clone, Debug)]
pub(super) struct Here {
    pub(super) instance: InstanceId,
    pub(super) module: ModId,
    pub(super) locals: Vec<(Sym, Local)>,
    /// Whether the code runs because something has failed, or is absent.
    pub(super) failing: bool,
    /// Whether what it yields is an error that the function returns.
    pub(super) is_error: bool,
    pub(super) said: Said,
    /// The innermost pattern that led here.
    pub(super) arm: Option<(InstanceId, PatId)>,
    answer: Option<At>,
    /// Whether nothing has been put around it yet: of a function that can fail it has to say whether it has.
    is_outermost: bool,
    /// Whether what `return` returns is a response, too.
    returns: bool,
}

/// What a local is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Local {
    /// The value of an expression.
    Value(InstanceId, ExprId),
    /// A field of a tuple that is the value of an expression.
    Part(InstanceId, ExprId, usize),
    /// What something has succeeded with that is the value of an expression.
    Success(InstanceId, ExprId),
    /// What something has failed with.
    Error,
    /// Nothing that is known.
    Other,
}

/// Follows the code of one function.
pub(super) struct Walk<'a> {
    pub(super) app: &'a App,
    pub(super) within: FnId,
    /// What the function says of the status of what it yields, by its type: if it can fail, of what is in `Ok`.
    declared: Said,
    can_fail: bool,
    /// Locals that are changed in place.
    changed: FxHashSet<Sym>,
    pub(super) replies: Vec<Reply>,
    /// The project's types whose responses have a status of success, where that is known.
    pub(super) successful: Option<&'a FxHashSet<AdtId>>,
    /// What functions of the project say that have been followed, and how many functions are around this one.
    functions: FxHashMap<FnId, Said>,
    depth: u32,
    steps: u32,
    /// Whether what was looked at last follows a protocol with a place of its own for errors.
    in_protocol: Cell<bool>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(app: &'a App, within: FnId, declared: Said) -> Walk<'a> {
        let (instance, _) = app.home(within);
        let tree = &app.facts(instance).tree;
        let (start, end) = app.function(within).exprs;
        let mut changed = FxHashSet::default();
        for expr in &tree.exprs[start as usize..end as usize] {
            if let ExprKind::Assign { target, .. } = expr.kind {
                changed.extend(root_of(tree, target));
            }
            if let ExprKind::Method { receiver, call } = expr.kind
                && tree.methods[call as usize].name.as_str().contains("status")
            {
                changed.extend(root_of(tree, receiver));
            }
        }
        let returns = awaited(app, &app.signature(within).returns());
        let can_fail = is_fallible(app, &returns);
        Walk {
            app,
            within,
            declared,
            can_fail,
            changed,
            replies: Vec::new(),
            successful: None,
            functions: FxHashMap::default(),
            depth: 0,
            steps: 0,
            in_protocol: Cell::default(),
        }
    }

    /// Follows what the function, or a closure in it, yields.
    pub(super) fn run(&mut self, body: (InstanceId, ExprId)) {
        let (_, module) = self.app.home(self.within);
        let here = Here {
            instance: body.0,
            module,
            locals: Vec::new(),
            failing: false,
            is_error: false,
            said: self.outermost(),
            arm: None,
            answer: None,
            is_outermost: true,
            returns: true,
        };
        self.walk(body.1, &here, true);
    }

    /// What the type of what the function yields says of the status.
    fn outermost(&self) -> Said {
        if self.can_fail { Said::Nothing } else { self.declared }
    }

    pub(super) fn tree(&self, here: &Here) -> &'a Tree {
        &self.app.facts(here.instance).tree
    }

    pub(super) fn resolve(&self, path: PathId, here: &Here) -> Option<Def> {
        self.app.resolve_value(self.within, here.instance, here.module, path)
    }

    /// Follows an expression; `is_value` says that what it yields becomes a response.
    pub(super) fn walk(&mut self, expr: ExprId, here: &Here, is_value: bool) {
        self.steps += 1;
        if self.steps > STEPS {
            return;
        }
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Block(index) => self.block(&tree.blocks[index as usize], here, is_value),
            ExprKind::If { cond, then, otherwise } => self.branches(cond, then, otherwise, here, is_value),
            ExprKind::Match { value, arms } => self.arms(value, tree.arm_run(arms), here, is_value),
            ExprKind::Return(Some(value)) => {
                let said = self.outermost();
                let inner = Here { said, is_error: false, is_outermost: true, ..here.clone() };
                self.walk(value, &inner, here.returns);
            }
            ExprKind::Closure(index) => {
                let inner = Here { returns: is_value, ..here.clone() };
                self.walk(tree.closures[index as usize].body, &inner, is_value);
            }
            ExprKind::Macro(call) => match self.app.expansions.get(&(here.instance, call)) {
                Some(&(instance, inner)) => self.walk(inner, &Here { instance, ..here.clone() }, is_value),
                None if is_value && !self.leaves(here, call) => self.leaf(expr, here),
                None => self.inside(expr, here),
            },
            _ if is_value => self.made(expr, here),
            _ => self.inside(expr, here),
        }
    }

    /// Whether a macro yields nothing, because it panics or returns an error.
    fn leaves(&self, here: &Here, call: MacroId) -> bool {
        let path = self.app.macro_path(here.instance, here.module, call);
        path.is_some_and(|path| [Role::Panic, Role::Bail].iter().any(|role| self.app.knowledge.plays(path, *role)))
    }

    fn block(&mut self, block: &Block, here: &Here, is_value: bool) {
        let mut inner = here.clone();
        if let Some(scope) = block.scope {
            inner.module = self.app.module_of(here.instance, scope);
        }
        if block.flavour != crate::syntax::BlockFlavour::Plain {
            inner.returns = is_value;
        }
        for stmt in self.tree(here).stmt_run(block.stmts) {
            match *stmt {
                Stmt::Let { pat, init, otherwise, .. } => {
                    if let Some(init) = init {
                        self.walk(init, &inner, false);
                    }
                    if let Some(otherwise) = otherwise {
                        let failing = self.side(pat, here) == Some(true);
                        self.walk(otherwise, &inner.because(failing, None), false);
                    }
                    self.declare(pat, init, &mut inner);
                }
                Stmt::Expr(expr) => self.walk(expr, &inner, false),
            }
        }
        if let Some(tail) = block.tail {
            self.walk(tail, &inner, is_value);
        }
    }

    fn branches(&mut self, cond: ExprId, then: ExprId, otherwise: Option<ExprId>, here: &Here, is_value: bool) {
        self.walk(cond, here, false);
        let mut inner = here.because(self.fails(cond, true, here), None);
        self.declare_in_condition(cond, &mut inner);
        self.walk(then, &inner, is_value);
        if let Some(otherwise) = otherwise {
            self.walk(otherwise, &here.because(self.fails(cond, false, here), None), is_value);
        }
    }

    fn arms(&mut self, value: ExprId, arms: &[Arm], here: &Here, is_value: bool) {
        self.walk(value, here, false);
        let mut succeeded = false;
        for arm in arms {
            let side = self.side(arm.pat, here);
            let rest = succeeded && self.takes_rest(arm.pat, here);
            let mut inner = here.because(side == Some(false) || rest, Some((here.instance, arm.pat)));
            if side == Some(true) {
                self.declare_success(arm.pat, value, &mut inner);
            } else {
                self.declare(arm.pat, None, &mut inner);
            }
            if let Some(guard) = arm.guard {
                self.walk(guard, &inner, false);
            }
            self.walk(arm.body, &inner, is_value);
            succeeded |= side == Some(true) && arm.guard.is_none();
        }
    }

    /// Something that becomes a response.
    fn made(&mut self, expr: ExprId, here: &Here) {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Await(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) => {
                self.walk(inner, here, true);
            }
            ExprKind::Path(path) => self.path(expr, path, here),
            ExprKind::Call { callee, args } => self.call(expr, callee, tree.expr_run(args), here),
            ExprKind::Method { receiver, call } => self.method(expr, receiver, tree.methods[call as usize], here),
            ExprKind::Tuple(parts) => self.tuple(expr, tree.expr_run(parts), here),
            _ => {
                self.leaf(expr, here);
                self.inside(expr, here);
            }
        }
    }

    fn path(&mut self, expr: ExprId, path: PathId, here: &Here) {
        let name = self.tree(here).single_name(path);
        if let Some((name, index)) = name.and_then(|name| Some((name, here.find(name)?))) {
            let Local::Value(instance, init) = here.locals[index].1 else { return self.leaf(expr, here) };
            let said = if self.changed.contains(&name) { Said::Unknown } else { here.said };
            let locals = here.locals[..index].to_vec();
            let mut inner = Here { instance, locals, said, returns: false, ..here.clone() };
            if here.failing {
                inner.answer = here.answer.or(Some(self.at(expr, here)));
            }
            return self.walk(init, &inner, true);
        }
        match self.code_of(path, here) {
            Some(code) => self.leaf(expr, &self.answering(expr, here).saying(Said::Code(code))),
            None => self.leaf(expr, here),
        }
    }

    /// The status that a path names.
    pub(super) fn code_of(&self, path: PathId, here: &Here) -> Option<u16> {
        match self.resolve(path, here)? {
            Def::External(path) => self.app.knowledge.status(path).map(|(code, _)| code),
            _ => None,
        }
    }

    /// Writes down what is made a response of.
    pub(super) fn leaf(&mut self, expr: ExprId, here: &Here) {
        let at = here.answer.unwrap_or_else(|| self.at(expr, here));
        let mut here = here.clone();
        if here.said == Said::Typed && self.is_plain_value(expr, &here) {
            here.said = Said::Plain;
        }
        self.replies.push(Reply { content: expr, here, at });
    }

    /// Where an expression stands: of a chain of methods, what it starts with.
    pub(super) fn at(&self, expr: ExprId, here: &Here) -> At {
        let tree = self.tree(here);
        let mut first = expr;
        while let ExprKind::Method { receiver, .. } | ExprKind::Await(receiver) | ExprKind::Try(receiver) =
            tree.expr(first).kind
        {
            first = receiver;
        }
        let expr = if matches!(tree.expr(first).kind, ExprKind::Call { .. }) { first } else { expr };
        At { instance: here.instance, span: tree.expr(expr).span }
    }

    /// What an expression makes the answer, unless one around it does.
    pub(super) fn answering(&self, expr: ExprId, here: &Here) -> Here {
        Here { answer: here.answer.or_else(|| Some(self.at(expr, here))), ..here.clone() }
    }
}

impl Here {
    /// The same where something has failed, or not.
    pub(super) fn because(&self, failing: bool, arm: Option<(InstanceId, PatId)>) -> Here {
        let answer = self.answer.filter(|_| !failing || self.failing);
        Here { failing: self.failing || failing, arm: arm.or(self.arm), answer, ..self.clone() }
    }

    /// The same with what is said of the status inside of what is said around it.
    pub(super) fn saying(&self, said: Said) -> Here {
        let said = match (self.said, said) {
            (Said::Unknown, _) => self.said,
            (_, Said::Code(_) | Said::Unknown) => said,
            (Said::Nothing | Said::Typed, _) => said,
            (outer, _) => outer,
        };
        Here { said, is_outermost: false, ..self.clone() }
    }

    pub(super) fn find(&self, name: Sym) -> Option<usize> {
        self.locals.iter().rposition(|(local, _)| *local == name)
    }
}

impl Reply {
    /// Whether the status of the response is one of success, as far as the code tells.
    pub(super) fn succeeds(&self) -> bool {
        match self.here.said {
            Said::Plain => true,
            Said::Code(code) => is_success(code),
            Said::Nothing | Said::Typed | Said::Unknown => false,
        }
    }
}

/// The local that a place is in: `response` of `*response.status_mut()`.
fn root_of(tree: &Tree, expr: ExprId) -> Option<Sym> {
    match tree.expr(expr).kind {
        ExprKind::Path(path) => tree.single_name(path),
        ExprKind::Deref(inner) | ExprKind::Ref(inner) => root_of(tree, inner),
        ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => root_of(tree, base),
        ExprKind::Method { receiver, .. } => root_of(tree, receiver),
        _ => None,
    }
}
