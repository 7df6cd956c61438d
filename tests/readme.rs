//! What the README shows is real: its output, its commands and options, its configuration.

mod support;

use std::collections::BTreeSet;
use std::fs;

use backstop::cli::{Args, Format};
use backstop::config::Config;
use clap::ValueEnum;
use support::{backstop, findings, project, root};

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let fence = format!("\n```{language}\n");
    let ends = |block: &str| block.split_once("\n```").map(|(block, _)| block.to_owned());
    readme.split(fence.as_str()).skip(1).filter_map(ends).collect()
}

fn shop() -> String {
    root().join("test-fixtures/axum-shop").to_string_lossy().into_owned()
}

#[test]
fn the_diagnostic_is_what_is_printed() {
    let shown = blocks("text").into_iter().find(|block| block.starts_with("error[")).expect("it shows a diagnostic");
    let output = backstop(&["check", &shop()]);
    assert!(
        output.out.contains(&shown),
        "copy it anew from the output of `cargo run -- check test-fixtures/axum-shop`"
    );
    assert_eq!(output.status, 1);
}

#[test]
fn the_routes_are_what_is_listed() {
    let shown = blocks("text").into_iter().find(|block| block.starts_with("GET ")).expect("it shows routes");
    let output = backstop(&["routes", &shop()]);
    assert!(output.out.contains(&shown), "copy them anew from:\n{}", output.out);
}

/// The words of a command that starts with some others, without the comment behind it.
fn arguments<'l>(line: &'l str, start: &str) -> Option<Vec<&'l str>> {
    let command = line.split(" #").next().unwrap_or(line);
    let command = command.split(" | ").next().unwrap_or(command);
    let rest = command.strip_prefix(start)?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.split_whitespace().collect())
}

#[test]
fn the_commands_exist() {
    let readme = readme();
    // Commands in blocks stand alone on a line or behind another one, those in sentences between backticks.
    let commands = readme.lines().flat_map(|line| line.split("; ")).chain(readme.split('`'));
    let commands = commands.filter(|text| !text.contains('\n')).map(|text| text.trim_end_matches('"'));
    let mut seen = 0;
    for command in commands {
        let found = arguments(command, "cargo backstop").or_else(|| arguments(command, "cargo run --"));
        let Some(words) = found else { continue };
        seen += 1;
        let words = ["cargo-backstop"].iter().chain(&words).map(std::ffi::OsString::from);
        // Help comes as an error that is none.
        if let Some(error) = Args::parse(words).err().filter(clap::Error::use_stderr) {
            panic!("`{command}` in the README: {error}");
        }
    }
    assert!(seen > 5, "the commands of the README are found");
}

#[test]
fn the_options_exist() {
    let help: String = ["check", "routes", "baseline", "fix"]
        .iter()
        .filter_map(|command| Args::parse(["x", command, "--help"].map(Into::into)).err())
        .map(|help| help.to_string())
        .collect();
    for code in readme().split('`').skip(1).step_by(2).filter(|code| code.starts_with('-') && !code.contains('\n')) {
        let mut words = code.split(' ');
        let option = words.next().unwrap_or(code);
        let is_there = [" ", ",", "\n"].iter().any(|end| help.contains(&format!("{option}{end}")));
        assert!(is_there, "`{option}` in the README");
        if option == "--format" {
            let format = words.next().unwrap_or_default();
            assert!(help.contains(&format!("- {format}:")), "the format `{format}` in the README");
        }
    }
}

#[test]
fn the_tests_are_run_as_in_ci() {
    let ci = fs::read_to_string(root().join(".ci/run")).expect("there is a .ci/run");
    assert!(blocks("sh").iter().any(|block| block == "cargo test"), "the README says how to test");
    assert!(ci.lines().any(|line| line.trim() == "cargo test"), ".ci/run does as the README says");
}

/// Every format is described, and none that there is not.
#[test]
fn the_formats_are_listed() {
    let readme = readme();
    let (_, table) = readme.split_once("| format | for |\n| --- | --- |\n").expect("it lists the formats");
    let rows = table.lines().map_while(|line| line.strip_prefix("| `")?.split_once("` | ")).map(|(name, _)| name);
    let mut listed: BTreeSet<String> = rows.map(str::to_owned).collect();
    assert!(listed.len() >= 5, "{listed:?}");
    listed.extend(["human", "short", "json"].map(str::to_owned));
    let known = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let known: BTreeSet<String> = known.map(|format| format.get_name().to_owned()).collect();
    assert_eq!(listed, known);
}

/// Whoever looks for their library finds it, and finds none that is not known.
#[test]
fn the_libraries_are_those_that_are_known() {
    let knowledge = Config::new(None, &[]).expect("no configuration is one").knowledge;
    let readme = readme();
    let (_, list) = readme.split_once("\n- Queries of ").expect("it lists the libraries");
    let (list, _) = list.split_once(". ").expect("the list is a sentence");
    let is_name = |it: char| it.is_alphanumeric() || "-_".contains(it);
    let named: BTreeSet<String> = list.split(|it| !is_name(it)).map(|word| word.replace('-', "_")).collect();
    let mut known = BTreeSet::from(["", "and", "the", "pools", "of"].map(str::to_owned));
    for library in knowledge.libraries.iter().filter(|library| library.kind.queries()) {
        let crates: Vec<String> = library.crates.iter().map(|name| name.as_str().to_owned()).collect();
        assert!(crates.iter().any(|name| named.contains(name)), "`{}` is missing in the README", library.name);
        known.extend(crates);
    }
    let unknown: Vec<&String> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "not known, but in the README's list: {unknown:?}");
}

/// The configuration is valid, and its knowledge makes a library's calls queries.
#[test]
fn the_configuration_works() {
    let config = blocks("toml").into_iter().next().expect("it shows a configuration");
    let manifest = "[package]\nname = \"users\"\n[dependencies]\naxum = \"0.8\"\nour_db = \"1\"\n";
    let main = "
use axum::{Router, extract::{Path, State}, routing::get};
async fn show(State(client): State<our_db::Client>, Path(id): Path<i64>) -> String {
    format!(\"{:?}\", client.find_user(id).await.unwrap())
}
fn app(client: our_db::Client) -> Router {
    Router::new().route(\"/users/{id}\", get(show)).with_state(client)
}
";
    let files = [("backstop.toml", config.as_str()), ("Cargo.toml", manifest), ("src/main.rs", main)];
    let dir = project("readme", &files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let found = findings(&dir);
    assert!(found.contains("src/main.rs:4 unwrapped_query"), "{found:?}");
}
