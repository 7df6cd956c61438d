//! Calls of other services that a request waits for as long as it takes: nothing limits that.

use rustc_hash::FxHashMap;

use super::Flow;
use super::clients::{Base, Clients, Code};
use super::facts::{At, Mode};
use crate::app::{App, CrateId, Def, Site, Target};
use crate::knowledge::{LibraryId, Role};
use crate::syntax::ExprKind;

/// A call that a request waits for, however long that takes.
#[derive(Clone, Debug)]
pub struct EndlessWait {
    /// The body that it stands in.
    pub target: Target,
    /// The call.
    pub at: At,
    /// Where the client is built that waits, if it is not for this call alone.
    pub client: Option<At>,
    /// Whether that is the only one that it can be.
    pub is_certain: bool,
    /// How many further calls wait with the same client.
    pub others: usize,
}

impl Flow {
    /// The calls of other services that nothing limits; of those with one client the first.
    pub fn endless_waits(&self, app: &App) -> Vec<EndlessWait> {
        let mut clients: FxHashMap<LibraryId, Clients> = FxHashMap::default();
        let mut found: Vec<((CrateId, Option<At>), EndlessWait)> = Vec::new();
        for (target, facts, reached) in self.bodies() {
            if reached.mode > Mode::Offloaded || facts.operations.is_empty() {
                continue;
            }
            for (site, operation) in &facts.operations {
                let Some(library) = operation.library else { continue };
                let Some(base) = self.waits_with(app, target, *site, library) else { continue };
                let of = clients.entry(library).or_insert_with(|| Clients::of(app, library));
                let krate = app.crate_of(target);
                let (client, is_certain) = match base {
                    None => (None, true),
                    Some(base) => match of.endless(app, krate, base) {
                        Some((client, is_certain)) => (Some(client.at), is_certain),
                        None => continue,
                    },
                };
                let at = operation.at;
                let key = (krate, client);
                match found.iter_mut().find(|(known, _)| client.is_some() && *known == key) {
                    Some((_, first)) => first.others += 1,
                    None => found.push((key, EndlessWait { target, at, client, is_certain, others: 0 })),
                }
            }
        }
        // A layer that answers for whatever takes too long answers for these.
        if found.is_empty() || app.names_role(Role::LimitAll) {
            return Vec::new();
        }
        found.into_iter().map(|(_, wait)| wait).collect()
    }

    /// What a call waits with for another service, where nothing around it limits that: `None` inside for one that needs
    /// no client.
    fn waits_with(&self, app: &App, target: Target, site: Site, library: LibraryId) -> Option<Option<Base>> {
        let (Target::Fn(within) | Target::Closure { within, .. }) = target;
        let code = Code::of(app, within, library);
        if site.instance != code.instance {
            return None;
        }
        let tree = &app.facts(site.instance).tree;
        let waits = |name| {
            let roles = app.knowledge.roles(name);
            roles.iter().any(|fact| fact.role == Role::Outbound && fact.library == library)
        };
        let base = match tree.expr(site.expr).kind {
            ExprKind::Method { receiver, call } if waits(tree.methods[call as usize].name) => Some(receiver),
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => {
                    let (instance, module) = app.home(within);
                    let meant = app.resolve_value(within, instance, module, path);
                    matches!(meant, Some(Def::External(path)) if waits(path)).then_some(())?;
                    None
                }
                _ => return None,
            },
            _ => return None,
        };
        let span = tree.expr(site.expr).span;
        if code.is_given_to(Role::Detach, span) || self.is_limited_on_the_way(app, target, library) {
            return None;
        }
        Some(base.map(|receiver| code.base(receiver)))
    }

    /// Whether a function on the way from the entry point to a body, or the body itself, limits how long something takes.
    fn is_limited_on_the_way(&self, app: &App, target: Target, library: LibraryId) -> bool {
        self.path_to(target).iter().any(|step| {
            let (Target::Fn(id) | Target::Closure { within: id, .. }) = step.target;
            Code::of(app, id, library).is_limited()
        })
    }
}
