//! Lowers items.

use syn::{Attribute, FnArg, ImplItem, Item as SynItem, ReceiverKind, Signature, TraitItem, UseTree, Visibility};

use super::attrs::module_paths;
use super::cfg::Presence;
use super::facts::{
    Alias, Field, Function, Impl, Item, ItemKind, ModFile, Owner, Receiver, ScopeKind, Trait, TypeDef, Use, Value,
    Variant,
};
use super::lower::{Lower, append, field_index, sym};
use super::tree::{BlockFlavour, Param};
use crate::source::Span;
use crate::symbol::Sym;

impl Lower<'_> {
    pub(super) fn items(&mut self, items: &[SynItem]) {
        for item in items {
            self.item(item);
        }
    }

    /// Lowers an item into the current scope, unless no release build and no debug build has it.
    pub(super) fn item(&mut self, item: &SynItem) {
        let here = self.presence(item_attrs(item));
        if here == Presence::Absent {
            return;
        }
        let outer = self.debug_only;
        self.debug_only |= here == Presence::DebugOnly;
        self.present_item(item);
        self.debug_only = outer;
    }

    fn present_item(&mut self, item: &SynItem) {
        match item {
            SynItem::Fn(it) => {
                let public = !matches!(it.vis, Visibility::Inherited);
                let index = self.function(&it.attrs, &it.sig, Some(&it.block), Owner::Scope, public);
                self.declare(sym(&it.sig.ident), ItemKind::Function(index));
            }
            SynItem::Struct(it) => {
                let name = sym(&it.ident);
                let span = self.ident_span(&it.ident);
                let variant = self.variant(name, span, &[], &it.fields);
                self.type_def(name, span, &it.attrs, &it.generics, vec![variant], false);
            }
            SynItem::Enum(it) => {
                let mut variants = Vec::with_capacity(it.variants.len());
                for variant in &it.variants {
                    let span = self.ident_span(&variant.ident);
                    variants.push(self.variant(sym(&variant.ident), span, &variant.attrs, &variant.fields));
                }
                let span = self.ident_span(&it.ident);
                self.type_def(sym(&it.ident), span, &it.attrs, &it.generics, variants, true);
            }
            SynItem::Union(it) => {
                let span = self.ident_span(&it.ident);
                self.type_def(sym(&it.ident), span, &it.attrs, &it.generics, Vec::new(), false);
            }
            SynItem::Trait(it) => self.trait_item(it),
            SynItem::Impl(it) => self.impl_item(it),
            SynItem::Type(it) => {
                let generics = self.generics(&it.generics);
                let ty = self.ty(&it.ty);
                let name = sym(&it.ident);
                self.facts.aliases.push(Alias { name, generics, ty });
                self.declare(name, ItemKind::Alias(self.facts.aliases.len() as u32 - 1));
            }
            SynItem::Const(it) => self.value(sym(&it.ident), Some(&it.ty), Some(&it.expr), Owner::Scope),
            SynItem::Static(it) => self.value(sym(&it.ident), Some(&it.ty), Some(&it.expr), Owner::Scope),
            SynItem::Mod(it) => self.module(it),
            SynItem::Use(it) => {
                let first = self.here().uses.len();
                self.use_tree(&it.tree, &mut Vec::new(), it.leading_colon.is_some());
                let private = matches!(it.vis, Visibility::Inherited);
                self.here().uses[first..].iter_mut().for_each(|entry| entry.private = private);
            }
            SynItem::ExternCrate(it) => {
                let name = it.rename.as_ref().map_or(&it.ident, |(_, name)| name);
                let macro_use = it.attrs.iter().any(|attr| attr.path().is_ident("macro_use"));
                let entry =
                    Use { path: vec![sym(&it.ident)], global: true, name: Some(sym(name)), macro_use, private: false };
                self.here().uses.push(entry);
            }
            SynItem::Macro(it) => self.item_macro(it),
            _ => {}
        }
    }

    pub(super) fn declare(&mut self, name: Sym, kind: ItemKind) {
        self.here().items.push(Item { name, kind });
    }

    pub(super) fn function(
        &mut self,
        attrs: &[Attribute],
        sig: &Signature,
        body: Option<&syn::Block>,
        owner: Owner,
        public: bool,
    ) -> u32 {
        let attrs = self.attrs(attrs);
        let generics = self.generics(&sig.generics);
        let mut receiver = Receiver::None;
        let mut params = Vec::with_capacity(sig.inputs.len());
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(it) => {
                    receiver = match &it.kind {
                        ReceiverKind::Typed(_, ty) => Receiver::Typed(self.ty(ty)),
                        _ => Receiver::SelfType,
                    };
                }
                FnArg::Typed(it) => {
                    let ty = Some(self.ty(&it.ty));
                    params.push(Param { pat: self.pat(&it.pat), ty });
                }
            }
        }
        let params = append(&mut self.facts.tree.params, params);
        let ret = self.return_type(&sig.output);
        let first = self.facts.tree.exprs.len() as u32;
        let body = body.map(|block| self.block(block, BlockFlavour::Plain, false));
        let exprs = (first, self.facts.tree.exprs.len() as u32);
        let start = self.token_start(sig.fn_token.span);
        let end = self.text.end(sig.paren_token.span.close());
        let function = Function {
            name: sym(&sig.ident),
            name_span: self.ident_span(&sig.ident),
            span: Span::new(start, end),
            attrs,
            generics,
            receiver,
            params,
            ret,
            is_async: sig.asyncness.is_some(),
            body,
            exprs,
            owner,
            scope: self.scope,
            debug_only: self.debug_only,
            public,
        };
        self.facts.functions.push(function);
        self.facts.functions.len() as u32 - 1
    }

    fn variant(&mut self, name: Sym, span: Span, attrs: &[Attribute], fields: &syn::Fields) -> Variant {
        let attrs = self.attrs(attrs);
        let mut lowered = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or_else(|| field_index(index as u32), sym);
            let ty = self.ty(&field.ty);
            lowered.push(Field { name, ty, attrs: self.attrs(&field.attrs) });
        }
        Variant { name, span, attrs, fields: append(&mut self.facts.fields, lowered) }
    }

    fn type_def(
        &mut self,
        name: Sym,
        span: Span,
        attrs: &[Attribute],
        generics: &syn::Generics,
        variants: Vec<Variant>,
        is_enum: bool,
    ) {
        let attrs = self.attrs(attrs);
        let generics = self.generics(generics);
        self.facts.types.push(TypeDef { name, span, attrs, generics, variants, is_enum });
        self.declare(name, ItemKind::Type(self.facts.types.len() as u32 - 1));
    }

    fn value(&mut self, name: Sym, ty: Option<&syn::Type>, init: Option<&syn::Expr>, owner: Owner) {
        let ty = ty.map(|ty| self.ty(ty));
        let init = init.map(|init| self.expr(init));
        self.facts.values.push(Value { name, ty, init, owner });
        if owner == Owner::Scope {
            self.declare(name, ItemKind::Value(self.facts.values.len() as u32 - 1));
        }
    }

    fn trait_item(&mut self, it: &syn::ItemTrait) {
        let index = self.facts.traits.len() as u32;
        let lowered = Trait {
            name: sym(&it.ident),
            attrs: self.attrs(&it.attrs),
            generics: self.generics(&it.generics),
            supertraits: self.bounds(&it.supertraits),
            functions: Vec::new(),
            assoc_types: Vec::new(),
        };
        self.facts.traits.push(lowered);
        self.declare(sym(&it.ident), ItemKind::Trait(index));
        for item in &it.items {
            match item {
                TraitItem::Fn(it) if self.presence(&it.attrs) != Presence::Absent => {
                    let function = self.function(&it.attrs, &it.sig, it.default.as_ref(), Owner::Trait(index), true);
                    self.facts.traits[index as usize].functions.push(function);
                }
                TraitItem::Type(it) => {
                    let bounds = self.bounds(&it.bounds);
                    let default = it.default.as_ref().map(|(_, ty)| self.ty(ty));
                    self.facts.traits[index as usize].assoc_types.push((sym(&it.ident), bounds, default));
                }
                _ => {}
            }
        }
    }

    fn impl_item(&mut self, it: &syn::ItemImpl) {
        let index = self.facts.impls.len() as u32;
        let lowered = Impl {
            span: self.text.span(it.impl_token.span),
            attrs: self.attrs(&it.attrs),
            generics: self.generics(&it.generics),
            trait_path: it.trait_.as_ref().map(|(path, _)| self.path(None, path)),
            self_ty: self.ty(&it.self_ty),
            functions: Vec::new(),
            assoc_types: Vec::new(),
            macro_calls: Vec::new(),
            scope: self.scope,
            debug_only: self.debug_only,
        };
        self.facts.impls.push(lowered);
        self.declare(Sym::from(""), ItemKind::Impl(index));
        self.impl_items(index, &it.items);
    }

    pub(super) fn impl_items(&mut self, index: u32, items: &[ImplItem]) {
        for item in items {
            match item {
                ImplItem::Fn(it) => {
                    let here = self.presence(&it.attrs);
                    if here == Presence::Absent {
                        continue;
                    }
                    let outer = self.debug_only;
                    self.debug_only |= here == Presence::DebugOnly;
                    let public = !matches!(it.vis, Visibility::Inherited);
                    let function = self.function(&it.attrs, &it.sig, Some(&it.block), Owner::Impl(index), public);
                    self.debug_only = outer;
                    self.facts.impls[index as usize].functions.push(function);
                }
                ImplItem::Type(it) => {
                    let ty = self.ty(&it.ty);
                    self.facts.impls[index as usize].assoc_types.push((sym(&it.ident), ty));
                }
                ImplItem::Const(it) => self.value(sym(&it.ident), Some(&it.ty), Some(&it.expr), Owner::Impl(index)),
                ImplItem::Macro(it) if self.is_present(&it.attrs) => {
                    let call = self.impl_macro(&it.mac);
                    self.facts.impls[index as usize].macro_calls.push(call);
                }
                _ => {}
            }
        }
    }

    fn module(&mut self, it: &syn::ItemMod) {
        let name = sym(&it.ident);
        match &it.content {
            Some((_, items)) => {
                let folder = module_paths(&it.attrs).into_iter().next();
                let scope = self.in_scope(ScopeKind::Module(name), |lower| {
                    lower.here().folder = folder;
                    lower.items(items);
                });
                self.declare(name, ItemKind::Module(scope));
            }
            None => {
                let paths = module_paths(&it.attrs);
                // A block has no files but those that are named: these are the tokens of a `quote!`.
                if self.here().kind == ScopeKind::Block && paths.is_empty() {
                    return;
                }
                let conditional = it.attrs.iter().any(|attr| attr.path().is_ident("cfg")) || self.in_macro();
                let (span, debug_only) = (self.ident_span(&it.ident), self.debug_only);
                self.here().files.push(ModFile { name, span, paths, debug_only, conditional });
            }
        }
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &mut Vec<Sym>, global: bool) {
        match tree {
            UseTree::Path(it) => {
                prefix.push(sym(&it.ident));
                self.use_tree(&it.tree, prefix, global);
                prefix.pop();
            }
            UseTree::Name(it) => {
                let name = sym(&it.ident);
                if name.as_str() == "self" {
                    self.push_use(prefix.clone(), global, prefix.last().copied());
                } else {
                    self.push_use(joined(prefix, name), global, Some(name));
                }
            }
            UseTree::Rename(it) => {
                let name = sym(&it.ident);
                let path = if name.as_str() == "self" { prefix.clone() } else { joined(prefix, name) };
                self.push_use(path, global, Some(sym(&it.rename)));
            }
            UseTree::Glob(_) => self.push_use(prefix.clone(), global, None),
            UseTree::Group(it) => {
                for tree in &it.items {
                    self.use_tree(tree, prefix, global);
                }
            }
        }
    }

    fn push_use(&mut self, path: Vec<Sym>, global: bool, name: Option<Sym>) {
        self.here().uses.push(Use { path, global, name, macro_use: false, private: false });
    }
}

fn joined(prefix: &[Sym], name: Sym) -> Vec<Sym> {
    let mut path = Vec::with_capacity(prefix.len() + 1);
    path.extend_from_slice(prefix);
    path.push(name);
    path
}

/// The attributes of an item.
fn item_attrs(item: &SynItem) -> &[Attribute] {
    match item {
        SynItem::Const(it) => &it.attrs,
        SynItem::Enum(it) => &it.attrs,
        SynItem::ExternCrate(it) => &it.attrs,
        SynItem::Fn(it) => &it.attrs,
        SynItem::ForeignMod(it) => &it.attrs,
        SynItem::Impl(it) => &it.attrs,
        SynItem::Macro(it) => &it.attrs,
        SynItem::Mod(it) => &it.attrs,
        SynItem::Static(it) => &it.attrs,
        SynItem::Struct(it) => &it.attrs,
        SynItem::Trait(it) => &it.attrs,
        SynItem::Type(it) => &it.attrs,
        SynItem::Union(it) => &it.attrs,
        SynItem::Use(it) => &it.attrs,
        _ => &[],
    }
}
