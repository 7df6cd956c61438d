//! Runs git, so that nobody's configuration changes what it says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::baseline::real;
use crate::error::Error;

/// A repository with something checked out.
pub(super) struct Git {
    /// The folder at the top of what is checked out.
    pub(super) root: PathBuf,
}

/// What a run of git said.
struct Ran {
    succeeded: bool,
    out: Vec<u8>,
    err: String,
}

/// What git takes from its caller, such as a hook, about a repository that need not be the one that is checked.
const FROM_CALLER: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
];

/// The form of a patch, whatever the configuration says.
const PATCH: [&str; 13] = [
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--text",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=0",
    "--inter-hunk-context=0",
    "--find-renames",
    "-l1000",
    "--submodule=short",
    "--diff-algorithm=histogram",
];

impl Git {
    /// The repository around a folder, with what to do where there is none.
    pub(super) fn around(folder: &Path, otherwise: &str) -> Result<Git, Error> {
        let ran = run(folder, &["rev-parse", "--show-toplevel"])?;
        let root = text(&ran.out);
        if ran.succeeded && !root.is_empty() {
            return Ok(Git { root: real(Path::new(&root)) });
        }
        let reason = match ran.err.contains("not a git repository") {
            true => format!("`{}` is in no git repository", folder.display()),
            false => format!("git cannot read the repository around `{}`: {}", folder.display(), first_line(&ran.err)),
        };
        Err(error(reason, otherwise))
    }

    /// The commit from which another one and what is checked out have gone different ways.
    pub(super) fn merge_base(&self, commit: &str) -> Result<String, Error> {
        if commit.is_empty() || commit.starts_with('-') {
            let reason = format!("`{commit}` names no commit");
            return Err(error(reason, "name a branch, a tag or a commit: `--since origin/main`"));
        }
        let named = format!("{commit}^{{commit}}");
        let verified = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named])?;
        if !verified.succeeded {
            let reason = format!("git knows no commit `{commit}`");
            let branch = commit.strip_prefix("origin/").unwrap_or(commit);
            return Err(self.with_history(reason, &format!("`git fetch origin {branch}` may bring it here")));
        }
        let ran = self.run(&["merge-base", &text(&verified.out), "HEAD"])?;
        let base = text(&ran.out);
        if ran.succeeded && !base.is_empty() {
            return Ok(base);
        }
        let reason = format!("`{commit}` and what is checked out have no commit in common");
        Err(self.with_history(reason, "name a commit that the work has started from"))
    }

    /// The commit of a submodule that a commit of this repository asks for.
    pub(super) fn recorded(&self, commit: &str, submodule: &Path) -> Result<Option<String>, Error> {
        let Ok(path) = submodule.strip_prefix(&self.root) else { return Ok(None) };
        let entry = format!("{commit}:{}", path.to_string_lossy().replace('\\', "/"));
        let ran = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &entry])?;
        let found = text(&ran.out);
        let is_there =
            || run(submodule, &["cat-file", "-e", &format!("{found}^{{commit}}")]).is_ok_and(|ran| ran.succeeded);
        Ok((ran.succeeded && is_there()).then_some(found))
    }

    /// The patch from a commit to the files as they are.
    pub(super) fn diff(&self, base: &str) -> Result<Vec<u8>, Error> {
        self.out(&[&["diff"], PATCH.as_slice(), &[base, "--"]].concat())
    }

    /// The files that differ from the last commit, or that git does not know, relative to the root.
    pub(super) fn uncommitted(&self) -> Result<Vec<String>, Error> {
        let out = self.out(&["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal"])?;
        // Two letters and a space come before each name.
        let names = out.split(|byte| *byte == 0).filter_map(|entry| entry.get(3..));
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// The files that git neither tracks nor ignores, relative to the root.
    pub(super) fn untracked(&self) -> Result<Vec<String>, Error> {
        let out = self.out(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let names = out.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// What is missing, and what to do about that: in a clone without its history everything else is in vain.
    fn with_history(&self, reason: String, otherwise: &str) -> Error {
        let is_shallow = self.run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|ran| text(&ran.out) == "true");
        if is_shallow {
            let help = "fetch the history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab CI, or \
                `git fetch --unshallow`";
            return error(format!("{reason}: this clone is shallow, a part of its history is missing"), help);
        }
        error(reason, otherwise)
    }

    fn run(&self, arguments: &[&str]) -> Result<Ran, Error> {
        run(&self.root, arguments)
    }

    fn out(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let ran = self.run(arguments)?;
        if ran.succeeded {
            return Ok(ran.out);
        }
        let reason = format!("git cannot say what has changed: {}", first_line(&ran.err));
        Err(error(reason, "run `git status` there to see more"))
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Ran, Error> {
    let mut command = Command::new("git");
    for name in FROM_CALLER {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").arg("-C").arg(folder);
    command.args([
        "--no-optional-locks",
        "--literal-pathspecs",
        "-c",
        "core.quotePath=false",
        "-c",
        "core.fsmonitor=false",
    ]);
    let output = command
        .args(arguments)
        .output()
        .map_err(|reason| error(format!("git cannot be started: {reason}"), "git says what has changed: install it"))?;
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(Ran { succeeded: output.status.success(), out: output.stdout, err })
}

fn error(reason: String, help: &str) -> Error {
    Error::Changes { reason, help: help.to_owned() }
}

/// A line of output.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("it does not say why").trim_start_matches("fatal: ")
}
