//! What counts: baselines, changed lines, and how many warnings there may be. `story.rs` tells how they are used together.

mod support;

use std::fs;

use support::git::Repository;
use support::process::Ran;

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";

const MAIN: &str = r#"mod admin;

use axum::{Router, routing::get};

async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}

async fn place() -> String {
    std::env::var("PLACE").unwrap_or_default()
}

fn app() -> Router {
    Router::new().route("/region", get(region)).route("/place", get(place)).route("/zone", get(admin::zone))
}
"#;

const ADMIN: &str = r#"pub async fn zone() -> String {
    std::env::var("ZONE").unwrap_or_default()
}
"#;

/// A service with three findings at level warn.
fn shop(test: &str) -> Repository {
    Repository::new(
        &format!("gate/{test}"),
        &[("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("src/admin.rs", ADMIN)],
    )
}

/// A service whose findings are all in its baseline.
fn known(test: &str) -> Repository {
    let shop = shop(test);
    shop.backstop(&["baseline"]).ends_with(0);
    shop.commit("baseline");
    shop
}

/// The lines of a run's findings, and the run.
fn check(shop: &Repository, options: &[&str]) -> (Vec<String>, Ran) {
    let run = shop.backstop(&[&["--format", "short"], options].concat());
    let place = |line: &str| line.split(": ").next().unwrap_or_default().to_owned();
    (run.out.lines().map(place).collect(), run)
}

#[track_caller]
fn reports(shop: &Repository, options: &[&str], expected: &[&str]) -> String {
    let (found, run) = check(shop, options);
    assert_eq!(found, expected, "{}", run.shown());
    run.err
}

/// Fails unless a run cannot be done, for a reason and with advice.
#[track_caller]
fn fails(run: Ran, reason: &str, advice: &str) {
    assert!(run.out.is_empty() && run.err.contains(reason) && run.err.contains(advice), "{}", run.shown());
    run.ends_with(2);
}

#[test]
fn a_baseline_reads_well_beside_the_change_of_the_code() {
    let shop = known("form");
    insta::assert_snapshot!("baseline", shop.read("backstop-baseline.json"));
}

#[test]
fn duplicates_stay_apart() {
    let shop = shop("duplicates");
    let twice = "    let zone = std::env::var(\"ZONE\").unwrap_or_default();\n";
    let admin = |times: usize| format!("pub async fn zone() -> String {{\n{}    zone\n}}\n", twice.repeat(times));
    shop.write("src/admin.rs", &admin(2));
    let run = shop.backstop(&["baseline"]).ends_with(0);
    assert_eq!(run.err, "backstop-baseline.json: 4 known findings\n");
    reports(&shop, &[], &[]);
    shop.write("src/admin.rs", &admin(3));
    reports(&shop, &[], &["src/admin.rs:4:16"]);
    shop.write("src/admin.rs", &admin(1));
    assert!(
        reports(&shop, &[], &[])
            .contains("1 entry of the baseline no longer occurs: request_time_env in `admin::zone`")
    );
}

/// Where code has moved to is found out as long as it is no longer where it was.
#[test]
fn code_that_has_moved_is_known() {
    let shop = known("moved");
    shop.git("mv src/admin.rs src/office.rs");
    shop.write("src/main.rs", &MAIN.replace("admin", "office"));
    assert!(!reports(&shop, &[], &[]).contains("no longer"), "another file");
    shop.write(
        "src/main.rs",
        &MAIN.replace("admin", "office").replace("fn region", "fn area").replace("(region)", "(area)"),
    );
    assert!(!reports(&shop, &[], &[]).contains("no longer"), "another name in the same file");
    shop.write("src/area.rs", &ADMIN.replace("zone", "region").replace("ZONE", "REGION"));
    let without = MAIN
        .replace("async fn region() -> String {\n    std::env::var(\"REGION\").unwrap_or_default()\n}\n", "mod area;");
    shop.write("src/main.rs", &without.replace("admin", "office").replace("(region)", "(area::region)"));
    assert!(!reports(&shop, &[], &[]).contains("no longer"), "another file, while its own is still there");
    shop.write("src/copy.rs", ADMIN);
    let copied = MAIN
        .replace("mod admin;", "mod office;\nmod copy;")
        .replace("get(admin::zone)", "get(office::zone).post(copy::zone)");
    shop.write("src/main.rs", &copied);
    assert_eq!(check(&shop, &[]).0.len(), 1, "of two that could be it only one is");
}

#[test]
fn from_any_folder_it_is_the_same() {
    let members = "[workspace]\nmembers = [\"shop\"]\nresolver = \"3\"\n";
    let files = [
        ("Cargo.toml", members),
        ("shop/Cargo.toml", MANIFEST),
        ("shop/src/main.rs", MAIN),
        ("shop/src/admin.rs", ADMIN),
    ];
    let shop = Repository::new("gate/folders", &files);
    let run = shop.backstop_in("shop", &["baseline"]).ends_with(0);
    assert_eq!(run.err, "../backstop-baseline.json: 3 known findings\n");
    let in_baseline = |folder: &str, options: &[&str], number: usize| {
        let run = shop.backstop_in(folder, options).ends_with(0);
        assert!(run.err.contains(&format!("no findings, {number} in the baseline")), "{}", run.shown());
        assert!(!run.err.contains("no longer"), "what was not looked at is not gone: {}", run.shown());
    };
    in_baseline(".", &[], 3);
    in_baseline("shop", &[], 3);
    in_baseline("shop/src", &[], 3);
    in_baseline(".", &["shop/src/admin.rs"], 1);
    let before = shop.read("backstop-baseline.json");
    shop.write("shop/src/admin.rs", &ADMIN.replace("std::env::var(\"ZONE\").unwrap_or_default()", "String::new()"));
    shop.backstop(&["baseline", "--prune", "shop/src/admin.rs"]).ends_with(0);
    let after = shop.read("backstop-baseline.json");
    let lines: Vec<&str> = before.lines().filter(|line| !line.contains("admin.rs")).collect();
    assert_eq!(
        after.replace(',', ""),
        (lines.join("\n") + "\n").replace(',', ""),
        "the other entries stay as they are"
    );
}

#[test]
fn it_grows_on_request_only() {
    let shop = known("grows");
    let before = shop.read("backstop-baseline.json");
    shop.write(
        "src/admin.rs",
        &format!("{ADMIN}pub async fn sector() -> String {{\n    std::env::var(\"SECTOR\").unwrap_or_default()\n}}\n"),
    );
    shop.write("src/main.rs", &MAIN.replace("get(admin::zone)", "get(admin::zone).post(admin::sector)"));
    let run = shop.backstop(&["baseline"]);
    assert!(run.out.starts_with("src/admin.rs:5:5: ") && run.err.contains("`--update`"), "{}", run.shown());
    run.ends_with(2);
    shop.backstop(&["baseline", "--prune"]).ends_with(0);
    assert_eq!(shop.read("backstop-baseline.json"), before);
    let run = shop.backstop(&["baseline", "--update"]).ends_with(0);
    assert_eq!(run.err, "backstop-baseline.json: 4 known findings, 1 new, 0 gone\n");
    reports(&shop, &[], &[]);
    let run = shop.backstop(&["baseline"]).ends_with(0);
    assert_eq!(run.err, "backstop-baseline.json: 4 known findings, as before\n");
    shop.write("src/admin.rs", ADMIN);
    shop.write("src/main.rs", MAIN);
    let run = shop.backstop(&["baseline", "-q"]).ends_with(0);
    assert_eq!((run.err.as_str(), shop.read("backstop-baseline.json")), ("", before), "it may always shrink");
}

#[test]
fn it_can_be_named() {
    let shop = shop("named");
    shop.backstop(&["baseline", "--baseline", "known/here.json"]).ends_with(2);
    fs::create_dir(shop.dir.join("known")).expect("it can be made");
    shop.backstop(&["baseline", "--baseline", "known/here.json"]).ends_with(0);
    assert!(shop.read("known/here.json").contains("{\"file\":\"../src/admin.rs\""));
    let all = ["src/admin.rs:2:5", "src/main.rs:6:5", "src/main.rs:10:5"];
    reports(&shop, &[], &all);
    reports(&shop, &["--baseline", "known/here.json"], &[]);
    shop.write("backstop.toml", "[check]\nbaseline = \"known/here.json\"\n");
    reports(&shop, &[], &[]);
    reports(&shop, &["--no-baseline"], &all);
    assert_eq!(shop.backstop(&["baseline"]).ends_with(0).err, "known/here.json: 3 known findings, as before\n");
    fs::remove_file(shop.dir.join("known/here.json")).expect("it is there");
    fails(shop.backstop(&[]), "there is no baseline `", "`cargo backstop baseline` writes one");
    fails(shop.backstop(&["--baseline", "gone.json"]), "gone.json`", "`cargo backstop baseline` writes one");
    fails(shop.backstop(&["baseline", "--prune"]), "there is no baseline `", "writes one");
}

/// A baseline that cannot be used is never taken for one that knows everything, and is not overwritten.
#[test]
fn what_is_no_baseline() {
    let shop = known("malformed");
    let text = shop.read("backstop-baseline.json");
    let conflict = text.replacen("    {", "<<<<<<< ours\n    {", 1);
    let texts = [
        ("empty", "", "not a baseline: EOF"),
        ("list", "[]", "not a baseline"),
        ("cut", &text[..text.len() / 2], "not a baseline"),
        ("no_version", "{\"findings\": []}", "missing field `version`"),
        ("version", &text.replace("\"version\": 1", "\"version\": 2"), "a baseline of version 2"),
        ("key", &text.replace("\"code\"", "\"cod\""), "unknown field `cod`"),
        ("conflict", &conflict, "a merge has left its marks"),
    ];
    for (name, text, message) in texts {
        shop.write("backstop-baseline.json", text);
        for arguments in [&[][..], &["baseline"], &["baseline", "--update"], &["baseline", "--prune"]] {
            fails(shop.backstop(arguments), message, "help: ");
        }
        assert_eq!(shop.read("backstop-baseline.json"), text, "{name}");
        assert!(shop.backstop(&[]).err.contains("backstop-baseline.json:"), "it says where");
    }
    shop.write("backstop-baseline.json", &text.replace("\"version\": 1", "\"version\": 2"));
    insta::assert_snapshot!("baseline_version", shop.backstop(&[]).ends_with(2).shown());
    fs::remove_file(shop.dir.join("backstop-baseline.json")).expect("it is there");
    fs::create_dir(shop.dir.join("backstop-baseline.json")).expect("it can be made");
    fails(shop.backstop(&[]), "cannot read the baseline `", "error: ");
}

/// What is not reported today, because of its level or where it stands, has not gone.
#[test]
fn what_is_allowed_still_occurs() {
    let shop = known("allowed");
    for options in [&["-A", "all"][..], &["-A", "request-time-env"]] {
        assert!(!reports(&shop, options, &[]).contains("no longer"));
    }
    shop.write("backstop.toml", "[check]\nexclude = [\"src/admin.rs\"]\n");
    assert!(!reports(&shop, &[], &[]).contains("no longer"));
}

/// Suppressed findings are not in it, and what it knows is counted as such.
#[test]
fn it_is_counted() {
    let shop = shop("counted");
    shop.write("src/admin.rs", &ADMIN.replace("default()", "default() // backstop: allow(request_time_env)"));
    shop.backstop(&["baseline"]).ends_with(0);
    let run = shop.backstop(&["--format", "json"]).ends_with(0);
    let report: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!((&report["summary"]["baselined"], &report["summary"]["suppressed"]), (&2.into(), &1.into()));
    assert!(run.err.ends_with("no findings, 1 suppressed, 2 in the baseline\n"), "{}", run.err);
    let known = shop.read("backstop-baseline.json");
    let all = shop.backstop(&["--format", "json", "--no-baseline"]).ends_with(0);
    let report: serde_json::Value = serde_json::from_str(&all.out).expect("it is JSON");
    for finding in report["findings"].as_array().expect("there is a list") {
        assert!(known.contains(finding["fingerprint"].as_str().expect("it is text")), "the same in both");
    }
}

#[test]
fn what_is_forbidden_is_never_known() {
    let shop = known("forbidden");
    shop.write("backstop.toml", "[lints]\nresources = \"forbid\"\n");
    let all = ["src/admin.rs:2:5", "src/main.rs:6:5", "src/main.rs:10:5"];
    let said = reports(&shop, &[], &all);
    assert!(!said.contains("no longer") && said.contains("3 errors"), "{said}");
    fs::remove_file(shop.dir.join("backstop-baseline.json")).expect("it is there");
    let run = shop.backstop(&["baseline"]).ends_with(0);
    assert!(run.err.contains("0 known findings") && run.err.contains("3 findings of forbidden lints"), "{}", run.err);
}

#[test]
fn too_many_warnings_fail() {
    let shop = shop("warnings");
    assert_eq!(check(&shop, &["--max-warnings", "3"]).1.ends_with(0).status, Some(0));
    let run = check(&shop, &["--max-warnings", "2"]).1.ends_with(1);
    assert!(run.err.contains("3 warnings, where `max-warnings` allows 2"), "{}", run.err);
    shop.write("backstop.toml", "[check]\nmax-warnings = 0\n");
    check(&shop, &[]).1.ends_with(1);
    check(&shop, &["--max-warnings", "3"]).1.ends_with(0);
    check(&shop, &["-A", "resources"]).1.ends_with(0);
    check(&shop, &["-D", "resources"]).1.ends_with(1);
    shop.backstop(&["baseline"]).ends_with(0);
    check(&shop, &[]).1.ends_with(0);
}

#[test]
fn options_that_contradict_each_other() {
    let shop = shop("options");
    for (arguments, named) in [
        (&["--baseline", "x", "--no-baseline"][..], "--no-baseline"),
        (&["baseline", "--update", "--prune"], "--prune"),
        (&["--show-settings", "--since", "main"], "--since"),
        (&["--show-settings", "--format", "json"], "--format"),
        (&["--max-warnings", "few"], "--max-warnings"),
    ] {
        let run = shop.backstop(arguments).ends_with(2);
        assert!(run.out.is_empty() && run.err.contains(named) && run.err.contains("--help"), "{}", run.shown());
    }
}
