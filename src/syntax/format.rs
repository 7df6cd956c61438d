//! Format strings: their pieces, and which locals they name.

use crate::symbol::Sym;

/// A piece of a format string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatPiece {
    /// As it stands, with `{{` as `{`.
    Text(String),
    /// `{}`: the next argument.
    Next,
    /// `{0}`
    Index(usize),
    /// `{name}`
    Name(Sym),
}

/// The pieces of a format string. Text that is no format string, such as `{"json": 1}`, is text.
pub fn format_pieces(format: &str) -> Vec<FormatPiece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let bracket = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(bracket) {
            text.push_str(bracket);
            rest = after;
            continue;
        }
        let argument = rest.split_once('}').filter(|_| bracket == "{").and_then(|(inside, after)| {
            let name = inside.split(':').next().unwrap_or_default().trim();
            Some((argument(name)?, after))
        });
        match argument {
            Some((piece, after)) => {
                if !text.is_empty() {
                    pieces.push(FormatPiece::Text(std::mem::take(&mut text)));
                }
                pieces.push(piece);
                rest = after;
            }
            None => text.push_str(bracket),
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(FormatPiece::Text(text));
    }
    pieces
}

fn argument(name: &str) -> Option<FormatPiece> {
    match name {
        "" => Some(FormatPiece::Next),
        name if is_identifier(name) => Some(FormatPiece::Name(Sym::from(name))),
        name => name.parse().ok().map(FormatPiece::Index),
    }
}

/// The names in `{name}` and `{name:spec}`, in order, each once.
pub(super) fn captured_names(format: &str) -> Vec<Sym> {
    let mut names: Vec<Sym> = Vec::new();
    if !format.contains('{') {
        return names;
    }
    for piece in format_pieces(format) {
        if let FormatPiece::Name(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|other| other.is_alphanumeric() || other == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_escapes_are_not() {
        let names = |format| captured_names(format).iter().map(Sym::as_str).collect::<Vec<_>>();
        assert_eq!(names("{a} {b:?} {0} {} {{c}} {a:>width$}"), ["a", "b"]);
        assert_eq!(names("{\"json\": 1}"), Vec::<&str>::new());
        assert_eq!(names("{unclosed"), Vec::<&str>::new());
    }

    #[test]
    fn pieces_in_order() {
        use FormatPiece::{Index, Name, Next, Text};
        let text = |text: &str| Text(text.to_owned());
        let expected = [text("/{"), Name(crate::sym!("a")), text("}/"), Next, text("-"), Index(1), text("{\"x\": 1}")];
        assert_eq!(format_pieces("/{{{a:?}}}/{}-{1}{\"x\": 1}"), expected);
    }
}
