//! What arguments are, without what evaluating them does: by their types, or by their names.

use super::eval::Eval;
use super::unify::{Outcome, handle_of, is_fallible};
use crate::app::{Head, Ty};
use crate::knowledge::LibraryId;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Method};

/// Names that people give to connections, pools and transactions.
const HANDLE_NAMES: [&str; 13] = [
    "conn",
    "connection",
    "db",
    "database",
    "pool",
    "tx",
    "txn",
    "transaction",
    "trx",
    "executor",
    "session",
    "c",
    "client",
];

impl<'a> Eval<'a> {
    /// The libraries whose queries an argument can be given to, where its type says; an empty list where its type is
    /// known and is no handle.
    pub(super) fn handle_type(&self, arg: ExprId) -> Option<&'a [LibraryId]> {
        let ty = self.peek(arg);
        let layers = self.layers(&ty);
        let app: &'a crate::app::App = self.app;
        if let Some(libraries) = layers.iter().find_map(|layer| handle_of(app, layer)) {
            return Some(libraries);
        }
        let known = layers.last().is_some_and(|last| {
            matches!(last.head, Head::External(path) if crate::app::is_primitive(path.as_str()))
                || matches!(last.head, Head::Closure(..) | Head::Slice)
        });
        known.then_some(&[])
    }

    /// The type of what a path makes that names a struct or variant.
    fn made_by_path(&self, path: crate::syntax::PathId) -> Ty {
        match self.pattern_def(path) {
            Some(crate::app::Def::Adt(adt) | crate::app::Def::Variant(adt, _)) => Ty::new(Head::Adt(adt)),
            _ => Ty::UNKNOWN,
        }
    }

    /// The type of an argument, without what evaluating it does.
    pub(super) fn peek(&self, arg: ExprId) -> Ty {
        let tree = self.tree();
        match tree.expr(arg).kind {
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                local.map_or_else(|| self.made_by_path(path), |index| self.env.locals[index].ty.clone())
            }
            ExprKind::Ref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => {
                let ty = self.peek(inner);
                let ty = super::unify::awaited(self.app, &ty);
                if is_fallible(self.app, &ty) { ty.arg(0) } else { ty }
            }
            ExprKind::Deref(inner) => {
                let ty = self.peek(inner);
                self.dereferenced(&ty).unwrap_or(ty)
            }
            ExprKind::Field { base, name } => {
                let ty = self.peek(base);
                self.field_of(&ty, name)
            }
            ExprKind::Method { receiver, call } => {
                let method = tree.methods[call as usize];
                let ty = self.peek(receiver);
                self.peek_method(&ty, method)
            }
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => match self.app.resolve_value(self.within, self.instance, self.module, path) {
                    Some(crate::app::Def::Fn(id)) => self.app.signature(id).returns(),
                    _ => self.made_by_path(path),
                },
                _ => Ty::UNKNOWN,
            },
            ExprKind::Macro(_) | ExprKind::Closure(_) => Ty::new(Head::Closure(self.instance, arg)),
            ExprKind::Literal(_) => Ty::external(crate::sym!("str"), Vec::new()),
            _ => Ty::UNKNOWN,
        }
    }

    /// What a method that knowledge describes yields, whatever its arguments are.
    pub(super) fn known_result(&self, ty: &Ty, name: Sym, arguments: usize) -> Option<Ty> {
        let (fact, bound) = self.known_method(ty, name, arguments, &[])?;
        let outcome =
            Outcome { app: self.app, bound: &bound, inputs: None, query: None, operation: None, arguments: &[] };
        Some(outcome.build(&fact.returns.ty))
    }

    fn peek_method(&self, ty: &Ty, method: Method) -> Ty {
        for layer in self.layers(ty) {
            if let Some(&id) = self.app.methods(self.krate(), &layer, method.name).first() {
                return self.app.signature(id).returns();
            }
            if let Some(result) = self.known_result(&layer, method.name, method.args.len as usize) {
                return result;
            }
        }
        // `conn.as_mut()`, `tx.deref_mut()`: most methods without arguments on a handle give it back.
        if method.args.len == 0 && handle_of(self.app, ty).is_some() { ty.clone() } else { Ty::UNKNOWN }
    }

    pub(super) fn is_handle_name(&self, arg: ExprId) -> bool {
        let tree = self.tree();
        let name = match tree.expr(arg).kind {
            ExprKind::Path(path) => tree.last_name(path),
            ExprKind::Field { name, base } if name.as_str().parse::<u32>().is_ok() => return self.is_handle_name(base),
            ExprKind::Field { name, .. } => Some(name),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => {
                return self.is_handle_name(inner);
            }
            ExprKind::Method { receiver, call } => {
                let name = tree.methods[call as usize].name;
                let words = name.as_str().split('_').any(|word| HANDLE_NAMES.contains(&word));
                return words || tree.methods[call as usize].args.len == 0 && self.is_handle_name(receiver);
            }
            ExprKind::Call { callee, .. } => return self.is_handle_name(callee),
            _ => None,
        };
        name.is_some_and(|name| name.as_str().split('_').any(|word| HANDLE_NAMES.contains(&word)))
    }
}
