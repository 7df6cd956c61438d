//! Lints as rules: everything is taken from their pages.

use super::wire::{Configuration, Help, Rule, RuleProperties, Text};
use crate::lint::{Level, Lint};

/// How many characters of a description GitHub takes.
const LONGEST: usize = 1_024;

/// The rule of a lint.
pub(super) fn rule(lint: &Lint) -> Rule {
    let page = lint.page().ok();
    let why = page.as_ref().and_then(|page| page.sections.iter().find(|it| it.title.starts_with("Why")));
    let why = why.map(|section| first_paragraph(section.body)).filter(|text| !text.is_empty());
    let severity = page.as_ref().and_then(|page| page.security_severity);
    let cwe = page.as_ref().and_then(|page| page.cwe);
    let mut tags = vec![lint.group().to_owned()];
    tags.extend(severity.map(|_| "security".to_owned()));
    tags.extend(cwe.map(|number| format!("external/cwe/cwe-{number:0>3}")));
    let level = lint.level();
    Rule {
        id: lint.name,
        name: lint.name,
        short_description: Text::new(limited(&lint.summary())),
        full_description: Text::new(limited(&why.unwrap_or_else(|| lint.summary()))),
        help: Help { text: lint.explanation(), markdown: lint.markdown() },
        help_uri: lint.url(),
        default_configuration: Configuration {
            enabled: level != Level::Allow,
            level: if level >= Level::Deny { "error" } else { "warning" },
        },
        properties: RuleProperties {
            tags,
            precision: lint.confidence().name(),
            // GitHub takes what has a security severity for a matter of security, and the others for one of quality.
            problem_severity: severity.is_none().then_some(if level >= Level::Deny { "error" } else { "warning" }),
            security_severity: severity,
        },
    }
}

/// A paragraph on one line.
fn first_paragraph(text: &str) -> String {
    text.trim().split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

fn limited(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
