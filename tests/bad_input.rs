//! Input that is wrong: each time it is said what and where, the rest is checked, and nothing panics.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::process::{Ran, run_in};
use support::{differences, findings, marks, project, root, sources};

/// The folders of `test-fixtures/broken` in which there is something to check.
const CHECKED: [&str; 9] = [
    "bad-manifest",
    "bad-workspace",
    "empty",
    "loose",
    "missing-mod",
    "mod-cycle",
    "not-utf8",
    "unbalanced",
    "unparsable",
];
/// Those that stop the run.
const STOPPED: [&str; 2] = ["bad-config", "no-rust"];

fn broken() -> PathBuf {
    root().join("test-fixtures/broken")
}

#[test]
fn every_folder_is_tested() {
    let folders = fs::read_dir(broken()).expect("the folder can be read");
    let mut names: Vec<String> =
        folders.map(|it| it.expect("it can be read").file_name().into_string().expect("names are UTF-8")).collect();
    names.sort();
    let mut tested = [CHECKED.as_slice(), &STOPPED].concat();
    tested.sort_unstable();
    assert_eq!(names, tested);
}

#[test]
fn the_rest_is_checked() {
    for folder in CHECKED {
        let dir = broken().join(folder);
        let expected = sources(&dir).iter().flat_map(|(name, text)| marks(name, text)).collect();
        let wrong = differences(&expected, &findings(&dir));
        assert!(wrong.is_empty(), "{folder}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn it_is_said_what_is_wrong() {
    for folder in CHECKED.into_iter().chain(STOPPED) {
        let run = run_in(&broken(), &["check", folder]);
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("broken_{folder}"), run.shown());
        });
    }
}

#[test]
fn lists_of_routes_say_it_too() {
    let run = run_in(&broken(), &["routes", "unbalanced"]).ends_with(0);
    assert!(
        run.out.contains("/users/{id}") && run.err.contains("src/orders.rs:6: cannot be parsed"),
        "{}",
        run.shown()
    );
    assert_eq!(run_in(&broken(), &["routes", "-q", "unbalanced"]).ends_with(0).err, "");
}

const MANIFEST: &str =
    "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";

/// A handler with a finding, and a module beside it.
const MAIN: &str = "mod other;\n\nasync fn h() {\n    drop(std::env::var(\"A\"));\n}\n\n\
    fn app() -> axum::Router {\n    axum::Router::new().route(\"/\", axum::routing::get(h))\n}\n";

/// The one finding in it.
const FINDING: &str =
    "src/main.rs:4:10: error[request_time_env]: the environment variable `A` is read for each request\n";

/// A package of that handler and other files.
fn package(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let usual = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)];
    // Later ones replace earlier ones.
    let files: Vec<(String, String)> =
        usual.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    project(&format!("bad_input/{test}"), &files)
}

fn check(dir: &Path) -> Ran {
    run_in(dir, &["--format", "short", "-D", "request_time_env"])
}

/// The file beside the handler is fine as far as backstop is concerned.
#[track_caller]
fn takes(test: &str, other: &str) {
    let run = check(&package(test, &[("src/other.rs", other)])).ends_with(1);
    assert_eq!(run.out, FINDING, "{test}: {}", run.err);
    assert_eq!(run.err, "checked 2 files with 1 entry point in [time]: 1 error\n", "{test}");
}

/// The file beside the handler is not checked, and that is said; the handler is.
#[track_caller]
fn refuses(test: &str, other: &str, message: &str) {
    let run = check(&package(test, &[("src/other.rs", other)])).ends_with(1);
    assert!(run.out.starts_with(FINDING), "{test}: {}", run.out);
    let problem = run.out.strip_prefix(FINDING).unwrap_or_default();
    let said = problem.strip_prefix("src/other.rs:").and_then(|it| it.split_once(": "));
    assert_eq!(said.map(|(_, said)| said), Some(format!("warning[unchecked_code]: {message}\n").as_str()), "{test}");
}

const MANY: usize = 100_000;
const TOO_DEEP: &str = "cannot be parsed: the code is nested too deeply to be parsed";

/// `pre open…open inner close…close post`, so many times.
fn nested(number: usize, [pre, open, inner, close, post]: [&str; 5]) -> String {
    format!("{pre}{}{inner}{}{post}\n", open.repeat(number), close.repeat(number))
}

#[test]
fn deep_nesting_is_refused() {
    for (name, parts) in [
        ("parentheses", ["fn f() { ", "(", "1", ")", "; }"]),
        ("blocks", ["fn f() ", "{", "", "}", ""]),
        ("arms", ["fn f() { ", "match a { _ => ", "1", " }", " }"]),
        ("ifs", ["fn f() { ", "if a { ", "", " }", " }"]),
        ("closures_with_blocks", ["fn f() { ", "|a| { ", "", " }", " }"]),
        ("calls", ["fn f() { ", "f(", "", ")", "; }"]),
        ("modules", ["", "mod a { ", "", " }", ""]),
        ("macros", ["fn f() { m!(", "[", "", "]", "); }"]),
        ("json", ["fn f() { json!(", "{\"a\": ", "1", "}", "); }"]),
        ("async_blocks", ["fn f() { ", "async { ", "", " }", " }"]),
        ("generics", ["type T = ", "A<", "u8", ">", ";"]),
        ("generics_with_more", ["type T = ", "A<u8, ", "u8", ">", ";"]),
        ("projections", ["type T = ", "<", "A", " as B>::C", ";"]),
        ("closures", ["fn f() { let x = ", "|a| ", "1", "", "; }"]),
        ("references", ["type T = ", "&", "u8", "", ";"]),
        ("pointers", ["type T = ", "*const ", "u8", "", ";"]),
        ("functions", ["type T = ", "fn() -> ", "u8", "", ";"]),
        ("breaks", ["fn f() { loop { ", "break ", "", "", "} }"]),
        ("not", ["fn f() { let x = ", "!", "true", "", "; }"]),
        ("negative", ["fn f() { let x = ", "-", "1", "", "; }"]),
        ("borrowed", ["fn f() { let x = ", "&", "1", "", "; }"]),
        ("not_in_a_macro", ["fn f() { m!(", "!", "a", "", "); }"]),
        ("conditions", ["fn f() { ", "if ", "a", " {}", " }"]),
        ("lets", ["fn f() { if ", "let x = ", "true", "", " {} }"]),
        ("matches", ["fn f() { ", "match ", "a", " {}", " }"]),
        ("loops", ["fn f() { ", "while ", "a", " {}", " }"]),
        ("fors", ["fn f() { ", "for a in ", "a", " {}", " }"]),
        ("yields", ["fn f() { let x = ", "yield ", "1", "", "; }"]),
        ("ranges", ["fn f() { let x = ", "..=", "1", "", "; }"]),
        ("boxes", ["fn f() { match y { ", "box ", "x", "", " => {} } }"]),
        ("patterns", ["fn f() { let ", "Some(", "x", ")", " = y; }"]),
        ("reference_patterns", ["fn f() { match y { ", "&mut ", "x", "", " => {} } }"]),
        ("slice_patterns", ["fn f() { let ", "[", "x", "]", " = y; }"]),
        ("struct_patterns", ["fn f() { let ", "A { a: ", "x", " }", " = y; }"]),
        ("tuples", ["type T = ", "(", "u8", ",)", ";"]),
        ("arrays", ["type T = ", "[", "u8", "; 1]", ";"]),
        ("impls", ["fn f(x: ", "impl A<", "u8", ">", ") {}"]),
        ("functions_in_functions", ["", "fn f() { ", "", " }", ""]),
        ("imports", ["use ", "a::{", "b", "}", ";"]),
        ("attributes", ["#[a", "(", "", ")", "] fn f() {}"]),
        ("rules", ["macro_rules! m { ", "($x:tt) => { ", "", " }", " }"]),
        ("repetitions", ["macro_rules! m { (", "$(", "a", ")*", ") => {} }"]),
        ("calls_of_macros", ["fn f() { ", "vec![", "", "]", "; }"]),
    ] {
        refuses(&format!("deep/{name}"), &nested(MANY, parts), TOO_DEEP);
    }
}

/// What is just within the limits must fit the stack, also that of a debug build.
#[test]
fn nesting_within_the_limits_is_parsed() {
    for (name, parts) in [
        ("parentheses", ["fn f() { ", "(", "1", ")", "; }"]),
        ("blocks", ["fn f() ", "{", "", "}", ""]),
        ("arms", ["fn f() { ", "match a { _ => ", "1", " }", " }"]),
        ("ifs", ["fn f() { ", "if a { ", "", " }", " }"]),
        ("closures_with_blocks", ["fn f() { ", "|a| { ", "", " }", " }"]),
        ("calls", ["fn f() { ", "f(", "", ")", "; }"]),
        ("modules", ["", "mod a { ", "", " }", ""]),
        ("macros", ["fn f() { ", "m!(", "", ")", "; }"]),
        ("json", ["fn f() { json!(", "{\"a\": ", "1", "}", "); }"]),
    ] {
        takes(&format!("within/{name}"), &nested(990, parts));
    }
    for (name, parts) in [
        ("generics", ["type T = ", "A<", "u8", ">", ";"]),
        ("closures", ["fn f() { let x = ", "|a| ", "1", "", "; }"]),
        ("references", ["type T = ", "&", "u8", "", ";"]),
        ("functions", ["type T = ", "fn() -> ", "u8", "", ";"]),
        ("not", ["fn f() { let x = ", "!", "true", "", "; }"]),
        ("conditions", ["fn f() { ", "if ", "a", " {}", " }"]),
        ("matches", ["fn f() { ", "match ", "a", " {}", " }"]),
        ("lets", ["fn f() { if ", "let x = ", "true", "", " {} }"]),
        ("yields", ["fn f() { let x = ", "yield ", "1", "", "; }"]),
    ] {
        takes(&format!("within/{name}"), &nested(4_900, parts));
    }
}

/// Long is not deep, although the tree of it is.
#[test]
fn long_chains_are_parsed() {
    for (name, start, piece) in [
        ("methods", "let x = y", ".a()"),
        ("fields", "let x = y", ".a"),
        ("questions", "let x = y", "?"),
        ("awaits", "let x = y", ".await"),
        ("indices", "let x = y", "[0]"),
        ("calls", "let x = y", "(0)"),
        ("casts", "let x = y", " as u8"),
        ("sums", "let x = y", " + y"),
        ("texts", "let x = y", " + &format!(\"{y}\")"),
        ("assignments", "y", " = y"),
        ("else_ifs", "if y {}", " else if y {}"),
        ("statements", "y()", "; y()"),
    ] {
        takes(&format!("long/{name}"), &format!("fn f() {{ {start}{}; }}\n", piece.repeat(MANY)));
    }
    // Operators that can also stand before a value are taken for nesting where there are too many of them.
    takes("long/conditions", &format!("fn f() {{ let x = y{}; }}\n", " && y".repeat(MANY / 25)));
    takes("long/arms", &format!("fn f() {{ match a {{ {} }} }}\n", "1 => b(), ".repeat(MANY)));
    takes("long/table", &format!("static A: [i8; {MANY}] = [{}];\n", "-1, ".repeat(MANY)));
    takes("long/items", &"fn f() -> Vec<u8> { &a | &b }\n".repeat(MANY / 5));
}

/// A local that is made of another one of its name is not made of itself.
#[test]
fn names_that_lead_to_themselves() {
    let text = "use std::collections::HashMap;\nuse std::sync::{LazyLock, Mutex};\n\
        use axum::{Router, extract::Path, routing::get};\n\
        static NAMES: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);\n\
        async fn name(Path(key): Path<String>) -> String {\n    let name = std::env::var(\"NAME\").unwrap_or_default();\n    \
        let name = if name.is_empty() { key.clone() } else { name };\n    \
        let (name, key) = match key.parse::<u8>() { Ok(_) => (name, key), Err(_) => (key, name) };\n    \
        NAMES.lock().unwrap().insert(key, name);\n    \
        reqwest::Client::new().get(\"http://a\").send().await.map(|it| it.status().to_string()).unwrap_or_default()\n}\n\
        fn app() -> Router {\n    Router::new().route(\"/{key}\", get(name))\n}\n";
    let manifest = format!("{MANIFEST}reqwest = \"0.12\"\n");
    let run = check(&package("same_name", &[("Cargo.toml", &manifest), ("src/other.rs", text)])).ends_with(1);
    assert!(run.out.contains("src/other.rs:6:16: error[request_time_env]"), "{}", run.shown());
}

/// Functions are evaluated on the stack of those that call them: however many that are, and also all in one circle.
#[test]
fn calls_go_as_deep_as_they_like() {
    const CALLS: usize = 5_000;
    let call = |from: usize, to: usize| format!("fn f{from}() {{ f{to}() }}\n");
    let chain: String = (0..CALLS).map(|from| call(from, from + 1)).collect();
    let read = format!("fn f{CALLS}() {{ drop(std::env::var(\"DEEP\")); f{}() }}\n", CALLS - 300);
    let text = format!(
        "{chain}{read}async fn deep() {{ f0() }}\n\
        fn app() -> axum::Router {{ axum::Router::new().route(\"/deep\", axum::routing::get(deep)) }}\n"
    );
    let run = check(&package("deep_calls", &[("src/other.rs", &text)])).ends_with(1);
    let place = format!("src/other.rs:{}:19: error[request_time_env]", CALLS + 1);
    assert!(run.out.contains(&place), "{}", run.shown());
}

/// A macro that calls itself with more each time does not end by itself.
#[test]
fn macros_that_grow_are_given_up() {
    takes("growing/double", "macro_rules! m { ($a:expr) => { m!(($a + $a)) } }\nfn f() { m!(a) }\n");
    takes("growing/one_more", "macro_rules! m { ($($x:tt)*) => { m!(a $($x)*) } }\nfn f() { m!(a) }\n");
    takes(
        "growing/in_turns",
        "macro_rules! m { ($a:expr) => { n!($a, $a) } }\nmacro_rules! n { ($a:expr, $b:expr) => { m!(($a + $b)) } }\n\
         fn f() { m!(a) }\n",
    );
}

#[test]
fn texts_of_any_form_are_read() {
    takes("text/empty", "");
    takes("text/spaces", " \n\t\n");
    takes("text/comment", "// nothing");
    takes("text/one_line", &format!("pub fn f() -> &'static str {{ \"{}\" }}", "a".repeat(4 << 20)));
    takes("text/mark", "\u{feff}pub fn f() {}\n");
    takes("text/script", "#!/usr/bin/env run-cargo-script\npub fn f() {}\n");
    refuses("text/nul", "pub fn f() { \0 }\n", "cannot be parsed: the brackets or quotes of the file do not match");
}

/// Places are right behind a byte order mark, with line breaks of Windows, and behind characters of several bytes.
#[test]
fn places_are_right_in_any_text() {
    let windows = MAIN.replace('\n', "\r\n");
    for (test, main) in [("crlf", windows), ("mark", format!("\u{feff}{MAIN}"))] {
        let run =
            check(&package(&format!("place/{test}"), &[("src/main.rs", &main), ("src/other.rs", "")])).ends_with(1);
        assert_eq!(run.out, FINDING, "{test}");
    }
    let wide = MAIN.replace("    drop(", "    /* äö↯ */ drop(");
    let run = check(&package("place/wide", &[("src/main.rs", &wide), ("src/other.rs", "")])).ends_with(1);
    assert_eq!(run.out, FINDING.replace(":4:10", ":4:20"));
}

#[test]
fn a_file_can_belong_to_several_modules() {
    let main = format!("#[path = \"other.rs\"]\nmod again;\nmod third {{ include!(\"other.rs\"); }}\n{MAIN}");
    let other = "fn f() { drop(std::env::var(\"B\")); }\n";
    let run = check(&package("twice", &[("src/main.rs", &main), ("src/other.rs", other)])).ends_with(1);
    assert_eq!(run.out, FINDING.replace(":4:", ":7:"));
    assert_eq!(run.err, "checked 2 files with 1 entry point in [time]: 1 error\n");
}

#[test]
fn files_that_lead_to_themselves() {
    refuses(
        "cycle/path",
        "#[path = \"other.rs\"]\nmod me;\n",
        "the module `me` is the file that declares it, or one around it",
    );
    let message = "the included file is the one that includes it, or one around it";
    refuses("cycle/include", "include!(\"other.rs\");\nfn f() {}\n", message);
    let files = [("src/other.rs", "include!(\"a.rs\");\n"), ("src/a.rs", "include!(\"other.rs\");\n")];
    let run = check(&package("cycle/includes", &files)).ends_with(1);
    assert!(run.out.contains(FINDING) && run.out.contains(message), "{}", run.out);
}

#[test]
fn a_folder_with_the_name_of_a_file() {
    let dir = package("folder", &[("src/other.rs/readme.txt", "")]);
    let run = check(&dir).ends_with(1);
    assert!(
        run.out.contains("src/main.rs:1:5: warning[unchecked_code]: the module `other` has no file"),
        "{}",
        run.out
    );
    assert!(run.out.ends_with(FINDING), "{}", run.out);
}

#[test]
fn a_workspace_that_names_what_is_not_there() {
    let workspace = format!("[workspace]\nmembers = [\n    \"gone\",\n    \"none-*\",\n]\n\n{MANIFEST}");
    let run = check(&package("member", &[("Cargo.toml", &workspace), ("src/other.rs", "")])).ends_with(1);
    assert_eq!(run.out, FINDING);
    let warning = "warning: Cargo.toml:3: the member `gone` of the workspace has no manifest\n";
    assert!(run.err.starts_with(warning) && run.err.contains("help: "), "{}", run.err);
    assert!(!run.err.contains("none-"), "a pattern may match nothing: {}", run.err);
}

#[test]
fn an_inline_module_can_name_the_folder_of_its_modules() {
    let other = "#[path = \".\"]\nmod inline {\n    #[path = \"beside.rs\"]\n    mod a;\n    mod b;\n    mod c { mod d; }\n}\n\
        mod plain { mod e; #[path = \"f.rs\"] mod g; }\n";
    let names = ["beside.rs", "b.rs", "c/d.rs", "other/plain/e.rs", "other/plain/f.rs"];
    let mut files: Vec<(String, &str)> = names.iter().map(|name| (format!("src/{name}"), "fn f() {}\n")).collect();
    files.push(("src/other.rs".to_owned(), other));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let run = check(&package("inline", &files)).ends_with(1);
    assert_eq!(run.out, FINDING);
    assert_eq!(run.err, "checked 7 files with 1 entry point in [time]: 1 error\n");
}

/// What is wrong with a package that is read only because the one that is checked depends on it is for its own check.
#[test]
fn problems_of_packages_outside() {
    let manifest = MANIFEST.replace("axum = \"0.8\"\n", "axum = \"0.8\"\ny = { path = \"../y\" }\n");
    let files = [
        ("x/Cargo.toml", manifest.as_str()),
        ("x/src/main.rs", &MAIN.replace("mod other;", "use y::f;")),
        ("y/Cargo.toml", "[package]\nname = \"y\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("y/src/lib.rs", "mod gone;\npub fn f() {}\n"),
    ];
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let dir = project("bad_input/outside", &files);
    assert_eq!(check(&dir.join("x")).ends_with(1).out, FINDING);
    let both = run_in(&dir, &["--format", "short", "x", "y"]).ends_with(0).out;
    assert!(both.contains("y/src/lib.rs:1:5: warning[unchecked_code]"), "{both}");
}

#[test]
fn packages_that_depend_on_each_other() {
    let beside =
        "[package]\nname = \"y\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nx = { path = \"..\" }\n";
    let files = [
        ("Cargo.toml", &*format!("{MANIFEST}y = {{ path = \"y\" }}\n")),
        ("src/main.rs", &MAIN.replace("mod other;", "use y::f;")),
        ("src/lib.rs", "pub use y::f as g;\n"),
        ("y/Cargo.toml", beside),
        ("y/src/lib.rs", "pub use x::g as f;\n"),
    ];
    let run = check(&package("circle", &files)).ends_with(1);
    assert_eq!(run.out, FINDING, "{}", run.err);
}

#[test]
fn a_manifest_whose_target_is_not_there() {
    let manifest = format!("{MANIFEST}\n[[bin]]\nname = \"gone\"\npath = \"src/gone.rs\"\n");
    let run = check(&package("target", &[("Cargo.toml", &manifest), ("src/other.rs", "")])).ends_with(1);
    assert_eq!(run.out, FINDING);
    assert!(run.err.contains("warning: src/gone.rs: the file cannot be read"), "{}", run.err);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use support::process::ran;

    use super::*;

    #[test]
    fn links_that_lead_in_circles() {
        let dir = package("links", &[("src/other.rs", "")]);
        fs::remove_file(dir.join("Cargo.toml")).expect("it is there");
        symlink(&dir, dir.join("src/around")).expect("links can be made");
        symlink(dir.join("src/self.rs"), dir.join("src/self.rs")).expect("links can be made");
        let run = run_in(&dir, &["--format", "short", "-D", "request_time_env", "."]).ends_with(1);
        assert_eq!(run.out, FINDING, "without a manifest folders are searched: {}", run.err);
        fs::write(dir.join("Cargo.toml"), "[workspace]\nmembers = [\"src/around/*\", \"src\"]\n")
            .expect("it can be written");
        fs::write(dir.join("src/Cargo.toml"), format!("{MANIFEST}\n[[bin]]\nname = \"x\"\npath = \"main.rs\"\n"))
            .expect("it can be written");
        assert!(check(&dir).ends_with(1).out.contains(FINDING));
    }

    /// Whoever may read everything cannot be kept out, so then somebody else runs the program.
    #[test]
    fn what_cannot_be_read() {
        let dir = package("unreadable", &[("src/other.rs", "fn f() {}"), ("sub/a.rs", "")]);
        let set = |path: &str, mode: u32| {
            fs::set_permissions(dir.join(path), fs::Permissions::from_mode(mode)).expect("it is the test's own");
        };
        set("src/other.rs", 0o000);
        set("sub", 0o000);
        let runner = fs::read_dir(dir.join("sub")).is_ok().then(|| Stranger::new(&dir));
        let run = |arguments: &[&str]| match &runner {
            Some(stranger) => stranger.run(arguments),
            None => run_in(&dir, arguments),
        };
        let file = run(&["--format", "short", "-D", "request_time_env"]);
        let [folder, routes] = [run(&["sub"]), run(&["routes", "sub"])];
        set("src/other.rs", 0o644);
        set("sub", 0o755);
        let file = file.ends_with(1);
        assert_eq!(file.out, FINDING);
        let warning = "warning: src/other.rs: the file cannot be read: Permission denied";
        assert!(file.err.contains(warning), "{}", file.err);
        for run in [folder.ends_with(2), routes.ends_with(2)] {
            assert!(run.err.starts_with("error: cannot read `sub`: Permission denied"), "{}", run.err);
        }
    }

    /// Somebody without rights, with a copy of the program and of a project where anybody can get at them.
    struct Stranger {
        dir: PathBuf,
    }

    impl Stranger {
        const ID: u32 = 65_534;

        fn new(project: &Path) -> Stranger {
            let dir = std::env::temp_dir().join(format!("backstop-test-{}", std::process::id()));
            fs::create_dir(&dir).expect("there is no such folder yet");
            let stranger = Stranger { dir };
            let program = stranger.dir.join("cargo-backstop");
            fs::copy(env!("CARGO_BIN_EXE_cargo-backstop"), &program).expect("the program can be copied");
            copy(project, &stranger.dir.join("project"));
            for path in [&stranger.dir, &program] {
                fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is the test's own");
            }
            stranger
        }

        fn run(&self, arguments: &[&str]) -> Ran {
            let project = self.dir.join("project");
            let mut command = Command::new(self.dir.join("cargo-backstop"));
            command.args(arguments).current_dir(&project).env_clear().stdin(Stdio::null());
            ran(&project, command.uid(Self::ID).gid(Self::ID))
        }
    }

    impl Drop for Stranger {
        fn drop(&mut self) {
            // What is left of it is in a folder that the system empties.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }

    /// Copies a folder. What its owner must not read nobody must, the rest everybody may.
    fn copy(from: &Path, to: &Path) {
        fs::create_dir(to).expect("folders can be made");
        let open = |from: &Path, to: &Path, rights: u32| {
            let mode = fs::metadata(from).expect("it is there").permissions().mode();
            let mode = if mode & 0o400 == 0 { 0 } else { rights };
            fs::set_permissions(to, fs::Permissions::from_mode(mode)).expect("it is the test's own");
        };
        for entry in fs::read_dir(from).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                copy(&from, &to);
            } else {
                fs::copy(&from, &to).expect("files can be copied");
                open(&from, &to, 0o644);
            }
        }
        open(from, to, 0o755);
    }
}
