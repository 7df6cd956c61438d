//! Where reports go: one to standard output, further ones to files.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::process::{Ran, command, ran, run_in};
use support::{project, root};

/// A service with one finding at level deny.
fn service(test: &str) -> PathBuf {
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n[dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\n";
    let main = "use axum::{Router, extract::State, routing::get};
async fn show(State(pool): State<sqlx::PgPool>) -> String {
    sqlx::query_scalar(\"SELECT name FROM users\").fetch_one(&pool).await.unwrap()
}
pub fn app() -> Router<sqlx::PgPool> {
    Router::new().route(\"/users\", get(show))
}
";
    let files = [(".git/HEAD", ""), ("Cargo.toml", manifest), ("src/main.rs", main)];
    project(&format!("outputs/{test}"), &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

/// The names of the files in a folder, without those of the project.
fn others(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the folder can be read");
    let names = entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|it| ![".git", "Cargo.toml", "src"].contains(&it.as_str())).collect();
    names.sort();
    names
}

#[test]
fn a_run_writes_several_formats() {
    let dir = service("several");
    let formats = ["human", "short", "cargo-json", "sarif", "github", "gitlab", "rdjson"];
    let outputs: Vec<String> = formats.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut arguments = vec!["--format", "short"];
    arguments.extend(outputs.iter().flat_map(|output| ["--output", output]));
    let run = run_in(&dir, &arguments).ends_with(1);
    assert!(run.out.starts_with("src/main.rs:3:"), "{}", run.out);
    for format in formats {
        let alone = command(&dir, &["--format", format, "-q"]).output().expect("the program can be started");
        let file = fs::read(dir.join(format!("out.{format}"))).expect("it is there");
        assert!(file == alone.stdout, "{format} is the same in a file");
    }
    assert_eq!(others(&dir).len(), formats.len(), "nothing else is left: {:?}", others(&dir));
    // The time is another one.
    run_in(&dir, &["--output", "json=out.json", "-q"]).ends_with(1);
    let file = fs::read_to_string(dir.join("out.json")).expect("it is there");
    assert!(file.starts_with("{\"schema\":1,") && file.ends_with("}\n"), "{file}");
}

/// Without a file it is standard output that is meant.
#[test]
fn an_output_without_a_file() {
    let dir = service("stream");
    let run = run_in(&dir, &["--output", "sarif=backstop.sarif", "--output", "github"]).ends_with(1);
    assert!(run.out.starts_with("::error file=src/main.rs,"), "{}", run.out);
    assert_eq!(others(&dir), ["backstop.sarif"]);
    let dashed = run_in(&dir, &["--output", "github=-"]).ends_with(1);
    assert_eq!(dashed.out, run.out);
}

/// Colours are for standard output.
#[test]
fn files_have_no_colors() {
    let dir = service("colors");
    let run = run_in(&dir, &["--color", "always", "--output", "human=out.txt"]).ends_with(1);
    assert!(run.out.contains('\u{1b}'));
    assert!(!fs::read_to_string(dir.join("out.txt")).expect("it is there").contains('\u{1b}'));
}

#[track_caller]
fn refused(dir: &Path, arguments: &[&str], told: &str) {
    let run = run_in(dir, arguments).ends_with(2);
    assert!(run.err.contains(told), "{told:?} is not in: {}", run.err);
    assert_eq!(run.out, "", "nothing is checked");
}

#[test]
fn mistakes_are_told_before_the_work() {
    let dir = service("mistakes");
    refused(&dir, &["--output", "srif=a"], "there is no format `srif`, did you mean `sarif`?");
    refused(&dir, &["--output", "xml=a"], "there is no format `xml`, only human, short, json, cargo-json, sarif,");
    refused(&dir, &["--output", "backstop.sarif"], "expected a format and a file, as in `sarif=backstop.sarif`");
    refused(&dir, &["--output", "github", "--format", "json"], "only one format can go to standard output");
    refused(&dir, &["--output", "github", "--output", "sarif=-"], "the others go to files with '--output FORMAT=FILE'");
    refused(&dir, &["--output", "sarif="], "no file is named");
    refused(&dir, &["--output"], "--output <FORMAT[=FILE]>");
    refused(&dir, &["--output", "sarif=no/such/a"], "error: cannot write `no/such/a`: there is no folder `no/such`");
    refused(&dir, &["--output", "sarif=src"], "error: cannot write `src`: it is a folder");
    for again in ["a", "./a", "src/../a"] {
        let again = format!("gitlab={again}");
        refused(&dir, &["--output", "sarif=a", "--output", &again], "error: two outputs go to ");
    }
    assert!(run_in(&dir, &["--output", "sarif=a", "--output", "sarif=./a"]).err.contains("needs a file of its own"));
    assert_eq!(others(&dir), Vec::<String>::new());
    run_in(&dir, &["--output", "sarif=a", "--output", "sarif=b", "-q"]).ends_with(1);
    assert_eq!(others(&dir), ["a", "b"]);
}

/// A run that fails leaves the last report as it was.
#[test]
fn files_are_replaced_whole() {
    let dir = service("replaced");
    fs::write(dir.join("a"), "old").expect("files can be written");
    run_in(&dir, &["--output", "gitlab=a", "-D", "no_such_lint"]).ends_with(2);
    assert_eq!(fs::read_to_string(dir.join("a")).expect("it is there"), "old");
    assert_eq!(others(&dir), ["a"]);
    run_in(&dir, &["--output", "gitlab=a"]).ends_with(1);
    assert!(fs::read_to_string(dir.join("a")).expect("it is there").starts_with("[{\"description\":"));
    assert_eq!(others(&dir), ["a"]);
}

#[cfg(unix)]
#[test]
fn links_and_devices_stay_what_they_are() {
    let dir = service("links");
    fs::create_dir(dir.join("reports")).expect("folders can be made");
    fs::write(dir.join("reports/a"), "old").expect("files can be written");
    std::os::unix::fs::symlink("reports/a", dir.join("a")).expect("links can be made");
    run_in(&dir, &["--output", "gitlab=a", "--output", "sarif=/dev/null"]).ends_with(1);
    assert!(dir.join("a").is_symlink());
    assert!(fs::read_to_string(dir.join("reports/a")).expect("it is there").starts_with('['));
    assert!(!Path::new("/dev/null").is_file());
    refused(&dir, &["--output", "gitlab=a", "--output", "sarif=reports/a"], "two outputs go to `reports/a`");
    if Path::new("/dev/full").exists() {
        refused(&dir, &["--output", "sarif=/dev/full"], "error: cannot write `/dev/full`: No space left on device");
    }
}

/// Whoever reads the files gets them also when nobody reads standard output.
#[test]
fn files_are_written_before_standard_output() {
    let dir = service("head");
    let mut child = command(&dir, &["--output", "gitlab=a"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program can be started");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(1));
    assert_eq!(others(&dir), ["a"]);
}

fn in_actions(dir: &Path, value: &str, arguments: &[&str]) -> Ran {
    ran(dir, command(dir, arguments).env("GITHUB_ACTIONS", value)).ends_with(1)
}

#[test]
fn annotations_are_the_usual_format_in_github_actions() {
    let dir = service("actions");
    assert!(in_actions(&dir, "true", &[]).out.starts_with("::error file=src/main.rs,"));
    assert!(in_actions(&dir, "true", &["--output", "sarif=a"]).out.starts_with("::error file=src/main.rs,"));
    assert!(in_actions(&dir, "true", &["--format", "human"]).out.starts_with("error[unwrapped_query]"));
    assert!(in_actions(&dir, "true", &["--message-format", "short"]).out.starts_with("src/main.rs:3:"));
    assert!(in_actions(&dir, "false", &[]).out.starts_with("error[unwrapped_query]"));
    let routes = ran(&dir, command(&dir, &["routes"]).env("GITHUB_ACTIONS", "true")).ends_with(0);
    assert!(routes.out.starts_with("GET"), "{}", routes.out);
}

#[test]
fn cargo_calls_formats_by_other_names() {
    let dir = service("cargo");
    for (format, same) in [("human", "human"), ("short", "short"), ("json", "cargo-json")] {
        let written = run_in(&dir, &["--message-format", format, "-q"]).ends_with(1).out;
        assert_eq!(written, run_in(&dir, &["--format", same, "-q"]).ends_with(1).out, "{format}");
        assert_eq!(written, run_in(&dir, &[&format!("--message-format={format}"), "-q"]).out, "{format}");
    }
    let advice = "tip: '--message-format json' is another spelling of '--format cargo-json'";
    refused(&dir, &["--message-format", "json", "--format", "sarif"], advice);
    refused(&dir, &["check", "--format", "human", "--message-format", "human"], advice);
    refused(&dir, &["--message-format", "sarif"], "invalid value 'sarif' for '--message-format <FORMAT>'");
}

#[test]
fn threads_do_not_change_the_formats() {
    let services = root().join("test-fixtures");
    for format in ["cargo-json", "sarif", "github", "gitlab", "rdjson"] {
        let one = run_in(&services, &["check", "--format", format, "--jobs", "1"]);
        assert!(one.out.contains("axum-shop/src/"), "{}", one.shown());
        for jobs in ["2", "7"] {
            let many = run_in(&services, &["check", "--format", format, "--jobs", jobs]);
            assert_eq!(one.out, many.out, "{format} with {jobs} threads");
        }
    }
}
