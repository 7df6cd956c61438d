//! Errors that are answered as a success in ways that are easily missed, and what only looks like one:
//! `test-fixtures/successes/`.

mod support;

use serde_json::json;
use support::{compare_file, project, report};

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
fn responses_that_functions_make() {
    compare("helpers");
}

#[test]
fn errors_whose_type_is_not_written() {
    compare("typed");
}

#[test]
fn answers_and_errors_of_one_type() {
    compare_file("successes", "envelopes", &["error_as_success", "leaked_error", "missing_not_found"]);
}

/// What a derive makes of an error stands in no function; the finding says how requests get to what returns it.
#[test]
fn what_derives_make_is_reached() {
    let text = "use rocket::{Responder, get, routes};\n\
        #[derive(Responder)]\nenum Failure {\n    Text(String),\n    #[response(status = 404)]\n    Gone(String),\n}\n\
        #[get(\"/notes\")]\nfn notes() -> Result<String, Failure> { Err(Failure::Text(\"no\".to_owned())) }\n\
        #[rocket::launch]\nfn rocket() -> _ { rocket::build().mount(\"/api\", routes![notes]) }\n";
    let dir = project("successes/derived", &[("src/main.rs".to_owned(), text.to_owned())]);
    let found = report(&dir, &[]);
    let finding = &found["findings"][0];
    assert_eq!((&finding["lint"], &finding["line"]), (&json!("error_as_success"), &json!(4)), "{found:#}");
    assert_eq!(finding["entry"]["path"], json!("/api/notes"), "{finding:#}");
    assert_eq!(finding["notes"][0], json!("GET /api/notes → notes"), "{finding:#}");
}
