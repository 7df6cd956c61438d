//! The file of a baseline: JSON, sorted, one entry a line, so that a change of it reads well beside the change of the code.

use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Baseline;
use crate::error::{ConfigError, Error};
use crate::source::line_starts;

/// The version of the form: raised when entries of before are not understood any more.
const VERSION: u64 = 1;

/// A known finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The file, relative to the folder of the baseline.
    pub file: String,
    /// The function.
    pub function: String,
    /// The lint.
    pub lint: String,
    /// What stands for its code in any place.
    pub code: String,
    /// What stands for it in this place.
    pub fingerprint: String,
}

#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version")]
    _version: u64,
    findings: Vec<Entry>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not one of a form that is known.
    pub fn read(path: &Path) -> Result<Baseline, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::NoBaseline { path: path.to_path_buf() });
            }
            Err(error) => return Err(failed("read", path, &error)),
        };
        let entries = entries(&text).map_err(|(span, message, help)| {
            let (path, help) = (path.to_path_buf(), Some(help.to_owned()));
            Error::BaselineText(Box::new(ConfigError { path, text: text.clone(), span, message, help }))
        })?;
        Ok(Baseline { path: path.to_path_buf(), entries })
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// When that fails.
    pub fn write(&self) -> Result<(), Error> {
        let failed = |error: std::io::Error| failed("write", &self.path, &error);
        // What is there stays as it is until all of the new one is written.
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        std::fs::write(&beside, self.text()).map_err(failed)?;
        std::fs::rename(&beside, &self.path).map_err(failed)
    }

    fn text(&self) -> String {
        let mut entries = self.entries.clone();
        entries.sort();
        let lines: Vec<String> = entries
            .iter()
            .map(|entry| format!("\n    {}", serde_json::to_string(entry).expect("texts can always be written")))
            .collect();
        let end = if lines.is_empty() { "" } else { "\n  " };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{}{end}]\n}}\n", lines.join(","))
    }
}

fn failed(verb: &'static str, path: &Path, error: &std::io::Error) -> Error {
    Error::Baseline { verb, path: path.to_path_buf(), reason: error.to_string() }
}

/// What is wrong with a text: where, what, and what to do.
type Wrong = (Range<usize>, String, &'static str);

fn entries(text: &str) -> Result<Vec<Entry>, Wrong> {
    let head: Head = serde_json::from_str(text).map_err(|error| malformed(text, &error))?;
    if head.version != VERSION {
        let start = text.find("\"version\"").unwrap_or_default();
        let message = format!("a baseline of version {}, where this backstop knows version {VERSION}", head.version);
        let help =
            "use the backstop that has written it, or delete it and write it anew with `cargo backstop baseline`";
        return Err((start..start + "\"version\"".len(), message, help));
    }
    let document: Document = serde_json::from_str(text).map_err(|error| malformed(text, &error))?;
    Ok(document.findings)
}

fn malformed(text: &str, error: &serde_json::Error) -> Wrong {
    let line = line_starts(text).get(error.line().saturating_sub(1)).map_or(text.len(), |start| *start as usize);
    let mut start = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
    let help = if text.contains("<<<<<<<") {
        "a merge has left its marks: keep the lines of both sides, and run `cargo backstop baseline --prune`"
    } else {
        "take it from version control, or delete it and write it anew with `cargo backstop baseline`"
    };
    (start..start, format!("not a baseline: {message}"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_a_line_in_order() {
        let entry = |file: &str| Entry {
            file: file.to_owned(),
            function: "a::b".to_owned(),
            lint: "c".to_owned(),
            code: "1".to_owned(),
            fingerprint: "2".to_owned(),
        };
        let mut baseline = Baseline { path: "x".into(), entries: vec![entry("z.rs"), entry("y.rs")] };
        let text = baseline.text();
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(text.lines().nth(3).is_some_and(|line| line.contains("y.rs")), "{text}");
        let read = entries(&text).unwrap_or_default();
        assert_eq!(read, [entry("y.rs"), entry("z.rs")]);
        baseline.entries.clear();
        assert_eq!(baseline.text(), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
        assert_eq!(entries(&baseline.text()).ok(), Some(Vec::new()));
    }
}
