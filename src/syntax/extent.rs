//! How far the statements or items behind some bytes go.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::text::{Text, too_deep, without_preamble};
use crate::source::Span;

/// The extents of the first statements, items or match arms that start behind some bytes, each in the innermost braces
/// around its byte. `None` where there is none, or where the text cannot be lexed.
pub fn extents_after(text: &str, bytes: &[u32]) -> Vec<Option<Span>> {
    search(text, bytes, |search, tokens, queries| search.extents(tokens, queries))
}

/// The innermost braces around some bytes; `None` where one is in none, or where the text cannot be lexed.
pub fn braces_around(text: &str, bytes: &[u32]) -> Vec<Option<Span>> {
    search(text, bytes, |search, tokens, queries| search.braces(tokens, queries, None))
}

/// Looks for what there is at some bytes. The text is lexed once and walked once, however many bytes there are.
fn search(
    text: &str,
    bytes: &[u32],
    find: impl FnOnce(&mut Search<'_>, TokenStream, &[(u32, usize)]),
) -> Vec<Option<Span>> {
    let mut found = vec![None; bytes.len()];
    let blanked = without_preamble(text);
    let text = blanked.as_deref().unwrap_or(text);
    if bytes.is_empty() || too_deep(text).is_some() {
        return found;
    }
    let Ok(tokens) = TokenStream::from_str(text) else { return found };
    let mut queries: Vec<(u32, usize)> = bytes.iter().copied().zip(0..).collect();
    queries.sort_unstable();
    find(&mut Search { text: &Text::new(text), found: &mut found }, tokens, &queries);
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

struct Search<'t> {
    text: &'t Text<'t>,
    /// What is found, by the number of the query.
    found: &'t mut [Option<Span>],
}

impl Search<'_> {
    /// Answers queries, which are in the order of their bytes, in some tokens.
    fn extents(&mut self, tokens: TokenStream, mut queries: &[(u32, usize)]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut ends: Option<Ends> = None;
        for (index, token) in tokens.iter().enumerate() {
            if queries.is_empty() {
                return;
            }
            let span = self.text.span(token.span());
            let before = queries.partition_point(|(byte, _)| *byte <= span.start);
            let (here, rest) = queries.split_at(before);
            if !here.is_empty() {
                let last = ends.get_or_insert_with(|| Ends::of(&tokens)).last_token(&tokens, index);
                let end = tokens.get(last).map_or(span.end, |token| self.text.end(token.span()));
                for (_, number) in here {
                    self.found[*number] = Some(Span::new(span.start, end));
                }
            }
            queries = rest;
            if let TokenTree::Group(group) = token {
                let (inside, rest) = queries.split_at(queries.partition_point(|(byte, _)| *byte < span.end));
                if !inside.is_empty() {
                    self.extents(group.stream(), inside);
                }
                queries = rest;
            }
        }
    }

    /// Answers queries, which are in the order of their bytes, in some tokens that stand in these braces.
    fn braces(&mut self, tokens: TokenStream, mut queries: &[(u32, usize)], around: Option<Span>) {
        for (_, number) in queries {
            self.found[*number] = around;
        }
        for token in tokens {
            let TokenTree::Group(group) = token else { continue };
            let span = self.text.span(group.span());
            queries = &queries[queries.partition_point(|(byte, _)| *byte <= span.start)..];
            let (inside, rest) = queries.split_at(queries.partition_point(|(byte, _)| *byte < span.end));
            if !inside.is_empty() {
                let innermost = if group.delimiter() == Delimiter::Brace { Some(span) } else { around };
                self.braces(group.stream(), inside, innermost);
            }
            queries = rest;
            if queries.is_empty() {
                return;
            }
        }
    }
}

/// Where statements, items and arms can end in some tokens: the indices, in order.
#[derive(Default)]
struct Ends {
    semicolons: Vec<usize>,
    commas: Vec<usize>,
    /// `=>`
    arrows: Vec<usize>,
    /// Braces behind which nothing goes on.
    braces: Vec<usize>,
}

impl Ends {
    fn of(tokens: &[TokenTree]) -> Ends {
        let mut ends = Ends::default();
        for (index, token) in tokens.iter().enumerate() {
            let next = tokens.get(index + 1);
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ';' => ends.semicolons.push(index),
                TokenTree::Punct(mark) if mark.as_char() == ',' => ends.commas.push(index),
                TokenTree::Punct(mark) if mark.as_char() == '=' && punct(next) == Some('>') => ends.arrows.push(index),
                // `if … { } else { }`, `match … { }.await`, `Struct { } == x` go on.
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::Brace
                        && !matches!(punct(next), Some('.' | '?' | '=' | '+' | '-' | '&' | '|' | ',' | ';' | '<'))
                        && !next.is_some_and(|next| is_word(next, &["else"])) =>
                {
                    ends.braces.push(index);
                }
                _ => {}
            }
        }
        ends
    }

    /// The index of the last token of the statement, item or arm that starts at one.
    fn last_token(&self, tokens: &[TokenTree], mut from: usize) -> usize {
        // Attributes belong to what follows them.
        while punct(tokens.get(from)) == Some('#') && matches!(tokens.get(from + 1), Some(TokenTree::Group(_))) {
            from += 2;
        }
        let to_semicolon =
            tokens.get(from).is_some_and(|token| is_word(token, &["let", "use", "static", "type", "return"]));
        let next = |indices: &[usize], from: usize| indices.get(indices.partition_point(|at| *at < from)).copied();
        let brace = if to_semicolon { None } else { next(&self.braces, from) };
        let comma = next(&self.arrows, from).and_then(|arrow| next(&self.commas, arrow));
        let ends = [next(&self.semicolons, from), brace, comma];
        ends.into_iter().flatten().min().unwrap_or(tokens.len().saturating_sub(1))
    }
}

fn is_word(token: &TokenTree, words: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(word) if words.iter().any(|it| word == it))
}

fn punct(token: Option<&TokenTree>) -> Option<char> {
    match token {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let at = text.find("/*here*/").expect("the text has a mark") as u32;
        let extent = extents_after(text, &[at])[0];
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

    #[test]
    fn many_at_once() {
        let text = "fn a() { 1; b(|| { 2; 3 }); 4 } 5; fn c() {}";
        let at = |digit: char| text.find(digit).expect("it is there") as u32;
        let bytes = ['5', '1', '3', '2', '4'].map(at);
        let shown = |found: Vec<Option<Span>>| {
            found.into_iter().map(|span| span.map_or("", |span| &text[span.range()])).collect::<Vec<_>>()
        };
        assert_eq!(shown(extents_after(text, &bytes)), ["5;", "1;", "3", "2;", "4"]);
        let (body, closure) = ("{ 1; b(|| { 2; 3 }); 4 }", "{ 2; 3 }");
        assert_eq!(shown(braces_around(text, &bytes)), ["", body, closure, closure, body]);
        assert_eq!(extents_after(text, &[text.len() as u32]), [None]);
    }
}
