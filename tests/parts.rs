//! Folders and files inside packages: the package around them is checked, and what is found in them is reported.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::process::{Ran, run_in};
use support::project;

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";

/// Registers handlers of all files, and has one itself.
const MAIN: &str = "mod handlers;\nmod handlers_old;\n\nasync fn own() { drop(std::env::var(\"OWN\")); }\n\n\
    pub fn app() -> axum::Router {\n    use axum::routing::get;\n    \
    axum::Router::new().route(\"/\", get(own)).route(\"/a\", get(handlers::a::a)).route(\"/old\", get(handlers_old::old))\n}\n";

const A: &str = "pub async fn a() { drop(std::env::var(\"A\")); }\n";
const OLD: &str = "pub async fn old() { drop(std::env::var(\"OLD\")); }\n";

/// Serves by itself, whoever declares it.
const APART: &str = "async fn apart() { drop(std::env::var(\"APART\")); }\n\
    fn app() -> axum::Router { axum::Router::new().route(\"/apart\", axum::routing::get(apart)) }\n";

/// The service, with other files in place of some of its own.
fn service(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let usual = [
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", MAIN),
        ("src/handlers/mod.rs", "pub mod a;\n"),
        ("src/handlers/a.rs", A),
        ("src/handlers_old.rs", OLD),
    ];
    let files: Vec<(String, String)> =
        usual.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    project(&format!("parts/{test}"), &files)
}

fn check(dir: &Path, paths: &[&str]) -> Ran {
    run_in(dir, &[&["--format", "short"], paths].concat())
}

/// `file:line lint` of what is reported.
fn found(dir: &Path, paths: &[&str]) -> Vec<String> {
    let run = check(dir, paths).ends_with(0);
    let finding = |line: &str| {
        let mut parts = line.splitn(4, ':');
        let (file, line, rest) = (parts.next(), parts.next(), parts.nth(1));
        let lint = rest.and_then(|rest| rest.split_once('[')).and_then(|(_, rest)| rest.split_once(']'));
        format!("{}:{} {}", file.unwrap_or_default(), line.unwrap_or_default(), lint.map_or("", |(lint, _)| lint))
    };
    run.out.lines().map(finding).collect()
}

/// What is reported when it is all of the service.
const ALL: [&str; 3] = [
    "src/handlers/a.rs:1 request_time_env",
    "src/handlers_old.rs:1 request_time_env",
    "src/main.rs:4 request_time_env",
];

#[test]
fn a_folder_of_a_package() {
    let dir = service("folder", &[]);
    assert_eq!(found(&dir, &["."]), ALL);
    assert_eq!(found(&dir, &["src"]), ALL);
    assert_eq!(found(&dir, &["src/handlers"]), ALL[..1], "not what only starts with the same letters");
    assert_eq!(found(&dir.join("src"), &["handlers"]), ALL[..1], "names are relative to the package");
    let run = check(&dir, &["src/handlers"]).ends_with(0);
    assert_eq!(run.err, "checked 4 files with 3 entry points in [time]: 1 warning in `src/handlers`\n");
    assert!(run.out.contains("`A` is read for each request"), "{}", run.out);
}

#[test]
fn a_file_of_a_package() {
    let dir = service("file", &[]);
    assert_eq!(found(&dir, &["src/handlers/a.rs"]), ALL[..1]);
    assert_eq!(found(&dir, &["src/main.rs"]), ALL[2..], "not its modules, each of which is a part of its own");
    assert_eq!(found(&dir, &["src/handlers/mod.rs"]), Vec::<String>::new());
    assert_eq!(found(&dir, &["src/handlers_old.rs", "src/handlers"]), ALL[..2]);
    assert_eq!(found(&dir.join("src"), &["main.rs"]), ["main.rs:4 request_time_env"], "as for files anywhere");
}

/// The report on a part is that on the package without the rest: the findings themselves are the same.
#[test]
fn findings_are_those_of_the_package() {
    let dir = service("same", &[]);
    let findings = |path: &str| {
        let report: serde_json::Value =
            serde_json::from_str(&run_in(&dir, &["--format", "json", path]).ends_with(0).out).expect("it is JSON");
        report["findings"].as_array().expect("there is a list of findings").clone()
    };
    assert_eq!(findings("src/handlers"), findings(".")[..1]);
    assert_eq!(findings("src/main.rs"), findings(".")[2..]);
}

#[test]
fn the_status_is_that_of_the_part() {
    let dir = service("status", &[("src/handlers/a.rs", "pub async fn a() {}\n")]);
    let deny = ["-D", "request_time_env"];
    assert_eq!(check(&dir, &[&deny[..], &["src/handlers"]].concat()).ends_with(0).out, "");
    check(&dir, &[&deny[..], &["src/main.rs"]].concat()).ends_with(1);
}

#[test]
fn routes_whose_functions_are_there() {
    let dir = service("routes", &[]);
    let routes = |path: &str| run_in(&dir, &["routes", path]).ends_with(0).out;
    assert_eq!(routes("src/handlers"), "GET  /a  handlers::a::a  src/handlers/a.rs:1\n");
    assert_eq!(routes("src/main.rs"), "GET  /  own  src/main.rs:4\n");
    assert_eq!(routes("src").lines().count(), 3);
    let json = run_in(&dir, &["routes", "--format", "json", "src/handlers/a.rs"]).ends_with(0).out;
    assert!(json.contains("\"registered\":{\"file\":\"src/main.rs\",\"line\":8}") && !json.contains("/old"), "{json}");
}

/// Each of them for both parts: where it is reported, and where it is not.
#[test]
fn problems_and_suppressions_of_the_part() {
    let a = "mod gone;\npub async fn a() {\n    drop(std::env::var(\"A\")); // backstop: allow(request_time_env)\n    \
        drop(1); // backstop: allow(unwrapped_query)\n}\n";
    let old = format!("{OLD}fn broken() {{ let = 1; }}\n// backstop: allow(request_time_env)\nfn idle() {{}}\n");
    let dir = service("problems", &[("src/handlers/a.rs", a), ("src/handlers_old.rs", &old)]);
    let run = check(&dir, &["src/handlers"]).ends_with(0);
    assert_eq!(
        found(&dir, &["src/handlers"]),
        ["src/handlers/a.rs:1 unchecked_code", "src/handlers/a.rs:4 unused_suppression"],
    );
    assert!(run.err.ends_with("2 warnings, 1 suppressed in `src/handlers`\n"), "{}", run.err);
    let run = check(&dir, &["src/handlers_old.rs"]).ends_with(0);
    assert!(run.out.contains("src/handlers_old.rs:2:") && !run.out.contains("src/handlers/"), "{}", run.out);
    assert!(!run.err.contains("suppressed"), "what is suppressed elsewhere is not counted: {}", run.err);
    let err = run_in(&dir, &["routes", "src/main.rs"]).ends_with(0).err;
    assert_eq!(err, "", "problems of other parts are not for whoever asks for this one");
    assert!(run_in(&dir, &["routes", "src/handlers"]).ends_with(0).err.contains("the module `gone` has no file"));
}

#[test]
fn files_that_cannot_be_read_as_text() {
    let dir = service("not_utf8", &[]);
    fs::write(dir.join("src/handlers_old.rs"), b"pub async fn old() {} // \xff\n").expect("it can be written");
    assert!(!check(&dir, &["src/handlers"]).ends_with(0).err.contains("UTF-8"));
    assert!(
        check(&dir, &["src/handlers_old.rs"]).ends_with(0).err.contains("src/handlers_old.rs: the file is not UTF-8")
    );
}

/// What is wrong with the manifest concerns every part, entries of the configuration none.
#[test]
fn manifests_and_configurations() {
    let files = [
        ("Cargo.toml", &*MANIFEST.replace("edition = \"2024\"", "edition = \"2024")),
        ("backstop.toml", "[check]\nexclude = [\"src/nowhere\"]\n"),
    ];
    let run = check(&service("manifest", &files), &["src/handlers"]).ends_with(0);
    assert!(run.err.contains("warning: Cargo.toml:4: the manifest cannot be parsed"), "{}", run.err);
    assert!(run.out.contains("src/handlers/a.rs:1:") && !run.out.contains("backstop.toml"), "{}", run.out);
}

/// What no module of the package declares stands for itself, as where there is no package.
#[test]
fn files_that_are_no_part_stand_for_themselves() {
    let dir = service("alone", &[("src/orphan.rs", APART), ("tests/all/main.rs", APART), ("build.rs", APART)]);
    assert_eq!(found(&dir, &["."]), ALL);
    assert_eq!(found(&dir, &["src"]), ALL, "the package knows nothing of the orphan");
    assert_eq!(found(&dir, &["src/orphan.rs"]), ["src/orphan.rs:1 request_time_env"]);
    assert_eq!(found(&dir, &["build.rs"]), ["build.rs:1 request_time_env"]);
    assert_eq!(found(&dir, &["tests"]), ["all/main.rs:1 request_time_env"], "a folder gives names as ever");
    let err = check(&dir, &["tests"]).ends_with(0).err;
    assert_eq!(err, "checked 1 file with 1 entry point in [time]: 1 warning\n");
    assert_eq!(
        found(&dir, &["src/orphan.rs", "src/handlers"]),
        ["src/handlers/a.rs:1 request_time_env", "src/orphan.rs:1 request_time_env"],
        "one that is a part beside one that is none"
    );
}

/// Modules of a file that stands for itself belong to it, those of a file that is a part do not.
#[test]
fn modules_of_files_that_stand_for_themselves() {
    let test = format!("mod beside;\n{APART}");
    let dir = service("modules", &[("tests/one.rs", &test), ("tests/beside.rs", APART)]);
    assert_eq!(
        found(&dir, &["tests/one.rs", "src/handlers/mod.rs"]),
        ["tests/beside.rs:1 request_time_env", "tests/one.rs:2 request_time_env"]
    );
}

#[test]
fn modules_can_lie_anywhere() {
    let main = format!("#[path = \"../shared/x.rs\"]\nmod x;\n{MAIN}");
    let shared = "pub async fn x() { drop(std::env::var(\"X\")); }\n";
    let main = main.replace("get(own))", "get(own)).route(\"/x\", get(x::x))");
    let dir = service("path", &[("src/main.rs", &main), ("shared/x.rs", shared)]);
    for part in ["shared", "shared/x.rs", "src/../shared"] {
        let found = found(&dir, &[part]);
        assert!(found.len() == 1 && found[0].ends_with("shared/x.rs:1 request_time_env"), "{part}: {found:?}");
    }
    assert!(!check(&dir, &["src"]).ends_with(0).out.contains("shared"), "it only passes through there");
}

/// A folder of packages stands for them, whatever is around it; the root of a workspace need not be a package.
#[test]
fn folders_of_packages_and_workspaces() {
    let lib = MANIFEST.replace("shop", "lib");
    let root = format!("[workspace]\nmembers = [\"crates/*\"]\n\n{MANIFEST}");
    let files =
        [("Cargo.toml", root.as_str()), ("crates/lib/Cargo.toml", lib.as_str()), ("crates/lib/src/lib.rs", APART)];
    let dir = service("packages", &files);
    assert_eq!(found(&dir, &["crates"]), ["lib/src/lib.rs:1 request_time_env"]);
    assert_eq!(found(&dir, &["crates/lib/src"]), ["src/lib.rs:1 request_time_env"], "of the nearest package");
    assert_eq!(found(&dir, &["src/handlers"]), ALL[..1]);
    fs::write(dir.join("Cargo.toml"), "[workspace]\nmembers = [\"crates/*\"]\n").expect("it can be written");
    fs::create_dir(dir.join("scripts")).expect("folders can be made");
    fs::write(dir.join("scripts/a.rs"), APART).expect("it can be written");
    assert_eq!(found(&dir, &["scripts"]), ["a.rs:1 request_time_env"]);
}

/// The package around a part is what is checked: whoever wants other packages of the workspace in view says so.
#[test]
fn handlers_that_another_package_registers() {
    let shop = format!("{MANIFEST}lib = {{ path = \"../lib\" }}\n");
    let lib = MANIFEST.replace("shop", "lib");
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"lib\", \"shop\"]\n"),
        ("shop/Cargo.toml", shop.as_str()),
        (
            "shop/src/main.rs",
            "fn app() -> axum::Router { axum::Router::new().route(\"/\", axum::routing::get(lib::a)) }\n",
        ),
        ("lib/Cargo.toml", lib.as_str()),
        ("lib/src/lib.rs", A),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let dir = project("parts/elsewhere", &files);
    assert_eq!(found(&dir, &["lib/src"]), Vec::<String>::new());
    assert_eq!(found(&dir, &["--workspace", "lib/src"]), ["src/lib.rs:1 request_time_env"]);
    assert_eq!(found(&dir, &["--workspace", "shop/src"]), Vec::<String>::new());
    assert!(check(&dir, &["-p", "shpo", "lib/src"]).ends_with(2).err.contains("did you mean `shop`"));
}

/// Members that are no defaults are checked where a part of them is named.
#[test]
fn default_members_do_not_hide_a_part() {
    let lib = "[package]\nname = \"lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let root = format!("[workspace]\nmembers = [\"lib\"]\ndefault-members = [\"lib\"]\n\n{MANIFEST}");
    let files = [("Cargo.toml", root.as_str()), ("lib/Cargo.toml", lib), ("lib/src/lib.rs", "")];
    assert_eq!(found(&service("default", &files), &["src/handlers"]), ALL[..1]);
}

/// Beside a part, other packages can be named as a whole: of those everything is reported, also what they depend on.
#[test]
fn a_part_beside_a_whole() {
    let manifest = |name: &str, more: &str| MANIFEST.replace("shop", name) + more;
    let (app, dep, other) =
        (manifest("app", "dep = { path = \"../dep\" }\n"), manifest("dep", ""), manifest("other", ""));
    let files = [
        ("app/Cargo.toml", app.as_str()),
        ("app/src/main.rs", APART),
        ("dep/Cargo.toml", dep.as_str()),
        ("dep/src/lib.rs", APART),
        ("other/Cargo.toml", other.as_str()),
        ("other/src/lib.rs", "mod a;\nmod b;\n"),
        ("other/src/a.rs", APART),
        ("other/src/b.rs", APART),
    ];
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let dir = project("parts/whole", &files);
    let app = ["app/src/main.rs:1 request_time_env", "dep/src/lib.rs:1 request_time_env"];
    assert_eq!(found(&dir, &["app", "other/src/b.rs"]), [&app[..], &["other/src/b.rs:1 request_time_env"]].concat());
    assert_eq!(found(&dir, &["app", "app/src"]), app, "the whole of it was named, too");
    assert_eq!(found(&dir, &["app/src"]), ["src/main.rs:1 request_time_env"]);
    assert_eq!(found(&dir, &["app/src", "dep/src"]), app);
}

/// What makes a package of no use here does not take away what is checked without it.
#[test]
fn packages_that_have_nothing_to_check() {
    let manifest = format!("{MANIFEST}\n[lib]\nproc-macro = true\n");
    let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", APART)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let dir = project("parts/macros", &files);
    assert_eq!(found(&dir, &["src"]), ["lib.rs:1 request_time_env"]);
    fs::create_dir(dir.join("docs")).expect("folders can be made");
    assert!(check(&dir, &["docs"]).ends_with(2).err.contains("no Rust files in "));
}

#[cfg(unix)]
#[test]
fn links_lead_to_parts() {
    let dir = service("links", &[]);
    fs::rename(dir.join("src/handlers"), dir.join("elsewhere")).expect("it is there");
    std::os::unix::fs::symlink("../elsewhere", dir.join("src/handlers")).expect("links can be made");
    assert_eq!(found(&dir, &["src/handlers"]), ALL[..1]);
    assert_eq!(found(&dir, &["elsewhere"]), ALL[..1]);
}
