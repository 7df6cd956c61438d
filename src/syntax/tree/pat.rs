//! Patterns, types and paths.

use super::{PatId, PathId, Run, TypeId};
use crate::source::Span;
use crate::symbol::Sym;

/// A pattern.
#[derive(Clone, Copy, Debug)]
pub enum Pat {
    /// `_`, or something that binds nothing and always matches.
    Wild,
    /// `..` among the fields of a tuple or slice.
    Rest,
    /// `name` or `name @ sub`. A lone name can turn out to be a constant or unit variant.
    Bind {
        /// The name.
        name: Sym,
        /// Where.
        span: Span,
        /// What must match besides.
        sub: Option<PatId>,
    },
    /// A constant or unit variant.
    Path(PathId),
    /// `Path(a, b)`; entries of [`Tree::pat_list`](super::Tree::pat_list).
    TupleStruct {
        /// The type or variant.
        path: PathId,
        /// Its fields.
        pats: Run,
    },
    /// `Path { a, b: pat }`; entries of [`Tree::field_pats`](super::Tree::field_pats).
    Struct {
        /// The type or variant.
        path: PathId,
        /// Its fields.
        fields: Run,
    },
    /// `(a, b)`.
    Tuple(Run),
    /// `[a, b]`.
    Slice(Run),
    /// `a | b`.
    Or(Run),
    /// A literal or range: binds nothing and may not match.
    Value,
}

/// A type as written, without its references and pointers: `&'a mut T` is `T`.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// A named type.
    Path(PathId),
    /// `(A, B)`, and `()`.
    Tuple(Run),
    /// `[T]`, `[T; n]`.
    Slice(TypeId),
    /// `fn(A) -> B`.
    Fn {
        /// Entries of [`Tree::type_list`](super::Tree::type_list).
        params: Run,
        /// What it returns.
        ret: Option<TypeId>,
    },
    /// `dyn A + B`; entries of [`Tree::bounds`](super::Tree::bounds).
    Dyn(Run),
    /// `impl A + B`; entries of [`Tree::bounds`](super::Tree::bounds).
    Impl(Run),
    /// `!`.
    Never,
    /// `_`, or nothing that could be read.
    Infer,
}

/// A path as written.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// Where it stands, without its generic arguments at the end.
    pub span: Span,
    /// `<T as Trait>::…`: the `T`.
    pub qself: Option<TypeId>,
    /// How many of the segments belong to the trait of `<T as Trait>::…`.
    pub trait_len: u16,
    /// Whether it starts with `::`.
    pub global: bool,
    /// Entries of [`Tree::segments`](super::Tree::segments).
    pub segments: Run,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Its name. `$crate` of a macro is the name `$crate`.
    pub name: Sym,
    /// Entries of [`Tree::generic_args`](super::Tree::generic_args).
    pub args: Run,
}

/// A generic argument.
#[derive(Clone, Copy, Debug)]
pub enum GenericArg {
    /// `T`.
    Type(TypeId),
    /// `Name = T`; the result of `Fn(A) -> T` is `Output = T`.
    Assoc(Sym, TypeId),
}
