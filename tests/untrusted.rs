//! Checking a stranger's project: nothing of it runs, nothing outside of it is read, and terminals obey nothing in it.

mod support;

use std::fs;
use std::path::PathBuf;

use support::git::Repository;
use support::process::{Ran, run_in};

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";

const REGION: &str = "pub async fn region() -> String { std::env::var(\"REGION\").unwrap_or_default() }\n";

/// A repository with a route to `secret::region` behind some declarations, and beside it a file `secret.rs` that is not
/// in it.
fn service(test: &str, declarations: &str) -> (Repository, PathBuf) {
    let main = format!(
        "{declarations}\nfn app() -> axum::Router {{\n    axum::Router::new().route(\"/\", axum::routing::get(secret::region))\n}}\n\
         fn main() {{ drop(app()) }}\n"
    );
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main.as_str())];
    let repository = Repository::new(&format!("untrusted/{test}/shop"), &files);
    let secret = repository.dir.with_file_name("secret.rs");
    fs::write(&secret, REGION).expect("it can be written");
    (repository, secret)
}

#[track_caller]
fn is_not_read(test: &str, declarations: &str, link: bool) {
    let (repository, secret) = service(test, declarations);
    if link {
        #[cfg(unix)]
        std::os::unix::fs::symlink(&secret, repository.dir.join("src/secret.rs")).expect("links can be made");
    }
    let ran = run_in(&repository.dir, &["--format", "short"]).ends_with(0);
    assert!(ran.out.contains("is outside the project, and is not read"), "{}", ran.shown());
    assert!(!ran.out.contains("request_time_env"), "{}", ran.shown());
    drop(secret);
}

#[test]
fn files_outside_the_project_are_named_and_not_read() {
    is_not_read("path", "#[path = \"../../secret.rs\"]\nmod secret;", false);
    is_not_read("include", "mod secret {\n    include!(\"../../secret.rs\");\n}", false);
    #[cfg(unix)]
    is_not_read("link", "mod secret;", true);
}

/// The folder that is checked can be a part of the repository, and its packages can share files.
#[test]
fn files_of_the_same_repository_are_read() {
    let (repository, _) = service("same", "#[path = \"../../common/secret.rs\"]\nmod secret;");
    let inner = repository.dir.join("api");
    fs::create_dir_all(inner.join("src")).expect("folders can be made");
    for file in ["Cargo.toml", "src/main.rs"] {
        fs::rename(repository.dir.join(file), inner.join(file)).expect("it can be moved");
    }
    repository.write("common/secret.rs", REGION);
    let ran = run_in(&inner, &["--format", "short"]).ends_with(0);
    assert!(ran.out.contains("request_time_env") && ran.out.lines().count() == 1, "{}", ran.shown());
}

/// Somebody else's code, which would clear the screen and show itself in another order.
fn hostile(test: &str) -> PathBuf {
    let main = "async fn region() -> String { /* \u{1b}[2J\u{202e} */ std::env::var(\"\u{1b}]0;RE\u{7}\").unwrap_or_default() }\n\
        fn app() -> axum::Router {\n    axum::Router::new().route(\"/\u{1b}[31mx\", axum::routing::get(region))\n}\n\
        fn main() { drop(app()) }\n";
    let config = "[check]\nexclude = [\"\\u001b2J\"]\n";
    let broken = "fn broken( { \"\u{9b}31m\" ] }\n";
    let files =
        [("Cargo.toml", MANIFEST), ("backstop.toml", config), ("src/main.rs", main), ("src/bin/other.rs", broken)];
    Repository::new(&format!("untrusted/{test}"), &files).dir
}

/// Everything that a terminal or the log of a CI shows.
#[test]
fn terminals_obey_nothing_in_the_sources() {
    let dir = hostile("escapes");
    let commands: [&[&str]; 7] = [
        &["check"],
        &["check", "-v"],
        &["check", "--format", "short"],
        &["check", "--format", "github"],
        &["routes"],
        &["routes", "-v"],
        &["check", "--show-settings"],
    ];
    for arguments in commands {
        let ran: Ran = run_in(&dir, arguments);
        for text in [&ran.out, &ran.err] {
            let obeyed = |char: &char| char.is_control() && *char != '\n' || *char == '\u{202e}';
            assert_eq!(text.chars().find(obeyed), None, "{arguments:?}: {text:?}");
        }
    }
    let shown = run_in(&dir, &["check"]).out;
    assert!(shown.contains("␛[2J\u{fffd}") && shown.contains("GET /␛[31mx"), "{shown}");
}

/// Colours are ours: with them, nothing else begins with an escape.
#[test]
fn colours_stay() {
    let dir = hostile("colours");
    let shown = run_in(&dir, &["check", "--color", "always"]).out;
    let sequences: Vec<&str> = shown.split('\u{1b}').skip(1).collect();
    assert!(sequences.len() > 10, "there are colours");
    let is_colour = |rest: &&str| {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '[' && char != ';');
        rest.starts_with('[') && end.is_some_and(|end| rest[end..].starts_with('m'))
    };
    assert!(sequences.iter().all(is_colour), "{shown:?}");
    assert!(shown.contains("␛[2J"));
}

/// Neither build scripts nor what cargo or git are configured to start.
#[cfg(unix)]
#[test]
fn nothing_runs() {
    let (repository, _) = service("runs", "mod secret { pub async fn region() -> String { String::new() } }");
    let marker = repository.dir.join("started");
    let touch = format!("touch {}", marker.display());
    repository
        .write("build.rs", &format!("fn main() {{ std::process::Command::new(\"sh\").args([\"-c\", \"{touch}\"]); }}"));
    repository.write(
        ".cargo/config.toml",
        &format!("[build]\nrustc-wrapper = \"/bin/sh\"\n[alias]\nmetadata = \"!{touch}\"\n"),
    );
    repository.write("rust-toolchain.toml", "[toolchain]\nchannel = \"of-somebody\"\n");
    for (name, value) in [("core.fsmonitor", touch.as_str()), ("diff.external", touch.as_str())] {
        let done = std::process::Command::new("git")
            .args(["config", name, value])
            .current_dir(&repository.dir)
            .status()
            .expect("git can be started");
        assert!(done.success());
    }
    repository.write("src/main.rs", "fn main() {}\n");
    let commands: [&[&str]; 4] = [&["check"], &["check", "--since", "HEAD"], &["routes"], &["fix", "--dry-run"]];
    for arguments in commands {
        let ran = support::process::ran(
            &repository.dir,
            support::git::alone(&mut support::process::command(&repository.dir, arguments), &repository.dir),
        );
        assert_eq!(ran.status, Some(0), "{}", ran.shown());
        assert!(!marker.exists(), "{arguments:?} has started something");
    }
}
