//! Associated constants that are paths: `Login::PATH`, and `Self::PATH` in a function of a trait, which is another one
//! for each type that it is called on.

use rustc_hash::FxHashMap;

use super::eval::{Evaluator, Frame};
use super::route_path::{Piece, RoutePath};
use super::values::Value;
use crate::app::{App, FnId, Head, ImplId, InstanceId, Namespace};
use crate::symbol::Sym;
use crate::syntax::{ExprId, Owner, PathId};

/// The associated constants of a program by their names, and which of them are being evaluated.
pub(super) struct Associated {
    constants: FxHashMap<Sym, Vec<(ImplId, ExprId)>>,
    active: Vec<(ImplId, Sym)>,
}

impl Associated {
    pub(super) fn of(app: &App) -> Self {
        let mut constants: FxHashMap<Sym, Vec<(ImplId, ExprId)>> = FxHashMap::default();
        let ids: FxHashMap<(InstanceId, u32), ImplId> =
            app.impls.iter().enumerate().map(|(id, it)| ((it.at.instance, it.at.index), ImplId(id as u32))).collect();
        for (&(instance, index), &imp) in &ids {
            for value in &app.facts(instance).values {
                if let (Owner::Impl(owner), Some(init)) = (value.owner, value.init)
                    && owner == index
                {
                    constants.entry(value.name).or_default().push((imp, init));
                }
            }
        }
        Associated { constants, active: Vec::new() }
    }
}

impl Evaluator<'_> {
    /// The value of a path that means nothing else: `Login::PATH`.
    pub(super) fn associated_constant(&mut self, frame: &Frame, path: PathId) -> Value {
        let tree = &self.app.facts(frame.instance).tree;
        let names: Vec<Sym> = tree.segments_of(path).iter().map(|segment| segment.name).collect();
        let Some((&name, of)) = names.split_last() else { return Value::Other };
        let is_self = of == [crate::sym!("Self")];
        match self.head_of(frame, of) {
            Some(head @ Head::Adt(_)) => self.constant_of(frame.function, head, name),
            Some(_) if is_self => Value::Text(RoutePath(vec![Piece::OfSelf(name)])),
            _ => Value::Other,
        }
    }

    /// What a function of a trait yields when it is called on a type: `Login::route()`.
    pub(super) fn on_type(&mut self, frame: &Frame, path: PathId, value: Value) -> Value {
        let Value::Text(RoutePath(pieces)) = &value else { return value };
        if !pieces.iter().any(|piece| matches!(piece, Piece::OfSelf(_))) {
            return value;
        }
        let tree = &self.app.facts(frame.instance).tree;
        let names: Vec<Sym> = tree.segments_of(path).iter().map(|segment| segment.name).collect();
        let head = names.split_last().and_then(|(_, of)| self.head_of(frame, of));
        let Some(head @ Head::Adt(_)) = head else { return value };
        let mut found = Vec::new();
        for piece in pieces {
            match piece {
                Piece::OfSelf(name) => match self.constant_of(frame.function, head, *name) {
                    Value::Text(RoutePath(pieces)) => found.extend(pieces),
                    _ => found.push(Piece::Unknown),
                },
                piece => found.push(piece.clone()),
            }
        }
        Value::Text(RoutePath(found))
    }

    fn head_of(&self, frame: &Frame, names: &[Sym]) -> Option<Head> {
        if names == [crate::sym!("Self")] {
            return Some(self.app.signature(frame.function).self_ty.as_ref()?.head);
        }
        let found = self.app.resolve(frame.module, names, false, Namespace::Types)?;
        match found.def {
            crate::app::Def::Adt(adt) if found.used == names.len() => Some(Head::Adt(adt)),
            _ => None,
        }
    }

    fn constant_of(&mut self, function: FnId, head: Head, name: Sym) -> Value {
        let candidates = self.associated.constants.get(&name).into_iter().flatten();
        let mut candidates = candidates.filter(|(imp, _)| self.app.impl_info(*imp).self_ty.head == head);
        let Some(&(imp, init)) = candidates.next() else { return Value::Other };
        if self.associated.active.contains(&(imp, name)) {
            return Value::Other;
        }
        let it = &self.app.impls[imp.index()];
        // `Self` in the constant is what it is in the impl's functions.
        let function = it.functions.first().copied().unwrap_or(function);
        let mut own = Frame { instance: it.at.instance, module: it.at.module, ..self.frame(function) };
        self.associated.active.push((imp, name));
        let value = self.eval(&mut own, init);
        self.associated.active.pop();
        match value {
            Value::Text(_) | Value::Record(_) => value,
            _ => Value::Other,
        }
    }
}
