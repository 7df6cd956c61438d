//! Macros: their definitions, their calls, attributes.

use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::tree::{ExprId, PathId, Run, ScopeId};

/// `macro_rules! name { … }`
#[derive(Debug)]
pub struct MacroRules {
    /// Its name.
    pub name: Sym,
    /// The rules, without the outer delimiters.
    pub body: Span,
    /// Under `cfg(debug_assertions)`.
    pub debug_only: bool,
    /// What it can build by itself, whoever calls it.
    pub exported: bool,
}

/// A macro call and what could be read of its tokens without knowing the macro.
#[derive(Debug)]
pub struct MacroCall {
    /// What is called.
    pub path: PathId,
    /// From the path to the closing delimiter.
    pub span: Span,
    /// Between the delimiters.
    pub body: Span,
    /// The scope around it.
    pub scope: ScopeId,
    /// What reads as expressions, in order; entries of [`Tree::expr_list`](super::Tree::expr_list).
    pub args: Run,
    /// Locals named inside string literals, `"{name}"`; entries of [`Tree::expr_list`](super::Tree::expr_list).
    pub captures: Run,
    /// What reads as items, for calls among items.
    pub items: Option<ScopeId>,
    /// Where the call stands.
    pub position: MacroPosition,
}

/// Where a macro call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroPosition {
    /// Among the items of a module.
    Items,
    /// Among the items of an impl.
    ImplItems,
    /// As an expression or statement.
    Expr,
}

/// `#[path(args)]`
#[derive(Debug, Clone, Copy)]
pub struct Attr {
    /// The attribute.
    pub path: PathId,
    /// Entries of [`FileFacts::metas`](super::FileFacts::metas).
    pub args: Run,
    /// The expressions in it: first and one past the last.
    pub exprs: (u32, u32),
    /// Where it stands.
    pub span: Span,
}

/// An argument of an attribute.
#[derive(Debug, Clone, Copy)]
pub enum Meta {
    /// A literal, a word, or any expression.
    Value(ExprId),
    /// `name = value`
    Named(Sym, ExprId),
    /// The same, where the value is a string that reads as an expression: `guard = "is_admin"`
    Code(Sym, ExprId),
    /// `name(args)`
    List(Sym, Run),
}
