//! Errors that are answered as a success: types of errors that say nothing of the status, responses made of errors, and
//! what is answered where something has failed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Flow;
use super::facts::{At, Mode};
use super::plain::{has_error_status, is_of_framework, is_plain, is_response, is_success};
use super::replies::{Reply, Said, Walk, names_success};
use super::unify::awaited;
use crate::app::{AdtId, App, EntryPoint, FnId, Head, ImplId, InstanceId, Target, Ty};
use crate::knowledge::{EntryKind, TraitFact};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, GenericArg, Pat, PatId, Tree, Type};

/// A handler whose errors are sent with the status of success.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlainError {
    /// The handler.
    pub handler: Target,
    /// The error's type, where the handler says what it returns.
    pub at: At,
    /// The name of that type, where the handler does not say it.
    pub name: Option<Sym>,
}

/// A type that is returned as an error and becomes a response with the status of success.
#[derive(Clone, Copy, Debug)]
pub struct SuccessfulError {
    /// The type.
    pub adt: AdtId,
    /// What makes the response; none where a derive does.
    pub function: Option<FnId>,
    /// What gives it the status, or the variant that has none.
    pub at: At,
    /// The status, where it is named.
    pub status: Option<u16>,
    /// A function that returns it as an error.
    pub returned_by: Option<FnId>,
}

/// An answer that says that something went wrong, with the status of success.
#[derive(Clone, Copy, Debug)]
pub struct AnsweredFailure {
    /// The body that makes it.
    pub target: Target,
    /// What makes it the answer.
    pub at: At,
    /// The status, where it is named.
    pub status: Option<u16>,
}

impl Flow {
    /// Handlers that return errors of a type which says nothing of the status.
    pub fn plain_errors(&self, app: &App) -> Vec<PlainError> {
        let mut found: Vec<PlainError> = Vec::new();
        for entry in app.entries.iter().filter(|entry| entry.kind == EntryKind::Handler) {
            let is_known = found.iter().any(|it| it.handler == entry.target);
            if !is_known && !has_error_status(app, entry.framework) {
                found.extend(self.plain_error(app, entry));
            }
        }
        found
    }

    fn plain_error(&self, app: &App, entry: &EntryPoint) -> Option<PlainError> {
        let handler = entry.target;
        let is_meant = |error: &Ty| is_plain(app, Some(entry.framework), error);
        let name = |error: &Ty| Some(Sym::from(error.external_path()?.as_str().rsplit("::").next()?));
        match handler {
            Target::Fn(function) => {
                let declared = error_of(app, function)?;
                let seen = self.facts_of(handler).and_then(|facts| facts.error.as_ref());
                let seen = seen.filter(|_| super::body::is_bound(app, &declared));
                if !is_meant(seen.unwrap_or(&declared)) || !may_fail(app, function) {
                    return None;
                }
                // `()` has no name, and what stands there is no path.
                let unit = (declared == Ty::UNIT).then(|| Sym::from("()"));
                Some(PlainError { handler, at: error_type_at(app, function)?, name: seen.and_then(name).or(unit) })
            }
            Target::Closure { instance, expr, .. } => {
                let returns = awaited(app, self.returns_of(handler)?);
                let error = Some(returns.arg(1)).filter(|_| returns.is_external(crate::sym!("std::result::Result")))?;
                let at = At { instance, span: app.facts(instance).tree.expr(expr).span };
                is_meant(&error).then(|| PlainError { handler, at, name: name(&error) })
            }
        }
    }

    /// Types that are returned as errors and become responses with the status of success.
    pub fn successful_errors(&self, app: &App) -> Vec<SuccessfulError> {
        let mut found = Vec::new();
        for (adt, id, fact) in app.known_impls().filter(|(.., fact)| fact.kind == EntryKind::Responder) {
            // What a framework makes responses of with a status for errors is there for errors, if it is made one.
            let returned_by =
                returned_by(app, adt).or_else(|| self.failing_as_type(adt).filter(|_| fact.status.is_some()));
            if returned_by.is_none() {
                continue;
            }
            let is_meant = |reply: &Reply| {
                let by_name = || reply.here.arm.is_some_and(|(at, pat)| names_error(app, at, pat));
                reply.succeeds() && !reply.here.is_error && (!is_also_success(app, adt) || by_name())
            };
            // One place stands for all of them.
            let first = response_of(app, id, fact, Some(self.answers.always_successful()))
                .into_iter()
                .find(|(_, reply)| is_meant(reply));
            found.extend(first.map(|(function, reply)| {
                let status = code(reply.here.said);
                SuccessfulError { adt, function: Some(function), at: reply.at, status, returned_by }
            }));
        }
        for adt in (0..app.adts.len()).map(|index| AdtId(index as u32)) {
            found.extend(derived(app, adt));
        }
        // A file that belongs to two crates is read once for each.
        found.sort_by_key(|it| (app.place(it.at.instance, it.at.span), it.adt));
        found.dedup_by_key(|it| app.place(it.at.instance, it.at.span));
        found
    }

    /// A function in which something fails with an error of this type.
    fn failing_as_type(&self, adt: AdtId) -> Option<FnId> {
        self.bodies().find_map(|(target, facts, _)| {
            let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
            let is_meant = facts.fails_as.contains(&adt) || facts.converted.contains(&adt);
            is_meant.then_some(id)
        })
    }

    /// Answers that say that something went wrong, where something has failed, with the status of success.
    pub fn answered_failures(&self, app: &App) -> &[AnsweredFailure] {
        self.answered.get_or_init(|| self.find_answered_failures(app))
    }

    fn find_answered_failures(&self, app: &App) -> Vec<AnsweredFailure> {
        let (mut found, mut wrapped) = (Vec::new(), std::collections::BTreeSet::new());
        let kinds: FxHashMap<Target, EntryKind> = app.entries.iter().map(|entry| (entry.target, entry.kind)).collect();
        for (target, _, reached) in self.bodies().filter(|(.., reached)| reached.mode != Mode::Detached) {
            let kind = kinds.get(&target);
            if kind != Some(&EntryKind::Handler) && !may_respond(app, target) {
                continue;
            }
            // What catchers answer has the status that they catch.
            let is_other = matches!(kind, Some(EntryKind::Responder | EntryKind::Conversion | EntryKind::Catcher));
            let is_caught = app.entries[reached.entry].kind == EntryKind::Catcher;
            let (Some(body), false) = (body_of(app, target), is_other || is_caught) else { continue };
            let (Target::Fn(within) | Target::Closure { within, .. }) = target;
            let mut walk = Walk::new(app, within, declared(app, target, self.answers.always_successful()));
            walk.successful = Some(self.answers.always_successful());
            walk.run(body);
            found.extend(failures_in(&mut walk, target));
            wrapped.extend(walk.wrapped());
        }
        // `Json(load().await)`: what the function makes is the answer.
        wrapped.retain(|function| self.facts_of(Target::Fn(*function)).is_some());
        for function in wrapped {
            let target = Target::Fn(function);
            let mut walk = Walk::new(app, function, Said::Plain);
            walk.successful = Some(self.answers.always_successful());
            walk.run(match body_of(app, target) {
                Some(body) => body,
                None => continue,
            });
            found.extend(failures_in(&mut walk, target));
        }
        found.sort_by_key(|it| (app.place(it.at.instance, it.at.span), it.target));
        found.dedup_by_key(|it| app.place(it.at.instance, it.at.span));
        found
    }
}

/// The answers among what has been followed that say of a failure that it is one, with the status of success.
fn failures_in(walk: &mut Walk<'_>, target: Target) -> Vec<AnsweredFailure> {
    let replies = std::mem::take(&mut walk.replies);
    let is_meant = |reply: &&Reply| {
        let is_named = matches!(reply.here.said, Said::Code(_));
        reply.here.failing
            && reply.succeeds()
            && (is_named || !reply.here.is_error)
            && walk.is_about_error(reply.content, &reply.here)
    };
    let found = replies
        .iter()
        .filter(is_meant)
        .map(|reply| AnsweredFailure { target, at: reply.at, status: code(reply.here.said) })
        .collect();
    walk.replies = replies;
    found
}

fn code(said: Said) -> Option<u16> {
    match said {
        Said::Code(code) => Some(code),
        _ => None,
    }
}

/// What a function returns, once it has been awaited.
fn returns(app: &App, function: FnId) -> Ty {
    awaited(app, &app.signature(function).returns())
}

/// The type of the errors that a function returns.
fn error_of(app: &App, function: FnId) -> Option<Ty> {
    let returns = returns(app, function);
    returns.is_external(crate::sym!("std::result::Result")).then(|| returns.arg(1))
}

/// Where a function says of what type its errors are: at the alias, where that does.
fn error_type_at(app: &App, function: FnId) -> Option<At> {
    let (instance, _) = app.home(function);
    let tree = &app.facts(instance).tree;
    let Type::Path(path) = tree.ty(app.function(function).ret?) else { return None };
    let given = tree.segments_of(path).last().map(|last| tree.generic_arg_run(last.args)).unwrap_or_default();
    let error = match given {
        [_, GenericArg::Type(error), ..] => path_in(tree, *error),
        _ => None,
    };
    Some(At { instance, span: tree.path(error.unwrap_or(path)).span })
}

fn path_in(tree: &Tree, ty: crate::syntax::TypeId) -> Option<crate::syntax::PathId> {
    match tree.ty(ty) {
        Type::Path(path) => Some(path),
        Type::Tuple(parts) => tree.type_run(parts).iter().find_map(|part| path_in(tree, *part)),
        _ => None,
    }
}

/// Whether something in a function can make it return an error: not where all that it yields is `Ok(…)`.
pub(super) fn may_fail(app: &App, function: FnId) -> bool {
    let (instance, _) = app.home(function);
    let tree = &app.facts(instance).tree;
    let it = app.function(function);
    let Some(body) = it.body else { return false };
    let exprs = &tree.exprs[it.exprs.0 as usize..it.exprs.1 as usize];
    let leaves = exprs.iter().any(|expr| match expr.kind {
        ExprKind::Try(_) => true,
        ExprKind::Return(value) => value.is_some_and(|value| !always_succeeds(tree, value)),
        _ => false,
    });
    leaves || !always_succeeds(tree, body)
}

fn always_succeeds(tree: &Tree, expr: ExprId) -> bool {
    match tree.expr(expr).kind {
        ExprKind::Block(index) => tree.blocks[index as usize].tail.is_none_or(|tail| always_succeeds(tree, tail)),
        ExprKind::If { then, otherwise, .. } => {
            always_succeeds(tree, then) && otherwise.is_none_or(|otherwise| always_succeeds(tree, otherwise))
        }
        ExprKind::Match { arms, .. } => tree.arm_run(arms).iter().all(|arm| always_succeeds(tree, arm.body)),
        ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
            ExprKind::Path(path) => tree.last_name(path) == Some(crate::sym!("Ok")),
            _ => false,
        },
        ExprKind::Return(_) => true,
        _ => false,
    }
}

/// A function that runs for requests, and what it returns as an error is of a type: a handler, if there is one.
fn returned_by(app: &App, adt: AdtId) -> Option<FnId> {
    let mut entries: Vec<_> = app.entries.iter().collect();
    entries.sort_by_key(|entry| entry.kind != EntryKind::Handler);
    entries.into_iter().find_map(|entry| match entry.target {
        Target::Fn(id) if error_of(app, id).is_some_and(|error| error.head == Head::Adt(adt)) => Some(id),
        _ => None,
    })
}

/// Whether a type is also what handlers return when all is well.
fn is_also_success(app: &App, adt: AdtId) -> bool {
    let handlers = app.entries.iter().filter(|entry| entry.kind == EntryKind::Handler);
    handlers.into_iter().any(|entry| match entry.target {
        Target::Fn(id) => {
            let returns = returns(app, id);
            let is_result = returns.is_external(crate::sym!("std::result::Result"));
            let value = if is_result { returns.arg(0) } else { returns };
            value.head == Head::Adt(adt)
        }
        Target::Closure { .. } => false,
    })
}

/// The responses that an impl makes, with the function that does.
pub(super) fn response_of(
    app: &App,
    id: ImplId,
    fact: &TraitFact,
    successful: Option<&FxHashSet<AdtId>>,
) -> Vec<(FnId, Reply)> {
    let mut all = Vec::new();
    for name in &fact.methods {
        let functions = app.impls[id.index()].functions.iter();
        let Some(&function) = functions.into_iter().find(|id| app.functions[id.index()].name == *name) else {
            continue;
        };
        let Some(body) = body_of(app, Target::Fn(function)) else { continue };
        let mut walk = Walk::new(app, function, Said::Nothing);
        walk.successful = successful;
        walk.run(body);
        let is_known = !walk.replies.is_empty()
            && walk.replies.iter().all(|reply| matches!(reply.here.said, Said::Code(_) | Said::Plain));
        all.extend(walk.replies.into_iter().map(|reply| (function, reply)));
        // A whole response has a status; the method that only says the status is asked for where it does not.
        if is_known || all.iter().any(|(_, reply): &(FnId, Reply)| reply.succeeds()) {
            break;
        }
    }
    all
}

/// Whether a pattern is for a variant that is named after what went wrong.
fn names_error(app: &App, instance: InstanceId, pat: PatId) -> bool {
    let tree = &app.facts(instance).tree;
    match tree.pat(pat) {
        Pat::Path(path) | Pat::TupleStruct { path, .. } | Pat::Struct { path, .. } => {
            tree.last_name(path).is_some_and(super::replies::names_error)
        }
        _ => false,
    }
}

/// The variants of a type with a derived response that have no status of their own, and hold nothing that has one.
fn derived(app: &App, adt: AdtId) -> Vec<SuccessfulError> {
    let Some(framework) = app.derives_trait(adt, EntryKind::Responder) else { return Vec::new() };
    let Some(returned_by) = returned_by(app, adt) else { return Vec::new() };
    let variants = app.adt(adt).variants.iter().zip(app.fields(adt)).enumerate();
    let instance = app.adts[adt.index()].instance;
    let silent = variants.filter_map(|(number, (variant, fields))| {
        let status = app.response_attribute(adt, number);
        let is_silent = match status {
            Some(status) => is_success(status) && !names_success(variant.name),
            None => fields.first().is_none_or(|(_, field)| is_plain(app, Some(framework), field)),
        };
        let at = At { instance, span: variant.span };
        is_silent.then_some(SuccessfulError { adt, function: None, at, status, returned_by: Some(returned_by) })
    });
    if is_also_success(app, adt) { Vec::new() } else { silent.collect() }
}

/// Whether a body can yield a response, by its type.
fn may_respond(app: &App, target: Target) -> bool {
    let Target::Fn(id) = target else { return true };
    let returns = returns(app, id);
    let value = if returns.is_external(crate::sym!("std::result::Result")) { returns.arg(0) } else { returns };
    match value.head {
        Head::External(path) => is_of_framework(app, path),
        Head::Tuple => !value.args().is_empty(),
        Head::Bounds | Head::Unknown | Head::Param(_) => true,
        _ => false,
    }
}

/// What a body says of the status of what it yields, by its type alone.
fn declared(app: &App, target: Target, successful: &FxHashSet<AdtId>) -> Said {
    let handler = app.entries.iter().find(|entry| entry.target == target && entry.kind == EntryKind::Handler);
    let Target::Fn(id) = target else { return if handler.is_some() { Said::Typed } else { Said::Nothing } };
    let returns = returns(app, id);
    let value = if returns.is_external(crate::sym!("std::result::Result")) { returns.arg(0) } else { returns };
    match handler {
        Some(entry) if is_plain(app, Some(entry.framework), &value) => Said::Plain,
        Some(_) if matches!(value.head, Head::Adt(adt) if successful.contains(&adt)) => Said::Plain,
        Some(_) if matches!(value.head, Head::Bounds | Head::External(_)) => Said::Typed,
        None if is_plain(app, None, &value) && is_response(app, &value) => Said::Plain,
        _ => Said::Nothing,
    }
}

/// The body of a function or closure.
fn body_of(app: &App, target: Target) -> Option<(InstanceId, ExprId)> {
    match target {
        Target::Fn(id) => Some((app.home(id).0, app.function(id).body?)),
        Target::Closure { instance, expr, .. } => match app.facts(instance).tree.expr(expr).kind {
            ExprKind::Closure(index) => Some((instance, app.facts(instance).tree.closures[index as usize].body)),
            _ => None,
        },
    }
}
