//! The versions in use, from `Cargo.lock`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::Version;

/// Every version of every package that a lock file names.
#[derive(Default)]
pub(super) struct Lock {
    versions: BTreeMap<String, Vec<Version>>,
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
}

impl Lock {
    /// Reads the lock file of a workspace. One that is missing or cannot be read says nothing: the requirements do.
    pub(super) fn read(root: &Path) -> Lock {
        let text = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
        let file: LockFile = toml::from_str(&text).unwrap_or(LockFile { package: Vec::new() });
        let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        for package in file.package {
            if let Ok(version) = package.version.parse() {
                versions.entry(package.name).or_default().push(version);
            }
        }
        Lock { versions }
    }

    /// The version of `package` that meets `requirement`, which is the least version allowed.
    pub(super) fn version(&self, package: &str, requirement: Option<Version>) -> Option<Version> {
        let locked = self.versions.get(package).map(Vec::as_slice).unwrap_or_default();
        let compatible = |version: &&Version| {
            requirement.is_none_or(|least| {
                let same_line = if least.major == 0 { version.minor == least.minor } else { true };
                version.major == least.major && same_line
            })
        };
        locked.iter().filter(compatible).max().copied().or(requirement).or(locked.iter().max().copied())
    }
}
