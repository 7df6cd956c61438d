//! `macro_rules!` by example: reads the rules and matches the tokens of a call against them.
//! <https://doc.rust-lang.org/reference/macros-by-example.html>

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseBuffer, ParseStream, Parser};

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

/// The first rule that matches all of `tokens`, and what its names are bound to then.
pub(super) fn first_match(rules: &[Rule], tokens: TokenStream) -> Option<(&Rule, Bindings)> {
    let mut matched = None;
    let parse = |input: ParseStream| {
        matched = rules.iter().find_map(|rule| {
            let ahead = input.fork();
            let bindings = match_all(&rule.matcher, &ahead)?;
            ahead.is_empty().then_some((rule, bindings))
        });
        Ok(())
    };
    // The rules have only looked ahead, so that this says that there are tokens left.
    let _ = parse.parse2(tokens);
    matched
}

fn match_all(matchers: &[Matcher], input: ParseStream) -> Option<Bindings> {
    let mut bindings = Bindings::new();
    for matcher in matchers {
        match matcher {
            Matcher::Token(token) => match_token(token, input)?,
            Matcher::Group(delimiter, inner) => {
                let content = next_group(input, *delimiter)?;
                bindings.extend(match_all(inner, &content)?);
                content.is_empty().then_some(())?;
            }
            Matcher::Fragment(name, kind) => {
                bindings.insert(name.clone(), Binding::Tokens(fragment(kind, input).ok()?));
            }
            Matcher::Repeat(repeat) => bindings.extend(match_repeat(repeat, input)?),
        }
    }
    Some(bindings)
}

fn match_token(token: &TokenTree, input: ParseStream) -> Option<()> {
    let (found, _) = input.cursor().token_tree()?;
    if !is_same(&found, token) {
        return None;
    }
    input.step(|cursor| Ok(((), cursor.token_tree().map_or(*cursor, |(_, rest)| rest)))).ok()
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

/// What is in the group that comes next, if it is one of this kind.
fn next_group<'i>(input: ParseStream<'i>, delimiter: Delimiter) -> Option<ParseBuffer<'i>> {
    // Groups without delimiters, which keep fragments together, are not looked into.
    let next = input.cursor().token_tree()?;
    let is_meant = matches!(next, (TokenTree::Group(group), _) if group.delimiter() == delimiter);
    is_meant.then(|| enter(input, delimiter)).and_then(Result::ok)
}

fn enter<'i>(input: ParseStream<'i>, delimiter: Delimiter) -> syn::Result<ParseBuffer<'i>> {
    let content;
    match delimiter {
        Delimiter::Parenthesis => drop(syn::parenthesized!(content in input)),
        Delimiter::Brace => drop(syn::braced!(content in input)),
        Delimiter::Bracket => drop(syn::bracketed!(content in input)),
        Delimiter::None => return Err(input.error("what stands for a fragment is no group")),
    }
    Ok(content)
}

fn match_repeat(repeat: &Repeat, input: ParseStream) -> Option<Bindings> {
    let mut rounds: Vec<Bindings> = Vec::new();
    loop {
        let ahead = input.fork();
        let separated = rounds.is_empty() || repeat.separator.iter().all(|token| match_token(token, &ahead).is_some());
        let full = repeat.at_most_once && !rounds.is_empty();
        if full || !separated || ahead.is_empty() {
            break;
        }
        let before = ahead.cursor();
        let Some(bindings) = match_all(&repeat.inner, &ahead) else { break };
        if ahead.cursor() == before {
            break;
        }
        input.advance_to(&ahead);
        rounds.push(bindings);
    }
    if repeat.at_least_once && rounds.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    collect_names(&repeat.inner, &mut names);
    let sequence = |name: &String| rounds.iter().filter_map(|round| round.get(name).cloned()).collect();
    Some(names.iter().map(|name| (name.clone(), Binding::Sequence(sequence(name)))).collect())
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
        "expr" | "expr_2021" if is_alone(&ahead, true) => skip::<TokenTree>(&ahead)?,
        "ty" if is_alone(&ahead, false) => skip::<TokenTree>(&ahead)?,
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

/// Whether what comes next is one token with nothing but a comma behind it: most of what macros are given.
fn is_alone(input: ParseStream, is_expr: bool) -> bool {
    let is_plain = input.peek(syn::Ident) || is_expr && input.peek(syn::Lit);
    let after = input.cursor().token_tree().map(|(_, after)| after);
    is_plain && after.is_some_and(|after| after.eof() || after.punct().is_some_and(|(punct, _)| punct.as_char() == ','))
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
