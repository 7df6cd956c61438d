//! Parses a text item by item: what is only for tests is skipped before it is parsed, and an item that does not parse
//! costs that item, not the file.

use proc_macro2::{Delimiter, TokenStream};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Item};

use super::cfg::is_test_name;

/// What a text holds.
pub(super) struct Parsed {
    /// `#![…]`
    pub(super) attrs: Vec<Attribute>,
    /// The items that parse.
    pub(super) items: Vec<Item>,
    /// One for each item that does not.
    pub(super) errors: Vec<syn::Error>,
}

/// Parses the items of a token stream. Fails only where no item can be told from the next.
pub(super) fn parse_items(tokens: TokenStream) -> Parsed {
    let mut parsed = Parsed { attrs: Vec::new(), items: Vec::new(), errors: Vec::new() };
    let result = (|input: ParseStream| {
        parsed.attrs = input.call(Attribute::parse_inner)?;
        while !input.is_empty() {
            if is_for_tests(input.cursor()) {
                skip_item(input)?;
                continue;
            }
            let ahead = input.fork();
            match ahead.parse::<Item>() {
                Ok(item) => {
                    syn::parse::discouraged::Speculative::advance_to(input, &ahead);
                    parsed.items.push(item);
                }
                Err(error) => {
                    parsed.errors.push(error);
                    skip_item(input)?;
                }
            }
        }
        Ok(())
    })
    .parse2(tokens);
    parsed.errors.extend(result.err());
    parsed
}

/// Whether the next item stands under `#[cfg(test)]` or `#[test]`; sees tokens only, so that a test module costs
/// nothing.
fn is_for_tests(mut cursor: Cursor) -> bool {
    while let Some((pound, after)) = cursor.punct()
        && pound.as_char() == '#'
        && let Some((inside, _, after)) = after.group(Delimiter::Bracket)
    {
        if is_test_attribute(inside) {
            return true;
        }
        cursor = after;
    }
    false
}

fn is_test_attribute(mut cursor: Cursor) -> bool {
    let Some((mut name, mut after)) = cursor.ident() else { return false };
    if name == "cfg" {
        return after.group(Delimiter::Parenthesis).is_some_and(|(inside, ..)| requires_test(inside));
    }
    loop {
        cursor = after;
        let Some((_, colon)) = cursor.punct() else { break };
        let Some((next, rest)) = colon.punct().and_then(|(_, rest)| rest.ident()) else { break };
        (name, after) = (next, rest);
    }
    is_test_name(&name.to_string())
}

/// `test`, `all(test, …)`
fn requires_test(cursor: Cursor) -> bool {
    let Some((name, after)) = cursor.ident() else { return false };
    if name == "test" {
        return after.eof();
    }
    let Some((mut inside, ..)) = after.group(Delimiter::Parenthesis) else { return false };
    if name != "all" {
        return false;
    }
    while !inside.eof() {
        if requires_test_word(inside) {
            return true;
        }
        let Some((_, next)) = inside.token_tree() else { break };
        inside = next;
    }
    false
}

/// `test` as a whole condition, not `feature = "test"` or `not(test)`.
fn requires_test_word(cursor: Cursor) -> bool {
    cursor.ident().is_some_and(|(name, after)| {
        name == "test" && (after.eof() || after.punct().is_some_and(|(punct, _)| punct.as_char() == ','))
    })
}

/// Moves past one item: up to its `;`, or past its braces where the item's kind ends with them.
fn skip_item(input: ParseStream) -> syn::Result<()> {
    input.step(|start| {
        let mut cursor = *start;
        let mut to_semicolon = false;
        while let Some((token, next)) = cursor.token_tree() {
            cursor = next;
            match token {
                proc_macro2::TokenTree::Ident(word) => {
                    to_semicolon |= word == "use" || word == "static" || word == "type";
                    to_semicolon |= word == "const" && cursor.ident().is_some_and(|(next, _)| next != "fn");
                }
                proc_macro2::TokenTree::Punct(punct) if punct.as_char() == ';' => break,
                proc_macro2::TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !to_semicolon => break,
                _ => {}
            }
        }
        Ok(((), cursor))
    })
}
