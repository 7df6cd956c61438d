//! Every Rust block of every page is run, with all lints: what is marked is reported, and nothing else.

mod support;

use std::fs;

use backstop::lints::LINTS;
use support::{Example, Places, differences, examples, findings_beside, marks, project, root};

/// The sections whose blocks must be silent.
const SILENT: [&str; 2] = ["Fixed", "Not reported"];
/// Every section of a page, in order.
const SECTIONS: [&str; 6] = ["Why it matters", "Wrong", "Fixed", "Not reported", "Known gaps", "Configuration"];

#[test]
fn examples_do_what_the_pages_say() {
    let mut failures = Vec::new();
    for lint in LINTS {
        let page = lint.page().unwrap_or_else(|error| panic!("lints/{}.md: {error}", lint.name));
        for section in &page.sections {
            let offset = line_of(lint.text, section.body);
            for example in examples(section.body) {
                let line = offset + example.line;
                let failed = run(lint.name, section.title, line, &example);
                failures.extend(failed.into_iter().map(|it| format!("lints/{}.md:{line}: {it}", lint.name)));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is wrong with an example.
fn run(lint: &str, section: &str, line: usize, example: &Example) -> Vec<String> {
    let dir = project(&format!("pages/{lint}-{line}"), &example.files);
    let expected: Places = example.files.iter().flat_map(|(name, text)| marks(name, text)).collect();
    let mut failures = differences(&expected, &findings_beside(&dir, lint));
    if SILENT.contains(&section) && !expected.is_empty() {
        failures.push(format!("*{section}* has marks"));
    }
    if section == "Wrong" && !expected.iter().any(|place| place.ends_with(&format!(" {lint}"))) {
        failures.push(format!("an example of what is wrong has no mark for {lint}"));
    }
    failures
}

/// The line of the page on which a part of it starts.
fn line_of(page: &str, part: &str) -> usize {
    let start = part.as_ptr() as usize - page.as_ptr() as usize;
    page[..start].matches('\n').count()
}

#[test]
fn pages_have_every_section_in_order() {
    for lint in LINTS {
        let page = lint.page().unwrap_or_else(|error| panic!("lints/{}.md: {error}", lint.name));
        let titles: Vec<&str> = page.sections.iter().map(|section| section.title).collect();
        assert_eq!(titles, SECTIONS, "lints/{}.md", lint.name);
    }
}

/// What an example shows of one framework must hold for the others: where they differ a page shows all three.
#[test]
fn request_lints_show_every_framework() {
    for lint in LINTS.iter().filter(|lint| lint.group() != "meta") {
        for framework in ["axum", "actix", "rocket"] {
            assert!(
                lint.text.contains(&format!("use {framework}")),
                "lints/{}.md has no example for {framework}",
                lint.name
            );
        }
    }
}

#[test]
fn every_page_has_a_lint() {
    let listed: Vec<String> = LINTS.iter().map(|lint| format!("{}.md", lint.name)).collect();
    for entry in fs::read_dir(root().join("lints")).expect("there are pages") {
        let name = entry.expect("the folder can be read").file_name().into_string().expect("names are UTF-8");
        assert!(name == "README.md" || listed.contains(&name), "lints/{name} is no lint's page");
    }
}

/// `explain` has to be read where 80 columns are all there is: nothing is cut off, and nothing goes missing for that.
#[test]
fn explanations_fit_a_terminal() {
    for lint in LINTS {
        let shown = lint.explanation();
        let wide: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "lints/{}.md, where no place to break it was found:\n{}", lint.name, wide.join("\n"));
        let letters = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|char| char.is_alphanumeric()).collect();
            letters.sort_unstable();
            letters
        };
        let page = lint.page().unwrap_or_else(|error| panic!("lints/{}.md: {error}", lint.name));
        let prose = |text: &str| text.split("```").step_by(2).collect::<String>();
        let written: String = page.sections.iter().flat_map(|section| [section.title, "\n", section.body]).collect();
        assert_eq!(
            letters(&prose(&shown)),
            letters(&prose(&format!("{} {} {written}", lint.name, page.summary))),
            "lints/{}.md",
            lint.name
        );
    }
}
