//! What the project's own functions say of the status of what they return.

use super::{Here, Local, Reply, Said, Walk};
use crate::app::{App, Def, FnId, Head, Ty};
use crate::flow::plain::{is_of_framework, is_plain, is_response};
use crate::flow::unify::{awaited, is_fallible};
use crate::syntax::{ExprId, ExprKind, PathId};

/// Functions that return what others make are followed this deep.
const DEEPEST: u32 = 3;

impl Walk<'_> {
    /// What the functions that a path or a method can mean say, if all say the same.
    pub(super) fn said_by_functions(&mut self, functions: &[FnId]) -> Said {
        let mut said = functions.iter().map(|function| self.said_by_function(*function));
        let first = said.next().unwrap_or(Said::Nothing);
        if said.all(|other| other == first) { first } else { Said::Nothing }
    }

    /// What a function says of the status of the response that it returns.
    fn said_by_function(&mut self, function: FnId) -> Said {
        if let Some(known) = self.functions.get(&function) {
            return *known;
        }
        let returns = returned_by(self.app, function);
        let said = match returns.head {
            Head::Adt(adt) if self.successful.is_some_and(|successful| successful.contains(&adt)) => Said::Plain,
            _ if is_plain(self.app, None, &returns) => Said::Plain,
            _ if self.depth < DEEPEST && may_be_response(self.app, &returns) => self.follow(function),
            _ => Said::Nothing,
        };
        self.functions.insert(function, said);
        said
    }

    /// What the responses have in common that a function makes where nothing fails in it.
    fn follow(&mut self, function: FnId) -> Said {
        let (instance, _) = self.app.home(function);
        let Some(body) = self.app.function(function).body else { return Said::Nothing };
        let declared = if returned_by(self.app, function).head == Head::Bounds { Said::Typed } else { Said::Nothing };
        let mut walk = Walk::new(self.app, function, declared);
        (walk.successful, walk.depth) = (self.successful, self.depth + 1);
        walk.functions = std::mem::take(&mut self.functions);
        walk.functions.insert(function, Said::Nothing);
        walk.run((instance, body));
        self.functions = std::mem::take(&mut walk.functions);
        let mut made = walk.replies.iter().filter(|reply| !reply.here.failing && !reply.here.is_error);
        let Some(first) = made.next() else { return Said::Nothing };
        let rest: Vec<&Reply> = made.collect();
        match first.here.said {
            said @ Said::Code(_) if rest.iter().all(|reply| reply.here.said == said) => said,
            _ if first.succeeds() && rest.iter().all(|reply| reply.succeeds()) => Said::Plain,
            _ => Said::Nothing,
        }
    }

    /// The functions of the project that an expression calls, one of which yields its value.
    pub(super) fn called(&self, expr: ExprId, here: &Here) -> Vec<FnId> {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => self.function_named(path, here).into_iter().collect(),
                _ => Vec::new(),
            },
            ExprKind::Method { receiver, call } => match self.type_of(receiver, here) {
                Some(ty) => {
                    let krate = self.app.modules[here.module.index()].krate;
                    self.app.methods(krate, &ty, tree.methods[call as usize].name)
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The functions whose values are put into responses which say success: of types of the project's own, that are no
    /// responses themselves.
    pub(in crate::flow) fn wrapped(&self) -> Vec<FnId> {
        let is_body = |function: &FnId| {
            let returns = returned_by(self.app, *function);
            let value = if is_fallible(self.app, &returns) { returns.arg(0) } else { returns };
            matches!(value.head, Head::Adt(_))
        };
        let meant = self.replies.iter().filter(|reply| reply.succeeds() && !reply.here.is_error);
        let called = meant.flat_map(|reply| self.called(reply.content, &reply.here));
        called.filter(is_body).collect()
    }

    fn function_named(&self, path: PathId, here: &Here) -> Option<FnId> {
        match self.resolve(path, here) {
            Some(Def::Fn(id)) => Some(id),
            _ => None,
        }
    }

    /// The type of an expression, where it is one of the project's own that the text names.
    fn type_of(&self, expr: ExprId, here: &Here) -> Option<Ty> {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Path(path) => match tree.single_name(path).and_then(|name| Some((name, here.find(name)?))) {
                Some((_, index)) => match here.locals[index].1 {
                    Local::Value(instance, init) => {
                        let inner = Here { instance, locals: here.locals[..index].to_vec(), ..here.clone() };
                        self.type_of(init, &inner)
                    }
                    _ => None,
                },
                None if tree.single_name(path) == Some(crate::sym!("self")) => {
                    self.app.signature(self.within).receiver.clone()
                }
                None => match self.resolve(path, here) {
                    Some(Def::Adt(adt) | Def::Variant(adt, _)) => Some(Ty::new(Head::Adt(adt))),
                    _ => None,
                },
            },
            ExprKind::Struct(index) => match self.resolve(tree.structs[index as usize].path, here) {
                Some(Def::Adt(adt) | Def::Variant(adt, _)) => Some(Ty::new(Head::Adt(adt))),
                _ => None,
            },
            ExprKind::Call { callee, .. } if self.called(expr, here).is_empty() => self.type_of(callee, here),
            ExprKind::Call { .. } | ExprKind::Method { .. } => match self.called(expr, here).as_slice() {
                [only] => Some(returned_by(self.app, *only)),
                _ => None,
            },
            ExprKind::Ref(inner) | ExprKind::Await(inner) => self.type_of(inner, here),
            _ => None,
        }
    }
}

/// What a function yields once it has been awaited.
fn returned_by(app: &App, function: FnId) -> Ty {
    awaited(app, &app.signature(function).returns())
}

/// Whether a value may be a whole response, whose status says what has made it.
fn may_be_response(app: &App, ty: &Ty) -> bool {
    !is_fallible(app, ty)
        && (ty.head == Head::Bounds
            || is_response(app, ty)
            || matches!(ty.head, Head::External(path) if is_of_framework(app, path)))
}
