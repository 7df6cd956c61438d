//! What is wrong with manifests.

use std::path::Path;

use cargo_toml::Manifest;

use super::Finder;
use crate::problem::{Problem, ProblemKind};
use crate::source::display_name;

impl Finder<'_> {
    /// Members that a workspace names and that are not there. A pattern that matches nothing is what cargo takes, too.
    pub(super) fn missing_members(&mut self, root_dir: &Path, root: &Manifest) {
        let members = root.workspace.as_ref().map(|workspace| workspace.members.as_slice()).unwrap_or_default();
        let text = std::fs::read_to_string(root_dir.join("Cargo.toml")).unwrap_or_default();
        for member in members {
            if member.contains(['*', '?', '[']) || root_dir.join(member).join("Cargo.toml").is_file() {
                continue;
            }
            let file = display_name(&self.found.root, &root_dir.join("Cargo.toml"));
            let message = format!("the member `{member}` of the workspace has no manifest");
            let help = "it is not checked; the other members are";
            let mut problem = Problem::file(ProblemKind::Manifest, file, message).with_help(help);
            problem.line = text.find(&format!("\"{member}\"")).map(|at| line_at(&text, at));
            if !self.found.problems.contains(&problem) {
                self.found.problems.push(problem);
            }
        }
    }

    pub(super) fn manifest_problem(&mut self, dir: &Path, error: &cargo_toml::Error, text: &str) {
        let file = display_name(&self.found.root, &dir.join("Cargo.toml"));
        let mut line = None;
        let message = match error {
            cargo_toml::Error::Parse(error) => {
                line = error.span().map(|span| line_at(text, span.start));
                format!("the manifest cannot be parsed: {}", error.message())
            }
            other => format!("the manifest cannot be used: {other}"),
        };
        let help = "its sources are checked all the same, without knowing its dependencies";
        let mut problem = Problem::file(ProblemKind::Manifest, file, message).with_help(help);
        problem.line = line;
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }
}

/// The line of a byte, from 1.
fn line_at(text: &str, byte: usize) -> u32 {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() as u32 + 1
}
