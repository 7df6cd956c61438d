//! How far the statement or item behind a byte goes.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::text::{Text, too_deep, without_preamble};
use crate::source::Span;

/// The extent of the first statement, item or match arm that starts behind a byte, in the innermost braces around it.
/// `None` where there is none, or where the text cannot be lexed.
pub fn extent_after(text: &str, byte: u32) -> Option<Span> {
    let blanked = without_preamble(text);
    let text = blanked.as_deref().unwrap_or(text);
    if too_deep(text).is_some() {
        return None;
    }
    let positions = Text::new(text);
    let tokens = TokenStream::from_str(text).ok()?;
    let extent = find(&positions, tokens, byte);
    proc_macro2::extra::invalidate_current_thread_spans();
    extent
}

/// The innermost braces around a byte; `None` where it is in none, or where the text cannot be lexed.
pub fn braces_around(text: &str, byte: u32) -> Option<Span> {
    let blanked = without_preamble(text);
    let text = blanked.as_deref().unwrap_or(text);
    if too_deep(text).is_some() {
        return None;
    }
    let positions = Text::new(text);
    let mut tokens = TokenStream::from_str(text).ok()?;
    let mut innermost = None;
    loop {
        let around = tokens.into_iter().find_map(|token| match token {
            TokenTree::Group(group) => {
                let span = positions.span(group.span());
                (span.start < byte && byte < span.end).then_some((group, span))
            }
            _ => None,
        });
        let Some((group, span)) = around else { break };
        if group.delimiter() == Delimiter::Brace {
            innermost = Some(span);
        }
        tokens = group.stream();
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    innermost
}

fn find(text: &Text<'_>, tokens: TokenStream, byte: u32) -> Option<Span> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut first = None;
    for (index, token) in tokens.iter().enumerate() {
        let span = text.span(token.span());
        if let TokenTree::Group(group) = token
            && span.start < byte
            && byte < span.end
        {
            return find(text, group.stream(), byte);
        }
        if span.start >= byte {
            first = Some(index);
            break;
        }
    }
    let rest = &tokens[first?..];
    let start = text.start(rest.first()?.span());
    let end = rest.get(last_token(rest)).map_or(start, |token| text.end(token.span()));
    Some(Span::new(start, end))
}

/// The index of the last token of the statement, item or arm that some tokens start with.
fn last_token(tokens: &[TokenTree]) -> usize {
    let is_word = |token: &TokenTree, words: &[&str]| matches!(token, TokenTree::Ident(word) if words.iter().any(|it| word == it));
    let punct = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    // Attributes belong to what follows them.
    let mut from = 0;
    while punct(tokens.get(from)) == Some('#') && matches!(tokens.get(from + 1), Some(TokenTree::Group(_))) {
        from += 2;
    }
    let to_semicolon =
        tokens.get(from).is_some_and(|token| is_word(token, &["let", "use", "static", "type", "return"]));
    let mut in_arm = false;
    for (index, token) in tokens.iter().enumerate().skip(from) {
        in_arm |= punct(Some(token)) == Some('=') && punct(tokens.get(index + 1)) == Some('>');
        let ends = match token {
            TokenTree::Punct(mark) => mark.as_char() == ';' || in_arm && mark.as_char() == ',',
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !to_semicolon => {
                let next = tokens.get(index + 1);
                // `if … { } else { }`, `match … { }.await`, `Struct { } == x` go on.
                !matches!(punct(next), Some('.' | '?' | '=' | '+' | '-' | '&' | '|' | ',' | ';' | '<'))
                    && !next.is_some_and(|next| is_word(next, &["else"]))
            }
            _ => false,
        };
        if ends {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let at = text.find("/*here*/").expect("the text has a mark") as u32;
        let extent = extent_after(text, at);
        assert_eq!(extent.map(|span| &text[span.range()]), Some(expected));
    }

    #[test]
    fn statements_items_and_arms() {
        check("/*here*/ fn a() { b() } fn c() {}", "fn a() { b() }");
        check("fn a() { x(); /*here*/ let y = if z { 1 } else { 2 }; w(); }", "let y = if z { 1 } else { 2 };");
        check("fn a() { /*here*/ if z { 1 } else { 2 } w() }", "if z { 1 } else { 2 }");
        check("fn a() { /*here*/ b().await.c() }", "b().await.c()");
        check("fn a() { match b { /*here*/ C => d(), E => f() } }", "C => d(),");
        check("/*here*/ #[x] impl A { fn b() {} } const C: u8 = 1;", "#[x] impl A { fn b() {} }");
        check("/*here*/ use a::{b, c}; fn d() {}", "use a::{b, c};");
    }
}
