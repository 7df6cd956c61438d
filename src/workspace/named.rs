//! What the user names: packages, parts of packages, and files that stand for themselves.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::discover::read_manifest;
use crate::error::Error;

/// A path of the command line.
pub(super) struct Named {
    /// The folder or file, without links. A manifest stands for its folder.
    pub(super) path: PathBuf,
    /// The folder of the package that it may be a part of: whether it is one is known when the modules are.
    pub(super) around: Option<PathBuf>,
}

impl Named {
    /// What a path means. Those in `alone` are no part of the package around them.
    pub(super) fn new(path: &Path, alone: &[PathBuf]) -> Result<Named, Error> {
        let typed = path;
        let mut path = existing(typed)?;
        if path.ends_with("Cargo.toml") && path.is_file() {
            path.pop();
        }
        // Searching it would find nothing, and not say why.
        if path.is_dir()
            && let Err(error) = path.read_dir()
        {
            return Err(path_error(typed, &error.to_string()));
        }
        let around = if alone.contains(&path) { None } else { package_around(&path) };
        Ok(Named { path, around })
    }
}

/// A path that is there.
pub(super) fn existing(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|error| path_error(path, &error.to_string()))
}

/// A path that cannot be read.
pub(super) fn path_error(path: &Path, reason: &str) -> Error {
    Error::Path { path: path.to_path_buf(), reason: reason.to_owned(), command: None }
}

/// The folder of the package around a file, or around a folder that holds no packages itself.
fn package_around(path: &Path) -> Option<PathBuf> {
    if path.is_dir() && (path.join("Cargo.toml").is_file() || !manifests_below(path).is_empty()) {
        return None;
    }
    // What a build has written is no part of the package that was built.
    let written = path.ancestors().take_while(|dir| !dir.join("CACHEDIR.TAG").is_file());
    let dir = written.skip(1).find(|dir| dir.join("Cargo.toml").is_file())?;
    // The root of a workspace need not be a package; what cannot be parsed may be one.
    let is_package = read_manifest(dir).map_or(true, |manifest| manifest.package.is_some());
    is_package.then(|| dir.to_path_buf())
}

/// The manifests below a folder.
pub(super) fn manifests_below(folder: &Path) -> Vec<PathBuf> {
    files_below(folder, |path| path.ends_with("Cargo.toml"))
}

/// The Rust files below a folder.
pub(super) fn rust_files_below(folder: &Path) -> Vec<PathBuf> {
    files_below(folder, |path| path.extension().is_some_and(|end| end == "rs"))
}

/// The files below a folder that git would not ignore, in the order of their depth and names.
fn files_below(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = WalkBuilder::new(folder)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != "target")
        .build()
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.is_file() && wanted(path))
        .collect();
    files.sort_by_key(|path| (path.components().count(), path.clone()));
    files
}
