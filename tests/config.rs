//! The configuration as the program takes it: where it is found, what it changes, and what is said of mistakes in it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::process::{Ran, run_in};
use support::project;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [dependencies]\naxum = \"0.8\"\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n";

const MAIN: &str = r#"mod admin;

use axum::{Router, extract::State, routing::get};
use sqlx::PgPool;

async fn total(State(pool): State<PgPool>) -> String {
    let total: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&pool).await.unwrap();
    total.to_string()
}

pub fn app() -> Router<PgPool> {
    Router::new().route("/", get(total)).route("/admin", get(admin::region))
}

fn main() { drop(app()); }
"#;

const ADMIN: &str = r#"pub async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}
"#;

/// A service with a finding in each of two files, and a configuration.
fn service(test: &str, config: &str) -> PathBuf {
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/admin.rs", ADMIN), ("backstop.toml", config)];
    project(&format!("config/{test}"), &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

fn check(dir: &Path, options: &[&str]) -> Ran {
    run_in(dir, &[&["--format", "short"], options].concat())
}

/// The findings as `file level[lint]`.
fn found(dir: &Path, options: &[&str]) -> Vec<String> {
    let run = check(dir, options);
    assert!(run.status.is_some_and(|status| status < 2), "{}", run.shown());
    let finding = |line: &str| {
        let (place, rest) = line.split_once(": ").expect("a place and a finding");
        let file = place.split(':').next().unwrap_or_default();
        format!("{file} {}", rest.split(": ").next().unwrap_or_default())
    };
    run.out.lines().map(finding).collect()
}

#[test]
fn without_one_every_lint_has_its_usual_level() {
    let dir = service("none", "");
    fs::remove_file(dir.join("backstop.toml")).expect("it is there");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]", "src/main.rs error[unwrapped_query]"]);
    fs::write(dir.join("backstop.toml"), "").expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]", "src/main.rs error[unwrapped_query]"]);
}

#[test]
fn levels() {
    let dir = service("levels", "[lints]\nunwrapped_query = \"warn\"\nrequest_time_env = { level = \"deny\" }\n");
    assert_eq!(found(&dir, &[]), ["src/admin.rs error[request_time_env]", "src/main.rs warning[unwrapped_query]"]);
    assert_eq!(
        found(&dir, &["-D", "unwrapped_query", "-A", "request_time_env"]),
        ["src/main.rs error[unwrapped_query]"],
        "the command line comes after the configuration"
    );
}

#[test]
fn overrides_are_for_some_files() {
    let config = "[lints]\nrequest_time_env = \"deny\"\n\n\
        [[overrides]]\npaths = [\"src/*.rs\"]\nlints = { unwrapped_query = \"warn\", request_time_env = \"warn\" }\n\n\
        [[overrides]]\npaths = [\"src/admin.rs\"]\nlints = { request_time_env = \"allow\" }\n";
    assert_eq!(found(&service("overrides", config), &[]), ["src/main.rs warning[unwrapped_query]"]);
}

#[test]
fn overrides_are_for_some_packages() {
    let admin = MANIFEST.replace("name = \"shop\"", "name = \"shop-admin\"");
    let main = "pub async fn region() -> String { std::env::var(\"REGION\").unwrap_or_default() }\n\
        pub fn app() -> axum::Router { axum::Router::new().route(\"/\", axum::routing::get(region)) }\nfn main() {}\n";
    let members = "[workspace]\nmembers = [\"shop\", \"admin\"]\n";
    let of = |config: &str| {
        let files = [
            ("Cargo.toml", members),
            ("shop/Cargo.toml", MANIFEST),
            ("shop/src/main.rs", main),
            ("admin/Cargo.toml", admin.as_str()),
            ("admin/src/main.rs", main),
            ("backstop.toml", config),
        ];
        project("config/packages", &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
    };
    let both = ["admin/src/main.rs warning[request_time_env]", "shop/src/main.rs warning[request_time_env]"];
    let allow = "lints = { request_time_env = \"allow\" }\n";
    assert_eq!(found(&of(""), &[]), both);
    assert_eq!(found(&of(&format!("[[overrides]]\npackages = [\"*-admin\"]\n{allow}")), &[]), both[1..]);
    let two = format!("[[overrides]]\npackages = [\"*\"]\npaths = [\"shop\"]\n{allow}");
    assert_eq!(found(&of(&two), &[]), both[..1], "with both, the files have to be in the packages");
    let dir = of(&format!("[[overrides]]\npackages = [\"shop\", \"gone\"]\n{allow}"));
    let run = check(&dir, &[]).ends_with(0);
    assert!(run.out.contains("the pattern `gone` matches no package"), "{}", run.shown());
    let run = check(&dir, &["-p", "shop"]).ends_with(0);
    assert_eq!(run.out, "", "what was not looked at may be matched");
}

#[test]
fn groups_and_all() {
    let main = "src/main.rs error[unwrapped_query]";
    let admin = "src/admin.rs warning[request_time_env]";
    let dir = service("groups", "[lints]\nall = \"allow\"\npanics = \"deny\"\n");
    assert_eq!(found(&dir, &[]), [main], "whatever comes first in the file");
    assert_eq!(found(&dir, &["-W", "resources"]), [admin, main]);
    assert_eq!(found(&dir, &["-D", "all"]), ["src/admin.rs error[request_time_env]", main]);
    assert_eq!(found(&dir, &["-A", "all", "-W", "request_time_env"]), [admin]);
    assert_eq!(found(&dir, &["-W", "resources", "-D", "warnings"]), ["src/admin.rs error[request_time_env]", main]);
    assert_eq!(found(&dir, &["-W", "resources", "-A", "warnings"]), [main]);
}

/// Nothing that comes later lowers what is forbidden, and whatever tries is reported.
#[test]
fn forbidden_is_forbidden() {
    let dir = service(
        "forbid",
        "[lints]\nall = \"forbid\"\nunwrapped_query = \"warn\"\n\n\
        [[overrides]]\npaths = [\"src/admin.rs\"]\nlints = { resources = \"allow\", panics = \"deny\" }\n",
    );
    let admin = fs::read_to_string(dir.join("src/admin.rs")).expect("it is there");
    let admin = admin.replace("default()", "default() // backstop: allow(request_time_env, reason = \"known\")");
    fs::write(dir.join("src/admin.rs"), admin).expect("it can be written");
    insta::assert_snapshot!("forbidden", run_in(&dir, &["-A", "request_time_env", "-W", "meta"]).ends_with(1).shown());
    let dir = service("forbid_flag", "[lints]\nunwrapped_query = \"warn\"\n");
    let errors = ["src/admin.rs warning[request_time_env]", "src/main.rs error[unwrapped_query]"];
    assert_eq!(found(&dir, &["-F", "panics", "-A", "unwrapped_query"]), errors);
    assert_eq!(found(&dir, &["-A", "unwrapped_query", "-F", "panics"]), errors);
    let dir = service(
        "forbid_there",
        "[[overrides]]\npaths = [\"src/admin.rs\"]\nlints = { resources = \"forbid\" }\n\
        [[overrides]]\npaths = [\"src\"]\nlints = { all = \"allow\" }\n",
    );
    assert_eq!(
        found(&dir, &[]),
        ["src/admin.rs error[request_time_env]", "backstop.toml warning[unused_suppression]"],
        "only there"
    );
}

/// What applies to a file, and which line of what has decided it.
#[test]
fn settings_are_shown() {
    let dir = service(
        "settings",
        "[lints]\nresources = \"deny\"\nleaked_error = { level = \"forbid\" }\n\n\
        [[overrides]]\npaths = [\"src/admin.rs\"]\npackages = [\"shop\"]\nlints = { all = \"warn\" }\n\n\
        [check]\nexclude = [\"src/main.rs\"]\nbaseline = \"known.json\"\nmax-warnings = 7\n",
    );
    let options = ["--show-settings", "-A", "unchecked_code"];
    insta::assert_snapshot!("settings", run_in(&dir, &options).ends_with(0).shown());
    let files = [&options[..], &["src/admin.rs", "src/main.rs", "--no-baseline", "--max-warnings", "0"]].concat();
    insta::assert_snapshot!("settings_of_files", run_in(&dir, &files).ends_with(0).shown());
}

/// The schema in the repository is the one that is printed, and knows the keys that are read.
#[test]
fn the_schema_is_current() {
    let dir = service("schema", "");
    let path = support::root().join("backstop.schema.json");
    let printed = run_in(&dir, &["schema"]).ends_with(0).out;
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::write(&path, &printed).expect("it can be written");
    }
    let committed = fs::read_to_string(&path).expect("it is there");
    assert_eq!(committed, printed, "write it anew: `cargo run -- schema > backstop.schema.json`");
    let schema: serde_json::Value = serde_json::from_str(&printed).expect("it is JSON");
    let keys = |at: &serde_json::Value| -> Vec<String> {
        at["properties"].as_object().expect("it has properties").keys().cloned().collect()
    };
    // Each key is read: a value that it cannot have is a mistake in it, rather than an unknown key.
    let root = &schema["properties"];
    let tables = [
        ("", keys(&schema)),
        ("[check]\n", keys(&root["check"])),
        ("[[overrides]]\n", keys(&root["overrides"]["items"])),
        ("[lints]\n", keys(&root["lints"])),
    ];
    for (table, keys) in tables {
        for key in keys {
            fs::write(dir.join("backstop.toml"), format!("{table}{key} = 1.5\n")).expect("it can be written");
            let run = check(&dir, &[]).ends_with(2);
            assert!(run.err.contains("expected ") && !run.err.contains("unknown key"), "{key}: {}", run.err);
        }
        fs::write(dir.join("backstop.toml"), format!("{table}no-such-key = 1\n")).expect("it can be written");
        let run = check(&dir, &[]).ends_with(2);
        assert!(run.err.contains("no-such-key"), "{}", run.err);
    }
}

#[test]
fn excluded_files_have_no_findings() {
    let dir = service("exclude", "[check]\nexclude = [\"src/admin.rs\"]\n");
    assert_eq!(found(&dir, &[]), ["src/main.rs error[unwrapped_query]"]);
}

#[test]
fn patterns_that_match_nothing_are_reported() {
    let dir = service("patterns", "[check]\nexclude = [\"crates/gone/**\"]\n");
    insta::assert_snapshot!("pattern_that_matches_nothing", run_in(&dir, &["-A", "panics", "-A", "resources"]).shown());
}

#[test]
fn the_nearest_one_upwards_counts() {
    let dir = service("upwards/shop", "");
    fs::remove_file(dir.join("backstop.toml")).expect("it is there");
    let above = dir.parent().expect("it is in a folder").join("backstop.toml");
    fs::write(&above, "[lints]\nunwrapped_query = \"allow\"\n").expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]"]);
    fs::write(dir.join("backstop.toml"), "[lints]\nrequest_time_env = \"allow\"\n").expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/main.rs error[unwrapped_query]"]);
    assert_eq!(
        found(&dir, &["--config", "../backstop.toml"]),
        ["src/admin.rs warning[request_time_env]"],
        "the one that is named counts instead"
    );
    fs::remove_file(above).expect("it is there");
}

#[test]
fn the_manifest_can_hold_it() {
    let dir = service("metadata", "");
    fs::remove_file(dir.join("backstop.toml")).expect("it is there");
    let levels = "[workspace.metadata.backstop.lints]\nunwrapped_query = \"allow\"\n";
    fs::write(dir.join("Cargo.toml"), format!("{MANIFEST}\n{levels}")).expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]"]);
    let wrong = levels.replace("unwrapped", "unwraped");
    fs::write(dir.join("Cargo.toml"), format!("{MANIFEST}\n{wrong}")).expect("it can be written");
    let run = check(&dir, &[]).ends_with(2);
    assert!(run.err.contains("Cargo.toml:11:1") && run.err.contains("did you mean `unwrapped_query`"), "{}", run.err);
}

/// The warnings about tables that are not read, as file, line and message.
fn unread(test: &str, files: &[(&str, &str)], paths: &[&str]) -> Vec<String> {
    let usual = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/admin.rs", ADMIN)];
    let files: Vec<(String, String)> =
        usual.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let run = check(&project(&format!("config/{test}"), &files), paths).ends_with(1);
    let warnings = run.err.lines().filter_map(|line| line.strip_prefix("warning: "));
    warnings.map(str::to_owned).collect()
}

#[test]
fn tables_that_are_not_read() {
    let package = "`[package.metadata.backstop]` is not read";
    let workspace = "`[workspace.metadata.backstop]` is not read where there is a `backstop.toml`";
    let levels = "lints]\nunwrapped_query = \"allow\"\n";
    let of_package = format!("{MANIFEST}\n[package.metadata.backstop.{levels}");
    assert_eq!(unread("package_table", &[("Cargo.toml", &of_package)], &[]), [format!("Cargo.toml:10: {package}")]);
    let inline = MANIFEST.replace("\n\n[dep", "\nmetadata = { other = 1, backstop = { lints = {} } }\n\n[dep");
    assert_eq!(unread("package_inline", &[("Cargo.toml", &inline)], &[]), [format!("Cargo.toml:5: {package}")]);
    assert_eq!(
        unread("package_part", &[("Cargo.toml", &of_package)], &["src/main.rs"]),
        [format!("Cargo.toml:10: {package}")],
        "it would have been for every part"
    );
    let of_workspace = format!("{MANIFEST}\n[workspace.metadata.backstop.{levels}");
    let files = [("Cargo.toml", of_workspace.as_str()), ("backstop.toml", "")];
    assert_eq!(unread("workspace_table", &files, &[]), [format!("Cargo.toml:10: {workspace}")]);
}

/// Tables of other tools, and those of packages that are not checked.
#[test]
fn tables_that_are_nobodys_business() {
    let others =
        format!("{MANIFEST}\n[package.metadata.docs]\nbackstop = 1\n\n[workspace.metadata]\nother = \"backstop\"\n");
    assert_eq!(unread("tables", &[("Cargo.toml", &others), ("backstop.toml", "")], &[]), Vec::<String>::new());
    let depends = format!("{MANIFEST}dep = {{ path = \"../tables_dep\" }}\n");
    let dep = "[package]\nname = \"dep\"\nversion = \"0.1.0\"\n\n[package.metadata.backstop]\n";
    let files = [("Cargo.toml", dep), ("src/lib.rs", "")].map(|(path, text)| (path.to_owned(), text.to_owned()));
    project("config/tables_dep", &files);
    assert_eq!(unread("tables_outside", &[("Cargo.toml", &depends)], &[]), Vec::<String>::new());
}

#[test]
fn it_teaches_libraries() {
    let main =
        MAIN.replace("sqlx::query_scalar(\"SELECT COUNT(*) FROM users\").fetch_one(&pool).await", "our_db::count()");
    let dir = service("knowledge", "");
    fs::write(dir.join("src/main.rs"), main).expect("it can be written");
    fs::write(dir.join("Cargo.toml"), format!("{MANIFEST}our-db = \"1\"\n")).expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]"]);
    let knowledge = "[[knowledge]]\nname = \"our-db\"\ncrates = [\"our_db\"]\nkind = \"database\"\n\n\
        [knowledge.calls]\n\"our_db::count()\" = \"Result<_>\"\n";
    fs::write(dir.join("backstop.toml"), knowledge).expect("it can be written");
    assert_eq!(found(&dir, &[]), ["src/admin.rs warning[request_time_env]", "src/main.rs error[unwrapped_query]"]);
}

/// Every mistake in one file: each with its place, and with the nearest name where there is one.
#[test]
fn mistakes_are_shown_where_they_are() {
    let config = "lint = {}\n\n\
        [lints]\nunwraped_query = \"warn\"\nunwrapped_query = \"error\"\nrequest_time_env = 2\nunused_suppression = { levl = \"warn\" }\n\n\
        [check]\nexclud = []\nexclude = \"src\"\nrequire-reason = \"yes\"\nbaseline = 1\nmax-warnings = -1\n\n\
        [[overrides]]\npath = [\"src\"]\nlints = { meta = \"wran\" }\n\n\
        [[overrides]]\npaths = [\"src/{a\", 3]\nlints = []\n\n\
        [[knowledge]]\nname = \"our-db\"\nkind = \"databse\"\n";
    let dir = service("mistakes", config);
    insta::assert_snapshot!("mistakes", check(&dir, &[]).ends_with(2).shown());
}

#[test]
fn what_is_not_toml_is_shown_too() {
    for (name, text) in [("open", "[lints\nunwrapped_query = \"warn\"\n"), ("twice", "[check]\n[check]\n")] {
        let dir = service(&format!("not_toml_{name}"), text);
        insta::assert_snapshot!(format!("not_toml_{name}"), check(&dir, &[]).ends_with(2).shown());
    }
}

/// A configuration that cannot be used stops the run also where only routes are listed.
#[test]
fn routes_read_it_too() {
    let dir = service("routes", "[lnts]\n");
    let run = run_in(&dir, &["routes"]).ends_with(2);
    assert!(run.out.is_empty() && run.err.contains("unknown key `lnts`"), "{}", run.shown());
}
