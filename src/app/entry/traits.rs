//! Entry points that are methods of traits: extractors, responders, guards, fairings, and conversions into errors that
//! become responses.

use rustc_hash::FxHashMap;

use super::{ANY, EntryPoint, Target};
use crate::app::{AdtId, App, FnId, Head, ImplId, ImplInfo};
use crate::knowledge::{EntryKind, LibraryId, TraitFact};
use crate::symbol::Sym;

impl App {
    /// The methods of impls of traits that frameworks call, and `From` impls of types that become responses.
    pub(super) fn trait_entries(&self) -> Vec<EntryPoint> {
        let mut entries = Vec::new();
        let mut responders: FxHashMap<Head, LibraryId> = FxHashMap::default();
        for index in 0..self.impls.len() {
            let id = ImplId(index as u32);
            let info = self.impl_info(id);
            let Some(Head::External(path)) = info.trait_ty.as_ref().map(|ty| ty.head) else { continue };
            for fact in self.knowledge.traits(path) {
                if !self.is_about(id, info, fact) || self.impl_def(id).debug_only {
                    continue;
                }
                if fact.kind == EntryKind::Responder {
                    responders.insert(info.self_ty.head, fact.library);
                }
                entries.extend(self.methods_of(id, fact.library, fact.kind, &fact.methods));
            }
        }
        for &id in self.external_impls(crate::sym!("std::convert::From")) {
            if let Some(&library) = responders.get(&self.impl_info(id).self_ty.head) {
                entries.extend(self.methods_of(id, library, EntryKind::Conversion, &[crate::sym!("from")]));
            }
        }
        entries
    }

    /// The impls of traits that frameworks call, for types of the project, with what is known of each.
    pub fn known_impls(&self) -> impl Iterator<Item = (AdtId, ImplId, &TraitFact)> {
        (0..self.impls.len()).map(|index| ImplId(index as u32)).flat_map(|id| {
            let info = self.impl_info(id);
            let facts = match (info.self_ty.head, info.trait_ty.as_ref().map(|ty| ty.head)) {
                (Head::Adt(adt), Some(Head::External(path))) => Some((adt, self.knowledge.traits(path))),
                _ => None,
            };
            facts.into_iter().flat_map(move |(adt, facts)| facts.iter().map(move |fact| (adt, id, fact)))
        })
    }

    /// Whether an impl is of the trait for the type that the fact is about: `Service<ServiceRequest>`.
    fn is_about(&self, id: ImplId, info: &ImplInfo, fact: &TraitFact) -> bool {
        let Some(about) = fact.about else { return true };
        let is = |ty: &crate::app::Ty| ty.head == Head::External(about);
        let args = info.trait_ty.as_ref().map(|ty| ty.args().to_vec()).unwrap_or_default();
        let request = self.associated_type_of(id, crate::sym!("Request"));
        args.iter().any(is) || request.as_ref().is_some_and(is)
    }

    fn methods_of(&self, id: ImplId, library: LibraryId, kind: EntryKind, methods: &[Sym]) -> Vec<EntryPoint> {
        let functions = self.impls[id.index()].functions.iter();
        let functions = functions.filter(|function| methods.contains(&self.functions[function.index()].name));
        let entry = |function: &FnId| EntryPoint {
            framework: library,
            kind,
            method: ANY,
            path: String::new(),
            partial_path: String::new(),
            target: Target::Fn(*function),
            registered: None,
            mounted: true,
            started: true,
            whole: false,
        };
        functions.map(entry).collect()
    }
}
