//! Suppression comments: `// backstop: allow(lint, reason = "…", until = "2027-03-31")`.
//!
//! At the end of a line they are for that line; alone on a line for the next statement or item; as `//!` for the file.

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::lints::LINTS;
use crate::nearest::nearest;
use crate::source::{FileId, Place, SourceFile, Sources, Span};
use crate::syntax::extent_after;

/// What introduces a suppression in a comment.
const INTRODUCTION: &str = "backstop: allow(";
/// The lint that mistakes in suppressions are reported under.
const OWN_LINT: &str = "unused_suppression";

/// The suppressions of all files.
pub struct Suppressions {
    by_file: FxHashMap<FileId, Vec<Suppression>>,
}

struct Suppression {
    /// The comment.
    place: Place,
    lints: Vec<Suppressed>,
    /// What it is for.
    covers: Span,
    has_reason: bool,
    /// What is wrong with it.
    mistake: Option<String>,
}

struct Suppressed {
    name: String,
    /// Where the name stands.
    place: Place,
    used: bool,
}

impl Suppressions {
    /// Reads the comments of all files. `today` is the day, as in `2027-03-31`, after which some have expired.
    pub fn read(sources: &Sources, today: &str) -> Suppressions {
        let mut by_file = FxHashMap::default();
        for (id, file) in sources.iter() {
            if file.text.contains(INTRODUCTION) {
                by_file.insert(id, suppressions_of(id, file, today));
            }
        }
        Suppressions { by_file }
    }

    /// Whether a finding is suppressed; remembers that the suppression was of use.
    pub fn covers(&mut self, finding: &Finding) -> bool {
        let Some(suppressions) = self.by_file.get_mut(&finding.place.file) else { return false };
        let mut covered = false;
        for suppression in suppressions.iter_mut().filter(|it| it.covers.contains(finding.place.span)) {
            for suppressed in suppression.lints.iter_mut().filter(|it| it.name == finding.lint) {
                suppressed.used = true;
                covered = true;
            }
        }
        covered
    }

    /// What is wrong with suppressions. `require_reason` makes one without a reason wrong.
    pub fn mistakes(&self, require_reason: bool) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for suppression in self.by_file.values().flatten() {
            if let Some(mistake) = &suppression.mistake {
                mistakes.push(Mistake::new(suppression.place, mistake.clone(), "suppresses nothing", None));
                continue;
            }
            if require_reason && !suppression.has_reason {
                let help = "say why: `reason = \"…\"`".to_owned();
                let message = "the suppression gives no reason, which `require-reason` asks for";
                mistakes.push(Mistake::new(suppression.place, message, "no reason", Some(help)));
            }
            mistakes.extend(suppression.lints.iter().filter(|it| !it.used && it.name != OWN_LINT).map(unused));
        }
        mistakes.sort();
        mistakes
    }

    /// Suppressions of what [`Suppressions::mistakes`] lead to that are of no use themselves: known only when all of
    /// those have been looked at, and not to be suppressed by themselves.
    pub fn idle(&self) -> Vec<Mistake> {
        let valid = self.by_file.values().flatten().filter(|it| it.mistake.is_none());
        let own = valid.flat_map(|it| &it.lints).filter(|it| !it.used && it.name == OWN_LINT);
        let mut mistakes: Vec<Mistake> = own.map(unused).collect();
        mistakes.sort();
        mistakes
    }
}

fn unused(suppressed: &Suppressed) -> Mistake {
    let Suppressed { name, place, .. } = suppressed;
    if LINTS.iter().any(|lint| lint.name == name) {
        let message = format!("this suppression of `{name}` suppresses nothing");
        return Mistake::new(*place, message, "not reported here", Some("remove it".to_owned()));
    }
    let near = nearest(name, LINTS.iter().map(|lint| lint.name));
    let help = near.map(|near| format!("did you mean `{near}`?"));
    Mistake::new(*place, format!("there is no lint `{name}`"), "no such lint", help)
}

/// What is wrong with a suppression, or with an entry of the configuration.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mistake {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub message: String,
    /// What stands beside it.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Mistake {
    fn new(place: Place, message: impl Into<String>, label: &str, help: Option<String>) -> Mistake {
        Mistake { place, message: message.into(), label: label.to_owned(), help }
    }
}

fn suppressions_of(file: FileId, source: &SourceFile, today: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        if let Some(comment) = comment_in(line) {
            found.extend(suppression(file, source, start, line, comment, today));
        }
        start += line.len();
    }
    found
}

/// Where the comment with a suppression starts in a line, if it is one: `//` that is not inside a string, and not in
/// documentation that speaks of suppressions.
fn comment_in(line: &str) -> Option<usize> {
    let at = line.find(INTRODUCTION)?;
    let before = line[..at].trim_end();
    let slashes = before.strip_suffix('!').unwrap_or(before);
    let start = slashes.strip_suffix("//")?.len();
    let code = line[..start].trim_start();
    let is_documentation = code.starts_with("///") || code.starts_with("//!");
    let is_in_string = !code.replace("\\\"", "").matches('"').count().is_multiple_of(2);
    (!is_documentation && !is_in_string).then_some(start)
}

fn suppression(
    file: FileId,
    source: &SourceFile,
    start: usize,
    line: &str,
    comment: usize,
    today: &str,
) -> Option<Suppression> {
    let open = line.find(INTRODUCTION)? + INTRODUCTION.len();
    let place = |from: usize, to: usize| Place { file, span: Span::new((start + from) as u32, (start + to) as u32) };
    let whole = place(comment, line.trim_end().len());
    let (arguments, mistake) = match closing(&line[open..]) {
        Some(close) => (&line[open..open + close], None),
        None => ("", Some("the suppression has no closing bracket".to_owned())),
    };
    let mut it = Suppression {
        place: whole,
        lints: Vec::new(),
        covers: covered(source, start, line, comment),
        has_reason: false,
        mistake,
    };
    let mut at = open;
    for argument in split_arguments(arguments) {
        let trimmed = argument.trim();
        let from = at + argument.len() - argument.trim_start().len();
        at += argument.len() + 1;
        match trimmed.split_once('=').map(|(key, value)| (key.trim(), value.trim().trim_matches('"'))) {
            Some(("reason", reason)) => it.has_reason = !reason.is_empty(),
            Some(("until", until)) if !is_date(until) => {
                it.mistake = Some(format!("`{until}` is not a date: write `until = \"2027-03-31\"`"));
            }
            Some(("until", until)) if until < today => {
                it.mistake = Some(format!("this suppression has expired on {until}"))
            }
            Some(("until", _)) => {}
            Some((key, _)) => it.mistake = Some(format!("unknown key `{key}` in the suppression")),
            None if trimmed.is_empty() => {}
            None => it.lints.push(Suppressed {
                name: trimmed.to_owned(),
                place: place(from, from + trimmed.len()),
                used: false,
            }),
        }
    }
    if it.lints.is_empty() && it.mistake.is_none() {
        it.mistake = Some("the suppression names no lint".to_owned());
    }
    if it.mistake.is_some() {
        // What is wrong is reported; it must not also hide findings.
        it.covers = Span::default();
    }
    Some(it)
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

/// What a suppression is for.
fn covered(source: &SourceFile, start: usize, line: &str, comment: usize) -> Span {
    let end = (start + line.len()) as u32;
    if line[comment..].starts_with("//!") {
        return Span::new(0, source.text.len() as u32);
    }
    if line[..comment].trim().is_empty() {
        return extent_after(&source.text, end).unwrap_or_default();
    }
    Span::new(start as u32, end)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let numbers: Vec<Option<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    text.len() == 10 && matches!(numbers.as_slice(), [Some(_), Some(1..=12), Some(1..=31)])
}

/// The day a number of seconds after the start of 1970, as in `2027-03-31`.
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
pub fn day_of(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(day_of(0), "1970-01-01");
        assert_eq!(day_of(951_782_400), "2000-02-29");
        assert_eq!(day_of(1_798_675_200), "2026-12-31");
    }

    #[test]
    fn comments_are_told_from_strings() {
        assert_eq!(comment_in("    x(); // backstop: allow(a)"), Some(9));
        assert_eq!(comment_in("//! backstop: allow(a)"), Some(0));
        assert_eq!(comment_in("let x = \"// backstop: allow(a)\";"), None);
        assert_eq!(comment_in("let x = \"a \\\" // backstop: allow(a)\";"), None);
        assert_eq!(comment_in("let x = \"\\\"// backstop: allow(a)\";"), None);
        assert_eq!(comment_in("//! Write `// backstop: allow(a)`."), None);
        assert_eq!(comment_in("/// see backstop: allow(a)"), None);
        assert_eq!(comment_in("//! see `// backstop: allow(a)`"), None);
        assert_eq!(comment_in("x(); // why // backstop: allow(a)"), Some(12));
    }
}
