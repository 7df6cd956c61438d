//! How a team with an old service takes backstop up, from the first run to a rebase: read it like a tutorial.

mod support;

use support::git::Repository;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [dependencies]\naxum = \"0.8\"\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n";

/// An old service. It reads a setting for each request.
const MAIN: &str = r#"mod users;

use axum::extract::State;
use axum::{Router, routing::get};
use sqlx::PgPool;

async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}

async fn page(State(pool): State<PgPool>) -> String {
    let length = users::page_length(&pool).await.unwrap();
    format!("{length} users on a page")
}

pub fn app() -> Router<PgPool> {
    Router::new().route("/region", get(region)).route("/page", get(page)).route("/users/{id}", get(users::show))
}

fn main() {
    drop(app());
}
"#;

/// It also unwraps a query. How long a page is was never asked of the database.
const USERS: &str = r#"use axum::extract::{Path, State};
use sqlx::PgPool;

pub async fn show(State(pool): State<PgPool>, Path(id): Path<i64>) -> String {
    let query = sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE id = $1").bind(id);
    let found: i64 = query.fetch_one(&pool).await.unwrap();
    found.to_string()
}

pub async fn page_length(_pool: &PgPool) -> Result<i64, sqlx::Error> {
    Ok(10)
}
"#;

/// What somebody adds to it, with a mistake that is new.
const ORDERS: &str = r#"use axum::extract::State;
use sqlx::PgPool;

pub async fn total(State(pool): State<PgPool>) -> String {
    let total: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM orders").fetch_one(&pool).await.unwrap();
    total.to_string()
}
"#;

/// The same, mended.
const MENDED_ORDERS: &str = r#"use axum::{extract::State, http::StatusCode};
use sqlx::PgPool;

pub async fn total(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let total: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM orders").fetch_one(&pool).await.map_err(|error| {
        eprintln!("{error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    Ok(total.to_string())
}
"#;

/// Fails unless a run writes exactly one annotation for each of these places, and is red where one is an error; returns
/// what it says besides.
#[track_caller]
fn reports(repository: &Repository, options: &[&str], expected: &[&str]) -> String {
    let run = repository.backstop(&[&["--format", "github"], options].concat());
    // `::error file=…,title=unwrapped_query::src/users.rs:6:51: …`, the worst first.
    let place = |line: &str| line.splitn(3, "::").nth(2)?.split(": ").next().map(str::to_owned);
    let found: Vec<String> = run.out.lines().map(|line| place(line).unwrap_or(line.to_owned())).collect();
    assert_eq!(found, expected, "{}", run.shown());
    let is_red = run.out.contains("::error ");
    run.ends_with(i32::from(is_red)).err
}

#[test]
fn an_old_service_gets_a_gate() {
    let shop =
        Repository::new("story/shop", &[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/users.rs", USERS)]);
    the_first_run(&shop);
    a_pull_request(&shop);
    tidying_up(&shop);
    mending(&shop);
    a_helper_changes(&shop);
    a_rebase(&shop);
}

/// The first run is red: there is yesterday's debt.
fn the_first_run(shop: &Repository) {
    reports(shop, &[], &["src/users.rs:6:51", "src/main.rs:8:5"]);

    // It goes into a baseline, which is committed, and everything is green.
    let run = shop.backstop(&["baseline"]).ends_with(0);
    assert_eq!(run.err, "backstop-baseline.json: 2 known findings\n");
    let said = reports(shop, &[], &[]);
    assert!(said.ends_with("no findings, 2 in the baseline\n"), "{said}");
    shop.commit("baseline");
}

/// A pull request adds one finding: red, and exactly that one, with the baseline as well as by what has changed.
fn a_pull_request(shop: &Repository) {
    shop.git("switch --quiet --create orders");
    shop.write("src/orders.rs", ORDERS);
    shop.replace("src/main.rs", "mod users;", "mod orders;\nmod users;");
    shop.replace("src/main.rs", ".route(\"/page\"", ".route(\"/orders\", get(orders::total)).route(\"/page\"");
    reports(shop, &[], &["src/orders.rs:5:95"]);
    reports(shop, &["--since", "main", "--no-baseline"], &["src/orders.rs:5:95"]);
    shop.commit("orders");
    reports(shop, &["--since", "main", "--no-baseline"], &["src/orders.rs:5:95"]);

    // The baseline does not take it in by accident.
    let run = shop.backstop(&["baseline"]).ends_with(2);
    assert!(run.err.contains("1 finding would be added to it") && run.err.contains("--update"), "{}", run.shown());
    assert_eq!(shop.git("status --short"), "");

    // So it is mended.
    shop.write("src/orders.rs", MENDED_ORDERS);
    reports(shop, &[], &[]);
    shop.commit("mended");
    shop.git("switch --quiet main");
    shop.git("merge --quiet orders");
}

/// Moved lines, a statement that is formatted anew and another name for the file change nothing.
fn tidying_up(shop: &Repository) {
    shop.git("switch --quiet --create tidy");
    shop.git("mv src/users.rs src/people.rs");
    shop.replace("src/main.rs", "mod users;", "mod people;");
    shop.replace("src/main.rs", "users::page_length", "people::page_length");
    shop.replace("src/main.rs", "users::show", "people::show");
    shop.replace(
        "src/people.rs",
        "query.fetch_one(&pool).await.unwrap();",
        "query\n        .fetch_one(&pool)\n        .await\n        .unwrap();",
    );
    let said = reports(shop, &[], &[]);
    assert!(said.ends_with("no findings, 2 in the baseline\n"), "nothing is gone: {said}");

    // By what has changed the statement counts, because its lines have; the new name alone does not.
    reports(shop, &["--since", "main", "--no-baseline"], &["src/people.rs:9:10"]);
    shop.replace(
        "src/people.rs",
        "query\n        .fetch_one(&pool)\n        .await\n        .unwrap();",
        "query.fetch_one(&pool).await.unwrap();",
    );
    let said = reports(shop, &["--since", "main", "--no-baseline"], &[]);
    assert!(said.ends_with("no findings, 2 not on changed lines\n"), "{said}");
    shop.commit("tidy");
    shop.git("switch --quiet main");
    shop.git("merge --quiet tidy");
}

/// Somebody mends an old one. Everything stays green, and the entry that is of no use any more is named.
fn mending(shop: &Repository) {
    shop.git("switch --quiet --create mend");
    shop.replace("src/main.rs", "    std::env::var(\"REGION\").unwrap_or_default()", "    \"north\".to_owned()");
    let said = reports(shop, &[], &[]);
    let gone = "1 entry of the baseline no longer occurs: request_time_env in `region` (src/main.rs)";
    assert!(said.contains(gone) && said.contains("cargo backstop baseline --prune"), "{said}");
    let run = shop.backstop(&["baseline", "--prune"]).ends_with(0);
    assert_eq!(run.err, "backstop-baseline.json: 1 known finding, 0 new, 1 gone\n");
    let said = reports(shop, &[], &[]);
    assert!(said.ends_with("no findings, 1 in the baseline\n") && !said.contains("no longer"), "{said}");
    shop.commit("mended");
    shop.git("switch --quiet main");
    shop.git("merge --quiet mend");
}

/// A helper changes: it asks the database now, and an old handler in another file, of which no line has changed,
/// panics when that fails. That is reported, and the reason is said.
fn a_helper_changes(shop: &Repository) {
    shop.git("switch --quiet --create helper");
    shop.replace("src/people.rs", "_pool: &PgPool", "pool: &PgPool");
    shop.replace(
        "src/people.rs",
        "    Ok(10)",
        "    sqlx::query_scalar(\"SELECT MAX(length) FROM pages\").fetch_one(pool).await",
    );
    reports(shop, &["--since", "main"], &["src/main.rs:13:51"]);
    let run = shop.backstop(&["--since", "main"]).ends_with(1);
    assert!(run.out.contains("reported because `src/people.rs:11` has changed since `main`"), "{}", run.shown());
    shop.commit("helper");
}

/// Meanwhile main goes on, with a mistake of its own. It is not this branch's, neither before a rebase nor after.
fn a_rebase(shop: &Repository) {
    shop.git("switch --quiet main");
    shop.replace("src/main.rs", "    \"north\".to_owned()", "    std::env::var(\"PLACE\").unwrap_or_default()");
    shop.commit("place");
    shop.git("switch --quiet helper");
    reports(shop, &["--since", "main"], &["src/main.rs:13:51"]);
    shop.git("rebase --quiet main");
    reports(shop, &["--since", "main"], &["src/main.rs:13:51"]);
    reports(shop, &[], &["src/main.rs:13:51", "src/main.rs:9:5"]);
}
