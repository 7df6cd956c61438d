//! What a run is part of: a step in GitHub Actions, a job of GitLab, a shell in some folder.

use std::env;
use std::ffi::OsString;
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
    /// Whether somebody looks at standard error who can be shown how far the run has got.
    pub shows_progress: bool,
}

impl Environment {
    /// Reads the environment of the process. On a terminal there is a person rather than GitHub.
    pub fn read(is_terminal: bool, is_error_terminal: bool) -> Environment {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let environment = Environment::of(variable, is_terminal);
        let shows_progress = environment.shows_progress && is_error_terminal;
        Environment { folder: env::current_dir().ok(), shows_progress, ..environment }
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> Environment {
        let path = |name: &str| variable(name).map(PathBuf::from);
        Environment {
            in_github: variable("GITHUB_ACTIONS").is_some_and(|value| value == "true") && !is_terminal,
            step_summary: path("GITHUB_STEP_SUMMARY"),
            checkout: path("CI_PROJECT_DIR").or_else(|| path("GITHUB_WORKSPACE")),
            folder: None,
            // Logs of CI can look like terminals, and some terminals cannot erase.
            shows_progress: variable("CI").is_none() && variable("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_not_github() {
        let variable = |name: &str| (name == "GITHUB_ACTIONS").then(|| OsString::from("true"));
        assert!(Environment::of(variable, false).in_github);
        assert!(!Environment::of(variable, true).in_github, "somebody looks at a terminal");
        assert!(!Environment::of(|_| Some(OsString::from("false")), false).in_github);
        let nothing = Environment { shows_progress: true, ..Environment::default() };
        assert_eq!(Environment::of(|_| None, false), nothing);
    }

    #[test]
    fn logs_show_no_progress() {
        for (name, value) in [("CI", "true"), ("TERM", "dumb")] {
            assert!(!Environment::of(|it| (it == name).then(|| value.into()), true).shows_progress, "{name}");
        }
        assert!(Environment::of(|it| (it == "TERM").then(|| "xterm".into()), true).shows_progress);
    }
}
