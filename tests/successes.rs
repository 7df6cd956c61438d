//! Errors that are answered as a success in ways that are easily missed, and what only looks like one:
//! `test-fixtures/successes/`.

mod support;

use support::compare_file;

#[track_caller]
fn compare(name: &str) {
    compare_file("successes", name, &["error_as_success"]);
}

#[test]
fn errors_that_look_like_a_success() {
    compare("reported");
}

#[test]
fn answers_that_look_like_an_error() {
    compare("silent");
}

#[test]
fn types_behind_imports_of_all() {
    compare("private");
}

#[test]
fn errors_whose_type_is_not_written() {
    compare("typed");
}

#[test]
fn answers_and_errors_of_one_type() {
    compare_file("successes", "envelopes", &["error_as_success", "leaked_error", "missing_not_found"]);
}
