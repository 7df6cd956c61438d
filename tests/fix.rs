//! `fix`: what it changes, what it leaves alone, and when it refuses.

mod support;

use std::fs;
use std::path::Path;

use support::git::{Repository, alone};
use support::process::{Ran, command, ran, run_in};
use support::{places, project, report, root};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n\
    sqlx = \"0.8\"\ntracing = \"0.1\"\nthiserror = \"2\"\n";

const HEAD: &str = r#"use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use sqlx::PgPool;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("nothing there")]
    NotFound,
    #[error("internal")]
    Database(#[from] sqlx::Error),
    #[error("internal")]
    Internal,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND.into_response(),
            Error::Database(error) => {
                tracing::error!(?error, "database");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
            Error::Internal => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

fn app() -> Router<PgPool> {
    Router::new().route("/{id}", get(handler))
}

"#;

/// Checks what becomes of a handler: the lines of its body that change, with those that take their place.
#[track_caller]
fn becomes(test: &str, body: &str, fixed: &str) {
    let text = |body: &str| {
        format!(
            "{HEAD}async fn handler(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Error> {{\n{body}}}\n"
        )
    };
    let files = [("Cargo.toml".to_owned(), MANIFEST.to_owned()), ("src/lib.rs".to_owned(), text(body))];
    let dir = project(&format!("fix/{test}"), &files);
    // That an error which is returned is answered with 500 is another matter.
    let found = || places(&report(&dir, &[])).into_iter().filter(|it| !it.ends_with(" unavailable_as_500")).count();
    let before = found();
    let ran = run_in(&dir, &["fix", "--unsafe", "--allow-dirty"]).ends_with(0);
    let now = fs::read_to_string(dir.join("src/lib.rs")).expect("the file is there");
    assert_eq!(now, text(fixed), "{}", ran.shown());
    let fixes = usize::from(body != fixed);
    assert!(before > 0, "there is a finding");
    assert_eq!(found(), before - fixes, "what is fixed is no longer found");
}

/// Checks that a handler with a finding is left alone.
#[track_caller]
fn stays(test: &str, body: &str) {
    becomes(test, body, body);
}

const QUERY: &str = "sqlx::query_scalar::<_, String>(\"SELECT name FROM users WHERE id = $1\").bind(id)";

#[test]
fn panics_become_question_marks() {
    becomes(
        "unwrap",
        &format!("    let all = {QUERY}.fetch_all(&pool).await.unwrap();\n    Ok(all.concat())\n"),
        &format!("    let all = {QUERY}.fetch_all(&pool).await?;\n    Ok(all.concat())\n"),
    );
    becomes(
        "expect_on_a_line_of_its_own",
        &format!(
            "    let all = {QUERY}\n        .fetch_all(&pool)\n        .await\n        .expect(\"it works\");\n    Ok(all.concat())\n"
        ),
        &format!("    let all = {QUERY}\n        .fetch_all(&pool)\n        .await?;\n    Ok(all.concat())\n"),
    );
}

#[test]
fn lost_errors_are_reported() {
    becomes(
        "map_err",
        &format!("    let all = {QUERY}.fetch_all(&pool).await.map_err(|_| Error::Internal)?;\n    Ok(all.concat())\n"),
        &format!(
            "    let all = {QUERY}.fetch_all(&pool).await.inspect_err(|error| tracing::error!(?error, \"a query failed\"))\
             .map_err(|_| Error::Internal)?;\n    Ok(all.concat())\n"
        ),
    );
    becomes(
        "default",
        &format!(
            "    let all = {QUERY}\n        .fetch_all(&pool)\n        .await\n        .unwrap_or_default();\n    Ok(all.concat())\n"
        ),
        &format!(
            "    let all = {QUERY}\n        .fetch_all(&pool)\n        .await\n        \
             .inspect_err(|error| tracing::error!(?error, \"a query failed\"))\n        .unwrap_or_default();\n    Ok(all.concat())\n"
        ),
    );
}

#[test]
fn what_is_not_found_is_answered() {
    becomes(
        "fetch_one",
        &format!("    Ok({QUERY}.fetch_one(&pool).await?)\n"),
        &format!("    Ok({QUERY}.fetch_optional(&pool).await?.ok_or(Error::NotFound)?)\n"),
    );
    becomes(
        "fetch_one_in_lines",
        &format!("    let name = {QUERY}\n        .fetch_one(&pool)\n        .await?;\n    Ok(name)\n"),
        &format!(
            "    let name = {QUERY}\n        .fetch_optional(&pool)\n        .await?\n        .ok_or(Error::NotFound)?;\n    Ok(name)\n"
        ),
    );
}

#[test]
fn variables_are_read_once() {
    becomes(
        "variable",
        "    let region = std::env::var(\"REGION\").unwrap();\n    drop((pool, id));\n    Ok(region)\n",
        "    static REGION: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| std::env::var(\"REGION\").unwrap());\n\n    \
         let region = REGION.clone();\n    drop((pool, id));\n    Ok(region)\n",
    );
}

/// Where it is not certain that the result compiles and means what was meant, there is no fix.
#[test]
fn what_is_not_certain_is_left_alone() {
    let query = format!("{QUERY}.fetch_all(&pool).await");
    stays("comment", &format!("    let all = {query} // why\n        .unwrap();\n    Ok(all.concat())\n"));
    stays("brackets", &format!("    let all = ({query}).unwrap();\n    Ok(all.concat())\n"));
    stays(
        "option",
        &format!("    let all = {query}.ok().map(|all| all.concat());\n    Ok(all.unwrap())\n")
            .replace(".ok()", ".map_err(|_| ()).ok()"),
    );
    stays("in_macro", &format!("    Ok(format!(\"{{:?}}\", {query}.unwrap()))\n"));
    stays(
        "in_closure",
        &format!("    let all = {query};\n    let text = move || all.unwrap().concat();\n    Ok(text())\n"),
    );
    stays(
        "not_a_string",
        "    drop((pool, id));\n    Ok(format!(\"{:?}\", std::env::var_os(\"REGION\").unwrap_or_default()))\n",
    );
    let twice = "    drop((pool, id));\n    let one = std::env::var(\"REGION\").unwrap();\n    let two = std::env::var(\"REGION\").unwrap();\n";
    stays("twice", &format!("{twice}    Ok(one + &two)\n"));
    stays(
        "name_of_its_own",
        "    drop((pool, id));\n    let region = std::env::var(\"Error\").unwrap();\n    Ok(region)\n",
    );
}

fn shop(test: &str) -> Repository {
    let handler = format!(
        "async fn handler(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Error> {{\n    \
         let region = std::env::var(\"REGION\").unwrap();\n    Ok({QUERY}.fetch_all(&pool).await.unwrap().concat() + &region)\n}}\n"
    );
    let text = format!("{HEAD}{handler}");
    Repository::new(&format!("fix/{test}"), &[("Cargo.toml", MANIFEST), ("src/lib.rs", &text)])
}

#[track_caller]
fn fix(shop: &Repository, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = [&["fix"], arguments].concat();
    ran(&shop.dir, alone(&mut command(&shop.dir, &arguments), &shop.dir))
}

#[test]
fn a_dry_run_shows_a_patch_and_changes_nothing() {
    let shop = shop("dry");
    let before = shop.read("src/lib.rs");
    let dry = fix(&shop, &["--dry-run"]).ends_with(0);
    assert_eq!(shop.read("src/lib.rs"), before);
    assert_eq!(dry.err, "1 fix in 1 file would be applied; 1 fix more with --unsafe\n");
    shop.write("fix.patch", &dry.out);
    shop.git("apply fix.patch");
    let patched = shop.read("src/lib.rs");
    shop.git("checkout --quiet .");
    fs::remove_file(shop.dir.join("fix.patch")).expect("the patch is there");
    let done = fix(&shop, &[]).ends_with(0);
    assert_eq!(done.err, "1 fix in 1 file applied; 1 fix more with --unsafe\n");
    assert_eq!(shop.read("src/lib.rs"), patched, "the patch is what is applied");
    assert!(patched.contains("fetch_all(&pool).await?.concat()") && patched != before);
}

#[test]
fn what_may_change_more_is_asked_for() {
    let shop = shop("unsafe");
    let ran = fix(&shop, &["--unsafe"]).ends_with(0);
    assert_eq!(ran.err, "2 fixes in 1 file applied\n");
    assert!(shop.read("src/lib.rs").contains("static REGION"));
}

#[test]
fn changes_that_are_not_committed_are_not_mixed_up_with() {
    let shop = shop("dirty");
    shop.write("notes.txt", "not committed");
    let refused = fix(&shop, &[]).ends_with(2);
    assert!(
        refused.err.contains("notes.txt` is not committed") && refused.err.contains("--allow-dirty"),
        "{}",
        refused.err
    );
    assert!(!shop.read("src/lib.rs").contains("await?"));
    fix(&shop, &["--dry-run"]).ends_with(0);
    fix(&shop, &["--allow-dirty"]).ends_with(0);
    assert!(shop.read("src/lib.rs").contains("await?"));
}

#[test]
fn levels_suppressions_and_baselines_count() {
    let shop = shop("levels");
    assert!(fix(&shop, &["-A", "unwrapped_query"]).ends_with(0).err.starts_with("nothing to apply: 1 finding"));
    shop.replace("src/lib.rs", "    Ok(sqlx", "    // backstop: allow(unwrapped_query) because it is so\n    Ok(sqlx");
    shop.commit("suppressed");
    assert!(fix(&shop, &[]).ends_with(0).err.starts_with("nothing to apply"));
    shop.git("reset --quiet --hard HEAD~1");
    run_in(&shop.dir, &["baseline"]).ends_with(0);
    shop.commit("known");
    assert!(fix(&shop, &[]).ends_with(0).err.starts_with("nothing to apply: 0 findings"));
    assert!(fix(&shop, &["--no-baseline"]).ends_with(0).err.starts_with("1 fix in 1 file applied"));
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let shop = shop("permissions");
    let path = shop.dir.join("src/lib.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("they can be set");
    fix(&shop, &["--allow-dirty"]).ends_with(0);
    let mode = fs::metadata(&path).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// That what becomes of the fixtures compiles, `.ci/run` sees to.
#[test]
fn fixes_of_the_fixtures_mend_what_they_are_for() {
    for fixture in ["axum-shop", "actix-forum", "rocket-notes"] {
        let dir = project(&format!("fix/{fixture}"), &copied(&root().join("test-fixtures").join(fixture)));
        let before = places(&report(&dir, &[])).len();
        let said = run_in(&dir, &["fix", "--unsafe", "--allow-dirty"]).ends_with(0).err;
        let applied: usize = said.split(' ').next().and_then(|number| number.parse().ok()).expect("it says how many");
        assert!(applied >= 3, "{fixture}: {said}");
        assert_eq!(places(&report(&dir, &[])).len(), before - applied, "{fixture}: {said}");
    }
}

/// The files of a folder, with their names in it.
fn copied(dir: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            let name = path.strip_prefix(dir).expect("it is in the folder").to_string_lossy().into_owned();
            match path.is_dir() {
                true => folders.push(path),
                false => files.extend(fs::read_to_string(&path).ok().map(|text| (name, text))),
            }
        }
    }
    files
}
