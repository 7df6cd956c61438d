//! What the integration tests share: scratch projects, runs in this process, and the marks in sources.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

pub mod git;
pub mod process;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use backstop::app::App;
use backstop::cli::Args;
use backstop::flow::Flow;
use backstop::knowledge::Knowledge;
use backstop::lint::Level;
use backstop::load::load;
use backstop::report::{Environment, Terminal};
use backstop::run::{STACK, run};
use backstop::workspace::{Selection, discover};

/// The `main.rs` of a small service: it unwraps a query in its module `db`, and reads the environment for each request.
pub const SHOP_MAIN: &str = r#"mod db;

use axum::extract::{Path, State};
use axum::{Router, routing::get};
use sqlx::PgPool;

async fn show(State(pool): State<PgPool>, Path(id): Path<i64>) -> String {
    db::name(&pool, id).await
}

async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}

pub fn app() -> Router<PgPool> {
    Router::new().route("/users/{id}", get(show)).route("/region", get(region))
}

fn main() { drop(app()); }
"#;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Writes a project to a scratch folder of the given name, which is emptied first, and returns the folder.
pub fn project(name: &str, files: &[(String, String)]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).expect("the scratch folder can be emptied");
    }
    fs::create_dir_all(&dir).expect("the scratch folder can be made");
    for (path, text) in files {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("files are in folders")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }
    dir
}

/// Compares what some lints report of `test-fixtures/<folder>/<name>.rs`, as a project of its own, with its marks.
#[track_caller]
pub fn compare_file(folder: &str, name: &str, lints: &[&str]) {
    let path = root().join(format!("test-fixtures/{folder}/{name}.rs"));
    let text = fs::read_to_string(path).expect("the file is there");
    let dir = project(&format!("{folder}/{name}"), &[("src/main.rs".to_owned(), text.clone())]);
    let is_meant = |place: &String| lints.iter().any(|lint| place.rsplit(' ').next() == Some(lint));
    let found: Places = findings(&dir).into_iter().filter(is_meant).collect();
    let differences = differences(&marks("src/main.rs", &text), &found);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What a run wrote.
pub struct Output {
    pub out: String,
    pub err: String,
    pub status: u8,
}

/// Runs `cargo backstop` with some arguments in this process.
pub fn backstop(arguments: &[&str]) -> Output {
    let words = ["cargo-backstop"].iter().chain(arguments).map(OsString::from);
    let args = Args::parse(words).expect("the arguments are valid");
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().expect("threads can be started");
    let (done, out, err) = pool.install(|| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut terminal = Terminal {
            out: &mut out,
            err: &mut err,
            color_out: false,
            color_err: false,
            verbosity: args.verbosity,
            environment: Environment::default(),
        };
        let done = run(&args, &mut terminal).map(|status| status.code());
        (done, out, err)
    });
    let status = done.unwrap_or_else(|error| panic!("the run could not be done: {error}"));
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Output { out: text(out), err: text(err), status }
}

/// The program in a folder, and what requests do in it.
pub fn follow(dir: &Path) -> (App, Flow) {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().expect("threads can be started");
    pool.install(|| {
        let selection = Selection { paths: vec![dir.to_owned()], workspace: true, ..Selection::default() };
        let workspace = discover(&selection).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
        let loaded = load(&workspace);
        let app = App::link(workspace, loaded, knowledge());
        let flow = Flow::of(&app);
        (app, flow)
    })
}

/// The knowledge shipped with backstop.
pub fn knowledge() -> Knowledge {
    Knowledge::load(&[]).unwrap_or_else(|errors| {
        let errors: Vec<&str> = errors.iter().map(|(_, error)| error.message.as_str()).collect();
        panic!("knowledge cannot be loaded: {}", errors.join("\n"))
    })
}

/// `file:line lint`, of marks in the sources and of findings.
pub type Places = BTreeSet<String>;

/// The report on a folder as JSON, with every lint at least at level warn.
pub fn report(dir: &Path, options: &[&str]) -> serde_json::Value {
    let dir = dir.to_str().expect("the folder has a UTF-8 name");
    let mut arguments = vec!["check", "--format", "json", dir];
    arguments.extend(options);
    for lint in backstop::lints::LINTS {
        arguments.extend(["-W", lint.name]);
    }
    let output = backstop(&arguments);
    serde_json::from_str(&output.out).expect("the report is JSON")
}

/// Where the findings of a report are.
pub fn places(report: &serde_json::Value) -> Places {
    let findings = report["findings"].as_array().expect("there is a list of findings");
    findings
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().expect("it is text").to_owned();
            format!("{}:{} {}", text("file"), it["line"], text("lint"))
        })
        .collect()
}

/// Whether a lint is off by default and reports what many examples have that are about something else: that an
/// application has no layer for something, that its errors are answered with 500 whatever they are.
fn is_by_the_way(name: &str) -> bool {
    backstop::lints::lint(name).is_some_and(|lint| lint.level() == Level::Allow)
}

/// The findings in a folder, with every lint at least at level warn, but for those that are by the way.
pub fn findings(dir: &Path) -> Places {
    findings_beside(dir, "")
}

/// The same with a lint that may be one of those.
pub fn findings_beside(dir: &Path, lint: &str) -> Places {
    let is_meant = |place: &String| {
        let name = place.rsplit(' ').next().unwrap_or_default();
        name == lint || !is_by_the_way(name)
    };
    places(&report(dir, &["--workspace"])).into_iter().filter(is_meant).collect()
}

/// A mark in a source: `//~ lint lint`, or `//~ lint: what the message names`.
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    pub lint: String,
    pub names: Option<String>,
}

/// The marks in a file.
pub fn marks_in(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, marked)) = line.split_once("//~") else { continue };
        let marked = marked.split("//").next().unwrap_or_default();
        let (lints, names) = match marked.split_once(':') {
            Some((lints, names)) => (lints, Some(names.trim().to_owned())),
            None => (marked, None),
        };
        let mark = |lint: &str| Mark { line: index + 1, lint: lint.to_owned(), names: names.clone() };
        found.extend(lints.split_whitespace().map(mark));
    }
    found
}

/// Where the marks of a file are.
pub fn marks(name: &str, text: &str) -> Places {
    marks_in(text).into_iter().map(|mark| format!("{name}:{} {}", mark.line, mark.lint)).collect()
}

/// The `.rs` files below a folder, by their names relative to it.
pub fn sources(dir: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(dir).expect("it lies below").to_str().expect("names are UTF-8");
                let bytes = fs::read(&path).expect("files can be read");
                found.push((name.replace('\\', "/"), String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    found.sort();
    found
}

/// What two sets of places do not share, to be read by whoever broke it.
pub fn differences(expected: &Places, found: &Places) -> Vec<String> {
    let missing = expected.difference(found).map(|place| format!("missing: {place}"));
    let surplus = found.difference(expected).map(|place| format!("not expected: {place}"));
    missing.chain(surplus).collect()
}

/// A Rust block of a page: the line where it starts, and its files.
pub struct Example {
    pub line: usize,
    pub files: Vec<(String, String)>,
}

/// The Rust blocks of a part of a page.
pub fn examples(section: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<Example> = None;
    for (index, line) in section.lines().enumerate() {
        match &mut open {
            None if line == "```rust" => {
                open = Some(Example { line: index + 1, files: vec![("src/main.rs".to_owned(), String::new())] })
            }
            None => {}
            Some(_) if line == "```" => found.extend(open.take()),
            Some(example) => {
                if let Some(name) = line.strip_prefix("// file: ") {
                    example.files.push((name.to_owned(), String::new()));
                    continue;
                }
                let indent = line.len() - line.trim_start().len();
                let shown = match line.trim_start() {
                    "#" => "",
                    hidden => hidden.strip_prefix("# ").unwrap_or(hidden),
                };
                let (_, text) = example.files.last_mut().expect("there is always a file");
                text.push_str(&format!("{}{shown}\n", &line[..indent]));
            }
        }
    }
    found
}
