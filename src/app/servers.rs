//! Where servers are started: each is an application.

use super::App;
use super::ids::{Def, InstanceId, ModId, Namespace};
use crate::knowledge::{LibraryId, Role};
use crate::source::{Place, Span};
use crate::symbol::Sym;
use crate::syntax::{ExprKind, FileFacts, MacroPosition, PathId};

/// A server that the program starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Server {
    /// Where.
    pub place: Place,
    /// Of which framework.
    pub framework: LibraryId,
}

impl App {
    /// The servers that the program starts.
    pub fn servers(&self) -> Vec<Server> {
        let words = self.knowledge.words_of(Role::Serve);
        let mut found = Vec::new();
        for instance in (0..self.instances.len() as u32).map(InstanceId) {
            let facts = self.facts(instance);
            for expr in &facts.tree.exprs {
                let ExprKind::Call { callee, .. } = expr.kind else { continue };
                let ExprKind::Path(path) = facts.tree.expr(callee).kind else { continue };
                if facts.tree.last_name(path).is_some_and(|name| words.contains(&name)) {
                    let place = self.place(instance, facts.tree.path(path).span);
                    let framework = self.named_in(instance, path).and_then(|meant| self.server_of(meant));
                    found.extend(framework.map(|framework| Server { place, framework }));
                }
            }
        }
        found.sort_unstable();
        // A file can belong to several crates.
        found.dedup();
        found
    }

    fn server_of(&self, path: Sym) -> Option<LibraryId> {
        let roles = self.knowledge.roles(self.knowledge.canonical(path));
        roles.iter().find(|fact| fact.role == Role::Serve).map(|fact| fact.library)
    }

    /// What a path in a module means in another crate.
    pub fn external_named(&self, module: ModId, instance: InstanceId, path: PathId) -> Option<Sym> {
        let tree = &self.facts(instance).tree;
        let names: Vec<Sym> = tree.segments_of(path).iter().map(|segment| segment.name).collect();
        match self.resolve(module, &names, tree.path(path).global, Namespace::Values)?.def {
            Def::External(path) => Some(path),
            _ => None,
        }
    }

    /// The same of a path in an instance; what only a function imports in it is looked for there.
    fn named_in(&self, instance: InstanceId, path: PathId) -> Option<Sym> {
        let it = &self.instances[instance.index()];
        let mut modules: Vec<ModId> = it.scopes.clone();
        modules.dedup();
        modules.into_iter().find_map(|module| self.external_named(module, instance, path))
    }

    /// Whether one of some words stands where tokens could not be read.
    pub fn may_mention(&self, words: &[Sym]) -> bool {
        let is_word = |place: Place| {
            let text = self.sources.text(place);
            let mut found = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            found.any(|word| words.iter().any(|it| it.as_str() == word))
        };
        (0..self.instances.len() as u32)
            .map(InstanceId)
            .any(|instance| unread(self.facts(instance)).any(|body| is_word(self.place(instance, body))))
    }
}

/// Tokens of which it is not known what they become.
pub(super) fn unread(facts: &FileFacts) -> impl Iterator<Item = Span> {
    let calls = facts.macro_calls.iter().filter(|call| call.position != MacroPosition::Expr || call.args.len == 0);
    calls.map(|call| call.body).chain(facts.macro_rules.iter().map(|rules| rules.body))
}
