//! One manifest as a [`Package`].

use std::path::{Path, PathBuf};

use cargo_toml::{Dependency as ManifestDependency, DepsSet, Edition, Manifest, Product};

use super::lock::Lock;
use super::{Dependency, Features, Package, Target, TargetKind, Version};

/// What cargo takes for the version of a package that says none.
pub(super) const NO_VERSION: &str = "0.0.0";

/// A manifest that was read, and where it lies.
pub(super) struct ReadManifest {
    pub(super) dir: PathBuf,
    pub(super) manifest: Manifest,
}

/// The package of a manifest whose implied parts have been filled in. Examples are included when `examples` is set.
pub(super) fn package(read: &ReadManifest, root_profile: &Manifest, lock: &Lock, examples: bool) -> Option<Package> {
    let manifest = &read.manifest;
    let package = manifest.package.as_ref()?;
    let edition = package.edition.get().map_or(2015, |edition| edition_year(*edition));
    let mut targets = Vec::new();
    if let Some(lib) = &manifest.lib
        && !lib.proc_macro
        && !lib.crate_type.iter().any(|kind| kind == "proc-macro")
    {
        targets.extend(target(read, lib, TargetKind::Library, &["src/lib.rs"], edition));
    }
    for bin in &manifest.bin {
        let name = bin.name.clone().unwrap_or_default();
        let (file, folder) = (format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs"));
        targets.extend(target(read, bin, TargetKind::Program, &[&file, &folder, "src/main.rs"], edition));
    }
    for example in manifest.example.iter().filter(|_| examples) {
        let name = example.name.clone().unwrap_or_default();
        let (file, folder) = (format!("examples/{name}.rs"), format!("examples/{name}/main.rs"));
        targets.extend(target(read, example, TargetKind::Example, &[&file, &folder], edition));
    }
    Some(Package {
        name: package.name.clone(),
        version: package.version.get().map_or_else(|_| NO_VERSION.to_owned(), ToString::to_string),
        dir: read.dir.clone(),
        targets,
        dependencies: Some(dependencies(read, lock)),
        features: Some(Features::of(read)),
        panic_abort: [manifest, root_profile]
            .iter()
            .any(|manifest| manifest.profile.release.as_ref().is_some_and(|it| it.panic.as_deref() == Some("abort"))),
        in_part: false,
    })
}

fn target(read: &ReadManifest, product: &Product, kind: TargetKind, usual: &[&str], edition: u16) -> Option<Target> {
    let root = match &product.path {
        Some(path) => read.dir.join(path),
        None => usual.iter().map(|path| read.dir.join(path)).find(|path| path.is_file())?,
    };
    let name = product.name.clone().unwrap_or_default().replace('-', "_");
    let edition = product.edition.map_or(edition, edition_year);
    Some(Target { kind, name, root, edition })
}

fn edition_year(edition: Edition) -> u16 {
    match edition {
        Edition::E2015 => 2015,
        Edition::E2018 => 2018,
        Edition::E2021 => 2021,
        _ => 2024,
    }
}

/// Everything the code of the package can name; not what only its tests or build script can.
fn dependencies(read: &ReadManifest, lock: &Lock) -> Vec<Dependency> {
    let manifest = &read.manifest;
    let sets =
        std::iter::once(&manifest.dependencies).chain(manifest.target.values().map(|target| &target.dependencies));
    sets.flat_map(|set: &DepsSet| set.iter()).map(|(name, it)| dependency(read, lock, name, it)).collect()
}

fn dependency(read: &ReadManifest, lock: &Lock, name: &str, it: &ManifestDependency) -> Dependency {
    let package = it.package().unwrap_or(name).to_owned();
    let least = it.try_req().ok().and_then(|requirement| {
        requirement.comparators.first().map(|first| Version { major: first.major, minor: first.minor.unwrap_or(0) })
    });
    let path = it.detail().and_then(|detail| detail.path.as_ref()).map(|path| normal(&read.dir.join(Path::new(path))));
    Dependency { name: name.replace('-', "_"), version: lock.version(&package, least), package, path }
}

/// A path without `.` and `..`, as far as its text tells.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                if !out.pop() {
                    out.push("..");
                }
            }
            other => out.push(other),
        }
    }
    out
}
