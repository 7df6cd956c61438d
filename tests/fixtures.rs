//! The three services in `test-fixtures/`: every lint reports exactly the lines that are marked, and `routes` lists what
//! answers requests. `test-fixtures/README.md` says what the marks mean.

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use backstop::lints::lint;
use support::{Mark, Places, backstop, differences, marks_in, places, report, root, sources};

const SERVICES: [&str; 3] = ["axum-shop", "actix-forum", "rocket-notes"];

/// Lints that marks name and that are not there yet. What is in neither list is a slip of the pen.
const UPCOMING: [&str; 0] = [];

/// Lints that services are not about, with what there is none of: another service that is called; in Rocket, whose name
/// comes first then, an extractor that fails by itself, and a panic that is not answered.
const NOT_ABOUT: [(&str, &str); 5] = [
    ("axum-shop", "missing_timeout"),
    ("actix-forum", "missing_timeout"),
    ("rocket-notes", "missing_timeout"),
    ("rocket-notes", "impossible_extractor"),
    ("rocket-notes", "missing_panic_boundary"),
];

/// What holds for an application as a whole: where it is reported nothing can look like it.
const OF_ALL: [&str; 2] = ["missing_panic_boundary", "missing_request_id"];

/// What is wrong so far, by its reason. What is no longer wrong has to go from here.
const GAPS: &[(&str, &[&str])] = &[(
    "what a value that cannot be serialised is needed for",
    &["axum-shop: missing: src/carts.rs:97 swallowed_error"],
)];

#[test]
fn axum_shop_has_the_findings_that_are_marked() {
    compare("axum-shop");
}

#[test]
fn actix_forum_has_the_findings_that_are_marked() {
    compare("actix-forum");
}

#[test]
fn rocket_notes_has_the_findings_that_are_marked() {
    compare("rocket-notes");
}

fn folder(service: &str) -> PathBuf {
    root().join("test-fixtures").join(service)
}

/// The marks of a service: file and mark.
fn marks_of(service: &str) -> Vec<(String, Mark)> {
    let files = sources(&folder(service));
    files.iter().flat_map(|(name, text)| marks_in(text).into_iter().map(|mark| (name.clone(), mark))).collect()
}

fn compare(service: &str) {
    let marks = marks_of(service);
    let is_there = |mark: &Mark| lint(&mark.lint).is_some();
    let expected: Places = marks
        .iter()
        .filter(|(_, mark)| is_there(mark))
        .map(|(name, mark)| format!("{name}:{} {}", mark.line, mark.lint))
        .collect();
    let report = report(&folder(service), &[]);
    let mut wrong: Places = differences(&expected, &places(&report)).into_iter().collect();
    wrong.extend(marks.iter().filter_map(|(file, mark)| unnamed(&report, file, mark)));
    let prefix = format!("{service}: ");
    let gaps = GAPS.iter().flat_map(|(_, gaps)| *gaps);
    let known: Places = gaps.filter_map(|gap| gap.strip_prefix(&prefix)).map(str::to_owned).collect();
    let mended = known.difference(&wrong).map(|it| format!("no longer wrong: {it}"));
    let surprises: Vec<String> = wrong.difference(&known).cloned().chain(mended).collect();
    assert!(surprises.is_empty(), "{service}:\n{}", surprises.join("\n"));
}

/// A finding that does not name what its mark says.
fn unnamed(report: &serde_json::Value, file: &str, mark: &Mark) -> Option<String> {
    let names = mark.names.as_ref()?;
    let findings = report["findings"].as_array().expect("there is a list of findings");
    let here = findings.iter().filter(|it| it["file"] == file && it["line"] == mark.line && it["lint"] == mark.lint);
    let messages: Vec<&str> = here.filter_map(|it| it["message"].as_str()).collect();
    let wrong = messages.iter().find(|message| !message.contains(&format!("`{names}`")))?;
    Some(format!("does not name {names}: {file}:{} {}: {wrong}", mark.line, mark.lint))
}

#[test]
fn marks_name_lints() {
    for upcoming in UPCOMING {
        assert!(lint(upcoming).is_none(), "{upcoming} is there: its marks are compared, so it is no longer upcoming");
    }
    let mut used = BTreeSet::new();
    for service in SERVICES {
        for (name, text) in sources(&folder(service)) {
            let places = marks_in(&text).into_iter().map(|mark| (mark.line, mark.lint)).chain(near_misses(&text));
            for (line, word) in places {
                let upcoming = UPCOMING.contains(&word.as_str());
                assert!(upcoming || lint(&word).is_some(), "{service}/{name}:{line}: there is no lint `{word}`");
                used.insert(word);
            }
        }
    }
    for upcoming in UPCOMING {
        assert!(used.contains(upcoming), "no mark names {upcoming}");
    }
}

/// The lines where lints have to be silent: `// silent: lint, lint (why)`.
fn near_misses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, marked)) = line.split_once("// silent:") else { continue };
        let lints = marked.split('(').next().unwrap_or_default();
        found.extend(lints.split(',').map(|lint| (index + 1, lint.trim().to_owned())));
    }
    found
}

/// A lint that is never tempted is not tested: each service has code that only looks wrong.
#[test]
fn every_service_tempts_every_lint() {
    let of_requests = backstop::lints::LINTS.iter().filter(|lint| lint.group() != "meta").map(|lint| lint.name);
    let all: Vec<&str> = of_requests.chain(UPCOMING).collect();
    for service in SERVICES {
        let marked: BTreeSet<String> = marks_of(service).into_iter().map(|(_, mark)| mark.lint).collect();
        let tempted: BTreeSet<String> =
            sources(&folder(service)).iter().flat_map(|(_, text)| near_misses(text)).map(|(_, lint)| lint).collect();
        for lint in all.iter().filter(|lint| !NOT_ABOUT.contains(&(service, lint))) {
            assert!(marked.contains(*lint), "{service} has nothing for {lint} to report");
            assert!(OF_ALL.contains(lint) || tempted.contains(*lint), "{service} does not tempt {lint}");
        }
    }
}

#[test]
fn near_misses_are_not_marked() {
    for service in SERVICES {
        for (name, text) in sources(&folder(service)) {
            let marks: BTreeSet<_> = marks_in(&text).into_iter().map(|mark| (mark.line, mark.lint)).collect();
            let both = near_misses(&text).into_iter().find(|place| marks.contains(place));
            assert_eq!(both, None, "{service}/{name}: a line is both wrong and right");
        }
    }
}

#[test]
fn axum_shop_routes() {
    insta::assert_snapshot!(routes("axum-shop"));
}

#[test]
fn actix_forum_routes() {
    insta::assert_snapshot!(routes("actix-forum"));
}

#[test]
fn rocket_notes_routes() {
    insta::assert_snapshot!(routes("rocket-notes"));
}

fn routes(service: &str) -> String {
    backstop(&["routes", folder(service).to_str().expect("the folder has a UTF-8 name")]).out
}
