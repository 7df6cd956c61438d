//! Texts of errors that look as if clients got to see them, and those that they get to see in ways that are easily
//! missed: `test-fixtures/leaks/`.

mod support;

use std::fs;

use support::{Places, differences, findings, marks, project, root};

/// The lint that these files are about.
const ABOUT: [&str; 1] = ["leaked_error"];

#[track_caller]
fn compare(name: &str) {
    let text = fs::read_to_string(root().join(format!("test-fixtures/leaks/{name}.rs"))).expect("the file is there");
    let dir = project(&format!("leaks/{name}"), &[("src/main.rs".to_owned(), text.clone())]);
    let expected: Places = marks("src/main.rs", &text).into_iter().collect();
    let found = findings(&dir).into_iter().filter(|place| ABOUT.iter().any(|lint| place.ends_with(lint)));
    let differences = differences(&expected, &found.collect());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn texts_that_are_kept() {
    compare("kept");
}

#[test]
fn texts_that_are_sent() {
    compare("sent");
}
