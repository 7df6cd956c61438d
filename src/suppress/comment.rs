//! One suppression comment: `// backstop: allow(lint, reason = "…", until = "2027-03-31")`.

use std::ops::Range;

use crate::nearest::nearest;

/// What introduces a suppression in a comment.
pub(super) const INTRODUCTION: &str = "backstop:";

/// What can stand behind the introduction.
const WORDS: [&str; 2] = ["allow", "expect"];

/// A suppression as written. Places are bytes of its line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Comment {
    /// Where the comment starts.
    pub(super) start: usize,
    /// Whether it is `expect` rather than `allow`.
    pub(super) is_expectation: bool,
    /// Between the brackets.
    arguments: Range<usize>,
    /// The lints that it names, and where.
    pub(super) lints: Vec<(String, Range<usize>)>,
    pub(super) has_reason: bool,
    /// What is wrong with it.
    pub(super) mistake: Option<String>,
    /// Whether what is wrong is that its day has passed.
    pub(super) has_expired: bool,
}

/// The suppression in a line, if there is one. `today` is the day after which some have expired.
pub(super) fn comment_in(line: &str, today: &str) -> Option<Comment> {
    let (start, introduced) = introduction(line)?;
    let rest = &line[introduced..];
    let word = rest.trim_start();
    let length = word.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(word.len());
    let (word, behind) = word.split_at(length);
    let is_known = WORDS.contains(&word);
    let mut comment = Comment { start, is_expectation: word == "expect", ..Comment::default() };
    let Some(inside) = behind.trim_start().strip_prefix('(') else {
        comment.mistake = Some("the suppression names no lint: write `allow(lint)`".to_owned());
        // Anything else is a sentence.
        return is_known.then_some(comment);
    };
    if !is_known {
        let near = nearest(word, WORDS).unwrap_or_else(|| "allow".to_owned());
        comment.mistake = Some(format!("`{word}` suppresses nothing: write `{near}(…)`"));
        return Some(comment);
    }
    let open = line.len() - inside.len();
    let Some(close) = closing(inside) else {
        comment.mistake = Some("the suppression has no closing bracket".to_owned());
        return Some(comment);
    };
    comment.arguments = open..open + close;
    comment.read_arguments(line, today);
    Some(comment)
}

impl Comment {
    fn read_arguments(&mut self, line: &str, today: &str) {
        let mut at = self.arguments.start;
        for argument in split_arguments(&line[self.arguments.clone()]) {
            let trimmed = argument.trim();
            let from = at + argument.len() - argument.trim_start().len();
            at += argument.len() + 1;
            match trimmed.split_once('=').map(|(key, value)| (key.trim(), value.trim().trim_matches('"'))) {
                Some(("reason", reason)) => self.has_reason = !reason.trim().is_empty(),
                Some(("until", until)) if !is_date(until) => {
                    self.mistake = Some(format!("`{until}` is not a date: write `until = \"2027-03-31\"`"));
                }
                Some(("until", until)) if until < today => {
                    self.mistake = Some(format!("this suppression has expired on {until}"));
                    self.has_expired = true;
                }
                Some(("until", _)) => {}
                Some((key, _)) => {
                    self.mistake =
                        Some(format!("unknown key `{key}` in the suppression: there are `reason` and `until`"));
                }
                None if trimmed.is_empty() => {}
                None => self.lints.push((trimmed.to_owned(), from..from + trimmed.len())),
            }
        }
        if self.lints.is_empty() && self.mistake.is_none() {
            self.mistake = Some("the suppression names no lint: write `allow(lint)`".to_owned());
        }
    }

    /// The comment without some of the lints that it names.
    pub(super) fn without(&self, line: &str, lints: &[&str]) -> String {
        let kept: Vec<&str> = split_arguments(&line[self.arguments.clone()])
            .into_iter()
            .map(str::trim)
            .filter(|argument| !lints.contains(argument))
            .collect();
        let (before, after) = (&line[self.start..self.arguments.start], &line[self.arguments.end..]);
        format!("{before}{}{}", kept.join(", "), after.trim_end())
    }
}

/// Where the comment with a suppression starts in a line, and where what it says does: `//` that is not inside a string,
/// and not in documentation that speaks of suppressions.
fn introduction(line: &str) -> Option<(usize, usize)> {
    let at = line.find(INTRODUCTION)?;
    let before = line[..at].trim_end();
    let slashes = before.strip_suffix('!').unwrap_or(before);
    let start = slashes.strip_suffix("//")?.len();
    let code = line[..start].trim_start();
    let is_documentation = code.starts_with("///") || code.starts_with("//!");
    let is_in_string = !code.replace("\\\"", "").matches('"').count().is_multiple_of(2);
    (!is_documentation && !is_in_string).then_some((start, at + INTRODUCTION.len()))
}

/// The offset of the bracket that closes the arguments.
fn closing(text: &str) -> Option<usize> {
    let mut in_string = false;
    text.char_indices().find_map(|(at, character)| match character {
        '"' => {
            in_string = !in_string;
            None
        }
        ')' if !in_string => Some(at),
        _ => None,
    })
}

/// Splits arguments at commas outside strings.
fn split_arguments(text: &str) -> Vec<&str> {
    let mut in_string = false;
    text.split(|character| {
        in_string ^= character == '"';
        character == ',' && !in_string
    })
    .collect()
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let numbers: Vec<Option<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    text.len() == 10 && matches!(numbers.as_slice(), [Some(_), Some(1..=12), Some(1..=31)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_told_from_strings() {
        let start = |line: &str| comment_in(line, "2026-01-01").map(|comment| comment.start);
        assert_eq!(start("    x(); // backstop: allow(a)"), Some(9));
        assert_eq!(start("//! backstop: allow(a)"), Some(0));
        assert_eq!(start("let x = \"// backstop: allow(a)\";"), None);
        assert_eq!(start("let x = \"a \\\" // backstop: allow(a)\";"), None);
        assert_eq!(start("let x = \"\\\"// backstop: allow(a)\";"), None);
        assert_eq!(start("//! Write `// backstop: allow(a)`."), None);
        assert_eq!(start("/// see backstop: allow(a)"), None);
        assert_eq!(start("//! see `// backstop: allow(a)`"), None);
        assert_eq!(start("x(); // why // backstop: allow(a)"), Some(12));
        assert_eq!(start("// backstop: this one is known (see below)"), None);
    }

    #[test]
    fn a_comment_without_some_lints() {
        let line = "x(); //backstop:allow( a,b , reason = \"c, d\") // e";
        let comment = comment_in(line, "2026-01-01").expect("there is one");
        assert_eq!(comment.without(line, &["a"]), "//backstop:allow(b, reason = \"c, d\") // e");
    }
}
