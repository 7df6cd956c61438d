//! What expressions are made of that the client has sent, as far as it matters for what panics: where it is taken from
//! the request, and which parameters of the function it comes in with.

use super::env::Origin;
use super::eval::Eval;
use super::facts::At;
use super::inputs::is_shared;
use super::lookups::bit;
use crate::app::{Def, FnId, Head, Ty};
use crate::knowledge::Role;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Method, Param, Pat, PatId, Type};

/// What a value is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Input {
    /// Which parameters of the function, one bit for each.
    pub(super) params: u32,
    /// Where it is taken from the request, if that is in the function.
    pub(super) sent: Option<Sent>,
}

/// Something of the client's that is taken from a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// Where.
    pub at: At,
    /// The type, or the call that yields it.
    pub of: Sym,
}

/// What a call gives to functions of the project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gift {
    /// Any of these.
    pub(super) targets: Vec<FnId>,
    /// The number of the argument.
    pub(super) argument: u16,
    /// What it is made of.
    pub(super) input: Input,
    /// Whether it is a text that stands there.
    pub(super) stands: bool,
}

impl Input {
    /// What is made of both.
    pub(super) fn and(self, other: Input) -> Input {
        Input { params: self.params | other.params, sent: self.sent.or(other.sent) }
    }

    /// Whether it is made of nothing that is known.
    pub(super) fn is_none(self) -> bool {
        self.params == 0 && self.sent.is_none()
    }
}

impl Eval<'_> {
    /// What a parameter of a type brings along.
    pub(super) fn input_of_param(&self, ty: &Ty, argument: Option<u16>, at: At) -> Input {
        if is_shared(self.app, ty) || self.is_given(ty) {
            return Input::default();
        }
        let mut of = None;
        ty.visit(&mut |node| {
            if let Head::External(path) = node.head
                && self.app.knowledge.plays(path, Role::Input)
            {
                of = of.or(Some(path));
            }
        });
        Input { params: argument.map_or(0, bit), sent: of.map(|of| Sent { at, of }) }
    }

    /// Where a parameter says what it is.
    pub(super) fn param_at(&self, param: &Param) -> At {
        let tree = self.tree();
        let of_type = param.ty.and_then(|ty| match tree.ty(ty) {
            Type::Path(path) => Some(tree.path(path).span),
            _ => None,
        });
        let of_name = || match tree.pat(param.pat) {
            Pat::Bind { span, .. } => span,
            _ => self.app.function(self.within).span,
        };
        self.at(of_type.unwrap_or_else(of_name))
    }

    /// The locals declared since there were so many are made of this.
    pub(super) fn made_of_input(&mut self, first: usize, input: Input) {
        let app = self.app;
        for local in self.env.locals.iter_mut().skip(first) {
            let is_own = local.origin == Origin::Query || is_shared(app, &local.ty);
            local.input = if is_own { Input::default() } else { input };
        }
    }

    /// What an expression is made of.
    pub(super) fn input_of(&self, expr: ExprId) -> Input {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                local.map_or(Input::default(), |index| self.env.locals[index].input)
            }
            // What somebody else answers is not the client's, whatever they were asked.
            ExprKind::Await(inner) if !self.waits_for_client(inner) => Input::default(),
            ExprKind::Method { receiver, call } => self.input_of_method(receiver, tree.methods[call as usize]),
            ExprKind::Call { callee, args } => self.input_of_call(expr, callee, tree.expr_run(args)),
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let path = self.app.macro_path(self.instance, self.module, call);
                let makes_text = path.is_some_and(|path| self.app.knowledge.plays(path, Role::Format));
                let macro_call = facts.macro_call(call);
                let parts = [macro_call.args, macro_call.captures];
                let parts = parts.into_iter().filter(|_| makes_text).flat_map(|run| facts.tree.expr_run(run));
                // A number is printed as a number, whatever it is.
                let parts = parts.filter(|part| self.may_be_text(**part));
                parts.fold(Input::default(), |all, part| all.and(self.input_of(*part)))
            }
            ExprKind::Block(index) => {
                tree.blocks[index as usize].tail.map_or(Input::default(), |tail| self.input_of(tail))
            }
            ExprKind::If { then, otherwise, .. } => {
                self.input_of(then).and(otherwise.map_or(Input::default(), |otherwise| self.input_of(otherwise)))
            }
            ExprKind::Match { value, arms } => {
                // What an arm takes out of the value is what the value is made of.
                let arms = tree.arm_run(arms).iter().filter(|arm| !self.binds(arm.pat));
                let arms = arms.map(|arm| self.input_of(arm.body));
                arms.fold(self.input_of(value), Input::and)
            }
            ExprKind::Struct(_) | ExprKind::Range { .. } | ExprKind::Closure(_) | ExprKind::Not(_) => Input::default(),
            ExprKind::Index { base, .. } => self.input_of(base),
            _ => tree.operands(expr).into_iter().fold(Input::default(), |all, part| all.and(self.input_of(part))),
        }
    }

    /// Whether a pattern gives something a name.
    fn binds(&self, pat: PatId) -> bool {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::Bind { .. } => true,
            Pat::TupleStruct { pats, .. } | Pat::Tuple(pats) | Pat::Slice(pats) | Pat::Or(pats) => {
                tree.pat_run(pats).iter().any(|pat| self.binds(*pat))
            }
            Pat::Struct { fields, .. } => tree.field_pat_run(fields).iter().any(|(_, pat)| self.binds(*pat)),
            Pat::Wild | Pat::Rest | Pat::Path(_) | Pat::Value => false,
        }
    }

    /// What a local is made of that something is assigned to.
    pub(super) fn input_assigned(&self, local: usize, value: ExprId) -> Input {
        let tree = self.tree();
        let mut made_by = value;
        while let ExprKind::Try(inner) | ExprKind::Await(inner) = tree.expr(made_by).kind {
            made_by = inner;
        }
        let own = self.input_of(value);
        match tree.expr(made_by).kind {
            ExprKind::Call { .. } => own,
            _ => own.and(self.env.locals[local].input),
        }
    }

    /// Whether awaiting an expression waits for more of the request: its body, the next part of a form.
    fn waits_for_client(&self, expr: ExprId) -> bool {
        let ExprKind::Method { receiver, call } = self.tree().expr(expr).kind else { return false };
        let method = self.tree().methods[call as usize];
        let ty = self.peek(receiver);
        let is_input =
            |layer: &Ty| layer.external_path().is_some_and(|path| self.app.knowledge.plays(path, Role::Input));
        self.layers(&ty).iter().any(is_input)
            || ty.is_unknown() && [Role::Parse, Role::Part].iter().any(|role| self.plays(method.name, &ty, *role))
    }

    fn may_be_text(&self, expr: ExprId) -> bool {
        let ty = self.peek(expr);
        let is_text = |path: Sym| matches!(path.as_str(), "std::string::String" | "str");
        ty.is_unknown() || self.layers(&ty).iter().any(|layer| layer.external_path().is_some_and(is_text))
    }

    fn input_of_method(&self, receiver: ExprId, method: Method) -> Input {
        let ty = self.peek(receiver);
        let layers = self.layers(&ty);
        let plays = |role: Role| layers.iter().any(|layer| self.plays(method.name, layer, role));
        if plays(Role::Carried) || plays(Role::Trusted) || is_shared(self.app, &ty) {
            return Input::default();
        }
        let args = self.tree().expr_run(method.args);
        let own = self.input_of(receiver);
        // What a number or identifier prints can be read again.
        let prints = method.name == crate::sym!("to_string") && !self.may_be_text(receiver);
        if prints {
            return Input::default();
        }
        if plays(Role::Parse) {
            return args.iter().fold(own, |all, arg| all.and(self.input_of(*arg)));
        }
        for layer in &layers {
            // What the project's own methods yield is for them to say.
            if !self.app.methods(self.krate(), layer, method.name).is_empty() {
                return Input::default();
            }
            if let Some((fact, _)) = self.known_method(layer, method.name, args.len(), &[])
                && (fact.returns.query || fact.returns.reason.is_some())
            {
                return Input::default();
            }
        }
        own
    }

    /// Whether a call is the constructor of a wrapper: `Json(body)`.
    fn is_wrapper(&self, path: Sym) -> bool {
        self.app.knowledge.deref(path).is_some()
    }

    fn input_of_call(&self, expr: ExprId, callee: ExprId, args: &[ExprId]) -> Input {
        let all = || args.iter().fold(Input::default(), |all, arg| all.and(self.input_of(*arg)));
        let ExprKind::Path(path) = self.tree().expr(callee).kind else { return Input::default() };
        match self.resolve(path) {
            Some(Def::External(path)) => {
                let knowledge = &self.app.knowledge;
                if knowledge.plays(path, Role::Input) {
                    return Input { params: 0, sent: Some(Sent { at: self.at(self.span(expr)), of: path }) };
                }
                let is_own = |returns: &crate::knowledge::Returns| returns.query || returns.reason.is_some();
                let is_known = knowledge.calls(path).iter().any(|fact| is_own(&fact.returns));
                let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
                // Whatever else a call makes of it, a hash, is not what the client has sent.
                let takes_over = [Role::Parse, Role::Convert]
                    .iter()
                    .any(|role| knowledge.plays(path, *role) || self.plays(name, &Ty::UNKNOWN, *role))
                    || self.is_wrapper(path)
                    || !is_known && matches!(name.as_str(), "from" | "new" | "from_utf8_lossy" | "Some" | "Ok");
                if knowledge.plays(path, Role::Trusted) || !takes_over { Input::default() } else { all() }
            }
            Some(Def::Fn(_)) => Input::default(),
            _ => all(),
        }
    }

    /// Whether functions take a text as their argument with this number.
    fn takes_text(&self, targets: &[FnId], argument: usize) -> bool {
        targets.first().is_some_and(|target| {
            let signature = self.app.signature(*target);
            let index = argument.checked_sub(usize::from(signature.receiver.is_some()));
            index.and_then(|index| signature.params.get(index)).is_some_and(super::hazards::is_text)
        })
    }

    /// Takes note of what a call of functions of the project gives them.
    pub(super) fn gives(&mut self, targets: &[FnId], receiver: Option<ExprId>, args: &[ExprId]) {
        let offset = usize::from(receiver.is_some());
        let args = args.iter().enumerate().map(|(index, arg)| (index + offset, *arg));
        for (index, arg) in receiver.map(|receiver| (0, receiver)).into_iter().chain(args) {
            let input = self.input_of(arg);
            let stands = input.is_none() && self.is_own_text(arg);
            if !input.is_none() || self.takes_text(targets, index) {
                self.facts.gifts.push(Gift { targets: targets.to_vec(), argument: index as u16, input, stands });
            }
        }
    }
}
