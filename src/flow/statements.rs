//! The statements that queries are made from: their texts, what is known of them before they run, and what they are given.

use super::absence::absences;
use super::eval::Eval;
use super::sql::{Asks, asks};
use super::unify::is_fallible;
use crate::app::{App, Mark, Ty, What};
use crate::knowledge::{CallFact, Returns, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal};

/// What locals are made of is followed through so many of them.
pub(super) const FOLLOWED: u32 = 3;

impl Eval<'_> {
    /// What is known of a query that is made from texts, or from another one.
    pub(super) fn made_of(
        &mut self,
        result: Ty,
        returns: Option<&Returns>,
        receiver: Option<&Ty>,
        args: &[ExprId],
    ) -> Ty {
        if returns.is_some_and(|returns| returns.query && !is_statement(self.app, &result)) {
            return result;
        }
        let mut marks: Vec<Mark> = receiver.map(known_of).unwrap_or_default();
        let texts = args.iter().filter_map(|arg| self.asks(*arg)).map(|asks| match asks {
            Asks::Lookup => Mark::of(What::Lookup),
            Asks::Anything => Mark::of(What::Certain),
        });
        marks.extend(texts);
        mark_query(self.app, result, &marks)
    }

    /// What is known of a query that a method makes of another one: `users.filter(…).count()`.
    pub(super) fn query_by(&self, name: Sym, receiver: &Ty, given: &[Ty]) -> Vec<Mark> {
        let plays =
            |role: Role| self.app.knowledge.roles(name).iter().any(|fact| fact.role == role && fact.receiver.is_some());
        let mut marks = known_of(receiver);
        if plays(Role::Aggregate) {
            marks.push(Mark::of(What::Certain));
        }
        if plays(Role::Choose) {
            marks.extend(given.iter().flat_map(known_of));
        }
        marks
    }

    /// What is known of a query that a function makes from texts, or from another query.
    pub(super) fn query_of(&mut self, result: Ty, path: Sym, fact: &CallFact, args: &[ExprId]) -> Ty {
        let is_database = self.app.knowledge.library(fact.library).kind.queries();
        if self.app.knowledge.plays(path, Role::Aggregate) {
            return mark_query(self.app, result, &[Mark::of(What::Certain)]);
        }
        if is_database { self.made_of(result, Some(&fact.returns), None, args) } else { result }
    }

    /// What a query is given that says which rows it is about, as far as its text tells; otherwise all that it is given.
    pub(super) fn keys_of(&self, receiver: Option<ExprId>, args: &[ExprId], text: Option<&str>) -> Vec<ExprId> {
        let all: Vec<ExprId> = receiver.into_iter().chain(args.iter().copied()).collect();
        let mut values = Vec::new();
        let keys = text.and_then(super::sql::keys);
        match (keys, self.bound_values(receiver, args, FOLLOWED, &mut values)) {
            (Some(keys), true) => {
                let found: Option<Vec<ExprId>> = keys.iter().map(|key| values.get(*key).copied()).collect();
                found.unwrap_or(all)
            }
            _ => all,
        }
    }

    /// The values that a query is given, in order, where all of them are found.
    fn bound_values(&self, receiver: Option<ExprId>, args: &[ExprId], left: u32, values: &mut Vec<ExprId>) -> bool {
        let tree = self.tree();
        let Some(receiver) = receiver else {
            // `query_one(sql, &[&id])`
            let Some(last) = args.last().filter(|_| args.len() > 1) else { return false };
            let ExprKind::Ref(last) = tree.expr(*last).kind else { return self.listed(*last, values) };
            return self.listed(last, values);
        };
        match tree.expr(receiver).kind {
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let is_known = self.bound_values(Some(receiver), args, left, values);
                if method.name == crate::sym!("bind") {
                    values.extend(tree.expr_run(method.args));
                }
                is_known
            }
            ExprKind::Call { .. } => true,
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let args = tree.expr_run(facts.macro_call(call).args).iter().copied();
                values.extend(args.skip_while(|arg| self.text_of(*arg, left).is_none()).skip(1));
                true
            }
            ExprKind::Path(path) if left > 0 => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                let init = local.and_then(|index| self.env.locals[index].init);
                let init = init.filter(|(instance, _)| *instance == self.instance);
                init.is_some_and(|(_, init)| self.bound_values(Some(init), args, left - 1, values))
            }
            _ => false,
        }
    }

    /// The values of a list: `[&id]`, `(id,)`, `params![id]`.
    fn listed(&self, list: ExprId, values: &mut Vec<ExprId>) -> bool {
        let tree = self.tree();
        let run = match tree.expr(list).kind {
            ExprKind::Array(items) | ExprKind::Tuple(items) => items,
            ExprKind::Macro(call) => self.app.facts(self.instance).macro_call(call).args,
            _ => return false,
        };
        values.extend(tree.expr_run(run));
        true
    }

    /// The text of a query, wherever it is given.
    pub(super) fn sql_of(&self, receiver: Option<ExprId>, args: &[ExprId]) -> Option<String> {
        let is_statement = |text: &String| asks(text).is_some();
        let given = args.iter().filter_map(|arg| self.text_of(*arg, FOLLOWED)).find(is_statement);
        given.or_else(|| self.text_behind(receiver?, FOLLOWED).filter(is_statement))
    }

    /// The text that a query is made with, in front of what it is given.
    fn text_behind(&self, query: ExprId, depth: u32) -> Option<String> {
        let tree = self.tree();
        match tree.expr(query).kind {
            ExprKind::Method { receiver, .. } => self.text_behind(receiver, depth),
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().find_map(|arg| self.text_of(*arg, depth)),
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let args = facts.tree.expr_run(facts.macro_call(call).args);
                args.iter().find_map(|arg| self.text_of(*arg, depth))
            }
            ExprKind::Path(path) => {
                let index = tree.single_name(path).and_then(|name| self.env.find(name))?;
                let (instance, init) = self.env.locals[index].init?;
                (instance == self.instance).then(|| self.text_behind(init, depth.checked_sub(1)?)).flatten()
            }
            _ => None,
        }
    }

    /// What a text asks for, if it is a statement.
    pub(super) fn asks(&self, expr: ExprId) -> Option<Asks> {
        asks(&self.text_of(expr, FOLLOWED)?)
    }

    /// The text that an expression is, with `{}` for what is not known of it.
    pub(super) fn text_of(&self, expr: ExprId, depth: u32) -> Option<String> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(text.as_str().to_owned()),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.text_of(inner, depth),
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                match local.map(|index| &self.env.locals[index]) {
                    Some(local) => local
                        .init
                        .filter(|(instance, _)| *instance == self.instance)
                        .and_then(|(_, init)| self.text_of(init, depth.checked_sub(1)?)),
                    None => self.constant_text(path).map(|text| text.as_str().to_owned()),
                }
            }
            ExprKind::Method { receiver, call } => {
                let name = tree.methods[call as usize].name;
                let same = ["to_string", "to_owned", "as_str", "as_ref", "into", "trim", "clone", "replace"];
                if same.contains(&name.as_str()) { self.text_of(receiver, depth) } else { None }
            }
            // `AssertSqlSafe(text)`, `Statement::from_string(backend, text)`
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().find_map(|arg| self.text_of(*arg, depth)),
            ExprKind::Binary { left, right, .. } => {
                let part = |expr: ExprId| self.text_of(expr, depth).unwrap_or_else(|| "{}".to_owned());
                Some(self.text_of(left, depth)? + &part(right))
            }
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let path = self.app.macro_path(self.instance, self.module, call)?;
                let args = facts.tree.expr_run(facts.macro_call(call).args);
                match path.as_str() {
                    "std::format!" => self.text_of(*args.first()?, depth),
                    "std::concat!" => args.iter().map(|arg| self.text_of(*arg, depth)).collect::<Option<String>>(),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// What is known of a query that is not run yet.
pub(super) fn known_of(ty: &Ty) -> Vec<Mark> {
    let is_meant = |mark: &&Mark| matches!(mark.what, What::Certain | What::Lookup);
    ty.marks().iter().filter(is_meant).copied().collect()
}

/// A statement that has been prepared rather than run.
fn is_statement(app: &App, ty: &Ty) -> bool {
    is_fallible(app, ty)
        && absences(ty).is_empty()
        && !ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::Queried(_))))
}

/// The same query, or result of one, with more known of it.
pub(super) fn mark_query(app: &App, ty: Ty, marks: &[Mark]) -> Ty {
    if marks.is_empty() {
        return ty;
    }
    if !is_fallible(app, &ty) {
        return ty.marked(marks);
    }
    let mut args = ty.args().to_vec();
    if let Some(inner) = args.first_mut() {
        *inner = inner.clone().marked(marks);
    }
    ty.with_args(args)
}
