//! Expressions, patterns, types and paths of one file, as flat tables of small nodes.
//!
//! A node names others by their index, so a lowered file is a handful of vectors: cheap to build, to drop and to send
//! between threads. Parentheses, references to types and other things that no question depends on are not kept.

mod expr;
mod pat;

pub use expr::*;
pub use pat::*;

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
    /// The labels that macro calls give to what is in them, `"key": value`, in the order of the expressions.
    pub labels: Vec<(ExprId, Sym)>,
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

    /// The label of an expression in a macro call: `error` in `json!({ "error": text })`.
    pub fn label(&self, expr: ExprId) -> Option<Sym> {
        let found = self.labels.binary_search_by_key(&expr, |(labelled, _)| *labelled);
        found.ok().map(|index| self.labels[index].1)
    }

    /// The expressions whose values go into that of an expression at once, in order: operands, arguments, fields. Code
    /// that decides which one it is, and what is called, are not among them.
    pub fn operands(&self, expr: ExprId) -> Vec<ExprId> {
        match self.expr(expr).kind {
            ExprKind::Call { args, .. } | ExprKind::Tuple(args) | ExprKind::Array(args) => self.expr_run(args).to_vec(),
            ExprKind::Method { receiver, call } => std::iter::once(receiver)
                .chain(self.expr_run(self.methods[call as usize].args).iter().copied())
                .collect(),
            ExprKind::Field { base: inner, .. }
            | ExprKind::Await(inner)
            | ExprKind::Try(inner)
            | ExprKind::Ref(inner)
            | ExprKind::Deref(inner)
            | ExprKind::Not(inner)
            | ExprKind::Neg(inner)
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Let { value: inner, .. } => vec![inner],
            ExprKind::Index { base: left, index: right } | ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Range { start, end } => start.into_iter().chain(end).collect(),
            ExprKind::Struct(index) => {
                let it = self.structs[index as usize];
                self.field_run(it.fields).iter().map(|(_, value)| *value).chain(it.base).collect()
            }
            _ => Vec::new(),
        }
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
