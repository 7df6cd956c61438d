//! `cargo backstop init`: a configuration that changes nothing, and word of the baseline.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::process::run_in;
use support::project;

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";
const MAIN: &str = "async fn region() -> String {\n    std::env::var(\"REGION\").unwrap_or_default()\n}\n\
    fn main() {\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get(region));\n}\n";

/// A service with one finding.
fn service(test: &str) -> PathBuf {
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)];
    project(&format!("init/{test}"), &files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

fn report(dir: &Path) -> String {
    run_in(dir, &["--format", "json"]).ends_with(0).out
}

#[test]
fn it_changes_nothing() {
    let dir = service("nothing");
    let before = report(&dir);
    let settings = run_in(&dir, &["--show-settings"]).ends_with(0).out;
    let run = run_in(&dir, &["init"]).ends_with(0);
    assert_eq!(run.out, "");
    let said = "backstop.toml is written: it explains every setting and changes none\n\
        1 finding today: `cargo backstop baseline` makes them known, and only new ones are reported\n";
    assert_eq!(run.err, said);
    assert_eq!(report(&dir), before);
    // All but the line that names the file.
    let tail = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(tail(&run_in(&dir, &["--show-settings"]).ends_with(0).out), tail(&settings));
    assert!(run_in(&dir, &["-v"]).ends_with(0).err.contains("configuration: [project]/backstop.toml"));
}

#[test]
fn nothing_is_overwritten() {
    let dir = service("overwritten");
    fs::write(dir.join("backstop.toml"), "# mine\n").expect("files can be written");
    let said = run_in(&dir, &["init"]).ends_with(2).err;
    assert!(said.contains("there is a configuration already: `[project]/backstop.toml`"), "{said}");
    assert!(said.contains("help: nothing was written"), "{said}");
    assert_eq!(fs::read_to_string(dir.join("backstop.toml")).expect("it is there"), "# mine\n");
    // One in a folder of the package would hide the one above it.
    run_in(&dir, &["init", "src"]).ends_with(2);
    fs::remove_file(dir.join("backstop.toml")).expect("it is there");
    let manifest = format!("{MANIFEST}[workspace.metadata.backstop.check]\nmax-warnings = 3\n");
    fs::write(dir.join("Cargo.toml"), manifest).expect("files can be written");
    assert!(run_in(&dir, &["init"]).ends_with(2).err.contains("`[project]/Cargo.toml`"));
    assert!(!dir.join("backstop.toml").exists());
}

#[test]
fn a_baseline_on_request() {
    let dir = service("baseline");
    let said = run_in(&dir, &["init", "--baseline"]).ends_with(0).err;
    assert!(said.ends_with("backstop-baseline.json: 1 known finding\n"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(run_in(&dir, &[]).ends_with(0).err.contains("no findings, 1 in the baseline"));
    fs::remove_file(dir.join("backstop.toml")).expect("it is there");
    let said = run_in(&dir, &["init"]).ends_with(0).err;
    assert!(said.contains("there are no findings: a baseline is not needed"), "what is known is no finding: {said}");
}

#[test]
fn it_is_written_where_it_is_asked_for() {
    let dir = service("where");
    let above = dir.parent().expect("it is in a folder");
    let said = run_in(above, &["init", "where"]).ends_with(0).err;
    assert!(said.contains("`cargo backstop baseline where`"), "{said}");
    fs::remove_file(dir.join("backstop.toml")).expect("it is in the folder that was named");
    run_in(&dir.join("src"), &["init"]).ends_with(0);
    fs::remove_file(dir.join("backstop.toml")).expect("it is in the folder of the package around");
    assert!(run_in(&dir, &["init", "nowhere"]).ends_with(2).err.contains("cannot read `nowhere`"));
}
