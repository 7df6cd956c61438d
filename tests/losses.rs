//! Errors that look lost and are kept, and errors that get lost in ways that are easily missed: `test-fixtures/losses/`.

mod support;

use std::fs;

use support::{Places, differences, findings, marks, project, root};

/// The lints that these files are about.
const ABOUT: [&str; 2] = ["swallowed_error", "dropped_cause"];

#[track_caller]
fn compare(name: &str) {
    let text = fs::read_to_string(root().join(format!("test-fixtures/losses/{name}.rs"))).expect("the file is there");
    let dir = project(&format!("losses/{name}"), &[("src/main.rs".to_owned(), text.clone())]);
    let expected: Places = marks("src/main.rs", &text).into_iter().collect();
    let found = findings(&dir).into_iter().filter(|place| ABOUT.iter().any(|lint| place.ends_with(lint)));
    let differences = differences(&expected, &found.collect());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn errors_that_are_kept() {
    compare("kept");
}

#[test]
fn errors_that_get_lost() {
    compare("lost");
}

#[test]
fn errors_of_foreign_calls() {
    compare("foreign");
}
