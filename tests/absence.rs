//! Rows that are not there, and what becomes of that: `test-fixtures/absence/`.

mod support;

use std::fs;

use support::{Places, differences, findings, marks, project, root};

#[track_caller]
fn compare(name: &str) {
    let text = fs::read_to_string(root().join(format!("test-fixtures/absence/{name}.rs"))).expect("the file is there");
    let dir = project(&format!("absence/{name}"), &[("src/main.rs".to_owned(), text.clone())]);
    let expected: Places = marks("src/main.rs", &text).into_iter().collect();
    let found = findings(&dir).into_iter().filter(|place| place.ends_with(" missing_not_found"));
    let differences = differences(&expected, &found.collect());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn absence_that_is_answered() {
    compare("silent");
}

#[test]
fn absence_that_is_taken_for_a_failure() {
    compare("reported");
}
