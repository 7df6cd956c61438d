//! Statements that change or delete the rows which the client names, and whether anybody looks at how many they were.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::env::Place;
use super::eval::Eval;
use super::facts::{At, Losing, Mode};
use super::statements::FOLLOWED;
use super::{Flow, Step};
use crate::app::{App, Mark, Site, Target, Ty, What};
use crate::knowledge::{EntryKind, Kind, Knowledge, MethodFact, Pattern, Role, Words};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, PathId};

/// A statement that changes rows by what the client has sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The call that runs it.
    pub site: Site,
    /// Where it stands.
    pub at: At,
    /// Whether it deletes them.
    pub deletes: bool,
    /// What says which rows.
    pub key: At,
    /// How it runs.
    pub mode: Mode,
    /// Whether something else in the body asks for the same rows: whether they are there, or changes them afterwards.
    pub asked: bool,
}

/// A change of no row that is answered as if there had been one.
#[derive(Clone, Debug)]
pub struct UncheckedChange {
    /// The statement.
    pub change: Change,
    /// How requests get there that say which rows.
    pub steps: Vec<Step>,
    /// The handlers from which they do.
    pub handlers: BTreeSet<Target>,
}

/// Parts of a statement are looked at up to this many.
const MOST_PARTS: u32 = 200;

/// A statement, as far as it says which rows it is about.
pub(super) struct Statement {
    deletes: bool,
    keys: Vec<ExprId>,
}

impl Eval<'_> {
    /// The statement that a call runs, if that changes rows. Any other query is about what it is given, too.
    pub(super) fn change_by(
        &mut self,
        expr: ExprId,
        fact: &MethodFact,
        receiver: Option<ExprId>,
        args: &[ExprId],
    ) -> Option<Statement> {
        let is_meant = self.records() && fact.returns.query && self.loops == 0 && says_how_many(&fact.returns.ty);
        let statement = is_meant.then(|| self.statement_of(expr, fact, receiver, args)).flatten();
        if statement.is_none() {
            self.is_queried_by(fact, receiver, args);
        }
        statement
    }

    /// What a call yields that runs a statement: if that changes rows by what the client has sent, their number is marked.
    pub(super) fn changed(&mut self, expr: ExprId, statement: Option<Statement>, result: Ty) -> Ty {
        let Some(statement) = statement else { return result };
        let mut asked = statement.keys.iter().filter(|key| self.is_input(**key) && !self.is_row(**key));
        let Some(&key) = asked.next() else { return result };
        let site = self.site(expr);
        let params = statement.keys.iter().fold(0, |params, key| params | self.params_in(*key));
        self.remember_keys(site, params);
        self.facts.passes |= params;
        let places = self.places_of(&statement.keys);
        // An expression can be evaluated more than once.
        if self.facts.changes.iter().any(|change| change.site == site) {
            return marked(result, site);
        }
        self.is_asked_again(&places);
        let change = Change {
            site,
            at: self.at(self.span(expr)),
            deletes: statement.deletes,
            key: self.at(self.span(key)),
            mode: self.mode,
            asked: self.queried_by.iter().any(|place| places.contains(place)),
        };
        self.changes.push((self.facts.changes.len(), places));
        self.facts.changes.push(change);
        marked(result, site)
    }

    /// A query, or another change, is about the same rows as an earlier one: that is not the last word on them.
    fn is_asked_again(&mut self, places: &[Place]) {
        for (index, of) in &self.changes {
            if of.iter().any(|place| places.contains(place)) {
                self.facts.changes[*index].asked = true;
            }
        }
    }

    /// A query that changes nothing, or adds something, is given these.
    fn is_queried_by(&mut self, fact: &MethodFact, receiver: Option<ExprId>, args: &[ExprId]) {
        if fact.returns.query && fact.returns.opens.is_none() {
            let keys: Vec<ExprId> = receiver.into_iter().chain(args.iter().copied()).collect();
            let places = self.places_of_values(&keys);
            self.is_asked_again(&places);
            // What has just been inserted is there.
            if self.sql_of(receiver, args).is_some_and(|sql| super::sql::inserts(&sql)) {
                self.env.asked_for.extend(places.iter().cloned());
            }
            self.queried_by.extend(places);
        }
    }

    /// The places that some values are made of. What a closure does is not asked by who is given it.
    fn places_of_values(&self, exprs: &[ExprId]) -> Vec<Place> {
        let is_value =
            |expr: &ExprId| !matches!(self.tree().expr(*expr).kind, ExprKind::Closure(_) | ExprKind::Block(_));
        let values: Vec<ExprId> = exprs.iter().copied().filter(is_value).collect();
        self.places_of(&values)
    }

    /// A function asks for what some expressions are made of.
    pub(super) fn asks_again(&mut self, exprs: &[ExprId]) {
        let places = self.places_of_values(exprs);
        self.is_asked_again(&places);
        self.has_asked_for(exprs);
    }

    /// What the client has sent is compared with what there is: whether that is there has been asked.
    pub(super) fn compares(&mut self, left: ExprId, right: ExprId) {
        for (one, other) in [(left, right), (right, left)] {
            if self.is_input(one) && !self.is_input(other) && !self.is_constant(other) {
                self.has_asked_for(&[one]);
            }
        }
    }

    /// Somebody looks at a value: at how many rows were changed, if it is that.
    pub(super) fn counts(&mut self, ty: &Ty) {
        for mark in ty.marks() {
            if let What::Changed(site) = mark.what
                && !self.facts.counted.contains(&site)
            {
                self.facts.counted.push(site);
            }
        }
    }

    fn statement_of(
        &self,
        expr: ExprId,
        fact: &MethodFact,
        receiver: Option<ExprId>,
        args: &[ExprId],
    ) -> Option<Statement> {
        if self.app.knowledge.library(fact.library).sql || args.iter().any(|arg| self.asks(*arg).is_some()) {
            let text = self.sql_of(receiver, args)?;
            let changes = super::sql::changes(&text)?;
            let is_of_row =
                changes.columns.iter().any(|column| is_row_key(&self.app.knowledge, column, &changes.table));
            let deletes = (is_of_row || changes.columns.is_empty()).then_some(changes.deletes)?;
            let places = super::sql::keys(&text)?;
            let keys = self.keys_of(receiver, args, Some(&text));
            return (keys.len() == places.len()).then_some(Statement { deletes, keys });
        }
        self.built_statement(expr)
    }

    /// A statement that is put together by calls: `diesel::update(users.find(id)).set(…).execute(conn)`.
    fn built_statement(&self, expr: ExprId) -> Option<Statement> {
        let tree = self.tree();
        let mut keys = Vec::new();
        let mut deletes = None;
        let (mut at, mut left) = (expr, FOLLOWED);
        loop {
            let name = match tree.expr(at).kind {
                ExprKind::Method { receiver, call } => {
                    let method = tree.methods[call as usize];
                    let args = tree.expr_run(method.args);
                    let says = self.says_which(method.name);
                    match says {
                        Says::Rows => keys.extend(args),
                        Says::First => keys.extend(args.first()),
                        Says::Nothing => {}
                    }
                    at = receiver;
                    method.name
                }
                ExprKind::Await(inner) | ExprKind::Try(inner) => {
                    at = inner;
                    continue;
                }
                ExprKind::Call { callee, args } => {
                    let ExprKind::Path(path) = tree.expr(callee).kind else { return None };
                    keys.extend(tree.expr_run(args));
                    let name = tree.last_name(path)?;
                    deletes = deletes.or(self.deletes(name));
                    let is_of_row = self.is_of_row(path, &keys);
                    return deletes.filter(|_| is_of_row).map(|deletes| Statement { deletes, keys });
                }
                ExprKind::Path(path) if left > 0 => {
                    left -= 1;
                    let local = tree.single_name(path).and_then(|name| self.env.find(name));
                    at = local.and_then(|index| self.env.locals[index].init).filter(|it| it.0 == self.instance)?.1;
                    continue;
                }
                _ => return deletes.map(|deletes| Statement { deletes, keys }),
            };
            deletes = deletes.or(self.deletes(name));
        }
    }

    /// Whether a statement is about a row by a key of its own, rather than about all rows that belong to another one.
    fn is_of_row(&self, made_by: PathId, keys: &[ExprId]) -> bool {
        let tree = self.tree();
        // `toolchains::Entity::delete_many()`, `delete(toolchains::table)`
        let named = tree.segments_of(made_by);
        let mut table = named.len().checked_sub(3).map(|at| named[at].name.as_str().to_owned());
        let mut columns = Vec::new();
        let mut open: Vec<ExprId> = keys.to_vec();
        // `let users = users.filter(…);` names itself.
        let mut left = MOST_PARTS;
        while let Some(expr) = open.pop().filter(|_| left > 0) {
            left -= 1;
            match tree.expr(expr).kind {
                ExprKind::Method { receiver, call } if tree.methods[call as usize].name == crate::sym!("eq") => {
                    let ExprKind::Path(path) = tree.expr(receiver).kind else { continue };
                    let names = tree.segments_of(path);
                    columns.extend(names.last().map(|last| last.name.as_str().to_owned()));
                    let of = names.len().checked_sub(2).map(|at| names[at].name.as_str().to_owned());
                    table = of.filter(|of| of != "Column" && of != "dsl").or(table);
                }
                ExprKind::Method { receiver, call } if tree.methods[call as usize].name == crate::sym!("find") => {
                    let args = tree.expr_run(tree.methods[call as usize].args);
                    if args.iter().any(|arg| matches!(tree.expr(*arg).kind, ExprKind::Tuple(_))) {
                        return false;
                    }
                    open.push(receiver);
                    columns.push("id".to_owned());
                }
                ExprKind::Path(path) => {
                    let names = tree.segments_of(path);
                    if let [.., of, last] = names
                        && last.name.as_str() == "table"
                    {
                        table = Some(of.name.as_str().to_owned());
                    }
                    // `let target = users.filter(id.eq(key));`
                    let local = tree.single_name(path).and_then(|name| self.env.find(name));
                    let init = local.and_then(|index| self.env.locals[index].init);
                    open.extend(init.filter(|(instance, _)| *instance == self.instance).map(|(_, init)| init));
                }
                _ => self.parts(tree, expr, &mut open),
            }
        }
        columns.is_empty()
            || columns
                .iter()
                .any(|column| is_row_key(&self.app.knowledge, column, table.as_deref().unwrap_or_default()))
    }

    /// Whether a call of this name makes a statement that deletes rows, or one that changes them.
    fn deletes(&self, name: Sym) -> Option<bool> {
        let plays = |role: Role| self.app.knowledge.is_word_of(role, name);
        plays(Role::Delete).then_some(true).or_else(|| plays(Role::Update).then_some(false))
    }

    /// What the arguments of a call say that a statement is put together by.
    fn says_which(&self, name: Sym) -> Says {
        match name.as_str() {
            "filter" | "find" | "and_filter" => Says::Rows,
            // `collection.update_one(filter, update)`
            _ if self.deletes(name).is_some() => Says::First,
            _ => Says::Nothing,
        }
    }
}

/// The result of a statement, with its number of rows marked.
fn marked(result: Ty, site: Site) -> Ty {
    let mut parts = result.args().to_vec();
    if let Some(count) = parts.first_mut() {
        *count = count.clone().marked(&[Mark::of(What::Changed(site))]);
    }
    result.with_args(parts)
}

/// What arguments say about which rows a statement is about.
enum Says {
    Rows,
    First,
    Nothing,
}

/// Whether what loses an error throws away all of the result.
fn is_whole(how: Losing) -> bool {
    matches!(how, Losing::Ignored | Losing::Dropped)
}

/// Whether a column tells the rows of its table apart: `id`, `name`, `token_id` of `user_tokens`, not `user_id` of that.
fn is_row_key(knowledge: &Knowledge, column: &str, table: &str) -> bool {
    let column = column.trim_matches(['"', '`']).rsplit('.').next().unwrap_or_default();
    let lower = column.to_lowercase();
    // Who has it may do it: that it is gone is no news.
    if knowledge.text_says(Words::Credential, &lower) && !lower.ends_with("id") {
        return false;
    }
    let camel = column.strip_suffix("Id").filter(|stem| !stem.is_empty());
    let snake = lower.strip_suffix("_id").or_else(|| lower.strip_suffix("_uuid")).filter(|stem| !stem.is_empty());
    let Some(stem) = camel.map(str::to_lowercase).or(snake.map(str::to_owned)) else { return true };
    let table = table.trim_matches(['"', '`']).to_lowercase();
    let last = table.rsplit(['_', '.']).next().unwrap_or_default();
    let one = last.strip_suffix("ies").map_or(last.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"));
    !one.is_empty() && stem.rsplit('_').next() == Some(one.as_str())
}

/// Whether a call yields how many rows were changed.
fn says_how_many(returns: &Pattern) -> bool {
    match returns {
        Pattern::Kind(Kind::Affected, _) => true,
        Pattern::Named(_, args) => args.first().is_some_and(says_how_many),
        _ => false,
    }
}

impl Flow {
    /// Every change of rows named by the client of which nobody looks at how many there were.
    pub fn unchecked_changes(&self, app: &App) -> Vec<UncheckedChange> {
        let counted: FxHashSet<Site> = self.bodies().flat_map(|(_, facts, _)| facts.counted.iter().copied()).collect();
        let mut unchecked = Vec::new();
        for (target, facts, reached) in self.bodies() {
            for change in &facts.changes {
                let waits = change.mode.within(reached.mode) <= Mode::Offloaded;
                // Who throws away the whole result does not even know whether it was run.
                let fails = |mark: &Mark| mark.what == What::QueryFailed(change.site);
                let is_thrown_away = facts.losses.iter().any(|loss| loss.marks.iter().any(fails) && is_whole(loss.how));
                if change.asked
                    || is_thrown_away
                    || !waits
                    || counted.contains(&change.site)
                    || self.is_unused(app, target)
                {
                    continue;
                }
                let chain = self.chain(app, (change.site, target), target);
                let Some(chain) = chain.filter(|chain| chain.extractor.is_none() && !chain.handlers.is_empty()) else {
                    continue;
                };
                // An entry point answers with what it returns.
                let is_answered = |handler: &Target| {
                    let returns = self.facts_of(*handler).and_then(|facts| facts.returns.as_ref());
                    let counts = |node: &Ty| node.marks().iter().any(|mark| mark.what == What::Changed(change.site));
                    returns.is_some_and(|ty| ty.any(&counts))
                };
                let is_replaced = change.deletes && !self.is_asked_to_delete(app, &chain.handlers);
                let is_harmless = is_replaced || self.may_be_repeated(app, &chain.steps);
                if is_harmless || chain.handlers.iter().any(is_answered) {
                    continue;
                }
                unchecked.push(UncheckedChange { change: *change, steps: chain.steps, handlers: chain.handlers });
            }
        }
        unchecked
    }

    /// Whether some of these handlers are there to delete something: others that delete put something else in its place, or
    /// tidy up.
    fn is_asked_to_delete(&self, app: &App, handlers: &BTreeSet<Target>) -> bool {
        let routes = app.entries.iter().filter(|it| it.kind == EntryKind::Handler && handlers.contains(&it.target));
        routes.into_iter().any(|route| {
            let name = app.target_name(route.target).to_lowercase() + &route.path.to_lowercase();
            route.method == "DELETE" || app.knowledge.text_says(Words::Deletion, &name)
        })
    }

    /// Whether a function on the way is named after something that may be done twice: who is logged out stays that.
    fn may_be_repeated(&self, app: &App, steps: &[Step]) -> bool {
        steps.iter().any(|step| {
            let name = app.target_name(step.target).to_lowercase().replace('_', "");
            app.knowledge.text_says(Words::Repeatable, &name)
        })
    }
}
