//! Text from the sources, for terminals and logs: what they would obey is shown instead.
//!
//! A name or a line of somebody else's code can hold escape sequences that clear the screen, change its title or type a
//! command, and marks that show text in another order than it has (<https://trojansource.codes>).

use std::borrow::Cow;
use std::io::{self, Write};

use codespan_reporting::term::termcolor::{ColorSpec, WriteColor};

/// The picture of the first control character, U+0000; the others follow in their order.
const PICTURES: u32 = 0x2400;
/// That of the last one, U+007F.
const DELETE: char = '\u{2421}';

/// The text with a picture in place of each character that is no text: `␛`.
pub(super) fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let picture = |char: char| match char {
        '\u{7f}' => DELETE,
        char if !is_obeyed(char) => char,
        '\0'..'\u{20}' => char::from_u32(PICTURES + u32::from(char)).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::REPLACEMENT_CHARACTER,
    };
    Cow::Owned(text.chars().map(picture).collect())
}

/// Whether a terminal does something with a character other than showing it in its place.
fn is_obeyed(char: char) -> bool {
    let reorders =
        matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    reorders || char.is_control() && !matches!(char, '\n' | '\t')
}

/// Writes text neutral, and colours as they are.
pub struct Neutral<W>(pub W);

impl<W: Write> Write for Neutral<W> {
    /// Whoever writes here writes whole characters.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(neutral(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: WriteColor> WriteColor for Neutral<W> {
    fn supports_color(&self) -> bool {
        self.0.supports_color()
    }

    fn set_color(&mut self, spec: &ColorSpec) -> io::Result<()> {
        self.0.set_color(spec)
    }

    fn reset(&mut self) -> io::Result<()> {
        self.0.reset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_obey_is_shown() {
        assert_eq!(neutral("a\u{1b}[31mb\u{7}\u{7f}\r"), "a␛[31mb␇␡␍");
        assert_eq!(neutral("\u{9b}31m \u{202e}x\u{2066}"), "\u{fffd}31m \u{fffd}x\u{fffd}");
    }

    #[test]
    fn text_stays_as_it_is() {
        let text = "naïve 日本 👩‍🚀\n\tשלום";
        assert!(matches!(neutral(text), Cow::Borrowed(same) if same == text));
    }
}
