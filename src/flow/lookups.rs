//! Lookups: which queries can find nothing, and who says what they look for.

use super::absence::{absences, is_same, without};
use super::builds::Varies;
use super::eval::Eval;
use super::inputs::is_shared;
use super::sql::Asks;
use super::unify::{awaited, is_fallible};
use crate::app::{FnId, Mark, Site, Ty, What};
use crate::knowledge::{LibraryId, MethodFact, Pattern};
use crate::syntax::{ExprId, ExprKind};

/// An argument that says what a query looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// Its number.
    pub argument: u16,
    /// Which parameters of the caller it is made of, one bit for each.
    pub params: u32,
    /// Whether the client has sent it, and nobody has asked whether it is there.
    pub asked: bool,
    /// Whether it differs from request to request.
    pub varies: Varies,
}

impl Eval<'_> {
    /// What a query yields, as far as nothing being there is an answer to the client: there may always be something, or
    /// what it looks for is not what the client has sent.
    fn looked_up(
        &mut self,
        result: Ty,
        query: Option<Site>,
        library: LibraryId,
        asked: (Option<ExprId>, Option<&Ty>, &[ExprId]),
    ) -> Ty {
        let (receiver, receiver_ty, args) = asked;
        let Some(site) = query else { return result };
        if absences(&result).is_empty() {
            return result;
        }
        let is_own = |what: What| is_same(what, What::QueryEmpty(site));
        let text = args.iter().find_map(|arg| self.asks(*arg));
        let mut known: Vec<What> = receiver_ty
            .into_iter()
            .chain([&Ty::UNKNOWN])
            .flat_map(|ty| ty.marks().iter().map(|mark| mark.what))
            .collect();
        known.extend(
            args.iter().flat_map(|arg| self.peek(*arg).marks().iter().map(|mark| mark.what).collect::<Vec<_>>()),
        );
        let is_certain = text == Some(Asks::Anything) || known.contains(&What::Certain);
        let sql = self.sql_of(receiver, args);
        let keys = self.keys_of(receiver, args, sql.as_deref());
        let is_asked = keys.iter().any(|key| self.is_input(*key) && !self.is_row(*key));
        self.remember_keys(site, keys.iter().fold(0, |params, key| params | self.params_in(*key)));
        if !has_rows(&result) {
            self.has_asked_for(&keys);
        }
        if is_certain || !is_asked {
            return without(&result, is_own);
        }
        let is_read = text.is_some() || known.contains(&What::Lookup);
        if self.app.knowledge.library(library).sql && !is_read && is_fallible(self.app, &result) {
            // What cannot be read is no evidence; who asks for an `Option` says that there may be nothing.
            let marks: Vec<Mark> = result.marks().iter().filter(|mark| !is_own(mark.what)).copied().collect();
            return result.unmarked().marked(&marks);
        }
        result
    }

    /// What a known method yields, as far as nothing being there matters.
    pub(super) fn found_by(
        &mut self,
        expr: ExprId,
        (receiver, ty): (ExprId, &Ty),
        (fact, args): (&MethodFact, &[ExprId]),
        result: Ty,
        given: &[Ty],
    ) -> Ty {
        if let ExprKind::Method { call, .. } = self.tree().expr(expr).kind {
            let name = self.tree().methods[call as usize].name;
            self.may_be_null(expr, name, Some(ty), args.first().copied(), given.first());
        }
        // `user.map_or(false, …)`: whatever is asked, that nothing was found has been thought of.
        if is_fallible(self.app, ty) && fact.returns.tests.is_none() && result.is_external(crate::sym!("bool")) {
            self.look_at(&absences(ty));
        }
        let query = fact.returns.query.then(|| self.site(expr));
        let asked_of = (fact.receiver != Pattern::Handle).then_some(receiver);
        let change = self.change_by(expr, fact, asked_of, &not_handles(fact, args));
        let result = self.looked_up(result, query, fact.library, (asked_of, Some(ty), &not_handles(fact, args)));
        let result = self.of_rows(expr, ty, fact, args, result);
        let result = self.changed(expr, change, result);
        self.made_of(result, Some(&fact.returns), Some(ty), args)
    }

    /// The arguments of a call that functions of the project look something up by.
    pub(super) fn keys_given(&mut self, targets: &[FnId], receiver: Option<ExprId>, args: &[ExprId]) -> Vec<Key> {
        let looked_up = targets.iter().fold(0, |keys, target| keys | self.summaries.looks_up_by(self.app, *target));
        if looked_up == 0 {
            return Vec::new();
        }
        let offset = usize::from(receiver.is_some());
        let receiver = receiver.filter(|_| looked_up & bit(0) != 0);
        let of_self = receiver.map(|receiver| (0, receiver, self.is_asked_for(Some(receiver), &[])));
        let given = args.iter().enumerate().map(|(index, arg)| ((index + offset) as u16, *arg));
        let given = given.filter(|(argument, _)| looked_up & bit(*argument) != 0);
        let given = given.map(|(argument, arg)| (argument, arg, self.is_asked_for(None, &[arg])));
        let keys: Vec<Key> = of_self
            .into_iter()
            .chain(given)
            .map(|(argument, expr, asked)| Key {
                argument,
                params: self.params_in(expr),
                asked,
                varies: self.varies(expr),
            })
            .collect();
        self.facts.passes |= keys.iter().fold(0, |params, key| params | key.params);
        keys
    }

    pub(super) fn remember_keys(&mut self, site: Site, params: u32) {
        match self.facts.keys.iter_mut().find(|(known, _)| *known == site) {
            Some((_, known)) => *known |= params,
            None => self.facts.keys.push((site, params)),
        }
    }

    /// What functions of the project yield: where the client has not told them what to look for, nothing being there is
    /// no answer to the client.
    pub(super) fn looked_up_by(
        &mut self,
        result: Ty,
        (targets, given): (&[FnId], &[Ty]),
        receiver: Option<ExprId>,
        args: &[ExprId],
    ) -> Ty {
        let found = absences(&result);
        if result.any(&is_of_query) {
            self.queried += 1;
        }
        let passed: Vec<What> = given.iter().flat_map(absences).collect();
        // A connection, or what holds one, is not what is looked for.
        let is_connection =
            given.first().is_some_and(|ty| self.layers(ty).iter().any(|layer| is_shared(self.app, layer)))
                || receiver.is_none_or(|receiver| self.place_of(receiver).is_none());
        let offset = usize::from(receiver.is_some());
        let mut strange = Vec::new();
        let mut asked = Vec::new();
        for what in found.into_iter().filter(|what| !passed.contains(what)) {
            let (What::QueryEmpty(site) | What::RowsEmpty(site)) = what else { continue };
            let known = targets.iter().filter_map(|target| self.summaries.keys(self.app, *target, site));
            let params = known.reduce(|all, one| all | one).unwrap_or(u32::MAX);
            let is_key = |index: usize| params & bit((index + offset) as u16) != 0;
            let keys: Vec<ExprId> =
                args.iter().enumerate().filter(|(index, _)| is_key(*index)).map(|(_, arg)| *arg).collect();
            let of = receiver.filter(|_| params & bit(0) != 0 && !is_connection);
            if !self.is_asked_for(of, &keys) {
                strange.push(what);
            }
            let own = of.iter().chain(&keys).fold(0, |own, key| own | self.params_in(*key));
            self.remember_keys(site, own);
            asked.extend(keys);
        }
        // `if !exists(&pool, id).await?`
        let value = awaited(self.app, &result);
        let value = if is_fallible(self.app, &value) { value.arg(0) } else { value };
        let keys = targets.iter().fold(0, |keys, target| keys | self.summaries.all_keys(self.app, *target));
        if value.is_external(crate::sym!("bool")) && keys != 0 {
            self.queried += 1;
            let is_key = |(index, _): &(usize, &ExprId)| keys & bit((index + offset) as u16) != 0;
            let args: Vec<ExprId> = args.iter().enumerate().filter(is_key).map(|(_, arg)| *arg).collect();
            self.asks_again(&args);
        } else if reads(&result) {
            let asked = if asked.is_empty() { args.to_vec() } else { asked };
            self.asks_again(&asked);
        }
        without(&result, |what| strange.contains(&what))
    }
}

/// The bit of an argument; those beyond the last one share it.
pub(super) fn bit(argument: u16) -> u32 {
    1 << argument.min(31)
}

fn is_of_query(node: &Ty) -> bool {
    node.marks().iter().any(|mark| matches!(mark.what, What::QueryFailed(_) | What::Queried(_)))
}

/// Whether a value is the result of something that reads: what only writes has not asked whether something is there.
fn reads(ty: &Ty) -> bool {
    let is_query = |node: &Ty| node.marks().iter().any(|mark| matches!(mark.what, What::QueryFailed(_)));
    let is_nothing = |node: &Ty| node.args().first().is_some_and(|value| *value == Ty::UNIT);
    ty.any(&|node| is_query(node) && !is_nothing(node)) && !has_rows(ty)
}

/// Whether a value is, or holds, all the rows that a query found: none of them is necessarily there.
fn has_rows(ty: &Ty) -> bool {
    ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::RowsEmpty(_))))
}

/// The arguments of a query that are not what it is run on.
fn not_handles(fact: &MethodFact, args: &[ExprId]) -> Vec<ExprId> {
    let patterns = fact.args.as_deref().unwrap_or_default();
    let is_handle = |index: usize| patterns.get(index) == Some(&Pattern::Handle);
    args.iter().enumerate().filter(|(index, _)| !is_handle(*index)).map(|(_, arg)| *arg).collect()
}
