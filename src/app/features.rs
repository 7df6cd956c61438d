//! Which code is only there with features that are not on by default.

use rustc_hash::FxHashMap;

use super::App;
use crate::source::{FileId, Place, Span};
use crate::syntax::extents_after;

/// The code that a build leaves out which asks for no features.
pub struct LeftOut<'a> {
    app: &'a App,
    /// By file: what is left out, and what the build would have to be asked for.
    files: FxHashMap<FileId, Vec<(Span, String)>>,
}

impl<'a> LeftOut<'a> {
    /// Nothing looked at yet.
    pub fn of(app: &'a App) -> Self {
        LeftOut { app, files: FxHashMap::default() }
    }

    /// What a build has to be asked for so that the code at a place is there, where it is not there by default:
    /// `with feature `x`, which is off by default`.
    pub fn unmet(&mut self, mut place: Place) -> Option<String> {
        let app = self.app;
        let mut seen = Vec::new();
        loop {
            let left_out = self.files.entry(place.file).or_insert_with(|| left_out(app, place.file));
            let is_around = |span: Span| span.start <= place.span.start && place.span.end <= span.end;
            if let Some((_, unmet)) = left_out.iter().find(|(span, _)| is_around(*span)) {
                return Some(unmet.clone());
            }
            // A file whose module is declared under a condition is under that, too.
            seen.push(place.file);
            place = app.declared.get(&place.file).copied().filter(|place| !seen.contains(&place.file))?;
        }
    }
}

/// What is left out of a file, and what the build would have to be asked for.
fn left_out(app: &App, file: FileId) -> Vec<(Span, String)> {
    // A configuration is no part of the program.
    let Some(unit) = app.units.get(file.0 as usize) else { return Vec::new() };
    let gates = &unit.facts.gates;
    let source = app.sources.get(file);
    let package = if gates.is_empty() { None } else { app.workspace.package_of(&source.path) };
    let Some(features) = package.and_then(|package| package.features.as_ref()) else { return Vec::new() };
    let is_on = |name: crate::symbol::Sym| features.is_on(name.as_str());
    let unmet: Vec<_> = gates.iter().filter_map(|gate| Some((gate, gate.condition.unmet(&is_on)?))).collect();
    let bytes: Vec<u32> = unmet.iter().map(|(gate, _)| gate.at).collect();
    let spans = extents_after(&source.text, &bytes);
    let known = unmet.into_iter().zip(spans).filter_map(|((gate, unmet), extent)| {
        let span = gate.end.map(|end| Span::new(gate.at, end)).or(extent)?;
        Some((span, unmet))
    });
    known.collect()
}
