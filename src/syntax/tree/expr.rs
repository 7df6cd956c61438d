//! Expressions, statements and what hangs on them.

use super::{ExprId, MacroId, PatId, PathId, Run, ScopeId, TypeId};
use crate::source::Span;
use crate::symbol::Sym;

/// An expression and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole expression; of a method call `a.b(c)` only `b(c)`, the part that is worth pointing at.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// Nothing that could be read.
    Opaque,
    /// A path to a local, an item or a variant.
    Path(PathId),
    /// A literal.
    Literal(Literal),
    /// `callee(args)`.
    Call {
        /// What is called.
        callee: ExprId,
        /// With what.
        args: Run,
    },
    /// `receiver.method(args)`.
    Method {
        /// Of what.
        receiver: ExprId,
        /// Entry of [`Tree::methods`](super::Tree::methods).
        call: u32,
    },
    /// `base.name` or `base.0`.
    Field {
        /// Of what.
        base: ExprId,
        /// Which.
        name: Sym,
    },
    /// `base[index]`.
    Index {
        /// Of what.
        base: ExprId,
        /// Which.
        index: ExprId,
    },
    /// `e.await`.
    Await(ExprId),
    /// `e?`.
    Try(ExprId),
    /// `&e`, `&mut e`, `&raw e`.
    Ref(ExprId),
    /// `*e`.
    Deref(ExprId),
    /// `!e`.
    Not(ExprId),
    /// `-e`.
    Neg(ExprId),
    /// `left op right`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left of it.
        left: ExprId,
        /// Right of it.
        right: ExprId,
    },
    /// `target = value` or `target += value`.
    Assign {
        /// What is assigned to.
        target: ExprId,
        /// What is assigned.
        value: ExprId,
    },
    /// `e as T`.
    Cast {
        /// What is cast.
        value: ExprId,
        /// To what.
        ty: TypeId,
    },
    /// `{ … }`, with its flavour; entry of [`Tree::blocks`](super::Tree::blocks).
    Block(u32),
    /// `if cond { … } else { … }`.
    If {
        /// Condition, which can hold [`ExprKind::Let`].
        cond: ExprId,
        /// The first branch.
        then: ExprId,
        /// The second one.
        otherwise: Option<ExprId>,
    },
    /// `let pat = value` as a condition; `matches!(value, pat)` too.
    Let {
        /// What is tried.
        pat: PatId,
        /// On what.
        value: ExprId,
    },
    /// `match value { arms }`.
    Match {
        /// On what.
        value: ExprId,
        /// Entries of [`Tree::arms`](super::Tree::arms).
        arms: Run,
    },
    /// Exactly one of these runs, each an arm like those of a match but with its own value: `tokio::select!`.
    Select {
        /// Entries of [`Tree::arms`](super::Tree::arms), whose guard is the future.
        arms: Run,
    },
    /// `loop { … }`, and `while cond { … }`.
    Loop {
        /// The condition.
        cond: Option<ExprId>,
        /// What is repeated.
        body: ExprId,
    },
    /// `for pat in iter { … }`.
    For {
        /// What each item is bound to.
        pat: PatId,
        /// What is gone through.
        iter: ExprId,
        /// What is repeated.
        body: ExprId,
    },
    /// `|params| body`; entry of [`Tree::closures`](super::Tree::closures).
    Closure(u32),
    /// `return e`.
    Return(Option<ExprId>),
    /// `break e`, `continue`.
    Break(Option<ExprId>),
    /// `yield e`.
    Yield(Option<ExprId>),
    /// `Path { fields, ..base }`; entry of [`Tree::structs`](super::Tree::structs).
    Struct(u32),
    /// `(a, b)`.
    Tuple(Run),
    /// `[a, b]`, `[a; n]`.
    Array(Run),
    /// `a..b`.
    Range {
        /// From.
        start: Option<ExprId>,
        /// To.
        end: Option<ExprId>,
    },
    /// `path!(…)`; what could be read of it stands with the macro call.
    Macro(MacroId),
}

/// A literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Literal {
    /// A string (also a byte or C string), unescaped.
    Str(Sym),
    /// A whole number; too large ones saturate.
    Int(u64),
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Bool(bool),
    /// A character or byte.
    Char,
}

/// Binary operators, as far as they matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==`, `!=`, `<`, …
    Compare,
    /// `/`, `%`
    Divide,
    /// Every other arithmetic or bit operator.
    Other,
}

/// The name and arguments of a method call.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// The method.
    pub name: Sym,
    /// Types given with `::<…>`; entries of [`Tree::type_list`](super::Tree::type_list).
    pub generics: Run,
    /// Arguments; entries of [`Tree::expr_list`](super::Tree::expr_list).
    pub args: Run,
}

/// A block of statements.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Plain, `async`, …
    pub flavour: BlockFlavour,
    /// Where names are looked up, if the block declares items or imports.
    pub scope: Option<ScopeId>,
    /// Entries of [`Tree::stmts`](super::Tree::stmts).
    pub stmts: Run,
    /// The last expression, if it has no semicolon.
    pub tail: Option<ExprId>,
    /// The label, by which `break 'label value` leaves the block.
    pub labelled: bool,
}

/// How a block runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockFlavour {
    /// In place (`unsafe`, `const` and labelled ones too).
    Plain,
    /// As a future.
    Async,
    /// `try { … }`.
    Try,
}

/// A statement.
#[derive(Clone, Copy, Debug)]
pub enum Stmt {
    /// `let pat: ty = init else { … };`
    Let {
        /// What is bound.
        pat: PatId,
        /// The annotation.
        ty: Option<TypeId>,
        /// The value.
        init: Option<ExprId>,
        /// The `else` block.
        otherwise: Option<ExprId>,
        /// `let pat`.
        span: Span,
    },
    /// An expression whose value is dropped.
    Expr(ExprId),
}

/// An arm of a match or of a select.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// What must match.
    pub pat: PatId,
    /// `if guard`; in a select the future that is awaited.
    pub guard: Option<ExprId>,
    /// What runs.
    pub body: ExprId,
    /// The pattern.
    pub span: Span,
}

/// A closure.
#[derive(Clone, Copy, Debug)]
pub struct Closure {
    /// Entries of [`Tree::params`](super::Tree::params).
    pub params: Run,
    /// The annotation `-> T`.
    pub ret: Option<TypeId>,
    /// What runs.
    pub body: ExprId,
    /// `async |…|`.
    pub is_async: bool,
}

/// A parameter of a function or closure.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// What the argument is bound to.
    pub pat: PatId,
    /// Its type; always there in functions.
    pub ty: Option<TypeId>,
}

/// A struct expression.
#[derive(Clone, Copy, Debug)]
pub struct StructExpr {
    /// The type or variant.
    pub path: PathId,
    /// Entries of [`Tree::fields`](super::Tree::fields).
    pub fields: Run,
    /// `..base`.
    pub base: Option<ExprId>,
}
