//! Any text in comments that suppress findings, at the places where they can stand.
#![no_main]

use std::sync::LazyLock;

use backstop_fuzz::{CHECK, MAIN, Scratch};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let mut source = String::new();
    for line in MAIN.lines() {
        let comment = lines.next().unwrap_or_default();
        // Alone on a line before it, or at its end.
        let between = if comment.len() % 2 == 0 { "\n" } else { " " };
        let (before, after) = if between == "\n" { (comment, line) } else { (line, comment) };
        let comment = |it: &str| if it == line { it.to_owned() } else { format!("// backstop:{it}") };
        source.push_str(&format!("{}{between}{}\n", comment(before), comment(after)));
    }
    SCRATCH.write("src/main.rs", source);
    let _ = SCRATCH.run(&CHECK);
    let _ = SCRATCH.run(&["fix", "--dry-run", "--allow-dirty"]);
});
