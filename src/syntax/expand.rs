//! Expands calls of the project's own `macro_rules!` macros and lowers what they stand for.
//!
//! Definitions and calls are put into one text, each in braces of its own, and lexed together: so every token of every
//! expansion has a position in that text, from which the caller finds its place in the sources.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Block, ImplItem};

use super::facts::{FileFacts, Impl, MacroPosition, ScopeKind};
use super::file::parse_items;
use super::lower::Lower;
use super::rules::parse_rules;
use super::transcribe::{Macros, Shape, expand};
use super::tree::{BlockFlavour, ExprId, Run, ScopeId, Type};
use crate::source::Span;

/// Calls to expand, and the macros that can be needed for that.
#[derive(Debug, Default)]
pub struct ExpandRequest<'t> {
    /// Name and rules of each macro.
    pub macros: Vec<(&'t str, &'t str)>,
    /// Macro name, tokens and position of each call.
    pub calls: Vec<(&'t str, &'t str, MacroPosition)>,
}

/// Calls that were expanded.
#[derive(Debug)]
pub struct ExpandResult {
    /// What they stand for, lowered.
    pub facts: FileFacts,
    /// Where the text of each macro, and then of each call, starts in the positions of `facts`.
    pub starts: Vec<u32>,
    /// What became of each call; `None` where no rule matches or the result cannot be parsed.
    pub calls: Vec<Option<Expanded>>,
}

/// The expansion of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// What it stands for.
    pub what: Expansion,
    /// The scope that holds everything it declares; the scopes up to `end` are inside it.
    pub scope: ScopeId,
    /// One past its last scope.
    pub end: u32,
}

/// What a call stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expansion {
    /// The items of its scope.
    Items,
    /// These functions of an impl.
    ImplItems(Vec<u32>),
    /// An expression; a block where it is several statements.
    Expr(ExprId),
}

/// Expands and lowers some calls.
pub fn expand_calls(request: &ExpandRequest<'_>) -> ExpandResult {
    let mut text = String::new();
    let mut starts = Vec::new();
    let parts = request.macros.iter().map(|(_, rules)| *rules).chain(request.calls.iter().map(|(_, call, _)| *call));
    for part in parts {
        text.push('{');
        starts.push(text.len() as u32);
        text.push_str(part);
        text.push_str("\n}\n");
    }
    let mut lower = Lower::new(&text);
    lower.facts.lines = 0;
    let groups: Vec<TokenStream> = TokenStream::from_str(&text)
        .into_iter()
        .flatten()
        .filter_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        })
        .collect();
    let mut calls = vec![None; request.calls.len()];
    if groups.len() == starts.len() {
        let (rules, tokens) = groups.split_at(request.macros.len());
        let mut macros = Macros::new();
        for ((name, _), rules) in request.macros.iter().zip(rules) {
            macros.entry((*name).to_owned()).or_insert_with(|| parse_rules(rules.clone()));
        }
        for (index, (call, tokens)) in request.calls.iter().zip(tokens).enumerate() {
            let shape = if call.2 == MacroPosition::Expr { Shape::Expr } else { Shape::Items };
            let expanded = expand(&macros, call.0, tokens.clone(), shape, call.1.contains('!'));
            calls[index] = expanded.and_then(|expanded| lower.expansion(expanded, call.2));
        }
    }
    let facts = lower.facts;
    proc_macro2::extra::invalidate_current_thread_spans();
    ExpandResult { facts, starts, calls }
}

impl Lower<'_> {
    fn expansion(&mut self, tokens: TokenStream, position: MacroPosition) -> Option<Expanded> {
        let mut what = None;
        let scope = self.in_scope(ScopeKind::Macro, |lower| what = lower.expanded(tokens, position));
        let end = self.facts.scopes.len() as u32;
        what.map(|what| Expanded { what, scope, end })
    }

    fn expanded(&mut self, tokens: TokenStream, position: MacroPosition) -> Option<Expansion> {
        match position {
            MacroPosition::Items => {
                let parsed = parse_items(tokens);
                if !parsed.errors.is_empty() {
                    return None;
                }
                self.items(&parsed.items);
                Some(Expansion::Items)
            }
            MacroPosition::ImplItems => {
                let items = (|input: ParseStream| {
                    let mut items: Vec<ImplItem> = Vec::new();
                    while !input.is_empty() {
                        items.push(input.parse()?);
                    }
                    Ok(items)
                })
                .parse2(tokens)
                .ok()?;
                let index = self.placeholder_impl();
                self.impl_items(index, &items);
                Some(Expansion::ImplItems(self.facts.impls[index as usize].functions.clone()))
            }
            MacroPosition::Expr => {
                let stmts = Block::parse_within.parse2(tokens).ok()?;
                Some(Expansion::Expr(match stmts.as_slice() {
                    [syn::Stmt::Expr(only, None)] => self.expr(only),
                    _ => self.stmts(&stmts, BlockFlavour::Plain, false, Span::default()),
                }))
            }
        }
    }

    /// An impl that only holds the functions of an expansion; what they are functions of, the call's own impl says.
    fn placeholder_impl(&mut self) -> u32 {
        let self_ty = self.push_type(Type::Infer);
        self.facts.impls.push(Impl {
            span: Span::default(),
            attrs: Run::default(),
            generics: super::facts::Generics::default(),
            trait_path: None,
            self_ty,
            functions: Vec::new(),
            assoc_types: Vec::new(),
            macro_calls: Vec::new(),
            scope: self.scope,
            debug_only: self.debug_only,
        });
        self.facts.impls.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{ExprKind, ItemKind};

    fn expand_one(rules: &str, call: &str, position: MacroPosition) -> ExpandResult {
        let macros = vec![("m", rules), ("inner", "($e:expr) => { $e.unwrap() };")];
        expand_calls(&ExpandRequest { macros, calls: vec![("m", call, position)] })
    }

    #[test]
    fn items_with_repetitions() {
        let rules = "($($name:ident => $ty:ty),* $(,)?) => { $(pub fn $name() -> $ty { todo!() })* };";
        let result = expand_one(rules, "a => u32, b => Vec<String>,", MacroPosition::Items);
        assert_eq!(result.calls[0].as_ref().map(|call| &call.what), Some(&Expansion::Items));
        let names: Vec<&str> = result.facts.functions.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let scope = &result.facts.scopes[1];
        assert!(scope.items.iter().all(|item| matches!(item.kind, ItemKind::Function(_))));
    }

    #[test]
    fn macros_that_call_macros() {
        let result = expand_one("($e:expr) => {{ let x = $crate::inner!($e); x }};", "query(1)", MacroPosition::Expr);
        assert!(result.calls[0].is_some());
        let unwrap = result.facts.tree.exprs.iter().find(|expr| matches!(expr.kind, ExprKind::Method { .. }));
        let span = unwrap.expect("the inner macro was expanded").span;
        let inner_start = result.starts[1];
        assert!(span.start > inner_start, "the token stands where the inner macro is defined");
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let rules =
            "(@a $x:tt) => { first($x) }; ($x:ident . $y:ident) => { second($x, $y) }; ($($t:tt)*) => { third() };";
        let name = |call| {
            let result = expand_one(rules, call, MacroPosition::Expr);
            let tree = &result.facts.tree;
            tree.paths.first().and_then(|path| tree.segment_run(path.segments).first()).map(|it| it.name.to_string())
        };
        assert_eq!(name("@a 1").as_deref(), Some("first"));
        assert_eq!(name("a.b").as_deref(), Some("second"));
        assert_eq!(name("a b c").as_deref(), Some("third"));
    }

    #[test]
    fn a_call_that_no_rule_takes_is_left_alone() {
        assert_eq!(expand_one("(only) => { 1 };", "other", MacroPosition::Expr).calls, [None]);
    }
}
