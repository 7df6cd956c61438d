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

/// What a format string prints in a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placeholder {
    /// Which argument; never [`FormatPiece::Text`].
    pub argument: FormatPiece,
    /// Whether its `Debug` form: `{:?}`.
    pub debug: bool,
}

/// The arguments that a format string prints, in order.
pub fn placeholders(format: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    split(format, |argument, debug| found.push(Placeholder { argument, debug }), |_| {});
    found
}

/// The pieces of a format string. Text that is no format string, such as `{"json": 1}`, is text.
pub fn format_pieces(format: &str) -> Vec<FormatPiece> {
    let pieces = std::cell::RefCell::new(Vec::new());
    let argument = |argument, _| pieces.borrow_mut().push(argument);
    split(format, argument, |text| pieces.borrow_mut().push(FormatPiece::Text(text)));
    pieces.into_inner()
}

/// Calls a function with each argument, and whether its `Debug` form is printed, another one with each text between.
fn split(format: &str, mut on_argument: impl FnMut(FormatPiece, bool), mut on_text: impl FnMut(String)) {
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
            let (name, spec) = inside.split_once(':').unwrap_or((inside, ""));
            Some((argument(name.trim())?, spec.trim_end().ends_with('?'), after))
        });
        match argument {
            Some((piece, debug, after)) => {
                if !text.is_empty() {
                    on_text(std::mem::take(&mut text));
                }
                on_argument(piece, debug);
                rest = after;
            }
            None => text.push_str(bracket),
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        on_text(text);
    }
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
    fn placeholders_tell_debug_from_display() {
        let found = placeholders("{a:?} {} {0:#?} {b:>8} {{c}}");
        let debug: Vec<bool> = found.iter().map(|it| it.debug).collect();
        assert_eq!(debug, [true, false, true, false]);
        assert_eq!(found[2].argument, FormatPiece::Index(0));
    }

    #[test]
    fn pieces_in_order() {
        use FormatPiece::{Index, Name, Next, Text};
        let text = |text: &str| Text(text.to_owned());
        let expected = [text("/{"), Name(crate::sym!("a")), text("}/"), Next, text("-"), Index(1), text("{\"x\": 1}")];
        assert_eq!(format_pieces("/{{{a:?}}}/{}-{1}{\"x\": 1}"), expected);
    }
}
