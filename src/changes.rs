//! Which lines have changed since a commit, and what is not committed, as git says: the only room that runs another program.

mod git;
mod patch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::baseline::real;
use crate::error::Error;
use crate::source::SourceFile;
use git::Git;

/// The lines that have changed since a commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changes {
    /// The commit, as typed.
    pub since: String,
    files: BTreeMap<PathBuf, Lines>,
}

/// The changed lines of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Lines {
    /// All of them: the file is new.
    All,
    /// Some of them, counted from 1.
    Some(Vec<Changed>),
}

/// Lines of a file that have changed.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Changed {
    /// The first line.
    first: u32,
    /// The last line; before the first where lines have only been taken away between the two.
    last: u32,
    /// What stood there before.
    removed: String,
}

impl Changed {
    /// Whether it is in some lines; lines that were taken away have to have been between two of them.
    fn is_in(&self, first: u32, last: u32) -> bool {
        self.first <= last && first <= self.last
    }

    /// Whether it is in some lines or, where lines were taken away, beside one of them: an error that is no longer
    /// logged, say.
    fn touches(&self, first: u32, last: u32) -> bool {
        self.first.min(self.last) <= last && first <= self.first.max(self.last)
    }
}

impl Changes {
    /// What has changed in the repositories around some folders since the merge base of a commit and what is checked out;
    /// what is not committed counts, and so do files that git does not track and does not ignore.
    ///
    /// # Errors
    ///
    /// When there is no git, no repository, no such commit or no common history.
    pub fn since(folders: &[&Path], commit: &str) -> Result<Changes, Error> {
        // Those around others come first.
        let roots: BTreeSet<PathBuf> = folders.iter().map(|folder| repository_around(folder)).collect();
        let mut repositories: Vec<(Git, String)> = Vec::new();
        let mut files = BTreeMap::new();
        for root in roots {
            let git =
                Git::around(&root, "`--since` asks git what has changed: run it in a clone, or leave `--since` out")?;
            let around = repositories.iter().rev().find(|(around, _)| git.root.starts_with(&around.root));
            let recorded = around.map(|(around, base)| around.recorded(base, &git.root)).transpose()?.flatten();
            let base = recorded.map_or_else(|| git.merge_base(commit), Ok)?;
            for (name, lines) in patch::changed_lines(&git.diff(&base)?) {
                files.insert(git.root.join(name), Lines::Some(lines));
            }
            files.extend(git.untracked()?.into_iter().map(|name| (git.root.join(name), Lines::All)));
            repositories.push((git, base));
        }
        Ok(Changes { since: commit.to_owned(), files })
    }

    /// The files in the repositories around some folders that differ from the last commit, or that git does not know.
    ///
    /// # Errors
    ///
    /// When there is no git or no repository.
    pub fn uncommitted(folders: &[&Path]) -> Result<Vec<PathBuf>, Error> {
        let roots: BTreeSet<PathBuf> = folders.iter().map(|folder| repository_around(folder)).collect();
        let mut files = Vec::new();
        for root in roots {
            let git = Git::around(
                &root,
                "what is changed could not be told from what was there: `--allow-dirty` says that it need not",
            )?;
            files.extend(git.uncommitted()?.into_iter().map(|name| git.root.join(name)));
        }
        Ok(files)
    }

    /// The first changed line among some lines of a file.
    pub fn first_in(&self, file: &Path, first: u32, last: u32) -> Option<u32> {
        self.first_that(file, first, |change| change.is_in(first, last))
    }

    /// The first changed line among some lines of a file, or beside them where lines were taken away.
    pub fn first_beside(&self, file: &Path, first: u32, last: u32) -> Option<u32> {
        self.first_that(file, first, |change| change.touches(first, last))
    }

    fn first_that(&self, file: &Path, first: u32, is_meant: impl Fn(&Changed) -> bool) -> Option<u32> {
        match self.files.get(&real(file))? {
            Lines::All => Some(first),
            Lines::Some(changes) => changes.iter().find(|it| is_meant(it)).map(|it| it.first.min(it.last).max(first)),
        }
    }

    /// The first changed line among some lines of a file that has a word which was not there before.
    pub fn first_with(&self, file: &SourceFile, first: u32, last: u32, word: &str) -> Option<u32> {
        let has_word = |line: &u32| has_word(file.line_text(*line), word);
        match self.files.get(&real(&file.path))? {
            Lines::All => (first..=last).find(has_word),
            Lines::Some(changes) => {
                let new = changes.iter().filter(|it| it.is_in(first, last) && !self::has_word(&it.removed, word));
                new.flat_map(|it| it.first.max(first)..=it.last.min(last)).find(has_word)
            }
        }
    }

    /// Whether anything in a file has changed.
    pub fn is_changed(&self, file: &Path) -> bool {
        self.files.contains_key(&real(file))
    }
}

/// The top of the repository around a folder, or the folder where there seems to be none: git says what is wrong then.
fn repository_around(folder: &Path) -> PathBuf {
    let folder = real(folder);
    folder.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(&folder).to_path_buf()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beside_what_was_taken_away_have_changed() {
        let changed = |first, last| Changed { first, last, removed: String::new() };
        let lines = Lines::Some(vec![changed(5, 7), changed(21, 20)]);
        let changes = Changes { since: "main".to_owned(), files: BTreeMap::from([(PathBuf::from("a.rs"), lines)]) };
        let first_in = |first, last| changes.first_in(Path::new("a.rs"), first, last);
        assert_eq!((first_in(1, 4), first_in(1, 5), first_in(6, 9), first_in(8, 19)), (None, Some(5), Some(6), None));
        assert_eq!((first_in(20, 20), first_in(21, 21), first_in(20, 21)), (None, None, Some(20)));
        let beside = |first, last| changes.first_beside(Path::new("a.rs"), first, last);
        assert_eq!((beside(1, 4), beside(1, 5), beside(6, 9), beside(8, 19)), (None, Some(5), Some(6), None));
        assert_eq!((beside(20, 20), beside(21, 21), beside(22, 30)), (Some(20), Some(21), None));
        assert_eq!(changes.first_in(Path::new("b.rs"), 1, 100), None);
    }
}
