//! What the program is built from: licences, sources and copies of dependencies as `deny.toml` allows them, and the oldest
//! compiler that `Cargo.toml` promises. `cargo deny` looks at the same file, and at advisories besides.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cargo_metadata::{Metadata, MetadataCommand, Package};
use support::root;

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).other_options(["--locked".to_owned(), "--offline".to_owned()]);
    command.exec().unwrap_or_else(|error| panic!("cargo cannot tell what the program is built from: {error}"))
}

fn deny() -> toml::Table {
    let text = fs::read_to_string(root().join("deny.toml")).expect("it is there");
    text.parse().expect("it is TOML")
}

fn foreign(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| package.source.is_some())
}

#[test]
fn licences_are_allowed() {
    let deny = deny();
    let allowed: BTreeSet<&str> =
        deny["licenses"]["allow"].as_array().expect("it is a list").iter().filter_map(|it| it.as_str()).collect();
    // `A OR B` leaves the choice, `A AND B` does not; the old `A/B` means `OR`.
    let one = |licence: &str| {
        let licence = licence.trim_matches(|it| it == '(' || it == ')' || it == ' ');
        licence.replace('/', " OR ").split(" OR ").any(|it| allowed.contains(it.trim()))
    };
    let is_allowed = |package: &Package| {
        let licence = package.license.as_deref().unwrap_or_default();
        licence.split(" AND ").all(one)
    };
    let metadata = metadata();
    let wrong: Vec<String> = foreign(&metadata)
        .filter(|package| !is_allowed(package))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everything_comes_from_the_registry() {
    let metadata = metadata();
    let wrong: Vec<&str> = foreign(&metadata)
        .filter(|package| package.source.as_ref().is_none_or(|source| !source.is_crates_io()))
        .map(|package| package.name.as_str())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn copies_have_a_reason() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in foreign(&metadata) {
        versions.entry(package.name.as_str()).or_default().insert(package.version.to_string());
    }
    let deny = deny();
    let skip = deny["bans"]["skip"].as_array().expect("it is a list");
    let mut skipped: BTreeSet<&str> = skip.iter().filter_map(|it| it["crate"].as_str()).collect();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        // All but one need to be excused: which one is newest is for the reader.
        let excused = |version: &&String| {
            let known = skipped.iter().find(|it| {
                it.split_once('@').is_some_and(|(of, from)| of == *name && version.starts_with(&format!("{from}.")))
            });
            known.copied()
        };
        let known: Vec<&str> = versions.iter().filter_map(|version| excused(&version)).collect();
        assert!(
            known.len() + 1 >= versions.len(),
            "{name} is there in several versions, without a reason: {versions:?}"
        );
        for known in known {
            skipped.remove(known);
        }
    }
    assert!(skipped.is_empty(), "these are there no longer, or only once: {skipped:?}");
}

/// No dependency needs a newer compiler than the program promises to build with.
#[test]
fn the_oldest_compiler_will_do() {
    let metadata = metadata();
    let own = metadata.root_package().and_then(|package| package.rust_version.clone()).expect("it is stated");
    let newer: Vec<String> = foreign(&metadata)
        .filter(|package| package.rust_version.as_ref().is_some_and(|version| *version > own))
        .map(|package| format!("{} {} needs Rust {:?}", package.name, package.version, package.rust_version))
        .collect();
    assert!(newer.is_empty(), "{}", newer.join("\n"));
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    let stated = format!("Rust {}.{} or newer", own.major, own.minor);
    assert!(readme.contains(&stated), "README.md says: {stated}");
}

/// clippy knows since when functions of the standard library are there, and not since when parts of the language are.
/// What came after the oldest compiler, and is easily written without thinking of it, is `if let` in the guard of an arm.
#[test]
fn no_arm_has_an_if_let_guard() {
    let mut wrong = Vec::new();
    for (name, text) in support::sources(&root().join("src")) {
        for (at, _) in text.match_indices(" if let ") {
            let before = text[..at].rsplit('\n').next().unwrap_or_default().trim_start();
            let is_statement = before.is_empty() || before.starts_with("//") || before.ends_with("else");
            let arrow = text[at..].find("=>").unwrap_or(usize::MAX);
            let block = text[at..].find('{').unwrap_or(usize::MAX);
            if !is_statement && arrow < block && !before.contains("=>") && !before.contains('"') {
                wrong.push(format!("{name}: {before}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
