//! What a rule of a `macro_rules!` macro writes, read once and written for every call.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::rules::{Binding, Bindings, repetition};

/// What `$crate` is written as, since no identifier can hold a `$`.
pub(super) const DOLLAR_CRATE: &str = "__backstop_dollar_crate";

/// The right side of a rule.
pub(super) struct Template {
    nodes: Vec<Node>,
    /// Whether it can hold the call of a macro, beside what stands for the names in it.
    pub(super) calls: bool,
}

enum Node {
    /// A token; a group in which no name stands for anything.
    Token(TokenTree),
    /// A group with its delimiter and position.
    Group(Group, Vec<Node>),
    /// `$name`: the tokens that are written where it stands for nothing, and the name.
    Name([TokenTree; 2], String),
    /// `$crate`
    Crate(Span),
    /// `$( … ) separator op`
    Repeat(Vec<Node>, Vec<TokenTree>),
}

impl Template {
    pub(super) fn new(tokens: TokenStream) -> Template {
        let mut calls = false;
        let nodes = nodes(tokens, &mut calls);
        Template { nodes, calls }
    }

    /// Writes it with what the names stand for.
    pub(super) fn write(&self, bindings: &Bindings) -> TokenStream {
        write(&self.nodes, bindings, &mut Vec::new()).into_iter().collect()
    }
}

fn nodes(tokens: TokenStream, calls: &mut bool) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '$' => {}
            TokenTree::Punct(punct) => {
                *calls |= punct.as_char() == '!';
                nodes.push(Node::Token(token));
                continue;
            }
            TokenTree::Group(group) => {
                let inner = self::nodes(group.stream(), calls);
                let plain = inner.iter().all(|node| matches!(node, Node::Token(_)));
                nodes.push(if plain { Node::Token(token) } else { Node::Group(group.clone(), inner) });
                continue;
            }
            _ => {
                nodes.push(Node::Token(token));
                continue;
            }
        }
        match tokens.next() {
            Some(TokenTree::Group(group)) => {
                let inner = self::nodes(group.stream(), calls);
                let (separator, _) = repetition(&mut tokens);
                nodes.push(Node::Repeat(inner, separator));
            }
            Some(TokenTree::Ident(name)) if name == "crate" => nodes.push(Node::Crate(name.span())),
            Some(TokenTree::Ident(name)) => {
                let text = name.to_string();
                nodes.push(Node::Name([token, TokenTree::Ident(name)], text));
            }
            other => nodes.extend([Some(token), other].into_iter().flatten().map(Node::Token)),
        }
    }
    nodes
}

/// Writes nodes; `at` holds the round of each repetition around them.
fn write(nodes: &[Node], bindings: &Bindings, at: &mut Vec<usize>) -> Vec<TokenTree> {
    let mut out = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Token(token) => out.push(token.clone()),
            Node::Group(group, inner) => {
                let inner = write(inner, bindings, at).into_iter().collect();
                out.push(regroup(group, group.delimiter(), inner));
            }
            Node::Name(written, name) => match bindings.get(name).and_then(|it| bound(it, at)) {
                Some(tokens) => out.extend(tokens),
                None => out.extend(written.iter().cloned()),
            },
            Node::Crate(span) => out.push(TokenTree::Ident(Ident::new(DOLLAR_CRATE, *span))),
            Node::Repeat(inner, separator) => {
                for round in 0..rounds(inner, bindings, at) {
                    if round > 0 {
                        out.extend(separator.iter().cloned());
                    }
                    at.push(round);
                    out.extend(write(inner, bindings, at));
                    at.pop();
                }
            }
        }
    }
    out
}

/// A group like another one with other tokens in it.
pub(super) fn regroup(like: &Group, delimiter: Delimiter, stream: TokenStream) -> TokenTree {
    let mut group = Group::new(delimiter, stream);
    group.set_span(like.span());
    TokenTree::Group(group)
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
fn rounds(nodes: &[Node], bindings: &Bindings, at: &[usize]) -> usize {
    let lengths = nodes.iter().map(|node| match node {
        Node::Name(_, name) => bindings.get(name).and_then(|it| sequence_len(it, at)).unwrap_or(0),
        Node::Group(_, inner) | Node::Repeat(inner, _) => rounds(inner, bindings, at),
        Node::Token(_) | Node::Crate(_) => 0,
    });
    lengths.max().unwrap_or(0)
}

fn sequence_len(binding: &Binding, at: &[usize]) -> Option<usize> {
    match (binding, at) {
        (Binding::Sequence(rounds), []) => Some(rounds.len()),
        (Binding::Sequence(rounds), [first, rest @ ..]) => sequence_len(rounds.get(*first)?, rest),
        (Binding::Tokens(_), _) => None,
    }
}
