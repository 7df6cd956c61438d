//! Calls of other crates that nothing is known of: what is done with their results says that they can fail.

use super::eval::Eval;
use crate::app::{Def, Head, Mark, Ty, What};
use crate::knowledge::{Pattern, Reason, Role};
use crate::symbol::Sym;
use crate::syntax::{Arm, ExprId, ExprKind, Pat, PatId};

impl<'a> Eval<'a> {
    /// What a method is called on: a result, where only results have the method.
    pub(super) fn receiver_of(&mut self, receiver: ExprId, method: Sym, ty: Ty) -> Ty {
        match method.as_str() {
            "map_err" | "is_err" | "is_ok" => self.taken_for_result(receiver, ty),
            _ => ty,
        }
    }

    /// What is matched: a result, where a pattern is for one.
    pub(super) fn matched_by(&mut self, value: ExprId, ty: Ty, arms: &[Arm]) -> Ty {
        if is_blank(&ty) && arms.iter().any(|arm| self.is_for_results(arm.pat)) {
            return self.taken_for_result(value, ty);
        }
        ty
    }

    /// The same for a single pattern.
    pub(super) fn tested_by(&mut self, value: ExprId, ty: Ty, pat: PatId) -> Ty {
        if is_blank(&ty) && self.is_for_results(pat) { self.taken_for_result(value, ty) } else { ty }
    }

    fn taken_for_result(&mut self, expr: ExprId, ty: Ty) -> Ty {
        let call = if is_blank(&ty) { self.foreign_call(expr) } else { None };
        let is_meant = |call: &ExprId| {
            !self.is_given_plain_text(*call) && !self.says_nothing(*call) && !self.always_serialises(*call)
        };
        let Some(call) = call.filter(is_meant) else { return ty };
        let site = self.record_operation(call, None, Reason::Inside, false);
        let failed = Mark::of(What::CallFailed(site));
        Ty::external(crate::sym!("std::result::Result"), vec![ty, Ty::UNKNOWN]).marked(&[failed])
    }

    /// Whether a function is given nothing but texts that stand there, or that something of another crate is printed as:
    /// `HeaderValue::from_str(&id.to_string())` works, or it never does.
    fn is_given_plain_text(&self, call: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(call).kind {
            ExprKind::Call { args, .. } if args.len > 0 => {
                tree.expr_run(args).iter().all(|arg| self.is_plain_text(*arg))
            }
            _ => false,
        }
    }

    /// Whether the error of a call says nothing but that it has failed: what is dropped with it is nothing.
    fn says_nothing(&self, call: ExprId) -> bool {
        self.call_plays(call, Role::SaysNothing).is_some()
    }

    /// Whether a call only serialises something, and that cannot fail: a text, a number, a list of them.
    fn always_serialises(&self, call: ExprId) -> bool {
        let args = self.call_plays(call, Role::Serialize).unwrap_or_default();
        args.last().is_some_and(|arg| is_always_serialised(&self.peek(*arg)) || self.is_printed(*arg))
    }

    /// Whether a value is a text that has been made of something: `id.to_string()`, or a local that holds one.
    fn is_printed(&self, expr: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Ref(inner) => self.is_printed(inner),
            ExprKind::Method { call, .. } => {
                let method = tree.methods[call as usize];
                method.name == crate::sym!("to_string") && method.args.len == 0
            }
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                let init = local.and_then(|local| self.env.locals[local].init);
                init.is_some_and(|(instance, init)| instance == self.instance && self.is_printed(init))
            }
            _ => false,
        }
    }

    /// The arguments of a call that plays a part.
    fn call_plays(&self, call: ExprId, role: Role) -> Option<&'a [ExprId]> {
        let tree = self.tree();
        match tree.expr(call).kind {
            ExprKind::Call { callee, args } => match tree.expr(callee).kind {
                ExprKind::Path(path) => matches!(self.resolve(path),
                    Some(Def::External(path)) if self.app.knowledge.plays(path, role))
                .then(|| tree.expr_run(args)),
                _ => None,
            },
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                self.plays(method.name, &self.peek(receiver), role).then(|| tree.expr_run(method.args))
            }
            _ => None,
        }
    }

    fn is_plain_text(&self, arg: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(arg).kind {
            ExprKind::Literal(_) => true,
            ExprKind::Ref(inner) => self.is_plain_text(inner),
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let printed = self.peek(receiver);
                let is_other = matches!(printed.head, Head::External(_))
                    && !super::parts::takes_string(&printed)
                    && !super::parts::takes_any_error(&printed)
                    && !self.app.is_error(&printed);
                match method.name.as_str() {
                    "to_string" => is_other || matches!(tree.expr(receiver).kind, ExprKind::Literal(_)),
                    "as_str" | "as_ref" | "as_bytes" => self.is_plain_text(receiver),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// The call of another crate that an expression is the value of.
    pub(super) fn foreign_call(&self, expr: ExprId) -> Option<ExprId> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Await(inner) | ExprKind::Ref(inner) => self.foreign_call(inner),
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => matches!(self.resolve(path), Some(Def::External(_))).then_some(expr),
                _ => None,
            },
            // A method that the project has under this name may be the one that is called.
            ExprKind::Method { call, .. } => {
                let method = tree.methods[call as usize];
                self.app.methods_by_name(self.krate(), method.name, method.args.len as usize).is_empty().then_some(expr)
            }
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name))?;
                let (instance, call) = self.env.locals[local].made_by?;
                (instance == self.instance).then_some(call)
            }
            _ => None,
        }
    }

    /// Whether a pattern is one of `Ok(…)` and `Err(…)`.
    fn is_for_results(&self, pat: PatId) -> bool {
        let path = match self.tree().pat(pat) {
            Pat::TupleStruct { path, .. } => path,
            Pat::Bind { sub: Some(sub), .. } => return self.is_for_results(sub),
            _ => return false,
        };
        let Some(Def::External(path)) = self.pattern_def(path) else { return false };
        let constructor = self.app.knowledge.calls(path).first();
        constructor.is_some_and(
            |fact| matches!(&fact.returns.ty, Pattern::Named(of, _) if *of == crate::sym!("std::result::Result")),
        )
    }
}

/// Whether nothing is known of a value but the texts that may be in it.
fn is_blank(ty: &Ty) -> bool {
    ty.is_unknown() && ty.marks().iter().all(|mark| super::errors::is_text(mark.what))
}

/// Whether values of a type can be written whatever they are: texts, numbers, and lists and options of those.
fn is_always_serialised(ty: &Ty) -> bool {
    match ty.head {
        Head::External(path) => match path.as_str() {
            "std::string::String" | "str" => true,
            "std::option::Option" | "std::vec::Vec" => is_always_serialised(&ty.arg(0)),
            name => crate::app::is_primitive(name),
        },
        Head::Slice => is_always_serialised(&ty.arg(0)),
        _ => false,
    }
}
