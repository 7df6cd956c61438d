//! `docs/proofs.md` says what clients receive; the tests of `test-fixtures/proofs` see it. Here the table is held against the
//! tests, and against the pages and messages whose words it repeats.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use backstop::lints::LINTS;
use support::root;

/// Lints whose pages make no claim that a single request could prove.
const WITHOUT: [&str; 3] = ["client_per_request", "unchecked_code", "unused_suppression"];

/// Lints that came after the tables: they may have one or not, until somebody has looked.
const LATER: [&str; 9] = [
    "blocking_handler",
    "impossible_extractor",
    "lock_across_await",
    "lossy_error_log",
    "missing_panic_boundary",
    "missing_request_id",
    "missing_timeout",
    "shallow_health_check",
    "unavailable_as_500",
];

/// A row of a table, and the heading above it.
struct Row {
    heading: String,
    cells: Vec<String>,
}

/// The rows of all tables, without their heads.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/proofs.md")).expect("the tables are there");
    let mut found: Vec<Row> = Vec::new();
    let mut heading = String::new();
    let mut is_head = true;
    for line in text.lines() {
        if let Some(new) = line.strip_prefix("## ") {
            heading = new.trim_matches('`').to_owned();
        }
        let Some(inner) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            is_head = !line.starts_with("|---");
            continue;
        };
        if !is_head {
            // A bar that is a part of a cell has a backslash before it.
            let cells = inner.replace("\\|", "\u{0}");
            let cells = cells.split(" | ").map(|cell| cell.replace('\u{0}', "|")).collect();
            found.push(Row { heading: heading.clone(), cells });
        }
    }
    found
}

/// Rows that name a test.
fn proved() -> Vec<Row> {
    rows().into_iter().filter(|row| row.cells.len() == 4).collect()
}

/// The words of a file, as they are read: without line breaks, and without what introduces comments.
fn words(file: &str) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let words = text.split_whitespace().filter(|word| *word != "//");
    words.collect::<Vec<_>>().join(" ")
}

/// The names of the tests of a framework.
fn tests_of(file: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("test-fixtures/proofs/tests/proofs").join(file));
    let text = text.expect("the proofs are there");
    let (_, list) = text.split_once("proof! {\n").expect("there is a list of proofs");
    let names = list.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
    let is_name =
        |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    names.map(|(name, _)| name).filter(is_name).map(str::to_owned).collect()
}

#[test]
fn tables_and_tests_agree() {
    let tests: BTreeSet<String> =
        ["main.rs", "axum.rs", "actix.rs", "rocket.rs"].into_iter().flat_map(tests_of).collect();
    assert!(tests.len() > 150, "{} proofs are found", tests.len());
    let named: BTreeSet<String> = proved().iter().map(|row| row.cells[2].trim_matches('`').to_owned()).collect();
    let surplus: Vec<_> = tests.difference(&named).map(|name| format!("in no table: {name}")).collect();
    let missing: Vec<_> = named.difference(&tests).map(|name| format!("no such test: {name}")).collect();
    assert!(surplus.is_empty() && missing.is_empty(), "{}", [surplus, missing].concat().join("\n"));
}

/// A test that proves several claims sees the same thing each time.
#[test]
fn a_test_sees_one_thing() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for row in proved() {
        let first = seen.entry(row.cells[2].clone()).or_insert_with(|| row.cells[3].clone());
        assert_eq!(*first, row.cells[3], "{} under {}", row.cells[2], row.heading);
    }
}

#[test]
fn claims_stand_where_the_tables_say() {
    let mut wrong = Vec::new();
    for row in rows() {
        let (claim, file) = match row.cells.as_slice() {
            [claim, file, _] => (claim, file.trim_matches('`').to_owned()),
            [claim, ..] if row.heading.contains('/') => (claim, row.heading.clone()),
            _ => continue,
        };
        if !words(&file).contains(claim.as_str()) {
            wrong.push(format!("{file} does not say: {claim}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_a_table() {
    let headings: BTreeSet<String> = proved().into_iter().map(|row| row.heading).collect();
    for lint in LINTS.iter().filter(|lint| !LATER.contains(&lint.name)) {
        let is_there = headings.contains(&format!("lints/{}.md", lint.name));
        let needs_none = WITHOUT.contains(&lint.name);
        assert_ne!(is_there, needs_none, "docs/proofs.md and what the page of {} says of clients", lint.name);
    }
}

/// What a message says of a panic is a claim, whichever framework and wherever the panic is.
#[test]
fn every_text_about_panics_is_proved() {
    let claims: BTreeSet<(String, String)> =
        rows().into_iter().map(|row| (row.heading, row.cells[0].clone())).collect();
    for framework in ["axum", "actix_web", "rocket"] {
        let file = format!("knowledge/frameworks/{framework}.toml");
        let text = fs::read_to_string(root().join(&file)).expect("the knowledge is there");
        let tables = text.split("[[panics]]").skip(1).map(|table| table.split("\n\n").next().unwrap_or_default());
        // What stands before the versions of today is of versions that are not built.
        let table = tables.last().expect("each framework says what panics do");
        let texts = table.lines().filter_map(|line| line.split_once(" = \"")).filter(|(key, _)| *key != "since");
        // How long others wait while a thread is blocked is for the page of `blocking_handler`: see `LATER`.
        let texts = texts.filter(|(key, _)| *key != "blocked" || !LATER.contains(&"blocking_handler"));
        for (key, text) in texts {
            let text = text.trim_end_matches('"');
            let is_claimed = claims.iter().any(|(heading, claim)| *heading == file && text.contains(claim.as_str()));
            assert!(is_claimed, "{file}: {key} is in no table: {text}");
        }
    }
}
