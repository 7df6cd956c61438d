//! Paths that code puts together: literals, constants, `format!`.

use super::eval::{Evaluator, Frame};
use super::route_path::{Piece, RoutePath};
use super::values::Value;
use crate::app::{FnId, ValueId};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, FormatPiece, Literal, MacroCall, format_pieces};

impl Evaluator<'_> {
    /// A constant or static that is a path, a struct of paths or a router: `static APP: LazyLock<Router>`. Closures in it
    /// count as standing in `function`.
    pub(super) fn constant(&mut self, function: FnId, id: ValueId) -> Value {
        if let Some(value) = self.constants.get(&id) {
            return value.clone();
        }
        let Some(init) = self.app.value(id).init else { return Value::Other };
        // Constants can name each other in a circle.
        self.constants.insert(id, Value::Other);
        let at = self.app.values[id.index()];
        let mut own = Frame { instance: at.instance, module: at.module, ..self.frame(function) };
        let value = match self.eval(&mut own, init) {
            value @ (Value::Text(_) | Value::Record(_) | Value::Routes(_)) => value,
            _ => Value::Other,
        };
        self.done.extend(own.registers);
        self.constants.insert(id, value.clone());
        value
    }

    /// A path that is put together by `format!` or `concat!`.
    pub(super) fn text_macro(&mut self, frame: &mut Frame, call: &MacroCall) -> Value {
        let tree = &self.app.facts(frame.instance).tree;
        let args = tree.expr_run(call.args);
        let Some((&first, rest)) = args.split_first() else { return Value::Text(RoutePath::unknown()) };
        let format = match tree.expr(first).kind {
            ExprKind::Literal(Literal::Str(text)) if tree.last_name(call.path) != Some(crate::sym!("concat")) => text,
            _ => {
                let pieces = args.iter().map(|arg| self.piece(frame, Some(*arg))).collect();
                return Value::Text(RoutePath(vec![Piece::joined(pieces)]));
            }
        };
        let mut next = 0;
        let mut pieces = Vec::new();
        for piece in format_pieces(format.as_str()) {
            pieces.push(match piece {
                FormatPiece::Text(text) => Piece::Text(text),
                FormatPiece::Next => {
                    next += 1;
                    self.piece(frame, rest.get(next - 1).copied())
                }
                FormatPiece::Index(index) => self.piece(frame, rest.get(index).copied()),
                FormatPiece::Name(name) => {
                    let named = self.named_argument(frame, rest, name).or_else(|| self.capture(frame, call, name));
                    self.piece(frame, named)
                }
            });
        }
        Value::Text(RoutePath(vec![Piece::joined(pieces)]))
    }

    /// The value of `name = value` among the arguments of a format string.
    fn named_argument(&self, frame: &Frame, args: &[ExprId], name: Sym) -> Option<ExprId> {
        let tree = &self.app.facts(frame.instance).tree;
        args.iter().find_map(|arg| match tree.expr(*arg).kind {
            ExprKind::Assign { target, value } => match tree.expr(target).kind {
                ExprKind::Path(path) if tree.single_name(path) == Some(name) => Some(value),
                _ => None,
            },
            _ => None,
        })
    }

    /// What a name inside a format string means.
    fn capture(&self, frame: &Frame, call: &MacroCall, name: Sym) -> Option<ExprId> {
        let tree = &self.app.facts(frame.instance).tree;
        let is = |expr: &&ExprId| matches!(tree.expr(**expr).kind, ExprKind::Path(path) if tree.single_name(path) == Some(name));
        tree.expr_run(call.captures).iter().find(is).copied()
    }

    fn piece(&mut self, frame: &mut Frame, expr: Option<ExprId>) -> Piece {
        match expr.map(|expr| self.eval(frame, expr)) {
            Some(Value::Text(RoutePath(pieces))) => Piece::joined(pieces),
            _ => Piece::Unknown,
        }
    }
}
