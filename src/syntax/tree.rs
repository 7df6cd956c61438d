//! Expressions, patterns, types and paths of one file, as flat tables of small nodes.
//!
//! A node names others by their index, so a lowered file is a handful of vectors: cheap to build, to drop and to send
//! between threads. Parentheses, references to types and other things that no question depends on are not kept.

use crate::source::Span;
use crate::symbol::Sym;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);
    )*};
}

ids! {
    /// An expression of a [`Tree`].
    ExprId;
    /// A pattern of a [`Tree`].
    PatId;
    /// A type of a [`Tree`].
    TypeId;
    /// A path of a [`Tree`].
    PathId;
    /// A scope of a file: the file itself, an inline module, a block with items, a macro's items.
    ScopeId;
    /// A macro call of a file.
    MacroId;
}

/// A run of consecutive entries in one of the tables of [`Tree`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Run {
    /// First entry.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Run {
    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

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
        /// Entry of [`Tree::methods`].
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
    /// `{ … }`, with its flavour; entry of [`Tree::blocks`].
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
        /// Entries of [`Tree::arms`].
        arms: Run,
    },
    /// Exactly one of these runs, each an arm like those of a match but with its own value: `tokio::select!`.
    Select {
        /// Entries of [`Tree::arms`], whose guard is the future.
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
    /// `|params| body`; entry of [`Tree::closures`].
    Closure(u32),
    /// `return e`.
    Return(Option<ExprId>),
    /// `break e`, `continue`.
    Break(Option<ExprId>),
    /// `yield e`.
    Yield(Option<ExprId>),
    /// `Path { fields, ..base }`; entry of [`Tree::structs`].
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
    /// Types given with `::<…>`; entries of [`Tree::type_list`].
    pub generics: Run,
    /// Arguments; entries of [`Tree::expr_list`].
    pub args: Run,
}

/// A block of statements.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Plain, `async`, …
    pub flavour: BlockFlavour,
    /// Where names are looked up, if the block declares items or imports.
    pub scope: Option<ScopeId>,
    /// Entries of [`Tree::stmts`].
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
}

/// A closure.
#[derive(Clone, Copy, Debug)]
pub struct Closure {
    /// Entries of [`Tree::params`].
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
    /// Entries of [`Tree::fields`].
    pub fields: Run,
    /// `..base`.
    pub base: Option<ExprId>,
}

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
    /// `Path(a, b)`; entries of [`Tree::pat_list`].
    TupleStruct {
        /// The type or variant.
        path: PathId,
        /// Its fields.
        pats: Run,
    },
    /// `Path { a, b: pat }`; entries of [`Tree::field_pats`].
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
        /// Entries of [`Tree::type_list`].
        params: Run,
        /// What it returns.
        ret: Option<TypeId>,
    },
    /// `dyn A + B`; entries of [`Tree::bounds`].
    Dyn(Run),
    /// `impl A + B`; entries of [`Tree::bounds`].
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
    /// Entries of [`Tree::segments`].
    pub segments: Run,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Its name. `$crate` of a macro is the name `$crate`.
    pub name: Sym,
    /// Entries of [`Tree::generic_args`].
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

/// The tables.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "each table is described by the type of its entries")]
pub struct Tree {
    pub exprs: Vec<Expr>,
    pub expr_list: Vec<ExprId>,
    pub methods: Vec<Method>,
    pub blocks: Vec<Block>,
    pub stmts: Vec<Stmt>,
    pub arms: Vec<Arm>,
    pub closures: Vec<Closure>,
    pub params: Vec<Param>,
    pub structs: Vec<StructExpr>,
    pub fields: Vec<(Sym, ExprId)>,
    pub pats: Vec<Pat>,
    pub pat_list: Vec<PatId>,
    pub field_pats: Vec<(Sym, PatId)>,
    pub types: Vec<Type>,
    pub type_list: Vec<TypeId>,
    pub bounds: Vec<PathId>,
    pub paths: Vec<Path>,
    pub segments: Vec<Segment>,
    pub generic_args: Vec<GenericArg>,
}

macro_rules! accessors {
    ($($name:ident($id:ty) -> $entry:ty = $table:ident;)*) => {
        $(#[allow(missing_docs, reason = "looks an entry up")]
        pub fn $name(&self, id: $id) -> $entry { self.$table[id.0 as usize] })*
    };
}

macro_rules! runs {
    ($($name:ident -> $entry:ty = $table:ident;)*) => {
        $(#[allow(missing_docs, reason = "looks a run of entries up")]
        pub fn $name(&self, run: Run) -> &[$entry] { &self.$table[run.range()] })*
    };
}

impl Tree {
    accessors! {
        expr(ExprId) -> Expr = exprs;
        pat(PatId) -> Pat = pats;
        ty(TypeId) -> Type = types;
        path(PathId) -> Path = paths;
    }

    runs! {
        expr_run -> ExprId = expr_list;
        stmt_run -> Stmt = stmts;
        arm_run -> Arm = arms;
        param_run -> Param = params;
        field_run -> (Sym, ExprId) = fields;
        pat_run -> PatId = pat_list;
        field_pat_run -> (Sym, PatId) = field_pats;
        type_run -> TypeId = type_list;
        bound_run -> PathId = bounds;
        segment_run -> Segment = segments;
        generic_arg_run -> GenericArg = generic_args;
    }

    /// The steps of a path.
    pub fn segments_of(&self, path: PathId) -> &[Segment] {
        self.segment_run(self.path(path).segments)
    }

    /// The last name of a path.
    pub fn last_name(&self, path: PathId) -> Option<Sym> {
        self.segments_of(path).last().map(|segment| segment.name)
    }

    /// The name of a path that is a single name without arguments.
    pub fn single_name(&self, path: PathId) -> Option<Sym> {
        let it = self.path(path);
        match self.segment_run(it.segments) {
            [only] if it.qself.is_none() && !it.global => Some(only.name),
            _ => None,
        }
    }
}
