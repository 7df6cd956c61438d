//! A machine that does not do what programs take for granted: files that change or go away while they are read, a full disk,
//! an interrupted run, two runs at once, names that are no text, sources that are no files. `docs/robustness.md` lists them.
#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use support::process::{command, run_in};
use support::{SHOP_MAIN, project};

const MANIFEST: &str = "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\n";

const DB: &str = "use sqlx::PgPool;\n\npub async fn name(pool: &PgPool, id: i64) -> String {\n    \
    sqlx::query_scalar(\"SELECT name FROM users WHERE id = $1\").bind(id).fetch_one(pool).await.unwrap()\n}\n";

/// A service with one `unwrapped_query`, one `request_time_env`, and further modules that are named in it.
fn shop(test: &str, modules: &[(String, String)]) -> PathBuf {
    let declared: String = modules.iter().map(|(name, _)| format!("mod {name};\n")).collect();
    let mut files = vec![
        ("Cargo.toml".to_owned(), MANIFEST.to_owned()),
        ("src/main.rs".to_owned(), format!("{declared}{SHOP_MAIN}")),
        ("src/db.rs".to_owned(), DB.to_owned()),
    ];
    files.extend(modules.iter().map(|(name, text)| (format!("src/{name}.rs"), text.clone())));
    project(&format!("robustness/{test}"), &files)
}

/// A service that takes a while.
fn large(test: &str) -> PathBuf {
    let text = |index: usize| {
        let body =
            "pub fn f(a: u32) -> Vec<u32> { (0..a).map(|it| it * 2).filter(|it| it % 3 == 0).collect() }\n".repeat(400);
        format!("// {index}\npub mod a {{ {body} }}\n")
    };
    let modules: Vec<(String, String)> = (0..120).map(|index| (format!("m{index}"), text(index))).collect();
    shop(test, &modules)
}

/// Each run ends as it should, whatever the files do meanwhile: changed, emptied, gone, in place of another.
#[test]
fn files_that_change_while_they_are_read() {
    let dir = large("changes");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut index = 0;
            while !done.load(Ordering::Relaxed) {
                index = (index + 7) % 120;
                let path = dir.join(format!("src/m{index}.rs"));
                // Whether each of these works is left to chance, as it would be.
                let _ = match index % 5 {
                    0 => fs::remove_file(&path),
                    1 => fs::write(&path, "pub fn f( {"),
                    2 => fs::write(&path, "pub fn f() {}\n".repeat(2_000)),
                    3 => fs::write(&path, [0xff, 0xfe, 0]),
                    _ => fs::remove_file(&path).and_then(|()| fs::create_dir(&path)).or_else(|_| fs::remove_dir(&path)),
                };
            }
        });
        for _ in 0..6 {
            let run = run_in(&dir, &["check", "--format", "short"]);
            assert_eq!(run.status, Some(1), "{}", run.shown());
            assert!(run.out.contains("src/db.rs:4:") && !run.err.contains("panicked"), "{}", run.shown());
        }
        done.store(true, Ordering::Relaxed);
    });
}

/// A disk without space is told of, with the status of a run that could not be done.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let dir = shop("full", &[]);
    for arguments in
        [&["check"][..], &["check", "--format", "sarif"], &["routes"], &["lints"], &["explain", "leaked_error"]]
    {
        let full = fs::File::create("/dev/full").expect("there is one");
        let output = command(&dir, arguments).stdout(full).output().expect("the program can be started");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(err.contains("No space left on device") && !err.contains("panicked"), "{arguments:?}: {err}");
    }
    let to_file = run_in(&dir, &["check", "--output", "sarif=/dev/full"]);
    assert_eq!(to_file.status, Some(2), "{}", to_file.shown());
    assert!(to_file.err.contains("No space left on device"), "{}", to_file.shown());
    // Also where there is nobody to be told.
    let full = || Stdio::from(fs::File::create("/dev/full").expect("there is one"));
    let status = command(&dir, &["check"]).stdout(full()).stderr(full()).status().expect("the program can be started");
    assert_eq!(status.code(), Some(2));
}

/// Ctrl-C ends a run at once, and what it would have written is there whole or not at all.
#[test]
fn an_interrupted_run() {
    let dir = large("interrupted");
    let baseline = dir.join("backstop-baseline.json");
    for after in [0, 5, 20, 60, 200] {
        let mut run = command(&dir, &["baseline"]);
        let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program can be started");
        thread::sleep(Duration::from_millis(after));
        let id = run.id().to_string();
        // It may have ended already.
        let _ = Command::new("kill").args(["-INT", id.as_str()]).stderr(Stdio::null()).status();
        let asked = Instant::now();
        let status = run.wait().expect("it can be waited for");
        assert!(asked.elapsed() < Duration::from_secs(5), "it ends when it is asked to");
        assert!(status.signal() == Some(2) || status.code().is_some_and(|code| code < 3), "{status:?}");
        if let Ok(text) = fs::read_to_string(&baseline) {
            serde_json::from_str::<serde_json::Value>(&text).expect("it is whole");
        }
    }
}

/// Runs at the same time say the same, and a baseline that several of them write is that of one of them.
#[test]
fn several_runs_at_once() {
    let dir = shop("at_once", &[]);
    let alone = run_in(&dir, &["check", "--format", "json"]).ends_with(1).out;
    let check = || run_in(&dir, &["check", "--format", "json", "--no-baseline"]);
    thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(check)).collect();
        for run in runs {
            assert_eq!(run.join().expect("it runs").ends_with(1).out, alone);
        }
    });
    thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| run_in(&dir, &["baseline"]))).collect();
        for run in runs {
            let run = run.join().expect("it runs");
            assert_eq!(run.status, Some(0), "{}", run.shown());
        }
    });
    let known = run_in(&dir, &["check", "--format", "short"]).ends_with(0);
    assert_eq!(known.out, "", "{}", known.shown());
    let left: Vec<String> = names(&dir).into_iter().filter(|name| name.contains("baseline")).collect();
    assert_eq!(left, ["backstop-baseline.json"], "nothing is left lying about");
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the folder can be read");
    entries.map(|it| it.expect("it can be read").file_name().to_string_lossy().into_owned()).collect()
}

/// What is no text in a name is shown as something that is.
#[test]
fn names_that_are_no_text() {
    let name = OsStr::from_bytes(b"na\xffme");
    let dir = shop("names", &[]);
    let odd = dir.join(name);
    if odd.exists() {
        fs::remove_dir_all(&odd).expect("it is the test's own");
    }
    fs::create_dir_all(odd.join("src")).expect("folders can be made");
    for file in ["Cargo.toml", "src/main.rs", "src/db.rs"] {
        fs::copy(dir.join(file), odd.join(file)).expect("files can be copied");
    }
    for format in ["short", "human", "json", "sarif", "github", "gitlab", "rdjson", "cargo-json"] {
        let output = command(&odd, &["check", "--format", format]).output().expect("the program can be started");
        let shown = String::from_utf8(output.stdout).expect("output is UTF-8");
        assert_eq!(output.status.code(), Some(1), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(shown.contains("src/db.rs"), "{format}: {shown}");
    }
    // Named as an argument, and as a loose file.
    let named = command(&dir, &["check", "--format", "short"]).arg(name).output().expect("the program can be started");
    assert_eq!(named.status.code(), Some(1), "{}", String::from_utf8_lossy(&named.stderr));
    let loose = dir.join("loose");
    fs::create_dir_all(&loose).expect("folders can be made");
    let text = format!("{}\n{DB}", SHOP_MAIN.replace("mod db;\n", "").replace("db::name", "name"));
    fs::write(loose.join(OsStr::from_bytes(b"\xff.rs")), text).expect("files can be written");
    let run = run_in(&loose, &["check", "--format", "short", "."]).ends_with(1);
    assert!(run.out.contains("unwrapped_query"), "{}", run.shown());
}

/// A pipe in the place of a source is not waited for, and nothing is read that does not end.
#[test]
fn sources_that_are_no_files() {
    let dir = shop("pipe", &[("pipe".to_owned(), String::new()), ("endless".to_owned(), String::new())]);
    let pipe = dir.join("src/pipe.rs");
    fs::remove_file(&pipe).expect("it is there");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it can be started").success());
    fs::remove_file(dir.join("src/endless.rs")).expect("it is there");
    std::os::unix::fs::symlink("/dev/zero", dir.join("src/endless.rs")).expect("links can be made");
    fs::write(dir.join("Cargo.toml"), format!("{MANIFEST}\n[[bin]]\nname = \"pipe\"\npath = \"src/pipe.rs\"\n"))
        .expect("files can be written");
    let run = run_in(&dir, &["check", "--format", "short"]).ends_with(1);
    assert!(run.out.contains("src/db.rs:4:") && run.out.contains("the module `pipe` has no file"), "{}", run.shown());
    assert!(run.err.contains("src/pipe.rs: the file cannot be read: it is no regular file"), "{}", run.shown());
}

/// A file with room for more than places can count: nothing of it is on the disk.
#[test]
fn a_file_that_is_too_large() {
    let dir = shop("too_large", &[("large".to_owned(), String::new())]);
    let file = fs::File::create(dir.join("src/large.rs")).expect("it can be written");
    file.set_len(5 << 30).expect("the system keeps no zeros");
    let run = run_in(&dir, &["check", "--format", "short"]).ends_with(1);
    assert!(run.out.contains("src/db.rs:4:"), "{}", run.shown());
    assert!(run.err.contains("src/large.rs: the file cannot be read: it is larger than 1 GiB"), "{}", run.shown());
    fs::remove_file(dir.join("src/large.rs")).expect("it is there");
}

/// A text of 100 MB in one literal, as generators of code write it.
#[test]
fn a_file_of_a_hundred_megabytes() {
    let text = format!("pub static DATA: &str = \"{}\";\n", "0123456789abcdef".repeat(100 << 16));
    let dir = shop("hundred", &[("data".to_owned(), text)]);
    let run = run_in(&dir, &["check", "--format", "short"]).ends_with(1);
    assert!(run.out.contains("src/db.rs:4:") && run.err.contains("checked 3 files"), "{}", run.shown());
    fs::remove_file(dir.join("src/data.rs")).expect("it is there");
}
