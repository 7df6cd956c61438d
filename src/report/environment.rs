//! What a run is part of: a step in GitHub Actions, a job of GitLab, a shell in some folder.

use std::env;
use std::path::PathBuf;

/// What a run is part of, as its environment says; the default is nothing in particular.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Environment {
    /// Whether GitHub Actions reads standard output.
    pub in_github: bool,
    /// Where GitHub Actions takes Markdown for the summary of a job from.
    pub step_summary: Option<PathBuf>,
    /// The folder into which GitLab or GitHub has checked out the repository.
    pub checkout: Option<PathBuf>,
    /// The folder that the run was started in.
    pub folder: Option<PathBuf>,
}

impl Environment {
    /// Reads the environment of the process. On a terminal there is a person rather than GitHub.
    pub fn read(is_terminal: bool) -> Environment {
        let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let is_true = |name: &str| env::var(name).is_ok_and(|value| value == "true");
        Environment {
            in_github: is_true("GITHUB_ACTIONS") && !is_terminal,
            step_summary: path("GITHUB_STEP_SUMMARY"),
            checkout: path("CI_PROJECT_DIR").or_else(|| path("GITHUB_WORKSPACE")),
            folder: env::current_dir().ok(),
        }
    }
}
