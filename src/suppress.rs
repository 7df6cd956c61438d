//! Suppression comments: `// backstop: allow(lint, reason = "…", until = "2027-03-31")`, and `expect` likewise.
//!
//! At the end of a line they are for that line; alone on a line for the next statement or item; as `//!` for the file, or
//! for the module that they open.

mod comment;

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::lints::{ALL, LINTS, groups};
use crate::nearest::nearest;
use crate::source::{FileId, Place, SourceFile, Sources, Span};
use crate::syntax::{braces_around, extent_after};
use comment::{Comment, INTRODUCTION, comment_in};

/// The lint that mistakes in suppressions are reported under.
const OWN_LINT: &str = "unused_suppression";

/// The suppressions of all files.
pub struct Suppressions {
    by_file: FxHashMap<FileId, Vec<Suppression>>,
}

struct Suppression {
    /// The comment.
    place: Place,
    comment: Comment,
    lints: Vec<Suppressed>,
    /// What it is for.
    covers: Span,
    /// The line that it stands in.
    line: String,
    line_number: u32,
}

struct Suppressed {
    name: String,
    /// Where the name stands.
    place: Place,
    effect: Effect,
}

/// What a suppression has done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    /// It would have suppressed what is forbidden.
    HeldOff,
    Suppresses,
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

    /// Whether a finding is suppressed, which no comment does to one that is forbidden; remembers that the suppression
    /// was of use.
    pub fn covers(&mut self, finding: &Finding, is_forbidden: bool) -> bool {
        let Some(suppressions) = self.by_file.get_mut(&finding.place.file) else { return false };
        let mut covered = false;
        for suppression in suppressions.iter_mut().filter(|it| it.covers.contains(finding.place.span)) {
            for suppressed in suppression.lints.iter_mut().filter(|it| it.name == finding.lint) {
                if is_forbidden {
                    suppressed.effect = Effect::HeldOff;
                    continue;
                }
                suppressed.effect = Effect::Suppresses;
                covered = true;
            }
        }
        covered
    }

    /// What is wrong with suppressions. `require_reason` makes one without a reason wrong.
    pub fn mistakes(&self, require_reason: bool) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for suppression in self.by_file.values().flatten() {
            if let Some(mistake) = &suppression.comment.mistake {
                let has_expired = suppression.comment.has_expired;
                let help = has_expired.then(|| format!("{}, or name a later day", suppression.removal(&[])));
                mistakes.push(Mistake::new(suppression.place, mistake.clone(), "suppresses nothing", help));
                continue;
            }
            let is_idle = suppression.lints.iter().all(|it| it.effect != Effect::Suppresses);
            if require_reason && !suppression.comment.has_reason && !is_idle {
                let help = "say why: `reason = \"…\"`".to_owned();
                let message = "the suppression gives no reason, which `require-reason` asks for";
                mistakes.push(Mistake::new(suppression.place, message, "no reason", Some(help)));
            }
            mistakes.extend(suppression.idle().filter(|it| it.name != OWN_LINT).map(|it| suppression.unused(it)));
        }
        mistakes.sort();
        mistakes
    }

    /// Suppressions of what [`Suppressions::mistakes`] lead to that are of no use themselves: known only when all of
    /// those have been looked at, and not to be suppressed by themselves.
    pub fn idle(&self) -> Vec<Mistake> {
        let valid = self.by_file.values().flatten().filter(|it| it.comment.mistake.is_none());
        let own = valid.flat_map(|it| it.idle().filter(|idle| idle.name == OWN_LINT).map(|idle| it.unused(idle)));
        let mut mistakes: Vec<Mistake> = own.collect();
        mistakes.sort();
        mistakes
    }
}

impl Suppression {
    /// The lints that it names in vain.
    fn idle(&self) -> impl Iterator<Item = &Suppressed> {
        self.lints.iter().filter(|it| it.effect != Effect::Suppresses)
    }

    fn unused(&self, suppressed: &Suppressed) -> Mistake {
        let Suppressed { name, place, effect } = suppressed;
        let mistake = |message: String, label: &str, help: Option<String>| Mistake::new(*place, message, label, help);
        if LINTS.iter().any(|lint| lint.name == name) {
            let idle: Vec<&str> = self.idle().map(|it| it.name.as_str()).collect();
            let help = Some(self.removal(if idle.len() == self.lints.len() { &[] } else { &idle }));
            return match (effect, self.comment.is_expectation) {
                (Effect::HeldOff, _) => {
                    mistake(format!("`{name}` is forbidden here, which no comment suppresses"), "held off", help)
                }
                (_, true) => mistake(format!("`{name}` is expected here and not found"), "not reported here", help),
                _ => mistake(format!("this suppression of `{name}` suppresses nothing"), "not reported here", help),
            };
        }
        if groups().iter().chain([&ALL]).any(|group| name == group) {
            let help = "name the lints: `cargo backstop lints` lists them by group".to_owned();
            return mistake(format!("`{name}` is no lint but a group"), "no lint", Some(help));
        }
        let near = nearest(name, LINTS.iter().map(|lint| lint.name));
        mistake(
            format!("there is no lint `{name}`"),
            "no such lint",
            near.map(|near| format!("did you mean `{near}`?")),
        )
    }

    /// What to remove, word for word: some lints of it, or all of it.
    fn removal(&self, lints: &[&str]) -> String {
        let line = self.line_number;
        if !lints.is_empty() {
            return format!("what is left of it: `{}`", self.comment.without(&self.line, lints));
        }
        match self.line[..self.comment.start].trim() {
            "" => format!("remove line {line}: `{}`", self.line.trim()),
            _ => format!("remove `{}` from line {line}", self.line[self.comment.start..].trim_end()),
        }
    }
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
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        if let Some(comment) = comment_in(line, today) {
            let place =
                |from: usize, to: usize| Place { file, span: Span::new((start + from) as u32, (start + to) as u32) };
            let suppressed = |(name, at): &(String, std::ops::Range<usize>)| Suppressed {
                name: name.clone(),
                place: place(at.start, at.end),
                effect: Effect::None,
            };
            found.push(Suppression {
                place: place(comment.start, line.trim_end().len()),
                lints: comment.lints.iter().map(suppressed).collect(),
                // What is wrong is reported; it must not also hide findings.
                covers: if comment.mistake.is_some() {
                    Span::default()
                } else {
                    covered(source, start, line, comment.start)
                },
                comment,
                line: line.to_owned(),
                line_number: index as u32 + 1,
            });
        }
        start += line.len();
    }
    found
}

/// What a suppression is for.
fn covered(source: &SourceFile, start: usize, line: &str, comment: usize) -> Span {
    let end = (start + line.len()) as u32;
    if line[comment..].starts_with("//!") {
        let whole = Span::new(0, source.text.len() as u32);
        return braces_around(&source.text, (start + comment) as u32).unwrap_or(whole);
    }
    if line[..comment].trim().is_empty() {
        return extent_after(&source.text, end).unwrap_or_default();
    }
    Span::new(start as u32, end)
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
}
