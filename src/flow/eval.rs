//! Evaluates a body: the type of every expression as far as it can be told, with marks for what failing would mean.
//!
//! One pass over the body, in the order it runs. What the calls of the project's functions yield is taken from their
//! summaries; `summary` repeats the evaluation until those no longer change.

use rustc_hash::FxHashMap;

use super::control::Test;
use super::env::Env;
use super::facts::{At, BodyFacts, Mode, site};
use super::summary::Summaries;
use super::unify::{awaited, is_fallible, item_of};
use crate::app::{App, FnId, Head, InstanceId, Mark, ModId, Target, Ty};
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{BinaryOp, Block, BlockFlavour, ExprId, ExprKind, Literal, MacroId, Receiver, Run, Stmt, Tree};

/// Expressions are followed this deep; people nest them a few dozen deep.
const DEEPEST: u32 = 2_000;

/// The evaluation of one body.
pub(super) struct Eval<'a> {
    pub(super) app: &'a App,
    pub(super) summaries: &'a Summaries,
    /// The function that the code stands in.
    pub(super) within: FnId,
    pub(super) instance: InstanceId,
    pub(super) module: ModId,
    pub(super) env: Env,
    pub(super) mode: Mode,
    /// What the code being evaluated returns to whom: the body, or a closure or `async` block in it.
    pub(super) returned: Ty,
    /// Whose failure the code being evaluated runs in answer to.
    pub(super) failing: Vec<Vec<Mark>>,
    pub(super) facts: BodyFacts,
    /// What conditions that have been evaluated say.
    pub(super) tests: FxHashMap<(InstanceId, ExprId), Test>,
    /// What calls that have been evaluated say by yielding something: `result.err()`.
    pub(super) value_tests: FxHashMap<(InstanceId, ExprId), Test>,
    /// The closure that is the body, where it is not a function.
    only: Option<(InstanceId, ExprId)>,
    /// Whether what happens now belongs to the body.
    recording: bool,
    depth: u32,
}

/// Evaluates the body of a function or closure.
pub(super) fn evaluate(app: &App, summaries: &Summaries, target: Target) -> BodyFacts {
    let (within, only) = match target {
        Target::Fn(id) => (id, None),
        Target::Closure { within, instance, expr } => (within, Some((instance, expr))),
    };
    let (instance, module) = app.home(within);
    let mut eval = Eval {
        app,
        summaries,
        within,
        instance,
        module,
        env: Env::default(),
        mode: Mode::Direct,
        returned: Ty::NEVER,
        failing: Vec::new(),
        facts: BodyFacts::default(),
        tests: FxHashMap::default(),
        value_tests: FxHashMap::default(),
        only,
        recording: only.is_none(),
        depth: 0,
    };
    eval.function();
    eval.facts
}

impl<'a> Eval<'a> {
    fn function(&mut self) {
        let function = self.app.function(self.within);
        let Some(body) = function.body else { return };
        let signature = self.app.signature(self.within);
        let offset = usize::from(function.receiver != Receiver::None);
        if let Some(receiver) = &signature.receiver {
            let ty = super::summary::with_argument_marks(self.app, receiver, 0);
            self.env.declare(crate::sym!("self"), ty);
            self.env.locals[0].argument = Some(0);
        }
        let params = self.tree().param_run(function.params);
        for (index, (param, ty)) in params.iter().zip(&signature.params).enumerate() {
            let argument = (index + offset) as u16;
            let first = self.env.locals.len();
            let ty = super::summary::with_argument_marks(self.app, ty, argument);
            self.bind(param.pat, &ty);
            for local in &mut self.env.locals[first..] {
                local.argument = Some(argument);
            }
        }
        let value = self.eval(body);
        let value = std::mem::replace(&mut self.returned, Ty::NEVER).join(&value);
        if self.only.is_none() {
            let declared = signature.returns();
            let is_future = declared.is_external(crate::app::future_path());
            let value = match is_future && !value.is_external(crate::app::future_path()) {
                true => Ty::external(crate::app::future_path(), vec![value]),
                false => value,
            };
            self.facts.returns = Some(declared.join(&value));
        }
    }

    pub(super) fn tree(&self) -> &'a Tree {
        &self.app.facts(self.instance).tree
    }

    /// Whether what happens now is part of the body and of requests.
    pub(super) fn records(&self) -> bool {
        self.recording && self.mode != Mode::Once
    }

    pub(super) fn at(&self, span: Span) -> At {
        At { instance: self.instance, span }
    }

    pub(super) fn span(&self, expr: ExprId) -> Span {
        self.tree().expr(expr).span
    }

    /// The marks of everything whose failure led here.
    pub(super) fn failing_now(&self) -> Vec<Mark> {
        self.failing.last().cloned().unwrap_or_default()
    }

    /// Evaluates an expression that nothing is expected of.
    pub(super) fn eval(&mut self, expr: ExprId) -> Ty {
        if self.depth > DEEPEST {
            return Ty::UNKNOWN;
        }
        self.depth += 1;
        let ty = self.eval_inner(expr);
        self.depth -= 1;
        ty
    }

    fn eval_inner(&mut self, expr: ExprId) -> Ty {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Opaque => Ty::UNKNOWN,
            ExprKind::Path(path) => self.path(expr, path),
            ExprKind::Literal(literal) => literal_type(literal),
            ExprKind::Call { callee, args } => self.call(expr, callee, tree.expr_run(args)),
            ExprKind::Method { receiver, call } => self.method(expr, receiver, tree.methods[call as usize], false),
            ExprKind::Field { base, name } => self.field(base, name),
            ExprKind::Index { base, index } => self.index(expr, base, index),
            ExprKind::Await(inner) => self.await_of(inner),
            ExprKind::Try(inner) => self.try_of(inner),
            ExprKind::Ref(inner) => self.eval(inner),
            ExprKind::Deref(inner) => {
                let ty = self.eval(inner);
                self.dereferenced(&ty).unwrap_or(ty)
            }
            ExprKind::Not(inner) | ExprKind::Neg(inner) => self.eval(inner).unmarked(),
            ExprKind::Binary { op, left, right } => self.binary(op, left, right),
            ExprKind::Assign { target, value } => self.assign(target, value),
            ExprKind::Cast { value, ty } => {
                self.eval(value);
                self.written(ty)
            }
            ExprKind::Block(index) => self.block(&tree.blocks[index as usize]),
            ExprKind::If { cond, then, otherwise } => self.if_expr(cond, then, otherwise),
            ExprKind::Let { pat, value } => self.let_condition(expr, pat, value),
            ExprKind::Match { value, arms } => self.match_expr(value, tree.arm_run(arms)),
            ExprKind::Select { arms } => self.select(arms),
            ExprKind::Loop { cond, body } => self.loop_expr(cond, body),
            ExprKind::For { pat, iter, body } => self.for_expr(pat, iter, body),
            ExprKind::Closure(index) => self.closure(expr, index, &[], self.mode),
            ExprKind::Return(value) => {
                let ty = value.map_or(Ty::UNIT, |value| self.eval(value));
                self.returned = self.returned.join(&ty);
                Ty::NEVER
            }
            ExprKind::Break(value) => {
                let ty = value.map(|value| self.eval(value));
                // The value of a loop is not followed; that the code behind it is not reached is what matters.
                drop(ty);
                Ty::NEVER
            }
            ExprKind::Yield(value) => value.map_or(Ty::UNIT, |value| self.eval(value)),
            ExprKind::Struct(index) => self.struct_expr(index),
            ExprKind::Tuple(fields) => {
                let fields = self.all(fields);
                Ty::with(Head::Tuple, fields)
            }
            ExprKind::Array(items) => {
                let items = self.all(items);
                let item = items.iter().fold(Ty::NEVER, |all, item| all.join(item));
                Ty::with(Head::Slice, vec![item])
            }
            ExprKind::Range { start, end } => {
                let start = start.map(|start| self.eval(start));
                let end = end.map(|end| self.eval(end));
                let item = start.or(end).unwrap_or(Ty::UNKNOWN);
                Ty::external(crate::sym!("std::iter::Iterator"), vec![item])
            }
            ExprKind::Macro(call) => self.macro_expr(expr, call),
        }
    }

    pub(super) fn all(&mut self, exprs: Run) -> Vec<Ty> {
        self.tree().expr_run(exprs).iter().map(|expr| self.eval(*expr)).collect()
    }

    fn await_of(&mut self, inner: ExprId) -> Ty {
        let tree = self.tree();
        let ty = match tree.expr(inner).kind {
            ExprKind::Method { receiver, call } => self.method(inner, receiver, tree.methods[call as usize], true),
            _ => self.eval(inner),
        };
        awaited(self.app, &ty)
    }

    /// `value?`: failing goes to whoever the code returns to.
    fn try_of(&mut self, inner: ExprId) -> Ty {
        let ty = self.eval(inner);
        if !is_fallible(self.app, &ty) {
            // Something unknown that carries marks can fail by them: a collection of results.
            if !ty.marks().is_empty() && ty.is_unknown() {
                let failed = Ty::external(crate::sym!("std::result::Result"), Vec::new()).marked(ty.marks());
                self.returned = self.returned.join(&failed);
                return Ty::UNKNOWN;
            }
            return ty;
        }
        self.convert_error(inner, &ty.arg(1));
        let failed = Ty::with(ty.head, vec![Ty::UNKNOWN, ty.arg(1)]).marked(ty.marks()).marked(&self.failing_now());
        self.returned = self.returned.join(&failed);
        ty.arg(0)
    }

    fn field(&mut self, base: ExprId, name: Sym) -> Ty {
        let ty = self.eval(base);
        self.field_of(&ty, name)
    }

    fn index(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Ty {
        let ty = self.eval(base);
        self.eval(index);
        if let Some(value) = self.known_operator(expr, &ty, crate::sym!("index")) {
            return value;
        }
        let inner = self.behind(&ty, |ty| matches!(ty.head, Head::Slice) || item_of(ty).is_some());
        match inner.head {
            Head::External(path) if path == crate::sym!("std::collections::HashMap") => inner.arg(1),
            // A range of a list is a list.
            _ if matches!(self.tree().expr(index).kind, ExprKind::Range { .. }) => inner,
            _ => item_of(&inner).unwrap_or(Ty::UNKNOWN),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Ty {
        let left_ty = self.eval(left);
        let mark = self.env.mark();
        // What is on the right of `&&` runs only where the left holds.
        match op {
            BinaryOp::And => {
                let checks = self.checks(left, true);
                self.env.learn(checks);
            }
            BinaryOp::Or => {
                let checks = self.checks(left, false);
                self.env.learn(checks);
            }
            _ => {}
        }
        self.env.depth += 1;
        self.eval(right);
        self.env.depth -= 1;
        self.env.restore_checks(mark);
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Compare => bool_type(),
            BinaryOp::Divide | BinaryOp::Other => left_ty.unmarked(),
        }
    }

    fn assign(&mut self, target: ExprId, value: ExprId) -> Ty {
        let ty = self.eval(value);
        let tree = self.tree();
        match tree.expr(target).kind {
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                if let Some(index) = local {
                    self.env.assign(index, ty);
                }
            }
            ExprKind::Tuple(_) | ExprKind::Array(_) => {}
            _ => drop(self.eval(target)),
        }
        Ty::UNIT
    }

    fn block(&mut self, block: &Block) -> Ty {
        let mark = self.env.mark();
        let module = self.module;
        if let Some(scope) = block.scope {
            self.module = self.app.module_of(self.instance, scope);
        }
        let deferred = block.flavour != BlockFlavour::Plain;
        let outer = if deferred { std::mem::replace(&mut self.returned, Ty::NEVER) } else { Ty::NEVER };
        let mut ty = self.block_value(block);
        if deferred {
            ty = std::mem::replace(&mut self.returned, outer).join(&ty);
        }
        self.module = module;
        self.env.restore(mark);
        match block.flavour {
            BlockFlavour::Async => Ty::external(crate::app::future_path(), vec![ty]),
            _ => ty,
        }
    }

    /// Evaluates the statements of a block in the scope that is open.
    pub(super) fn block_value(&mut self, block: &Block) -> Ty {
        let mut diverged = false;
        for stmt in self.tree().stmt_run(block.stmts) {
            let ty = match *stmt {
                Stmt::Let { pat, ty, init, otherwise } => self.let_stmt(pat, ty, init, otherwise),
                Stmt::Expr(expr) => self.statement(expr),
            };
            diverged |= ty.head == Head::Never;
        }
        let value = block.tail.map_or(Ty::UNIT, |tail| self.eval(tail));
        if diverged || block.labelled && value.head == Head::Never {
            return if block.labelled { Ty::UNKNOWN } else { Ty::NEVER };
        }
        value
    }

    /// Evaluates an expression whose value is dropped. What a macro declares there is there for the statements behind.
    fn statement(&mut self, expr: ExprId) -> Ty {
        let tree = self.tree();
        if let ExprKind::Macro(call) = tree.expr(expr).kind
            && let Some(&(instance, inner)) = self.app.expansions.get(&(self.instance, call))
            && let ExprKind::Block(index) = self.app.facts(instance).tree.expr(inner).kind
        {
            let block = self.app.facts(instance).tree.blocks[index as usize];
            if block.flavour == BlockFlavour::Plain && block.scope.is_none() {
                return self.inside_expansion(instance, |eval| eval.block_value(&block));
            }
        }
        self.eval(expr)
    }

    /// Evaluates something that stands in the expansion of a macro.
    pub(super) fn inside_expansion(&mut self, instance: InstanceId, inside: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let outer = std::mem::replace(&mut self.instance, instance);
        let ty = inside(self);
        self.instance = outer;
        ty
    }

    fn macro_expr(&mut self, expr: ExprId, call: MacroId) -> Ty {
        match self.app.expansions.get(&(self.instance, call)) {
            Some(&(instance, inner)) => self.inside_expansion(instance, |eval| eval.eval(inner)),
            None => self.macro_call(expr, call),
        }
    }

    fn struct_expr(&mut self, index: u32) -> Ty {
        let tree = self.tree();
        let it = tree.structs[index as usize];
        for (_, field) in tree.field_run(it.fields) {
            self.eval(*field);
        }
        if let Some(base) = it.base {
            self.eval(base);
        }
        self.type_of_path(it.path)
    }

    /// Evaluates a closure's body with parameters of these types, run in this way.
    pub(super) fn closure(&mut self, expr: ExprId, index: u32, params: &[Ty], mode: Mode) -> Ty {
        let tree = self.tree();
        let closure = tree.closures[index as usize];
        let mark = self.env.mark();
        let outer = (std::mem::replace(&mut self.returned, Ty::NEVER), self.mode, self.recording);
        if self.only == Some((self.instance, expr)) {
            (self.recording, self.mode) = (true, Mode::Direct);
        } else {
            self.mode = mode.within(self.mode);
        }
        for (position, param) in tree.param_run(closure.params).iter().enumerate() {
            let given = params.get(position).cloned().unwrap_or(Ty::UNKNOWN);
            let ty = param.ty.map_or(given.clone(), |ty| self.written(ty).join(&given));
            self.bind(param.pat, &ty);
        }
        self.env.depth += 1;
        let value = self.eval(closure.body);
        self.env.depth -= 1;
        let value = std::mem::replace(&mut self.returned, outer.0).join(&value);
        (self.mode, self.recording) = (outer.1, outer.2);
        self.env.restore(mark);
        let declared = closure.ret.map(|ret| self.written(ret));
        let value = declared.map_or(value.clone(), |declared| declared.join(&value));
        let ret = if closure.is_async { Ty::external(crate::app::future_path(), vec![value]) } else { value };
        Ty::with(Head::Closure(self.instance, expr), vec![ret])
    }

    /// The type of a written one.
    pub(super) fn written(&self, ty: crate::syntax::TypeId) -> Ty {
        self.app.type_scope_at(self.within, self.instance, self.module).ty(ty)
    }

    /// The site of an expression of the current instance.
    pub(super) fn site(&self, expr: ExprId) -> crate::app::Site {
        site(self.instance, expr)
    }
}

pub(super) fn bool_type() -> Ty {
    Ty::external(crate::sym!("bool"), Vec::new())
}

fn literal_type(literal: Literal) -> Ty {
    match literal {
        Literal::Str(_) => Ty::external(crate::sym!("str"), Vec::new()),
        Literal::Int(_) => Ty::external(crate::sym!("i32"), Vec::new()),
        Literal::Float => Ty::external(crate::sym!("f64"), Vec::new()),
        Literal::Bool(_) => bool_type(),
        Literal::Char => Ty::external(crate::sym!("char"), Vec::new()),
    }
}
