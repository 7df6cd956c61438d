//! Lowers patterns.

use syn::Member;

use super::lower::{Lower, append, field_index, sym};
use super::tree::{ExprId, Pat, PatId, Run};
use crate::source::Span;
use crate::symbol::Sym;

impl Lower<'_> {
    pub(super) fn pat(&mut self, pat: &syn::Pat) -> PatId {
        let lowered = match pat {
            syn::Pat::Ident(it) => {
                let sub = it.subpat.as_ref().map(|(_, sub)| self.pat(sub));
                Pat::Bind { name: sym(&it.ident), span: self.ident_span(&it.ident), sub }
            }
            syn::Pat::Path(it) => Pat::Path(self.path(it.qself.as_ref(), &it.path)),
            syn::Pat::TupleStruct(it) => {
                let path = self.path(it.qself.as_ref(), &it.path);
                Pat::TupleStruct { path, pats: self.pats(it.elems.iter()) }
            }
            syn::Pat::Struct(it) => {
                let path = self.path(it.qself.as_ref(), &it.path);
                let fields: Vec<(Sym, PatId)> =
                    it.fields.iter().map(|field| (member(&field.member), self.pat(&field.pat))).collect();
                Pat::Struct { path, fields: append(&mut self.facts.tree.field_pats, fields) }
            }
            syn::Pat::Tuple(it) => Pat::Tuple(self.pats(it.elems.iter())),
            syn::Pat::Slice(it) => Pat::Slice(self.pats(it.elems.iter())),
            syn::Pat::Or(it) => Pat::Or(self.pats(it.cases.iter())),
            syn::Pat::Reference(it) => return self.pat(&it.pat),
            syn::Pat::Paren(it) => return self.pat(&it.pat),
            syn::Pat::Type(it) => return self.pat(&it.pat),
            syn::Pat::Guard(it) => return self.pat(&it.pat),
            syn::Pat::Rest(_) => Pat::Rest,
            syn::Pat::Lit(_) | syn::Pat::Range(_) | syn::Pat::Const(_) | syn::Pat::Macro(_) => Pat::Value,
            _ => Pat::Wild,
        };
        self.push_pat(lowered)
    }

    /// A pattern and the guard behind it.
    pub(super) fn guarded_pat(&mut self, pat: &syn::Pat) -> (PatId, Option<ExprId>) {
        match pat {
            syn::Pat::Guard(it) => {
                let pat = self.pat(&it.pat);
                (pat, Some(self.expr(&it.guard)))
            }
            other => (self.pat(other), None),
        }
    }

    /// Where the pattern of an arm stands; the arrow, where the pattern has no token of its own.
    pub(super) fn arm_span(&self, arm: &syn::Arm) -> Span {
        let arrow = || self.text.span(arm.fat_arrow_token.spans[0]).to(self.text.span(arm.fat_arrow_token.spans[1]));
        self.pat_span(&arm.pat).unwrap_or_else(arrow)
    }

    /// Where a pattern stands, as far as a token or two tell.
    pub(super) fn pat_span(&self, pat: &syn::Pat) -> Option<Span> {
        let path = |path: &syn::Path| {
            let last = path.segments.last().map(|segment| self.text.span(segment.ident.span()));
            let first = path.segments.first().map(|segment| self.text.span(segment.ident.span()));
            Some(first?.to(last?))
        };
        match pat {
            syn::Pat::Wild(it) => Some(self.text.span(it.underscore_token.span)),
            syn::Pat::Ident(it) => Some(self.ident_span(&it.ident)),
            syn::Pat::Path(it) => path(&it.path),
            syn::Pat::TupleStruct(it) => Some(path(&it.path)?.to(self.text.span(it.paren_token.span.close()))),
            syn::Pat::Struct(it) => path(&it.path),
            syn::Pat::Type(it) => self.pat_span(&it.pat),
            syn::Pat::Guard(it) => self.pat_span(&it.pat),
            syn::Pat::Reference(it) => self.pat_span(&it.pat),
            syn::Pat::Or(it) => it.cases.first().and_then(|first| self.pat_span(first)),
            _ => None,
        }
    }

    fn pats<'a>(&mut self, pats: impl Iterator<Item = &'a syn::Pat>) -> Run {
        let pats = pats.map(|pat| self.pat(pat)).collect();
        self.pat_run(pats)
    }
}

/// The name of a field, or its number.
pub(super) fn member(member: &Member) -> Sym {
    match member {
        Member::Named(ident) => sym(ident),
        Member::Unnamed(index) => field_index(index.index),
    }
}
