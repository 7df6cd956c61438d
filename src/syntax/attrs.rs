//! Attributes: the arguments of those that say something.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta as SynMeta, Token};

use super::cfg::{Predicate, Presence};
use super::facts::{Attr, Meta};
use super::lower::Lower;
use super::tree::Run;
use crate::symbol::Sym;

/// The values of `#[path = "…"]`, also inside `cfg_attr`.
pub(super) fn module_paths(attrs: &[Attribute]) -> Vec<String> {
    let mut paths = Vec::new();
    for attr in attrs {
        if let SynMeta::NameValue(pair) = &attr.meta
            && pair.path.is_ident("path")
            && let Expr::Lit(lit) = &pair.value
            && let Lit::Str(text) = &lit.lit
        {
            paths.push(text.value());
        }
        for inner in conditional(attr) {
            paths.extend(module_paths(&[inner]));
        }
    }
    paths
}

/// The attributes of `#[cfg_attr(condition, …)]`, unless the condition is never met.
fn conditional(attr: &Attribute) -> Vec<Attribute> {
    let SynMeta::List(list) = &attr.meta else { return Vec::new() };
    if !list.path.is_ident("cfg_attr") {
        return Vec::new();
    }
    let parse = |input: ParseStream| {
        let predicate: Predicate = input.parse()?;
        let mut metas = Vec::new();
        while input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                metas.push(input.parse::<SynMeta>()?);
            }
        }
        Ok((predicate, metas))
    };
    match list.parse_args_with(parse) {
        Ok((predicate, metas)) if predicate.presence() == Presence::Present => {
            metas.into_iter().map(|meta| Attribute { meta, ..attr.clone() }).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether documentation is a text that something may be put into: `/// no file: {0}`, for `displaydoc`.
fn is_format(attr: &Attribute) -> bool {
    match &attr.meta {
        SynMeta::NameValue(pair) => {
            matches!(&pair.value, Expr::Lit(literal) if matches!(&literal.lit, Lit::Str(text) if text.value().contains('{')))
        }
        _ => false,
    }
}

/// Attributes that say nothing about what code does.
fn is_noise(name: &str) -> bool {
    matches!(
        name,
        "doc"
            | "allow"
            | "warn"
            | "deny"
            | "expect"
            | "inline"
            | "cold"
            | "must_use"
            | "cfg"
            | "rustfmt"
            | "serde"
            | "path"
    )
}

/// A type in an attribute is read with this many arguments at most.
const MOST_TYPE_ARGUMENTS: usize = 4;

/// One argument, as the attribute grammar of most macros has it.
enum MetaItem {
    Value(Expr),
    Named(String, Expr),
    List(String, Vec<MetaItem>),
    /// A type, or a grammar of the macro's own.
    Tokens(TokenStream),
}

impl Parse for MetaItem {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        use syn::ext::IdentExt;
        if input.peek(syn::Ident::peek_any) {
            let ahead = input.fork();
            let name = ahead.call(syn::Ident::parse_any)?.to_string();
            if ahead.peek(Token![=]) && !ahead.peek(Token![==]) {
                input.call(syn::Ident::parse_any)?;
                input.parse::<Token![=]>()?;
                return value(input, |expr| MetaItem::Named(name, expr));
            }
            if let Ok(TokenTree::Group(group)) = ahead.parse()
                && group.delimiter() == Delimiter::Parenthesis
                && is_over(&ahead)
                && let Ok(items) = Punctuated::<MetaItem, Token![,]>::parse_terminated.parse2(group.stream())
            {
                input.call(syn::Ident::parse_any)?;
                input.parse::<TokenTree>()?;
                return Ok(MetaItem::List(name, items.into_iter().collect()));
            }
        }
        value(input, MetaItem::Value)
    }
}

/// The expression up to the next comma, or what stands there if it is none: `body = Json<User>`, `Option<i16>`.
fn value(input: ParseStream, item: impl FnOnce(Expr) -> MetaItem) -> syn::Result<MetaItem> {
    // `#[error("no file: {}", .0)]`: a field of the value that the attribute is about.
    if input.peek(Token![.]) {
        let own = TokenStream::from(TokenTree::from(proc_macro2::Ident::new("self", input.span())));
        let tokens: TokenStream = own.into_iter().chain(until_comma(input)?).collect();
        return Ok(syn::parse2(tokens.clone()).map_or(MetaItem::Tokens(tokens), item));
    }
    let ahead = input.fork();
    if let Ok(expr) = ahead.parse::<Expr>()
        && is_over(&ahead)
        && !matches!(expr, Expr::Binary(_))
    {
        input.advance_to(&ahead);
        return Ok(item(expr));
    }
    let tokens = until_comma(input)?;
    let is_type = |tokens: &[TokenTree]| syn::parse2::<syn::Type>(tokens.iter().cloned().collect()).is_ok();
    // A type with arguments reads as comparisons, and those of `Map<A, B>` as several items.
    let comparison = match syn::parse2(tokens.iter().cloned().collect()) {
        Ok(expr @ Expr::Binary(_)) => Some(expr),
        Ok(expr) => return Ok(item(expr)),
        Err(_) => None,
    };
    let (ahead, mut longer) = (input.fork(), tokens.clone());
    for more in 1..=MOST_TYPE_ARGUMENTS {
        if is_type(&longer) {
            (1..more).try_for_each(|_| comma(input).and_then(|_| until_comma(input)).map(drop))?;
            return Ok(MetaItem::Tokens(TokenStream::new()));
        }
        let Ok(comma) = comma(&ahead) else { break };
        longer.push(comma);
        longer.extend(until_comma(&ahead)?);
    }
    Ok(comparison.map_or_else(|| MetaItem::Tokens(tokens.into_iter().collect()), item))
}

fn comma(input: ParseStream) -> syn::Result<TokenTree> {
    if input.peek(Token![,]) { input.parse() } else { Err(input.error("expected a comma")) }
}

fn until_comma(input: ParseStream) -> syn::Result<Vec<TokenTree>> {
    let mut tokens = Vec::new();
    while !is_over(input) {
        tokens.push(input.parse()?);
    }
    Ok(tokens)
}

/// Whether an argument ends here.
fn is_over(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// The path, call or closure that a string literal holds.
fn code_in(expr: &Expr) -> Option<Expr> {
    let Expr::Lit(lit) = expr else { return None };
    let Lit::Str(text) = &lit.lit else { return None };
    // Most strings are words for people.
    let written = text.value();
    if written.contains(' ') && !written.starts_with('|') {
        return None;
    }
    let code: Expr = text.parse().ok()?;
    matches!(code, Expr::Path(_) | Expr::Field(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Closure(_))
        .then_some(code)
}

/// Whether tokens are names, `::` and commas only.
fn is_path_list(tokens: TokenStream) -> bool {
    tokens.into_iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => matches!(punct.as_char(), ':' | ','),
        _ => false,
    })
}

impl Lower<'_> {
    /// Lowers the attributes that can say something; each of them only by its name where its arguments are of a
    /// grammar of its own.
    pub(super) fn attrs(&mut self, attrs: &[Attribute]) -> Run {
        let mut lowered = Vec::new();
        for attr in attrs {
            let Some(name) = attr.path().segments.last().map(|segment| segment.ident.to_string()) else { continue };
            if name == "cfg_attr" {
                for inner in conditional(attr) {
                    lowered.extend(self.attr(&inner));
                }
            } else if attr.path().segments.len() > 1 || !is_noise(&name) || is_format(attr) {
                lowered.extend(self.attr(attr));
            }
        }
        self.push_attrs(lowered)
    }

    fn attr(&mut self, attr: &Attribute) -> Option<Attr> {
        let span = self.text.span(attr.pound_token.span).to(self.text.span(attr.bracket_token.span.close()));
        let path = self.mod_path(attr.path());
        let first = self.facts.tree.exprs.len() as u32;
        let metas = match &attr.meta {
            SynMeta::Path(_) => Vec::new(),
            SynMeta::NameValue(pair) => vec![Meta::Value(self.expr(&pair.value))],
            // Most attributes are derives: a list of paths is read as one.
            SynMeta::List(list) if is_path_list(list.tokens.clone()) => {
                let paths = list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
                paths.into_iter().flatten().map(|path| Meta::Value(self.path_expr(&path))).collect()
            }
            SynMeta::List(list) => match list.parse_args_with(Punctuated::<MetaItem, Token![,]>::parse_terminated) {
                Ok(items) => items.into_iter().flat_map(|item| self.meta(item)).collect(),
                Err(_) => {
                    let (args, _) = self.read_tokens(list.tokens.clone());
                    args.into_iter().map(Meta::Value).collect()
                }
            },
        };
        let args = self.push_metas(metas);
        let exprs = (first, self.facts.tree.exprs.len() as u32);
        Some(Attr { path, args, exprs, span })
    }

    fn path_expr(&mut self, path: &syn::Path) -> super::tree::ExprId {
        let path = self.path(None, path);
        let span = self.facts.tree.path(path).span;
        self.push_expr(super::tree::ExprKind::Path(path), span)
    }

    fn meta(&mut self, item: MetaItem) -> Vec<Meta> {
        match item {
            MetaItem::Value(expr) => vec![Meta::Value(self.expr(&expr))],
            MetaItem::Named(name, expr) => {
                let name = Sym::from(name);
                let code = code_in(&expr).map(|code| Meta::Code(name, self.expr(&code)));
                let value = Meta::Named(name, self.expr(&expr));
                [value].into_iter().chain(code).collect()
            }
            MetaItem::Tokens(tokens) => {
                // Code in them is lowered all the same: `"/users" => get(list)`.
                self.read_tokens(tokens);
                Vec::new()
            }
            MetaItem::List(name, items) => {
                let items = items.into_iter().flat_map(|item| self.meta(item)).collect();
                vec![Meta::List(Sym::from(name), self.push_metas(items))]
            }
        }
    }

    fn push_metas(&mut self, metas: Vec<Meta>) -> Run {
        let run = Run { start: self.facts.metas.len() as u32, len: metas.len() as u32 };
        self.facts.metas.extend(metas);
        run
    }

    fn push_attrs(&mut self, attrs: Vec<Attr>) -> Run {
        let run = Run { start: self.facts.attrs.len() as u32, len: attrs.len() as u32 };
        self.facts.attrs.extend(attrs);
        run
    }
}
