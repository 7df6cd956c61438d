//! `macro_rules!` by example: writes what a matched rule stands for, and expands the calls of other known macros in it.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::rules::{Rule, first_match};
use super::template::regroup;

/// Macros that call each other are followed this far.
const DEEPEST: u32 = 64;
/// An expansion larger than this many tokens is given up.
const LARGEST: usize = 50_000;
/// A macro that writes its argument twice and calls itself with that doubles it each time: this many tokens are written
/// on the way to an expansion.
const MOST_WRITTEN: usize = 2_000_000;

/// Tokens are counted in what macros write that are called this deep.
const COUNTED_FROM: u32 = 4;

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

/// Expands a call of the macro `name`, and the calls of known macros that it writes. `in_call` says whether the tokens of
/// the call can hold calls themselves.
pub(super) fn expand(
    macros: &Macros,
    name: &str,
    call: TokenStream,
    shape: Shape,
    in_call: bool,
) -> Option<TokenStream> {
    let calls = Calls { in_call, depth: 0 };
    Expander { macros, budget: LARGEST, writes: MOST_WRITTEN }.call(name, call, shape, calls)
}

/// Where a call stands.
#[derive(Clone, Copy)]
struct Calls {
    /// Whether its tokens can hold further calls.
    in_call: bool,
    /// How many calls around it wrote it.
    depth: u32,
}

struct Expander<'m> {
    macros: &'m Macros,
    /// How many more tokens the expansion may have.
    budget: usize,
    /// How many more tokens may be written on the way.
    writes: usize,
}

impl Expander<'_> {
    fn call(&mut self, name: &str, call: TokenStream, shape: Shape, calls: Calls) -> Option<TokenStream> {
        if calls.depth > DEEPEST {
            return None;
        }
        let (rule, bindings) = first_match(self.macros.get(name)?, call)?;
        let written = rule.template.write(&bindings);
        if !calls.in_call && !rule.template.calls {
            return Some(written);
        }
        // Counting costs as much as writing, and nothing has grown much before that.
        if calls.depth > COUNTED_FROM {
            self.writes = without_size(self.writes, written.clone())?;
        }
        self.inner(written, shape, calls.depth + 1)
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
                && let Some(expanded) = self.call(&name, group.stream(), shape, Calls { in_call: true, depth })
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

/// What is left of a number of tokens when those of a stream are taken away; `None` if there are more.
fn without_size(left: usize, tokens: TokenStream) -> Option<usize> {
    tokens.into_iter().try_fold(left, |left, token| match token {
        TokenTree::Group(group) => without_size(left.checked_sub(1)?, group.stream()),
        _ => left.checked_sub(1),
    })
}
