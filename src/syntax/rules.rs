//! `macro_rules!` by example: reads the rules and matches the tokens of a call against them.
//! <https://doc.rust-lang.org/reference/macros-by-example.html>

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};

use super::template::Template;

/// One rule: what it matches and what it writes.
pub(super) struct Rule {
    pub(super) matcher: Vec<Matcher>,
    pub(super) template: Template,
}

/// A part of what a rule matches.
pub(super) enum Matcher {
    /// This token.
    Token(TokenTree),
    /// A group of this kind.
    Group(Delimiter, Vec<Matcher>),
    /// `$name:kind`
    Fragment(String, String),
    /// `$( … ) separator op`
    Repeat(Repeat),
}

pub(super) struct Repeat {
    inner: Vec<Matcher>,
    separator: Vec<TokenTree>,
    /// `?`: at most once.
    at_most_once: bool,
    /// `+`: at least once.
    at_least_once: bool,
}

/// What a name of a rule is bound to.
#[derive(Clone)]
pub(super) enum Binding {
    /// Tokens.
    Tokens(TokenStream),
    /// One binding for each repetition.
    Sequence(Vec<Binding>),
}

pub(super) type Bindings = BTreeMap<String, Binding>;

/// The rules of a macro.
pub(super) fn parse_rules(tokens: TokenStream) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Group(matcher) = token else { continue };
        let arrow = [tokens.next(), tokens.next()];
        if !arrow.iter().all(|token| matches!(token, Some(TokenTree::Punct(_)))) {
            break;
        }
        let Some(TokenTree::Group(transcriber)) = tokens.next() else { break };
        rules.push(Rule { matcher: parse_matcher(matcher.stream()), template: Template::new(transcriber.stream()) });
    }
    rules
}

fn parse_matcher(tokens: TokenStream) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
        match (dollar, token) {
            (true, _) => match tokens.next() {
                Some(TokenTree::Group(group)) => {
                    let (separator, op) = repetition(&mut tokens);
                    matchers.push(Matcher::Repeat(Repeat {
                        inner: parse_matcher(group.stream()),
                        separator,
                        at_most_once: op == '?',
                        at_least_once: op == '+',
                    }));
                }
                Some(TokenTree::Ident(name)) => {
                    let _colon = tokens.next();
                    let kind = tokens.next().map(|kind| kind.to_string()).unwrap_or_default();
                    matchers.push(Matcher::Fragment(name.to_string(), kind));
                }
                _ => {}
            },
            (false, TokenTree::Group(group)) => {
                matchers.push(Matcher::Group(group.delimiter(), parse_matcher(group.stream())));
            }
            (false, token) => matchers.push(Matcher::Token(token)),
        }
    }
    matchers
}

/// The separator and operator behind `$( … )`.
pub(super) fn repetition(tokens: &mut std::iter::Peekable<impl Iterator<Item = TokenTree>>) -> (Vec<TokenTree>, char) {
    let mut separator = Vec::new();
    for token in tokens.by_ref() {
        if let TokenTree::Punct(punct) = &token {
            let op = punct.as_char();
            let joined = punct.spacing() == proc_macro2::Spacing::Joint && separator.is_empty() && op != '?';
            if matches!(op, '*' | '+' | '?') && !(joined && op == '+') {
                return (separator, op);
            }
        }
        separator.push(token);
        if separator.len() > 3 {
            break;
        }
    }
    (separator, '*')
}

/// What the names of a rule are bound to when it matches all of `tokens`.
pub(super) fn match_rule(rule: &Rule, tokens: TokenStream) -> Option<Bindings> {
    let parse = |input: ParseStream| {
        let bindings = match_all(&rule.matcher, input)?;
        if input.is_empty() { Ok(bindings) } else { Err(input.error("more tokens than the rule takes")) }
    };
    parse.parse2(tokens).ok()
}

fn match_all(matchers: &[Matcher], input: ParseStream) -> syn::Result<Bindings> {
    let mut bindings = Bindings::new();
    for matcher in matchers {
        match matcher {
            Matcher::Token(token) => match_token(token, input)?,
            Matcher::Group(delimiter, inner) => {
                let group = next_group(input, *delimiter)?;
                let parse = |input: ParseStream| {
                    let bindings = match_all(inner, input)?;
                    if input.is_empty() { Ok(bindings) } else { Err(input.error("unexpected token")) }
                };
                bindings.extend(parse.parse2(group.stream())?);
            }
            Matcher::Fragment(name, kind) => {
                bindings.insert(name.clone(), Binding::Tokens(fragment(kind, input)?));
            }
            Matcher::Repeat(repeat) => bindings.extend(match_repeat(repeat, input)?),
        }
    }
    Ok(bindings)
}

fn match_token(token: &TokenTree, input: ParseStream) -> syn::Result<()> {
    input.step(|cursor| match cursor.token_tree() {
        Some((found, rest)) if is_same(&found, token) => Ok(((), rest)),
        _ => Err(cursor.error("another token was expected")),
    })
}

/// Whether two tokens that are no groups read the same.
fn is_same(left: &TokenTree, right: &TokenTree) -> bool {
    match (left, right) {
        (TokenTree::Ident(left), TokenTree::Ident(right)) => left == right,
        (TokenTree::Punct(left), TokenTree::Punct(right)) => left.as_char() == right.as_char(),
        (TokenTree::Literal(left), TokenTree::Literal(right)) => left.to_string() == right.to_string(),
        _ => false,
    }
}

fn next_group(input: ParseStream, delimiter: Delimiter) -> syn::Result<Group> {
    input.step(|cursor| match cursor.token_tree() {
        Some((TokenTree::Group(group), rest)) if group.delimiter() == delimiter => Ok((group, rest)),
        _ => Err(cursor.error("a group was expected")),
    })
}

fn match_repeat(repeat: &Repeat, input: ParseStream) -> syn::Result<Bindings> {
    let mut rounds: Vec<Bindings> = Vec::new();
    loop {
        let ahead = input.fork();
        let separated = rounds.is_empty() || repeat.separator.iter().all(|token| match_token(token, &ahead).is_ok());
        let full = repeat.at_most_once && !rounds.is_empty();
        if full || !separated || ahead.is_empty() {
            break;
        }
        let before = ahead.cursor();
        let Ok(bindings) = match_all(&repeat.inner, &ahead) else { break };
        if ahead.cursor() == before {
            break;
        }
        input.advance_to(&ahead);
        rounds.push(bindings);
    }
    if repeat.at_least_once && rounds.is_empty() {
        return Err(input.error("at least one repetition was expected"));
    }
    let mut names = Vec::new();
    collect_names(&repeat.inner, &mut names);
    let sequence = |name: &String| rounds.iter().filter_map(|round| round.get(name).cloned()).collect();
    Ok(names.iter().map(|name| (name.clone(), Binding::Sequence(sequence(name)))).collect())
}

fn collect_names(matchers: &[Matcher], names: &mut Vec<String>) {
    for matcher in matchers {
        match matcher {
            Matcher::Fragment(name, _) => names.push(name.clone()),
            Matcher::Group(_, inner) | Matcher::Repeat(Repeat { inner, .. }) => collect_names(inner, names),
            Matcher::Token(_) => {}
        }
    }
}

/// The tokens of a fragment. Expressions and types are kept together as a group without delimiters.
fn fragment(kind: &str, input: ParseStream) -> syn::Result<TokenStream> {
    let ahead = input.fork();
    match kind {
        "expr" | "expr_2021" => skip::<syn::Expr>(&ahead)?,
        "ty" => skip::<syn::Type>(&ahead)?,
        "ident" => drop(ahead.call(syn::Ident::parse_any)?),
        "path" => skip::<syn::Path>(&ahead)?,
        "literal" => {
            ahead.parse::<Option<syn::Token![-]>>()?;
            skip::<syn::Lit>(&ahead)?;
        }
        "lifetime" => skip::<syn::Lifetime>(&ahead)?,
        "block" => skip::<syn::Block>(&ahead)?,
        "pat" => drop(ahead.call(syn::Pat::parse_multi_with_leading_vert)?),
        "pat_param" => drop(ahead.call(syn::Pat::parse_single)?),
        "stmt" => skip::<syn::Stmt>(&ahead)?,
        "item" => skip::<syn::Item>(&ahead)?,
        "vis" => skip::<syn::Visibility>(&ahead)?,
        "meta" => skip::<syn::Meta>(&ahead)?,
        _ => skip::<TokenTree>(&ahead)?,
    }
    let tokens = between(input.cursor(), ahead.cursor());
    input.advance_to(&ahead);
    let together = matches!(kind, "expr" | "expr_2021" | "ty") && tokens.len() > 1;
    let stream: TokenStream = tokens.into_iter().collect();
    Ok(if together { TokenTree::Group(Group::new(Delimiter::None, stream)).into() } else { stream })
}

fn skip<T: syn::parse::Parse>(input: ParseStream) -> syn::Result<()> {
    input.parse::<T>().map(drop)
}

fn between(mut from: Cursor, to: Cursor) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    while from != to {
        let Some((token, next)) = from.token_tree() else { break };
        tokens.push(token);
        from = next;
    }
    tokens
}
