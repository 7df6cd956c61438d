//! Repositories to run backstop in, with nothing from the git configuration of whoever runs the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Ran, command, ran};
use super::project;

/// A repository in a scratch folder.
pub struct Repository {
    pub dir: PathBuf,
}

impl Repository {
    /// A repository with some files in its first commit, on the branch `main`.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Repository {
        let files: Vec<(String, String)> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let repository = Repository { dir: project(name, &files) };
        repository.git("init --quiet --initial-branch main");
        repository.commit("start");
        repository
    }

    /// Runs git with some words, and returns what it writes.
    #[track_caller]
    pub fn git(&self, words: &str) -> String {
        let mut git = Command::new("git");
        git.args(words.split(' ')).current_dir(&self.dir);
        let output = alone(&mut git, &self.dir).output().expect("git can be started");
        assert!(output.status.success(), "git {words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Commits everything.
    #[track_caller]
    pub fn commit(&self, message: &str) {
        self.git("add --all");
        self.git(&format!("commit --quiet --message {message}"));
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().expect("files are in folders")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    /// What a file holds.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dir.join(path)).expect("the file is there")
    }

    /// Replaces some text in a file, which has to be there once.
    #[track_caller]
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "{path} holds `{old}` once");
        self.write(path, &text.replace(old, new));
    }

    /// Runs backstop in it.
    pub fn backstop(&self, arguments: &[&str]) -> Ran {
        self.backstop_in(".", arguments)
    }

    /// Runs backstop in a folder of it.
    pub fn backstop_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut command = command(&self.dir.join(folder), arguments);
        ran(&self.dir, alone(&mut command, &self.dir))
    }
}

/// A command for which there is no git configuration but that of the repository, and no repository around it.
pub fn alone<'c>(command: &'c mut Command, dir: &Path) -> &'c mut Command {
    let nobody =
        [("AUTHOR_NAME", "a"), ("AUTHOR_EMAIL", "a@b.c"), ("COMMITTER_NAME", "a"), ("COMMITTER_EMAIL", "a@b.c")];
    command.env_clear().envs(nobody.map(|(name, value)| (format!("GIT_{name}"), value)));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("GIT_CONFIG_GLOBAL", dir.join(".no-configuration")).env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap_or(dir))
}
