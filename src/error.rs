//! What can stop a run, and the statuses a run ends with.

use std::fmt;
use std::path::PathBuf;

/// How a run ended, as the process tells its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// Nothing at level deny.
    Clean,
    /// At least one finding at level deny.
    Findings,
    /// The run could not be done.
    Failed,
}

impl ExitStatus {
    /// The number: 0, 1 or 2.
    pub fn code(self) -> u8 {
        match self {
            ExitStatus::Clean => 0,
            ExitStatus::Findings => 1,
            ExitStatus::Failed => 2,
        }
    }
}

/// Why a run could not be done. Reads after "error:".
#[derive(Debug)]
pub enum Error {
    /// A path on the command line that is not there or cannot be read.
    Path {
        /// The path as typed.
        path: PathBuf,
        /// What the system says.
        reason: String,
        /// The command that may have been meant.
        command: Option<String>,
    },
    /// There is nothing to check.
    NoSources {
        /// The folder that was searched.
        path: PathBuf,
    },
    /// A configuration file cannot be read.
    ConfigFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// There is a configuration where one was to be written, or further up.
    ConfigExists {
        /// The file.
        path: PathBuf,
    },
    /// The configuration cannot be used: one rendered diagnostic for each mistake.
    Config(Vec<ConfigError>),
    /// A word on the command line names nothing.
    Unknown {
        /// What kind of thing: "lint", "package".
        what: &'static str,
        /// The word.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// A file that the findings were to be written to cannot be written.
    OutputFile {
        /// The file as typed.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Two outputs were to go to the same file.
    OutputTwice {
        /// The file as typed.
        path: PathBuf,
    },
    /// There is no baseline where one was named.
    NoBaseline {
        /// The file.
        path: PathBuf,
    },
    /// A baseline cannot be read or written.
    Baseline {
        /// What was tried: "read", "write".
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A baseline cannot be used.
    BaselineText(Box<ConfigError>),
    /// Writing a baseline would make it larger.
    BaselineGrows {
        /// The file.
        path: PathBuf,
        /// By how many findings.
        by: usize,
    },
    /// What has changed cannot be found out.
    Changes {
        /// Why.
        reason: String,
        /// What to do.
        help: String,
    },
    /// There are changes that fixes would get mixed up with.
    Uncommitted {
        /// One of the files.
        first: PathBuf,
        /// How many files there are.
        number: usize,
    },
    /// A file is no longer what was read.
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The threads could not be started.
    Threads(String),
    /// Writing the report failed.
    Output(std::io::Error),
}

/// One mistake in a configuration file or a baseline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Which bytes are wrong.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Path { path, reason, .. } => write!(f, "cannot read `{}`: {reason}", path.display()),
            Error::NoSources { path } => write!(f, "no Rust files in `{}`", path.display()),
            Error::ConfigFile { path, reason } => {
                write!(f, "cannot read the configuration `{}`: {reason}", path.display())
            }
            Error::ConfigExists { path } => write!(f, "there is a configuration already: `{}`", path.display()),
            Error::Config(errors) => write!(f, "{} in the configuration", count(errors.len(), "mistake")),
            Error::Unknown { what, name, .. } => write!(f, "there is no {what} `{name}`"),
            Error::OutputFile { path, reason } => write!(f, "cannot write `{}`: {reason}", path.display()),
            Error::OutputTwice { path } => write!(f, "two outputs go to `{}`", path.display()),
            Error::NoBaseline { path } => write!(f, "there is no baseline `{}`", path.display()),
            Error::Baseline { verb, path, reason } => {
                write!(f, "cannot {verb} the baseline `{}`: {reason}", path.display())
            }
            Error::BaselineText(mistake) => write!(f, "{}", mistake.message),
            Error::BaselineGrows { path, by } => {
                let by = count(*by, "finding");
                write!(f, "`{}` is left as it is: {by} would be added to it", path.display())
            }
            Error::Changes { reason, .. } => write!(f, "{reason}"),
            Error::Uncommitted { first, number: 1 } => write!(f, "`{}` is not committed", first.display()),
            Error::Uncommitted { first, number } => {
                write!(f, "{} are not committed, `{}` for one", count(*number, "file"), first.display())
            }
            Error::Changed { path } => write!(f, "`{}` has been changed meanwhile", path.display()),
            Error::Threads(reason) => write!(f, "cannot start the threads: {reason}"),
            Error::Output(error) => write!(f, "cannot write the report: {error}"),
        }
    }
}

impl Error {
    /// Advice for the user, if there is any.
    pub fn help(&self) -> Option<String> {
        match self {
            Error::Path { command: Some(command), .. } => Some(format!("did you mean the command `{command}`?")),
            Error::Path { .. } => {
                Some("name the folder of a package or workspace, or a folder or `.rs` file in it".to_owned())
            }
            Error::NoSources { .. } => Some("run it in the folder of a Cargo package, or name one".to_owned()),
            Error::Unknown { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Error::Unknown { what: "lint", .. } => Some("`cargo backstop lints` lists them".to_owned()),
            Error::Unknown { .. } => None,
            Error::OutputTwice { .. } => Some("each `--output FORMAT=FILE` needs a file of its own".to_owned()),
            Error::OutputFile { .. } => None,
            Error::ConfigExists { .. } => {
                Some("nothing was written: `--show-settings` tells what it says, `schema` what it can say".to_owned())
            }
            Error::NoBaseline { .. } => {
                Some("`cargo backstop baseline` writes one; without one leave the option out".to_owned())
            }
            Error::BaselineGrows { .. } => {
                Some("fix them, suppress them with a reason, or take them in with `--update`".to_owned())
            }
            Error::Changes { help, .. } => Some(help.clone()),
            Error::Uncommitted { .. } => {
                Some("commit or stash first, so that the fixes can be told apart, or add `--allow-dirty`".to_owned())
            }
            Error::Changed { .. } => Some("nothing was written to it: run the command again".to_owned()),
            Error::ConfigFile { .. } | Error::Config(_) | Error::Threads(_) | Error::Output(_) => None,
            Error::Baseline { .. } | Error::BaselineText(_) => None,
        }
    }
}

impl std::error::Error for Error {}

/// `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
