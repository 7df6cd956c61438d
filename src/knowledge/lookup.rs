//! Questions about paths.

use super::{
    AliasFact, AttributeFact, CallFact, DeriveFact, EntryKind, Knowledge, LibraryId, LibraryKind, MethodFact, Opens,
    Pattern, Role, RoleFact, RouteFact, TraitFact,
};
use rustc_hash::FxHashSet;

use crate::symbol::Sym;
use crate::workspace::Version;

impl Knowledge {
    /// The path under which a thing is known: re-exports are followed.
    pub fn canonical(&self, path: Sym) -> Sym {
        self.paths.known_as(path)
    }

    /// The path under which `path::name` is known.
    pub fn below(&self, path: Sym, name: Sym) -> Sym {
        self.paths.below(path, name)
    }

    /// What `use module::*` brings under a name; more than one where a macro and a function share it.
    pub fn exported(&self, module: Sym, name: Sym) -> &[Sym] {
        self.paths.exported(module, name)
    }

    /// Whether values of a type can have failed: `Option`, `Result`, and what frameworks have like them.
    pub fn can_fail(&self, path: Sym) -> bool {
        self.fallible.contains(&path)
    }

    /// Whether a crate is one that knowledge is about.
    pub fn knows_crate(&self, krate: Sym) -> bool {
        self.libraries.iter().any(|library| library.crates.contains(&krate))
    }

    /// Whether a crate is one that serves requests or stores data; projects do not give such names to crates of their own,
    /// as they do `config` and `metrics`.
    pub fn is_service_crate(&self, krate: Sym) -> bool {
        self.libraries.iter().any(|it| it.kind != LibraryKind::Other && it.crates.contains(&krate))
    }

    /// The oldest version of a crate that is known, where that is said.
    pub fn oldest(&self, krate: Sym) -> Option<Version> {
        self.libraries.iter().find(|library| library.crates.first() == Some(&krate))?.oldest
    }

    /// The framework whose panics a layer turns into responses, and whether the project says into which.
    pub fn panic_catcher(&self, path: Sym) -> Option<(LibraryId, Role)> {
        let of = |role: Role| self.roles(path).iter().find(|fact| fact.role == role).map(|fact| (fact.library, role));
        let named = of(Role::AnswerPanic).or_else(|| of(Role::CatchPanic));
        let by_prefix = || {
            let prefixes = self.role_prefixes.iter().filter(|prefix| prefix.role == Role::CatchPanic);
            prefixes
                .into_iter()
                .find(|prefix| path.as_str().starts_with(&prefix.text))
                .map(|prefix| (prefix.library, prefix.role))
        };
        named.or_else(by_prefix)
    }

    /// The last names of the paths that play a part.
    pub fn words_of(&self, role: Role) -> FxHashSet<Sym> {
        let playing = self.roles.iter().filter(|(_, facts)| facts.iter().any(|fact| fact.role == role));
        playing.filter_map(|(path, _)| path.as_str().rsplit("::").next().map(Sym::from)).collect()
    }

    /// Whether a name is the last one of a path, or that of a method, that plays a part.
    pub fn is_word_of(&self, role: Role, word: Sym) -> bool {
        self.role_words.contains(&(role, word))
    }

    /// The crates of what plays a part.
    pub fn crates_of(&self, role: Role) -> Vec<&'static str> {
        let playing = self.roles.iter().filter(|(_, facts)| facts.iter().any(|fact| fact.role == role));
        let mut crates: Vec<&str> = playing.filter_map(|(path, _)| path.as_str().split("::").next()).collect();
        crates.sort_unstable();
        crates.dedup();
        crates
    }

    /// Whether a path has a step that a layer which catches panics is named by.
    pub fn is_catcher_word(&self, names: &[crate::syntax::Segment]) -> bool {
        let prefixes = self.role_prefixes.iter().filter(|prefix| prefix.role == Role::CatchPanic);
        let mut words = prefixes.filter_map(|prefix| prefix.text.trim_end_matches("::").rsplit("::").next());
        words.any(|word| names.iter().any(|segment| segment.name.as_str() == word))
    }

    /// The library whose types a path is among.
    pub fn type_library(&self, path: Sym) -> Option<LibraryId> {
        self.types.get(&path).copied()
    }

    /// Whether a path is that of a macro called with `!`.
    pub fn knows_macro(&self, path: Sym) -> bool {
        self.macros.contains(&path)
    }

    /// Gathers the macros that calls, roles and routes name.
    pub(super) fn index_macros(&mut self) {
        let names = self.calls.keys().chain(self.roles.keys()).chain(self.routes.keys());
        self.macros = names.filter_map(|name| name.as_str().strip_suffix('!')).map(Sym::from).collect();
    }

    /// What is known of a function; of a macro where the path ends with `!`.
    pub fn calls(&self, path: Sym) -> &[CallFact] {
        self.calls.get(&path).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is known of methods and fields of a name.
    pub fn methods(&self, name: Sym) -> &[MethodFact] {
        self.methods.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The parts played by a function (by path), a macro (path and `!`) or methods of a name.
    pub fn roles(&self, name: Sym) -> &[RoleFact] {
        self.roles.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a function or macro plays a part.
    pub fn plays(&self, path: Sym, role: Role) -> bool {
        self.roles(path).iter().any(|fact| fact.receiver.is_none() && fact.role == role)
            || self.role_prefixes.iter().any(|prefix| prefix.role == role && path.as_str().starts_with(&prefix.text))
    }

    /// The same by what this library says.
    pub fn plays_of(&self, library: LibraryId, path: Sym, role: Role) -> bool {
        self.roles(path).iter().any(|fact| fact.receiver.is_none() && fact.role == role && fact.library == library)
    }

    /// The function of a file that plays a part, the first by its path.
    pub fn function_of(&self, library: LibraryId, role: Role) -> Option<Sym> {
        let is_its = |fact: &RoleFact| fact.library == library && fact.role == role && fact.receiver.is_none();
        let playing = self.roles.iter().filter(|(_, facts)| facts.iter().any(is_its));
        playing.map(|(path, _)| *path).min_by_key(|path| path.as_str())
    }

    /// What an alias stands for.
    pub fn alias(&self, path: Sym) -> Option<&AliasFact> {
        self.aliases.get(&path)
    }

    /// What a wrapper type dereferences to.
    pub fn deref(&self, path: Sym) -> Option<&AliasFact> {
        self.derefs.get(&path)
    }

    /// What a derive or attribute makes of a type.
    pub fn derive(&self, path: Sym) -> Option<&DeriveFact> {
        self.derives.get(&path)
    }

    /// The libraries whose queries take a type as what they run on.
    pub fn handle(&self, ty: Sym) -> &[LibraryId] {
        self.handles.get(&ty).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a call opens that yields this.
    pub fn opened_by(&self, returns: &Pattern) -> Option<Opens> {
        match returns {
            Pattern::Named(path, args) => match self.opened.get(path) {
                Some(opens) => Some(*opens),
                None => args.first().and_then(|first| self.opened_by(first)),
            },
            _ => None,
        }
    }

    /// Whether a type is that of rows.
    pub fn is_row(&self, ty: Sym) -> bool {
        self.rows.contains(&ty)
    }

    /// What a route attribute means.
    pub fn attributes(&self, path: Sym) -> &[AttributeFact] {
        self.attributes.get(&path).map(Vec::as_slice).unwrap_or_default()
    }

    /// Calls that build routes: by path, by macro path and `!`, or methods of a name.
    pub fn routes(&self, name: Sym) -> &[RouteFact] {
        self.routes.get(&name).map(Vec::as_slice).unwrap_or_default()
    }

    /// What every trait's methods are for, in no particular order.
    pub fn all_traits(&self) -> impl Iterator<Item = &TraitFact> {
        self.traits.values().flatten()
    }

    /// Whether a method of this name is one by which a framework has values made into responses.
    pub fn makes_responses(&self, method: Sym) -> bool {
        self.all_traits().any(|fact| fact.kind == EntryKind::Responder && fact.methods.contains(&method))
    }

    /// What a trait's methods are for.
    pub fn traits(&self, path: Sym) -> &[TraitFact] {
        self.traits.get(&path).map(Vec::as_slice).unwrap_or_default()
    }
}
