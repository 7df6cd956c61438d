//! The names by which code knows the crates that it uses.

mod support;

use serde_json::Value;
use support::{project, report};

/// The lines of the unwrapped queries in a service whose database library is declared like this.
fn lines(name: &str, dependency: &str, krate: &str) -> Vec<u64> {
    let manifest = format!(
        "[package]\nname = \"service\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n{dependency}\n"
    );
    let main = format!(
        "use axum::{{Router, extract::State, routing::get}};
use {krate}::PgPool;
async fn count(State(pool): State<PgPool>) -> String {{
    {krate}::query_scalar::<_, i64>(\"SELECT 1\").fetch_one(&pool).await.unwrap().to_string()
}}
fn main() {{
    let app: Router<PgPool> = Router::new().route(\"/\", get(count));
    drop(app);
}}
"
    );
    let files = [("Cargo.toml".to_owned(), manifest), ("src/main.rs".to_owned(), main)];
    let found = report(&project(name, &files), &[]);
    let findings = found["findings"].as_array().expect("a report has findings");
    let findings = findings.iter().filter(|finding| finding["lint"] == "unwrapped_query");
    findings.filter_map(|finding: &Value| finding["line"].as_u64()).collect()
}

#[test]
fn a_fork_is_known_by_the_name_that_it_is_given() {
    assert_eq!(lines("externs/fork", "sqlx = { version = \"0.8\", package = \"our_sqlx\" }", "sqlx"), [4]);
}

#[test]
fn a_library_is_known_whatever_name_it_is_given() {
    assert_eq!(lines("externs/renamed", "db = { version = \"0.8\", package = \"sqlx\" }", "db"), [4]);
}

#[test]
fn a_crate_that_nothing_is_known_of_is_no_library() {
    assert!(lines("externs/other", "db = { version = \"0.8\", package = \"our_sqlx\" }", "db").is_empty());
}
