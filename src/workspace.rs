//! Packages, their targets, dependencies and versions: what the manifests say, and no source text.

mod config_file;
mod discover;
mod features;
mod lock;
mod manifest;
mod named;

use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

pub use config_file::{ConfigFile, write_new_config};
pub use discover::{Selection, discover, discover_alone};
pub use features::Features;

use crate::problem::Problem;

/// What is to be checked.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The folder that names of files are relative to.
    pub root: PathBuf,
    /// The folder of the workspace that cargo sees, or of its only package.
    pub cargo_root: Option<PathBuf>,
    /// Whether some of its packages were left out because of what was asked for.
    pub is_narrowed: bool,
    /// The packages, in the order of their names.
    pub packages: Vec<Package>,
    /// Folders of packages that others depend on and that lie outside of what was to be checked.
    pub outside: Vec<PathBuf>,
    /// The files and folders that were named rather than the packages they are in: of those packages, only what is in
    /// these is reported.
    pub parts: Vec<PathBuf>,
    /// What the manifests did not say clearly.
    pub problems: Vec<Problem>,
    /// What is the project's, once somebody asks.
    own: OnceLock<Vec<PathBuf>>,
}

impl Workspace {
    /// The package that a file is in.
    pub fn package_of(&self, file: &Path) -> Option<&Package> {
        let around = self.packages.iter().filter(|package| file.starts_with(&package.dir));
        around.max_by_key(|package| package.dir.components().count())
    }

    /// The folders of the packages that were asked for.
    pub fn asked_folders(&self) -> Vec<&Path> {
        let dirs = self.packages.iter().map(|package| package.dir.as_path());
        dirs.filter(|dir| !self.outside.iter().any(|outside| outside == dir)).collect()
    }

    /// Whether a file belongs to a package that is read only because others depend on it.
    pub fn is_outside(&self, file: &Path) -> bool {
        self.package_of(file).is_some_and(|package| self.outside.contains(&package.dir))
    }

    /// Whether a file is one of the project's: of the repository around the workspace or else the workspace itself, or of a
    /// package that others depend on by path. What is not there is nobody's, and that is said where it is looked for.
    pub fn holds(&self, file: &Path) -> bool {
        let own = |file: &Path| self.own.get_or_init(|| self.own_folders()).iter().any(|dir| file.starts_with(dir));
        let is_plain = || !file.components().any(|step| step == Component::ParentDir) && !file.is_symlink();
        own(file) && is_plain() || file.canonicalize().is_ok_and(|file| own(&file)) || !file.exists()
    }

    fn own_folders(&self) -> Vec<PathBuf> {
        let roots = [&self.root].into_iter().chain(&self.cargo_root);
        let around = |dir: &PathBuf| {
            let dir = dir.canonicalize().unwrap_or_else(|_| dir.clone());
            dir.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(&dir).to_path_buf()
        };
        let mut own: Vec<PathBuf> = roots.map(around).collect();
        own.extend(self.packages.iter().map(|package| package.dir.clone()));
        own
    }

    /// Whether a file is in one of the named parts.
    pub fn is_in_parts(&self, file: &Path) -> bool {
        if self.parts.is_empty() {
            return false;
        }
        // Modules can be behind links and `..`.
        let file = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
        self.parts.iter().any(|part| file.starts_with(part))
    }

    /// The named parts that none of the files is in.
    pub fn parts_without<'f>(&self, files: impl IntoIterator<Item = &'f Path>) -> Vec<PathBuf> {
        let mut without = self.parts.clone();
        for file in files {
            if without.is_empty() {
                break;
            }
            let file = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
            without.retain(|part| !file.starts_with(part));
        }
        without
    }
}

/// A package, or a folder of files that no manifest describes.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version, as the manifest has it.
    pub version: String,
    /// The folder of its manifest.
    pub dir: PathBuf,
    /// What is built from it; tests and benchmarks are left out.
    pub targets: Vec<Target>,
    /// What its code can name; `None` where no manifest says.
    pub dependencies: Option<Vec<Dependency>>,
    /// Its features; `None` where no manifest says.
    pub features: Option<Features>,
    /// Whether `[profile.release]` ends the process on a panic.
    pub panic_abort: bool,
    /// Whether it is read only for the sake of a named part of it, or of a package that depends on it.
    pub in_part: bool,
}

/// A crate that is built from a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Library or program.
    pub kind: TargetKind,
    /// Its name in code.
    pub name: String,
    /// Its root file.
    pub root: PathBuf,
    /// 2015, 2018, …
    pub edition: u16,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// Other packages can name it.
    Library,
    /// A program.
    Program,
    /// An example, checked when the user asks.
    Example,
}

/// A crate that the code of a package can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The name in code.
    pub name: String,
    /// The package behind it.
    pub package: String,
    /// The version in use, or the least one that the requirement allows.
    pub version: Option<Version>,
    /// The folder, where the package is not from a registry.
    pub path: Option<PathBuf>,
}

/// The first two numbers of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first.
    pub major: u64,
    /// The second.
    pub minor: u64,
}

impl std::str::FromStr for Version {
    type Err = std::num::ParseIntError;

    /// Reads `1`, `1.2`, `1.2.3-rc.1`; a missing second number is 0.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.');
        let major = numbers.next().unwrap_or_default().parse()?;
        let minor = numbers.next().map_or(Ok(0), |minor| minor.parse())?;
        Ok(Version { major, minor })
    }
}
