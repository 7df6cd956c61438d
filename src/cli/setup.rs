//! The commands that set backstop up: `init` and `completions`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap_complete::Shell;

use super::{Command, Common};

/// Where to write a configuration to start from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Init {
    /// The folder, if it is not the current one.
    pub folder: Option<PathBuf>,
    /// `--baseline`: write the findings there are to a baseline, too.
    pub baseline: bool,
}

#[derive(ClapArgs)]
pub(super) struct TypedInit {
    /// The folder of a package or workspace [default: the current folder]
    #[arg(value_name = "PATH")]
    folder: Option<PathBuf>,
    /// Write the findings there are to backstop-baseline.json, too
    #[arg(long)]
    baseline: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(ClapArgs)]
pub(super) struct TypedCompletions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: Shell,
    #[command(flatten)]
    pub(super) common: Common,
}

impl TypedInit {
    pub(super) fn split(self) -> (Command, Common) {
        (Command::Init(Init { folder: self.folder, baseline: self.baseline }), self.common)
    }
}
