//! Rows that are not there, and what becomes of that: `test-fixtures/absence/`.

mod support;

use support::compare_file;

#[track_caller]
fn compare(name: &str) {
    compare_file("absence", name, &["missing_not_found"]);
}

#[test]
fn absence_that_is_answered() {
    compare("silent");
}

#[test]
fn statuses_that_responses_are_built_with() {
    compare("actix");
}

#[test]
fn errors_that_hold_their_status() {
    compare("statuses");
}

#[test]
fn absence_that_is_taken_for_a_failure() {
    compare("reported");
}
