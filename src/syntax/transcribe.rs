//! `macro_rules!` by example: writes what a matched rule stands for, and expands the calls of other known macros in it.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::rules::{Binding, Bindings, Rule, match_rule, repetition};

/// What `$crate` is written as, since no identifier can hold a `$`.
pub(super) const DOLLAR_CRATE: &str = "__backstop_dollar_crate";

/// Macros that call each other are followed this far.
const DEEPEST: u32 = 64;
/// An expansion larger than this many tokens is given up.
const LARGEST: usize = 50_000;
/// A macro that writes its argument twice and calls itself with that doubles it each time: this many tokens are written
/// on the way to an expansion.
const MOST_WRITTEN: usize = 2_000_000;

/// The rules of the macros that an expansion can call, by name.
pub(super) type Macros = BTreeMap<String, Vec<Rule>>;

/// What the tokens of an expansion are to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Items, one after the other.
    Items,
    /// An expression or statements.
    Expr,
}

/// Expands a call of the macro `name`, and the calls of known macros that it writes.
pub(super) fn expand(macros: &Macros, name: &str, call: TokenStream, shape: Shape) -> Option<TokenStream> {
    Expander { macros, budget: LARGEST, writes: MOST_WRITTEN }.call(name, call, shape, 0)
}

struct Expander<'m> {
    macros: &'m Macros,
    /// How many more tokens the expansion may have.
    budget: usize,
    /// How many more tokens may be written on the way.
    writes: usize,
}

impl Expander<'_> {
    fn call(&mut self, name: &str, call: TokenStream, shape: Shape, depth: u32) -> Option<TokenStream> {
        if depth > DEEPEST {
            return None;
        }
        for rule in self.macros.get(name)? {
            if let Some(bindings) = match_rule(rule, call.clone()) {
                let written = transcribe(rule.transcriber.clone(), &bindings, &mut Vec::new());
                self.writes = without_size(self.writes, written.clone())?;
                return self.inner(written, shape, depth + 1);
            }
        }
        None
    }

    /// Expands the calls of known macros in some tokens.
    fn inner(&mut self, tokens: TokenStream, shape: Shape, depth: u32) -> Option<TokenStream> {
        let mut out: Vec<TokenTree> = Vec::new();
        let mut after_items = false;
        for token in tokens {
            self.budget = self.budget.checked_sub(1)?;
            // The semicolon behind a call among items goes with the call.
            if std::mem::take(&mut after_items) && matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';') {
                continue;
            }
            let TokenTree::Group(group) = token else {
                out.push(token);
                continue;
            };
            if let Some(name) = called_macro(&out).filter(|name| self.macros.contains_key(name))
                && let Some(expanded) = self.call(&name, group.stream(), shape, depth)
            {
                remove_call(&mut out);
                match shape {
                    Shape::Items => {
                        out.extend(expanded);
                        after_items = true;
                    }
                    // What stood for one expression stays one.
                    Shape::Expr => out.push(regroup(&group, Delimiter::None, expanded)),
                }
                continue;
            }
            let inner = self.inner(group.stream(), Shape::Expr, depth)?;
            out.push(regroup(&group, group.delimiter(), inner));
        }
        Some(out.into_iter().collect())
    }
}

/// The name of the macro whose call these tokens end with: `name !`.
fn called_macro(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [.., TokenTree::Ident(name), TokenTree::Punct(bang)] if bang.as_char() == '!' => Some(name.to_string()),
        _ => None,
    }
}

/// Takes `path::to::name !` off the end.
fn remove_call(tokens: &mut Vec<TokenTree>) {
    tokens.truncate(tokens.len() - 2);
    while let [.., TokenTree::Punct(first), TokenTree::Punct(second)] = tokens.as_slice()
        && first.as_char() == ':'
        && second.as_char() == ':'
    {
        let names = usize::from(matches!(tokens.get(tokens.len().wrapping_sub(3)), Some(TokenTree::Ident(_))));
        tokens.truncate(tokens.len() - 2 - names);
    }
}

fn regroup(like: &Group, delimiter: Delimiter, stream: TokenStream) -> TokenTree {
    let mut group = Group::new(delimiter, stream);
    group.set_span(like.span());
    TokenTree::Group(group)
}

/// Writes a transcriber; `at` holds the round of each repetition around it.
fn transcribe(tokens: TokenStream, bindings: &Bindings, at: &mut Vec<usize>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
        if dollar && let Some(next) = tokens.next() {
            match next {
                TokenTree::Group(group) => {
                    let (separator, _) = repetition(&mut tokens);
                    for round in 0..rounds(&group.stream(), bindings, at) {
                        if round > 0 {
                            out.extend(separator.clone());
                        }
                        at.push(round);
                        out.extend(transcribe(group.stream(), bindings, at));
                        at.pop();
                    }
                }
                TokenTree::Ident(name) if name == "crate" => {
                    out.extend([TokenTree::Ident(Ident::new(DOLLAR_CRATE, name.span()))]);
                }
                TokenTree::Ident(name) => match bindings.get(&name.to_string()).and_then(|it| bound(it, at)) {
                    Some(tokens) => out.extend(tokens),
                    None => out.extend([token, TokenTree::Ident(name)]),
                },
                other => out.extend([token, other]),
            }
            continue;
        }
        match token {
            TokenTree::Group(group) => {
                let inner = transcribe(group.stream(), bindings, at);
                out.extend([regroup(&group, group.delimiter(), inner)]);
            }
            token => out.extend([token]),
        }
    }
    out
}

/// The tokens bound in the current round of each repetition.
fn bound(binding: &Binding, at: &[usize]) -> Option<TokenStream> {
    match (binding, at) {
        (Binding::Tokens(tokens), _) => Some(tokens.clone()),
        (Binding::Sequence(rounds), [first, rest @ ..]) => bound(rounds.get(*first)?, rest),
        (Binding::Sequence(_), []) => None,
    }
}

/// How often a repetition runs: as often as the longest sequence named in it.
fn rounds(tokens: &TokenStream, bindings: &Bindings, at: &[usize]) -> usize {
    let mut most = 0;
    let mut dollar = false;
    for token in tokens.clone() {
        match &token {
            TokenTree::Ident(name) if dollar => {
                if let Some(count) = bindings.get(&name.to_string()).and_then(|it| sequence_len(it, at)) {
                    most = most.max(count);
                }
            }
            TokenTree::Group(group) => most = most.max(rounds(&group.stream(), bindings, at)),
            _ => {}
        }
        dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
    }
    most
}

fn sequence_len(binding: &Binding, at: &[usize]) -> Option<usize> {
    match (binding, at) {
        (Binding::Sequence(rounds), []) => Some(rounds.len()),
        (Binding::Sequence(rounds), [first, rest @ ..]) => sequence_len(rounds.get(*first)?, rest),
        (Binding::Tokens(_), _) => None,
    }
}
/// What is left of a number of tokens when those of a stream are taken away; `None` if there are more.
fn without_size(left: usize, tokens: TokenStream) -> Option<usize> {
    tokens.into_iter().try_fold(left, |left, token| match token {
        TokenTree::Group(group) => without_size(left.checked_sub(1)?, group.stream()),
        _ => left.checked_sub(1),
    })
}
