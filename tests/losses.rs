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
fn errors_of_many_tasks() {
    compare("tasks");
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

#[test]
fn errors_that_callers_discard() {
    compare("discarded");
}

#[test]
fn failures_after_which_something_else_is_tried() {
    compare("tried");
}

#[test]
fn notes_say_what_follows() {
    notes_follow("tried");
    notes_follow("callers");
    notes_follow("discarded");
}

/// What is said, and what is said to follow: the comment behind the mark.
#[track_caller]
fn notes_follow(name: &str) {
    let path = root().join(format!("test-fixtures/losses/{name}.rs"));
    let text = std::fs::read_to_string(path).expect("the file is there");
    let report = report(&project(&format!("losses/notes-{name}"), &[("src/main.rs".to_owned(), text.clone())]), &[]);
    let findings = report["findings"].as_array().expect("there is a list of findings");
    let (mut said, mut differences) = (0, Vec::new());
    for (index, line) in text.lines().enumerate() {
        let marked = line.split_once("//~ ").and_then(|(_, mark)| mark.split_once(" // "));
        let Some((lint, note)) = marked else { continue };
        said += 1;
        let is_here = |it: &&serde_json::Value| it["line"] == index + 1 && it["lint"] == lint;
        let said = |it: &serde_json::Value| format!("{} {}", it["message"], it["notes"]);
        let notes = findings.iter().find(is_here).map(said).unwrap_or_default();
        if !notes.contains(note) {
            differences.push(format!("line {}: \"{note}\" is not in {notes}", index + 1));
        }
    }
    assert!(said > 0 && differences.is_empty(), "{}", differences.join("\n"));
}

/// A layer that logs the errors of responses at level debug, and programs that log that or do not.
#[test]
fn layers_that_report_when_debugging() {
    let text = "use actix_web::{App, HttpResponse, HttpServer, ResponseError, get, middleware::Logger, web};\n\
                #[derive(Debug, thiserror::Error)]\n#[error(\"something went wrong\")]\n\
                struct Failed(#[from] sqlx::Error);\n\
                impl ResponseError for Failed {\n    fn error_response(&self) -> HttpResponse {\n        \
                HttpResponse::InternalServerError().body(\"sorry\")\n    }\n}\n\
                #[get(\"/\")]\nasync fn names(pool: web::Data<sqlx::PgPool>) -> Result<HttpResponse, Failed> {\n    \
                sqlx::query(\"DELETE FROM names\").execute(pool.get_ref()).await?;\n    \
                Ok(HttpResponse::Ok().finish())\n}\n\
                #[actix_web::main]\nasync fn main() -> std::io::Result<()> {\n    LEVEL;\n    \
                HttpServer::new(|| App::new().wrap(Logger::default()).service(names)).bind(\"[::]:80\")?.run().await\n}\n";
    let reports = |level: &str| {
        let files = [("src/main.rs".to_owned(), text.replace("LEVEL", level))];
        findings(&project("losses/levels", &files)).contains("src/main.rs:7 dropped_cause")
    };
    assert!(reports("env_logger::init()"));
    assert!(reports("std::env::set_var(\"RUST_LOG\", \"info,sqlx=debug\")"));
    assert!(reports("std::env::set_var(\"MODE\", \"debug\")"));
    assert!(!reports("std::env::set_var(\"RUST_LOG\", \"info,actix_web=debug\")"));
    assert!(!reports("env_logger::init_from_env(env_logger::Env::default().default_filter_or(\"debug\"))"));
    assert!(!reports("env_logger::builder().filter_level(log::LevelFilter::Trace).init()"));
}

#[test]
fn errors_that_are_looked_at_twice() {
    compare("kept_behind");
}
