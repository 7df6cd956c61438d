//! What blocks the thread that it runs on, and which functions have another thread run what they are given.

use super::Flow;
use super::eval::Eval;
use super::facts::{At, Mode};
use super::lookups::bit;
use crate::app::{App, FnId, Target, Ty};
use crate::knowledge::{CallFact, LibraryId, MethodFact, Pattern, Returns, Role};
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind};

/// A call that blocks the thread that it runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blocking {
    /// Where.
    pub at: At,
    /// The function, by its path, or the method, by its name.
    pub name: Sym,
    /// Whose query it is, if it is one.
    pub query_of: Option<LibraryId>,
    /// How it runs.
    pub mode: Mode,
}

impl Eval<'_> {
    /// Takes note of a function of another crate that blocks.
    pub(super) fn blocks_by_path(&mut self, expr: ExprId, path: Sym, fact: Option<&CallFact>) {
        // What panics where it could fail is given a row.
        let is_asked = |fact: &&CallFact| !fact.returns.panics;
        let query_of = fact.filter(is_asked).and_then(|fact| self.blocking_query(fact.library, &fact.returns));
        if query_of.is_some() || self.app.knowledge.plays(path, Role::Blocking) {
            self.record_blocking(expr, path, query_of);
        }
    }

    /// The same of a method.
    pub(super) fn blocks_by_method(&mut self, expr: ExprId, name: Sym, layers: &[Ty], arguments: usize) {
        // Most names are none of these.
        if !self.app.knowledge.is_word_of(Role::Blocking, name) {
            return;
        }
        if layers.iter().any(|layer| self.plays_with(name, layer, Role::Blocking, arguments)) {
            self.record_blocking(expr, name, None);
        }
    }

    /// The same of a method that is known to be a query. Where only names say what it is run on, it may be that of
    /// another library, which does not block.
    pub(super) fn blocks_by_query(&mut self, expr: ExprId, name: Sym, fact: &MethodFact, args: &[ExprId]) {
        let Some(library) = self.blocking_query(fact.library, &fact.returns) else { return };
        let patterns = fact.args.as_deref().unwrap_or_default();
        let handle = patterns.iter().position(|pattern| *pattern == Pattern::Handle).and_then(|index| args.get(index));
        // Whose connection it is comes first, before those whose queries can be run on it.
        let blocks = |it: &LibraryId| self.app.knowledge.library(*it).blocking;
        let is_known =
            |arg: &ExprId| self.handle_type(*arg).and_then(|libraries| libraries.first()).is_some_and(blocks);
        let of_row = self.reads_rows(std::slice::from_ref(&fact.receiver)) || self.reads_rows(patterns);
        if !of_row && handle.is_none_or(is_known) {
            self.record_blocking(expr, name, Some(library));
        }
    }

    /// Whether something is a row: what is asked of one is there already.
    fn reads_rows(&self, patterns: &[Pattern]) -> bool {
        patterns.iter().any(|it| matches!(it, Pattern::Named(path, _) if self.app.knowledge.is_row(*path)))
    }

    fn blocking_query(&self, library: LibraryId, returns: &Returns) -> Option<LibraryId> {
        (returns.query && self.app.knowledge.library(library).blocking).then_some(library)
    }

    fn record_blocking(&mut self, expr: ExprId, name: Sym, query_of: Option<LibraryId>) {
        let at = self.at(self.span(expr));
        let known = self.facts.blocking.iter().any(|blocking| blocking.at == at);
        if self.records() && !known && matches!(self.mode, Mode::Direct | Mode::Stream) {
            self.facts.blocking.push(Blocking { at, name, query_of, mode: self.mode });
        }
    }

    /// What is awaited does not block, whatever its name is that of: `users.load(&mut connection).await`.
    pub(super) fn is_no_blocking(&mut self, awaited: ExprId) {
        if self.facts.blocking.is_empty() {
            return;
        }
        let mut at = Some(awaited);
        while let Some(expr) = at {
            let place = self.at(self.span(expr));
            self.facts.blocking.retain(|blocking| blocking.at != place);
            at = self.called_on(expr);
        }
    }

    /// Takes note of a parameter that is run on another thread, given to a call that does so, or called there; and of a
    /// closure that was given a name before.
    pub(super) fn runs_elsewhere(&mut self, expr: ExprId, mode: Mode) {
        let ExprKind::Path(path) = self.tree().expr(expr).kind else { return };
        let Some(local) = self.tree().single_name(path).and_then(|name| self.env.find(name)) else { return };
        let local = &self.env.locals[local];
        if let (Some(argument), Mode::Offloaded) = (local.argument, mode) {
            self.facts.offloads |= bit(argument);
        }
        let named = local.init.filter(|(instance, _)| mode > self.mode && *instance == self.instance);
        let Some((instance, init)) = named else { return };
        if !matches!(self.tree().expr(init).kind, ExprKind::Closure(_) | ExprKind::Block(_)) {
            return;
        }
        // The expressions in it stand before it, and behind its start; those that nobody points at have no place.
        let start = self.span(init).start;
        let inner = (0..=init.0).rev().map(|id| self.span(ExprId(id))).filter(|span| span.end > 0);
        let inner = inner.take_while(|span| span.start >= start);
        let whole = Span::new(start, inner.map(|span| span.end).max().unwrap_or(start));
        let is_inside = |at: At| at.instance == instance && whole.contains(at.span);
        let blocking = self.facts.blocking.iter_mut().filter(|blocking| is_inside(blocking.at));
        blocking.for_each(|blocking| blocking.mode = blocking.mode.max(mode));
        let calls = self.facts.calls.iter_mut().filter(|call| is_inside(call.at));
        calls.for_each(|call| call.mode = call.mode.max(mode));
    }

    /// The parameters that functions of the project, whichever of them is called, have another thread run.
    pub(super) fn run_elsewhere_by(&self, targets: &[FnId]) -> u32 {
        targets
            .iter()
            .map(|target| self.summaries.offloads(self.app, *target))
            .reduce(|all, own| all & own)
            .unwrap_or_default()
    }

    /// How an argument of a number runs, if it is something to run.
    pub(super) fn mode_given(&self, elsewhere: u32, argument: usize) -> Mode {
        if elsewhere & bit(argument as u16) != 0 { self.mode.max(Mode::Offloaded) } else { self.mode }
    }
}

impl Flow {
    /// What blocks the threads that serve requests, by the bodies that it is in.
    pub fn blocking<'a>(&'a self, app: &'a App) -> impl Iterator<Item = (Target, Vec<Blocking>)> + 'a {
        let reached = self.bodies().filter(|(_, facts, reached)| !facts.blocking.is_empty() && !reached.kept);
        reached.filter_map(move |(target, facts, reached)| {
            let waits = |it: &&Blocking| matches!(it.mode.within(reached.mode), Mode::Direct | Mode::Stream);
            let blocking: Vec<Blocking> = facts.blocking.iter().filter(waits).copied().collect();
            (!blocking.is_empty() && !self.is_unused(app, target)).then_some((target, blocking))
        })
    }

    /// What else waits where the thread is blocked that serves a request; nothing where each request has a thread.
    pub fn waits_with_it<'a>(&self, app: &'a App, target: Target) -> Option<&'a str> {
        super::outcome::blocked(app, self.entry_of(app, target)?)
    }

    /// The framework's own function that runs a closure on a thread for what blocks, if it has one.
    pub fn offloader(&self, app: &App, target: Target) -> Option<Sym> {
        let framework = self.entry_of(app, target)?.framework;
        app.knowledge.function_of(framework, Role::Offload)
    }
}
