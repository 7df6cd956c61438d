//! Rust files as the lexer sees them, so that a word in a comment or in a string is not taken for code.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token outside comments, attributes and `#[cfg(test)]` items.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    /// What the token holds, if it is a string.
    pub(crate) string: Option<String>,
}

/// The tokens of a file; brackets are tokens of their own.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    flatten(text.parse().expect("the brackets of our own files match"), &mut found);
    found
}

/// The lines where some tokens follow each other.
pub(crate) fn lines_with(tokens: &[Token], wanted: &[&str]) -> Vec<usize> {
    let fits = |window: &&[Token]| window.iter().zip(wanted).all(|(token, wanted)| token.text == *wanted);
    tokens.windows(wanted.len()).filter(fits).map(|window| window[0].line).collect()
}

fn flatten(stream: TokenStream, found: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        if let Some((attribute, after)) = attribute(tree, &trees[at..]) {
            at += after;
            if attribute == "cfg (test)" {
                let is_body =
                    |tree: &TokenTree| matches!(tree, TokenTree::Group(it) if it.delimiter() == Delimiter::Brace);
                at += trees[at..].iter().position(is_body).map_or(0, |body| body + 1);
            }
            continue;
        }
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                found.push(Token { text: open.to_owned(), line, string: None });
                flatten(group.stream(), found);
                found.push(Token { text: close.to_owned(), line: group.span_close().start().line, string: None });
            }
            TokenTree::Literal(literal) => {
                let string = match syn::Lit::new(literal.clone()) {
                    syn::Lit::Str(string) => Some(string.value()),
                    _ => None,
                };
                found.push(Token { text: literal.to_string(), line, string });
            }
            other => found.push(Token { text: other.to_string(), line, string: None }),
        }
    }
}

/// What stands in an attribute that starts here, and how many tokens come after its `#`.
fn attribute(tree: &TokenTree, after: &[TokenTree]) -> Option<(String, usize)> {
    let is = |tree: &TokenTree, sign| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign);
    if !is(tree, '#') {
        return None;
    }
    let inner = usize::from(after.first().is_some_and(|tree| is(tree, '!')));
    match after.get(inner)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            Some((group.stream().to_string(), inner + 1))
        }
        _ => None,
    }
}
