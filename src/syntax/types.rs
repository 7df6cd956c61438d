//! Lowers types, paths, bounds and generics.

use proc_macro2::Span as TokenSpan;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, QSelf, ReturnType, Token, TypeParamBound};

use super::facts::{GenericParam, Generics, Predicate};
use super::lower::{Lower, append, sym};
use super::tree::{GenericArg, Path, PathId, Run, Segment, Type, TypeId};
use crate::source::Span;

impl Lower<'_> {
    pub(super) fn ty(&mut self, ty: &syn::Type) -> TypeId {
        let lowered = match ty {
            syn::Type::Path(it) => {
                let path = self.path(it.qself.as_ref(), &it.path);
                Type::Path(path)
            }
            syn::Type::Reference(it) => return self.ty(&it.elem),
            syn::Type::Ptr(it) => return self.ty(&it.elem),
            syn::Type::Paren(it) => return self.ty(&it.elem),
            syn::Type::Group(it) => return self.ty(&it.elem),
            syn::Type::Slice(it) => Type::Slice(self.ty(&it.elem)),
            syn::Type::Array(it) => Type::Slice(self.ty(&it.elem)),
            syn::Type::Tuple(it) => Type::Tuple(self.tys(it.elems.iter())),
            syn::Type::FnPtr(it) => {
                let params = self.tys(it.inputs.iter().map(|input| &input.ty));
                let ret = self.return_type(&it.output);
                Type::Fn { params, ret }
            }
            syn::Type::TraitObject(it) => Type::Dyn(self.bounds(&it.bounds)),
            syn::Type::ImplTrait(it) => Type::Impl(self.bounds(&it.bounds)),
            syn::Type::Never(_) => Type::Never,
            _ => Type::Infer,
        };
        self.push_type(lowered)
    }

    fn tys<'a>(&mut self, types: impl Iterator<Item = &'a syn::Type>) -> Run {
        let types = types.map(|ty| self.ty(ty)).collect();
        self.type_run(types)
    }

    pub(super) fn return_type(&mut self, output: &ReturnType) -> Option<TypeId> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.ty(ty)),
        }
    }

    pub(super) fn bounds(&mut self, bounds: &Punctuated<TypeParamBound, Token![+]>) -> Run {
        let paths: Vec<PathId> = bounds
            .iter()
            .filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) if bound.maybe.is_none() => Some(self.path(None, &bound.path)),
                _ => None,
            })
            .collect();
        append(&mut self.facts.tree.bounds, paths)
    }

    /// A path with its generic arguments.
    pub(super) fn path(&mut self, qself: Option<&QSelf>, path: &syn::Path) -> PathId {
        let trait_len = qself.map_or(0, |qself| qself.position as u16);
        let qself = qself.map(|qself| self.ty(&qself.ty));
        let mut segments = Vec::with_capacity(path.segments.len());
        for segment in &path.segments {
            let args = self.generic_args(&segment.arguments);
            segments.push(Segment { name: sym(&segment.ident), args });
        }
        let span = self.path_span(path);
        let tree = &mut self.facts.tree;
        let segments = append(&mut tree.segments, segments);
        let global = path.leading_colon.is_some();
        tree.paths.push(Path { span, qself, trait_len, global, segments });
        PathId(tree.paths.len() as u32 - 1)
    }

    /// A path that cannot have generic arguments: of a macro, attribute or visibility.
    pub(super) fn mod_path(&mut self, path: &syn::Path) -> PathId {
        self.path(None, path)
    }

    fn path_span(&self, path: &syn::Path) -> Span {
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else { return Span::default() };
        let start = self.text.start(first.ident.span());
        Span::new(start, self.text.end(last.ident.span()))
    }

    fn generic_args(&mut self, arguments: &PathArguments) -> Run {
        let mut args = Vec::new();
        match arguments {
            PathArguments::None => return Run::default(),
            PathArguments::AngleBracketed(list) => {
                for arg in &list.args {
                    match arg {
                        GenericArgument::Type(ty) => args.push(GenericArg::Type(self.ty(ty))),
                        GenericArgument::AssocType(assoc) => {
                            args.push(GenericArg::Assoc(sym(&assoc.ident), self.ty(&assoc.ty)));
                        }
                        GenericArgument::Const(_) => args.push(GenericArg::Type(self.push_type(Type::Infer))),
                        _ => {}
                    }
                }
            }
            PathArguments::Parenthesized(list) => {
                let inputs = self.tys(list.inputs.iter().map(|input| &input.ty));
                args.push(GenericArg::Type(self.push_type(Type::Tuple(inputs))));
                if let Some(output) = self.return_type(&list.output) {
                    args.push(GenericArg::Assoc(crate::sym!("Output"), output));
                }
            }
        }
        append(&mut self.facts.tree.generic_args, args)
    }

    /// The types of `::<A, B>`.
    pub(super) fn turbofish(&mut self, list: Option<&syn::AngleBracketedGenericArguments>) -> Run {
        let Some(list) = list else { return Run::default() };
        let types = list.args.iter().filter_map(|arg| match arg {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        });
        self.tys(types)
    }

    pub(super) fn generics(&mut self, generics: &syn::Generics) -> Generics {
        if generics.params.is_empty() && generics.where_clause.is_none() {
            return Generics::default();
        }
        let mut params = Vec::new();
        for param in generics.type_params() {
            let bounds = self.bounds(&param.bounds);
            let default = param.default.as_ref().map(|(_, ty)| self.ty(ty));
            params.push(GenericParam { name: sym(&param.ident), bounds, default });
        }
        let mut predicates = Vec::new();
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let syn::WherePredicate::Type(predicate) = predicate {
                let ty = self.ty(&predicate.bounded_ty);
                predicates.push(Predicate { ty, bounds: self.bounds(&predicate.bounds) });
            }
        }
        Generics {
            params: append(&mut self.facts.generic_params, params),
            predicates: append(&mut self.facts.predicates, predicates),
        }
    }

    pub(super) fn token_start(&self, span: TokenSpan) -> u32 {
        self.text.start(span)
    }
}
