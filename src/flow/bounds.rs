//! Operators that panic on what the client sends: an index beyond the end, a key that is not there, a division by zero.

use super::eval::Eval;
use super::facts::Panicking;
use super::guarded::Look;
use super::hazards::Cause;
use crate::app::{Head, Ty};
use crate::syntax::{BinaryOp, ExprId, ExprKind, Literal};

impl Eval<'_> {
    /// `list[0]`, `text[7..]`, `map["key"]`
    pub(super) fn index_hazard(&mut self, expr: ExprId, base: ExprId, index: ExprId, ty: &Ty) {
        if !self.records() {
            return;
        }
        let input = self.input_of(base);
        // What is there by a key is not empty.
        let is_inner = matches!(self.tree().expr(base).kind, ExprKind::Index { .. });
        if is_inner || input.is_none() {
            return;
        }
        let Some(cause) = self.cause_of_index(expr, (base, index), ty) else { return };
        let at = self.at(self.span(expr));
        let how = Panicking::Accessor(crate::sym!("[…]"));
        self.record_hazard(at, how, (cause, input), (Vec::new(), Ty::UNKNOWN));
    }

    fn cause_of_index(&self, expr: ExprId, (base, index): (ExprId, ExprId), ty: &Ty) -> Option<Cause> {
        let tree = self.tree();
        let layers = self.layers(ty);
        let is = |paths: &[&str]| {
            layers.iter().any(|layer| layer.external_path().is_some_and(|path| paths.contains(&path.as_str())))
        };
        let is_list = is(&["std::vec::Vec"]) || layers.iter().any(|layer| layer.head == Head::Slice);
        let is_text = is(&["std::string::String", "str"]);
        match tree.expr(index).kind {
            ExprKind::Range { start, end } => {
                let known = is_list || is_text || ty.is_unknown();
                let bounds: Vec<ExprId> = start.into_iter().chain(end).collect();
                let least = bounds.iter().filter_map(|bound| self.number(*bound)).max();
                let from_end = bounds.iter().any(|bound| self.is_before_end(*bound));
                let needs = if from_end { least.unwrap_or(0) + 1 } else { least? };
                (known && needs > 0 && self.may_be_shorter(base, needs)).then_some(Cause::Beyond)
            }
            ExprKind::Literal(Literal::Int(number)) if is_list => {
                let first = number == 0 && self.is_first_of_some(base, crate::sym!("first"));
                (!first && self.looks_of(base).is_empty()).then_some(Cause::Beyond)
            }
            ExprKind::Literal(Literal::Str(key)) if is(&["std::collections::HashMap"]) => {
                self.looks_of(expr).is_empty().then_some(Cause::Key(key))
            }
            _ => None,
        }
    }

    /// Whether nothing says that something is at least so long.
    fn may_be_shorter(&self, base: ExprId, needs: usize) -> bool {
        let looks = self.looks_of(base);
        looks.iter().all(|look| matches!(look, Look::Prefix(Some(length)) if *length < needs))
    }

    fn number(&self, expr: ExprId) -> Option<usize> {
        match self.tree().expr(expr).kind {
            ExprKind::Literal(Literal::Int(number)) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    /// `text.len() - 1`
    fn is_before_end(&self, expr: ExprId) -> bool {
        let ExprKind::Binary { op: BinaryOp::Other, left, right } = self.tree().expr(expr).kind else { return false };
        let ExprKind::Method { call, .. } = self.tree().expr(left).kind else { return false };
        let is_length = self.tree().methods[call as usize].name == crate::sym!("len");
        is_length && self.number(right).is_some()
    }

    /// A division by something that the client says.
    pub(super) fn division(&mut self, right: ExprId, ty: &Ty) {
        let is_whole = ty
            .external_path()
            .is_some_and(|path| matches!(path.as_str().as_bytes(), [b'i' | b'u', b'0'..=b'9' | b's', ..]));
        if !self.records()
            || !is_whole
            || !matches!(self.tree().expr(right).kind, ExprKind::Path(_) | ExprKind::Field { .. } | ExprKind::Deref(_))
        {
            return;
        }
        let input = self.input_of(right);
        if !input.is_none() && self.looks_of(right).is_empty() {
            let at = self.at(self.span(right));
            let how = Panicking::Accessor(crate::sym!("/"));
            self.record_hazard(at, how, (Cause::Zero, input), (Vec::new(), Ty::UNKNOWN));
        }
    }
}
