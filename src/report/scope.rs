//! What is reported where only parts of packages were named: their packages are read, and the rest of them is not shown.

use rustc_hash::FxHashSet;

use crate::app::App;
use crate::problem::Problem;
use crate::source::{FileId, Place, display_name};

/// The files that findings and problems are reported of.
pub(super) struct Scope<'a> {
    app: &'a App,
    /// None: all of them.
    files: Option<FxHashSet<FileId>>,
}

impl<'a> Scope<'a> {
    /// The named parts, and every file of the packages that were named as a whole.
    pub(super) fn of(app: &'a App) -> Scope<'a> {
        if app.workspace.parts.is_empty() {
            return Scope { app, files: None };
        }
        let in_parts = app.sources.iter().filter(|(_, file)| app.workspace.is_in_parts(&file.path)).map(|(id, _)| id);
        let mut files: FxHashSet<FileId> = in_parts.collect();
        for instance in &app.instances {
            let package = &app.workspace.packages[app.crates[instance.krate.index()].package];
            let origin = app.units[instance.unit.index()].origin.iter().map(|piece| piece.place.file);
            // The unit of a file has its number; what macros write is in units behind those.
            files.extend(origin.filter(|file| !package.in_part && file.0 as usize == instance.unit.index()));
        }
        Scope { app, files: Some(files) }
    }

    /// Whether what is found at a place is reported.
    pub(super) fn shows(&self, place: Place) -> bool {
        self.shows_file(place.file)
    }

    /// Whether what is found in a file is reported.
    pub(super) fn shows_file(&self, file: FileId) -> bool {
        self.files.as_ref().is_none_or(|files| files.contains(&file))
    }

    /// Whether a problem is reported. What is wrong with a manifest concerns every part of its package.
    pub(super) fn shows_problem(&self, problem: &Problem) -> bool {
        let Some(files) = &self.files else { return true };
        let file = match problem.place {
            Some(place) => Some(place.file),
            None => self.app.sources.iter().find(|(_, file)| file.name == problem.file).map(|(id, _)| id),
        };
        file.is_none_or(|file| files.contains(&file))
    }

    /// What is reported, for the summary: nothing where that is everything.
    pub(super) fn name(&self) -> Option<String> {
        match self.app.workspace.parts.as_slice() {
            [] => None,
            [only] if self.app.workspace.packages.iter().all(|package| package.in_part) => {
                Some(format!("`{}`", display_name(&self.app.workspace.root, only)))
            }
            _ => Some("what was named".to_owned()),
        }
    }
}
