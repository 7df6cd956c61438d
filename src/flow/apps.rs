//! What holds for an application as a whole: what is done about panics, and how answers can be found in the log again.

use super::Flow;
use crate::app::{App, EntryPoint, InstanceId, Server};
use crate::knowledge::{EntryKind, Role, Words};
use crate::symbol::Sym;
use crate::syntax::{ExprKind, Literal};

impl Flow {
    /// The servers of frameworks that drop the connection when a handler panics, where no layer catches that.
    pub fn unguarded_servers(&self, app: &App) -> Vec<Server> {
        let mut servers = self.each_server(app);
        if servers.is_empty() {
            return servers;
        }
        let catching = self.catches_panics.get_or_init(|| app.catching_frameworks());
        servers.retain(|server| {
            let panics = &app.knowledge.library(server.framework).panics;
            let could_be = panics.iter().any(|texts| texts.caught.is_some());
            // Where a panic ends the process no layer gets to see it.
            let aborts = app.workspace.packages.iter().any(|package| package.panic_abort);
            could_be && !aborts && catching.iter().all(|(framework, _)| *framework != server.framework)
        });
        servers
    }

    /// The servers of programs that never name the id of a request.
    pub fn servers_without_ids(&self, app: &App) -> Vec<Server> {
        let servers = self.each_server(app);
        let names_id = || app.names_role(Role::RequestId) || names_request_id(app);
        if servers.is_empty() || names_id() { Vec::new() } else { servers }
    }

    /// The servers that the program starts.
    pub(super) fn servers(&self, app: &App) -> &[Server] {
        self.servers.get_or_init(|| app.servers())
    }

    /// Those with routes, of each framework the first in a file.
    fn each_server(&self, app: &App) -> Vec<Server> {
        let is_served =
            |it: &EntryPoint| it.kind == EntryKind::Handler && it.registered.is_some() && app.unserved(it).is_none();
        let has_routes =
            |server: &&Server| app.entries.iter().any(|it| it.framework == server.framework && is_served(it));
        let mut servers: Vec<Server> = self.servers(app).iter().filter(has_routes).copied().collect();
        servers.dedup_by_key(|server| (server.place.file, server.framework));
        servers
    }
}

/// Whether a field, a header or another text of the program is the id of a request by its name.
fn names_request_id(app: &App) -> bool {
    let says = |name: Sym| {
        let plain: String = name.as_str().chars().filter(|letter| letter.is_alphanumeric()).collect();
        app.knowledge.text_says(Words::RequestId, &plain.to_lowercase())
    };
    (0..app.instances.len() as u32).map(InstanceId).any(|instance| {
        let facts = app.facts(instance);
        let text = |kind: ExprKind| match kind {
            ExprKind::Literal(Literal::Str(text)) => Some(text),
            _ => None,
        };
        facts.fields.iter().any(|field| says(field.name))
            || facts.tree.fields.iter().any(|(name, _)| says(*name))
            || facts.tree.labels.iter().any(|(_, name)| says(*name))
            || facts.tree.exprs.iter().filter_map(|expr| text(expr.kind)).any(says)
    })
}
