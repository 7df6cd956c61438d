//! Code that is only there with features: a finding in it says so, and is less sure.

mod support;

use serde_json::Value;
use support::{project, report};

/// What is said of features in the finding on each line, and how sure it is.
fn said(name: &str, features: &str, main: &str, others: &[(&str, &str)]) -> Vec<(u64, String)> {
    let manifest = format!(
        "[package]\nname = \"service\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\n\n{features}"
    );
    let files = [("Cargo.toml", manifest.as_str()), ("src/main.rs", main)].into_iter().chain(others.iter().copied());
    let files: Vec<(String, String)> = files.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let found = report(&project(name, &files), &[]);
    let of = |finding: &Value| {
        let notes = finding["notes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let note = notes.filter_map(|note| note.strip_prefix("this is only there ")).next().unwrap_or_default();
        let sure = finding["confidence"].as_str().unwrap_or_default();
        (finding["line"].as_u64().unwrap_or_default(), format!("{sure} {note}").trim_end().to_owned())
    };
    let findings = found["findings"].as_array().expect("a report has findings");
    let mut said: Vec<(u64, String)> = findings.iter().map(of).collect();
    said.sort();
    said
}

const ROUTES: &str = "async fn count(pool: sqlx::PgPool) -> i64 {
    sqlx::query_scalar(\"SELECT COUNT(*) FROM users\").fetch_one(&pool).await.unwrap()
}
";

#[test]
fn findings_under_features() {
    let main = format!(
        "use axum::{{Router, extract::State, routing::get}};
{ROUTES}#[cfg(feature = \"admin\")]
mod admin {{
    pub async fn count(axum::extract::State(pool): axum::extract::State<sqlx::PgPool>) -> String {{
        sqlx::query_scalar::<_, i64>(\"SELECT 1\").fetch_one(&pool).await.unwrap().to_string()
    }}
}}
#[cfg(feature = \"web\")]
async fn shown(State(pool): State<sqlx::PgPool>) -> String {{ count(pool).await.to_string() }}
#[cfg(not(feature = \"web\"))]
async fn hidden(State(pool): State<sqlx::PgPool>) -> String {{
    sqlx::query_scalar::<_, i64>(\"SELECT 2\").fetch_one(&pool).await.unwrap().to_string()
}}
async fn both(State(pool): State<sqlx::PgPool>) -> String {{
    if cfg!(feature = \"admin\") {{
        sqlx::query(\"SELECT 3\").fetch_one(&pool).await.unwrap();
    }} else {{
        sqlx::query(\"SELECT 4\").fetch_one(&pool).await.unwrap();
    }}
    #[cfg(any(feature = \"admin\", feature = \"debugger\"))]
    sqlx::query(\"SELECT 5\").fetch_one(&pool).await.unwrap();
    #[cfg(all(feature = \"web\", feature = \"base\", unix))]
    sqlx::query(\"SELECT 6\").fetch_one(&pool).await.unwrap();
    String::new()
}}
fn main() {{
    let app: Router<sqlx::PgPool> = Router::new().route(\"/a\", get(admin::count)).route(\"/b\", get(shown));
    drop(app.route(\"/c\", get(hidden)).route(\"/d\", get(both)));
}}
"
    );
    let features = "[features]\ndefault = [\"web\"]\nweb = [\"base\"]\nbase = []\nadmin = []\ndebugger = []\n";
    let admin = "medium with feature `admin`, which is off by default";
    let expected = [
        (3, "high"),
        (8, admin),
        (15, "medium without feature `web`, which is on by default"),
        (19, admin),
        (21, "high"),
        (24, "medium with feature `admin` or with feature `debugger`, which is not the default"),
        (26, "high"),
    ];
    assert_eq!(said("features/here", features, &main, &[]), expected.map(|(line, said)| (line, said.to_owned())));
}

/// The module's file knows nothing of the condition, nor does the function that the handler calls.
#[test]
fn findings_in_modules_under_features() {
    let main = format!(
        "use axum::{{Router, extract::State, routing::get}};
{ROUTES}#[cfg(feature = \"admin\")]
mod admin;
fn main() {{ drop(Router::<sqlx::PgPool>::new().route(\"/a\", get(admin::total))); }}
"
    );
    let admin = "use super::State;\npub async fn total(State(pool): State<sqlx::PgPool>) -> String {
    sqlx::query(\"DELETE FROM users\").execute(&pool).await.unwrap();
    super::count(pool).await.to_string()\n}\n";
    let admin = [("src/admin.rs", admin)];
    let off = "medium with feature `admin`, which is off by default".to_owned();
    assert_eq!(said("features/off", "[features]\nadmin = []\n", &main, &admin), [(3, off.clone()), (3, off)]);
    let on = "[features]\ndefault = [\"admin\"]\nadmin = []\n";
    assert_eq!(said("features/on", on, &main, &admin), [(3, "high".to_owned()), (3, "high".to_owned())]);
}

/// What another package of the workspace asks for is on.
#[test]
fn features_that_dependencies_are_given() {
    let lib = "#[cfg(feature = \"pg\")]\npub async fn count(pool: &sqlx::PgPool) -> i64 {
    sqlx::query_scalar(\"SELECT COUNT(*) FROM users\").fetch_one(pool).await.unwrap()\n}\n";
    let main = "use axum::{Router, extract::State, routing::get};
async fn shown(State(pool): State<sqlx::PgPool>) -> String { store::count(&pool).await.to_string() }
fn main() { drop(Router::<sqlx::PgPool>::new().route(\"/\", get(shown))); }
";
    let store = "[package]\nname = \"store\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nsqlx = \"0.8\"\n\n[features]\npg = []\n";
    let others = [("store/Cargo.toml", store), ("store/src/lib.rs", lib)];
    let asked = "[dependencies.store]\npath = \"store\"\nfeatures = [\"pg\"]\n";
    assert_eq!(said("features/asked", asked, main, &others), [(3, "high".to_owned())]);
    let brought = "[dependencies.store]\npath = \"store\"\n\n[features]\ndefault = [\"all\"]\nall = [\"store/pg\"]\n";
    assert_eq!(said("features/brought", brought, main, &others), [(3, "high".to_owned())]);
    let unasked = "[dependencies.store]\npath = \"store\"\n";
    let off = "medium with feature `pg`, which is off by default".to_owned();
    assert_eq!(said("features/unasked", unasked, main, &others), [(3, off)]);
}
