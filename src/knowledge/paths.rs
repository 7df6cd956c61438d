//! One name for each thing: paths under which libraries re-export what others define, and what a glob import brings.

use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::symbol::Sym;

/// The known paths.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Another path of a thing, or of a module: the path it is known by.
    same: FxHashMap<String, Sym>,
    /// What a module exports: names with their paths.
    exports: FxHashMap<Sym, FxHashMap<Sym, Vec<Sym>>>,
    /// `aws_sdk_*`: what stands before and after the star, and the path.
    wildcards: Vec<(String, String, Sym)>,
    /// What has been asked before: the same few paths are asked for over and over.
    asked: Asked,
}

/// Answers that have been given, for every thread.
#[derive(Debug, Default)]
struct Asked {
    canonical: RwLock<FxHashMap<Sym, Sym>>,
    below: RwLock<FxHashMap<(Sym, Sym), Sym>>,
}

/// The answer to a question, given once.
fn once<K: Copy + Eq + Hash>(answers: &RwLock<FxHashMap<K, Sym>>, question: K, answer: impl FnOnce() -> Sym) -> Sym {
    // A thread that panics leaves the answers that it gave: they are still right.
    if let Some(&known) = answers.read().unwrap_or_else(PoisonError::into_inner).get(&question) {
        return known;
    }
    let new = answer();
    answers.write().unwrap_or_else(PoisonError::into_inner).insert(question, new);
    new
}

impl Paths {
    /// Declares that `path` is another name of `canonical`.
    pub(super) fn add_same(&mut self, path: &str, canonical: &str) {
        if path == canonical {
            return;
        }
        if let Some((before, after)) = path.split_once('*') {
            self.wildcards.push((before.to_owned(), after.to_owned(), Sym::from(canonical)));
        } else {
            self.same.insert(path.to_owned(), Sym::from(canonical));
        }
    }

    /// Declares that a path exists, so that a glob import of its module brings its last name.
    pub(super) fn add_known(&mut self, path: &str) {
        let path = path.trim_end_matches('!');
        if let Some((module, name)) = path.rsplit_once("::")
            && name != "*"
        {
            self.add_export(module, name, path);
        }
    }

    /// Declares that a glob import of `module` brings `name`, which is `path`.
    pub(super) fn add_export(&mut self, module: &str, name: &str, path: &str) {
        let names = self.exports.entry(Sym::from(module)).or_default();
        let paths = names.entry(Sym::from(name)).or_default();
        let path = Sym::from(path);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }

    /// The path under which a thing is known. Asked only once all paths have been declared.
    pub(super) fn known_as(&self, path: Sym) -> Sym {
        once(&self.asked.canonical, path, || self.canonical(path))
    }

    /// The path under which `path::name` is known.
    pub(super) fn below(&self, path: Sym, name: Sym) -> Sym {
        once(&self.asked.below, (path, name), || self.canonical(Sym::from(format!("{path}::{name}"))))
    }

    /// The path under which a thing is known, as far as paths have been declared.
    pub(super) fn canonical(&self, path: Sym) -> Sym {
        let mut path = path;
        for _ in 0..8 {
            match self.step(path) {
                Some(next) if next != path => path = next,
                _ => break,
            }
        }
        path
    }

    /// Replaces the longest known prefix of a path.
    fn step(&self, path: Sym) -> Option<Sym> {
        let text = path.as_str();
        if let Some(same) = self.same_as(text) {
            return Some(same);
        }
        let mut end = text.len();
        while let Some(at) = text[..end].rfind("::") {
            if let Some(same) = self.same_as(&text[..at]) {
                return Some(Sym::from(format!("{same}{}", &text[at..])));
            }
            end = at;
        }
        None
    }

    fn same_as(&self, text: &str) -> Option<Sym> {
        self.same.get(text).copied().or_else(|| {
            self.wildcards.iter().find_map(|(before, after, canonical)| {
                let middle = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
                (!middle.contains("::")).then_some(*canonical)
            })
        })
    }

    /// What `use module::*` brings under a name.
    pub(super) fn exported(&self, module: Sym, name: Sym) -> &[Sym] {
        let names = self.exports.get(&module);
        names.and_then(|names| names.get(&name)).map(Vec::as_slice).unwrap_or_default()
    }
}
