//! From token positions to byte offsets, and what must be checked before a text is parsed at all.

use proc_macro2::{LineColumn, Span as TokenSpan};

use crate::source::{Span, line_starts};

/// A text with its line table.
pub(super) struct Text<'t> {
    text: &'t str,
    lines: Vec<u32>,
    ascii: bool,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Text { text, lines: line_starts(text), ascii: text.is_ascii() }
    }

    pub(super) fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Where a token starts. Asking a span for its line and column is several times cheaper than asking for its byte
    /// range, which counts characters from the nearest known place.
    pub(super) fn start(&self, span: TokenSpan) -> u32 {
        self.byte(span.start())
    }

    pub(super) fn end(&self, span: TokenSpan) -> u32 {
        self.byte(span.end())
    }

    pub(super) fn span(&self, span: TokenSpan) -> Span {
        Span::new(self.start(span), self.end(span))
    }

    fn byte(&self, at: LineColumn) -> u32 {
        let Some(&line) = self.lines.get(at.line.saturating_sub(1)) else { return self.text.len() as u32 };
        if self.ascii {
            return line + at.column as u32;
        }
        let rest = &self.text[line as usize..];
        let bytes = rest.char_indices().nth(at.column).map_or(rest.len(), |(byte, _)| byte);
        line + bytes as u32
    }
}

/// The text as the lexer wants it, byte for byte as long: without byte order mark, `#!` line and cargo-script
/// front matter.
pub(super) fn without_preamble(text: &str) -> Option<String> {
    let mut blank = 0;
    if text.starts_with('\u{feff}') {
        blank = '\u{feff}'.len_utf8();
    }
    let after_mark = &text[blank..];
    if after_mark.starts_with("#!") && !after_mark[2..].trim_start().starts_with('[') {
        blank += after_mark.find('\n').unwrap_or(after_mark.len());
    }
    let fence = text[blank..].trim_start();
    if let Some(front) = fence.strip_prefix("---")
        && let Some(close) = front.find("\n---")
    {
        let after = text.len() - front.len() + close + 4;
        blank = after + text[after..].find('\n').unwrap_or(text.len() - after);
    }
    (blank > 0).then(|| {
        let head: String = text[..blank].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        head + &text[blank..]
    })
}

/// More brackets inside each other than this are refused: the parser recurses, and a stack overflow cannot be caught.
/// A thousand levels took two megabytes of stack; people write about twenty.
const DEEPEST: u32 = 1_000;

/// What nests without brackets needs less for each level, and can only be counted roughly: `a << b` looks like types in
/// types, `a | b` like closures in closures.
const DEEPEST_WITHOUT_BRACKETS: u32 = 10_000;

/// Words that can stand before each other without end, as in `if if a {} {}`, and what each adds to the depth. What is
/// written with `box` is copied once for each level.
const NESTING_WORDS: [(&[u8], u32); 10] = [
    (b"become", 1),
    (b"box", 100),
    (b"break", 1),
    (b"if", 1),
    (b"in", 1),
    (b"let", 1),
    (b"match", 1),
    (b"return", 1),
    (b"while", 1),
    (b"yield", 1),
];

/// How deep the text is nested where it has been read to.
#[derive(Default)]
struct Nesting {
    brackets: u32,
    /// `A<A<A<`
    angles: u32,
    /// `&&&`, `|a| |b|`, `*const *const`, `fn() -> fn() ->`, `..=..=`, `break break`
    prefixes: u32,
}

impl Nesting {
    /// Reads one byte and says whether that was too much.
    fn is_too_deep_at(&mut self, text: &[u8], at: usize) -> bool {
        match text[at] {
            b'(' | b'[' => self.brackets += 1,
            b')' | b']' => self.brackets = self.brackets.saturating_sub(1),
            b'{' => *self = Nesting { brackets: self.brackets + 1, ..Nesting::default() },
            b'}' => *self = Nesting { brackets: self.brackets.saturating_sub(1), ..Nesting::default() },
            b';' => *self = Nesting { brackets: self.brackets, ..Nesting::default() },
            b',' => self.prefixes = 0,
            b'<' => self.angles += 1,
            b'>' if !text[..at].ends_with(b"-") && !text[..at].ends_with(b"=") => {
                self.angles = self.angles.saturating_sub(1);
            }
            b'&' | b'*' | b'|' | b'!' | b'-' => self.prefixes += 1,
            b'=' if text[..at].ends_with(b"..") => self.prefixes += 1,
            b'd' | b'e' | b'f' | b'h' | b'k' | b'n' | b't' | b'x' => self.prefixes += word_depth(text, at),
            _ => return false,
        }
        self.brackets > DEEPEST || self.angles.max(self.prefixes) > DEEPEST_WITHOUT_BRACKETS
    }
}

/// What the word that ends at a byte adds to the depth.
fn word_depth(text: &[u8], end: usize) -> u32 {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let (until, next) = text.split_at(end + 1);
    let is_meant = |(word, _): &&(&[u8], u32)| {
        until.strip_suffix(*word).is_some_and(|before| !is_part(before.last()) && !is_part(next.first()))
    };
    NESTING_WORDS.iter().find(is_meant).map_or(0, |(_, depth)| *depth)
}

/// The byte at which a text is nested deeper than the parser can take.
pub(super) fn too_deep(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let mut nesting = Nesting::default();
    // Reading everything, also strings and comments, is fast and almost always settles what counting does not.
    let may_be = can_be_too_deep(bytes) && (0..bytes.len()).any(|at| nesting.is_too_deep_at(bytes, at));
    if may_be { exact_depth(bytes) } else { None }
}

/// Whether there is enough in a text for it to be nested too deeply, wherever that stands. Counts in blocks, which
/// compilers turn into a few instructions for each: this runs over every file.
fn can_be_too_deep(bytes: &[u8]) -> bool {
    let mut brackets: i64 = 0;
    let mut others = 0;
    for block in bytes.chunks(128) {
        let opened = count(block, |byte| matches!(byte, b'(' | b'[' | b'{'));
        if brackets + opened > i64::from(DEEPEST) {
            return true;
        }
        let closed = count(block, |byte| matches!(byte, b')' | b']' | b'}'));
        brackets = (brackets + opened - closed).max(0);
        others += count(block, |byte| matches!(byte, b'<' | b'&' | b'*' | b'|' | b'!' | b'-'));
    }
    // Of words only what fits into the text can nest.
    others > i64::from(DEEPEST_WITHOUT_BRACKETS) || bytes.len() > "if ".len() * DEEPEST_WITHOUT_BRACKETS as usize
}

/// How many bytes of a block of at most 255 are of a kind.
fn count(block: &[u8], is: impl Fn(u8) -> bool) -> i64 {
    i64::from(block.iter().map(|byte| u8::from(is(*byte))).sum::<u8>())
}

/// As [`too_deep`], past strings, characters and comments.
fn exact_depth(bytes: &[u8]) -> Option<u32> {
    let mut nesting = Nesting::default();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => at += find(&bytes[at..], b"\n"),
            b'/' if bytes[at..].starts_with(b"/*") => at += find(&bytes[at..], b"*/"),
            b'"' => at += string_len(&bytes[at..]),
            b'r' if raw_hashes(&bytes[at..]).is_some() => {
                let hashes = raw_hashes(&bytes[at..]).unwrap_or_default();
                let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
                let open = hashes + 2;
                at += open + find(&bytes[at + open..], &close);
            }
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => at += 3,
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 2,
            _ if nesting.is_too_deep_at(bytes, at) => return Some(at as u32),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Offset of the last byte of the first `needle`, or of the text.
fn find(text: &[u8], needle: &[u8]) -> usize {
    let at = text.windows(needle.len()).position(|window| window == needle);
    at.map_or(text.len(), |at| at + needle.len() - 1)
}

/// Offset of the closing quote of a string that starts here.
fn string_len(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// How many `#` a raw string that starts here has.
fn raw_hashes(text: &[u8]) -> Option<usize> {
    let hashes = text[1..].iter().take_while(|&&byte| byte == b'#').count();
    (text.get(1 + hashes) == Some(&b'"')).then_some(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let open = "(".repeat(2_000);
        assert_eq!(too_deep(&open), Some(DEEPEST));
        assert_eq!(too_deep(&format!("\"{open}\"")), None);
        assert_eq!(too_deep(&format!("r##\"{open}\"## /* {open} */ // {open}\n ['(', b'\\'']")), None);
        assert_eq!(too_deep(&format!("// {open}\n{open}")), Some(2_004 + DEEPEST));
    }

    #[test]
    fn nesting_without_brackets_counts_too() {
        for piece in ["A<", "&", "|a| ", "*const ", "fn() -> ", "break ", "return ", "A<B, "] {
            let text = format!("fn a() {{ {} }}", piece.repeat(20_000));
            assert!(too_deep(&text).is_some(), "{piece}");
            let text = format!("fn a() {{ {}; }}", piece.repeat(4_000));
            assert_eq!(too_deep(&text.repeat(5)), None, "{piece}");
        }
        assert_eq!(too_deep(&format!("const A: [i8; 20000] = [{}];", "-1, ".repeat(20_000))), None);
        assert_eq!(too_deep(&"fn a() -> Vec<u8> { 1 } ".repeat(20_000)), None);
        assert_eq!(too_deep(&format!("// {}\n/* {} */ fn a() {{}}", "-".repeat(20_000), "*".repeat(20_000))), None);
    }

    #[test]
    fn a_preamble_is_blanked_and_nothing_moves() {
        let check = |text: &str, rest: &str| {
            let blanked = without_preamble(text).unwrap_or_else(|| text.to_owned());
            assert_eq!(blanked.len(), text.len());
            assert_eq!(blanked.trim_start(), rest);
        };
        check("\u{feff}fn a() {}", "fn a() {}");
        check("#!/usr/bin/env run\nfn a() {}", "fn a() {}");
        check("#![allow(x)]\nfn a() {}", "#![allow(x)]\nfn a() {}");
        check("#!/usr/bin/env run\n---\n[dependencies]\n---\nfn a() {}", "fn a() {}");
    }
}
