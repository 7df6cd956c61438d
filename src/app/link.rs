//! Linking: from lowered files to the program.

use rustc_hash::FxHashMap;

use super::crates::{Crate, Planned, externs, plan};
use super::ids::CrateId;
use super::imports::resolve_imports;
use super::modules::{Builder, ModuleKind};
use super::{App, Piece, Unit};
use crate::knowledge::Knowledge;
use crate::load::Loaded;
use crate::source::{Place, SourceFile, Span};
use crate::symbol::Sym;
use crate::workspace::{TargetKind, Workspace};

impl App {
    /// Links the files of a workspace.
    pub fn link(mut workspace: Workspace, loaded: Loaded, knowledge: Knowledge) -> App {
        let Loaded { sources, facts, children, roots, problems: unread } = loaded;
        let mut problems = std::mem::take(&mut workspace.problems);
        problems.extend(unread);
        let planned = plan(&workspace);
        let unit = |(facts, (file, source)): (_, (_, &SourceFile))| {
            let span = Span::new(0, source.text.len() as u32);
            Unit { facts, origin: vec![Piece { start: 0, place: Place { file, span }, krate: CrateId(0) }] }
        };
        let units = facts.into_iter().zip(sources.iter()).map(unit).collect();
        let mut app = App {
            workspace,
            sources,
            knowledge,
            units,
            instances: Vec::new(),
            crates: Vec::new(),
            modules: Vec::new(),
            functions: Vec::new(),
            adts: Vec::new(),
            traits: Vec::new(),
            impls: Vec::new(),
            aliases: Vec::new(),
            values: Vec::new(),
            macros: Vec::new(),
            expansions: FxHashMap::default(),
            problems,
            declared: FxHashMap::default(),
            index: super::Index::default(),
            entries: Vec::new(),
        };
        for (index, it) in planned.iter().enumerate() {
            let krate = app.planned_crate(&planned, it, super::ModId(index as u32));
            app.crates.push(krate);
        }
        let mut builder = Builder::new(app, &children);
        for index in 0..planned.len() {
            builder.new_module(CrateId(index as u32), None, ModuleKind::Root);
        }
        for (index, it) in planned.iter().enumerate() {
            if let Some(file) = roots[it.package][it.target] {
                builder.mount_crate(CrateId(index as u32), super::ModId(index as u32), file);
            }
        }
        builder.expand_macros();
        let mut app = builder.app;
        resolve_imports(&mut app);
        app.declare_derived();
        app.build_index();
        app.find_entry_points();
        app.forget_problems_outside();
        app
    }

    /// A crate that is to be linked, with nothing in it yet.
    fn planned_crate(&self, planned: &[Planned], it: &Planned, root: super::ModId) -> Crate {
        let package = &self.workspace.packages[it.package];
        let target = &package.targets[it.target];
        let name = Sym::from(target.name.as_str());
        Crate {
            package: it.package,
            name,
            kind: target.kind,
            edition: target.edition,
            root,
            is_known: target.kind == TargetKind::Library && self.knowledge.is_service_crate(name),
            externs: externs(&self.workspace, planned, package, &self.knowledge),
            any_extern: package.dependencies.is_none(),
        }
    }

    /// What is wrong with a package that others only depend on is not for whoever checks those.
    fn forget_problems_outside(&mut self) {
        let (workspace, sources) = (&self.workspace, &self.sources);
        let outside = |place: Place| workspace.is_outside(&sources.get(place.file).path);
        self.problems.retain(|problem| !problem.place.is_some_and(outside));
    }
}
