//! A service in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// Builds `aborts.rs` with `panic = "abort"`, asks it for something that panics, and says what becomes of it.
pub fn aborts() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proofs/support/aborts.rs");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aborts");
    let mut rustc = Command::new("rustc");
    let built = rustc.args(["--edition=2021", "-Cpanic=abort", "-o"]).arg(&program).arg(source).status();
    assert!(built.expect("rustc can be started").success(), "it builds");
    let mut service = Command::new(program);
    let mut service = service.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it can be started");
    let mut address = String::new();
    BufReader::new(service.stdout.as_mut().expect("it is a pipe")).read_line(&mut address).expect("it says where");
    let mut stream = TcpStream::connect(address.trim()).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    // A reset is no answer, either.
    let _ = stream.read_to_end(&mut answer);
    let response = if answer.is_empty() { "no response" } else { "a response" };
    match service.wait().expect("it can be waited for").code() {
        None => format!("{response}; the process is aborted"),
        Some(code) => format!("{response}; the process exits with {code}"),
    }
}
