//! Evaluates a body: the type of every expression as far as it can be told, with marks for what failing would mean.
//!
//! One pass over the body, in the order it runs. What the calls of the project's functions yield is taken from their
//! summaries, for which they are evaluated first (`demand`).

use rustc_hash::FxHashMap;

use super::control::Failure;
use super::decisions::Test;
use super::env::Env;
use super::facts::{At, BodyFacts, Inside, Losing, Mode};
use super::losses::Risk;
use super::summary::Summaries;
use super::taken::Input;
use super::unify::{awaited, is_fallible, item_of};
use crate::app::{App, FnId, Head, InstanceId, Mark, ModId, Target, Ty, What};
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Run, Tree};

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
    /// What the last `return` returned.
    pub(super) left_with: Ty,
    /// Whose failure the code being evaluated runs in answer to.
    pub(super) failing: Vec<Failure>,
    /// Whether what was evaluated last mentions something that has failed.
    pub(super) looks_at_failure: bool,
    pub(super) facts: BodyFacts,
    /// The errors that are dealt with: somebody has been told, or they have been written down as lost.
    pub(super) told: Vec<What>,
    /// The arguments among them that somebody has been told of.
    pub(super) arguments_told: Vec<u16>,
    /// Tests whose answer has not decided anything yet.
    pub(super) open_tests: Vec<((InstanceId, ExprId), Risk, Vec<Mark>)>,
    /// What conditions that have been evaluated say.
    pub(super) tests: FxHashMap<(InstanceId, ExprId), Test>,
    /// What calls that have been evaluated say by yielding something: `result.err()`.
    pub(super) value_tests: FxHashMap<(InstanceId, ExprId), Test>,
    /// The closure that is the body, where it is not a function.
    pub(super) only: Option<(InstanceId, ExprId)>,
    /// Whether what happens now belongs to the body.
    pub(super) recording: bool,
    /// What `?` leaves where the evaluation is.
    pub(super) inside: Inside,
    /// The outermost `&&` or `||` around what is being evaluated.
    pub(super) condition: Option<ExprId>,
    /// The absences that what was evaluated last mentions.
    pub(super) mentioned: Vec<What>,
    /// How often something has been reported, whatever it says.
    pub(super) reports: usize,
    /// What is returned in the branch for a query that found nothing, but where something else has failed there.
    pub(super) absent_answers: Option<Vec<Ty>>,
    /// How many queries have been evaluated, or calls that end in one.
    pub(super) queried: usize,
    /// How often what the service itself has signed or kept has been read.
    pub(super) trusted: usize,
    /// Whether what is being evaluated is declared to be a text.
    pub(super) into_text: bool,
    /// What the parameters of closures are made of that the call is given which is being evaluated, and the chain of
    /// calls that it is the last of.
    pub(super) handed: Input,
    pub(super) chain: Option<(InstanceId, ExprId)>,
    /// What the first argument is, where only that is asked for, and how many calls deep.
    pub(super) first: Option<(Ty, u32)>,
    pub(super) depth: u32,
    /// The `error.into()` in `Err(error.into())`: it becomes the error that the function returns.
    pub(super) becomes_error: Option<ExprId>,
    /// How many loops are around what is being evaluated.
    pub(super) loops: u32,
    /// The changes of rows that have been found, and what says which rows they are about.
    pub(super) changes: Vec<(usize, Vec<super::env::Place>)>,
    /// What other queries have been given.
    pub(super) queried_by: Vec<super::env::Place>,
    /// Expressions whose types somebody asks for, and what they are found to be.
    pub(super) asked: FxHashMap<crate::app::Site, Option<Ty>>,
}

/// Evaluates the body of a function or closure.
pub(super) fn evaluate(app: &App, summaries: &Summaries, target: Target) -> BodyFacts {
    evaluate_with(app, summaries, target, None)
}

/// Evaluates the body of a function as if its first argument were of this type.
pub(super) fn evaluate_as(app: &App, summaries: &Summaries, target: Target, first: &Ty) -> BodyFacts {
    evaluate_with(app, summaries, target, Some((first.clone(), 0)))
}

/// The same within such an evaluation, so many deep.
pub(super) fn evaluate_with(app: &App, summaries: &Summaries, target: Target, first: Option<(Ty, u32)>) -> BodyFacts {
    let mut eval = begin(app, summaries, target, first);
    eval.function();
    super::kept::mark_kept(app, eval.within, &mut eval.facts);
    eval.facts
}

/// The state before a body is evaluated.
pub(super) fn begin<'a>(app: &'a App, summaries: &'a Summaries, target: Target, first: Option<(Ty, u32)>) -> Eval<'a> {
    let (within, only) = match target {
        Target::Fn(id) => (id, None),
        Target::Closure { within, instance, expr } => (within, Some((instance, expr))),
    };
    let (instance, module) = app.home(within);
    Eval {
        app,
        summaries,
        within,
        instance,
        module,
        env: Env::default(),
        mode: Mode::Direct,
        returned: Ty::NEVER,
        left_with: Ty::NEVER,
        failing: Vec::new(),
        looks_at_failure: false,
        facts: BodyFacts::default(),
        told: Vec::new(),
        arguments_told: Vec::new(),
        open_tests: Vec::new(),
        tests: FxHashMap::default(),
        value_tests: FxHashMap::default(),
        only,
        recording: only.is_none(),
        inside: Inside::Function,
        condition: None,
        mentioned: Vec::new(),
        reports: 0,
        absent_answers: None,
        queried: 0,
        trusted: 0,
        into_text: false,
        handed: Input::default(),
        chain: None,
        first,
        depth: 0,
        becomes_error: None,
        loops: 0,
        changes: Vec::new(),
        queried_by: Vec::new(),
        asked: FxHashMap::default(),
    }
}

impl<'a> Eval<'a> {
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
        self.failing.last().map(|failure| failure.marks.clone()).unwrap_or_default()
    }

    /// The same, where they are the reason why the code runs.
    pub(super) fn blamed_now(&self) -> Vec<Mark> {
        self.failing.last().filter(|failure| failure.direct).map(|failure| failure.marks.clone()).unwrap_or_default()
    }

    /// Evaluates an expression that nothing is expected of.
    pub(super) fn eval(&mut self, expr: ExprId) -> Ty {
        if self.depth > DEEPEST {
            return Ty::UNKNOWN;
        }
        self.depth += 1;
        let ty = self.eval_inner(expr);
        self.said_no(expr, &ty);
        if !self.asked.is_empty() {
            self.answer_asked(expr, &ty);
        }
        self.depth -= 1;
        ty
    }

    fn eval_inner(&mut self, expr: ExprId) -> Ty {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Opaque => Ty::UNKNOWN,
            ExprKind::Path(path) => self.path(expr, path),
            ExprKind::Literal(literal) => self.literal(literal),
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
            ExprKind::Binary { op, left, right } => self.in_condition(expr, op, |eval| eval.binary(op, left, right)),
            ExprKind::Assign { target, value } => self.assign(target, value),
            ExprKind::Cast { value, ty } => {
                let held = super::errors::held_by_value(self.app, &self.eval(value));
                self.written(ty).marked(&held)
            }
            ExprKind::Block(index) => self.block(&tree.blocks[index as usize]),
            ExprKind::If { cond, then, otherwise } => self.if_expr(cond, then, otherwise),
            ExprKind::Let { pat, value } => self.let_condition(expr, pat, value),
            ExprKind::Match { value, arms } => self.match_expr(value, tree.arm_run(arms)),
            ExprKind::Select { arms } => self.select(arms),
            ExprKind::Loop { cond, body } => self.in_loop(|eval| eval.loop_expr(cond, body)),
            ExprKind::For { pat, iter, body } => self.in_loop(|eval| eval.for_expr(pat, iter, body)),
            ExprKind::Closure(index) => self.closure(expr, index, &[], self.mode),
            ExprKind::Return(value) => {
                let ty = value.map_or(Ty::UNIT, |value| self.eval(value));
                self.left_with.clone_from(&ty);
                self.leave(value.unwrap_or(expr), &ty)
            }
            ExprKind::Break(value) => {
                // The value of a loop is not followed; that the code behind it is not reached is what matters.
                let ty = value.map_or(Ty::UNIT, |value| self.eval(value));
                self.may_tell(&ty);
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

    fn in_loop(&mut self, evaluate: impl FnOnce(&mut Self) -> Ty) -> Ty {
        self.loops += 1;
        let ty = evaluate(self);
        self.loops -= 1;
        ty
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
        self.is_no_blocking(inner);
        awaited(self.app, &ty)
    }

    /// `value?`: failing goes to whoever the code returns to.
    fn try_of(&mut self, inner: ExprId) -> Ty {
        let ty = self.eval(inner);
        if !is_fallible(self.app, &ty) {
            if ty.is_unknown() {
                self.converts_unknown();
            }
            // Something unknown that carries marks can fail by them: a collection of results.
            if ty.marks().iter().any(|mark| super::errors::is_failure(mark.what)) && ty.is_unknown() {
                let failed = Ty::external(crate::sym!("std::result::Result"), Vec::new()).marked(ty.marks());
                self.returned = self.returned.join(&failed);
                return Ty::UNKNOWN;
            }
            return ty;
        }
        self.fails_as(&ty.arg(1));
        let error = self.convert_error(inner, &ty.arg(1).of_failure(&ty));
        let error = self.left_to_framework(inner, error);
        // That something else fails where nothing was found is not what is answered to that.
        let failing = self.failing_now().into_iter().filter(|mark| !mark.what.is_absence());
        let because: Vec<Mark> = failing.map(Mark::settled).collect();
        let failed = Ty::with(ty.head, vec![Ty::UNKNOWN, error]).marked(ty.marks());
        self.answers_unset(ty.marks(), &failed);
        self.leaves(self.at(self.span(inner)), &failed);
        self.returned = self.returned.join(&failed.marked(&because));
        // `result.as_ref().map_err(…)?;`: what comes after runs only where it has not failed.
        let checked = self.place_of(inner).map(|place| super::env::Check { place, succeeded: true });
        self.env.learn(checked);
        if self.has_failed(inner) { Ty::NEVER } else { ty.arg(0) }
    }

    /// `Err(error)?` leaves whatever happens.
    fn has_failed(&self, expr: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.tree().expr(expr).kind else { return false };
        matches!(self.tree().expr(callee).kind, ExprKind::Path(path) if self.is_success(path) == Some(false))
    }

    fn field(&mut self, base: ExprId, name: Sym) -> Ty {
        let ty = self.eval(base);
        self.counts(&ty);
        let field = self.field_of(&ty, name);
        let field = super::fields::with_variant(&ty, self.with_error_of(&ty, name, field));
        if field.is_unknown() { self.known_field(&ty, name).unwrap_or(field) } else { field }
    }

    fn index(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Ty {
        let ty = self.eval(base);
        self.eval(index);
        self.index_hazard(expr, base, index, &ty);
        self.layers(&ty).iter().for_each(|layer| self.first_of_rows(expr, layer, index));
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

    fn assign(&mut self, target: ExprId, value: ExprId) -> Ty {
        let ty = self.eval(value);
        let tree = self.tree();
        // Whatever is done with it there.
        self.may_tell(&ty);
        match tree.expr(target).kind {
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                if let Some(index) = local {
                    self.env.locals[index].input = self.input_assigned(index, value);
                    self.env.assign(index, ty);
                    let varies = self.varies(value);
                    let local = &mut self.env.locals[index];
                    local.takes_in = local.takes_in.or(varies);
                    if self.is_constructed(value) {
                        let place = super::env::Place { local: index, fields: Vec::new() };
                        self.env.learn([super::env::Check { place, succeeded: true }]);
                    }
                }
            }
            ExprKind::Tuple(_) | ExprKind::Array(_) => {}
            // `_ = result`
            ExprKind::Opaque => {
                self.thrown_away(
                    value,
                    &ty,
                    Risk { at: self.at(self.span(value)), how: Losing::Ignored, kept: None, instead: false },
                );
            }
            _ => {
                self.eval(target);
                self.take_in(target, std::slice::from_ref(&ty));
            }
        }
        Ty::UNIT
    }

    /// The type of a written one.
    pub(super) fn written(&self, ty: crate::syntax::TypeId) -> Ty {
        self.app.type_scope_at(self.within, self.instance, self.module).ty(ty)
    }

    /// The site of an expression of the current instance.
    pub(super) fn site(&self, expr: ExprId) -> crate::app::Site {
        crate::app::Site { instance: self.instance, expr }
    }
}

pub(super) fn bool_type() -> Ty {
    Ty::external(crate::sym!("bool"), Vec::new())
}
