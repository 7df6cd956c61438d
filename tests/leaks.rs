//! Texts of errors that look as if clients got to see them, and those that they get to see in ways that are easily
//! missed: `test-fixtures/leaks/`.

mod support;

use support::compare_file;

#[track_caller]
fn compare(name: &str) {
    compare_file("leaks", name, &["leaked_error"]);
}

#[test]
fn texts_that_are_kept() {
    compare("kept");
}

#[test]
fn texts_that_are_sent() {
    compare("sent");
}
