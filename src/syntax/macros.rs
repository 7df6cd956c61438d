//! Reads macro calls without knowing the macro: their tokens as expressions, as statements, piece by piece, or as items.
//!
//! Calls of the project's own `macro_rules!` are read too, for those that cannot be expanded; once linking has found the
//! definition, the expansion takes the place of what was read here (see `expand`).

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, Macro, MacroDelimiter, Pat, Token};

use super::facts::{Include, ItemKind, MacroCall, MacroPosition, MacroRules, ScopeKind};
use super::file::parse_items;
use super::format::captured_names;
use super::lower::{Lower, append, sym};
use super::tree::{Arm, BlockFlavour, ExprId, ExprKind, Literal, MacroId, Run};
use crate::source::Span;

/// How a macro call is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MacroUse {
    Expr,
    Stmt,
}

impl Lower<'_> {
    pub(super) fn macro_expr(&mut self, mac: &Macro, _used: MacroUse) -> ExprId {
        let name = mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let special = match name.as_str() {
            "matches" | "assert_matches" | "debug_assert_matches" => self.matches_macro(mac),
            "select" | "select_biased" => self.select_macro(mac),
            _ => None,
        };
        if let Some(expr) = special {
            return expr;
        }
        let (args, captures) = self.read_macro(mac);
        let call = self.macro_call(mac, args, captures, MacroPosition::Expr);
        let span = self.facts.macro_call(call).span;
        self.push_expr(ExprKind::Macro(call), span)
    }

    fn macro_call(&mut self, mac: &Macro, args: Run, captures: Run, position: MacroPosition) -> MacroId {
        let path = self.mod_path(&mac.path);
        let delimiters = mac.delimiter.span();
        let body = Span::new(self.text.end(delimiters.open()), self.text.start(delimiters.close()));
        let span = Span::new(self.facts.tree.path(path).span.start, body.end + 1);
        let scope = self.scope;
        self.facts.macro_calls.push(MacroCall { path, span, body, scope, args, captures, items: None, position });
        MacroId(self.facts.macro_calls.len() as u32 - 1)
    }

    fn read_macro(&mut self, mac: &Macro) -> (Run, Run) {
        let (args, captures) = match &mac.delimiter {
            MacroDelimiter::Bracket(_) => self.read_list(&mac.tokens),
            _ => self.read_tokens(mac.tokens.clone()),
        };
        (self.expr_run(args), self.expr_run(captures))
    }

    /// `vec![a; n]` is a list too, not two statements.
    fn read_list(&mut self, tokens: &TokenStream) -> (Vec<ExprId>, Vec<ExprId>) {
        let parts = split(tokens.clone(), &[';']);
        if parts.len() == 2 {
            return self.read_pieces(tokens.clone());
        }
        self.read_tokens(tokens.clone())
    }

    /// What reads as expressions in some tokens, and the locals that string literals among them name.
    pub(super) fn read_tokens(&mut self, tokens: TokenStream) -> (Vec<ExprId>, Vec<ExprId>) {
        if tokens.is_empty() {
            return (Vec::new(), Vec::new());
        }
        if let Ok(list) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            let exprs: Vec<ExprId> = list.iter().map(|expr| self.expr(expr)).collect();
            let captures = self.captures(&exprs);
            return (exprs, captures);
        }
        if let Ok(stmts) = Block::parse_within.parse2(tokens.clone()) {
            return (vec![self.stmts(&stmts, BlockFlavour::Plain, false, Span::default())], Vec::new());
        }
        self.read_pieces(tokens)
    }

    /// Reads what stands between commas, semicolons and `=>`, and inside brackets where a piece is no expression.
    fn read_pieces(&mut self, tokens: TokenStream) -> (Vec<ExprId>, Vec<ExprId>) {
        let mut exprs = Vec::new();
        let mut captures = Vec::new();
        for piece in split(tokens, &[',', ';', '>']) {
            let (label, piece) = labelled(&piece);
            if piece.is_empty() {
                continue;
            }
            if let Ok(expr) = syn::parse2::<Expr>(piece.iter().cloned().collect()) {
                let expr = self.expr(&expr);
                self.label(label, expr);
                captures.extend(self.captures(&[expr]));
                exprs.push(expr);
                continue;
            }
            // `"key": { … }`: what the label is for is not read as one expression.
            if label.is_some() {
                let span = self.text.span(piece[0].span());
                let expr = self.push_expr(ExprKind::Opaque, span);
                self.label(label, expr);
                exprs.push(expr);
            }
            for token in piece {
                if let TokenTree::Group(group) = token {
                    let (inner, inner_captures) = self.read_tokens(group.stream());
                    exprs.extend(inner);
                    captures.extend(inner_captures);
                }
            }
        }
        (exprs, captures)
    }

    /// Remembers the label of what was read last.
    fn label(&mut self, label: Option<&TokenTree>, expr: ExprId) {
        let name = match label {
            Some(TokenTree::Ident(ident)) => Some(sym(ident)),
            Some(TokenTree::Literal(literal)) => syn::parse_str::<syn::LitStr>(&literal.to_string())
                .ok()
                .map(|text| crate::symbol::Sym::from(text.value())),
            _ => None,
        };
        self.facts.tree.labels.extend(name.map(|name| (expr, name)));
    }

    /// A path expression for each `{name}` in the string literals among `exprs`.
    fn captures(&mut self, exprs: &[ExprId]) -> Vec<ExprId> {
        let mut captures = Vec::new();
        for &expr in exprs {
            let it = self.facts.tree.expr(expr);
            if let ExprKind::Literal(Literal::Str(text)) = it.kind {
                captures.extend(captured_names(text.as_str()).into_iter().map(|name| self.name_expr(name, it.span)));
            }
        }
        captures
    }

    /// `matches!(value, pattern if guard)` is a condition that binds nothing outside.
    fn matches_macro(&mut self, mac: &Macro) -> Option<ExprId> {
        let parse = |input: ParseStream| {
            let value: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = input.call(Pat::parse_multi_with_leading_vert)?;
            let guard = if input.peek(Token![if]) {
                input.parse::<Token![if]>()?;
                Some(input.parse::<Expr>()?)
            } else {
                None
            };
            input.parse::<Option<Token![,]>>()?;
            let _message: TokenStream = input.parse()?;
            Ok((value, pat, guard))
        };
        let (value, pat, guard) = mac.parse_body_with(parse).ok()?;
        let value = self.expr(&value);
        let pat = self.pat(&pat);
        let span = self.text.span(mac.bang_token.span);
        let test = self.push_expr(ExprKind::Let { pat, value }, span);
        let Some(guard) = guard else { return Some(test) };
        let guard = self.expr(&guard);
        Some(self.push_expr(ExprKind::Binary { op: super::tree::BinaryOp::And, left: test, right: guard }, span))
    }

    /// `select! { pattern = future, if condition => body, …, else => body }`
    fn select_macro(&mut self, mac: &Macro) -> Option<ExprId> {
        let arms: Vec<SelectArm> = mac.parse_body_with(select_arms).ok()?;
        let mut lowered = Vec::with_capacity(arms.len());
        for arm in arms {
            let future = arm.future.map(|future| self.expr(&future));
            let pat = match &arm.pat {
                Some(pat) => self.pat(pat),
                None => self.push_pat(super::tree::Pat::Wild),
            };
            let body = self.expr(&arm.body);
            lowered.push(Arm { pat, guard: future, span: self.span_of(body), body });
        }
        let arms = append(&mut self.facts.tree.arms, lowered);
        let span = self.text.span(mac.bang_token.span);
        Some(self.push_expr(ExprKind::Select { arms }, span))
    }

    /// A macro call among items.
    pub(super) fn item_macro(&mut self, it: &syn::ItemMacro) {
        let name = it.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if name == "macro_rules"
            && let Some(ident) = &it.ident
        {
            let delimiters = it.mac.delimiter.span();
            let body = Span::new(self.text.end(delimiters.open()), self.text.start(delimiters.close()));
            let exported = it.attrs.iter().any(|attr| attr.path().is_ident("macro_export"));
            let rules = MacroRules { name: sym(ident), body, debug_only: self.debug_only, exported };
            self.facts.macro_rules.push(rules);
            self.declare(sym(ident), ItemKind::MacroRules(self.facts.macro_rules.len() as u32 - 1));
            return;
        }
        if name == "include"
            && let Ok(path) = it.mac.parse_body::<syn::LitStr>()
        {
            let span = self.text.span(path.span());
            self.here().includes.push(Include { path: path.value(), span });
            return;
        }
        let call = self.macro_call(&it.mac, Run::default(), Run::default(), MacroPosition::Items);
        if let Some(items) = items_in(&it.mac.tokens) {
            let scope = self.in_scope(ScopeKind::Macro, |lower| lower.items(&items));
            self.facts.macro_calls[call.0 as usize].items = Some(scope);
        }
        self.here().macro_calls.push(call);
    }

    /// A macro call among the items of an impl: only its expansion, if there is one, says anything.
    pub(super) fn impl_macro(&mut self, mac: &Macro) -> MacroId {
        self.macro_call(mac, Run::default(), Run::default(), MacroPosition::ImplItems)
    }
}

/// One arm of a `select!`.
struct SelectArm {
    pat: Option<Pat>,
    future: Option<Expr>,
    body: Expr,
}

fn select_arms(input: ParseStream) -> syn::Result<Vec<SelectArm>> {
    let mut arms = Vec::new();
    if input.peek(syn::Ident) && input.peek2(Token![;]) {
        input.parse::<syn::Ident>()?; // `biased;`
        input.parse::<Token![;]>()?;
    }
    while !input.is_empty() {
        let (pat, future) = if input.peek(Token![else]) || input.peek(syn::Ident) && input.peek2(Token![=>]) {
            input.call(<syn::Ident as syn::ext::IdentExt>::parse_any)?; // `else`, `default`, `complete`
            (None, None)
        } else {
            let pat = input.call(Pat::parse_multi_with_leading_vert)?;
            input.parse::<Token![=]>()?;
            let future: Expr = input.parse()?;
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                input.parse::<Expr>()?;
            }
            (Some(pat), Some(future))
        };
        input.parse::<Token![=>]>()?;
        let body: Expr = if input.peek(syn::token::Brace) {
            let block: Block = input.parse()?;
            Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block })
        } else {
            input.parse()?
        };
        input.parse::<Option<Token![,]>>()?;
        arms.push(SelectArm { pat, future, body });
    }
    Ok(arms)
}

/// The items that tokens hold: all of them, `static ref` ones too, or those in braces (`cfg_if!`, `cfg_select!`).
fn items_in(tokens: &TokenStream) -> Option<Vec<syn::Item>> {
    let whole = parse_items(without_static_ref(tokens.clone()));
    if whole.errors.is_empty() && !whole.items.is_empty() {
        return Some(whole.items);
    }
    let mut items = Vec::new();
    for token in tokens.clone() {
        if let TokenTree::Group(group) = token
            && group.delimiter() == Delimiter::Brace
        {
            let inner = parse_items(without_static_ref(group.stream()));
            if inner.errors.is_empty() {
                items.extend(inner.items);
            }
        }
    }
    (!items.is_empty()).then_some(items)
}

/// `static ref NAME` of `lazy_static!` as `static NAME`.
fn without_static_ref(tokens: TokenStream) -> TokenStream {
    let mut after_static = false;
    tokens
        .into_iter()
        .filter(|token| {
            let is = |word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
            let drop = after_static && is("ref");
            after_static = is("static");
            !drop
        })
        .collect()
}

/// Splits tokens at some punctuation; `'>'` stands for `=>`.
fn split(tokens: TokenStream, at: &[char]) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    let mut after_equals = false;
    for token in tokens {
        let punct = match &token {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        let arrow = after_equals && punct == Some('>');
        let separator = punct.is_some_and(|punct| at.contains(&punct) && (punct != '>' || arrow));
        after_equals = punct == Some('=');
        if separator {
            if arrow {
                pieces.last_mut().map(Vec::pop);
            }
            pieces.push(Vec::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(token);
        }
    }
    pieces
}

/// A piece without what macros put before a value, `%`, `?` and a label: `name =`, `name:`, `"key":`.
fn labelled(piece: &[TokenTree]) -> (Option<&TokenTree>, &[TokenTree]) {
    let is_punct = |token: Option<&TokenTree>, wanted: &[char]| matches!(token, Some(TokenTree::Punct(punct)) if wanted.contains(&punct.as_char()));
    let is_labelled = matches!(piece.first(), Some(TokenTree::Ident(_) | TokenTree::Literal(_)))
        && is_punct(piece.get(1), &['=', ':'])
        && !is_punct(piece.get(2), &['=', ':']);
    let (label, mut rest) = if is_labelled { (piece.first(), &piece[2..]) } else { (None, piece) };
    while is_punct(rest.first(), &['%', '?']) {
        rest = &rest[1..];
    }
    (label, rest)
}
