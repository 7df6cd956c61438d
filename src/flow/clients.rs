//! Where clients of other services come from, and whether anything limits how long they wait: by the code that builds
//! them, wherever it stands.

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::At;
use crate::app::{App, CrateId, Def, FnId, InstanceId, ModId, Site, ValueId};
use crate::knowledge::{LibraryId, Role};
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Pat, PathId, Stmt, Tree};

/// Locals and functions are followed back through so many.
const DEEPEST: u32 = 8;

/// A client that the program builds.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) at: At,
    site: Site,
    /// The static that it is built for, if it is.
    value: Option<ValueId>,
    /// Whether the code that builds it limits something.
    is_limited: bool,
}

/// The clients of a library that the program builds.
pub(super) struct Clients {
    library: LibraryId,
    all: Vec<Client>,
    /// What is put into fields of these names.
    fields: FxHashMap<Sym, Vec<Base>>,
}

/// What a request is made with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Base {
    /// A client that is built here.
    Built(Site),
    /// A client in a field of this name.
    Field(Sym),
    /// That of a static.
    Value(ValueId),
    /// Any client that there is.
    Any,
    /// Something that limits how long it waits, or may do so.
    Limited,
}

/// The code of a function.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    app: &'a App,
    id: FnId,
    pub(super) instance: InstanceId,
    module: ModId,
    tree: &'a Tree,
    exprs: (u32, u32),
    library: LibraryId,
}

impl Clients {
    /// The clients of a library.
    pub(super) fn of(app: &App, library: LibraryId) -> Clients {
        let mut clients = Clients { library, all: Vec::new(), fields: FxHashMap::default() };
        for id in (0..app.functions.len() as u32).map(FnId) {
            let code = Code::of(app, id, library);
            let built: Vec<ExprId> = code.ids().filter(|expr| code.builds(*expr)).collect();
            if built.is_empty() {
                continue;
            }
            let is_limited = code.is_limited();
            clients.all.extend(built.into_iter().map(|expr| {
                let site = Site { instance: code.instance, expr };
                let at = At { instance: code.instance, span: code.tree.expr(expr).span };
                Client { at, site, value: None, is_limited }
            }));
        }
        for id in (0..app.values.len() as u32).map(ValueId) {
            clients.of_value(app, id, library);
        }
        clients
    }

    /// Those that the value of a static is made with; what is in there belongs to no function.
    fn of_value(&mut self, app: &App, id: ValueId, library: LibraryId) {
        let Some(init) = app.value(id).init else { return };
        let at = app.values[id.index()];
        let tree = &app.facts(at.instance).tree;
        let (mut built, mut is_limited) = (None, false);
        let mut queue = vec![init];
        while let Some(expr) = queue.pop() {
            let meant = match tree.expr(expr).kind {
                ExprKind::Path(path) => Some(path),
                ExprKind::Call { callee, .. } => {
                    queue.push(callee);
                    None
                }
                ExprKind::Closure(index) => {
                    queue.push(tree.closures[index as usize].body);
                    None
                }
                ExprKind::Block(index) => {
                    let block = tree.blocks[index as usize];
                    queue.extend(block.tail);
                    queue.extend(tree.stmt_run(block.stmts).iter().filter_map(|stmt| match *stmt {
                        Stmt::Let { init, .. } => init,
                        Stmt::Expr(expr) => Some(expr),
                    }));
                    None
                }
                ExprKind::Method { call, .. } => {
                    is_limited |= app.knowledge.is_word_of(Role::Limit, tree.methods[call as usize].name);
                    None
                }
                _ => None,
            };
            let named = meant.and_then(|path| app.external_named(at.module, at.instance, path));
            if named.is_some_and(|named| starts(app, library, named)) {
                built = Some(expr);
            }
            queue.extend(tree.operands(expr));
        }
        if let Some(expr) = built {
            let site = Site { instance: at.instance, expr };
            let at = At { instance: at.instance, span: tree.expr(expr).span };
            self.all.push(Client { at, site, value: Some(id), is_limited });
        }
    }

    /// The client that requests are made with, if nothing limits how long it waits, and whether it is certain that it is
    /// that one; of several one of the same crate.
    pub(super) fn endless(&mut self, app: &App, krate: CrateId, base: Base) -> Option<(&Client, bool)> {
        let bases = match base {
            Base::Field(name) => {
                let library = self.library;
                self.fields.entry(name).or_insert_with(|| put_into(app, library, name)).clone()
            }
            base => vec![base],
        };
        if bases.contains(&Base::Limited) {
            return None;
        }
        let is_meant = |client: &&Client| {
            let value = client.value.map(Base::Value);
            bases.contains(&Base::Built(client.site)) || value.is_some_and(|value| bases.contains(&value))
        };
        let mut meant: Vec<&Client> = self.all.iter().filter(is_meant).collect();
        if meant.is_empty() {
            meant = self.all.iter().collect();
        }
        let is_beside = |client: &&&Client| app.instances[client.at.instance.index()].krate == krate;
        let first = *meant.iter().find(is_beside).or(meant.first())?;
        meant.iter().all(|client| !client.is_limited).then_some((first, meant.len() == 1))
    }
}

/// What the program puts into the fields of a name.
fn put_into(app: &App, library: LibraryId, wanted: Sym) -> Vec<Base> {
    let mut bases = Vec::new();
    for id in (0..app.functions.len() as u32).map(FnId) {
        let code = Code::of(app, id, library);
        for expr in code.ids() {
            let ExprKind::Struct(index) = code.tree.expr(expr).kind else { continue };
            let fields = code.tree.field_run(code.tree.structs[index as usize].fields);
            bases.extend(fields.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| code.base(*value)));
        }
    }
    bases
}

/// Whether a path is where building a client of a library starts.
fn starts(app: &App, library: LibraryId, path: Sym) -> bool {
    app.knowledge.plays_of(library, app.knowledge.canonical(path), Role::Client)
}

impl<'a> Code<'a> {
    pub(super) fn of(app: &'a App, id: FnId, library: LibraryId) -> Code<'a> {
        let (instance, module) = app.home(id);
        let tree = &app.facts(instance).tree;
        Code { app, id, instance, module, tree, exprs: app.function(id).exprs, library }
    }

    fn ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (self.exprs.0..self.exprs.1).map(ExprId)
    }

    /// Whether an expression is where building a client starts: `Client::new`, called or handed on.
    fn builds(&self, expr: ExprId) -> bool {
        let ExprKind::Path(path) = self.tree.expr(expr).kind else { return false };
        let is_word = |name: Sym| self.app.knowledge.is_word_of(Role::Client, name);
        self.tree.last_name(path).is_some_and(is_word)
            && matches!(self.resolve(path), Some(Def::External(path)) if starts(self.app, self.library, path))
    }

    fn resolve(&self, path: PathId) -> Option<Def> {
        self.app.resolve_value(self.id, self.instance, self.module, path)
    }

    /// Whether the code limits how long something takes, whatever that is.
    pub(super) fn is_limited(&self) -> bool {
        let is_word = |name: Sym| self.app.knowledge.is_word_of(Role::Limit, name);
        self.ids().any(|expr| match self.tree.expr(expr).kind {
            ExprKind::Select { .. } => true,
            ExprKind::Method { call, .. } => is_word(self.tree.methods[call as usize].name),
            ExprKind::Call { callee, .. } => match self.tree.expr(callee).kind {
                ExprKind::Path(path) => self.tree.last_name(path).is_some_and(is_word),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether code stands in an argument of a call that plays a part: in what `spawn` is given.
    pub(super) fn is_given_to(&self, role: Role, span: Span) -> bool {
        let is_word = |name: Sym| self.app.knowledge.is_word_of(role, name);
        self.ids().any(|expr| {
            let args = match self.tree.expr(expr).kind {
                ExprKind::Method { call, .. } => {
                    let method = self.tree.methods[call as usize];
                    is_word(method.name).then_some(method.args)
                }
                ExprKind::Call { callee, args } => match self.tree.expr(callee).kind {
                    ExprKind::Path(path) => self.tree.last_name(path).is_some_and(is_word).then_some(args),
                    _ => None,
                },
                _ => None,
            };
            let args = args.map(|args| self.tree.expr_run(args)).unwrap_or_default();
            args.iter().any(|arg| self.tree.expr(*arg).span.contains(span))
        })
    }

    /// What an expression is made with: a request, a client.
    pub(super) fn base(&self, expr: ExprId) -> Base {
        self.base_in(expr, &mut FxHashSet::default())
    }

    fn base_in(&self, expr: ExprId, seen: &mut FxHashSet<Site>) -> Base {
        if seen.len() > DEEPEST as usize * 4 || !seen.insert(Site { instance: self.instance, expr }) {
            return Base::Any;
        }
        match self.tree.expr(expr).kind {
            ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) | ExprKind::Deref(inner) => {
                self.base_in(inner, seen)
            }
            ExprKind::Method { receiver, call } => {
                let name = self.tree.methods[call as usize].name;
                let own = self.app.methods_named(name);
                let is_known = || self.app.knowledge.methods(name).iter().any(|fact| fact.library == self.library);
                match own {
                    [] => self.base_in(receiver, seen),
                    _ if is_known() => self.base_in(receiver, seen),
                    [only] => self.base_of_function(*only, seen),
                    _ => Base::Limited,
                }
            }
            ExprKind::Call { callee, args } => match self.tree.expr(callee).kind {
                ExprKind::Path(_) if self.builds(callee) => Base::Built(Site { instance: self.instance, expr: callee }),
                ExprKind::Path(path) => match self.resolve(path) {
                    Some(Def::Fn(id)) => self.base_of_function(id, seen),
                    _ => match self.tree.expr_run(args).first() {
                        Some(first) => self.base_in(*first, seen),
                        None => Base::Limited,
                    },
                },
                _ => Base::Any,
            },
            ExprKind::Field { name, .. } => Base::Field(name),
            ExprKind::Path(path) => self.base_of_path(expr, path, seen),
            ExprKind::Block(index) => match self.tree.blocks[index as usize].tail {
                Some(tail) => self.base_in(tail, seen),
                None => Base::Any,
            },
            _ => Base::Any,
        }
    }

    fn base_of_path(&self, expr: ExprId, path: PathId, seen: &mut FxHashSet<Site>) -> Base {
        if self.builds(expr) {
            return Base::Built(Site { instance: self.instance, expr });
        }
        let Some(name) = self.tree.single_name(path) else {
            return match self.resolve(path) {
                Some(Def::Value(id)) => Base::Value(id),
                _ => Base::Any,
            };
        };
        // The last one of the name that stands in front of it.
        let mut found = None;
        for block in self.ids() {
            let ExprKind::Block(index) = self.tree.expr(block).kind else { continue };
            for stmt in self.tree.stmt_run(self.tree.blocks[index as usize].stmts) {
                if let Stmt::Let { pat, init: Some(init), .. } = *stmt
                    && matches!(self.tree.pat(pat), Pat::Bind { name: bound, .. } if bound == name)
                    && init.0 < expr.0
                {
                    found = found.max(Some(init));
                }
            }
        }
        match (found, self.resolve(path)) {
            (Some(init), _) => self.base_in(init, seen),
            (None, Some(Def::Value(id))) => Base::Value(id),
            _ => Base::Any,
        }
    }

    /// What a function of the project yields is made with.
    fn base_of_function(&self, id: FnId, seen: &mut FxHashSet<Site>) -> Base {
        let code = Code::of(self.app, id, self.library);
        match self.app.function(id).body {
            _ if code.is_limited() => Base::Limited,
            Some(body) => code.base_in(body, seen),
            None => Base::Limited,
        }
    }
}
