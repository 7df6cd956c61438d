//! Code in braces: blocks, closures, expansions of macros.

use super::env::Origin;
use super::eval::Eval;
use super::facts::{Inside, Losing, Mode};
use super::losses::Risk;
use crate::app::{Head, InstanceId, Ty};
use crate::syntax::{Block, BlockFlavour, ExprId, ExprKind, MacroId, Stmt};

impl<'a> Eval<'a> {
    pub(super) fn block(&mut self, block: &Block) -> Ty {
        let state = self.env.state();
        let module = self.module;
        if let Some(scope) = block.scope {
            self.module = self.app.module_of(self.instance, scope);
        }
        let deferred = block.flavour != BlockFlavour::Plain;
        let outer = if deferred { std::mem::replace(&mut self.returned, Ty::NEVER) } else { Ty::NEVER };
        let inside = self.inside;
        if deferred {
            self.inside = Inside::Block;
        }
        let absences = self.facts.absences.len();
        let mut ty = self.block_value(block);
        if deferred {
            self.stays(absences);
            ty = std::mem::replace(&mut self.returned, outer).join(&ty);
        }
        (self.module, self.inside) = (module, inside);
        let end = self.env.restore(&state);
        if !deferred {
            self.env.join(vec![end]);
        }
        match block.flavour {
            BlockFlavour::Async => Ty::external(crate::app::future_path(), vec![ty]),
            _ => ty,
        }
    }

    /// Evaluates the statements of a block in the scope that is open.
    pub(super) fn block_value(&mut self, block: &Block) -> Ty {
        let mut diverged = false;
        let losses = self.facts.losses.len();
        for stmt in self.tree().stmt_run(block.stmts) {
            let ty = match *stmt {
                Stmt::Let { pat, ty, init, otherwise, span } => {
                    let risk = Risk { at: self.at(span), how: Losing::LetElse, kept: None, instead: false };
                    self.let_stmt(pat, ty, init, otherwise, risk)
                }
                Stmt::Expr(expr) => {
                    let ty = self.statement(expr);
                    // `validate(&form)?;`
                    if let ExprKind::Try(inner) = self.tree().expr(expr).kind {
                        self.looks_at(inner);
                    }
                    let risk = Risk { at: self.at(self.span(expr)), how: Losing::Dropped, kept: None, instead: false };
                    self.thrown_away(expr, &ty, risk);
                    ty
                }
            };
            diverged |= ty.head == Head::Never;
        }
        let in_statements = losses..self.facts.losses.len();
        let value = block.tail.map_or(Ty::UNIT, |tail| self.eval(tail));
        self.ends_with(in_statements, block, &value);
        if diverged || block.labelled && value.head == Head::Never {
            return if block.labelled { Ty::UNKNOWN } else { Ty::NEVER };
        }
        value
    }

    /// Evaluates an expression whose value is dropped. What a macro declares there is there for the statements behind.
    pub(super) fn statement(&mut self, expr: ExprId) -> Ty {
        let tree = self.tree();
        if let ExprKind::Macro(call) = tree.expr(expr).kind
            && let Some(&(instance, inner)) = self.app.expansions.get(&(self.instance, call))
            && let ExprKind::Block(index) = self.app.facts(instance).tree.expr(inner).kind
        {
            let block = self.app.facts(instance).tree.blocks[index as usize];
            if block.flavour == BlockFlavour::Plain && block.scope.is_none() {
                return self.inside_expansion(instance, |eval| eval.block_value(&block));
            }
        }
        self.eval(expr)
    }

    /// Evaluates something that stands in the expansion of a macro.
    pub(super) fn inside_expansion(&mut self, instance: InstanceId, inside: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let outer = std::mem::replace(&mut self.instance, instance);
        let ty = inside(self);
        self.instance = outer;
        ty
    }

    pub(super) fn macro_expr(&mut self, expr: ExprId, call: MacroId) -> Ty {
        match self.app.expansions.get(&(self.instance, call)) {
            Some(&(instance, inner)) => self.inside_expansion(instance, |eval| eval.eval(inner)),
            None => self.macro_call(expr, call),
        }
    }

    /// Evaluates a closure's body with parameters of these types, run in this way.
    pub(super) fn closure(&mut self, expr: ExprId, index: u32, params: &[Ty], mode: Mode) -> Ty {
        let tree = self.tree();
        let closure = tree.closures[index as usize];
        let state = self.env.state();
        let outer = (std::mem::replace(&mut self.returned, Ty::NEVER), self.mode, self.recording, self.inside);
        let absences = self.facts.absences.len();
        if self.only == Some((self.instance, expr)) {
            (self.recording, self.mode) = (true, Mode::Direct);
        } else {
            (self.mode, self.inside) = (mode.within(self.mode), Inside::Closure);
        }
        let handed = std::mem::take(&mut self.handed);
        for (position, param) in tree.param_run(closure.params).iter().enumerate() {
            let first = self.env.locals.len();
            let given = params.get(position).cloned().unwrap_or(Ty::UNKNOWN);
            let ty = param.ty.map_or(given.clone(), |ty| self.written(ty).join(&given));
            self.bind(param.pat, &ty);
            let is_body = self.only == Some((self.instance, expr));
            let is_asked = is_body && !self.is_given(&ty);
            self.come_from(first, if is_asked { Origin::Client } else { Origin::Own });
            let own = self.input_of_param(&ty, None, self.param_at(param));
            self.made_of_input(first, own.and(handed));
        }
        self.env.depth += 1;
        let value = self.eval(closure.body);
        self.env.depth -= 1;
        if self.only == Some((self.instance, expr)) {
            self.leaves(self.at(self.answer_span(closure.body)), &value);
        } else {
            self.stays(absences);
        }
        let value = std::mem::replace(&mut self.returned, outer.0).join(&value);
        (self.mode, self.recording, self.inside) = (outer.1, outer.2, outer.3);
        self.env.restore(&state);
        let declared = closure.ret.map(|ret| self.written(ret));
        let value = declared.map_or(value.clone(), |declared| declared.join(&value));
        let ret = if closure.is_async { Ty::external(crate::app::future_path(), vec![value]) } else { value };
        if self.only == Some((self.instance, expr)) {
            self.facts.returns = Some(ret.clone());
        }
        Ty::with(Head::Closure(self.instance, expr), vec![ret])
    }
}
