//! Real services changed token by token, and tokens in any order: a few of what the fuzz targets in `fuzz/` try for hours, the
//! same ones each time.

#[path = "../fuzz/src/fragments.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets use it, too")]
mod fragments;
#[path = "../fuzz/src/mutate.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets use it, too")]
mod mutate;
mod support;

use std::fs;

use backstop::lints::groups;
use support::process::run_in;
use support::{examples, project, root, sources};

const MANIFEST: &str = "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\n\
    actix-web = \"4\"\nrocket = \"0.5\"\nsqlx = \"0.8\"\ndiesel = \"2\"\ntracing = \"0.1\"\nlog = \"0.4\"\n";

/// Numbers that look random and are the same each time (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    fn bytes(&mut self, number: usize) -> Vec<u8> {
        (0..number).map(|_| (self.next() >> 40) as u8).collect()
    }
}

/// The sources of the fixtures, and the examples of the pages.
fn services() -> Vec<String> {
    let mut found: Vec<String> = sources(&root().join("test-fixtures")).into_iter().map(|(_, text)| text).collect();
    for page in fs::read_dir(root().join("lints")).expect("the pages can be read") {
        let page = fs::read_to_string(page.expect("they can be listed").path()).expect("they are text");
        found.extend(examples(&page).into_iter().filter_map(|example| Some(example.files.into_iter().next()?.1)));
    }
    found.retain(|text| text.len() < 20_000);
    found.sort();
    assert!(found.len() > 200, "{} texts to change are found", found.len());
    found
}

/// Checks texts as programs of one package, and says what went wrong.
fn trouble(test: &str, texts: &[String]) -> Option<String> {
    let file = |(index, text): (usize, &String)| (format!("src/bin/m{index}.rs"), text.clone());
    let mut files: Vec<(String, String)> = texts.iter().enumerate().map(file).collect();
    files.push(("Cargo.toml".to_owned(), MANIFEST.to_owned()));
    let dir = project(&format!("mutations/{test}"), &files);
    let levels: Vec<&str> = groups().into_iter().flat_map(|group| ["-W", group]).collect();
    let check = run_in(&dir, &[&["check", "--format", "json"], levels.as_slice()].concat());
    let routes = run_in(&dir, &["routes"]);
    let is_fine = |status: Option<i32>, err: &str| matches!(status, Some(0 | 1)) && !err.contains("panicked");
    let failed = check.out.contains("backstop failed on") || !is_fine(check.status, &check.err);
    (failed || !is_fine(routes.status, &routes.err)).then(|| format!("{}\n{}", check.err, routes.err))
}

/// Which of the texts it is that is trouble.
#[track_caller]
fn none_is_trouble(test: &str, texts: &[String]) {
    let Some(all) = trouble(test, texts) else { return };
    for text in texts {
        if let Some(one) = trouble(&format!("{test}-one"), std::slice::from_ref(text)) {
            panic!("a regression test for tests/bad_input.rs:\n{text}\n{one}");
        }
    }
    panic!("{all}");
}

#[test]
fn changed_services() {
    let services = services();
    let mut numbers = Numbers(0x5eed_0001);
    let texts: Vec<String> = (0..120)
        .map(|_| {
            let (text, other) = (numbers.below(services.len()), numbers.below(services.len()));
            let length = [6, 12, 30, 80, 240][numbers.below(5)];
            mutate::mutated(&services[text], &services[other], &numbers.bytes(length))
        })
        .collect();
    none_is_trouble("services", &texts);
}

#[test]
fn tokens_in_any_order() {
    let mut numbers = Numbers(0x5eed_0002);
    let texts: Vec<String> = (0..60)
        .map(|_| {
            let length = [20, 100, 600][numbers.below(3)];
            fragments::soup(&numbers.bytes(length))
        })
        .collect();
    none_is_trouble("soup", &texts);
}

#[test]
fn pieces_are_the_text() {
    for text in services() {
        assert_eq!(mutate::pieces(&text).concat(), text);
        assert_eq!(mutate::mutated(&text, "", &[]), text);
    }
}
