//! Which lines have changed since a commit, as git says: the only room that runs another program.

mod git;
mod patch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::baseline::real;
use crate::error::{Error, count};
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Changed {
    /// The first line.
    first: u32,
    /// The last line; before the first where lines have only been taken away between the two.
    last: u32,
}

impl Changes {
    /// What has changed in the repository around a folder since the merge base of a commit and what is checked out;
    /// what is not committed counts, and so do files that git does not track and does not ignore.
    ///
    /// # Errors
    ///
    /// When there is no git, no repository, no such commit or no common history.
    pub fn since(folder: &Path, commit: &str) -> Result<Changes, Error> {
        let git = Git::around(folder)?;
        let base = git.merge_base(commit)?;
        let root = real(&git.root);
        let mut files = BTreeMap::new();
        for (name, lines) in patch::changed_lines(&git.diff(&base)?) {
            files.insert(root.join(name), Lines::Some(lines));
        }
        files.extend(git.untracked()?.into_iter().map(|name| (root.join(name), Lines::All)));
        Ok(Changes { since: commit.to_owned(), files })
    }

    /// The first changed line among some lines of a file.
    pub fn first_in(&self, file: &Path, first: u32, last: u32) -> Option<u32> {
        match self.files.get(&real(file))? {
            Lines::All => Some(first),
            // Where lines were taken away, those on both sides have changed: an error that is no longer logged, say.
            Lines::Some(lines) => {
                let touches = lines.iter().find(|it| it.first.min(it.last) <= last && first <= it.first.max(it.last));
                touches.map(|it| it.first.min(it.last).max(first))
            }
        }
    }

    /// Whether anything in a file has changed.
    pub fn is_changed(&self, file: &Path) -> bool {
        self.files.contains_key(&real(file))
    }

    /// What it says of the size, for the summary.
    pub fn summary(&self) -> String {
        format!("{} changed since `{}`", count(self.files.len(), "file"), self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beside_what_was_taken_away_have_changed() {
        let lines = Lines::Some(vec![Changed { first: 5, last: 7 }, Changed { first: 21, last: 20 }]);
        let changes = Changes { since: "main".to_owned(), files: BTreeMap::from([(PathBuf::from("a.rs"), lines)]) };
        let first_in = |first, last| changes.first_in(Path::new("a.rs"), first, last);
        assert_eq!(first_in(1, 4), None);
        assert_eq!(first_in(1, 5), Some(5));
        assert_eq!(first_in(6, 9), Some(6));
        assert_eq!(first_in(8, 19), None);
        assert_eq!((first_in(20, 20), first_in(21, 21), first_in(22, 30)), (Some(20), Some(21), None));
        assert_eq!(changes.first_in(Path::new("b.rs"), 1, 100), None);
    }
}
