//! The rules of the house: what `ARCHITECTURE.md` promises about the code, as tests that can fail.

#[path = "support/tokens.rs"]
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use backstop::config::Config;
use backstop::lints::LINTS;
use tokens::{Token, lines_with, tokens};

/// The longest file in `src`, in lines.
const LONGEST_FILE: usize = 400;
/// The longest function, in lines; clippy counts.
const LONGEST_FUNCTION: &str = "too-many-lines-threshold = 60";

/// Rooms that may touch files, the environment, other processes and the terminal.
const DOORS: [&str; 8] = ["main", "workspace", "source", "load", "cache", "report", "baseline", "changes"];
/// Crates whose names are words that messages need; these are looked for in paths only.
const WORDS: [&str; 4] = ["config", "log", "metrics", "tracing"];
/// What touches the world. Macros are meant by their `!`, methods by their `.`.
const WORLD: [&[&str]; 19] = [
    &["std", ":", ":", "fs"],
    &["std", ":", ":", "env"],
    &["std", ":", ":", "process"],
    &["std", ":", ":", "net"],
    &["io", ":", ":", "stdin"],
    &["io", ":", ":", "stdout"],
    &["io", ":", ":", "stderr"],
    &["print", "!"],
    &["println", "!"],
    &["eprint", "!"],
    &["eprintln", "!"],
    &["dbg", "!"],
    &[".", "is_file", "("],
    &[".", "is_dir", "("],
    &[".", "exists", "("],
    &[".", "canonicalize", "("],
    &[".", "metadata", "("],
    &[".", "read_dir", "("],
    // Written out, so that the words above are found.
    &["std", ":", ":", "{"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Name below the root and text of every file below a folder whose name ends so, in the order of their names.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut folders = vec![root().join(folder)];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    let name = |path: &PathBuf| path.strip_prefix(root()).expect("it is below").to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), fs::read_to_string(path).expect("it is UTF-8"))).collect()
}

/// The files of `src` with their tokens, tests left out.
fn code() -> Vec<(String, Vec<Token>)> {
    files("src", ".rs").into_iter().map(|(name, text)| (name, tokens(&text))).collect()
}

/// The room a file is in: `workspace` for `src/workspace.rs` and for `src/workspace/lock.rs`.
fn room(file: &str) -> &str {
    let below = file.strip_prefix("src/").unwrap_or(file);
    below.split(['/', '.']).next().unwrap_or(below)
}

#[track_caller]
fn none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn syn_stays_behind_its_door() {
    let mut found = Vec::new();
    for (file, tokens) in code().iter().filter(|(file, _)| room(file) != "syntax") {
        for name in ["syn", "proc_macro2"] {
            found.extend(lines_with(tokens, &[name]).into_iter().map(|line| format!("{file}:{line}: {name}")));
        }
    }
    none("only `syntax` may use them", found);
}

#[test]
fn lints_ask_few_rooms() {
    let may_ask = ["app", "flow", "finding", "knowledge", "sym"];
    let mut found = Vec::new();
    for (file, tokens) in code().iter().filter(|(file, _)| file.starts_with("src/lints/")) {
        for path in tokens.windows(4).filter(|path| path[1].text == ":" && path[2].text == ":") {
            let [start, _, _, next] = path else { continue };
            let is_allowed = match start.text.as_str() {
                "crate" => may_ask.contains(&next.text.as_str()),
                "super" => false,
                _ => true,
            };
            if !is_allowed {
                found.push(format!("{file}:{}: {}::{}", start.line, start.text, next.text));
            }
        }
    }
    none("a lint asks `app`, `flow`, `finding` and `knowledge` only", found);
}

/// What a lint knows of libraries it is told by `knowledge`; the standard library is the language's.
#[test]
fn lints_name_no_crate() {
    let knowledge = Config::new(None, &[]).expect("no configuration is one").knowledge;
    let names = knowledge.libraries.iter().flat_map(|it| it.crates.iter().map(|name| name.as_str().to_owned()));
    let names: BTreeSet<String> = names.filter(|name| name != "std").collect();
    assert!(names.contains("axum") && names.contains("sqlx"), "the names are read from the knowledge");
    let mut found = Vec::new();
    for (file, tokens) in code().iter().filter(|(file, _)| file.starts_with("src/lints/")) {
        for token in tokens {
            let text = token.string.as_ref().unwrap_or(&token.text).to_lowercase().replace('-', "_");
            let mut words = text.split(|it: char| !it.is_alphanumeric() && it != '_');
            let named = words.find(|word| names.contains(*word) && !WORDS.contains(word));
            found.extend(named.map(|word| format!("{file}:{}: {word}", token.line)));
        }
        for word in WORDS {
            let lines = lines_with(tokens, &[word, ":", ":"]);
            found.extend(lines.into_iter().map(|line| format!("{file}:{line}: {word}")));
        }
    }
    none("crates are named in `knowledge/` only", found);
}

#[test]
fn lints_pages_and_modules_are_the_same() {
    let stems = |folder: &str, end: &str| -> BTreeSet<String> {
        let stem = |name: &str| name.rsplit('/').next().and_then(|it| it.strip_suffix(end)).map(str::to_owned);
        files(folder, end).iter().filter_map(|(name, _)| stem(name)).filter(|name| name != "README").collect()
    };
    let listed: BTreeSet<String> = LINTS.iter().map(|lint| lint.name.to_owned()).collect();
    assert_eq!(listed.len(), LINTS.len(), "a lint is listed twice");
    assert_eq!(stems("lints", ".md"), listed, "pages against src/lints.rs");
    assert_eq!(stems("src/lints", ".rs"), listed, "modules against src/lints.rs");
}

#[test]
fn the_readme_lists_every_lint() {
    let expected: Vec<String> = LINTS
        .iter()
        .map(|lint| {
            let (name, level, summary) = (lint.name, lint.level().name(), lint.summary());
            format!("| [`{name}`](lints/{name}.md) | {level} | {summary} |")
        })
        .collect();
    let readme = read("README.md");
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| [`") && line.contains("](lints/")).collect();
    assert_eq!(rows, expected, "the table of lints in README.md against their pages");
}

#[test]
fn pages_have_complete_front_matter() {
    let is_version = |text: &str| text.split('.').count() == 3 && text.split('.').all(|it| it.parse::<u32>().is_ok());
    for lint in LINTS {
        let page = lint.page().unwrap_or_else(|error| panic!("lints/{}.md: {error}", lint.name));
        let name = lint.name;
        assert!(is_version(page.since), "lints/{name}.md: `since` is no version");
        assert!(!page.group.is_empty(), "lints/{name}.md: the group has no name");
        assert!(page.summary.ends_with('.'), "lints/{name}.md: the summary is a sentence");
        match page.cwe {
            Some(cwe) => assert!(cwe.parse::<u32>().is_ok(), "lints/{name}.md: `cwe` is a number"),
            None => assert_eq!(page.group, "meta", "lints/{name}.md: the weakness it is about has no number"),
        }
        if let Some(score) = page.security_severity {
            let score: f32 = score.parse().unwrap_or_default();
            assert!((0.1..=10.0).contains(&score), "lints/{name}.md: `security-severity` is a score of CVSS");
        }
    }
}

#[test]
fn files_are_short() {
    let long = files("src", ".rs").into_iter().map(|(name, text)| (name, text.lines().count()));
    none("split by meaning", long.filter(|(_, lines)| *lines > LONGEST_FILE).map(|it| format!("{it:?}")).collect());
}

/// clippy counts the lines of functions and `.ci/run` denies its warnings; this keeps both from being switched off.
#[test]
fn clippy_keeps_functions_short() {
    assert!(read("clippy.toml").lines().any(|line| line == LONGEST_FUNCTION), "clippy.toml: {LONGEST_FUNCTION}");
    let manifest = read("Cargo.toml");
    for line in ["too_many_lines = \"warn\"", "unwrap_used = \"warn\"", "unsafe_code = \"forbid\""] {
        assert!(manifest.lines().any(|it| it == line), "Cargo.toml: {line}");
    }
    assert!(read(".ci/run").contains("cargo clippy --all-targets -- -D warnings"), ".ci/run runs clippy");
    let mut found = Vec::new();
    for (file, text) in files("src", ".rs") {
        found.extend(text.contains("clippy::too_many_lines").then_some(file));
    }
    none("no function is excused", found);
}

#[test]
fn the_architecture_names_every_module() {
    let text = read("ARCHITECTURE.md");
    let named = |line: &str| line.strip_prefix("- `")?.split_once(".rs`: ").map(|(name, _)| format!("src/{name}.rs"));
    let named: Vec<String> = text.lines().filter_map(named).collect();
    let there: BTreeSet<String> = files("src", ".rs").into_iter().map(|(name, _)| name).collect();
    let unique: BTreeSet<String> = named.iter().cloned().collect();
    none("named in ARCHITECTURE.md, not there", unique.difference(&there).cloned().collect());
    none("there, not named in ARCHITECTURE.md", there.difference(&unique).cloned().collect());
    assert_eq!(named.len(), unique.len(), "a module is named twice in ARCHITECTURE.md");
}

#[test]
fn modules_open_with_what_they_own() {
    let silent = files("src", ".rs").into_iter().chain(files("tests", ".rs"));
    none("a file starts with `//!`", silent.filter(|(_, text)| !text.starts_with("//! ")).map(|it| it.0).collect());
}

/// Text for people: lower case, without a full stop. Whatever has several words is taken for such.
#[test]
fn messages_are_lower_case_without_full_stop() {
    let mut found = Vec::new();
    // What clap prints follows the conventions of `--help`.
    for (file, tokens) in code().iter().filter(|(file, _)| file != "src/cli.rs") {
        for token in tokens {
            let Some(text) = token.string.as_deref().filter(|text| text.contains(' ')) else { continue };
            let starts_upper = text.chars().next().is_some_and(char::is_uppercase);
            let has_full_stop = text.ends_with('.') && !text.ends_with("..");
            if starts_upper || has_full_stop {
                found.push(format!("{file}:{}: {text:?}", token.line));
            }
        }
    }
    let knowledge = Config::new(None, &[]).expect("no configuration is one").knowledge;
    for texts in knowledge.libraries.iter().flat_map(|it| &it.panics) {
        found.extend(texts.request.ends_with('.').then(|| texts.request.clone()));
    }
    none("messages are lower case and have no full stop", found);
}

#[test]
fn nothing_is_unwrapped() {
    let mut found = Vec::new();
    let tests = files("tests", ".rs").into_iter().map(|(name, text)| (name, tokens(&text)));
    for (file, tokens) in code().into_iter().chain(tests) {
        for method in ["unwrap", "unwrap_err", "unwrap_unchecked"] {
            let lines = lines_with(&tokens, &[".", method, "("]);
            found.extend(lines.into_iter().map(|line| format!("{file}:{line}: {method}")));
        }
        found.extend(lines_with(&tokens, &["unsafe"]).into_iter().map(|line| format!("{file}:{line}: unsafe")));
        for call in tokens.windows(4).filter(|it| it[0].text == "." && it[1].text.starts_with("expect")) {
            let says_why = call[3].string.as_deref().is_some_and(|text| text.contains(' '));
            if call[2].text == "(" && !says_why {
                found.push(format!("{file}:{}: {} does not say why it holds", call[1].line, call[1].text));
            }
        }
    }
    none("nothing is unwrapped", found);
}

#[test]
fn few_rooms_touch_the_world() {
    let mut found = Vec::new();
    for (file, tokens) in code() {
        let clock = ["Instant", "SystemTime"].iter().flat_map(|word| lines_with(&tokens, &[word]));
        let clock: Vec<usize> = if room(&file) == "run" { Vec::new() } else { clock.collect() };
        let world = WORLD.iter().flat_map(|words| lines_with(&tokens, words));
        let world: Vec<usize> = if DOORS.contains(&room(&file)) { Vec::new() } else { world.collect() };
        found.extend(clock.into_iter().chain(world).map(|line| format!("{file}:{line}")));
    }
    none("only `run` reads the clock, and only the doors touch files, environment and terminal", found);
}

#[test]
fn one_room_starts_programs() {
    let mut found = Vec::new();
    for (file, tokens) in code().iter().filter(|(file, _)| room(file) != "changes") {
        let lines = lines_with(tokens, &["process", ":", ":", "Command"]);
        found.extend(lines.into_iter().map(|line| format!("{file}:{line}")));
    }
    none("only `changes` starts other programs, and that is git", found);
}

#[test]
fn dependencies_give_a_reason() {
    let manifest = read("Cargo.toml");
    let is_entry = |line: &str| !line.starts_with('#') && line.contains('=');
    let mut found = Vec::new();
    let (mut section, mut above) = ("", "");
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && is_entry(line) && !above.starts_with("# ") {
            found.push(line.to_owned());
        }
        above = line;
    }
    none("a dependency has a comment above it that says what it is for", found);
}
