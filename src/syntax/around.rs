//! The statement around a byte as text that formatting does not change, for telling findings from each other when lines
//! move and break elsewhere.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use super::text::{Text, too_deep, without_preamble};
use crate::source::Span;

/// The statement around a byte, without the blocks in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Around {
    /// Its tokens: the same however they are broken into lines, and whether or not a single expression stands in braces.
    pub code: String,
    /// Where they stand.
    pub spans: Vec<Span>,
}

/// The statements, arms or bodies of closures around some bytes, in the innermost braces; `None` where there is none, or
/// where the text cannot be lexed.
pub fn statements_around(text: &str, bytes: &[u32]) -> Vec<Option<Around>> {
    let blanked = without_preamble(text);
    let text = blanked.as_deref().unwrap_or(text);
    let tokens = if too_deep(text).is_some() { None } else { TokenStream::from_str(text).ok() };
    let Some(tokens) = tokens else { return vec![None; bytes.len()] };
    let positions = Text::new(text);
    let found = bytes.iter().map(|byte| {
        let unit = Finder { text: &positions, byte: *byte }.unit(tokens.clone(), true)?;
        let mut writer = Writer { text: &positions, code: String::new(), spans: Vec::new() };
        writer.tokens(&unit.before);
        writer.spans.clear();
        writer.tokens(&unit.tokens);
        Some(Around { code: writer.code, spans: writer.spans })
    });
    let found = found.collect();
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

struct Finder<'t> {
    text: &'t Text<'t>,
    byte: u32,
}

/// The tokens of a statement, and of what says more about it.
struct Unit {
    before: Vec<TokenTree>,
    tokens: Vec<TokenTree>,
    /// Whether it is only the pattern of an arm, which says little without what is matched.
    is_pattern: bool,
}

impl Finder<'_> {
    /// The innermost unit in some tokens. Only a block has units; other brackets are part of the one around them, except
    /// for the bodies of closures in them, which formatting puts into braces at will.
    fn unit(&self, tokens: TokenStream, is_block: bool) -> Option<Unit> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let at = tokens.iter().position(|token| self.text.end(token.span()) > self.byte)?;
        let mut inner = None;
        if let TokenTree::Group(group) = &tokens[at]
            && self.text.start(group.span()) < self.byte
        {
            inner = self.unit(group.stream(), group.delimiter() == Delimiter::Brace);
        }
        if let Some(unit) = &mut inner
            && unit.is_pattern
        {
            unit.before = tokens[bounds(&tokens, 0..tokens.len(), at).start..at].to_vec();
            unit.is_pattern = false;
        }
        if inner.is_some() {
            return inner;
        }
        let body = closure_body(&tokens, at);
        if body.is_none() && !is_block {
            return None;
        }
        let range = bounds(&tokens, body.unwrap_or(0..tokens.len()), at);
        let is_pattern = is_arrow(&tokens, range.end);
        Some(Unit { before: Vec::new(), tokens: tokens[range].to_vec(), is_pattern })
    }
}

/// Where the statement around a token starts and ends.
fn bounds(tokens: &[TokenTree], within: Range<usize>, at: usize) -> Range<usize> {
    let ends_before = |index: usize| match &tokens[index] {
        TokenTree::Punct(mark) => {
            matches!(mark.as_char(), ';' | ',') || mark.as_char() == '>' && index > 0 && is_arrow(tokens, index - 1)
        }
        token => is_braces(token) && !goes_on(tokens.get(index + 1)),
    };
    let mut start = (within.start..at).rev().find(|index| ends_before(*index)).map_or(within.start, |index| index + 1);
    while is_mark(tokens.get(start), '#')
        && matches!(tokens.get(start + 1), Some(TokenTree::Group(_)))
        && start + 2 <= at
    {
        start += 2;
    }
    let ends_at = |index: usize| match &tokens[index] {
        TokenTree::Punct(mark) => matches!(mark.as_char(), ';' | ',') || is_arrow(tokens, index),
        token => is_braces(token) && !is_mark(tokens.get(index + 1), '.') && !is_mark(tokens.get(index + 1), '?'),
    };
    let end = (at + 1..within.end).find(|index| ends_at(*index)).unwrap_or(within.end);
    start..end
}

/// The body of the innermost closure around a token, among the tokens beside it.
fn closure_body(tokens: &[TokenTree], at: usize) -> Option<Range<usize>> {
    let mut innermost = None;
    let mut index = 0;
    while index < at {
        let opens = is_mark(tokens.get(index), '|') && (index == 0 || starts_expression(&tokens[index - 1]));
        let close = opens.then(|| (index + 1..tokens.len()).find(|next| is_mark(tokens.get(*next), '|'))).flatten();
        index += 1;
        if let Some(close) = close {
            let is_end = |token: &TokenTree| is_mark(Some(token), ',') || is_mark(Some(token), ';');
            let end = tokens[close..].iter().position(is_end).map_or(tokens.len(), |length| close + length);
            if close < at && at < end {
                innermost = Some(close + 1..end);
            }
            index = close + 1;
        }
    }
    innermost
}

/// Whether an expression, and no operator, comes after a token.
fn starts_expression(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(mark) => matches!(mark.as_char(), ',' | '=' | '>' | ';' | ':' | '&' | '|'),
        TokenTree::Ident(word) => {
            ["move", "async", "return", "static", "else", "in", "match", "if"].iter().any(|it| word == it)
        }
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Whether `=>` starts at a token.
fn is_arrow(tokens: &[TokenTree], index: usize) -> bool {
    let joint = matches!(tokens.get(index), Some(TokenTree::Punct(mark)) if mark.as_char() == '=' && mark.spacing() == Spacing::Joint);
    joint && is_mark(tokens.get(index + 1), '>')
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether a statement goes on behind braces: `if … { } else { }`, `match … { }.await`.
fn goes_on(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Punct(mark)) => {
            matches!(mark.as_char(), '.' | '?' | '=' | '+' | '-' | '&' | '|' | ',' | ';' | '<')
        }
        Some(TokenTree::Ident(word)) => word == "else",
        _ => false,
    }
}

struct Writer<'t> {
    text: &'t Text<'t>,
    code: String,
    spans: Vec<Span>,
}

impl Writer<'_> {
    fn tokens(&mut self, tokens: &[TokenTree]) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.group(group),
                // Where lists are broken into lines they end with one, and arms with braces need none.
                TokenTree::Punct(mark) if mark.as_char() == ',' => {}
                other => self.word(&other.to_string(), self.text.span(other.span())),
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace | Delimiter::None => ("", ""),
        };
        let is_statement = |(index, token): (usize, &TokenTree)| is_mark(Some(token), ';') && index + 1 < inner.len();
        let is_block = is_braces(&TokenTree::Group(group.clone())) && inner.iter().enumerate().any(is_statement);
        self.word(open, self.text.span(group.span_open()));
        if is_block {
            self.word("{}", self.text.span(group.span_open()));
            // What is in it is not part of the statement: its lines are not either.
            self.spans.push(self.text.span(group.span_close()));
        } else {
            self.tokens(&inner);
        }
        self.word(close, self.text.span(group.span_close()));
    }

    fn word(&mut self, word: &str, span: Span) {
        match self.spans.last_mut() {
            Some(last) => *last = last.to(span),
            None => self.spans.push(span),
        }
        if !word.is_empty() {
            self.code.push_str(word);
            self.code.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str) -> Around {
        let at = text.find("/*here*/").expect("the text has a mark") + "/*here*/".len();
        statements_around(text, &[at as u32]).remove(0).expect("there is a statement")
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(around(text).code.trim_end(), expected);
    }

    #[test]
    fn the_innermost_statement() {
        check("fn a() { x(); let y = b(1)./*here*/c(); d(); }", "let y = b ( 1 ) . c ( )");
        check("fn a() { if x { y } b()./*here*/c()?; }", "b ( ) . c ( ) ?");
        check("fn a() { if b()./*here*/c() { d(); } else { e(); } }", "if b ( ) . c ( )");
        check("fn a() { b(|x| { c(); d })./*here*/e(); }", "b ( | x | {} ) . e ( )");
        check("fn a() { match b() { C => 1, D(d) if d => e()./*here*/f(), _ => 2 } }", "e ( ) . f ( )");
        check("fn a() { match b().await { Ok(c) => c, /*here*/Err(_) => 1 } }", "match b ( ) . await Err ( _ )");
        check("fn a() { let b = B { c: 1, d: e()./*here*/f() }; }", "d : e ( ) . f ( )");
        check("/*here*/#[a] fn b() {}", "# [ a ] fn b ( )");
        check("fn b() { #[a] /*here*/ c(d, e); }", "c ( d e )");
    }

    #[test]
    fn formatting_changes_nothing() {
        let pairs = [
            (
                "fn a() { let x = b(c, d)./*here*/e(); }",
                "fn a() {\n  let x = b(\n    c,\n    d,\n  )\n  ./*here*/e();\n}",
            ),
            ("fn a() { match b { C => d./*here*/e(), } }", "fn a() { match b { C => {\n d./*here*/e()\n } } }"),
            ("fn a() { b(|x| x./*here*/c()).d(); }", "fn a() { b(|x| {\n x./*here*/c()\n }).d(); }"),
            ("fn a() { b(|x| x.c())./*here*/d(); }", "fn a() { b(|x| {\n x.c()\n })./*here*/d(); }"),
            ("fn a() { b(move || c)./*here*/d() }", "// why\nfn a() { b(move || c) /* why */ ./*here*/d() }"),
            ("fn a() { match b { C => 1, /*here*/D => 2 } }", "fn a() { match b { C => { 1 } /*here*/D => { 2 } } }"),
        ];
        for (one, other) in pairs {
            assert_eq!(around(one).code, around(other).code, "{one}");
        }
    }

    #[test]
    fn blocks_in_a_statement_are_not_part_of_it() {
        let text = "fn a() { b(|x| {\n c();\n d\n })./*here*/e(); }";
        let spans: Vec<&str> = around(text).spans.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(spans, ["b(|x| {", "})./*here*/e()"]);
        let text = "fn a() {\n b(\n c,\n )./*here*/d();\n}";
        assert_eq!(around(text).spans.len(), 1);
    }

    #[test]
    fn what_cannot_be_lexed_has_none() {
        assert_eq!(statements_around("fn a( {", &[3]), [None]);
        assert_eq!(statements_around("fn a() {}", &[20]), [None]);
    }
}
