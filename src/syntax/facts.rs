//! What one file declares, without syn and without a word about other files.

mod gates;
mod macros;

pub use gates::*;
pub use macros::*;

use super::tree::{ExprId, MacroId, PathId, Run, ScopeId, Tree, TypeId};
use crate::source::Span;
use crate::symbol::Sym;

/// One file, or the expansion of macro calls, lowered.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "each table is described by the type of its entries")]
pub struct FileFacts {
    pub tree: Tree,
    /// `scopes[0]` is the file itself.
    pub scopes: Vec<Scope>,
    pub functions: Vec<Function>,
    pub types: Vec<TypeDef>,
    pub traits: Vec<Trait>,
    pub impls: Vec<Impl>,
    pub aliases: Vec<Alias>,
    pub values: Vec<Value>,
    pub macro_rules: Vec<MacroRules>,
    pub macro_calls: Vec<MacroCall>,
    pub attrs: Vec<Attr>,
    pub metas: Vec<Meta>,
    pub generic_params: Vec<GenericParam>,
    pub predicates: Vec<Predicate>,
    pub fields: Vec<Field>,
    pub gates: Vec<Gate>,
    /// What could not be read.
    pub problems: Vec<SyntaxProblem>,
    /// How many lines the text has.
    pub lines: u32,
}

/// Something in the text that is not Rust as far as the parser knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Whether the whole file was given up, rather than one item.
    pub whole_file: bool,
}

/// A place where names are declared.
#[derive(Debug)]
pub struct Scope {
    /// What kind of place.
    pub kind: ScopeKind,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// What it declares.
    pub items: Vec<Item>,
    /// What it imports.
    pub uses: Vec<Use>,
    /// `mod name;`
    pub files: Vec<ModFile>,
    /// `include!("…")`
    pub includes: Vec<Include>,
    /// Macro calls among the items.
    pub macro_calls: Vec<MacroId>,
    /// Under `cfg(debug_assertions)`.
    pub debug_only: bool,
    /// The folder of its modules, where `#[path = "…"] mod name { … }` names one.
    pub folder: Option<String>,
}

/// What kind of place a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// The file.
    File,
    /// `mod name { … }`.
    Module(Sym),
    /// A block of a body; names not found in it are looked up around it.
    Block,
    /// Items read from the tokens of a macro call; they belong to the scope around it.
    Macro,
}

/// A declaration by name.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// The name; for impls the empty symbol.
    pub name: Sym,
    /// Which table it is in, and where.
    pub kind: ItemKind,
}

/// A declaration and its index in the table of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the tables of FileFacts")]
pub enum ItemKind {
    Module(ScopeId),
    Function(u32),
    Type(u32),
    Trait(u32),
    Impl(u32),
    Alias(u32),
    Value(u32),
    MacroRules(u32),
}

/// One name that a `use` or `extern crate` brings in.
#[derive(Debug, Clone)]
pub struct Use {
    /// The steps of the path.
    pub path: Vec<Sym>,
    /// Whether it starts with `::`, or is an `extern crate`.
    pub global: bool,
    /// The name it gets here; `None` for `*`.
    pub name: Option<Sym>,
    /// `#[macro_use] extern crate`.
    pub macro_use: bool,
    /// Not `pub` in any way: nobody but the module and those in it have it from there.
    pub private: bool,
}

/// `mod name;`
#[derive(Debug, Clone)]
pub struct ModFile {
    /// The module's name.
    pub name: Sym,
    /// Where it is declared.
    pub span: Span,
    /// The values of `#[path = "…"]`, in the order to try them (`cfg_attr` can give several).
    pub paths: Vec<String>,
    /// Under `cfg(debug_assertions)`.
    pub debug_only: bool,
    /// Under some other `cfg`, or among the tokens of a macro call: the file may be missing.
    pub conditional: bool,
}

/// `include!("path")`
#[derive(Debug, Clone)]
pub struct Include {
    /// Relative to the including file.
    pub path: String,
    /// Where.
    pub span: Span,
}

/// What a function belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A module or block.
    Scope,
    /// Entry of [`FileFacts::impls`].
    Impl(u32),
    /// Entry of [`FileFacts::traits`].
    Trait(u32),
}

/// A function or method.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Span,
    /// From `fn` to the end of the signature.
    pub span: Span,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
    /// Its type parameters.
    pub generics: Generics,
    /// Whether it has a `self`; the type when it is written out.
    pub receiver: Receiver,
    /// Parameters after `self`; entries of [`Tree::params`].
    pub params: Run,
    /// What it returns.
    pub ret: Option<TypeId>,
    /// `async fn`.
    pub is_async: bool,
    /// The body, a block.
    pub body: Option<ExprId>,
    /// The expressions of the body are those with ids in this range.
    pub exprs: (u32, u32),
    /// What it belongs to.
    pub owner: Owner,
    /// The scope around it.
    pub scope: ScopeId,
    /// Under `cfg(debug_assertions)`.
    pub debug_only: bool,
    /// `pub` in any form.
    pub public: bool,
}

/// The `self` of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// None.
    None,
    /// `self`, `&self`, `&mut self`.
    SelfType,
    /// `self: T`.
    Typed(TypeId),
}

/// Type parameters and what is required of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Generics {
    /// Entries of [`FileFacts::generic_params`].
    pub params: Run,
    /// Entries of [`FileFacts::predicates`].
    pub predicates: Run,
}

/// `T: A + B = Default`
#[derive(Debug, Clone, Copy)]
pub struct GenericParam {
    /// Its name.
    pub name: Sym,
    /// Entries of [`Tree::bounds`].
    pub bounds: Run,
    /// Its default.
    pub default: Option<TypeId>,
}

/// `where T: A + B`
#[derive(Debug, Clone, Copy)]
pub struct Predicate {
    /// What is bounded.
    pub ty: TypeId,
    /// Entries of [`Tree::bounds`].
    pub bounds: Run,
}

/// A struct, enum or union.
#[derive(Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub span: Span,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
    /// Its type parameters.
    pub generics: Generics,
    /// The variants of an enum; a struct has one, with the struct's name.
    pub variants: Vec<Variant>,
    /// Whether it is an enum.
    pub is_enum: bool,
}

/// A variant of an enum, or the fields of a struct.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub span: Span,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
    /// Entries of [`FileFacts::fields`].
    pub fields: Run,
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name; `0`, `1`, … in tuples.
    pub name: Sym,
    /// Its type.
    pub ty: TypeId,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
}

/// A trait.
#[derive(Debug)]
pub struct Trait {
    /// Its name.
    pub name: Sym,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
    /// Its type parameters.
    pub generics: Generics,
    /// Supertraits; entries of [`Tree::bounds`].
    pub supertraits: Run,
    /// Entries of [`FileFacts::functions`].
    pub functions: Vec<u32>,
    /// Associated types with their bounds and defaults.
    pub assoc_types: Vec<(Sym, Run, Option<TypeId>)>,
}

/// An impl.
#[derive(Debug)]
pub struct Impl {
    /// Where `impl` stands.
    pub span: Span,
    /// Entries of [`FileFacts::attrs`].
    pub attrs: Run,
    /// Its type parameters.
    pub generics: Generics,
    /// The trait.
    pub trait_path: Option<PathId>,
    /// For what.
    pub self_ty: TypeId,
    /// Entries of [`FileFacts::functions`].
    pub functions: Vec<u32>,
    /// `type Name = T;`
    pub assoc_types: Vec<(Sym, TypeId)>,
    /// Macro calls among the items, whose functions belong here.
    pub macro_calls: Vec<MacroId>,
    /// The scope around it.
    pub scope: ScopeId,
    /// Under `cfg(debug_assertions)`.
    pub debug_only: bool,
}

/// `type Name = T;`
#[derive(Debug)]
pub struct Alias {
    /// Its name.
    pub name: Sym,
    /// Its type parameters.
    pub generics: Generics,
    /// What it stands for.
    pub ty: TypeId,
}

/// A constant or static.
#[derive(Debug)]
pub struct Value {
    /// Its name.
    pub name: Sym,
    /// Its type.
    pub ty: Option<TypeId>,
    /// Its value.
    pub init: Option<ExprId>,
    /// What it belongs to.
    pub owner: Owner,
}

macro_rules! runs {
    ($($name:ident -> $entry:ty = $table:ident;)*) => {
        $(#[allow(missing_docs, reason = "looks a run of entries up")]
        pub fn $name(&self, run: Run) -> &[$entry] { &self.$table[run.start as usize..(run.start + run.len) as usize] })*
    };
}

impl FileFacts {
    runs! {
        attr_run -> Attr = attrs;
        meta_run -> Meta = metas;
        generic_param_run -> GenericParam = generic_params;
        predicate_run -> Predicate = predicates;
        field_run -> Field = fields;
    }

    /// A macro call.
    pub fn macro_call(&self, id: MacroId) -> &MacroCall {
        &self.macro_calls[id.0 as usize]
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
}
