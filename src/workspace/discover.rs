//! From what the user names to the packages to check.

mod problems;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use rayon::prelude::*;

use super::features::settle;
use super::lock::Lock;
use super::manifest::{NO_VERSION, ReadManifest, normal, package};
use super::named::{Named, existing, manifests_below, path_error, rust_files_below};
use super::{Package, Target, TargetKind, Workspace};
use crate::error::Error;

type Result<T> = std::result::Result<T, Error>;

/// What the user wants checked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Folders or `.rs` files; none means the current folder, or the package around it.
    pub paths: Vec<PathBuf>,
    /// `--manifest-path`
    pub manifest: Option<PathBuf>,
    /// `-p`
    pub packages: Vec<String>,
    /// `--workspace`
    pub workspace: bool,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--examples`
    pub examples: bool,
}

/// Finds the packages that a selection means.
///
/// A folder with a manifest is that package, or the members of that workspace (its `default-members`, if it names any),
/// with every package they depend on by path. A folder without one stands for the manifests below it; where there are
/// none, for a part of the package around it, or else for its `.rs` files. A file is a part of the package around it, too.
///
/// # Errors
///
/// When a path is not there, a package name is unknown, or there is nothing to check.
pub fn discover(selection: &Selection) -> Result<Workspace> {
    discover_alone(selection, &[])
}

/// Finds the packages that a selection means when some of its paths stand for themselves: whether a path is a part of the
/// package around it is known when that has been read.
///
/// # Errors
///
/// As for [`discover`].
pub fn discover_alone(selection: &Selection, alone: &[PathBuf]) -> Result<Workspace> {
    let current = std::env::current_dir().map_err(|error| path_error(Path::new("."), &error.to_string()))?;
    let whole = |dir: PathBuf| Finder::new(dir.clone(), selection).run(&[Named { path: dir, around: None }]);
    if let Some(manifest) = &selection.manifest {
        let manifest = if manifest.is_dir() { manifest.join("Cargo.toml") } else { manifest.clone() };
        let manifest = existing(&manifest)?;
        return whole(manifest.parent().map(Path::to_path_buf).unwrap_or_default());
    }
    if selection.paths.is_empty() {
        let around = current.ancestors().find(|dir| dir.join("Cargo.toml").is_file());
        return whole(around.map_or(current.clone(), Path::to_path_buf));
    }
    let named: Vec<Named> = selection.paths.iter().map(|path| Named::new(path, alone)).collect::<Result<_>>()?;
    let root = match named.as_slice() {
        [only] if only.path.is_dir() => only.around.as_ref().unwrap_or(&only.path).clone(),
        _ => current,
    };
    Finder::new(root, selection).run(&named)
}

struct Finder<'s> {
    selection: &'s Selection,
    found: Workspace,
    /// Manifests that have been read, by folder.
    seen: BTreeSet<PathBuf>,
    /// The folders of the packages that were asked for; the others are those that they depend on.
    asked: BTreeSet<PathBuf>,
    /// Whether what is found now is found for the sake of a part of it.
    in_part: bool,
}

impl<'s> Finder<'s> {
    fn new(root: PathBuf, selection: &'s Selection) -> Self {
        Finder {
            selection,
            found: Workspace { root, ..Workspace::default() },
            seen: BTreeSet::new(),
            asked: BTreeSet::new(),
            in_part: false,
        }
    }

    fn run(mut self, named: &[Named]) -> Result<Workspace> {
        let (parts, whole): (Vec<&Named>, Vec<&Named>) = named.iter().partition(|it| it.around.is_some());
        let (folders, files): (Vec<&Named>, Vec<&Named>) = whole.into_iter().partition(|it| it.path.is_dir());
        if !files.is_empty() {
            self.loose("files", files.into_iter().map(|it| it.path.clone()).collect());
        }
        for folder in folders {
            self.folder(&folder.path)?;
        }
        self.in_part = true;
        for dir in parts.iter().filter_map(|part| part.around.as_deref()) {
            if !self.seen.contains(dir) {
                self.workspace(dir)?;
            }
        }
        self.found.parts = parts.into_iter().map(|part| part.path.clone()).collect();
        let is_empty = self.found.packages.iter().all(|package| package.targets.is_empty());
        // Parts that turn out to be none may still stand for themselves.
        if is_empty && self.found.problems.is_empty() && self.found.parts.is_empty() {
            return Err(Error::NoSources { path: self.found.root });
        }
        self.found.packages.sort_by(|a, b| (&a.name, &a.dir).cmp(&(&b.name, &b.dir)));
        settle(&mut self.found.packages);
        let dirs = self.found.packages.iter().map(|package| &package.dir);
        let is_asked = |dir: &Path| self.asked.contains(dir) || named.iter().any(|it| dir.starts_with(&it.path));
        self.found.outside = dirs.filter(|dir| !is_asked(dir)).cloned().collect();
        Ok(self.found)
    }

    fn folder(&mut self, folder: &Path) -> Result<()> {
        if folder.join("Cargo.toml").is_file() {
            return self.workspace(folder);
        }
        let below = manifests_below(folder);
        if below.is_empty() {
            let files = rust_files_below(folder);
            if files.is_empty() {
                return Err(Error::NoSources { path: folder.to_path_buf() });
            }
            self.loose(&folder.file_name().unwrap_or_default().to_string_lossy(), files);
            return Ok(());
        }
        for manifest in below {
            let dir = manifest.parent().map(Path::to_path_buf).unwrap_or_default();
            if !self.seen.contains(&dir) {
                self.workspace(&dir)?;
            }
        }
        Ok(())
    }

    /// A package of files that no manifest describes. Those that another one declares as its module are found again
    /// when that one is loaded.
    fn loose(&mut self, name: &str, mut files: Vec<PathBuf>) {
        files.sort_by_key(|path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let rank = ["main", "lib"].iter().position(|root| *root == stem).unwrap_or(2);
            (rank, path.components().count(), path.clone())
        });
        let targets = files.into_iter().map(|root| {
            let name = root.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
            Target { kind: TargetKind::Program, name, root, edition: 2024 }
        });
        self.asked.insert(self.found.root.clone());
        self.found.packages.push(Package {
            name: name.to_owned(),
            version: NO_VERSION.to_owned(),
            dir: self.found.root.clone(),
            targets: targets.collect(),
            dependencies: None,
            features: None,
            panic_abort: false,
            in_part: self.in_part,
        });
    }

    /// The packages that `dir`, which has a manifest, stands for.
    fn workspace(&mut self, dir: &Path) -> Result<()> {
        let Some(own) = self.read(dir) else {
            self.seen.insert(dir.to_path_buf());
            self.broken_package(dir);
            return Ok(());
        };
        let (root_dir, root) = match own.workspace.is_some().then(|| own.clone()) {
            Some(root) => (dir.to_path_buf(), root),
            None => self.root_above(dir, &own).unwrap_or_else(|| (dir.to_path_buf(), own.clone())),
        };
        self.found.cargo_root.get_or_insert_with(|| root_dir.clone());
        self.missing_members(&root_dir, &root);
        self.workspace_table(&root_dir, &root);
        let members = members(&root_dir, &root);
        let mut wave = self.selected(dir, &root_dir, &root, &members)?;
        self.asked.extend(wave.iter().cloned());
        let is_left_out = |member: &PathBuf| !self.asked.contains(member);
        self.found.is_narrowed |= !self.selection.exclude.is_empty() || members.iter().any(is_left_out);
        let base = root.workspace.is_some().then_some((&root, root_dir.as_path()));
        let mut lock = Lock::default();
        let mut first = true;
        while !wave.is_empty() {
            wave.retain(|dir| self.seen.insert(dir.clone()));
            let read_all = || wave.par_iter().map(|dir| complete(dir, base)).collect::<Vec<_>>();
            let manifests = if std::mem::take(&mut first) {
                let (manifests, read) = rayon::join(read_all, || Lock::read(&root_dir));
                lock = read;
                manifests
            } else {
                read_all()
            };
            let dirs = std::mem::take(&mut wave);
            for (dir, (manifest, problem)) in dirs.into_iter().zip(manifests) {
                if let Some((error, text)) = problem {
                    self.manifest_problem(&dir, &error, &text);
                }
                wave.extend(self.add(dir, manifest, &root, &lock));
            }
        }
        Ok(())
    }

    /// Adds a package and returns the folders of those it depends on by path.
    fn add(&mut self, dir: PathBuf, manifest: Option<Manifest>, root: &Manifest, lock: &Lock) -> Vec<PathBuf> {
        let Some(manifest) = manifest else {
            self.broken_package(&dir);
            return Vec::new();
        };
        if self.asked.contains(&dir) {
            self.package_table(&dir, &manifest);
        }
        let read = ReadManifest { dir, manifest };
        let Some(mut package) = package(&read, root, lock, self.selection.examples) else { return Vec::new() };
        package.in_part = self.in_part;
        let paths = package.dependencies.iter().flatten().filter_map(|dependency| dependency.path.clone());
        let paths = paths.filter(|path| path.join("Cargo.toml").is_file()).collect();
        if !self.selection.exclude.contains(&package.name) {
            self.found.packages.push(package);
        }
        paths
    }

    /// Which members to start from: those that are asked for, or what the folder stands for.
    fn selected(
        &mut self,
        dir: &Path,
        root_dir: &Path,
        root: &Manifest,
        members: &BTreeSet<PathBuf>,
    ) -> Result<Vec<PathBuf>> {
        if !self.selection.packages.is_empty() {
            let mut names = BTreeMap::new();
            for member in members.iter().chain([&root_dir.to_path_buf()]) {
                if let Some(package) = self.read(member).and_then(|manifest| manifest.package) {
                    names.insert(package.name, member.clone());
                }
            }
            return self.selection.packages.iter().map(|name| named(name, &names)).collect();
        }
        let mut all: Vec<PathBuf> = members.iter().cloned().collect();
        if root.package.is_some() && !members.contains(root_dir) {
            all.insert(0, root_dir.to_path_buf());
        }
        if self.selection.workspace {
            return Ok(all);
        }
        let default = root.workspace.as_ref().map(|workspace| workspace.default_members.as_slice()).unwrap_or_default();
        // Unlike cargo, a workspace whose root is a package is checked whole: what a gate skips silently is a miss.
        Ok(match dir == root_dir {
            true if !default.is_empty() && !self.in_part => expand(root_dir, default).into_iter().collect(),
            true => all,
            false => vec![dir.to_path_buf()],
        })
    }

    /// The workspace that the package in `dir` belongs to.
    fn root_above(&mut self, dir: &Path, own: &Manifest) -> Option<(PathBuf, Manifest)> {
        if let Some(named) = own.package.as_ref().and_then(|package| package.workspace.as_ref()) {
            let root_dir = normal(&dir.join(named));
            return self.read(&root_dir).map(|root| (root_dir, root));
        }
        for above in dir.ancestors().skip(1) {
            if above.join("Cargo.toml").is_file()
                && let Some(root) = self.read(above)
                && let Some(workspace) = &root.workspace
            {
                let excluded = workspace.exclude.iter().any(|path| dir.starts_with(normal(&above.join(path))));
                return (!excluded).then(|| (above.to_path_buf(), root));
            }
        }
        None
    }

    fn read(&mut self, dir: &Path) -> Option<Manifest> {
        match read_manifest(dir) {
            Ok(manifest) => Some(manifest),
            Err((error, text)) => {
                self.manifest_problem(dir, &error, &text);
                None
            }
        }
    }

    /// A package whose manifest cannot be read, by where its files usually are.
    fn broken_package(&mut self, dir: &Path) {
        let usual = [("src/lib.rs", TargetKind::Library), ("src/main.rs", TargetKind::Program)];
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let targets = usual.iter().filter(|(file, _)| dir.join(file).is_file()).map(|(file, kind)| Target {
            kind: *kind,
            name: name.replace('-', "_"),
            root: dir.join(file),
            edition: 2021,
        });
        let targets = targets.collect();
        let dir = dir.to_path_buf();
        self.found.packages.push(Package {
            name,
            version: NO_VERSION.to_owned(),
            dir,
            targets,
            dependencies: None,
            features: None,
            panic_abort: false,
            in_part: self.in_part,
        });
    }
}

/// Why a manifest cannot be used, and its text.
pub(super) type ManifestError = (cargo_toml::Error, String);

pub(super) fn read_manifest(dir: &Path) -> std::result::Result<Manifest, ManifestError> {
    let text = std::fs::read_to_string(dir.join("Cargo.toml")).map_err(|error| (error.into(), String::new()))?;
    Manifest::from_str(&text).map_err(|error| (error, text))
}

/// A manifest with what it inherits and implies; where that fails, as far as it can be read.
fn complete(dir: &Path, base: Option<(&Manifest, &Path)>) -> (Option<Manifest>, Option<ManifestError>) {
    let mut manifest = match read_manifest(dir) {
        Ok(manifest) => manifest,
        Err(problem) => return (None, Some(problem)),
    };
    let completed = manifest.complete_from_path_and_workspace(&dir.join("Cargo.toml"), base);
    (Some(manifest), completed.err().map(|error| (error, String::new())))
}

fn named(name: &str, names: &BTreeMap<String, PathBuf>) -> Result<PathBuf> {
    names.get(name).cloned().ok_or_else(|| Error::Unknown {
        what: "package",
        name: name.to_owned(),
        nearest: crate::nearest::nearest(name, names.keys().map(String::as_str)),
    })
}

/// The folders of the members of a workspace.
fn members(root_dir: &Path, root: &Manifest) -> BTreeSet<PathBuf> {
    let Some(workspace) = &root.workspace else { return BTreeSet::from([root_dir.to_path_buf()]) };
    let excluded: Vec<PathBuf> = workspace.exclude.iter().map(|path| normal(&root_dir.join(path))).collect();
    let mut members = expand(root_dir, &workspace.members);
    members.retain(|dir| !excluded.iter().any(|path| dir.starts_with(path)));
    members
}

/// The folders with a manifest that some patterns name.
fn expand(root_dir: &Path, patterns: &[String]) -> BTreeSet<PathBuf> {
    let mut dirs = BTreeSet::new();
    for pattern in patterns {
        let pattern = root_dir.join(pattern);
        let Ok(paths) = glob::glob(&pattern.to_string_lossy()) else { continue };
        dirs.extend(paths.flatten().map(|path| normal(&path)).filter(|path| path.join("Cargo.toml").is_file()));
    }
    dirs
}
