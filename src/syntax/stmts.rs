//! Lowers blocks and statements.

use syn::{Attribute, Expr, Stmt as SynStmt};

use super::facts::ScopeKind;
use super::lower::{Lower, append};
use super::macros::MacroUse;
use super::tree::{Block, BlockFlavour, ExprId, Stmt};
use crate::source::Span;

impl Lower<'_> {
    pub(super) fn block(&mut self, block: &syn::Block, flavour: BlockFlavour, labelled: bool) -> ExprId {
        let span = self.text.span(block.brace_token.span.join());
        self.stmts(&block.stmts, flavour, labelled, span)
    }

    /// Lowers a list of statements as a block.
    pub(super) fn stmts(&mut self, stmts: &[SynStmt], flavour: BlockFlavour, labelled: bool, span: Span) -> ExprId {
        let declares = stmts.iter().any(|stmt| matches!(stmt, SynStmt::Item(_)));
        let mut lowered = (Vec::new(), None);
        let scope = if declares {
            Some(self.in_scope(ScopeKind::Block, |lower| {
                for stmt in stmts {
                    if let SynStmt::Item(item) = stmt {
                        lower.item(item);
                    }
                }
                lowered = lower.stmt_list(stmts);
            }))
        } else {
            lowered = self.stmt_list(stmts);
            None
        };
        let (list, tail) = lowered;
        let stmts = append(&mut self.facts.tree.stmts, list);
        self.push_block(Block { flavour, scope, stmts, tail, labelled }, span)
    }

    fn stmt_list(&mut self, stmts: &[SynStmt]) -> (Vec<Stmt>, Option<ExprId>) {
        let mut list = Vec::with_capacity(stmts.len());
        let mut tail = None;
        for (index, stmt) in stmts.iter().enumerate() {
            let is_last = index + 1 == stmts.len();
            match stmt {
                SynStmt::Local(local) => {
                    if self.is_present(&local.attrs) {
                        list.push(self.local(local));
                    }
                }
                SynStmt::Item(_) => {}
                SynStmt::Expr(expr, semicolon) => {
                    if !self.is_present(expr_attrs(expr)) {
                        continue;
                    }
                    let lowered = self.expr(expr);
                    if is_last && semicolon.is_none() { tail = Some(lowered) } else { list.push(Stmt::Expr(lowered)) }
                }
                SynStmt::Macro(call) => {
                    if !self.is_present(&call.attrs) {
                        continue;
                    }
                    let lowered = self.macro_expr(&call.mac, MacroUse::Stmt);
                    if is_last && call.semi_token.is_none() {
                        tail = Some(lowered);
                    } else {
                        list.push(Stmt::Expr(lowered));
                    }
                }
            }
        }
        (list, tail)
    }

    fn local(&mut self, local: &syn::Local) -> Stmt {
        let ty = match &local.pat {
            syn::Pat::Type(typed) => Some(self.ty(&typed.ty)),
            _ => None,
        };
        let init = local.init.as_ref().map(|init| self.expr(&init.expr));
        let diverge = local.init.as_ref().and_then(|init| init.diverge.as_ref());
        let otherwise = diverge.map(|(_, otherwise)| self.expr(otherwise));
        let pat = self.pat(&local.pat);
        let start = self.token_start(local.let_token.span);
        let span = Span::new(start, self.pat_span(&local.pat).map_or(start + 3, |pat| pat.end));
        Stmt::Let { pat, ty, init, otherwise, span }
    }
}

/// The attributes of an expression statement; only the kinds that people put `cfg` on.
fn expr_attrs(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Block(it) => &it.attrs,
        Expr::If(it) => &it.attrs,
        Expr::Match(it) => &it.attrs,
        Expr::MethodCall(it) => &it.attrs,
        Expr::Call(it) => &it.attrs,
        Expr::Assign(it) => &it.attrs,
        Expr::Macro(it) => &it.attrs,
        Expr::Return(it) => &it.attrs,
        Expr::Try(it) => &it.attrs,
        Expr::Await(it) => &it.attrs,
        Expr::ForLoop(it) => &it.attrs,
        Expr::Loop(it) => &it.attrs,
        Expr::While(it) => &it.attrs,
        Expr::Unsafe(it) => &it.attrs,
        _ => &[],
    }
}
