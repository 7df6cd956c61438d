//! Packages and targets by the names that cargo has for them.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::super::paths::{file_uri, url_encoded};
use crate::app::App;
use crate::source::Place;
use crate::workspace::{Package, Target, TargetKind};

/// The package and target that a message is about.
#[derive(Serialize)]
pub(super) struct Owner {
    package_id: String,
    #[serde(serialize_with = "as_text")]
    manifest_path: PathBuf,
    target: TargetOut,
}

/// That a target was checked.
#[derive(Serialize)]
pub(super) struct Artifact {
    #[serde(flatten)]
    owner: Owner,
    profile: Profile,
    features: [&'static str; 0],
    filenames: [&'static str; 0],
    executable: Option<&'static str>,
    fresh: bool,
}

#[derive(Serialize)]
struct TargetOut {
    kind: [&'static str; 1],
    crate_types: [&'static str; 1],
    name: String,
    #[serde(serialize_with = "as_text")]
    src_path: PathBuf,
    edition: String,
    doc: bool,
    doctest: bool,
    test: bool,
}

/// Names need not be text; JSON is.
fn as_text<S: Serializer>(path: &Path, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&path.display())
}

/// How it would have been built: as for `cargo check`.
#[derive(Serialize)]
struct Profile {
    opt_level: &'static str,
    debuginfo: u8,
    debug_assertions: bool,
    overflow_checks: bool,
    test: bool,
}

/// Every target whose findings are all reported.
pub(super) fn artifacts(app: &App) -> impl Iterator<Item = Artifact> {
    let whole = |package: &&Package| !package.in_part && !app.workspace.outside.contains(&package.dir);
    let packages = app.workspace.packages.iter().filter(whole);
    packages.flat_map(|package| package.targets.iter().map(|target| artifact(Owner::new(package, Some(target)))))
}

fn artifact(owner: Owner) -> Artifact {
    let profile = Profile { opt_level: "0", debuginfo: 2, debug_assertions: true, overflow_checks: true, test: false };
    Artifact { owner, profile, features: [], filenames: [], executable: None, fresh: false }
}

impl Owner {
    /// The target that the file of a place is part of; of a file that is part of none, the package around it.
    pub(super) fn of(app: &App, place: Place) -> Owner {
        // The unit of a file has its number.
        let instance = app.instances.iter().find(|instance| instance.unit.index() == place.file.0 as usize);
        if let Some(instance) = instance {
            let krate = &app.crates[instance.krate.index()];
            let package = &app.workspace.packages[krate.package];
            let is_meant = |target: &&Target| target.kind == krate.kind && target.name == krate.name.as_str();
            return Owner::new(package, package.targets.iter().find(is_meant));
        }
        let path = &app.sources.get(place.file).path;
        let around = app.workspace.packages.iter().filter(|package| path.starts_with(&package.dir));
        let nearest = around.max_by_key(|package| package.dir.components().count());
        match nearest.or(app.workspace.packages.first()) {
            Some(package) => Owner::new(package, package.targets.first()),
            None => Owner::of_file(path),
        }
    }

    fn new(package: &Package, target: Option<&Target>) -> Owner {
        let manifest_path = package.dir.join("Cargo.toml");
        let target = match target {
            Some(target) => target_out(package, target),
            None => program(package.name.clone(), manifest_path.clone(), 2024),
        };
        Owner { package_id: package_id(package), manifest_path, target }
    }

    fn of_file(path: &Path) -> Owner {
        let target = program(String::new(), path.to_path_buf(), 2024);
        Owner { package_id: file_uri(path, url_encoded), manifest_path: path.to_path_buf(), target }
    }
}

/// `path+file:///srv/me/shop#0.1.0`; the name stands in it where the folder has another one:
/// <https://doc.rust-lang.org/cargo/reference/pkgid-spec.html>.
fn package_id(package: &Package) -> String {
    let folder = package.dir.file_name().unwrap_or_default().to_string_lossy();
    let name = if folder == package.name { String::new() } else { format!("{}@", package.name) };
    format!("path+{}#{name}{}", file_uri(&package.dir, url_encoded), package.version)
}

fn target_out(package: &Package, target: &Target) -> TargetOut {
    let root = target.root.clone();
    match target.kind {
        TargetKind::Library => TargetOut {
            kind: ["lib"],
            crate_types: ["lib"],
            doctest: true,
            ..program(target.name.clone(), root, target.edition)
        },
        TargetKind::Example => TargetOut {
            kind: ["example"],
            doc: false,
            test: false,
            ..program(target.name.clone(), root, target.edition)
        },
        // In code it has no `-`.
        TargetKind::Program if target.name == package.name.replace('-', "_") => {
            program(package.name.clone(), root, target.edition)
        }
        TargetKind::Program => program(target.name.clone(), root, target.edition),
    }
}

fn program(name: String, src_path: PathBuf, edition: u16) -> TargetOut {
    let edition = edition.to_string();
    TargetOut { kind: ["bin"], crate_types: ["bin"], name, src_path, edition, doc: true, doctest: false, test: true }
}
