//! The formats that CI and editors read, checked against their schemas and with what reads them.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{CompilerMessage, Message, Metadata, MetadataCommand};
use serde_json::Value;
use support::process::{command, ran, run_in};
use support::{SHOP_MAIN as MAIN, project, root};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.3.0\"\nedition = \"2024\"\n\n\
    [dependencies]\naxum = \"0.8\"\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n";

/// In front of the finding there are a letter, an accent that is put on it, and an emoji: 3 characters, 7 bytes, and 4
/// units of UTF-16.
const DB: &str = "use sqlx::PgPool;

pub async fn name(pool: &PgPool, id: i64) -> String {
    let found = sqlx::query_scalar(\"SELECT name FROM users WHERE id = $1\").bind(id).fetch_one(pool).await;
    let crab = \"e\u{301}\u{1f980}\"; found.unwrap() + crab
}
";

/// The columns of `unwrap()` there, if the three characters had no width.
const BEFORE: u64 = 26;
const LENGTH: u64 = 8;

/// A file of a project.
fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

/// A small service in the folder `api` of a repository, with a finding at level deny and one at level warn.
fn service(test: &str) -> PathBuf {
    let files = [
        file(".git/HEAD", "ref: refs/heads/main\n"),
        file("api/Cargo.toml", MANIFEST),
        file("api/src/main.rs", MAIN),
        file("api/src/db.rs", DB),
    ];
    project(&format!("formats/{test}"), &files).join("api")
}

/// A service that reads `REGION` and a number of further variables of the environment, and unwraps a query.
fn with_findings(test: &str, reads: usize) -> PathBuf {
    let mut main = MAIN.replace("fn main() { drop(app()); }", "fn main() { drop(app()); }\n\nfn read() {");
    for index in 0..reads {
        writeln!(main, "    let _ = std::env::var(\"V{index}\");").expect("a text can be written to");
    }
    main.push_str("}\n");
    let main = main.replace("async fn region() -> String {", "async fn region() -> String {\n    read();");
    let files = [
        file(".git/HEAD", "ref: refs/heads/main\n"),
        file("Cargo.toml", MANIFEST),
        file("src/main.rs", &main),
        file("src/db.rs", DB),
    ];
    project(&format!("formats/{test}"), &files)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn in_format(dir: &Path, format: &str) -> Value {
    json(&run_in_place(dir, &["--format", format, "-q"]))
}

/// The elements of an array.
#[track_caller]
fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not an array: {value}"))
}

/// What a schema has against a document.
fn objections(schema: &str, document: &Value) -> Vec<String> {
    let schema = fs::read_to_string(root().join("tests/schemas").join(schema)).expect("the schema is there");
    let options = jsonschema::options().should_validate_formats(true);
    // The schema of SARIF has a pattern with a bracket too many, which not every engine takes.
    let schema = json(&schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$"));
    let validator = options.build(&schema).unwrap_or_else(|error| panic!("{error}"));
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[track_caller]
fn validate(schema: &str, document: &Value) {
    let objections = objections(schema, document);
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

/// Projects whose reports show every kind of finding and of problem, and one that shows nothing.
fn projects() -> Vec<PathBuf> {
    let fixtures = ["axum-shop", "actix-forum", "rocket-notes", "broken/unparsable", "broken/not-utf8"];
    let mut projects: Vec<PathBuf> = fixtures.iter().map(|name| root().join("test-fixtures").join(name)).collect();
    projects.push(service("all"));
    let empty = [file(".git/HEAD", ""), file("Cargo.toml", MANIFEST), file("src/main.rs", "fn main() {}\n")];
    projects.push(project("formats/nothing", &empty));
    projects
}

#[test]
fn reports_are_valid() {
    for dir in projects() {
        validate("sarif-2.1.0.json", &in_format(&dir, "sarif"));
        validate("gitlab-code-quality.json", &in_format(&dir, "gitlab"));
        validate("rdjson.json", &in_format(&dir, "rdjson"));
    }
}

/// A schema that accepts everything would be no test.
#[test]
fn the_schemas_tell_wrong_from_right() {
    let dir = service("schemas");
    for (format, schema, path) in [
        ("sarif", "sarif-2.1.0.json", "/runs/0/results/0/locations/0/physicalLocation/region/startLine"),
        ("gitlab", "gitlab-code-quality.json", "/0/location/lines/begin"),
        ("rdjson", "rdjson.json", "/diagnostics/0/location/range/start/line"),
    ] {
        let mut document = in_format(&dir, format);
        *document.pointer_mut(path).expect("there is a line") = Value::from(0);
        let objections = objections(schema, &document);
        assert!(objections.len() == 1 && objections[0].starts_with(path), "{format}: {objections:?}");
    }
}

/// What GitHub asks for beyond the schema: <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>.
#[test]
fn github_gets_what_it_requires() {
    for dir in projects() {
        let log = in_format(&dir, "sarif");
        let [run] = array(&log["runs"]) else { panic!("GitHub takes one run of a tool") };
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let driver = &run["tool"]["driver"];
        assert!(is_text(&log["$schema"]) && is_text(&driver["name"]) && is_text(&driver["semanticVersion"]));
        for rule in array(&driver["rules"]) {
            for (text, limit) in [("/id", 255), ("/name", 255), ("/shortDescription/text", 1024)] {
                let text = rule.pointer(text).and_then(Value::as_str).unwrap_or_default();
                assert!(!text.is_empty() && text.chars().count() <= limit, "{text}");
            }
            let description = rule["fullDescription"]["text"].as_str().unwrap_or_default();
            assert!(description.len() > 40 && description.chars().count() <= 1024, "{description}");
            assert!(is_text(&rule["help"]["text"]) && is_text(&rule["help"]["markdown"]), "{rule}");
            assert!(array(&rule["properties"]["tags"]).len() <= 10);
        }
        for result in array(&run["results"]) {
            let rule = &driver["rules"][result["ruleIndex"].as_u64().expect("it is an index") as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(["error", "warning"].contains(&result["level"].as_str().unwrap_or_default()));
            let message = result["message"]["text"].as_str().unwrap_or_default();
            assert!(!message.is_empty() && message.chars().count() <= 1000 && !message.contains('`'), "{message}");
            assert!(is_text(&result["partialFingerprints"]["primaryLocationLineHash"]), "{result}");
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap_or_default();
            assert!(!uri.is_empty() && !uri.starts_with(['/', '.']), "{uri} is not relative to the repository");
            for number in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(place["region"][number].as_u64().is_some_and(|number| number > 0), "{place}");
            }
        }
    }
}

/// Rules say what their pages say; only leaks are a matter of security.
#[test]
fn rules_come_from_the_pages() {
    let log = in_format(&service("rules"), "sarif");
    let rules = array(&log["runs"][0]["tool"]["driver"]["rules"]);
    assert_eq!(rules.len(), backstop::lints::LINTS.len());
    for (rule, lint) in rules.iter().zip(backstop::lints::LINTS) {
        let page = lint.page().expect("the page can be read");
        let properties = &rule["properties"];
        assert_eq!(rule["id"], lint.name);
        assert_eq!(rule["shortDescription"]["text"], page.summary);
        assert_eq!(rule["help"]["markdown"], lint.markdown());
        assert_eq!(
            rule["defaultConfiguration"]["level"],
            if lint.level().name() == "deny" { "error" } else { "warning" }
        );
        let tags: Vec<&str> = array(&properties["tags"]).iter().filter_map(Value::as_str).collect();
        assert!(tags.contains(&page.group), "{tags:?}");
        if let Some(cwe) = page.cwe {
            assert!(tags.contains(&format!("external/cwe/cwe-{cwe:0>3}").as_str()), "{tags:?}");
        }
        let is_leak = page.group == "leaks";
        let severity = properties["security-severity"].as_str().and_then(|score| score.parse::<f32>().ok());
        assert_eq!(severity.is_some_and(|score| score > 0.0 && score <= 10.0), is_leak, "{rule}");
        assert_eq!((tags.contains(&"security"), properties["problem.severity"].is_null()), (is_leak, is_leak));
    }
}

/// Results, their places and their evidence, as they are written; the rules come from the pages.
#[test]
fn a_sarif_log() {
    let mut log = in_format(&service("log"), "sarif");
    log["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"] = "[repository]".into();
    log["runs"][0]["tool"]["driver"].as_object_mut().expect("it is an object").remove("rules");
    log["runs"][0]["tool"]["driver"]["semanticVersion"] = "[version]".into();
    insta::assert_snapshot!("sarif", serde_json::to_string_pretty(&log).expect("it can be written"));
}

/// What the other formats look like.
#[test]
fn the_other_formats() {
    let dir = service("others");
    for format in ["github", "gitlab", "rdjson", "cargo-json"] {
        insta::assert_snapshot!(format, run_in(&dir, &["--format", format]).ends_with(1).out);
    }
}

/// Where the repository is, as a URI whose last character makes it a folder.
#[test]
fn places_are_relative_to_the_repository() {
    let dir = service("place \u{e9}#");
    let log = in_format(&dir, "sarif");
    let base = log["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"].as_str().expect("it is text").to_owned();
    assert!(base.starts_with("file:///") && base.ends_with("/place%20%C3%A9%23/"), "{base}");
    assert_eq!(log["runs"][0]["automationDetails"]["id"], "backstop/api/", "two services do not replace each other");
    assert_eq!(in_format(&dir, "gitlab")[0]["location"]["path"], "api/src/db.rs");
    let annotations = run_in(&dir, &["--format", "github"]).out;
    assert!(annotations.starts_with("::error file=api/src/db.rs,line=5,"), "{annotations}");
}

/// reviewdog and rust-analyzer run where backstop runs.
#[test]
fn paths_for_readers_nearby_are_relative_to_the_folder_of_the_run() {
    let dir = service("folder");
    let above = dir.parent().expect("it is in a folder");
    let found = json(&run_in(above, &["--format", "rdjson", "-q", "api"]).out);
    assert_eq!(found["diagnostics"][0]["location"]["path"], "api/src/db.rs");
    let messages = messages(above, &["api"]);
    assert_eq!(messages[0].message.spans[0].file_name, "api/src/db.rs");
    let elsewhere = run_in(&dir.join("src"), &["--format", "rdjson", "-q"]);
    assert_eq!(json(&elsewhere.out)["diagnostics"][0]["location"]["path"], "db.rs");
    let beside = project("formats/beside", &[file("a.txt", "")]);
    let found = json(&run_in(&beside, &["--format", "rdjson", "-q", "../folder/api"]).out);
    let path = found["diagnostics"][0]["location"]["path"].as_str().expect("it is text").to_owned();
    assert!(Path::new(&path).is_absolute() && path.ends_with("/folder/api/src/db.rs"), "{path}");
}

/// The same `unwrap()`, counted by each format as its readers count.
#[test]
fn columns_are_in_the_unit_of_each_format() {
    let dir = service("columns");
    let (characters, bytes, utf16) = (BEFORE + 3, BEFORE + 7, BEFORE + 4);

    let own = in_format(&dir, "json");
    let found = &own["findings"][0];
    assert_eq!((&found["column"], &found["end_column"]), (&characters.into(), &(characters + LENGTH).into()));

    let sarif = in_format(&dir, "sarif");
    assert_eq!(sarif["runs"][0]["columnKind"], "utf16CodeUnits");
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&utf16.into(), &(utf16 + LENGTH).into()));

    let rdjson = in_format(&dir, "rdjson");
    let range = &rdjson["diagnostics"][0]["location"]["range"];
    assert_eq!((&range["start"]["column"], &range["end"]["column"]), (&bytes.into(), &(bytes + LENGTH).into()));

    let span = &messages(&dir, &[])[0].message.spans[0];
    let columns = [span.column_start as u64, span.column_end as u64];
    assert_eq!(columns, [characters, characters + LENGTH]);
    let line = DB.lines().nth(4).expect("it has five lines");
    assert_eq!((span.text[0].text.as_str(), span.text[0].highlight_start as u64), (line, characters));
    let text = &DB[span.byte_start as usize..span.byte_end as usize];
    assert_eq!(text, "unwrap()", "bytes are those of the file");

    let github = run_in(&dir, &["--format", "github"]).out;
    let end = characters + LENGTH;
    assert!(github.contains(&format!("line=5,endLine=5,col={characters},endColumn={end},")), "{github}");
    assert!(github.contains(&format!("::api/src/db.rs:5:{characters}: ")), "the log shows the place: {github}");
}

/// The route, each call on the way, and the finding.
#[test]
fn code_flows_lead_from_the_route_to_the_finding() {
    let log = in_format(&service("flow"), "sarif");
    let result = &log["runs"][0]["results"][0];
    let steps = array(&result["codeFlows"][0]["threadFlows"][0]["locations"]);
    let step = |step: &Value| {
        let place = &step["location"]["physicalLocation"];
        let text = step["location"]["message"]["text"].as_str().expect("it is text").to_owned();
        let uri = place["artifactLocation"]["uri"].as_str().expect("it is text").to_owned();
        (uri, place["region"]["startLine"].as_u64().expect("it is a number"), text)
    };
    let expected = [
        ("api/src/main.rs", 7, "GET /users/{id} is served by show"),
        ("api/src/main.rs", 8, "show calls db::name"),
        ("api/src/db.rs", 5, "panics when the query fails"),
    ];
    assert_eq!(
        steps.iter().map(step).collect::<Vec<_>>(),
        expected.map(|(uri, line, text)| (uri.to_owned(), line, text.to_owned()))
    );
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    assert!(result["message"]["text"].as_str().is_some_and(|text| text.contains("see [this query](1).")));
}

/// GitHub shows what a SARIF file says is suppressed.
#[test]
fn what_is_suppressed_is_left_out() {
    let dir = service("suppressed");
    let text = DB
        .replace("found.unwrap()", "found.unwrap() /* known */")
        .replace("+ crab", "+ crab // backstop: allow(unwrapped_query)");
    fs::write(dir.join("src/db.rs"), text).expect("files can be written");
    let log = in_format(&dir, "sarif");
    let rules: Vec<&Value> = array(&log["runs"][0]["results"]).iter().map(|result| &result["ruleId"]).collect();
    assert_eq!(rules, ["request_time_env"]);
}

/// What could not be read is told where the tool speaks of its own work.
#[test]
fn problems_are_notifications() {
    let log = in_format(&root().join("test-fixtures/broken/unparsable"), "sarif");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notifications = array(&invocation["toolExecutionNotifications"]);
    assert!(
        notifications.iter().any(|it| it["descriptor"]["id"] == "parse" && it["level"] == "warning"),
        "{invocation}"
    );
    let place = &notifications[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(place.as_str().is_some_and(|uri| uri.starts_with("test-fixtures/broken/unparsable/")), "{place}");
}

/// Ten errors and ten warnings are annotations; GitHub would drop the others.
#[test]
fn annotations_are_as_many_as_github_shows() {
    let dir = with_findings("annotations", 14);
    let summary = dir.join("summary.md");
    fs::write(&summary, "# Build\n").expect("files can be written");
    let run = ran(&dir, command(&dir, &["--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary)).ends_with(1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("::error file=src/db.rs,"), "errors come first: {}", run.out);
    assert!(lines[1..11].iter().all(|line| line.starts_with("::warning file=src/main.rs,")), "{}", run.out);
    assert_eq!(lines[11], "5 more, of which GitHub shows no annotations:");
    assert!(lines[12..].iter().all(|line| line.starts_with("- src/main.rs:")) && lines.len() == 17, "{}", run.out);
    let summary = fs::read_to_string(&summary).expect("it is there");
    assert!(summary.starts_with("# Build\n### backstop: 5 findings more\n"), "{summary}");
    assert_eq!(summary.matches("| warning | request_time_env | src/main.rs:").count(), 5, "{summary}");
}

/// What all of a step's commands write to the summary must not be more than 1 MiB.
#[test]
fn the_summary_is_no_longer_than_github_takes() {
    let dir = with_findings("summary", 600);
    let summary = dir.join("summary.md");
    let before = (1 << 20) - 20_000;
    fs::write(&summary, "x".repeat(before)).expect("files can be written");
    ran(&dir, command(&dir, &["--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary)).ends_with(1);
    let summary = fs::read_to_string(&summary).expect("it is there");
    assert!(summary.len() <= 1 << 20 && summary.len() > before + 15_000, "{}", summary.len());
    let rows = summary.matches("| warning |").count();
    assert!(summary.ends_with(&format!("\nThere is no room here for {} more.\n\n", 591 - rows)), "{rows} rows");
}

/// With ten findings at most there is nothing to add.
#[test]
fn a_summary_is_only_for_what_has_no_annotation() {
    let dir = service("few");
    let summary = dir.join("summary.md");
    let run = ran(&dir, command(&dir, &["--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary)).ends_with(1);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    assert!(!summary.exists());
    // A summary that cannot be written is no reason to fail.
    let dir = with_findings("no_summary", 14);
    let run =
        ran(&dir, command(&dir, &["--format", "github"]).env("GITHUB_STEP_SUMMARY", "/no/such/folder/summary.md"));
    let run = run.ends_with(1);
    assert!(run.err.contains("cannot write the summary of the job"), "{}", run.err);
    assert!(run.out.starts_with("::error"), "{}", run.out);
}

/// Names of files and texts of the source are data.
#[test]
fn sources_cannot_smuggle_commands() {
    let main = MAIN.replace("mod db;", "#[path = \"a,b%0A::set-output name=x::y ##[add-mask]z.rs\"]\nmod db;");
    let main = main.replace("\"REGION\"", "\"%0A::error::REGION ##[error]\"");
    let dir = service("smuggled");
    fs::write(dir.join("src/main.rs"), main).expect("files can be written");
    fs::rename(dir.join("src/db.rs"), dir.join("src/a,b%0A::set-output name=x::y ##[add-mask]z.rs"))
        .expect("it is there");
    let run = run_in(&dir, &["--format", "github", "-q"]).ends_with(1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.out);
    assert!(
        lines[0].contains("file=api/src/a%2Cb%250A%3A%3Aset-output name=x%3A%3Ay ##[add-mask]z.rs,line="),
        "{}",
        run.out
    );
    assert!(lines[1].contains("`%250A::error::REGION ##[error]`"), "{}", run.out);
}

/// GitLab shows one finding for each fingerprint.
#[test]
fn gitlab_fingerprints_are_unique_and_stay() {
    let dir = with_findings("fingerprints", 30);
    let fingerprints = |dir: &Path| -> BTreeSet<String> {
        let report = in_format(dir, "gitlab");
        let found: BTreeSet<String> =
            array(&report).iter().filter_map(|issue| issue["fingerprint"].as_str()).map(str::to_owned).collect();
        assert_eq!(found.len(), array(&report).len());
        found
    };
    let before = fingerprints(&dir);
    let main = fs::read_to_string(dir.join("src/main.rs")).expect("it is there");
    fs::write(dir.join("src/main.rs"), format!("// A line above.\n\n{main}")).expect("files can be written");
    assert_eq!(fingerprints(&dir), before, "moved lines are the same findings");
    let services = [service("same/a"), service("same/b")].map(|dir| fingerprints(&dir));
    assert_eq!(services[0], services[1], "of repositories of their own nothing is compared");
    let nested = service("nested");
    let second = nested.join("../admin");
    fs::create_dir_all(second.join("src")).expect("folders can be made");
    for name in ["Cargo.toml", "src/main.rs", "src/db.rs"] {
        fs::copy(nested.join(name), second.join(name)).expect("files can be copied");
    }
    assert!(fingerprints(&nested).is_disjoint(&fingerprints(&second)), "two services of one repository differ");
}

#[test]
fn gitlab_gets_an_array_also_of_nothing() {
    let dir = service("none");
    let run = run_in(&dir, &["--format", "gitlab", "-A", "all"]).ends_with(0);
    assert_eq!(run.out, "[]\n");
}

/// The messages about findings, read as rust-analyzer reads them.
fn messages(dir: &Path, arguments: &[&str]) -> Vec<CompilerMessage> {
    let run = run_in_place(dir, &[&["--message-format", "json", "-q"], arguments].concat());
    let read = |message| match message {
        Message::CompilerMessage(message) => Some(message),
        Message::CompilerArtifact(artifact) => {
            assert!(!artifact.fresh, "rust-analyzer looks at what was checked anew only");
            None
        }
        Message::BuildFinished(finished) => {
            assert!(!finished.success, "there are errors");
            None
        }
        other => panic!("not a message of cargo: {other:?}"),
    };
    let lines = Message::parse_stream(run.as_bytes());
    lines.map(|message| message.expect("it is a line")).filter_map(read).collect()
}

/// The output of a run with the paths as they are.
fn run_in_place(dir: &Path, arguments: &[&str]) -> String {
    let output = command(dir, arguments).output().expect("the program can be started");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

#[test]
fn cargo_messages_say_all_there_is_to_say() {
    let found = messages(&service("messages"), &[]);
    let [first, second] = found.as_slice() else { panic!("there are two findings: {found:?}") };
    let message = &first.message;
    assert_eq!(message.code.as_ref().map(|code| code.code.as_str()), Some("backstop::unwrapped_query"));
    assert_eq!(message.level, DiagnosticLevel::Error);
    assert_eq!(second.message.level, DiagnosticLevel::Warning);
    let spans: Vec<(bool, &str, Option<&str>)> =
        message.spans.iter().map(|span| (span.is_primary, span.file_name.as_str(), span.label.as_deref())).collect();
    let (finding, query) = ("panics when the query fails", "this query");
    assert_eq!(spans, [(true, "src/db.rs", Some(finding)), (false, "src/db.rs", Some(query))]);
    let children: Vec<(DiagnosticLevel, &str)> =
        message.children.iter().map(|child| (child.level, child.message.as_str())).collect();
    assert_eq!(children[0], (DiagnosticLevel::Note, "GET /users/{id} → show → db::name"));
    let last = children.last().expect("there are some");
    assert_eq!(*last, (DiagnosticLevel::Help, "`cargo backstop explain unwrapped_query` says more"));
    let rendered = message.rendered.as_deref().unwrap_or_default();
    assert!(rendered.starts_with("error[unwrapped_query]: ") && rendered.contains("this query"), "{rendered}");
}

/// Packages and targets as cargo itself names them, also in folders with other names.
#[test]
fn cargo_messages_name_packages_as_cargo_does() {
    let member = |name: &str| MANIFEST.replace("\"shop\"", &format!("\"{name}\""));
    let files = [
        file("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n"),
        file("crates/web-shop/Cargo.toml", &member("web-shop")),
        file("crates/web-shop/src/main.rs", MAIN),
        file("crates/web-shop/src/db.rs", DB),
        file("crates/some lib+(1)'%/Cargo.toml", &member("some-lib")),
        file("crates/some lib+(1)'%/src/lib.rs", &MAIN.replace("fn main() { drop(app()); }", "")),
        file("crates/some lib+(1)'%/src/db.rs", DB),
    ];
    let dir = project("formats/packages", &files);
    let known = metadata(&dir);
    let mut expected = BTreeSet::new();
    for package in &known.packages {
        for target in &package.targets {
            expected.insert((package.id.repr.clone(), target.name.clone(), format!("{:?}", target.kind)));
        }
    }
    let out = run_in_place(&dir, &["--format", "cargo-json", "-q"]);
    let (mut checked, mut found) = (BTreeSet::new(), BTreeSet::new());
    for message in Message::parse_stream(out.as_bytes()) {
        match message.expect("it is a line") {
            Message::CompilerArtifact(it) => {
                checked.insert((it.package_id.repr, it.target.name, format!("{:?}", it.target.kind)));
            }
            Message::CompilerMessage(it) => {
                found.insert((it.package_id.repr, it.target.name, format!("{:?}", it.target.kind)));
            }
            _ => {}
        }
    }
    assert_eq!(checked, expected);
    assert_eq!(found, expected, "each of them has findings");
}

/// What cargo says of a workspace.
fn metadata(dir: &Path) -> Metadata {
    let mut cargo = MetadataCommand::new();
    cargo.manifest_path(dir.join("Cargo.toml")).no_deps().other_options(["--offline".to_owned()]);
    let output = cargo.cargo_command().output().expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    MetadataCommand::parse(String::from_utf8(output.stdout).expect("it is UTF-8")).expect("cargo describes itself")
}

#[test]
fn cargo_messages_end_with_success_where_there_is_no_error() {
    let dir = service("success");
    let out = run_in_place(&dir, &["--message-format", "json", "-q", "-A", "panics"]);
    let lines: Vec<Value> = out.lines().map(json).collect();
    let reasons: Vec<&str> = lines.iter().filter_map(|line| line["reason"].as_str()).collect();
    assert_eq!(reasons, ["compiler-message", "compiler-artifact", "build-finished"]);
    assert_eq!(lines[2]["success"], true);
}
