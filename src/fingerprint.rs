//! What tells findings from each other when lines move, statements are formatted anew, and files get other names.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::app::App;
use crate::finding::Finding;
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::{Around, statements_around};

/// What a finding is known by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// Lint, package, file, function and code; findings that agree in these are numbered.
    pub fingerprint: String,
    /// The code alone: what stays the same in another place.
    pub code: String,
    /// Where the code stands.
    pub spans: Vec<Span>,
}

/// The identity of each finding. They are numbered in the order in which they are given.
pub fn identities(app: &App, findings: &[Finding]) -> Vec<Identity> {
    let mut by_file: FxHashMap<FileId, Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        by_file.entry(finding.place.file).or_default().push(index);
    }
    let around = |(file, indices): (FileId, Vec<usize>)| {
        let found = around_all(app.sources.get(file), findings, &indices);
        indices.into_iter().zip(found).collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, Around)> = by_file.into_par_iter().flat_map_iter(around).collect();
    all.sort_unstable_by_key(|(index, _)| *index);
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let identity = |(finding, (_, around)): (&Finding, (usize, Around))| {
        let code = format!("{:016x}", xxh3_64(around.code.as_bytes()));
        let (package, file) = package_and_file(app, app.sources.get(finding.place.file));
        let key = [finding.lint, &package, &file, &finding.function, &code].join("\0");
        let ordinal = seen.entry(key.clone()).and_modify(|number| *number += 1).or_default();
        let fingerprint = format!("{:016x}", xxh3_64(format!("{key}\0{ordinal}").as_bytes()));
        Identity { fingerprint, code, spans: around.spans }
    };
    findings.iter().zip(all).map(identity).collect()
}

/// The code around findings of one file.
fn around_all(file: &SourceFile, findings: &[Finding], indices: &[usize]) -> Vec<Around> {
    let bytes: Vec<u32> = indices.iter().map(|index| findings[*index].place.span.start).collect();
    let found = statements_around(&file.text, &bytes);
    let or_line = |(index, around): (&usize, Option<Around>)| {
        // What is wrong with comments and files stands in no function, and is not about the statement that comes next.
        let around = around.filter(|_| !findings[*index].function.is_empty());
        around.unwrap_or_else(|| line(file, findings[*index].place.span))
    };
    indices.iter().zip(found).map(or_line).collect()
}

/// A line as the code around a finding.
fn line(file: &SourceFile, span: Span) -> Around {
    let text = file.line_text(file.line_column(span.start).0);
    Around { code: text.split_whitespace().collect::<Vec<_>>().join(" "), spans: vec![span] }
}

/// The package that a file is in, and its name there: the same from wherever backstop is run.
fn package_and_file(app: &App, file: &SourceFile) -> (String, String) {
    match app.workspace.package_of(&file.path) {
        Some(package) => (package.name.clone(), crate::source::display_name(&package.dir, &file.path)),
        None => (String::new(), file.name.clone()),
    }
}
