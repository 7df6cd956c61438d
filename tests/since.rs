//! `--since`: which lines git says have changed, in repositories of every kind, whatever its configuration.

mod support;

use std::fs;

use support::git::{Repository, alone};
use support::process::{Ran, command, ran};

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";

const MAIN: &str = r#"mod admin;
mod other;

use axum::{Router, routing::get};

async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}

fn app() -> Router {
    Router::new().route("/region", get(region)).route("/zone", get(admin::zone)).route("/other", get(other::one))
}
"#;

const ADMIN: &str = r#"pub async fn zone() -> String {
    let text = String::new();
    drop(text);
    std::env::var("ZONE").unwrap_or_default()
}
"#;

const OTHER: &str = r#"pub async fn one() -> String {
    super::admin::zone().await
}

pub async fn two() -> String {
    std::env::var("TWO").unwrap_or_default()
}
"#;

fn files() -> [(&'static str, &'static str); 4] {
    [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/admin.rs", ADMIN), ("src/other.rs", OTHER)]
}

/// A service with three findings at level warn.
fn shop(test: &str) -> Repository {
    Repository::new(&format!("since/{test}"), &files())
}

#[track_caller]
fn places(run: Ran, expected: &[&str]) -> String {
    let places: Vec<&str> = run.out.lines().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, expected, "{}", run.shown());
    run.ends_with(0).err
}

#[track_caller]
fn reports(shop: &Repository, since: &str, expected: &[&str]) -> String {
    places(shop.backstop(&["--format", "short", "--since", since]), expected)
}

/// Fails unless a run cannot be done, for a reason and with advice.
#[track_caller]
fn fails(run: Ran, reason: &str, advice: &str) {
    assert!(run.out.is_empty() && run.err.contains(reason) && run.err.contains(advice), "{}", run.shown());
    run.ends_with(2);
}

#[test]
fn what_is_changed_counts_committed_or_not() {
    let shop = shop("changed");
    let said = reports(&shop, "main", &[]);
    assert!(said.ends_with("no findings, 2 not on changed lines\n"), "{said}");
    shop.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    reports(&shop, "main", &["src/admin.rs:4:5"]);
    shop.git("add src/admin.rs");
    reports(&shop, "main", &["src/admin.rs:4:5"]);
    shop.commit("area");
    reports(&shop, "main", &[]);
    reports(&shop, "HEAD~1", &["src/admin.rs:4:5"]);
    shop.git("tag v1 HEAD~1");
    reports(&shop, "v1", &["src/admin.rs:4:5"]);
    shop.replace("src/admin.rs", "\"AREA\"", "\"ZONE\"");
    reports(&shop, "v1", &[]);
    let run = shop.backstop(&["--format", "json", "--since", "main"]).ends_with(0);
    let report: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(report["summary"]["unchanged"], 1);
}

#[test]
fn lines_that_are_taken_away_change_those_beside_them() {
    let shop = shop("removed");
    shop.replace("src/admin.rs", "    let text = String::new();\n", "");
    reports(&shop, "main", &[]);
    shop.replace("src/admin.rs", "    drop(text);\n", "");
    reports(&shop, "main", &["src/admin.rs:2:5"]);
}

#[test]
fn files_that_git_does_not_track_are_new() {
    let shop = shop("untracked");
    shop.replace("src/main.rs", "mod other;", "mod other;\nmod new;\nmod ignored;");
    shop.replace("src/main.rs", "get(region)", "get(region).put(new::zone).delete(ignored::zone)");
    shop.write("src/new.rs", ADMIN);
    shop.write("src/ignored.rs", ADMIN);
    shop.write(".gitignore", "ignored.rs\n");
    reports(&shop, "main", &["src/new.rs:4:5"]);
    shop.git("add --intent-to-add src/new.rs");
    reports(&shop, "main", &["src/new.rs:4:5"]);
}

#[test]
fn renames_are_followed() {
    let shop = shop("renamed");
    shop.git("mv src/admin.rs src/office.rs");
    shop.replace("src/main.rs", "mod admin;", "mod office;");
    shop.replace("src/other.rs", "admin::zone", "office::zone");
    shop.replace("src/main.rs", "get(admin::zone)", "get(office::zone)");
    reports(&shop, "main", &[]);
    shop.replace("src/office.rs", "\"ZONE\"", "\"AREA\"");
    reports(&shop, "main", &["src/office.rs:4:5"]);
    shop.commit("office");
    reports(&shop, "HEAD~1", &["src/office.rs:4:5"]);
}

/// What a finding rests on: who calls it, and what registers it.
#[test]
fn evidence_counts_too() {
    let shop = shop("evidence");
    shop.replace("src/main.rs", "route(\"/zone\", get(admin::zone)).", "");
    shop.commit("unregistered");
    shop.replace("src/other.rs", "    super::admin::zone().await", "    super::admin::zone().await + \"!\"");
    let said = shop.backstop(&["--since", "main"]).ends_with(0).out;
    assert!(said.contains("= note: reported because `src/other.rs:2` has changed since `main`"), "{said}");
    shop.git("checkout --quiet .");
    // Another route on the same line is nobody's business.
    shop.replace("src/main.rs", "get(other::one)", "get(other::one).post(other::two)");
    let run = shop.backstop(&["--since", "main"]).ends_with(0);
    assert!(run.out.contains("TWO") && !run.out.contains("ZONE") && !run.out.contains("REGION"), "{}", run.shown());
    assert!(run.out.contains("reported because `src/main.rs:11` has changed since `main`"), "{}", run.shown());
}

/// Where in a file a bracket is missing is rarely where it was forgotten.
#[test]
fn a_changed_file_that_does_not_parse() {
    let shop = shop("unparsed");
    shop.replace("src/other.rs", "pub async fn one() -> String {", "pub async fn one() -> String {{");
    let run = shop.backstop(&["--format", "short", "--since", "main"]).ends_with(0);
    assert!(run.out.contains("src/other.rs:") && run.out.contains("[unchecked_code]"), "{}", run.shown());
}

#[test]
fn from_a_folder_of_the_repository() {
    let files = files().map(|(path, text)| (format!("services/shop/{path}"), text));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let shop = Repository::new("since/folder", &files);
    shop.git("config diff.relative true");
    shop.replace("services/shop/src/admin.rs", "\"ZONE\"", "\"AREA\"");
    let arguments = ["--format", "short", "--since", "main"];
    places(shop.backstop_in("services/shop", &arguments), &["src/admin.rs:4:5"]);
    places(shop.backstop_in("services/shop/src", &arguments), &["src/admin.rs:4:5"]);
    places(shop.backstop_in(".", &[&arguments[..], &["services/shop"]].concat()), &["src/admin.rs:4:5"]);
}

#[test]
fn names_of_files_may_be_unusual() {
    let shop = shop("names");
    for (index, name) in ["über uns", "a\\\"b", "日本"].iter().enumerate() {
        let file = name.replace("\\\"", "\"");
        shop.replace("src/main.rs", "mod other;", &format!("#[path = \"{name}.rs\"]\nmod n{index};\nmod other;"));
        shop.replace("src/main.rs", "get(region)", &format!("get(region).route(\"/{index}\", get(n{index}::zone))"));
        shop.replace(
            "src/main.rs",
            &format!("get(region).route(\"/{index}\", get(n{index}::zone))"),
            &format!("get(n{index}::zone)).route(\"/{index}\", get(region)"),
        );
        shop.write(&format!("src/{file}.rs"), ADMIN);
        shop.commit("more");
        shop.write(&format!("src/{file}.rs"), &ADMIN.replace("ZONE", "AREA"));
        reports(&shop, "main", &[&format!("src/{file}.rs:4:5")]);
        shop.write(&format!("src/{file} new.rs"), ADMIN);
        shop.commit("area");
    }
}

#[test]
fn no_configuration_changes_what_it_says() {
    let shop = shop("configured");
    for setting in [
        "diff.noprefix true",
        "diff.mnemonicPrefix true",
        "diff.external false",
        "color.ui always",
        "diff.context 5",
        "diff.interHunkContext 9",
        "diff.renames false",
        "core.quotePath true",
        "diff.rust.textconv true",
        "diff.srcPrefix x/",
        "diff.submodule log",
        "core.pager false",
    ] {
        shop.git(&format!("config {setting}"));
    }
    shop.write(".git/info/attributes", "*.rs diff=rust -text\nadmin.rs -diff\n");
    shop.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    reports(&shop, "main", &["src/admin.rs:4:5"]);
    shop.git("mv src/admin.rs src/office.rs");
    shop.replace("src/main.rs", "mod admin;", "#[path = \"office.rs\"]\nmod admin;");
    reports(&shop, "main", &["src/office.rs:4:5"]);
    // As in a hook of another repository.
    let mut hook = command(&shop.dir, &["--format", "short", "--since", "main"]);
    let hook = alone(&mut hook, &shop.dir).env("GIT_DIR", "/nowhere").env("GIT_INDEX_FILE", "/nowhere/index");
    places(
        ran(&shop.dir, hook.env("GIT_EXTERNAL_DIFF", "false").env("GIT_DIFF_OPTS", "--unified=9")),
        &["src/office.rs:4:5"],
    );
}

#[test]
fn in_another_work_tree_and_in_a_submodule() {
    let shop = shop("trees/shop");
    shop.git("worktree add --quiet -b other ../other");
    let other = Repository { dir: shop.dir.with_file_name("other") };
    other.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    reports(&other, "main", &["src/admin.rs:4:5"]);
    reports(&shop, "main", &[]);
    shop.git("worktree remove --force ../other");

    let around = Repository::new("since/trees/around", &[("README.md", "")]);
    around.git("-c protocol.file.allow=always submodule --quiet add ../shop shop");
    around.commit("submodule");
    let inside = Repository { dir: around.dir.join("shop") };
    inside.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    reports(&inside, "main", &["src/admin.rs:4:5"]);
    // From outside, where the branch of the submodule matters as little as its name.
    inside.commit("area");
    reports(&inside, "main", &[]);
    places(around.backstop(&["--format", "short", "--since", "main", "shop"]), &[]);
    around.write("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"own\"]\n");
    around.write("own/Cargo.toml", &MANIFEST.replace("\"shop\"", "\"own\""));
    around.write("own/src/main.rs", "fn main() {}\n");
    reports(&around, "main", &["shop/src/admin.rs:4:5"]);
    around.commit("area");
    reports(&around, "main", &[]);
    reports(&around, "HEAD~1", &["shop/src/admin.rs:4:5"]);
}

/// Files are named, and the repository is the one that they are in.
#[test]
fn from_another_folder() {
    let shop = shop("elsewhere/shop");
    shop.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    let other = Repository::new("since/elsewhere/other", &[("README.md", "")]);
    let arguments = ["--format", "short", "--since", "main", "../shop/src/admin.rs", "../shop/src/other.rs"];
    places(other.backstop(&arguments), &["../shop/src/admin.rs:4:5"]);
}

#[test]
fn histories_that_are_not_there() {
    let shop = shop("history/shop");
    shop.git("switch --quiet --create work");
    shop.replace("src/admin.rs", "\"ZONE\"", "\"AREA\"");
    shop.commit("area");
    let url = format!("file://{}", shop.dir.display());
    let shallow = Repository { dir: shop.dir.with_file_name("shallow") };
    if shallow.dir.exists() {
        fs::remove_dir_all(&shallow.dir).expect("it is a folder");
    }
    shop.git(&format!("clone --quiet --depth 1 --no-single-branch {url} ../shallow"));
    let run = shallow.backstop(&["--since", "origin/main"]);
    fails(run, "no commit in common: this clone is shallow", "`fetch-depth: 0`");
    let run = shallow.backstop(&["--since", "v1"]);
    fails(run, "git knows no commit `v1`: this clone is shallow", "`git fetch --unshallow`");
    shallow.git("fetch --quiet --unshallow");
    reports(&shallow, "origin/main", &["src/admin.rs:4:5"]);
    fails(shop.backstop(&["--since", "origin/next"]), "git knows no commit `origin/next`", "`git fetch origin next`");
    shop.git("checkout --quiet --orphan alone");
    fails(shop.backstop(&["--since", "main"]), "have no commit in common", "that the work has started from");
}

#[test]
fn what_names_no_commit() {
    let shop = shop("commits");
    for commit in ["--since=-main", "--since=--output=x", "--since="] {
        fails(shop.backstop(&[commit]), "names no commit", "--since origin/main");
    }
    fails(shop.backstop(&["--since", "--output=x"]), "names no commit", "--since origin/main");
    fails(shop.backstop(&["--since", "main:src/main.rs"]), "git knows no commit", "help: ");
    assert!(!shop.dir.join("x").exists());
}

#[test]
fn outside_of_a_repository() {
    // The build's own folder is usually in a repository.
    let dir = std::env::temp_dir().join(format!("backstop-outside-{}", std::process::id()));
    let files = files().map(|(path, text)| (path.to_owned(), text.to_owned()));
    let shop = Repository { dir: support::project(dir.to_str().expect("the folder has a UTF-8 name"), &files) };
    fails(shop.backstop(&["--since", "main"]), "`[project]` is in no git repository", "leave `--since` out");
    let mut nothing = command(&shop.dir, &["--since", "main"]);
    fails(ran(&shop.dir, nothing.env("PATH", "/nowhere")), "git cannot be started", "install it");
    fs::remove_dir_all(&shop.dir).expect("it is there");
}
