//! Which features of the packages are on in a build that asks for none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_toml::DepsSet;

use super::Package;
use super::manifest::{ReadManifest, normal};

/// The features of a package.
#[derive(Debug, Default)]
pub struct Features {
    /// What each of them brings: other features, and those of dependencies as `name/feature`.
    declared: BTreeMap<String, Vec<String>>,
    /// The packages it depends on by path, and the features that it asks of them: name in the manifest, folder, features.
    asks: Vec<(String, PathBuf, Vec<String>)>,
    /// Those that are on by default, or because another package asks for them.
    on: BTreeSet<String>,
}

impl Features {
    pub(super) fn of(read: &ReadManifest) -> Features {
        let manifest = &read.manifest;
        let sets =
            std::iter::once(&manifest.dependencies).chain(manifest.target.values().map(|target| &target.dependencies));
        let asks = sets.flat_map(|set: &DepsSet| set.iter()).filter_map(|(name, it)| {
            let path = it.detail()?.path.as_ref()?;
            Some((name.clone(), normal(&read.dir.join(path)), it.req_features().to_vec()))
        });
        Features { declared: manifest.features.clone(), asks: asks.collect(), on: BTreeSet::new() }
    }

    /// Whether one of them is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.on.contains(name)
    }
}

/// Finds out which features are on: the default ones of every package, and what those and the dependencies bring along.
pub(super) fn settle(packages: &mut [Package]) {
    let dirs: Vec<PathBuf> = packages.iter().map(|package| package.dir.clone()).collect();
    let number = |dir: &PathBuf| dirs.iter().position(|it| it == dir);
    let mut next: Vec<(usize, String)> = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        let Some(features) = &package.features else { continue };
        next.push((index, "default".to_owned()));
        for (_, dir, asked) in &features.asks {
            if let Some(other) = number(dir) {
                next.extend(asked.iter().map(|feature| (other, feature.clone())));
            }
        }
    }
    while let Some((index, feature)) = next.pop() {
        let Some(features) = packages[index].features.as_mut() else { continue };
        if !features.on.insert(feature.clone()) {
            continue;
        }
        for brought in features.declared.get(&feature).into_iter().flatten() {
            match brought.split_once('/') {
                None => next.push((index, brought.trim_start_matches("dep:").to_owned())),
                Some((name, of)) => {
                    let name = name.trim_end_matches('?');
                    let asked = features.asks.iter().find(|(asked, ..)| asked == name);
                    if let Some(other) = asked.and_then(|(_, dir, _)| number(dir)) {
                        next.push((other, of.to_owned()));
                    }
                }
            }
        }
    }
}
