//! Evaluates the expressions and statements of code that builds routers.

use super::eval::{Evaluator, Frame};
use super::route_path::{Piece, RoutePath};
use super::values::{Callee, Value};
use crate::app::Def;
use crate::symbol::Sym;
use crate::syntax::{Arm, BinaryOp, Block, ExprId, ExprKind, Literal, PathId, Stmt};

/// A loop's body is evaluated this often at most.
const MOST_ITEMS: usize = 32;

impl Evaluator<'_> {
    /// Evaluates an expression.
    pub(super) fn eval(&mut self, frame: &mut Frame, expr: ExprId) -> Value {
        let app = self.app;
        let tree = &app.facts(frame.instance).tree;
        match tree.expr(expr).kind {
            ExprKind::Path(path) => self.path(frame, path),
            ExprKind::Literal(Literal::Str(text)) => Value::Text(RoutePath::text(text.as_str())),
            ExprKind::Call { callee, args } => self.call(frame, expr, callee, tree.expr_run(args)),
            ExprKind::Method { receiver, call } => self.method(frame, expr, receiver, tree.methods[call as usize]),
            ExprKind::Macro(call) => self.macro_call(frame, expr, call),
            ExprKind::Field { base, name } => {
                let value = self.eval(frame, base);
                self.field(value, name)
            }
            ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => {
                self.eval(frame, inner)
            }
            ExprKind::Cast { value, .. } => self.eval(frame, value),
            ExprKind::Block(block) => self.block(frame, &tree.blocks[block as usize]),
            ExprKind::If { cond, then, otherwise } => {
                let cond = self.eval(frame, cond);
                self.discard(cond);
                let then = self.eval(frame, then);
                let otherwise = otherwise.map(|otherwise| self.eval(frame, otherwise)).unwrap_or_default();
                then.either(otherwise)
            }
            ExprKind::Match { value, arms } => self.match_arms(frame, value, tree.arm_run(arms)),
            ExprKind::Let { pat, value } => {
                let ty = self.local_type(frame, None, Some(value));
                let value = self.eval(frame, value);
                self.bind(frame, pat, value);
                self.note_type(frame, pat, ty);
                Value::Other
            }
            ExprKind::Closure(_) => {
                let (within, instance) = (frame.function, frame.instance);
                Value::Callees(vec![Callee::Closure { within, instance, expr }])
            }
            ExprKind::Tuple(fields) => {
                let fields = tree.expr_run(fields).iter().map(|field| self.eval(frame, *field)).collect();
                Value::Tuple(fields)
            }
            ExprKind::Array(items) => self.array(frame, tree.expr_run(items)),
            ExprKind::Binary { op: BinaryOp::Other, left, right } => self.sum(frame, left, right),
            ExprKind::Assign { target, value } => {
                let value = self.eval(frame, value);
                self.assign(frame, target, value);
                Value::Other
            }
            ExprKind::Struct(index) => self.record(frame, tree.field_run(tree.structs[index as usize].fields)),
            ExprKind::Return(value) => {
                let value = value.map(|value| self.eval(frame, value)).unwrap_or_default();
                frame.returned = std::mem::take(&mut frame.returned).either(value);
                Value::Other
            }
            other => self.statement_like(frame, other),
        }
    }

    fn match_arms(&mut self, frame: &mut Frame, value: ExprId, arms: &[Arm]) -> Value {
        let value = self.eval(frame, value);
        let mut result = Value::Other;
        for arm in arms {
            self.bind(frame, arm.pat, value.clone());
            let arm = self.eval(frame, arm.body);
            result = result.either(arm);
        }
        result
    }

    fn field(&mut self, value: Value, name: Sym) -> Value {
        match value {
            Value::Tuple(fields) => {
                let index = name.as_str().parse::<usize>().ok();
                index.and_then(|index| fields.get(index).cloned()).unwrap_or_default()
            }
            Value::Record(fields) if fields.iter().any(|(field, _)| *field == name) => {
                fields.into_iter().find(|(field, _)| *field == name).map(|(_, value)| value).unwrap_or_default()
            }
            Value::Routes(routes) => Value::Routes(routes),
            _ => {
                self.read_fields.insert(name);
                self.fields.get(&name).cloned().map_or(Value::Other, Value::Routes)
            }
        }
    }

    /// The fields of a struct expression; routers are remembered by the field's name alone.
    fn record(&mut self, frame: &mut Frame, fields: &[(Sym, ExprId)]) -> Value {
        let mut record = Vec::new();
        for &(name, field) in fields {
            match self.eval(frame, field) {
                Value::Routes(routes) => self.fields.entry(name).or_default().union(routes),
                value @ (Value::Text(_) | Value::Record(_)) => record.push((name, value)),
                _ => {}
            }
        }
        if record.is_empty() { Value::Other } else { Value::Record(record) }
    }

    /// Evaluates what runs other code and yields nothing that matters.
    fn statement_like(&mut self, frame: &mut Frame, kind: ExprKind) -> Value {
        let tree = &self.app.facts(frame.instance).tree;
        let mut parts = Vec::new();
        match kind {
            ExprKind::Loop { cond, body } => parts.extend(cond.into_iter().chain([body])),
            ExprKind::For { pat, iter, body } => {
                for item in self.items_of(frame, iter) {
                    let ty = self.local_type(frame, None, Some(item));
                    let value = self.eval(frame, item);
                    self.bind(frame, pat, value);
                    self.note_type(frame, pat, ty);
                    let value = self.eval(frame, body);
                    self.discard(value);
                }
            }
            ExprKind::Binary { left, right, .. } => parts.extend([left, right]),
            ExprKind::Break(Some(value)) | ExprKind::Yield(Some(value)) | ExprKind::Not(value) => parts.push(value),
            ExprKind::Select { arms } => {
                parts.extend(tree.arm_run(arms).iter().flat_map(|arm| arm.guard.into_iter().chain([arm.body])))
            }
            _ => {}
        }
        for part in parts {
            let value = self.eval(frame, part);
            self.discard(value);
        }
        Value::Other
    }

    fn block(&mut self, frame: &mut Frame, block: &Block) -> Value {
        let outer = frame.module;
        if let Some(scope) = block.scope {
            frame.module = self.app.module_of(frame.instance, scope);
        }
        let tree = &self.app.facts(frame.instance).tree;
        for stmt in tree.stmt_run(block.stmts) {
            match *stmt {
                Stmt::Let { pat, ty, init, otherwise, .. } => {
                    let ty = self.local_type(frame, ty, init);
                    let value = init.map(|init| self.eval(frame, init)).unwrap_or_default();
                    if let Some(otherwise) = otherwise {
                        self.eval(frame, otherwise);
                    }
                    self.bind(frame, pat, value);
                    self.note_type(frame, pat, ty);
                }
                Stmt::Expr(expr) => {
                    let value = self.eval(frame, expr);
                    self.discard(value);
                }
            }
        }
        let value = block.tail.map(|tail| self.eval(frame, tail)).unwrap_or_default();
        frame.module = outer;
        value
    }

    /// A list; the paths in one are alternatives.
    fn array(&mut self, frame: &mut Frame, items: &[ExprId]) -> Value {
        let mut paths = Vec::new();
        let mut result = Value::Other;
        for &item in items {
            match self.eval(frame, item) {
                Value::Text(path) => paths.push(path),
                value => result = result.either(value),
            }
        }
        match (result, paths.len()) {
            (Value::Other, 1) => Value::Text(paths.remove(0)),
            (Value::Other, 2..) => Value::Text(RoutePath(vec![Piece::OneOf(paths)])),
            (result, _) => result,
        }
    }

    /// What a loop goes through one after the other, where the list is written out; otherwise what it goes through.
    fn items_of(&self, frame: &Frame, iter: ExprId) -> Vec<ExprId> {
        let facts = self.app.facts(frame.instance);
        let tree = &facts.tree;
        let items = match tree.expr(iter).kind {
            ExprKind::Array(items) => tree.expr_run(items),
            ExprKind::Macro(call) if tree.last_name(facts.macro_call(call).path) == Some(crate::sym!("vec")) => {
                tree.expr_run(facts.macro_call(call).args)
            }
            ExprKind::Ref(inner) => return self.items_of(frame, inner),
            ExprKind::Method { receiver, call } if tree.methods[call as usize].args.len == 0 => {
                return match self.items_of(frame, receiver) {
                    items if items == [receiver] => vec![iter],
                    items => items,
                };
            }
            _ => &[],
        };
        if items.is_empty() || items.len() > MOST_ITEMS { vec![iter] } else { items.to_vec() }
    }

    /// `PREFIX.to_owned() + "/users"`.
    fn sum(&mut self, frame: &mut Frame, left: ExprId, right: ExprId) -> Value {
        match (self.eval(frame, left), self.eval(frame, right)) {
            (Value::Text(left), Value::Text(right)) => {
                Value::Text(RoutePath(vec![Piece::joined([left.0, right.0].concat())]))
            }
            (left, right) => {
                self.discard(left);
                self.discard(right);
                Value::Other
            }
        }
    }

    /// A value that goes nowhere else: its routes are served, as far as can be told.
    pub(super) fn discard(&mut self, value: Value) {
        let routes = value.routes();
        if !routes.in_place {
            self.done.extend(routes.entries);
        }
    }

    fn assign(&mut self, frame: &mut Frame, target: ExprId, value: Value) {
        let tree = &self.app.facts(frame.instance).tree;
        let name = match tree.expr(target).kind {
            ExprKind::Path(path) => tree.single_name(path),
            ExprKind::Deref(inner) => match tree.expr(inner).kind {
                ExprKind::Path(path) => tree.single_name(path),
                _ => None,
            },
            ExprKind::Field { name, .. } => {
                if let Value::Routes(routes) = value {
                    self.fields.entry(name).or_default().union(routes);
                }
                return;
            }
            _ => None,
        };
        let local = name.and_then(|name| frame.locals.iter_mut().rev().find(|(local, _)| *local == name));
        match local {
            Some((_, local)) => {
                // The old value may be served as well: `if x { router = router.route(…) }`.
                local.value = std::mem::take(&mut local.value).either(value);
                local.used = false;
            }
            None => self.discard(value),
        }
    }

    fn path(&mut self, frame: &mut Frame, path: PathId) -> Value {
        let tree = &self.app.facts(frame.instance).tree;
        if let Some(name) = tree.single_name(path)
            && let Some((_, local)) = frame.locals.iter_mut().rev().find(|(local, _)| *local == name)
        {
            local.used = true;
            return local.value.clone();
        }
        match self.resolve(frame, path) {
            Some(Def::Fn(id)) => Value::Callees(vec![Callee::Fn(id)]),
            Some(Def::Value(id)) => self.constant(frame.function, id),
            None => self.associated_constant(frame, path),
            _ => Value::Other,
        }
    }
}
