//! Errors that look lost and are kept, and errors that get lost in ways that are easily missed: `test-fixtures/losses/`.

mod support;

use support::{compare_file, findings, project};

#[track_caller]
fn compare(name: &str) {
    compare_file("losses", name, &["swallowed_error", "dropped_cause"]);
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

/// A library whose package has another name.
#[test]
fn packages_and_their_libraries() {
    let manifest = "[package]\nname = \"files\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
                    [dependencies]\naxum = \"0.8\"\nrust-s3 = \"0.37\"\n";
    let text = "use axum::{Router, http::StatusCode, routing::get};\n\
                async fn show() -> Result<Vec<u8>, StatusCode> {\n    \
                let bucket = s3::Bucket::new(\"files\", region(), keys()).unwrap();\n    \
                Ok(bucket.get_object(\"a\").await.map_err(|_| StatusCode::NOT_FOUND)?.to_vec())\n}\n\
                fn main() { drop(Router::<()>::new().route(\"/\", get(show))); }\n";
    let files =
        [("Cargo.toml", manifest), ("src/main.rs", text)].map(|(path, text)| (path.to_owned(), text.to_owned()));
    let found: Vec<String> = findings(&project("losses/packages", &files)).into_iter().collect();
    assert!(found.contains(&"src/main.rs:4 swallowed_error".to_owned()), "{found:?}");
}
