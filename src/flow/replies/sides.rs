//! Which code runs because something has failed or is absent, as far as patterns and tests say.

use super::{Here, Local, Walk};
use crate::app::{Def, Namespace};
use crate::knowledge::Pattern;
use crate::symbol::Sym;
use crate::syntax::{BinaryOp, ExprId, ExprKind, Pat, PatId, PathId, Run};

impl Walk<'_> {
    /// Whether a pattern is for what has succeeded, or failed; `None` where it says nothing about that.
    pub(super) fn side(&self, pat: PatId, here: &Here) -> Option<bool> {
        let tree = self.tree(here);
        let sides = |pats| tree.pat_run(pats).iter().map(|pat| self.side(*pat, here)).collect::<Vec<_>>();
        match tree.pat(pat) {
            Pat::TupleStruct { path, pats } => match (self.succeeds(path, here)?, sides(pats).as_slice()) {
                (true, [Some(false)]) | (false, _) => Some(false),
                (true, _) => Some(true),
            },
            Pat::Path(path) => self.succeeds(path, here).filter(|succeeds| !succeeds),
            Pat::Bind { sub: Some(sub), .. } => self.side(sub, here),
            Pat::Bind { name, .. } => {
                let found = self.app.resolve(here.module, &[name], false, Namespace::Values)?.def;
                self.def_succeeds(found).filter(|succeeds| !succeeds)
            }
            Pat::Tuple(pats) => {
                let sides = sides(pats);
                if sides.contains(&Some(false)) { Some(false) } else { sides.into_iter().flatten().next() }
            }
            Pat::Or(pats) => {
                let sides = sides(pats);
                let first = *sides.first()?;
                sides.iter().all(|side| *side == first).then_some(first)?
            }
            _ => None,
        }
    }

    /// Whether a pattern takes what arms before it have left.
    pub(super) fn takes_rest(&self, pat: PatId, here: &Here) -> bool {
        match self.tree(here).pat(pat) {
            Pat::Wild => true,
            Pat::Bind { sub: None, .. } => self.side(pat, here).is_none(),
            _ => false,
        }
    }

    /// Whether a constructor is that of something that has succeeded: `Ok`, `Some`.
    pub(super) fn succeeds(&self, path: PathId, here: &Here) -> Option<bool> {
        self.def_succeeds(self.resolve(path, here)?)
    }

    fn def_succeeds(&self, def: Def) -> Option<bool> {
        match def {
            Def::External(path) => self.constructor_succeeds(path),
            _ => None,
        }
    }

    pub(super) fn constructor_succeeds(&self, path: Sym) -> Option<bool> {
        let fact = self.app.knowledge.calls(path).first()?;
        match &fact.returns.ty {
            Pattern::Named(of, _) if self.app.knowledge.can_fail(*of) => Some(!fact.returns.fails),
            _ => None,
        }
    }

    /// Whether something has failed where a condition holds, or where it does not.
    pub(super) fn fails(&self, cond: ExprId, truth: bool, here: &Here) -> bool {
        let tree = self.tree(here);
        match tree.expr(cond).kind {
            ExprKind::Not(inner) => self.fails(inner, !truth, here),
            // One side is enough where both hold; where only one does, both have to say it.
            ExprKind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right } => {
                let sides = [left, right].map(|side| self.fails(side, truth, here));
                if (op == BinaryOp::And) == truth { sides.contains(&true) } else { !sides.contains(&false) }
            }
            ExprKind::Let { pat, .. } => self.side(pat, here) == Some(!truth),
            ExprKind::Method { call, .. } => {
                let method = tree.methods[call as usize];
                let mut facts = self.app.knowledge.methods(method.name).iter();
                method.args.len == 0 && facts.any(|fact| fact.returns.tests == Some(!truth))
            }
            _ => false,
        }
    }

    /// Adds what `if let` binds.
    pub(super) fn declare_in_condition(&self, cond: ExprId, here: &mut Here) {
        match self.tree(here).expr(cond).kind {
            ExprKind::Let { pat, .. } => self.declare(pat, None, here),
            ExprKind::Binary { op: BinaryOp::And, left, right } => {
                self.declare_in_condition(left, here);
                self.declare_in_condition(right, here);
            }
            _ => {}
        }
    }

    /// Follows what stands inside of an expression that itself becomes no response: it may return one.
    pub(super) fn inside(&mut self, expr: ExprId, here: &Here) {
        let tree = self.tree(here);
        let parts: Vec<ExprId> = match tree.expr(expr).kind {
            ExprKind::Call { callee, .. } => std::iter::once(callee).chain(tree.operands(expr)).collect(),
            ExprKind::Assign { target, value } => vec![target, value],
            ExprKind::Loop { cond, body } => cond.into_iter().chain([body]).collect(),
            ExprKind::For { iter, body, .. } => vec![iter, body],
            ExprKind::Select { arms } => {
                tree.arm_run(arms).iter().flat_map(|arm| arm.guard.into_iter().chain([arm.body])).collect()
            }
            ExprKind::Break(value) | ExprKind::Yield(value) => value.into_iter().collect(),
            ExprKind::Macro(call) => tree.expr_run(self.app.facts(here.instance).macro_call(call).args).to_vec(),
            _ => tree.operands(expr),
        };
        parts.into_iter().for_each(|part| self.walk(part, here, false));
    }

    /// Adds what the pattern for what has succeeded binds: `Ok(text)`.
    pub(super) fn declare_success(&self, pat: PatId, value: ExprId, here: &mut Here) {
        let tree = self.tree(here);
        if let Pat::TupleStruct { pats, .. } = tree.pat(pat)
            && let [inner] = tree.pat_run(pats)
            && let Pat::Bind { name, sub: None, .. } = tree.pat(*inner)
        {
            return here.locals.push((name, Local::Success(here.instance, value)));
        }
        self.declare(pat, None, here);
    }

    /// Adds the locals that a pattern binds.
    pub(super) fn declare(&self, pat: PatId, init: Option<ExprId>, here: &mut Here) {
        let tree = self.tree(here);
        let all = |pats: Run| tree.pat_run(pats).to_vec();
        match (tree.pat(pat), init) {
            (Pat::Bind { name, sub: None, .. }, Some(init)) => {
                here.locals.push((name, Local::Value(here.instance, init)));
            }
            (Pat::Bind { name, sub, .. }, _) => {
                here.locals.push((name, Local::Other));
                sub.into_iter().for_each(|sub| self.declare(sub, None, here));
            }
            (Pat::Tuple(pats), Some(init)) => {
                for (index, pat) in all(pats).into_iter().enumerate() {
                    match tree.pat(pat) {
                        Pat::Bind { name, sub: None, .. } => {
                            here.locals.push((name, Local::Part(here.instance, init, index)));
                        }
                        _ => self.declare(pat, None, here),
                    }
                }
            }
            (Pat::TupleStruct { path, pats }, _) => {
                let fails = self.succeeds(path, here) == Some(false);
                for pat in all(pats) {
                    match tree.pat(pat) {
                        Pat::Bind { name, sub: None, .. } if fails => here.locals.push((name, Local::Error)),
                        _ => self.declare(pat, None, here),
                    }
                }
            }
            (Pat::Tuple(pats) | Pat::Slice(pats) | Pat::Or(pats), _) => {
                all(pats).into_iter().for_each(|pat| self.declare(pat, None, here));
            }
            (Pat::Struct { fields, .. }, _) => {
                let fields: Vec<PatId> = tree.field_pat_run(fields).iter().map(|(_, pat)| *pat).collect();
                fields.into_iter().for_each(|pat| self.declare(pat, None, here));
            }
            (Pat::Wild | Pat::Rest | Pat::Path(_) | Pat::Value, _) => {}
        }
    }
}
