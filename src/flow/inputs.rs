//! What comes from the client, as far as it matters for queries: what they look for.
//!
//! Whatever a function is given counts, except for what all requests share: connections, what holds them, and what
//! frameworks pass to every handler. What a query yielded does not count: who looks up the team of a user that was found
//! is not told by the client which one.

use super::env::{Origin, Place};
use super::eval::Eval;
use super::unify::handle_of;
use crate::app::{App, Def, Head, Ty, What};
use crate::knowledge::{EntryKind, Role};
use crate::syntax::{BinaryOp, ExprId, ExprKind, PatId, Tree};

/// What locals are made of is followed through so many of them.
const FOLLOWED: u32 = 3;
/// Fields of fields are looked at this deep for connections.
const DEEPEST: u32 = 3;

/// Whether a value of a type is shared by all requests.
pub(super) fn is_shared(app: &App, ty: &Ty) -> bool {
    holds_handle(app, ty, DEEPEST)
}

fn holds_handle(app: &App, ty: &Ty, depth: u32) -> bool {
    if depth == 0 {
        return false;
    }
    match ty.head {
        Head::External(path) if app.knowledge.plays(path, Role::Shared) => true,
        Head::External(_) => {
            handle_of(app, ty).is_some() || ty.args().iter().any(|arg| holds_handle(app, arg, depth - 1))
        }
        Head::Adt(adt) => {
            let mut fields = app.fields(adt).iter().flatten();
            handle_of(app, ty).is_some() || fields.any(|(_, field)| holds_handle(app, field, depth - 1))
        }
        Head::Trait(_) => true,
        Head::Bounds => handle_of(app, ty).is_some() || ty.args().iter().any(|arg| holds_handle(app, arg, depth - 1)),
        _ => false,
    }
}

/// Whether a type is one that the project itself extracts from requests, with a row of a table in it.
fn holds_row(app: &App, ty: &Ty) -> bool {
    let Head::Adt(adt) = ty.head else { return false };
    let is_row = |field: &Ty| matches!(field.head, Head::Adt(row) if !app.acts_as(row).is_empty());
    app.fields(adt).iter().flatten().any(|(_, field)| is_row(field))
        && app.known_impls().any(|(of, _, fact)| of == adt && fact.kind == EntryKind::Extractor)
}

impl Eval<'_> {
    /// The locals declared since there were so many are taken from something that comes from there.
    pub(super) fn come_from(&mut self, first: usize, origin: Origin) {
        let app = self.app;
        for local in self.env.locals.iter_mut().skip(first) {
            local.origin = match origin {
                _ if is_queried(&local.ty) => Origin::Query,
                _ if is_shared(app, &local.ty) => Origin::Own,
                _ => origin,
            };
        }
    }

    /// Evaluates something and says where it comes from.
    pub(super) fn with_origin<T>(&mut self, expr: ExprId, evaluate: impl FnOnce(&mut Self) -> T) -> (T, Origin) {
        let (queried, trusted) = (self.queried, self.trusted);
        let value = evaluate(self);
        let origin = match () {
            () if self.queried != queried => Origin::Query,
            () if self.trusted != trusted => Origin::Own,
            () => self.origin(expr),
        };
        (value, origin)
    }

    /// Takes note of a call that reads what the service itself has signed or kept.
    pub(super) fn may_trust(&mut self, trusts: bool) {
        self.trusted += usize::from(trusts);
        self.facts.trusts |= trusts;
    }

    /// Whether a parameter of a type is given what the client cannot choose: what all requests share, what
    /// middleware has put there, a row that an extractor of the project has looked up.
    pub(super) fn is_given(&self, ty: &Ty) -> bool {
        is_shared(self.app, ty)
            || holds_row(self.app, ty)
            || matches!(ty.head, Head::External(path) if self.app.knowledge.plays(path, Role::Trusted))
    }

    /// The locals declared since there were so many are made of what an expression is made of.
    fn made_of_params(&mut self, first: usize, expr: ExprId) {
        let params = self.params_in(expr);
        let taken_from = Some((self.instance, expr));
        let new = self.env.locals.iter_mut().skip(first);
        new.for_each(|local| (local.params, local.taken_from) = (params, taken_from));
    }

    /// Binds the names of a pattern to the parts of what an expression yields, which comes from there.
    pub(super) fn bind_taken(&mut self, pat: PatId, ty: &Ty, value: ExprId, origin: Origin) {
        let first = self.env.locals.len();
        // The new local can have the name of the old one.
        let input = self.input_of(value);
        self.bind(pat, ty);
        self.come_from(first, origin);
        self.made_of_params(first, value);
        self.made_of_input(first, input);
    }

    /// The parameters of the function that an expression is made of.
    pub(super) fn params_in(&self, expr: ExprId) -> u32 {
        let tree = self.tree();
        if let ExprKind::Path(path) = tree.expr(expr).kind {
            let local = tree.single_name(path).and_then(|name| self.env.find(name));
            return local.map_or(0, |index| self.env.locals[index].params);
        }
        let mut parts = Vec::new();
        self.parts(tree, expr, &mut parts);
        parts.into_iter().fold(0, |params, part| params | self.params_in(part))
    }

    /// Where a value comes from that runs no query.
    pub(super) fn origin(&self, expr: ExprId) -> Origin {
        match () {
            () if self.is_rest_of_row(expr) => Origin::Query,
            () if self.is_input(expr) => Origin::Client,
            () if self.is_made_of(expr, Origin::Query) => Origin::Query,
            () => Origin::Own,
        }
    }

    /// Whether a value is a row that was found, with other things in some of its fields: `Model { name, ..row.into() }`.
    fn is_rest_of_row(&self, expr: ExprId) -> bool {
        match self.tree().expr(expr).kind {
            ExprKind::Struct(index) => {
                let base = self.tree().structs[index as usize].base;
                base.is_some_and(|base| self.is_made_of(base, Origin::Query))
            }
            _ => false,
        }
    }

    /// Whether what a call is given comes from the client.
    pub(super) fn is_asked_for(&self, receiver: Option<ExprId>, args: &[ExprId]) -> bool {
        let is_self = |expr: ExprId| self.is_name(expr, "self");
        receiver.is_some_and(|receiver| !self.starts_with(receiver, &is_self) && self.is_input(receiver))
            || args.iter().any(|arg| !self.is_connection(*arg) && self.is_input(*arg) && !self.is_row(*arg))
    }

    /// Whether an expression is a struct with something out of a query in it: a row as it has been written.
    pub(super) fn is_row(&self, expr: ExprId) -> bool {
        match self.tree().expr(expr).kind {
            ExprKind::Struct(_) => self.is_made_of(expr, Origin::Query),
            ExprKind::Path(_) => {
                let init = self.place_of(expr).and_then(|place| self.env.locals[place.local].init);
                // What was given outside of the macro that is being evaluated has its number in another text.
                init.filter(|(instance, _)| *instance == self.instance).is_some_and(|(_, init)| {
                    matches!(self.tree().expr(init).kind, ExprKind::Struct(_)) && self.is_made_of(init, Origin::Query)
                })
            }
            _ => false,
        }
    }

    /// Whether an expression is a connection, or what holds one.
    fn is_connection(&self, expr: ExprId) -> bool {
        let ty = self.peek(expr);
        self.layers(&ty).iter().any(|layer| is_shared(self.app, layer)) || ty.is_unknown() && self.is_handle_name(expr)
    }

    fn is_name(&self, expr: ExprId, name: &str) -> bool {
        let tree = self.tree();
        matches!(tree.expr(expr).kind, ExprKind::Path(path) if tree.single_name(path).is_some_and(|it| it.as_str() == name))
    }

    /// Whether what an expression starts with meets a condition: `self` of `self.repo.users()`.
    fn starts_with(&self, expr: ExprId, meets: &dyn Fn(ExprId) -> bool) -> bool {
        meets(expr)
            || match self.tree().expr(expr).kind {
                ExprKind::Field { base, .. } => self.starts_with(base, meets),
                ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Await(inner) | ExprKind::Try(inner) => {
                    self.starts_with(inner, meets)
                }
                ExprKind::Method { receiver, .. } => self.starts_with(receiver, meets),
                _ => false,
            }
    }

    /// Whether an expression is made of something that comes from the client.
    pub(super) fn is_input(&self, expr: ExprId) -> bool {
        self.is_made_of(expr, Origin::Client)
    }

    pub(super) fn is_made_of(&self, expr: ExprId, origin: Origin) -> bool {
        let tree = self.tree();
        if origin == Origin::Client && self.is_known_to_be_there(expr) {
            return false;
        }
        if let ExprKind::Path(path) = tree.expr(expr).kind {
            let local = tree.single_name(path).and_then(|name| self.env.find(name));
            return local.is_some_and(|index| self.env.locals[index].origin == origin);
        }
        if origin == Origin::Client && self.is_trusted(expr) {
            return false;
        }
        let mut parts = Vec::new();
        self.parts(tree, expr, &mut parts);
        parts.into_iter().any(|part| self.is_made_of(part, origin))
    }

    /// Whether an expression is a call that reads what the service itself has signed or kept.
    fn is_trusted(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => match self.resolve(path) {
                    Some(Def::External(path)) => self.app.knowledge.plays(path, Role::Trusted),
                    Some(Def::Fn(id)) => self.summaries.trusts(self.app, id),
                    _ => false,
                },
                _ => false,
            },
            ExprKind::Method { receiver, call } => {
                self.plays(tree.methods[call as usize].name, &self.peek(receiver), Role::Trusted)
            }
            _ => false,
        }
    }

    /// Whether an earlier query has looked for the same: that it is there has been asked then.
    fn is_known_to_be_there(&self, expr: ExprId) -> bool {
        let Some(place) = self.place_of(expr).filter(|_| !self.env.asked_for.is_empty()) else { return false };
        let is_part = |asked: &Place| asked.local == place.local && place.fields.starts_with(&asked.fields);
        self.env.asked_for.iter().any(is_part)
    }

    /// A local that is another one in other clothes, `let form = form.into_inner()`, is as well known to be there.
    pub(super) fn inherits_asked(&mut self, local: usize, init: ExprId) {
        let tree = self.tree();
        let ExprKind::Method { receiver, call } = tree.expr(init).kind else { return };
        let (Some(place), 0) = (self.place_of(receiver), tree.methods[call as usize].args.len) else { return };
        let of_it = |asked: &&Place| asked.local == place.local && asked.fields.starts_with(&place.fields);
        let fields = |asked: &Place| asked.fields[place.fields.len()..].to_vec();
        let inherited: Vec<Place> =
            self.env.asked_for.iter().filter(of_it).map(|asked| Place { local, fields: fields(asked) }).collect();
        self.env.asked_for.extend(inherited);
    }

    /// A query has looked for what some expressions are made of.
    pub(super) fn has_asked_for(&mut self, exprs: &[ExprId]) {
        let places = self.places_of(exprs);
        self.env.asked_for.extend(places);
    }

    /// The locals and fields that some expressions are made of, as far as those come from the client.
    pub(super) fn places_of(&self, exprs: &[ExprId]) -> Vec<Place> {
        let mut places = Vec::new();
        exprs.iter().for_each(|expr| self.places(*expr, FOLLOWED, &mut places));
        places
    }

    /// A condition on what came out of a query, `if updated > 0`, asks for what that was about.
    pub(super) fn asks_by_name(&mut self, cond: ExprId) {
        let mut names = vec![cond];
        let tree = self.tree();
        while let Some(expr) = names.pop() {
            match tree.expr(expr).kind {
                ExprKind::Path(path) => {
                    let index = tree.single_name(path).and_then(|name| self.env.find(name));
                    let local = index.map(|index| &self.env.locals[index]).filter(|it| it.origin == Origin::Query);
                    if let Some((instance, init)) = local.and_then(|local| local.init)
                        && instance == self.instance
                    {
                        self.has_asked_for(&[init]);
                    }
                }
                _ => self.parts(tree, expr, &mut names),
            }
        }
    }

    /// What a condition asks for is there where it holds: `if exists(id) { … }`. What a match asks for its arms know.
    pub(super) fn where_it_is_there(&self, cond: ExprId, asked: &[Place]) -> (Vec<Place>, Vec<Place>) {
        match self.holds_where_there(cond) {
            Some(true) => (asked.to_vec(), Vec::new()),
            Some(false) => (Vec::new(), asked.to_vec()),
            None => (asked.to_vec(), asked.to_vec()),
        }
    }

    /// Whether a condition holds where what it asks for is there: `user.is_none()` does not. None where it can be either:
    /// `count == 0`.
    fn holds_where_there(&self, cond: ExprId) -> Option<bool> {
        let tree = self.tree();
        match tree.expr(cond).kind {
            ExprKind::Not(inner) => self.holds_where_there(inner).map(|holds| !holds),
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                let sides = [left, right].map(|side| self.holds_where_there(side));
                if sides[0] == sides[1] { sides[0] } else { None }
            }
            ExprKind::Binary { .. } => None,
            ExprKind::Method { call, .. } => {
                let method = tree.methods[call as usize];
                let mut facts = self.app.knowledge.methods(method.name).iter();
                let is_absent = facts.any(|fact| fact.returns.tests == Some(false));
                Some(method.args.len != 0 || !is_absent && method.name != crate::sym!("is_empty"))
            }
            _ => Some(true),
        }
    }

    fn places(&self, expr: ExprId, left: u32, places: &mut Vec<Place>) {
        if left == 0 || !self.is_input(expr) {
            return;
        }
        let tree = self.tree();
        if let Some(place) = self.place_of(expr) {
            let init = self.env.locals[place.local].init.filter(|_| place.fields.is_empty());
            if let Some((_, init)) = init.filter(|(instance, init)| *instance == self.instance && *init != expr) {
                self.places(init, left - 1, places);
            }
            places.push(place);
            return;
        }
        // Of the values that a statement is given those that say which rows it is about.
        if matches!(tree.expr(expr).kind, ExprKind::Method { .. })
            && let Some(text) = self.sql_of(Some(expr), &[])
        {
            let keys = self.keys_of(Some(expr), &[], Some(&text));
            if !keys.contains(&expr) {
                return keys.into_iter().for_each(|key| self.places(key, left, places));
            }
        }
        // What another row must not be is not looked for: `Id.ne(id)`.
        if let ExprKind::Method { receiver, call } = tree.expr(expr).kind
            && self.app.knowledge.is_word_of(Role::Exclude, tree.methods[call as usize].name)
        {
            return self.places(receiver, left, places);
        }
        let mut parts = Vec::new();
        self.parts(tree, expr, &mut parts);
        parts.into_iter().for_each(|part| self.places(part, left, places));
    }

    /// The expressions that an expression is made of.
    pub(super) fn parts(&self, tree: &Tree, expr: ExprId, parts: &mut Vec<ExprId>) {
        match tree.expr(expr).kind {
            ExprKind::Closure(index) => parts.push(tree.closures[index as usize].body),
            ExprKind::Block(index) => parts.extend(tree.blocks[index as usize].tail),
            ExprKind::Match { value, arms } => {
                parts.push(value);
                parts.extend(tree.arm_run(arms).iter().map(|arm| arm.body));
            }
            ExprKind::If { cond, then, otherwise } => parts.extend([cond, then].into_iter().chain(otherwise)),
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let call = facts.macro_call(call);
                parts.extend(facts.tree.expr_run(call.args));
                parts.extend(facts.tree.expr_run(call.captures));
            }
            _ => parts.extend(tree.operands(expr)),
        }
    }
}

/// Whether a value is, or holds, what a query yielded.
fn is_queried(ty: &Ty) -> bool {
    ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::Queried(_))))
}
