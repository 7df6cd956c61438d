//! What is wrong with manifests.

use std::path::Path;

use cargo_toml::Manifest;
use toml::de::{DeTable, DeValue};

use super::super::config_file::CONFIG_FILE;
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

    /// A table of a package that looks as if it configured backstop: only that of a workspace does.
    pub(super) fn package_table(&mut self, dir: &Path, manifest: &Manifest) {
        if has_table(manifest.package.as_ref().and_then(|package| package.metadata.as_ref())) {
            let message = "`[package.metadata.backstop]` is not read";
            self.unread_table(dir, "package", message, "put what it holds into a `backstop.toml`");
        }
    }

    /// The table of a workspace where a file of its own comes first.
    pub(super) fn workspace_table(&mut self, root_dir: &Path, root: &Manifest) {
        let metadata = root.workspace.as_ref().and_then(|workspace| workspace.metadata.as_ref());
        if has_table(metadata) && root_dir.join(CONFIG_FILE).is_file() {
            let message = "`[workspace.metadata.backstop]` is not read where there is a `backstop.toml`";
            self.unread_table(root_dir, "workspace", message, "put what it holds into that file");
        }
    }

    fn unread_table(&mut self, dir: &Path, of: &str, message: &str, help: &str) {
        let path = dir.join("Cargo.toml");
        let file = display_name(&self.found.root, &path);
        let mut problem = Problem::file(ProblemKind::Manifest, file, message).with_help(help);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        problem.line = key_at(&text, &[of, "metadata", "backstop"]).map(|at| line_at(&text, at));
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
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

/// Whether the metadata of a package or workspace holds something for backstop.
fn has_table(metadata: Option<&cargo_toml::Value>) -> bool {
    metadata.is_some_and(|metadata| metadata.get("backstop").is_some())
}

/// The byte at which the last of some keys stands, each of which is in the table of the one before.
fn key_at(text: &str, keys: &[&str]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut at = None;
    for key in keys {
        let (found, value) = table.iter().find(|(found, _)| found.get_ref() == key)?;
        at = Some(found.span().start);
        table = match value.get_ref() {
            DeValue::Table(inner) => inner,
            _ => return at,
        };
    }
    at
}

/// The line of a byte, from 1.
fn line_at(text: &str, byte: usize) -> u32 {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() as u32 + 1
}
