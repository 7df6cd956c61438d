//! Real services, changed token by token, through the whole run.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

use backstop_fuzz::mutate::mutated;
use backstop_fuzz::{CHECK, Scratch};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

/// The sources of the fixtures, and the examples of the pages.
static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    collect(&root.join("test-fixtures"), &mut found).expect("the fixtures can be read");
    for page in fs::read_dir(root.join("lints")).expect("the pages can be read") {
        let page = fs::read_to_string(page.expect("they can be listed").path()).expect("they are text");
        found.extend(page.split("```rust\n").skip(1).filter_map(|it| it.split("```").next()).map(str::to_owned));
    }
    found.sort();
    found
});

fn collect(folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(String::from_utf8_lossy(&fs::read(&path)?).into_owned());
        }
    }
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    let [first, second, third, fourth, rest @ ..] = bytes else { return };
    let source = |high: &u8, low: &u8| &SOURCES[usize::from(u16::from_be_bytes([*high, *low])) % SOURCES.len()];
    let text = mutated(source(first, second), source(third, fourth), rest);
    SCRATCH.write("src/main.rs", text);
    let _ = SCRATCH.run(&CHECK);
    let _ = SCRATCH.run(&["routes"]);
});
