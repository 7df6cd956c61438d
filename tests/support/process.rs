//! Runs of the program itself, with nothing from the environment of the tests.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a run wrote, and how it ended.
pub struct Ran {
    pub out: String,
    pub err: String,
    /// `None` where a signal ended it.
    pub status: Option<i32>,
}

impl Ran {
    /// All of it, for a snapshot.
    pub fn shown(&self) -> String {
        let status = self.status.map_or("none".to_owned(), |status| status.to_string());
        format!("status: {status}\n--- standard output\n{}\n--- standard error\n{}", self.out, self.err)
    }

    /// Fails unless the run ended with this status.
    #[track_caller]
    pub fn ends_with(self, status: i32) -> Ran {
        assert_eq!(self.status, Some(status), "{}", self.shown());
        self
    }
}

/// The program with some arguments in a folder. Its environment is empty: no colours, no configuration of cargo.
pub fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-backstop"));
    command.args(arguments).current_dir(dir).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program with some arguments in a folder.
pub fn run_in(dir: &Path, arguments: &[&str]) -> Ran {
    ran(dir, &mut command(dir, arguments))
}

/// Runs a command; the folder's own path is shown as `[project]` and times as `[time]`.
pub fn ran(dir: &Path, command: &mut Command) -> Ran {
    let output = command.output().expect("the program can be started");
    let dir = dir.canonicalize().expect("the folder is there");
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("output is UTF-8");
        without_times(&text.replace(dir.to_str().expect("the folder has a UTF-8 name"), "[project]"))
    };
    Ran { out: text(output.stdout), err: text(output.stderr), status: output.status.code() }
}

/// Replaces the numbers in `81 ms`, `0.4 ms` and `"elapsed_ms":81`.
fn without_times(text: &str) -> String {
    let is_number = |character: char| character.is_ascii_digit() || character == '.';
    let mut parts = text.split(" ms");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.truncate(shown.trim_end_matches(is_number).len());
        shown = shown + "[time]" + part;
    }
    match shown.split_once("\"elapsed_ms\":") {
        Some((before, after)) => format!("{before}\"elapsed_ms\":\"[time]\"{}", after.trim_start_matches(is_number)),
        None => shown,
    }
}
