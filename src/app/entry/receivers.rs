//! On what the code that builds routers calls the project's own methods: types of locals and receivers, as far as
//! declarations and constructors tell.

use super::eval::{Evaluator, Frame};
use crate::app::{Def, FnId, Head, Namespace, Ty};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Pat, PatId, PathId, TypeId};

/// Calls on calls are followed this far.
const DEEPEST: u32 = 16;

impl Evaluator<'_> {
    /// The project's methods that a call can mean: those of the receiver's type, or where that is not known, the only
    /// one of the name that builds routes.
    pub(super) fn own_methods(&self, frame: &Frame, receiver: ExprId, name: Sym) -> Vec<FnId> {
        if self.app.methods_named(name).is_empty() {
            return Vec::new();
        }
        self.methods_of(frame, self.type_of(frame, receiver, 0).as_ref(), name)
    }

    fn methods_of(&self, frame: &Frame, ty: Option<&Ty>, name: Sym) -> Vec<FnId> {
        match ty {
            Some(ty) => self.app.methods(self.app.modules[frame.module.index()].krate, ty, name),
            None => {
                let returns = |id: &FnId| self.builder_type(&self.app.signature(*id).returns()).is_some();
                let builders = || self.app.methods_named(name).iter().copied().filter(returns);
                if builders().count() == 1 { builders().collect() } else { Vec::new() }
            }
        }
    }

    /// The type of an expression without what it is wrapped in; `None` where it cannot be told.
    fn type_of(&self, frame: &Frame, expr: ExprId, depth: u32) -> Option<Ty> {
        if depth > DEEPEST {
            return None;
        }
        let tree = &self.app.facts(frame.instance).tree;
        let ty = match tree.expr(expr).kind {
            ExprKind::Path(path) => self.type_of_path(frame, path)?,
            ExprKind::Call { callee, .. } => match tree.expr(callee).kind {
                ExprKind::Path(path) => self.type_of_call(frame, path)?,
                _ => return None,
            },
            ExprKind::Struct(index) => self.named_type(frame, tree.structs[index as usize].path)?,
            ExprKind::Method { receiver, call } => {
                let name = tree.methods[call as usize].name;
                let receiver = self.type_of(frame, receiver, depth + 1);
                match self.methods_of(frame, receiver.as_ref(), name).first() {
                    Some(&id) => self.app.signature(id).returns(),
                    // `.clone()`, `.unwrap()`, `.iter()`
                    None => receiver?,
                }
            }
            ExprKind::Field { base, name } => {
                let Head::Adt(adt) = self.type_of(frame, base, depth + 1)?.head else { return None };
                let fields = self.app.fields(adt).first()?;
                fields.iter().find(|(field, _)| *field == name).map(|(_, ty)| ty.clone())?
            }
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => {
                self.type_of(frame, inner, depth + 1)?
            }
            _ => return None,
        };
        self.known(ty)
    }

    fn type_of_path(&self, frame: &Frame, path: PathId) -> Option<Ty> {
        let tree = &self.app.facts(frame.instance).tree;
        if let Some(name) = tree.single_name(path) {
            if let Some((_, local)) = frame.locals.iter().rev().find(|(local, _)| *local == name) {
                return local.ty.clone();
            }
            if name.as_str() == "self" {
                return self.app.signature(frame.function).self_ty.clone();
            }
        }
        match self.resolve(frame, path) {
            Some(Def::Value(id)) => Some(self.app.value_type(id).clone()),
            _ => self.named_type(frame, path),
        }
    }

    /// What a function returns, or the type that a constructor is of.
    fn type_of_call(&self, frame: &Frame, path: PathId) -> Option<Ty> {
        match self.resolve(frame, path) {
            Some(Def::Fn(id)) => Some(self.app.signature(id).returns()),
            _ => self.named_type(frame, path),
        }
    }

    fn named_type(&self, frame: &Frame, path: PathId) -> Option<Ty> {
        let names: Vec<Sym> =
            self.app.facts(frame.instance).tree.segments_of(path).iter().map(|segment| segment.name).collect();
        if names == [crate::sym!("Self")] {
            return self.app.signature(frame.function).self_ty.clone();
        }
        let found = self.app.resolve(frame.module, &names, false, Namespace::Types)?;
        match found.def {
            Def::Adt(adt) if found.used == names.len() => Some(Ty::new(Head::Adt(adt))),
            _ => None,
        }
    }

    /// A type without wrappers, where it is one whose methods can be the project's. Lists stand for what is in them.
    pub(super) fn known(&self, ty: Ty) -> Option<Ty> {
        let mut ty = crate::app::peel(self.app, &ty);
        while let (Head::External(_) | Head::Slice, [item, ..]) = (ty.head, ty.args()) {
            ty = crate::app::peel(self.app, item);
        }
        matches!(ty.head, Head::Adt(_) | Head::Trait(_) | Head::Bounds).then_some(ty)
    }

    /// The type of a local: as annotated, or as its value is.
    pub(super) fn local_type(&self, frame: &Frame, written: Option<TypeId>, value: Option<ExprId>) -> Option<Ty> {
        let scope = || self.app.type_scope_at(frame.function, frame.instance, frame.module);
        let written = written.and_then(|written| self.known(scope().ty(written)));
        written.or_else(|| self.type_of(frame, value?, 0))
    }

    /// Remembers the type of the name in a pattern.
    pub(super) fn note_type(&self, frame: &mut Frame, pat: PatId, ty: Option<Ty>) {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.pat(pat) {
            Pat::Bind { name, .. } => {
                if let Some((_, local)) = frame.locals.iter_mut().rev().find(|(local, _)| *local == name) {
                    local.ty = ty;
                }
            }
            // `Some(name)`
            Pat::TupleStruct { pats, .. } => {
                if let [inner] = tree.pat_run(pats) {
                    self.note_type(frame, *inner, ty);
                }
            }
            _ => {}
        }
    }
}
