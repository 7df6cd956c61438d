//! Texts of errors that look as if clients got to see them, and those that they get to see in ways that are easily
//! missed: `test-fixtures/leaks/`.

mod support;

use support::{compare_file, findings, project};

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

#[test]
fn errors_that_are_handed_over() {
    compare("handed");
}

#[test]
fn ways_into_responses() {
    compare("ways");
    compare("ways_rocket");
    compare("by_hand");
}

// A checkout of a known library beside the project is still that library, whatever the methods in it do.
#[test]
fn libraries_beside_the_project() {
    let library = "pub struct Response;\npub trait IntoResponse { fn into_response(self) -> Response; }\n\
        impl<T, R> IntoResponse for (T, R) { fn into_response(self) -> Response { Response } }\n";
    let own = "use axum::{Router, http::StatusCode, response::{IntoResponse, Response}, routing::get};\n\
        async fn read() -> Response {\n    match std::fs::read_to_string(\"x\") {\n        Ok(text) => text.into_response(),\n\
        Err(e) => (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response(),\n    }\n}\n\
        pub fn app() -> Router { Router::new().route(\"/\", get(read)) }\n";
    let manifest = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.8.0\"\nedition = \"2024\"\n{rest}")
    };
    let members = "[workspace]\nmembers = [\"axum\", \"shop\"]\nresolver = \"3\"\n".to_owned();
    let dir = project(
        "leaks/beside",
        &[
            ("Cargo.toml".to_owned(), members),
            ("axum/Cargo.toml".to_owned(), manifest("axum", "")),
            ("axum/src/lib.rs".to_owned(), library.to_owned()),
            ("shop/Cargo.toml".to_owned(), manifest("shop", "[dependencies]\naxum = { path = \"../axum\" }\n")),
            ("shop/src/lib.rs".to_owned(), own.to_owned()),
        ],
    );
    let found = findings(&dir);
    assert!(found.iter().any(|place| place.starts_with("shop/") && place.ends_with(" leaked_error")), "{found:?}");
}
