//! Calls that make responses, and calls whose closures stand in for what has failed.

use super::{Here, Local, Said, Walk, is_success};
use crate::app::{Def, Head, InstanceId};
use crate::knowledge::{EntryKind, Pattern, Responds, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, Method, Pat, PathId};

impl Walk<'_> {
    pub(super) fn call(&mut self, expr: ExprId, callee: ExprId, args: &[ExprId], here: &Here) {
        let def = match self.tree(here).expr(callee).kind {
            ExprKind::Path(path) => self.resolve(path, here),
            _ => None,
        };
        let Some(Def::External(path)) = def else { return self.made_by_own(expr, here) };
        let knowledge = &self.app.knowledge;
        if let Some(succeeds) = self.constructor_succeeds(path) {
            let is_error = here.is_error || !succeeds;
            // What a type says of the status of success says nothing about an error's.
            let said = match here.said {
                _ if is_error => Said::Nothing,
                Said::Nothing if here.is_outermost => self.declared,
                said => said,
            };
            let failing = here.failing || !succeeds;
            let inner = Here { is_error, said, failing, is_outermost: false, ..here.clone() };
            return self.each(args, &inner, true);
        }
        let of = path.as_str().rsplit_once("::").map(|(of, _)| Sym::from(of));
        let said = match (knowledge.response(path, None), knowledge.status(path)) {
            // `Debug(error)`, which is always a failure
            (Some(Responds::With(code)), _) if !is_success(code) => Some(Said::Code(code)),
            (Some(Responds::With(_)), _) => Some(Said::Plain),
            (Some(Responds::Like(_)), _) => Some(Said::Nothing),
            (None, Some((code, _))) => Some(Said::Code(code)),
            // `Template::render(…)`
            (None, None) => of.filter(|of| self.is_made_to_respond(*of)).map(|_| Said::Plain),
        };
        match said {
            Some(said) if args.len() == 1 => {
                self.each(args, &self.answering(expr, here).saying(said), true);
            }
            Some(said) => self.leaf_and_inside(expr, &self.answering(expr, here).saying(said)),
            None => self.leaf_and_inside(expr, here),
        }
    }

    /// A call of the project's own functions, which say the status unless something around it does.
    fn made_by_own(&mut self, expr: ExprId, here: &Here) {
        let said = match here.said {
            Said::Nothing | Said::Typed => {
                let called = self.called(expr, here);
                self.said_by_functions(&called)
            }
            _ => Said::Nothing,
        };
        match said {
            Said::Nothing => self.leaf_and_inside(expr, here),
            said => self.leaf_and_inside(expr, &here.saying(said)),
        }
    }

    fn leaf_and_inside(&mut self, expr: ExprId, here: &Here) {
        self.leaf(expr, here);
        self.inside(expr, here);
    }

    fn each(&mut self, exprs: &[ExprId], here: &Here, is_value: bool) {
        exprs.iter().for_each(|expr| self.walk(*expr, here, is_value));
    }

    pub(super) fn method(&mut self, expr: ExprId, receiver: ExprId, method: Method, here: &Here) {
        if self.makes_response(method.name) {
            self.each(self.tree(here).expr_run(method.args), here, false);
            return self.walk(receiver, &self.answering(expr, here).saying(Said::Typed), true);
        }
        if self.stand_in(receiver, method, here) {
            return;
        }
        let said = self.chain(expr, here);
        let args = self.tree(here).expr_run(method.args);
        match said {
            Said::Nothing | Said::Typed => self.made_by_own(expr, here),
            said => {
                let inner = self.answering(expr, here).saying(said);
                self.walk(receiver, here, false);
                match args {
                    [content] => self.walk(*content, &inner, true),
                    _ => {
                        self.leaf(expr, &inner);
                        self.each(args, here, false);
                    }
                }
            }
        }
    }

    /// Whether a type is one of a framework, whose functions make responses: `Template::render(…)`.
    fn is_made_to_respond(&self, ty: Sym) -> bool {
        let responds = self.app.knowledge.response(ty, None);
        matches!(responds, Some(Responds::With(_))) && self.app.knowledge.framework_of(ty).is_some()
    }

    /// Whether a method makes a response of what it is called on.
    fn makes_response(&self, name: Sym) -> bool {
        let of_responder = |fact: &crate::knowledge::TraitFact| {
            fact.kind == EntryKind::Responder && fact.status.is_none() && fact.methods.contains(&name)
        };
        self.app.knowledge.all_traits().any(of_responder)
    }

    /// Whether a value is of a type which says nothing of the status: a text, `json!({ … })`.
    pub(super) fn is_plain_value(&self, expr: ExprId, here: &Here) -> bool {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Literal(Literal::Str(_)) => true,
            ExprKind::Macro(call) => {
                let path = self.app.macro_path(here.instance, here.module, call);
                path.is_some_and(|path| self.app.knowledge.response(path, None).is_some())
            }
            ExprKind::Method { receiver, call } => {
                tree.methods[call as usize].args.len == 0 && self.is_plain_value(receiver, here)
            }
            ExprKind::Try(inner) | ExprKind::Await(inner) => self.is_plain_value(inner, here),
            ExprKind::Path(path) => match tree.single_name(path).and_then(|name| here.find(name)) {
                Some(index) => match here.locals[index].1 {
                    Local::Success(instance, value) => {
                        let inner = Here { instance, locals: here.locals[..index].to_vec(), ..here.clone() };
                        self.is_plain_value(value, &inner)
                    }
                    _ => false,
                },
                None => false,
            },
            ExprKind::Struct(index) => self.is_successful(tree.structs[index as usize].path, here),
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => self.makes_text(path, here) || self.is_successful(path, here),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether what is called makes a text, or fails to: `serde_json::to_string`.
    fn makes_text(&self, path: PathId, here: &Here) -> bool {
        matches!(self.resolve(path, here), Some(Def::External(path)) if self.app.knowledge.plays(path, Role::Serialize))
    }

    /// Whether what a path makes is of a type of the project whose responses have a status of success.
    fn is_successful(&self, path: PathId, here: &Here) -> bool {
        let made = match self.resolve(path, here) {
            Some(Def::Adt(adt) | Def::Variant(adt, _)) => Some(adt),
            Some(Def::Fn(id)) => match self.app.signature(id).returns().head {
                Head::Adt(adt) => Some(adt),
                _ => None,
            },
            _ => None,
        };
        made.is_some_and(|adt| self.successful.is_some_and(|successful| successful.contains(&adt)))
    }

    /// What a chain of methods says of the status: `HttpResponse::Ok().json(…)`, `builder.status(StatusCode::OK)`.
    fn chain(&self, expr: ExprId, here: &Here) -> Said {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let named = tree.expr_run(method.args).iter().find_map(|arg| self.named(*arg, here));
                match named {
                    Some(code) => Said::Code(code),
                    None if method.args.len > 0 && method.name.as_str().contains("status") => Said::Unknown,
                    None => self.chain(receiver, here),
                }
            }
            ExprKind::Call { callee, args } => {
                let named = tree.expr_run(args).iter().find_map(|arg| self.named(*arg, here));
                named.or_else(|| self.named(callee, here)).map_or(Said::Nothing, Said::Code)
            }
            _ => Said::Nothing,
        }
    }

    /// The status that an expression names.
    fn named(&self, expr: ExprId, here: &Here) -> Option<u16> {
        match self.tree(here).expr(expr).kind {
            ExprKind::Path(path) => self.code_of(path, here),
            _ => None,
        }
    }

    /// `(StatusCode::OK, Json(body))`: what stands before the body says the status, unless it is headers.
    pub(super) fn tuple(&mut self, expr: ExprId, parts: &[ExprId], here: &Here) {
        let Some((&body, before)) = parts.split_last() else { return self.leaf(expr, here) };
        let mut here = self.answering(expr, here);
        for &part in before {
            let mut said = Vec::new();
            self.statuses(part, None, &here, &mut said);
            match said.as_slice() {
                [(Said::Code(code), ..)] => here = here.saying(Said::Code(*code)),
                [(Said::Plain, ..)] => {}
                _ => {
                    // Each of them is the status of some of the responses.
                    for (said, inner, instance, expr) in said {
                        self.leaf(expr, &Here { instance, ..inner.saying(said) });
                    }
                    here = here.saying(Said::Unknown);
                }
            }
        }
        self.walk(body, &here, true);
    }

    /// The statuses that an expression can be: with what holds there, and where it stands.
    fn statuses(
        &self,
        expr: ExprId,
        part: Option<usize>,
        here: &Here,
        found: &mut Vec<(Said, Here, InstanceId, ExprId)>,
    ) {
        let tree = self.tree(here);
        let alone =
            |said: Said| (said, self.answering(expr, &Here { answer: None, ..here.clone() }), here.instance, expr);
        match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| here.find(name));
                match local.map(|index| (index, here.locals[index].1)) {
                    Some((index, Local::Value(instance, init))) => {
                        let inner = Here { instance, locals: here.locals[..index].to_vec(), ..here.clone() };
                        self.statuses(init, None, &inner, found);
                    }
                    Some((index, Local::Part(instance, init, number))) => {
                        let inner = Here { instance, locals: here.locals[..index].to_vec(), ..here.clone() };
                        self.statuses(init, Some(number), &inner, found);
                    }
                    Some(_) => found.push(alone(Said::Unknown)),
                    None => found.push(alone(self.said_by(path, here))),
                }
            }
            ExprKind::Tuple(parts) if part.is_some() => {
                if let Some(&inner) = part.and_then(|part| tree.expr_run(parts).get(part)) {
                    self.statuses(inner, None, here, found);
                }
            }
            ExprKind::Block(index) => match tree.blocks[index as usize] {
                block if block.tail.is_some() => {
                    block.tail.into_iter().for_each(|tail| self.statuses(tail, part, here, found));
                }
                _ => found.push(alone(Said::Unknown)),
            },
            ExprKind::If { then, otherwise, .. } => {
                [Some(then), otherwise].into_iter().flatten().for_each(|it| self.statuses(it, part, here, found));
            }
            ExprKind::Match { arms, .. } => {
                for arm in tree.arm_run(arms) {
                    let inner = here.because(false, Some((here.instance, arm.pat)));
                    self.statuses(arm.body, part, &inner, found);
                }
            }
            // Headers, each with its name.
            ExprKind::Array(_) => found.push(alone(Said::Plain)),
            _ => found.push(alone(Said::Unknown)),
        }
    }

    /// What a constant says of the status: a content type says nothing.
    fn said_by(&self, path: crate::syntax::PathId, here: &Here) -> Said {
        if let Some(code) = self.code_of(path, here) {
            return Said::Code(code);
        }
        let of = match self.resolve(path, here) {
            Some(Def::External(path)) => path.as_str().rsplit_once("::").map(|(of, _)| Sym::from(of)),
            _ => None,
        };
        of.and_then(|of| self.app.knowledge.response(of, None)).map_or(Said::Unknown, |_| Said::Plain)
    }

    /// Follows a call that yields something else for what has failed: `unwrap_or_else`, `or_else`. Says whether it is
    /// one.
    fn stand_in(&mut self, receiver: ExprId, method: Method, here: &Here) -> bool {
        let app = self.app;
        let args = self.tree(here).expr_run(method.args);
        let mut facts = app.knowledge.methods(method.name).iter();
        let fact = facts.find(|fact| {
            let of_fallible = matches!(&fact.receiver, Pattern::Named(path, _) if app.knowledge.can_fail(*path));
            of_fallible && fact.args.as_ref().is_some_and(|patterns| patterns.len() == args.len())
        });
        let Some(fact) = fact else { return false };
        let patterns = fact.args.as_deref().unwrap_or_default();
        let part = |pattern: &Pattern| match pattern {
            Pattern::Fn { ret: Some(ret), on_failure: true, .. } => part_of(ret, &fact.returns.ty),
            Pattern::Instead(inner) => part_of(inner, &fact.returns.ty),
            Pattern::Var(_) => part_of(pattern, &fact.returns.ty),
            _ => None,
        };
        let parts: Vec<Option<Part>> = patterns.iter().map(part).collect();
        if parts.iter().all(Option::is_none) {
            return false;
        }
        let is_mapped = patterns.iter().any(|pattern| matches!(pattern, Pattern::Fn { on_failure: false, .. }));
        self.walk(receiver, here, !is_mapped);
        for (&arg, part) in args.iter().zip(parts) {
            let Some(part) = part else {
                self.walk(arg, here, false);
                continue;
            };
            let mut inner = here.because(true, None);
            if part == Part::Error {
                (inner.is_error, inner.said) = (true, Said::Nothing);
            }
            self.declare_params(arg, &mut inner);
            self.walk(arg, &inner, true);
        }
        true
    }

    fn declare_params(&self, closure: ExprId, here: &mut Here) {
        let tree = self.tree(here);
        let ExprKind::Closure(index) = tree.expr(closure).kind else { return };
        for param in tree.param_run(tree.closures[index as usize].params) {
            match tree.pat(param.pat) {
                Pat::Bind { name, .. } => here.locals.push((name, Local::Error)),
                _ => self.declare(param.pat, None, here),
            }
        }
    }
}

/// Which part of what a call yields something becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value,
    Error,
}

fn part_of(given: &Pattern, returns: &Pattern) -> Option<Part> {
    if given == returns {
        return Some(Part::Value);
    }
    match (given, returns) {
        (Pattern::Var(_), Pattern::Named(_, args)) if args.first() == Some(given) => Some(Part::Value),
        (Pattern::Var(_), Pattern::Named(_, args)) if args.get(1) == Some(given) => Some(Part::Error),
        (Pattern::Named(given, _), Pattern::Named(returned, _)) if given == returned => Some(Part::Value),
        _ => None,
    }
}
