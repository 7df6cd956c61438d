//! The baseline: findings that are known. Which of those that there are it knows, and which of those that it knows there
//! no longer are.

mod file;

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

pub use file::Entry;

use crate::app::App;
use crate::finding::Finding;
use crate::fingerprint::Identity;
use crate::source::display_name;

/// The name of the file unless another is given.
pub const USUAL_NAME: &str = "backstop-baseline.json";

/// The known findings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// The file they are written in.
    pub path: PathBuf,
    /// Them.
    pub entries: Vec<Entry>,
}

/// A baseline beside what there is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// For each finding, whether it is known.
    pub is_known: Vec<bool>,
    /// The entries that still hold, each as it would be written today; also those of files that were not looked at.
    pub kept: Vec<Entry>,
    /// The entries that no longer occur.
    pub gone: Vec<Entry>,
}

impl Baseline {
    /// The folder that the files of the entries are relative to.
    fn base(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// A path as it is whatever the current folder is.
    pub fn located(path: &Path) -> PathBuf {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => real(folder).join(name),
            _ => path,
        }
    }

    /// Whether there is something of the name of a baseline.
    pub fn is_there(path: &Path) -> bool {
        path.exists()
    }

    /// A finding as an entry.
    pub fn entry(&self, app: &App, finding: &Finding, code: &str, fingerprint: &str) -> Entry {
        Entry {
            file: display_name(self.base(), &app.sources.get(finding.place.file).path),
            function: finding.function.clone(),
            lint: finding.lint.to_owned(),
            code: code.to_owned(),
            fingerprint: fingerprint.to_owned(),
        }
    }

    /// Compares the entries with what was found in some files.
    pub fn compare(&self, app: &App, found: &[(Finding, Identity)], files: &[&Path]) -> Comparison {
        let files: FxHashSet<PathBuf> = files.iter().map(|path| real(path)).collect();
        let entry = |(finding, it): &(Finding, Identity)| self.entry(app, finding, &it.code, &it.fingerprint);
        let today: Vec<Entry> = found.iter().map(entry).collect();
        let mut matches = Matches::new(&self.entries, &today);
        matches.same();
        if matches.is_open() {
            let places = self.places(app);
            matches.moved(|entry| !places.contains(&(entry.file.as_str(), entry.function.clone())));
        }
        let mut comparison = Comparison { is_known: matches.is_known(), ..Comparison::default() };
        for (entry, match_) in self.entries.iter().zip(&matches.of_entry) {
            let path = real(&self.base().join(&entry.file));
            match match_ {
                Some(index) => comparison.kept.push(today[*index].clone()),
                // Whether it still occurs is not known where nobody looked.
                None if path.exists() && !files.contains(&path) => comparison.kept.push(entry.clone()),
                None => comparison.gone.push(entry.clone()),
            }
        }
        comparison
    }

    /// The functions that there are in the files of the entries.
    fn places(&self, app: &App) -> FxHashSet<(&str, String)> {
        let named: FxHashMap<PathBuf, &str> =
            self.entries.iter().map(|entry| (real(&self.base().join(&entry.file)), entry.file.as_str())).collect();
        let files: Vec<Option<&str>> =
            app.sources.iter().map(|(_, file)| named.get(&real(&file.path)).copied()).collect();
        let functions = app.functions.iter().enumerate().filter_map(|(index, function)| {
            let id = crate::app::FnId(index as u32);
            let place = app.place(function.at.instance, app.function(id).span);
            let file = files[place.file.0 as usize]?;
            Some((file, app.target_name(crate::app::Target::Fn(id))))
        });
        functions.collect()
    }
}

/// A path without links, where it is there.
pub(crate) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// Which entry is which finding.
struct Matches<'e> {
    entries: &'e [Entry],
    today: &'e [Entry],
    of_entry: Vec<Option<usize>>,
    of_finding: Vec<Option<usize>>,
}

impl<'e> Matches<'e> {
    fn new(entries: &'e [Entry], today: &'e [Entry]) -> Self {
        Matches { entries, today, of_entry: vec![None; entries.len()], of_finding: vec![None; today.len()] }
    }

    /// Those whose fingerprints agree.
    fn same(&mut self) {
        self.by(|entry| entry.fingerprint.clone(), |_| true);
    }

    /// Those whose places are no longer there: the same code in a function of the same name elsewhere, or in the same
    /// file in a function of another name.
    fn moved(&mut self, is_gone: impl Fn(&Entry) -> bool) {
        let name = |entry: &Entry| entry.function.rsplit("::").next().unwrap_or_default().to_owned();
        self.by(|entry| (entry.lint.clone(), entry.code.clone(), name(entry)), &is_gone);
        self.by(|entry| (entry.lint.clone(), entry.code.clone(), entry.file.clone()), &is_gone);
    }

    /// Pairs what is left of both and has the same key, in order.
    fn by<K: std::hash::Hash + Eq>(&mut self, key: impl Fn(&Entry) -> K, is_meant: impl Fn(&Entry) -> bool) {
        let mut open: FxHashMap<K, Vec<usize>> = FxHashMap::default();
        for (index, entry) in self.entries.iter().enumerate().rev() {
            if self.of_entry[index].is_none() && is_meant(entry) {
                open.entry(key(entry)).or_default().push(index);
            }
        }
        for (index, finding) in self.today.iter().enumerate() {
            if self.of_finding[index].is_none()
                && let Some(entry) = open.get_mut(&key(finding)).and_then(Vec::pop)
            {
                (self.of_finding[index], self.of_entry[entry]) = (Some(entry), Some(index));
            }
        }
    }

    /// Whether both have something left.
    fn is_open(&self) -> bool {
        self.of_entry.contains(&None) && self.of_finding.contains(&None)
    }

    fn is_known(&self) -> Vec<bool> {
        self.of_finding.iter().map(Option::is_some).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str, function: &str, code: &str, fingerprint: &str) -> Entry {
        let [file, function, code, fingerprint] = [file, function, code, fingerprint].map(str::to_owned);
        Entry { file, function, lint: "a_lint".to_owned(), code, fingerprint }
    }

    /// Which entry each finding is, where the functions of the entries named `gone` are no longer there.
    fn matched(entries: &[Entry], today: &[Entry]) -> Vec<Option<usize>> {
        let mut matches = Matches::new(entries, today);
        matches.same();
        matches.moved(|entry| entry.file.starts_with("gone"));
        matches.of_finding
    }

    #[test]
    fn code_that_has_moved_is_found_again() {
        let entries = [entry("gone.rs", "gone::show", "c", "1"), entry("b.rs", "b::list", "d", "2")];
        let moved = [entry("new.rs", "new::show", "c", "3"), entry("b.rs", "b::list", "d", "2")];
        assert_eq!(matched(&entries, &moved), [Some(0), Some(1)]);
        let copied = [entry("new.rs", "new::list", "d", "3")];
        assert_eq!(matched(&entries, &copied), [None], "its function is still there: this is another one");
        let renamed = [entry("gone.rs", "gone::show_user", "c", "3")];
        assert_eq!(matched(&entries, &renamed), [Some(0)]);
    }

    #[test]
    fn one_entry_is_one_finding() {
        let entries = [entry("gone.rs", "a::f", "c", "1")];
        let twice = [entry("new.rs", "b::f", "c", "2"), entry("new.rs", "b::f", "c", "3")];
        assert_eq!(matched(&entries, &twice), [Some(0), None]);
    }
}
