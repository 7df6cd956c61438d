//! The program as people and scripts see it: what it writes where, and the status it ends with.

mod support;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::process::{command, ran, run_in};
use support::{SHOP_MAIN as MAIN, project, root};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
    [dependencies]\naxum = \"0.8\"\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n";

const DB: &str = r#"use sqlx::PgPool;

pub async fn name(pool: &PgPool, id: i64) -> String {
    let found = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_one(pool).await;
    found.unwrap()
}
"#;

/// A small service with one finding at level deny and one at level warn, in a folder of its own for each test.
fn shop(test: &str) -> PathBuf {
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/db.rs", DB)];
    project(&format!("cli/{test}"), &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

/// Compares a run in a folder with what it wrote when somebody last looked.
fn snapshot(name: &str, dir: &Path, arguments: &[&str]) {
    insta::with_settings!({ description => arguments.join(" "), omit_expression => true }, {
        insta::assert_snapshot!(name, run_in(dir, arguments).shown());
    });
}

#[test]
fn formats() {
    let dir = shop("formats");
    snapshot("check_human", &dir, &["check"]);
    snapshot("check_short", &dir, &["check", "--format", "short"]);
    snapshot("check_json", &dir, &["check", "--format", "json"]);
    snapshot("routes_human", &dir, &["routes"]);
    snapshot("routes_verbose", &dir, &["routes", "-v"]);
    snapshot("routes_json", &dir, &["routes", "--format", "json"]);
}

#[test]
fn texts() {
    let dir = shop("texts");
    snapshot("help", &dir, &["--help"]);
    snapshot("help_check", &dir, &["check", "-h"]);
    snapshot("help_routes", &dir, &["routes", "-h"]);
    snapshot("help_baseline", &dir, &["baseline", "-h"]);
    snapshot("help_explain", &dir, &["explain", "-h"]);
    snapshot("lints", &dir, &["lints"]);
    snapshot("explain", &dir, &["explain", "unused-suppression"]);
    snapshot("explain_group", &dir, &["explain", "meta"]);
    assert_eq!(run_in(&dir, &["help"]).ends_with(0).out, run_in(&dir, &["--help"]).ends_with(0).out);
    assert_eq!(
        run_in(&dir, &["backstop", "help", "routes"]).ends_with(0).out,
        run_in(&dir, &["routes", "--help"]).ends_with(0).out
    );
    let version = run_in(&dir, &["--version"]).ends_with(0);
    assert_eq!(version.out, concat!("cargo-backstop ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// A group is explained as `lints` lists it, and each lint is in one.
#[test]
fn every_group_can_be_explained() {
    let dir = shop("groups");
    let groups = backstop::lints::groups();
    let explained: Vec<String> =
        groups.iter().map(|group| run_in(&dir, &["explain", group]).ends_with(0).out).collect();
    assert_eq!(explained.join("\n"), run_in(&dir, &["lints"]).ends_with(0).out);
    for lint in backstop::lints::LINTS {
        assert!(!groups.contains(&lint.name), "`explain {}` would hide its page", lint.name);
    }
    let near = run_in(&dir, &["explain", "panic"]).ends_with(2).err;
    assert!(near.contains("did you mean `panics`?"), "{near}");
    let lint = run_in(&dir, &["explain", "unwraped_query"]).ends_with(2).err;
    assert!(lint.contains("did you mean `unwrapped_query`?"), "a lint is still nearer to its own name: {lint}");
}

/// A folder can have the name of a command.
#[test]
fn folders_named_like_commands() {
    let dir = shop("named");
    std::fs::create_dir(dir.join("help")).expect("folders can be made");
    std::fs::rename(dir.join("src"), dir.join("help/src")).expect("it is there");
    std::fs::rename(dir.join("Cargo.toml"), dir.join("help/Cargo.toml")).expect("it is there");
    for path in ["./help", "help/"] {
        assert!(run_in(&dir, &[path]).ends_with(1).out.contains("unwrapped_query"), "{path}");
    }
    assert!(run_in(&dir, &["check", "help"]).ends_with(1).out.contains("unwrapped_query"));
}

/// Pages show what people need: no marks, no hidden lines, no front matter.
#[test]
fn every_page_can_be_read() {
    let dir = shop("pages");
    for lint in backstop::lints::LINTS {
        let page = run_in(&dir, &["explain", lint.name]).ends_with(0).out;
        assert!(page.starts_with(&format!("# {}\n", lint.name)), "{page}");
        assert!(!page.contains("//~") && !page.contains("\n# \n"), "{page}");
    }
}

#[test]
fn mistakes_on_the_command_line() {
    let dir = shop("mistakes");
    snapshot("unknown_option", &dir, &["--fast"]);
    snapshot("unknown_option_near", &dir, &["--formt", "json"]);
    snapshot("unknown_format", &dir, &["--format", "jsn"]);
    snapshot("unknown_lint", &dir, &["-D", "unwraped_query"]);
    snapshot("unknown_lint_far", &dir, &["-D", "x"]);
    snapshot("unknown_lint_explained", &dir, &["explain", "request_time"]);
    snapshot("unknown_group_explained", &dir, &["explain", "configuratoin"]);
    snapshot("unknown_package", &dir, &["-p", "shopp"]);
    snapshot("unknown_path", &dir, &["src/nowhere"]);
    snapshot("unknown_command", &dir, &["ruotes"]);
    snapshot("unknown_manifest", &dir, &["--manifest-path", "crates/Cargo.toml"]);
    snapshot("unknown_config", &dir, &["--config", "bckstop.toml"]);
    snapshot("nothing_to_explain", &dir, &["explain"]);
    snapshot("quiet_and_verbose", &dir, &["-q", "-v"]);
}

#[test]
fn levels_are_taken_from_left_to_right() {
    let dir = shop("levels");
    let found = |arguments: &[&str], status: i32| {
        let run = run_in(&dir, &[&["--format", "short"], arguments].concat()).ends_with(status);
        let level = |line: &str| line.split(": ").nth(1).unwrap_or_default().to_owned();
        run.out.lines().map(level).collect::<Vec<_>>()
    };
    assert_eq!(found(&[], 1), ["error[unwrapped_query]", "warning[request_time_env]"]);
    assert_eq!(found(&["-A", "unwrapped_query"], 0), ["warning[request_time_env]"]);
    assert_eq!(found(&["-W", "unwrapped-query"], 0), ["warning[unwrapped_query]", "warning[request_time_env]"]);
    assert_eq!(found(&["-W", "panics"], 0), ["warning[unwrapped_query]", "warning[request_time_env]"]);
    assert_eq!(found(&["-D", "warnings"], 1), ["error[unwrapped_query]", "error[request_time_env]"]);
    assert_eq!(found(&["-A", "warnings"], 1), ["error[unwrapped_query]"]);
    assert_eq!(
        found(&["-D", "warnings", "-W", "request_time_env"], 1),
        ["error[unwrapped_query]", "warning[request_time_env]"]
    );
    assert_eq!(
        found(&["-W", "panics", "-A", "request_time_env", "-D", "warnings"], 1),
        ["error[unwrapped_query]"],
        "what is allowed by then is no warning"
    );
    assert_eq!(found(&["-A", "panics", "-A", "resources"], 0), Vec::<String>::new());
}

#[test]
fn what_is_checked_can_be_named_in_many_ways() {
    let dir = shop("paths");
    let here = run_in(&dir, &["--format", "short"]).ends_with(1).out;
    let same = [vec!["."], vec!["--manifest-path", "Cargo.toml"], vec!["-p", "shop"], vec!["--workspace"]];
    for arguments in same {
        assert_eq!(run_in(&dir, &[&["--format", "short"], arguments.as_slice()].concat()).out, here, "{arguments:?}");
    }
    assert_eq!(run_in(&dir.join("src"), &["--format", "short"]).out, here, "from a folder inside the package");
    assert_eq!(run_in(&dir, &["backstop", "check", "--format", "short"]).out, here, "as cargo calls it");
    for manifest in ["Cargo.toml", "src/../Cargo.toml"] {
        assert_eq!(run_in(&dir, &["--format", "short", manifest]).out, here, "a manifest stands for its folder");
    }
    for path in ["paths", "paths/Cargo.toml"] {
        let outside = run_in(dir.parent().expect("it is in a folder"), &["--format", "short", path]).ends_with(1).out;
        assert_eq!(outside, here, "names are relative to the folder that is checked");
    }
    std::fs::remove_file(dir.join("Cargo.toml")).expect("it is there");
    let file = run_in(&dir, &["--format", "short", "src/main.rs"]).ends_with(1).out;
    assert_eq!(file, here, "a single file of no package with its modules");
}

#[test]
fn quiet_says_nothing_besides_the_findings() {
    let dir = shop("quiet");
    let quiet = run_in(&dir, &["-q"]).ends_with(1);
    assert_eq!(quiet.err, "");
    assert_eq!(quiet.out, run_in(&dir, &[]).out);
}

#[test]
fn verbose_says_what_was_found() {
    snapshot("verbose", &shop("verbose"), &["-v", "-A", "panics", "-A", "resources"]);
}

#[test]
fn threads_do_not_change_the_output() {
    let services = root().join("test-fixtures");
    for arguments in [&["check", "--format", "json"][..], &["check"], &["routes", "--format", "json"]] {
        let one = run_in(&services, &[arguments, &["--jobs", "1"]].concat());
        assert!(one.out.contains("axum-shop/src/"), "{}", one.shown());
        for jobs in ["2", "3", "8"] {
            let many = run_in(&services, &[arguments, &["--jobs", jobs]].concat());
            assert_eq!(one.out, many.out, "{arguments:?} with {jobs} threads");
            assert_eq!(one.err, many.err, "{arguments:?} with {jobs} threads");
        }
    }
}

/// Whether `--color` and the environment give colours in a pipe.
fn is_colored(dir: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> bool {
    let run = ran(dir, command(dir, arguments).envs(environment.iter().copied()));
    let (out, err) = (run.out.contains('\u{1b}'), run.err.contains('\u{1b}'));
    assert!(run.out.contains("unwrapped_query"), "{}", run.shown());
    assert!(!err, "the summary has no colours of its own");
    out
}

#[test]
fn colors() {
    let dir = shop("colors");
    let check = |arguments: &[&str], environment: &[(&str, &str)], expected: bool| {
        assert_eq!(is_colored(&dir, arguments, environment), expected, "{arguments:?} {environment:?}");
    };
    check(&[], &[], false);
    check(&["--color", "auto"], &[], false);
    check(&["--color", "always"], &[], true);
    check(&["--color", "always"], &[("NO_COLOR", "1"), ("CARGO_TERM_COLOR", "never")], true);
    check(&["--color", "never"], &[("CLICOLOR_FORCE", "1"), ("CARGO_TERM_COLOR", "always")], false);
    check(&[], &[("CLICOLOR_FORCE", "1")], true);
    check(&[], &[("CLICOLOR_FORCE", "0")], false);
    check(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false);
    check(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "0")], false);
    check(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true);
    check(&[], &[("CARGO_TERM_COLOR", "always")], true);
    check(&[], &[("CARGO_TERM_COLOR", "never"), ("CLICOLOR_FORCE", "1")], false);
    check(&[], &[("CARGO_TERM_COLOR", "auto"), ("CLICOLOR_FORCE", "1")], true);
    check(&["--format", "short", "--color", "always"], &[], true);
    check(&["--format", "json", "--color", "always"], &[], false);
}

#[test]
fn errors_have_colors_too() {
    let dir = shop("error_colors");
    let err = |arguments: &[&str]| run_in(&dir, arguments).ends_with(2).err;
    assert!(err(&["--color", "always", "nowhere"]).contains("\u{1b}["));
    assert!(!err(&["nowhere"]).contains('\u{1b}'));
}

/// What `| head -1` does: the reader goes away while there is more to write.
#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let services = root().join("test-fixtures");
    let formats = ["json", "cargo-json", "sarif", "github", "gitlab", "rdjson"].map(|it| ["check", "--format", it]);
    let checks = formats.iter().map(|arguments| (&arguments[..], 1));
    for (arguments, status) in checks.chain([(&["check"][..], 1), (&["routes"], 0)]) {
        let mut child = command(&services, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        drop(child.stdout.take());
        let mut err = String::new();
        let stderr = child.stderr.as_mut().expect("it is a pipe");
        stderr.read_to_string(&mut err).expect("errors are UTF-8");
        let ended = child.wait().expect("the program ends");
        assert_eq!(ended.code(), Some(status), "{arguments:?}: {err}");
        assert!(!err.contains("panicked") && !err.contains("error:"), "{arguments:?}: {err}");
    }
}
