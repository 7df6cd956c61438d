//! Changes real sources token by token: they stay close enough to what people write to get far into the analysis.
//!
//! Nothing but the standard library is used: `tests/mutations.rs` includes this file, too.

/// A text cut into words, spaces and single signs; put together again they are the text.
pub fn pieces(text: &str) -> Vec<&str> {
    let kind = |char: char| match char {
        _ if char.is_alphanumeric() || char == '_' => 0,
        _ if char.is_whitespace() => 1,
        _ => 2,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, char) in text.char_indices() {
        let now = kind(char);
        if last.is_some_and(|last| last != now || now == 2) {
            found.push(&text[start..at]);
            start = at;
        }
        last = Some(now);
    }
    found.push(&text[start..]);
    found
}

/// Takes numbers from bytes, and zeros when there are no more.
struct Numbers<'a>(std::slice::Iter<'a, u8>);

impl Numbers<'_> {
    fn byte(&mut self) -> usize {
        self.0.next().copied().map_or(0, usize::from)
    }

    /// A number below a limit.
    fn below(&mut self, limit: usize) -> usize {
        (self.byte() << 8 | self.byte()) % limit.max(1)
    }
}

/// Changes a text as the bytes say; some changes take pieces from another text.
pub fn mutated(text: &str, other: &str, bytes: &[u8]) -> String {
    let (mut pieces, other) = (pieces(text), self::pieces(other));
    let mut numbers = Numbers(bytes.iter());
    while !numbers.0.as_slice().is_empty() && !pieces.is_empty() {
        let (what, at) = (numbers.byte(), numbers.below(pieces.len()));
        let length = 1 + numbers.byte() % 12;
        let end = (at + length).min(pieces.len());
        match what % 7 {
            0 => drop(pieces.drain(at..end)),
            1 => {
                let copy = pieces[at..end].to_vec();
                pieces.splice(at..at, copy);
            }
            2 => {
                let with = numbers.below(pieces.len());
                pieces.swap(at, with);
            }
            3 => {
                let copy = pieces[at..end].to_vec();
                let to = numbers.below(pieces.len());
                pieces.splice(to..to, copy);
            }
            4 => {
                let from = numbers.below(other.len());
                let taken = other[from..(from + length * 4).min(other.len())].to_vec();
                pieces.splice(at..at, taken);
            }
            5 => {
                let from = numbers.below(other.len());
                pieces[at] = other[from];
            }
            // Much of it, so that nesting and repetition get somewhere.
            _ => {
                let copy = pieces[at..end].repeat(1 + numbers.byte() % 16);
                pieces.splice(at..at, copy);
            }
        }
    }
    pieces.concat()
}
