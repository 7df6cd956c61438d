//! Nothing to find here.

/// The first word of a line.
pub fn first_word(line: &str) -> Option<&str> {
    line.split_whitespace().next()
}
