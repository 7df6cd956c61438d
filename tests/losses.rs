//! Errors that look lost and are kept, and errors that get lost in ways that are easily missed: `test-fixtures/losses/`.

mod support;

use support::{compare_file, findings, project, report, root};

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

#[test]
fn errors_that_callers_answer() {
    compare("callers");
}

/// What is said to follow: the comment behind the mark.
#[test]
fn notes_say_what_follows() {
    let text = std::fs::read_to_string(root().join("test-fixtures/losses/callers.rs")).expect("the file is there");
    let report = report(&project("losses/notes", &[("src/main.rs".to_owned(), text.clone())]), &[]);
    let findings = report["findings"].as_array().expect("there is a list of findings");
    let (mut said, mut differences) = (0, Vec::new());
    for (index, line) in text.lines().enumerate() {
        let Some((_, note)) = line.split_once("//~ swallowed_error // ") else { continue };
        said += 1;
        let is_here = |it: &&serde_json::Value| it["line"] == index + 1 && it["lint"] == "swallowed_error";
        let notes = findings.iter().find(is_here).map(|it| it["notes"].to_string()).unwrap_or_default();
        if !notes.contains(note) {
            differences.push(format!("line {}: \"{note}\" is not in {notes}", index + 1));
        }
    }
    assert!(said > 0 && differences.is_empty(), "{}", differences.join("\n"));
}
