//! The state of lowering one text, and the small steps that all of it shares.

use std::cell::RefCell;
use std::fmt::Write;

use proc_macro2::Ident;
use rustc_hash::FxHashMap;
use syn::ext::IdentExt;

use super::facts::{FileFacts, Scope, ScopeKind, SyntaxProblem};
use super::template::DOLLAR_CRATE;
use super::text::Text;
use super::tree::{Expr, ExprId, ExprKind, Pat, PatId, Path, PathId, Run, ScopeId, Segment, Type, TypeId};
use crate::source::Span;
use crate::symbol::Sym;

/// Turns syn's tree into [`FileFacts`].
pub(super) struct Lower<'t> {
    pub(super) facts: FileFacts,
    pub(super) text: Text<'t>,
    /// Where declarations go now.
    pub(super) scope: ScopeId,
    /// Whether what is lowered now stands under `cfg(debug_assertions)`.
    pub(super) debug_only: bool,
}

impl<'t> Lower<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let text = Text::new(text);
        let facts = FileFacts { lines: text.line_count(), ..FileFacts::default() };
        let mut lower = Lower { facts, text, scope: ScopeId(0), debug_only: false };
        lower.push_scope(ScopeKind::File, None);
        lower
    }

    pub(super) fn push_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>) -> ScopeId {
        self.facts.scopes.push(Scope {
            kind,
            parent,
            items: Vec::new(),
            uses: Vec::new(),
            files: Vec::new(),
            includes: Vec::new(),
            macro_calls: Vec::new(),
            debug_only: self.debug_only,
            folder: None,
        });
        ScopeId(self.facts.scopes.len() as u32 - 1)
    }

    /// Lowers something inside a new scope and returns that scope.
    pub(super) fn in_scope(&mut self, kind: ScopeKind, lower: impl FnOnce(&mut Self)) -> ScopeId {
        let outer = self.scope;
        self.scope = self.push_scope(kind, Some(outer));
        let scope = self.scope;
        lower(self);
        self.scope = outer;
        scope
    }

    /// Whether what is lowered now are items read from the tokens of a macro call.
    pub(super) fn in_macro(&self) -> bool {
        let scope = |id: &ScopeId| &self.facts.scopes[id.0 as usize];
        let mut scopes = std::iter::successors(Some(self.scope), |id| scope(id).parent);
        scopes.any(|id| scope(&id).kind == ScopeKind::Macro)
    }

    pub(super) fn here(&mut self) -> &mut Scope {
        &mut self.facts.scopes[self.scope.0 as usize]
    }

    pub(super) fn problem(&mut self, error: &syn::Error, whole_file: bool) {
        let span = self.text.span(error.span());
        let message = error.to_string();
        self.facts.problems.push(SyntaxProblem { message, span, whole_file });
    }

    pub(super) fn push_expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let tree = &mut self.facts.tree;
        tree.exprs.push(Expr { kind, span });
        ExprId(tree.exprs.len() as u32 - 1)
    }

    pub(super) fn push_pat(&mut self, pat: Pat) -> PatId {
        let tree = &mut self.facts.tree;
        tree.pats.push(pat);
        PatId(tree.pats.len() as u32 - 1)
    }

    pub(super) fn push_type(&mut self, ty: Type) -> TypeId {
        let tree = &mut self.facts.tree;
        tree.types.push(ty);
        TypeId(tree.types.len() as u32 - 1)
    }

    pub(super) fn expr_run(&mut self, exprs: Vec<ExprId>) -> Run {
        append(&mut self.facts.tree.expr_list, exprs)
    }

    pub(super) fn pat_run(&mut self, pats: Vec<PatId>) -> Run {
        append(&mut self.facts.tree.pat_list, pats)
    }

    pub(super) fn type_run(&mut self, types: Vec<TypeId>) -> Run {
        append(&mut self.facts.tree.type_list, types)
    }

    pub(super) fn span_of(&self, expr: ExprId) -> Span {
        self.facts.tree.expr(expr).span
    }

    pub(super) fn ident_span(&self, ident: &Ident) -> Span {
        self.text.span(ident.span())
    }

    /// A path of names only, from a list of them.
    pub(super) fn name_path(&mut self, names: &[Sym], span: Span) -> PathId {
        let tree = &mut self.facts.tree;
        let segments = names.iter().map(|&name| Segment { name, args: Run::default() });
        let segments = append(&mut tree.segments, segments);
        tree.paths.push(Path { span, qself: None, trait_len: 0, global: false, segments });
        PathId(tree.paths.len() as u32 - 1)
    }

    /// A path expression that is one name.
    pub(super) fn name_expr(&mut self, name: Sym, span: Span) -> ExprId {
        let path = self.name_path(&[name], span);
        self.push_expr(ExprKind::Path(path), span)
    }
}

/// Adds entries to a table and says which they are.
pub(super) fn append<T>(table: &mut Vec<T>, entries: impl IntoIterator<Item = T>) -> Run {
    let start = table.len() as u32;
    table.extend(entries);
    Run { start, len: table.len() as u32 - start }
}

thread_local! {
    /// The names this thread has seen: looking one up in the table of the process takes a lock.
    static SEEN: RefCell<FxHashMap<String, Sym>> = RefCell::default();
    /// Where names are written down to look them up: a new text for each would cost more than the look-up.
    static NAME: RefCell<String> = RefCell::default();
}

/// The name of an identifier, without `r#`.
pub(super) fn sym(ident: &Ident) -> Sym {
    NAME.with_borrow_mut(|name| {
        name.clear();
        // Writing to a text cannot fail.
        let _ = write!(name, "{ident}");
        SEEN.with_borrow_mut(|seen| match seen.get(name.as_str()) {
            Some(known) => *known,
            None => {
                let new = match name.strip_prefix("r#") {
                    _ if name == DOLLAR_CRATE => crate::sym!("$crate"),
                    Some(_) => Sym::from(ident.unraw().to_string()),
                    None => Sym::from(name.as_str()),
                };
                seen.insert(name.clone(), new);
                new
            }
        })
    })
}

/// The name of a tuple field; small numbers come from a table.
pub(super) fn field_index(index: u32) -> Sym {
    const SMALL: [&str; 12] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
    SMALL.get(index as usize).map_or_else(|| Sym::from(index.to_string()), |&name| Sym::from(name))
}
