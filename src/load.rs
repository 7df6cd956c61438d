//! Reads and lowers every file that the targets of a workspace reach through their modules, on all cores.
//!
//! Which file a `mod` means depends on where it stands, so files are found as their parents are read; the result is put
//! in the order of names afterwards, so that it never depends on which thread was faster.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::Scope;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::problem::{Problem, ProblemKind};
use crate::progress::Progress;
use crate::source::{FileId, Place, SourceFile, Sources, Span, display_name};
use crate::syntax::{FileFacts, Include, ModFile, ScopeId, ScopeKind, SyntaxProblem, lower_file};
use crate::workspace::{TargetKind, Workspace};

/// The sources of a workspace, lowered.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The texts.
    pub sources: Sources,
    /// What each file says, by [`FileId`].
    pub facts: Vec<FileFacts>,
    /// Which file each `mod name;` means, and each `include!`.
    pub children: FxHashMap<Child, FileId>,
    /// The root file of each target: by package, then target.
    pub roots: Vec<Vec<Option<FileId>>>,
    /// What could not be read or parsed.
    pub problems: Vec<Problem>,
}

/// A declaration that brings in another file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Child {
    /// The file it stands in.
    pub file: FileId,
    /// Whether that file's own modules lie beside it (`mod.rs`, crate roots) or in a folder of its name.
    pub beside: bool,
    /// The scope it stands in.
    pub scope: ScopeId,
    /// Which of the scope's declarations: first its modules, then its includes.
    pub index: u32,
}

/// Reads and lowers the files of a workspace.
pub fn load(workspace: &Workspace) -> Loaded {
    load_counted(workspace, &Progress::default())
}

/// As [`load`], counting the files.
pub fn load_counted(workspace: &Workspace, progress: &Progress) -> Loaded {
    let loader = Loader {
        workspace,
        progress,
        seen: Mutex::default(),
        files: Mutex::default(),
        links: Mutex::default(),
        problems: Mutex::default(),
    };
    let mut targets: Vec<(usize, usize)> = Vec::new();
    for (package, it) in workspace.packages.iter().enumerate() {
        targets.extend((0..it.targets.len()).map(|target| (package, target)));
    }
    rayon::scope(|scope| {
        for &(package, target) in &targets {
            let it = &workspace.packages[package];
            // Loose files are roots only where no other file claims them; that is known once those are read.
            if it.dependencies.is_some() || it.targets[target].kind != TargetKind::Program {
                loader.visit(scope, it.targets[target].root.clone(), true);
            }
        }
    });
    for &(package, target) in &targets {
        let it = &workspace.packages[package];
        if it.dependencies.is_none() && !loader.is_read(&it.targets[target].root) {
            rayon::scope(|scope| loader.visit(scope, it.targets[target].root.clone(), true));
        }
    }
    loader.finish(workspace)
}

struct Loader<'p> {
    workspace: &'p Workspace,
    progress: &'p Progress,
    seen: Mutex<FxHashSet<(PathBuf, bool)>>,
    files: Mutex<BTreeMap<PathBuf, ReadFile>>,
    links: Mutex<Vec<Link>>,
    problems: Mutex<Vec<Problem>>,
}

/// A file as read; `facts` is taken by the second visit of a file that is mounted in two ways.
struct ReadFile {
    text: String,
    facts: FileFacts,
    /// What went wrong, and what to do.
    problem: Option<(String, &'static str)>,
}

struct Link {
    parent: PathBuf,
    beside: bool,
    scope: ScopeId,
    index: u32,
    target: Result<PathBuf, Unread>,
}

/// What a file that could not be read at all means.
const UNCHECKED: &str = "nothing in this file was checked";

/// A declaration whose file is not read.
enum Unread {
    /// A `mod` whose file is not there.
    Missing { declaration: ModFile, tried: Vec<PathBuf> },
    /// A file that is not the project's: code of strangers must not decide what is read.
    Outside { span: Span, path: PathBuf },
}

impl Loader<'_> {
    fn is_read(&self, path: &Path) -> bool {
        lock(&self.files).contains_key(path)
    }

    /// Reads a file and then, as tasks of their own, the files it declares.
    fn visit<'s>(&'s self, scope: &Scope<'s>, path: PathBuf, beside: bool) {
        if !lock(&self.seen).insert((path.clone(), beside)) {
            return;
        }
        let declared = if self.is_read(&path) {
            lock(&self.files).get(&path).map(|file| declarations(&file.facts)).unwrap_or_default()
        } else {
            let file = read(&path);
            self.progress.count();
            let declared = declarations(&file.facts);
            lock(&self.files).entry(path.clone()).or_insert(file);
            declared
        };
        for declaration in declared {
            let target = locate(&path, beside, &declaration).and_then(|(child, beside)| {
                if self.workspace.holds(&child) {
                    return Ok((child, beside));
                }
                Err(Unread::Outside { span: declaration.what.span(), path: child })
            });
            if let Ok((child, child_beside)) = &target {
                let (child, child_beside) = (child.clone(), *child_beside);
                scope.spawn(move |scope| self.visit(scope, child, child_beside));
            }
            let Declared { scope, index, .. } = declaration;
            let target = target.map(|(child, _)| child);
            lock(&self.links).push(Link { parent: path.clone(), beside, scope, index, target });
        }
    }

    fn finish(self, workspace: &Workspace) -> Loaded {
        let mut loaded = Loaded { problems: into_inner(self.problems), ..Loaded::default() };
        let mut ids: FxHashMap<PathBuf, FileId> = FxHashMap::default();
        for (path, file) in into_inner(self.files) {
            let id = loaded.sources.add(SourceFile::new(&workspace.root, path.clone(), file.text));
            if let Some((message, help)) = file.problem {
                let name = display_name(&workspace.root, &path);
                loaded.problems.push(Problem::file(ProblemKind::Read, name, message).with_help(help));
            }
            for problem in &file.facts.problems {
                loaded.problems.push(syntax_problem(&loaded.sources, id, problem));
            }
            loaded.facts.push(file.facts);
            ids.insert(path, id);
        }
        for link in into_inner(self.links) {
            let Some(&file) = ids.get(&link.parent) else { continue };
            let child = Child { file, beside: link.beside, scope: link.scope, index: link.index };
            match link.target {
                Ok(target) => {
                    loaded.children.extend(ids.get(&target).map(|&target| (child, target)));
                }
                Err(it) => loaded.problems.extend(unread(workspace, &loaded.sources, file, &it)),
            }
        }
        let root = |target: &crate::workspace::Target| ids.get(&target.root).copied();
        loaded.roots = workspace.packages.iter().map(|it| it.targets.iter().map(root).collect()).collect();
        loaded
    }
}

/// What a poisoned lock holds is still what was read: the thread that failed had finished writing or had not begun.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn read(path: &Path) -> ReadFile {
    let (text, problem) = match contents(path).map(String::from_utf8) {
        Ok(Ok(text)) => (text, None),
        Ok(Err(bytes)) => {
            let text = String::from_utf8_lossy(bytes.as_bytes()).into_owned();
            (text, Some(("the file is not UTF-8".to_owned(), "what could be read was checked; save it as UTF-8")))
        }
        Err(error) => (String::new(), Some((format!("the file cannot be read: {error}"), UNCHECKED))),
    };
    // A defect of the parser must cost one file, not the run.
    let facts = std::panic::catch_unwind(|| lower_file(&text));
    match facts {
        Ok(facts) => ReadFile { text, facts, problem },
        Err(_) => {
            let problem = Some(("backstop failed on this file; please report it".to_owned(), UNCHECKED));
            ReadFile { text, facts: lower_file(""), problem }
        }
    }
}

/// Places are counted in 32 bits, and so large a file is no source.
const LARGEST: u64 = 1 << 30;

/// What is in a file. A pipe would be waited for, for ever.
fn contents(path: &Path) -> std::io::Result<Vec<u8>> {
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() && !meta.is_dir() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    if meta.len() > LARGEST {
        return Err(std::io::Error::other("it is larger than 1 GiB"));
    }
    std::fs::read(path)
}

/// A `mod name;` or `include!` of a file.
struct Declared {
    scope: ScopeId,
    index: u32,
    what: What,
    /// The inline modules around it, outermost first.
    inside: Vec<Inline>,
}

/// A `mod name { … }`.
#[derive(Clone)]
struct Inline {
    name: String,
    /// `#[path = "…"]`: the folder of its modules.
    folder: Option<String>,
}

enum What {
    Module(ModFile),
    Include(Include),
}

impl What {
    fn span(&self) -> Span {
        match self {
            What::Module(module) => module.span,
            What::Include(include) => include.span,
        }
    }
}

fn declarations(facts: &FileFacts) -> Vec<Declared> {
    let mut declared = Vec::new();
    for (index, scope) in facts.scopes.iter().enumerate() {
        if scope.files.is_empty() && scope.includes.is_empty() {
            continue;
        }
        let scope_id = ScopeId(index as u32);
        let inside = modules_around(facts, scope_id);
        let modules = scope.files.iter().map(|file| What::Module(file.clone()));
        let includes = scope.includes.iter().map(|include| What::Include(include.clone()));
        for (index, what) in modules.chain(includes).enumerate() {
            declared.push(Declared { scope: scope_id, index: index as u32, what, inside: inside.clone() });
        }
    }
    declared
}

fn modules_around(facts: &FileFacts, scope: ScopeId) -> Vec<Inline> {
    let mut modules = Vec::new();
    let mut at = Some(scope);
    while let Some(scope) = at {
        let it = facts.scope(scope);
        if let ScopeKind::Module(name) = it.kind {
            modules.push(Inline { name: name.to_string(), folder: it.folder.clone() });
        }
        at = it.parent;
    }
    modules.reverse();
    modules
}

/// The file that a declaration means, and whether that file's own modules lie beside it.
/// <https://doc.rust-lang.org/reference/items/modules.html#module-source-filenames>
fn locate(parent: &Path, beside: bool, declared: &Declared) -> Result<(PathBuf, bool), Unread> {
    let dir = parent.parent().unwrap_or(Path::new(""));
    // A file of another name than `mod.rs` has its modules in a folder of its name; a `#[path]` starts beside it.
    let mut inner = dir.to_path_buf();
    let mut own = parent.file_stem().filter(|_| !beside);
    for module in &declared.inside {
        match &module.folder {
            Some(folder) => inner.push(folder),
            None => inner.extend([own.unwrap_or_default(), module.name.as_ref()]),
        }
        own = None;
    }
    let declaration = match &declared.what {
        What::Include(include) => {
            let path = dir.join(&include.path);
            // An include that is not there is made by the build; there is nothing to advise.
            return Ok((path, true));
        }
        What::Module(declaration) => declaration,
    };
    let mut tried = Vec::new();
    tried.extend(declaration.paths.iter().map(|path| (inner.join(path), true)));
    if declaration.paths.is_empty() {
        inner.extend(own);
        tried.push((inner.join(format!("{}.rs", declaration.name)), false));
        tried.push((inner.join(declaration.name.as_str()).join("mod.rs"), true));
    }
    let found = tried.iter().position(|(path, _)| path.is_file());
    match found {
        Some(found) => Ok(tried.swap_remove(found)),
        None => {
            let tried = tried.into_iter().map(|(path, _)| path).collect();
            Err(Unread::Missing { declaration: declaration.clone(), tried })
        }
    }
}

fn unread(workspace: &Workspace, sources: &Sources, file: FileId, unread: &Unread) -> Option<Problem> {
    let shown = |path: &PathBuf| format!("`{}`", display_name(&workspace.root, path));
    match unread {
        Unread::Missing { declaration, .. } if declaration.conditional => None,
        Unread::Missing { declaration, tried } => {
            let tried: Vec<String> = tried.iter().map(shown).collect();
            let message = format!("the module `{}` has no file", declaration.name);
            let help = format!("it was looked for at {}", tried.join(" and "));
            let place = Place { file, span: declaration.span };
            Some(Problem::at(ProblemKind::MissingModule, sources, place, message).with_help(help))
        }
        Unread::Outside { span, path } => {
            let message = format!("{} is outside the project, and is not read", shown(path));
            let help =
                "the project is the repository, or else the workspace, with the packages that it depends on by path";
            let place = Place { file, span: *span };
            Some(Problem::at(ProblemKind::Read, sources, place, message).with_help(help))
        }
    }
}

fn syntax_problem(sources: &Sources, file: FileId, problem: &SyntaxProblem) -> Problem {
    let place = Place { file, span: problem.span };
    let help = match problem.whole_file {
        true => UNCHECKED,
        false => "this item was not checked; the rest of the file was",
    };
    let message = format!("cannot be parsed: {}", problem.message);
    Problem::at(ProblemKind::Parse, sources, place, message).with_help(help)
}
