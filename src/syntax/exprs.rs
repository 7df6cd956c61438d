//! Lowers expressions.

use syn::{BinOp, Expr, Lit, UnOp};

use super::cfg::{is_left_out, is_present};
use super::lower::{Lower, append, sym};
use super::macros::MacroUse;
use super::pats::member;
use super::tree::{Arm, BinaryOp, Block, BlockFlavour, Closure, ExprId, ExprKind, Literal, Method, Param, StructExpr};
use crate::source::Span;
use crate::symbol::Sym;

impl Lower<'_> {
    /// Lowers an expression. Split in two by nothing deeper than length: leaves and operators here, what has a body in
    /// [`Lower::compound`].
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        let (kind, span) = match expr {
            Expr::Paren(it) => return self.expr(&it.expr),
            Expr::Group(it) => return self.expr(&it.expr),
            Expr::Path(it) => {
                let path = self.path(it.qself.as_ref(), &it.path);
                (ExprKind::Path(path), self.facts.tree.path(path).span)
            }
            Expr::Lit(it) => (ExprKind::Literal(literal(&it.lit)), self.text.span(it.lit.span())),
            Expr::MethodCall(it) => return self.method_call(it),
            Expr::Call(it) => return self.call(it),
            Expr::Field(it) => {
                let base = self.expr(&it.base);
                let end = match &it.member {
                    syn::Member::Named(ident) => self.ident_span(ident).end,
                    syn::Member::Unnamed(index) => self.text.end(index.span),
                };
                let start = self.span_of(base).start;
                (ExprKind::Field { base, name: member(&it.member) }, Span::new(start, end))
            }
            Expr::Await(it) => {
                let base = self.expr(&it.base);
                let end = self.text.end(it.await_token.span);
                (ExprKind::Await(base), Span::new(self.span_of(base).start, end))
            }
            Expr::Try(it) => {
                let base = self.expr(&it.expr);
                let end = self.text.end(it.question_token.span);
                (ExprKind::Try(base), Span::new(self.span_of(base).start, end))
            }
            Expr::Index(it) => {
                let base = self.expr(&it.expr);
                let index = self.expr(&it.index);
                let end = self.text.end(it.bracket_token.span.close());
                (ExprKind::Index { base, index }, Span::new(self.span_of(base).start, end))
            }
            Expr::Reference(it) => self.prefix(&it.expr, self.token_start(it.and_token.span), ExprKind::Ref),
            Expr::RawAddr(it) => self.prefix(&it.expr, self.token_start(it.and_token.span), ExprKind::Ref),
            Expr::Unary(it) => match it.op {
                UnOp::Deref(op) => self.prefix(&it.expr, self.token_start(op.span), ExprKind::Deref),
                UnOp::Not(op) => self.prefix(&it.expr, self.token_start(op.span), ExprKind::Not),
                UnOp::Neg(op) => self.prefix(&it.expr, self.token_start(op.span), ExprKind::Neg),
                _ => return self.expr(&it.expr),
            },
            Expr::Binary(it) => return self.binary(&it.left, &it.op, &it.right),
            Expr::Assign(it) => {
                let target = self.expr(&it.left);
                let value = self.expr(&it.right);
                (ExprKind::Assign { target, value }, self.span_of(target).to(self.span_of(value)))
            }
            Expr::Cast(it) => {
                let value = self.expr(&it.expr);
                let ty = self.ty(&it.ty);
                (ExprKind::Cast { value, ty }, self.span_of(value))
            }
            Expr::Macro(it) => return self.macro_expr(&it.mac, MacroUse::Expr),
            other => return self.compound(other),
        };
        self.push_expr(kind, span)
    }

    /// Lowers what holds other expressions in a list or body.
    fn compound(&mut self, expr: &Expr) -> ExprId {
        let (kind, span) = match expr {
            Expr::Block(it) => return self.block(&it.block, BlockFlavour::Plain, it.label.is_some()),
            Expr::Unsafe(it) => return self.block(&it.block, BlockFlavour::Plain, false),
            Expr::Const(it) => return self.block(&it.block, BlockFlavour::Plain, false),
            Expr::Async(it) => return self.block(&it.block, BlockFlavour::Async, false),
            Expr::TryBlock(it) => return self.block(&it.block, BlockFlavour::Try, false),
            Expr::If(it) => return self.if_expr(it),
            Expr::Let(it) => {
                let pat = self.pat(&it.pat);
                let value = self.expr(&it.expr);
                (ExprKind::Let { pat, value }, Span::new(self.token_start(it.let_token.span), self.span_of(value).end))
            }
            Expr::Match(it) => return self.match_expr(it),
            Expr::Closure(it) => return self.closure(it),
            Expr::ForLoop(it) => {
                let iter = self.expr(&it.expr);
                let pat = self.pat(&it.pat);
                let body = self.block(&it.body, BlockFlavour::Plain, false);
                (ExprKind::For { pat, iter, body }, self.text.span(it.for_token.span))
            }
            Expr::Loop(it) => {
                let body = self.block(&it.body, BlockFlavour::Plain, false);
                (ExprKind::Loop { cond: None, body }, self.text.span(it.loop_token.span))
            }
            Expr::While(it) => {
                let cond = Some(self.expr(&it.cond));
                let body = self.block(&it.body, BlockFlavour::Plain, false);
                (ExprKind::Loop { cond, body }, self.text.span(it.while_token.span))
            }
            Expr::Return(it) => {
                (self.optional(it.expr.as_deref(), ExprKind::Return), self.text.span(it.return_token.span))
            }
            Expr::Break(it) => {
                (self.optional(it.expr.as_deref(), ExprKind::Break), self.text.span(it.break_token.span))
            }
            Expr::Yield(it) => {
                (self.optional(it.expr.as_deref(), ExprKind::Yield), self.text.span(it.yield_token.span))
            }
            Expr::Continue(it) => (ExprKind::Break(None), self.text.span(it.continue_token.span)),
            Expr::Struct(it) => return self.struct_expr(it),
            Expr::Tuple(it) => {
                let elems = self.exprs(it.elems.iter());
                (ExprKind::Tuple(elems), self.text.span(it.paren_token.span.join()))
            }
            Expr::Array(it) => {
                let elems = self.exprs(it.elems.iter());
                (ExprKind::Array(elems), self.text.span(it.bracket_token.span.join()))
            }
            Expr::Repeat(it) => {
                let elems = self.exprs([&*it.expr, &*it.len].into_iter());
                (ExprKind::Array(elems), self.text.span(it.bracket_token.span.join()))
            }
            Expr::Range(it) => return self.range(it),
            _ => (ExprKind::Opaque, Span::default()),
        };
        self.push_expr(kind, span)
    }

    fn range(&mut self, range: &syn::ExprRange) -> ExprId {
        let start = range.start.as_deref().map(|start| self.expr(start));
        let end = range.end.as_deref().map(|end| self.expr(end));
        let span = start.or(end).map(|expr| self.span_of(expr)).unwrap_or_default();
        self.push_expr(ExprKind::Range { start, end }, span)
    }

    pub(super) fn exprs<'a>(&mut self, exprs: impl Iterator<Item = &'a Expr>) -> super::tree::Run {
        let exprs = exprs.map(|expr| self.expr(expr)).collect();
        self.expr_run(exprs)
    }

    fn optional(&mut self, expr: Option<&Expr>, kind: fn(Option<ExprId>) -> ExprKind) -> ExprKind {
        kind(expr.map(|expr| self.expr(expr)))
    }

    fn prefix(&mut self, expr: &Expr, start: u32, kind: fn(ExprId) -> ExprKind) -> (ExprKind, Span) {
        let inner = self.expr(expr);
        (kind(inner), Span::new(start, self.span_of(inner).end))
    }

    fn method_call(&mut self, it: &syn::ExprMethodCall) -> ExprId {
        let receiver = self.expr(&it.receiver);
        let args = self.exprs(it.args.iter());
        let generics = self.turbofish(it.turbofish.as_ref());
        let span = Span::new(self.token_start(it.method.span()), self.text.end(it.paren_token.span.close()));
        let methods = &mut self.facts.tree.methods;
        methods.push(Method { name: sym(&it.method), generics, args });
        let call = methods.len() as u32 - 1;
        self.push_expr(ExprKind::Method { receiver, call }, span)
    }

    fn call(&mut self, it: &syn::ExprCall) -> ExprId {
        let callee = self.expr(&it.func);
        let args = self.exprs(it.args.iter());
        let span = Span::new(self.span_of(callee).start, self.text.end(it.paren_token.span.close()));
        self.push_expr(ExprKind::Call { callee, args }, span)
    }

    fn binary(&mut self, left: &Expr, op: &BinOp, right: &Expr) -> ExprId {
        let left = self.expr(left);
        let right = self.expr(right);
        let span = self.span_of(left).to(self.span_of(right));
        let op = match op {
            BinOp::And(_) => BinaryOp::And,
            BinOp::Or(_) => BinaryOp::Or,
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                BinaryOp::Compare
            }
            BinOp::Div(_) | BinOp::Rem(_) => BinaryOp::Divide,
            BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_) => return self.push_expr(ExprKind::Assign { target: left, value: right }, span),
            _ => BinaryOp::Other,
        };
        self.push_expr(ExprKind::Binary { op, left, right }, span)
    }

    fn if_expr(&mut self, it: &syn::ExprIf) -> ExprId {
        // `if cfg!(debug_assertions) { … } else { … }`: what a release build runs is the other branch.
        if is_left_out(&it.cond) {
            let span = self.text.span(it.if_token.span);
            return match &it.else_branch {
                Some((_, otherwise)) => self.expr(otherwise),
                None => self.stmts(&[], BlockFlavour::Plain, false, span),
            };
        }
        self.gate_branch(&it.cond, &it.then_branch);
        let cond = self.expr(&it.cond);
        let then = self.block(&it.then_branch, BlockFlavour::Plain, false);
        let otherwise = it.else_branch.as_ref().map(|(_, otherwise)| self.expr(otherwise));
        let span = Span::new(self.token_start(it.if_token.span), self.span_of(cond).end);
        self.push_expr(ExprKind::If { cond, then, otherwise }, span)
    }

    fn match_expr(&mut self, it: &syn::ExprMatch) -> ExprId {
        let value = self.expr(&it.expr);
        let mut arms = Vec::with_capacity(it.arms.len());
        for arm in &it.arms {
            if !self.is_present(&arm.attrs) {
                continue;
            }
            // `Err(error) if cfg!(debug_assertions) => …` is not there in a release build.
            if let syn::Pat::Guard(guarded) = &arm.pat
                && is_left_out(&guarded.guard)
            {
                continue;
            }
            let (pat, guard) = self.guarded_pat(&arm.pat);
            let body = self.expr(&arm.body);
            let span = self.arm_span(arm);
            arms.push(Arm { pat, guard, body, span });
        }
        let arms = append(&mut self.facts.tree.arms, arms);
        let span = Span::new(self.token_start(it.match_token.span), self.span_of(value).end);
        self.push_expr(ExprKind::Match { value, arms }, span)
    }

    fn closure(&mut self, it: &syn::ExprClosure) -> ExprId {
        let mut params = Vec::with_capacity(it.inputs.len());
        for input in &it.inputs {
            let ty = match input {
                syn::Pat::Type(typed) => Some(self.ty(&typed.ty)),
                _ => None,
            };
            params.push(Param { pat: self.pat(input), ty });
        }
        let params = append(&mut self.facts.tree.params, params);
        let ret = self.return_type(&it.output);
        let body = self.expr(&it.body);
        let closures = &mut self.facts.tree.closures;
        closures.push(Closure { params, ret, body, is_async: it.asyncness.is_some() });
        let closure = closures.len() as u32 - 1;
        let span = Span::new(self.token_start(it.inputs_begin.span), self.text.end(it.inputs_end.span));
        self.push_expr(ExprKind::Closure(closure), span)
    }

    fn struct_expr(&mut self, it: &syn::ExprStruct) -> ExprId {
        let path = self.path(it.qself.as_ref(), &it.path);
        let mut fields: Vec<(Sym, ExprId)> = Vec::with_capacity(it.fields.len());
        for field in &it.fields {
            if is_present(&field.attrs) {
                fields.push((member(&field.member), self.expr(&field.expr)));
            }
        }
        let fields = append(&mut self.facts.tree.fields, fields);
        let base = it.rest.as_deref().map(|rest| self.expr(rest));
        let structs = &mut self.facts.tree.structs;
        structs.push(StructExpr { path, fields, base });
        let index = structs.len() as u32 - 1;
        let span = self.facts.tree.path(path).span;
        self.push_expr(ExprKind::Struct(index), span)
    }

    pub(super) fn push_block(&mut self, block: Block, span: Span) -> ExprId {
        let blocks = &mut self.facts.tree.blocks;
        blocks.push(block);
        let index = blocks.len() as u32 - 1;
        self.push_expr(ExprKind::Block(index), span)
    }
}

fn literal(lit: &Lit) -> Literal {
    match lit {
        Lit::Str(text) => Literal::Str(Sym::from(text.value())),
        Lit::ByteStr(bytes) => Literal::Str(Sym::from(String::from_utf8_lossy(&bytes.value()).as_ref())),
        Lit::CStr(text) => Literal::Str(Sym::from(text.value().to_string_lossy().as_ref())),
        Lit::Int(number) => Literal::Int(number.base10_parse().unwrap_or(u64::MAX)),
        Lit::Bool(value) => Literal::Bool(value.value),
        Lit::Char(_) | Lit::Byte(_) => Literal::Char,
        _ => Literal::Float,
    }
}
