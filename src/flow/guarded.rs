//! What a body has looked at before it takes something for granted: a length, a prefix, whether a part is there.
//!
//! Whatever a condition mentions counts as looked at for the rest of the scope, however the condition turns out: that a
//! check is there is a reason to be silent.

use super::env::Place;
use super::eval::Eval;
use crate::symbol::Sym;
use crate::syntax::{BinaryOp, ExprId, ExprKind, Literal, Method};

/// Locals that conditions mention are followed through what they were made of so many times.
const FOLLOWED: u32 = 4;

/// A place that a condition mentions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Looked {
    pub(super) place: Place,
    pub(super) how: Look,
}

/// What is asked about a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    /// Whether it starts with so many bytes, where that is known.
    Prefix(Option<usize>),
    /// How long it is, or what it compares to.
    Extent,
    /// Anything else.
    Else,
}

impl Eval<'_> {
    /// A condition mentions places.
    pub(super) fn looks_at(&mut self, cond: ExprId) {
        let mut looked = Vec::new();
        self.mentioned_in(cond, Look::Else, FOLLOWED, &mut looked);
        // `form.validate()` is about all of the form.
        for receiver in self.asked_themselves(cond) {
            self.mentioned_in(receiver, Look::Else, FOLLOWED, &mut looked);
        }
        for it in looked {
            if !self.env.looked_at.contains(&it) {
                self.env.looked_at.push(it);
            }
        }
    }

    /// What the methods without arguments are called on whose answer a condition is.
    fn asked_themselves(&self, cond: ExprId) -> Vec<ExprId> {
        let tree = self.tree();
        let (mut open, mut asked) = (vec![cond], Vec::new());
        while let Some(expr) = open.pop() {
            match tree.expr(expr).kind {
                ExprKind::Not(inner)
                | ExprKind::Let { value: inner, .. }
                | ExprKind::Await(inner)
                | ExprKind::Try(inner) => open.push(inner),
                ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => open.extend([left, right]),
                ExprKind::Method { receiver, call }
                    if tree.methods[call as usize].args.len == 0
                        && self.asked_by(tree.methods[call as usize], Look::Else).is_none() =>
                {
                    asked.push(receiver);
                }
                _ => {}
            }
        }
        asked
    }

    fn mentioned_in(&self, expr: ExprId, how: Look, left: u32, looked: &mut Vec<Looked>) {
        if left == 0 {
            return;
        }
        let tree = self.tree();
        let asked = match tree.expr(expr).kind {
            ExprKind::Method { call, .. } => self.asked_by(tree.methods[call as usize], how),
            _ => None,
        };
        if asked.is_none()
            && let Some(place) = self.part_of(expr)
        {
            let local = &self.env.locals[place.local];
            let init = local.init.or(local.taken_from).filter(|(instance, _)| *instance == self.instance);
            match init {
                Some((_, init)) if place.fields.is_empty() => self.mentioned_in(init, how, left - 1, looked),
                // The same part of what the local is another name for.
                Some((_, init)) => looked.extend(self.part_of(init).filter(|of| of.local != place.local).map(|of| {
                    let fields = of.fields.iter().chain(&place.fields).copied().collect();
                    Looked { place: Place { local: of.local, fields }, how }
                })),
                None => {}
            }
            looked.push(Looked { place, how });
            return;
        }
        match tree.expr(expr).kind {
            ExprKind::Method { receiver, call } => {
                // What is asked of a local is asked of what it was made of.
                let of_rest = if left < FOLLOWED { how } else { Look::Else };
                self.mentioned_in(receiver, asked.unwrap_or(of_rest), left, looked);
                let args = tree.expr_run(tree.methods[call as usize].args);
                args.iter().for_each(|arg| self.mentioned_in(*arg, Look::Else, left, looked));
            }
            ExprKind::Binary { op, left: a, right: b } => {
                let how = if op == BinaryOp::Compare { Look::Extent } else { how };
                self.mentioned_in(a, how, left, looked);
                self.mentioned_in(b, how, left, looked);
            }
            ExprKind::Closure(index) => self.mentioned_in(tree.closures[index as usize].body, how, left, looked),
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let args = facts.tree.expr_run(facts.macro_call(call).args);
                args.iter().for_each(|arg| self.mentioned_in(*arg, Look::Else, left, looked));
            }
            _ => tree.operands(expr).into_iter().for_each(|part| self.mentioned_in(part, how, left, looked)),
        }
    }

    /// What a method asks of what it is called on, where it does not take a part of it.
    fn asked_by(&self, method: Method, how: Look) -> Option<Look> {
        match method.name.as_str() {
            "starts_with" | "strip_prefix" => {
                let first = self.tree().expr_run(method.args).first();
                Some(Look::Prefix(first.and_then(|arg| self.length_of(*arg))))
            }
            "len" | "is_empty" | "ends_with" | "eq" | "ne" | "count" => Some(Look::Extent),
            "as_str" | "as_bytes" | "as_ref" | "trim" | "to_lowercase" | "clone" | "iter" | "chars" => Some(how),
            _ => None,
        }
    }

    /// A local, or a part of one: a field, what a method without arguments yields, what is there by a key.
    fn part_of(&self, expr: ExprId) -> Option<Place> {
        let tree = self.tree();
        let (of, part) = match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                return Some(Place { local: self.env.find(tree.single_name(path)?)?, fields: Vec::new() });
            }
            ExprKind::Field { base, name } => (base, name),
            ExprKind::Index { base, index } => (base, self.key(index)?),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => return self.part_of(inner),
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                match tree.expr_run(method.args) {
                    [] => (receiver, method.name),
                    [key] => (receiver, self.key(*key)?),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let mut place = self.part_of(of)?;
        place.fields.push(part);
        Some(place)
    }

    fn key(&self, expr: ExprId) -> Option<Sym> {
        match self.tree().expr(expr).kind {
            ExprKind::Literal(Literal::Str(key)) => Some(key),
            ExprKind::Path(path) if self.tree().single_name(path).is_none_or(|name| self.env.find(name).is_none()) => {
                self.tree().last_name(path)
            }
            ExprKind::Ref(inner) => self.key(inner),
            _ => None,
        }
    }

    /// How many bytes a text has that stands there.
    fn length_of(&self, expr: ExprId) -> Option<usize> {
        match self.tree().expr(expr).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(text.as_str().len()),
            ExprKind::Literal(Literal::Char) => Some(1),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.length_of(inner),
            ExprKind::Path(path) => self.constant_text(path).map(|text| text.as_str().len()),
            _ => None,
        }
    }

    /// Whether something has been asked about what an expression names.
    pub(super) fn is_looked_at(&self, expr: ExprId) -> bool {
        match self.tree().expr(expr).kind {
            ExprKind::Path(_) => {
                let place = self.part_of(expr);
                let is_meant = |it: &Looked| place.as_ref().is_some_and(|place| it.place.local == place.local);
                self.env.looked_at.iter().any(is_meant)
            }
            ExprKind::Method { receiver, call } => {
                let name = self.tree().methods[call as usize].name;
                let is_same = matches!(name.as_str(), "as_ref" | "as_mut" | "as_deref" | "clone" | "cloned" | "take");
                is_same && self.is_looked_at(receiver)
            }
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.is_looked_at(inner),
            _ => false,
        }
    }

    /// What was asked about anything that an expression is made of.
    pub(super) fn looks_of(&self, expr: ExprId) -> Vec<Look> {
        let mut made_of = Vec::new();
        self.mentioned_in(expr, Look::Else, FOLLOWED, &mut made_of);
        let overlaps = |a: &Place, b: &Place| {
            a.local == b.local && (a.fields.starts_with(&b.fields) || b.fields.starts_with(&a.fields))
        };
        let meant = |it: &&Looked| made_of.iter().any(|own| overlaps(&own.place, &it.place));
        let mut looks: Vec<Look> = self.env.looked_at.iter().filter(meant).map(|it| it.how).collect();
        if let Some((_, chain)) = self.chain.filter(|(instance, _)| *instance == self.instance) {
            self.looks_in_chain(chain, &mut looks);
        }
        looks
    }

    /// What closures before in a chain of calls ask about what goes through it: `.filter(|it| it.len() > 2)`.
    fn looks_in_chain(&self, expr: ExprId, looks: &mut Vec<Look>) {
        let tree = self.tree();
        let asked = |name: Sym, arg: Option<&ExprId>| match name.as_str() {
            "starts_with" | "strip_prefix" => Some(Look::Prefix(arg.and_then(|arg| self.length_of(*arg)))),
            "len" | "is_empty" | "count" | "ends_with" | "filter" | "get" => Some(Look::Extent),
            _ => None,
        };
        let mut open = vec![expr];
        let mut within = Vec::new();
        while let Some(expr) = open.pop() {
            match tree.expr(expr).kind {
                ExprKind::Closure(index) => within.push(tree.closures[index as usize].body),
                _ => open.extend(tree.operands(expr)),
            }
        }
        while let Some(expr) = within.pop() {
            match tree.expr(expr).kind {
                ExprKind::Method { call, .. } => {
                    let method = tree.methods[call as usize];
                    looks.extend(asked(method.name, tree.expr_run(method.args).first()));
                    within.extend(tree.operands(expr));
                }
                ExprKind::Block(index) => {
                    let block = tree.blocks[index as usize];
                    within.extend(block.tail);
                    within.extend(tree.stmt_run(block.stmts).iter().filter_map(|stmt| match *stmt {
                        crate::syntax::Stmt::Expr(expr) => Some(expr),
                        crate::syntax::Stmt::Let { init, .. } => init,
                    }));
                }
                ExprKind::If { cond, then, otherwise } => within.extend([cond, then].into_iter().chain(otherwise)),
                _ => within.extend(tree.operands(expr)),
            }
        }
    }
}
