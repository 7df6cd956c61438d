//! Numbers of the things that linking names, and what a name can mean.

use crate::symbol::Sym;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($of:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $of);

        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A lowered text: a file, or the expansion of macro calls.
    UnitId(u32);
    /// A unit as part of one crate: a file that two crates share is there twice.
    InstanceId(u32);
    /// A crate: a target of a package.
    CrateId(u32);
    /// A module, or a block with declarations of its own.
    ModId(u32);
    /// A function, method or associated function.
    FnId(u32);
    /// A struct, enum or union.
    AdtId(u32);
    /// A trait.
    TraitId(u32);
    /// An impl.
    ImplId(u32);
    /// A type alias.
    AliasId(u32);
    /// A constant or static.
    ValueId(u32);
    /// A `macro_rules!` definition.
    MacroDefId(u32);
}

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "named after the tables of App")]
pub enum Def {
    Module(ModId),
    Fn(FnId),
    Adt(AdtId),
    /// A variant, by its index.
    Variant(AdtId, u32),
    Trait(TraitId),
    Alias(AliasId),
    Value(ValueId),
    Macro(MacroDefId),
    /// Something of another crate, by its full path.
    External(Sym),
}

/// The three kinds of names that do not get in each other's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Namespace {
    /// Modules, types, traits.
    Types,
    /// Functions, constants, constructors.
    Values,
    /// Macros, derives, attributes.
    Macros,
}

impl Namespace {
    /// All of them.
    pub const ALL: [Namespace; 3] = [Namespace::Types, Namespace::Values, Namespace::Macros];
}

impl Def {
    /// Whether a definition can be meant in a namespace.
    pub fn is_in(self, namespace: Namespace) -> bool {
        match self {
            Def::External(_) => true,
            Def::Module(_) | Def::Trait(_) | Def::Alias(_) => namespace == Namespace::Types,
            Def::Adt(_) | Def::Variant(..) => namespace != Namespace::Macros,
            Def::Fn(_) | Def::Value(_) => namespace == Namespace::Values,
            Def::Macro(_) => namespace == Namespace::Macros,
        }
    }
}

/// What a name means in each namespace.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Slots {
    meanings: [Option<Def>; 3],
    /// Those that only the module itself, and those in it, have: by a `use` that is not `pub`.
    private: [bool; 3],
}

impl Slots {
    pub(super) fn get(&self, namespace: Namespace) -> Option<Def> {
        self.meanings[namespace as usize]
    }

    /// Whether the name means nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.meanings.iter().all(Option::is_none)
    }

    /// Adds a meaning where there is none yet.
    pub(super) fn fill(&mut self, namespace: Namespace, def: Def) {
        self.import(namespace, def, false);
    }

    /// Adds what an import means where there is no meaning yet.
    pub(super) fn import(&mut self, namespace: Namespace, def: Def, private: bool) {
        let slot = &mut self.meanings[namespace as usize];
        if slot.is_none() {
            *slot = Some(def);
            self.private[namespace as usize] = private;
        }
    }

    /// Whether only the module itself, and those in it, have the name.
    pub(super) fn is_private(&self, namespace: Namespace) -> bool {
        self.private[namespace as usize]
    }

    /// Gives a name another meaning.
    pub(super) fn replace(&mut self, namespace: Namespace, def: Def) {
        self.meanings[namespace as usize] = Some(def);
    }

    /// Adds a definition to every namespace it belongs to.
    pub(super) fn add(&mut self, def: Def) {
        for namespace in Namespace::ALL {
            if def.is_in(namespace) {
                self.fill(namespace, def);
            }
        }
    }
}
