//! The crates of a workspace and the names by which they know each other.

use rustc_hash::FxHashMap;

use super::App;
use super::ids::{CrateId, ModId};
use crate::knowledge::Knowledge;
use crate::problem::{Problem, ProblemKind};
use crate::source::display_name;
use crate::symbol::Sym;
use crate::workspace::{Package, TargetKind, Version, Workspace};

/// A crate.
#[derive(Debug)]
pub struct Crate {
    /// Entry of [`Workspace::packages`].
    pub package: usize,
    /// Its name in code.
    pub name: Sym,
    /// Library, program or example.
    pub kind: TargetKind,
    /// Its edition.
    pub edition: u16,
    /// Its root module.
    pub root: ModId,
    /// The crates it can name.
    pub externs: FxHashMap<Sym, ExternName>,
    /// Whether it is a library that knowledge describes, checked out beside what uses it.
    pub is_known: bool,
    /// Whether no manifest says which crates it can name.
    pub any_extern: bool,
}

/// A crate that another one can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExternName {
    /// A library of the workspace.
    Crate(CrateId),
    /// Some other crate, by its own name, and its version.
    External(Sym, Option<Version>),
}

impl App {
    /// Whether the code of a crate can get at that of another one: it is the same, or one it depends on.
    pub(super) fn sees(&self, from: CrateId, to: CrateId) -> bool {
        let mut seen = vec![from];
        let mut next = 0;
        while let Some(&krate) = seen.get(next) {
            if krate == to {
                return true;
            }
            let used = self.crates[krate.index()].externs.values().filter_map(|name| match name {
                ExternName::Crate(used) => Some(*used),
                ExternName::External(..) => None,
            });
            let used: Vec<CrateId> = used.filter(|used| !seen.contains(used)).collect();
            seen.extend(used);
            next += 1;
        }
        false
    }
}

/// A crate that is to be linked: its package, target and root file.
pub(super) struct Planned {
    pub(super) package: usize,
    pub(super) target: usize,
}

/// The crates to link, libraries first, so that the ids of libraries are known when their users are linked.
pub(super) fn plan(workspace: &Workspace) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (package, it) in workspace.packages.iter().enumerate() {
        planned.extend((0..it.targets.len()).map(|target| Planned { package, target }));
    }
    planned.sort_by_key(|it| (workspace.packages[it.package].targets[it.target].kind, it.package, it.target));
    planned
}

/// The names by which the code of a package knows other crates.
pub(super) fn externs(
    workspace: &Workspace,
    planned: &[Planned],
    package: &Package,
    knowledge: &Knowledge,
) -> FxHashMap<Sym, ExternName> {
    let library_of = |name: &str| {
        planned.iter().position(|it| {
            let other = &workspace.packages[it.package];
            other.name == name && other.targets[it.target].kind == TargetKind::Library
        })
    };
    let mut externs = FxHashMap::default();
    if let Some(own) = library_of(&package.name) {
        let target = &planned[own];
        let name = &workspace.packages[target.package].targets[target.target].name;
        externs.insert(Sym::from(name.as_str()), ExternName::Crate(CrateId(own as u32)));
    }
    for dependency in package.dependencies.iter().flatten() {
        // A checkout of a known library beside its examples is still that library.
        let package = Sym::from(dependency.package.replace('-', "_"));
        let own = knowledge.canonical(package);
        let alias = knowledge.canonical(Sym::from(dependency.name.as_str()));
        // A fork goes by another name, and code knows it by that of the library.
        let is_fork = !knowledge.knows_crate(own) && knowledge.knows_crate(alias);
        let is_fork = is_fork && library_of(&dependency.package).is_none();
        let own = if is_fork { alias } else { own };
        let local = if knowledge.knows_crate(own) { None } else { library_of(&dependency.package) };
        // The name in code is the library's own, which can differ from the package's, unless the manifest renames it.
        let renamed = dependency.name != dependency.package.replace('-', "_");
        let library = local.map(|index| &workspace.packages[planned[index].package].targets[planned[index].target]);
        let name = match library {
            Some(library) if !renamed => library.name.as_str(),
            _ => dependency.name.as_str(),
        };
        let meaning = match local {
            Some(index) => ExternName::Crate(CrateId(index as u32)),
            // The macros of a framework are a package with a version of its own.
            None => ExternName::External(own, dependency.version.filter(|_| own == package)),
        };
        // The package `rust-s3` is that of the library `s3`, for one.
        if !renamed && !own.as_str().contains("::") {
            externs.entry(own).or_insert(meaning);
        }
        externs.insert(Sym::from(name), meaning);
    }
    externs
}

impl App {
    /// Says which packages use versions of a library that are too old for what is known of it.
    pub(super) fn find_unknown_versions(&mut self) {
        for krate in &self.crates {
            let package = &self.workspace.packages[krate.package];
            for name in krate.externs.values() {
                let ExternName::External(path, Some(version)) = *name else { continue };
                let Some(oldest) = self.knowledge.oldest(path).filter(|oldest| version < *oldest) else { continue };
                let file = display_name(&self.workspace.root, &package.dir.join("Cargo.toml"));
                let (found, known) = (shown(version), shown(oldest));
                let message = format!("`{path}` {found} is too old: backstop knows it from version {known} on");
                let problem = Problem::file(ProblemKind::Version, file, message);
                let problem = problem.with_help("its handlers are not found, and what they do is not checked");
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            }
        }
    }
}

fn shown(version: Version) -> String {
    match version {
        Version { major, minor: 0 } if major > 0 => major.to_string(),
        Version { major, minor } => format!("{major}.{minor}"),
    }
}
