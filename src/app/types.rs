//! What the types that people write mean: names resolved, aliases replaced, `Self` and type parameters in place.

use super::App;
use super::ids::{AdtId, AliasId, Def, InstanceId, ModId, Namespace, TraitId};
use super::ty::{Head, Ty};
use crate::knowledge::Pattern;
use crate::symbol::Sym;
use crate::syntax::{GenericArg, Generics, PathId, Run, Segment, Type, TypeId};

/// Aliases of aliases, and types inside types, are followed this far.
const DEEPEST: u32 = 24;

/// Where a type is written.
#[derive(Clone, Debug)]
pub struct TypeScope<'a> {
    /// The program.
    pub app: &'a App,
    /// The text.
    pub instance: InstanceId,
    /// The module or block.
    pub module: ModId,
    /// The type parameters that can be named.
    pub params: Vec<Sym>,
    /// What `Self` is.
    pub self_ty: Option<Ty>,
    /// `Self::Name` of the impl around it.
    pub assoc: Vec<(Sym, TypeId)>,
}

impl<'a> TypeScope<'a> {
    /// A scope in which no type parameter and no `Self` can be named.
    pub fn new(app: &'a App, instance: InstanceId, module: ModId) -> Self {
        TypeScope { app, instance, module, params: Vec::new(), self_ty: None, assoc: Vec::new() }
    }

    /// Adds the type parameters of an item.
    pub fn add_params(&mut self, generics: Generics) {
        let params = self.app.facts(self.instance).generic_param_run(generics.params);
        self.params.extend(params.iter().map(|param| param.name));
    }

    /// The type that a written one means.
    pub fn ty(&self, id: TypeId) -> Ty {
        self.lower(id, 0)
    }

    /// The types of a list.
    pub fn tys(&self, run: Run) -> Vec<Ty> {
        self.list(run, 0)
    }

    fn list(&self, run: Run, depth: u32) -> Vec<Ty> {
        let types = self.app.facts(self.instance).tree.type_run(run);
        types.iter().map(|ty| self.lower(*ty, depth)).collect()
    }

    fn lower(&self, id: TypeId, depth: u32) -> Ty {
        if depth > DEEPEST {
            return Ty::UNKNOWN;
        }
        match self.app.facts(self.instance).tree.ty(id) {
            Type::Path(path) => self.path(path, depth + 1),
            Type::Tuple(fields) => Ty::with(Head::Tuple, self.list(fields, depth + 1)),
            Type::Slice(item) => Ty::with(Head::Slice, vec![self.lower(item, depth + 1)]),
            Type::Fn { params, ret } => {
                let mut args = self.list(params, depth + 1);
                args.push(ret.map_or(Ty::UNIT, |ret| self.lower(ret, depth + 1)));
                Ty::with(Head::Fn, args)
            }
            Type::Dyn(bounds) | Type::Impl(bounds) => self.bounds(bounds, depth + 1),
            Type::Never => Ty::NEVER,
            Type::Infer => Ty::UNKNOWN,
        }
    }

    /// The type of something that implements all of some traits.
    pub fn bounds(&self, bounds: Run, depth: u32) -> Ty {
        let paths = self.app.facts(self.instance).tree.bound_run(bounds);
        let traits: Vec<Ty> = paths.iter().map(|path| self.bound(*path, depth)).collect();
        one_of_bounds(traits)
    }

    fn bound(&self, path: PathId, depth: u32) -> Ty {
        let ty = self.path(path, depth);
        // `Future<Output = T>`, `Iterator<Item = T>`: what comes out is the argument that matters.
        let Head::External(name) = ty.head else { return ty };
        let segments = self.app.facts(self.instance).tree.segments_of(path);
        let assoc = segments.last().and_then(|segment| self.assoc_arg(segment, depth));
        if matches!(name.as_str(), "std::ops::Fn" | "std::ops::FnMut" | "std::ops::FnOnce") {
            let mut args = ty.arg(0).args().to_vec();
            args.push(assoc.unwrap_or(Ty::UNIT));
            return Ty::with(Head::Fn, args);
        }
        match assoc {
            Some(assoc) if ty.args().is_empty() => ty.with_args(vec![assoc]),
            _ => ty,
        }
    }

    /// The last of `Name = T` among the arguments of a step; an error type comes after what matters.
    fn assoc_arg(&self, segment: &Segment, depth: u32) -> Option<Ty> {
        let args = self.app.facts(self.instance).tree.generic_arg_run(segment.args);
        args.iter().find_map(|arg| match arg {
            GenericArg::Assoc(name, ty) if matches!(name.as_str(), "Output" | "Item" | "Ok") => {
                Some(self.lower(*ty, depth + 1))
            }
            _ => None,
        })
    }

    /// The type arguments of a step of a path.
    pub fn generic_args(&self, segment: &Segment, depth: u32) -> Vec<Ty> {
        let args = self.app.facts(self.instance).tree.generic_arg_run(segment.args);
        let types = args.iter().filter_map(|arg| match arg {
            GenericArg::Type(ty) => Some(self.lower(*ty, depth + 1)),
            GenericArg::Assoc(..) => None,
        });
        types.collect()
    }

    /// The type that a path names, as in a struct expression; of a variant its enum.
    pub fn type_of_path(&self, id: PathId) -> Ty {
        let tree = &self.app.facts(self.instance).tree;
        let segments = tree.segments_of(id);
        // `Self::Variant { … }`
        if segments.len() == 2 && segments[0].name == crate::sym!("Self") {
            return self.self_ty.clone().unwrap_or(Ty::UNKNOWN);
        }
        self.path(id, 0)
    }

    fn path(&self, id: PathId, depth: u32) -> Ty {
        let tree = &self.app.facts(self.instance).tree;
        let path = tree.path(id);
        let segments = tree.segment_run(path.segments);
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return Ty::UNKNOWN };
        if let Some(qself) = path.qself {
            return self.project(&self.lower(qself, depth + 1), last.name);
        }
        if !path.global {
            if first.name == crate::sym!("Self") {
                return match segments.len() {
                    1 => self.self_ty.clone().unwrap_or(Ty::UNKNOWN),
                    _ => self.self_assoc(last.name, depth),
                };
            }
            if self.params.contains(&first.name) {
                return if segments.len() == 1 { Ty::new(Head::Param(first.name)) } else { Ty::UNKNOWN };
            }
            if segments.len() == 1 && is_primitive(first.name.as_str()) {
                return Ty::external(first.name, Vec::new());
            }
        }
        let names: Vec<Sym> = segments.iter().map(|segment| segment.name).collect();
        let found = self.app.resolve_at(self.instance, self.module, id, &names, Namespace::Types);
        let Some(found) = found.filter(|found| found.used == names.len()) else { return Ty::UNKNOWN };
        self.named(found.def, self.generic_args(last, depth), depth)
    }

    /// The type of a definition with some arguments.
    pub fn named(&self, def: Def, args: Vec<Ty>, depth: u32) -> Ty {
        match def {
            Def::Adt(adt) => Ty::with(Head::Adt(adt), self.with_defaults(adt, args, depth)),
            Def::Variant(adt, _) => Ty::with(Head::Adt(adt), args),
            Def::Trait(id) => Ty::with(Head::Trait(id), args),
            Def::Alias(alias) => self.alias(alias, args, depth),
            Def::External(path) => self.app.external_type(path, args),
            _ => Ty::UNKNOWN,
        }
    }

    fn with_defaults(&self, adt: AdtId, args: Vec<Ty>, depth: u32) -> Vec<Ty> {
        let it = self.app.adt(adt);
        let at = self.app.adts[adt.index()];
        let params = self.app.facts(at.instance).generic_param_run(it.generics.params);
        self.fill(at.instance, at.module, params, args, depth)
    }

    /// The arguments for some type parameters: those given, then the defaults.
    fn fill(
        &self,
        instance: InstanceId,
        module: ModId,
        params: &[crate::syntax::GenericParam],
        args: Vec<Ty>,
        depth: u32,
    ) -> Vec<Ty> {
        let mut args = args;
        for param in params.iter().skip(args.len()) {
            let scope = TypeScope::new(self.app, instance, module);
            args.push(param.default.map_or(Ty::UNKNOWN, |default| scope.lower(default, depth + 1)));
        }
        args.truncate(params.len());
        args
    }

    fn alias(&self, alias: AliasId, args: Vec<Ty>, depth: u32) -> Ty {
        if depth > DEEPEST {
            return Ty::UNKNOWN;
        }
        let it = self.app.alias(alias);
        let at = self.app.aliases[alias.index()];
        let params = self.app.facts(at.instance).generic_param_run(it.generics.params);
        let mut scope = TypeScope::new(self.app, at.instance, at.module);
        scope.add_params(it.generics);
        let target = scope.lower(it.ty, depth + 1);
        let args = self.fill(at.instance, at.module, params, args, depth);
        let bound: Vec<(Sym, Ty)> = params.iter().map(|param| param.name).zip(args).collect();
        target.substitute(&bound)
    }

    /// `Self::Name`
    fn self_assoc(&self, name: Sym, depth: u32) -> Ty {
        if let Some((_, ty)) = self.assoc.iter().find(|(assoc, _)| *assoc == name) {
            return self.lower(*ty, depth + 1);
        }
        self.self_ty.as_ref().map_or(Ty::UNKNOWN, |ty| self.project(ty, name))
    }

    /// `<T as Trait>::Name`
    fn project(&self, ty: &Ty, name: Sym) -> Ty {
        self.app.associated_type(ty, name).unwrap_or(Ty::UNKNOWN)
    }
}

/// One type for several bounds: those that say nothing about calls are dropped.
fn one_of_bounds(traits: Vec<Ty>) -> Ty {
    let says_something = |ty: &Ty| match ty.head {
        Head::External(path) => !matches!(
            path.as_str(),
            "std::marker::Send"
                | "std::marker::Sync"
                | "std::marker::Unpin"
                | "std::clone::Clone"
                | "std::marker::Sized"
        ),
        Head::Unknown => false,
        _ => true,
    };
    let mut traits: Vec<Ty> = traits.into_iter().filter(says_something).collect();
    match traits.len() {
        0 => Ty::UNKNOWN,
        1 => traits.remove(0),
        _ => Ty::with(Head::Bounds, traits),
    }
}

/// Whether a name is a type of the language.
pub fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "str"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "f32"
            | "f64"
    )
}

impl App {
    /// A type of another crate, aliases replaced.
    pub fn external_type(&self, path: Sym, args: Vec<Ty>) -> Ty {
        let path = self.knowledge.canonical(path);
        let Some(alias) = self.knowledge.alias(path) else { return Ty::external(path, args) };
        let given = args.iter().cloned().chain(std::iter::repeat(Ty::UNKNOWN));
        let bound: Vec<(Sym, Ty)> = alias.params.iter().copied().zip(given).collect();
        let ty = self.instantiate(&alias.target, &bound);
        let known = alias.params.len();
        if args.len() <= known {
            return ty;
        }
        // `anyhow::Result<T, E = anyhow::Error>`: what is written takes the place of the default.
        let replaced = ty.args().iter().enumerate();
        let replaced = replaced.map(|(index, arg)| args.get(index).filter(|_| index >= known).unwrap_or(arg).clone());
        ty.clone().with_args(replaced.collect())
    }

    /// The type that a pattern stands for, with its variables replaced.
    pub fn instantiate(&self, pattern: &Pattern, bound: &[(Sym, Ty)]) -> Ty {
        match pattern {
            Pattern::Var(name) => bound.iter().find(|(var, _)| var == name).map_or(Ty::UNKNOWN, |(_, ty)| ty.clone()),
            Pattern::Named(path, args) => {
                let args = args.iter().map(|arg| self.instantiate(arg, bound)).collect();
                Ty::external(*path, args)
            }
            Pattern::Tuple(fields) => {
                Ty::with(Head::Tuple, fields.iter().map(|it| self.instantiate(it, bound)).collect())
            }
            Pattern::Kind(_, inner) => self.instantiate(inner, bound),
            _ => Ty::UNKNOWN,
        }
    }

    /// What a path means where it is written; `$crate` is the crate of the macro that wrote it.
    pub fn resolve_at(
        &self,
        instance: InstanceId,
        module: ModId,
        path: PathId,
        names: &[Sym],
        namespace: Namespace,
    ) -> Option<super::Resolved> {
        let it = self.facts(instance).tree.path(path);
        if names.first() == Some(&crate::sym!("$crate")) {
            let unit = &self.units[self.instances[instance.index()].unit.index()];
            let krate = unit.piece(it.span.start).krate;
            return self.resolve(self.crates[krate.index()].root, names, false, namespace);
        }
        self.resolve(module, names, it.global, namespace)
    }

    /// The traits of a definition's bound, for a parameter of a function or impl.
    pub fn trait_name(&self, id: TraitId) -> Sym {
        self.trait_def(id).name
    }
}
