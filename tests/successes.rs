//! Errors that are answered as a success in ways that are easily missed, and what only looks like one:
//! `test-fixtures/successes/`.

mod support;

use std::fs;

use support::{Places, differences, findings, marks, project, root};

#[track_caller]
fn compare(name: &str) {
    let text =
        fs::read_to_string(root().join(format!("test-fixtures/successes/{name}.rs"))).expect("the file is there");
    let dir = project(&format!("successes/{name}"), &[("src/main.rs".to_owned(), text.clone())]);
    let expected: Places = marks("src/main.rs", &text).into_iter().collect();
    let found = findings(&dir).into_iter().filter(|place| place.ends_with("error_as_success"));
    let differences = differences(&expected, &found.collect());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn errors_that_look_like_a_success() {
    compare("reported");
}

#[test]
fn answers_that_look_like_an_error() {
    compare("silent");
}
