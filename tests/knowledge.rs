//! Every knowledge file is shipped and says where its facts are from, and everything it says of a call is shown by some
//! example: a page, a fixture project, or the file's own `test-fixtures/knowledge/<name>.rs`.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use backstop::knowledge::EntryId;
use backstop::lints::LINTS;
use support::{Places, differences, examples, findings, follow, knowledge, marks, project, root};

/// The lints that tell whether a file is right about what is a query and what reads the environment. The others have
/// their own pages; what they say of these files may change.
const TELLING: [&str; 2] = ["unwrapped_query", "request_time_env"];

/// Names of the knowledge files, with their folder.
fn files() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for folder in ["libraries", "frameworks"] {
        for entry in fs::read_dir(root().join("knowledge").join(folder)).expect("there is knowledge") {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("names are UTF-8").to_owned();
            files.push((name, path));
        }
    }
    files.sort();
    files
}

fn fixture(name: &str) -> Option<String> {
    fs::read_to_string(root().join(format!("test-fixtures/knowledge/{name}.rs"))).ok()
}

fn fixture_project(name: &str, text: &str) -> PathBuf {
    project(&format!("knowledge/{name}"), &[("src/main.rs".to_owned(), text.to_owned())])
}

/// The loader reads what it can of a broken file; here it must be whole. It also asks for `evidence` and `verified`.
#[test]
fn every_file_is_shipped_and_whole() {
    let shipped = knowledge();
    let shipped: BTreeSet<&str> = shipped.libraries.iter().map(|library| library.name.as_str()).collect();
    for (name, path) in files() {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let table: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}.toml: {error}"));
        let declared = table["name"].as_str().unwrap_or_default();
        assert!(shipped.contains(declared), "{name}.toml is not in src/knowledge/builtin.rs");
    }
}

#[test]
fn fixtures_fire_where_they_are_marked() {
    let mut failures = Vec::new();
    for (name, _) in files() {
        let Some(text) = fixture(&name) else { continue };
        let dir = fixture_project(&name, &text);
        let own: Places = marks("src/main.rs", &text).into_iter().collect();
        // A file that marks another lint is about that one, too.
        let tells = |place: &String| {
            let lint = place.rsplit(' ').next().unwrap_or_default();
            TELLING.contains(&lint) || own.iter().any(|mark| mark.rsplit(' ').next() == Some(lint))
        };
        let found = findings(&dir).into_iter().filter(tells);
        let found: Places = found.collect();
        let differences = differences(&marks("src/main.rs", &text), &found);
        failures.extend(differences.into_iter().map(|it| format!("test-fixtures/knowledge/{name}.rs: {it}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A key is exercised when a call somewhere was found to be what it describes; of words in braces, which share all but
/// the name, one is enough.
#[test]
fn every_call_is_exercised() {
    let mut seen: BTreeSet<EntryId> = BTreeSet::new();
    for (name, _) in files() {
        if let Some(text) = fixture(&name) {
            seen.extend(follow(&fixture_project(&format!("{name}-flow"), &text)).1.entries());
        }
    }
    seen.extend(follow(&root().join("test-fixtures")).1.entries());
    for lint in LINTS {
        let page = lint.page().unwrap_or_else(|error| panic!("lints/{}.md: {error}", lint.name));
        let blocks = page.sections.iter().flat_map(|section| examples(section.body));
        for (index, example) in blocks.enumerate() {
            let dir = project(&format!("knowledge/page-{}-{index}", lint.name), &example.files);
            seen.extend(follow(&dir).1.entries());
        }
    }
    let knowledge = knowledge();
    let missing = (0..knowledge.entries.len() as u32).map(EntryId).filter(|id| !seen.contains(id));
    let missing: Vec<String> = missing
        .map(|id| {
            let entry = knowledge.entry(id);
            format!("{}: no example has a call of `{}`", knowledge.library(entry.library).name, entry.key)
        })
        .collect();
    assert!(missing.is_empty(), "{}\n{} in all", missing.join("\n"), missing.len());
}
