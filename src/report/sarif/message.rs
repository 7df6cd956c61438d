//! The texts of results: plain, with links to related locations, no longer than GitHub shows.

use crate::finding::Finding;

/// How many characters of a message are worth writing.
const LONGEST: usize = 1_000;
/// How many of the related locations are linked.
const LINKS: usize = 3;

/// What is wrong, what follows from it, the evidence as links, and what to do.
pub(super) fn result(finding: &Finding) -> String {
    let links = finding.labels.iter().take(LINKS).enumerate();
    let links: Vec<String> =
        links.map(|(index, (_, text))| format!("[{}]({})", in_link(&plain(text)), index + 1)).collect();
    let mut parts = vec![sentence(&finding.message)];
    if !links.is_empty() {
        parts.push(sentence_of(format!("see {}", links.join(", "))));
    }
    parts.extend(finding.notes.iter().map(|note| sentence(note)));
    parts.extend(finding.help.iter().map(|help| format!("help: {}", sentence(help))));
    let mut parts = parts.into_iter();
    let mut text = shortened(parts.next().unwrap_or_default());
    for part in parts {
        if text.chars().count() + 1 + part.chars().count() <= LONGEST {
            text.push('\n');
            text.push_str(&part);
        }
    }
    text
}

/// A text in which nothing is taken for a link or a placeholder (sections 3.11.5 and 3.11.6). What is code in Markdown is
/// put between quotes, as GitHub drops the backticks. Braces that hold no number stay as they are, also in the paths of
/// routes: no reader takes them for placeholders, and not all of them undo the doubling.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace('`', "'").replace("](", "] (");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let number = after[1..].find('}').map(|end| &after[1..=end]).filter(|it| is_number(it));
        let (written, length) = match number {
            Some(number) => (format!("{{{{{number}}}}}"), number.len() + 2),
            None => ("{".to_owned(), 1),
        };
        out.push_str(&written);
        rest = &after[length..];
    }
    out + rest
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_link(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn sentence(text: &str) -> String {
    sentence_of(plain(text))
}

fn sentence_of(text: String) -> String {
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_link_or_a_placeholder() {
        assert_eq!(plain("`[a](1)` in /{0}/{id}/{12"), "'[a] (1)' in /{{0}}/{id}/{12");
        assert_eq!(in_link("a[0] \\"), "a\\[0\\] \\\\");
    }

    #[test]
    fn long_texts_are_cut() {
        let text = shortened("é".repeat(2 * LONGEST));
        assert_eq!(text.chars().count(), LONGEST);
        assert!(text.ends_with("é…"));
    }
}
