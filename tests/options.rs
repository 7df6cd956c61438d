//! Every option does what its help says: for each there is a test by name, and those that contradict each other fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use backstop::cli::definition;
use clap::{Arg, Command};
use support::process::run_in;
use support::{project, root};

/// The test that shows what an option does, as file and function. Options that several commands share do the same in each.
const TESTS: [(&str, &str, &str); 35] = [
    ("--manifest-path", "options", "manifests_elsewhere"),
    ("--package", "options", "packages"),
    ("--workspace", "options", "packages"),
    ("--exclude", "options", "packages"),
    ("--examples", "options", "examples"),
    ("--config", "config", "the_nearest_one_upwards_counts"),
    ("--format", "cli", "formats"),
    ("--output", "outputs", "a_run_writes_several_formats"),
    ("--message-format", "outputs", "cargo_calls_formats_by_other_names"),
    ("--allow", "options", "levels_by_their_long_names"),
    ("--warn", "options", "levels_by_their_long_names"),
    ("--deny", "options", "levels_by_their_long_names"),
    ("--forbid", "options", "levels_by_their_long_names"),
    ("--since", "since", "evidence_counts_too"),
    ("--baseline", "gate", "it_can_be_named"),
    ("--no-baseline", "gate", "it_can_be_named"),
    ("--max-warnings", "gate", "too_many_warnings_fail"),
    ("--show-settings", "config", "settings_are_shown"),
    ("--update", "gate", "it_grows_on_request_only"),
    ("--prune", "gate", "it_grows_on_request_only"),
    ("--color", "cli", "colors"),
    ("--quiet", "options", "quiet_in_every_command"),
    ("--verbose", "options", "verbose_tells_how_long_each_stage_took"),
    ("--jobs", "cli", "threads_do_not_change_the_output"),
    ("--help", "cli", "texts"),
    ("--version", "cli", "texts"),
    ("--dry-run", "fix", "a_dry_run_shows_a_patch_and_changes_nothing"),
    ("--unsafe", "fix", "what_may_change_more_is_asked_for"),
    ("--allow-dirty", "fix", "changes_that_are_not_committed_are_not_mixed_up_with"),
    ("fix --no-baseline", "fix", "levels_suppressions_and_baselines_count"),
    ("init --baseline", "init", "a_baseline_on_request"),
    ("PATH", "parts", "a_folder_of_a_package"),
    ("LINT", "cli", "texts"),
    ("init PATH", "init", "it_is_written_where_it_is_asked_for"),
    ("SHELL", "manual", "completions_name_every_option"),
];

/// What it is called in `TESTS`: by the command, where one has an entry of its own.
fn name(command: &str, arg: &Arg) -> String {
    let value = || arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let name = arg.get_long().map(|long| format!("--{long}")).or_else(value).expect("it has a name");
    let own = format!("{command} {name}");
    if TESTS.iter().any(|(it, ..)| *it == own) { own } else { name }
}

/// The commands with all that clap adds to them.
fn commands() -> Vec<Command> {
    let mut definition = definition().disable_help_subcommand(true);
    definition.build();
    let inner: Vec<Command> = definition.get_subcommands().cloned().collect();
    [definition].into_iter().chain(inner).collect()
}

#[test]
fn every_option_has_a_test() {
    let mut used = Vec::new();
    for command in commands() {
        for arg in command.get_arguments() {
            let name = name(command.get_name(), arg);
            let Some((_, file, test)) = TESTS.iter().find(|(it, ..)| *it == name) else {
                panic!("no test is named for `{name}` of `{}`", command.get_name());
            };
            let text = fs::read_to_string(root().join(format!("tests/{file}.rs"))).expect("there is such a file");
            let (before, body) = text.split_once(&format!("fn {test}() {{")).expect("there is such a test");
            assert!(before.trim_end().ends_with("#[test]") || before.trim_end().ends_with("#[cfg(unix)]"), "{test}");
            let body = body.split("\n}\n").next().unwrap_or(body);
            let option = name.rsplit(' ').next().unwrap_or(&name);
            assert!(!option.starts_with("--") || body.contains(option), "`{test}` is about `{option}`");
            used.push(name);
        }
    }
    for (name, ..) in TESTS {
        assert!(used.iter().any(|it| it == name), "`{name}` is no longer there");
    }
}

/// Whoever gives both is told which, and how it is meant.
#[test]
fn what_contradicts_each_other_fails_with_advice() {
    let dir = workspace("conflicts");
    let given = |arg: &Arg| {
        let value = arg.get_action().takes_values().then(|| match arg.get_possible_values().first() {
            Some(value) => value.get_name().to_owned(),
            None => "1".to_owned(),
        });
        let option = arg.get_long().map(|long| format!("--{long}"));
        option.into_iter().chain(value).collect::<Vec<String>>()
    };
    let mut seen = 0;
    for command in commands() {
        for arg in command.get_arguments() {
            for other in command.get_arg_conflicts_with(arg) {
                seen += 1;
                let is_root = command.get_name() == "cargo-backstop";
                let words = (!is_root).then(|| command.get_name().to_owned()).into_iter();
                let words: Vec<String> = words.chain(given(arg)).chain(given(other)).collect();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let said = run_in(&dir, &words).ends_with(2).err;
                assert!(said.contains("cannot be used with"), "{words:?}: {said}");
                assert!(said.contains("Usage: ") || said.contains("tip: "), "{words:?}: {said}");
                for arg in [arg, other] {
                    let long = arg.get_long().map_or("[PATH]".to_owned(), |long| format!("--{long}"));
                    assert!(said.contains(&long), "{words:?} names {long}: {said}");
                }
            }
        }
    }
    assert!(seen >= 8, "the conflicts of the definition are found: {seen}");
}

/// Two services, one of them with an example, each with one finding at level warn.
fn workspace(test: &str) -> PathBuf {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n"
        )
    };
    let main = |handler: &str| {
        format!(
            "async fn {handler}() -> String {{\n    std::env::var(\"REGION\").unwrap_or_default()\n}}\n\
             fn main() {{\n    let _: axum::Router = axum::Router::new().route(\"/\", axum::routing::get({handler}));\n}}\n"
        )
    };
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"admin\"]\ndefault-members = [\"shop\"]\n".to_owned()),
        ("shop/Cargo.toml", manifest("shop")),
        ("shop/src/main.rs", main("shop")),
        ("shop/examples/small.rs", main("small")),
        ("admin/Cargo.toml", manifest("admin")),
        ("admin/src/main.rs", main("admin")),
    ];
    project(&format!("options/{test}"), &files.map(|(path, text)| (path.to_owned(), text)))
}

/// The files with findings.
fn found(dir: &Path, options: &[&str]) -> Vec<String> {
    let run = run_in(dir, &[&["--format", "short"], options].concat()).ends_with(0);
    run.out.lines().map(|line| line.split(':').next().unwrap_or(line).to_owned()).collect()
}

const SHOP: &str = "shop/src/main.rs";
const ADMIN: &str = "admin/src/main.rs";

#[test]
fn manifests_elsewhere() {
    let dir = workspace("manifests");
    assert_eq!(found(&dir.join("shop"), &["--manifest-path", "../admin/Cargo.toml"]), ["src/main.rs"]);
    assert_eq!(found(&dir.join("shop/src"), &["--manifest-path", "../../Cargo.toml", "--workspace"]), [ADMIN, SHOP]);
}

#[test]
fn packages() {
    let dir = workspace("packages");
    assert_eq!(found(&dir, &[]), [SHOP]);
    assert_eq!(found(&dir, &["--workspace"]), [ADMIN, SHOP]);
    assert_eq!(found(&dir, &["--all"]), [ADMIN, SHOP]);
    assert_eq!(found(&dir, &["--package", "admin"]), [ADMIN]);
    assert_eq!(found(&dir, &["-p", "admin", "-p", "shop"]), [ADMIN, SHOP]);
    assert_eq!(found(&dir, &["--workspace", "--exclude", "admin"]), [SHOP]);
}

#[test]
fn examples() {
    let dir = workspace("examples");
    assert_eq!(found(&dir, &["--examples"]), ["shop/examples/small.rs", SHOP]);
}

#[test]
fn levels_by_their_long_names() {
    let dir = workspace("levels");
    let status = |options: &[&str], status: i32| run_in(&dir, options).ends_with(status).out;
    assert_eq!(status(&["--allow", "request_time_env"], 0), "");
    assert!(status(&["--deny", "request_time_env"], 1).starts_with("error[request_time_env]"));
    assert!(status(&["--deny", "all", "--warn", "resources"], 0).starts_with("warning[request_time_env]"));
    assert!(status(&["--forbid", "resources", "--allow", "all"], 1).starts_with("error[request_time_env]"));
}

/// What is asked for is on standard output, and nothing on standard error.
#[test]
fn quiet_in_every_command() {
    let dir = workspace("quiet");
    let config = dir.join("backstop.toml");
    for command in commands().iter().skip(1) {
        let name = command.get_name();
        let more = match name {
            "explain" => "panics",
            "completions" => "bash",
            "fix" => "--dry-run",
            _ => "--color=never",
        };
        let run = run_in(&dir, &[name, "--quiet", more]).ends_with(0);
        assert_eq!(run.err, "", "{name}");
        assert_eq!(run.out.is_empty(), ["init", "baseline", "fix"].contains(&name), "{name}: {}", run.out);
        if config.exists() {
            fs::remove_file(&config).expect("it is there");
        }
        let _ = fs::remove_file(dir.join("backstop-baseline.json"));
    }
}

#[test]
fn verbose_tells_how_long_each_stage_took() {
    let said = run_in(&workspace("verbose"), &["--verbose"]).ends_with(0).err;
    let expected = ["workspace", "sources", "linking", "changes", "flow", "lints", "report", "output"];
    let shown: Vec<&str> = said.lines().filter_map(|line| line.split_once(": [time]")).map(|(name, _)| name).collect();
    assert_eq!(shown, expected, "{said}");
}
