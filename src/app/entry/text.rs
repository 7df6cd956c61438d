//! Paths that code puts together: literals, constants, `format!`.

use super::eval::{Evaluator, Frame};
use super::values::{Piece, RoutePath, Value};
use crate::app::ValueId;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, FormatPiece, Literal, MacroCall, format_pieces};

impl Evaluator<'_> {
    /// The text of a constant or static.
    pub(super) fn constant(&mut self, id: ValueId) -> Value {
        let at = self.app.values[id.index()];
        let tree = &self.app.facts(at.instance).tree;
        let mut init = self.app.value(id).init;
        while let Some(expr) = init {
            match tree.expr(expr).kind {
                ExprKind::Literal(Literal::Str(text)) => return Value::Text(RoutePath::text(text.as_str())),
                ExprKind::Ref(inner) => init = Some(inner),
                _ => break,
            }
        }
        Value::Other
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
