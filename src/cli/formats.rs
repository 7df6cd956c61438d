//! The options that say how findings are written, and where.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args as ClapArgs, Command, Error, ValueEnum};

use crate::nearest::nearest;

/// How findings are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// with the source and the evidence
    Human,
    /// one line for each finding
    Short,
    /// for programs
    Json,
    /// for rust-analyzer and whatever else reads the messages of cargo
    CargoJson,
    /// SARIF 2.1.0, for GitHub code scanning
    Sarif,
    /// annotations in GitHub Actions
    Github,
    /// a code quality report for GitLab
    Gitlab,
    /// for reviewdog
    Rdjson,
}

/// What cargo calls some of the formats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum MessageFormat {
    /// as `--format human`
    Human,
    /// as `--format short`
    Short,
    /// as `--format cargo-json`
    Json,
}

/// `--output sarif=backstop.sarif`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// The format.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

#[derive(ClapArgs)]
pub(super) struct TypedFormats {
    /// How to write the findings to standard output [default: human; in GitHub Actions github]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write the findings to a file, too, as in `sarif=backstop.sarif`; can be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    output: Vec<Output>,
    /// What cargo calls `--format`; `json` is the format `cargo-json`
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    message_format: Option<MessageFormat>,
}

impl TypedFormats {
    /// Whether they go together.
    ///
    /// # Errors
    ///
    /// That there are two formats for standard output.
    pub(super) fn check(&self, command: &mut Command) -> Result<(), Error> {
        match (self.format, self.message_format) {
            (Some(_), Some(_)) => Err(command.error(ErrorKind::ArgumentConflict, TWO_FORMATS)),
            _ => Ok(()),
        }
    }

    /// The format for standard output, and the files.
    pub(super) fn split(self) -> (Option<Format>, Vec<Output>) {
        let cargo = self.message_format.map(|format| match format {
            MessageFormat::Human => Format::Human,
            MessageFormat::Short => Format::Short,
            MessageFormat::Json => Format::CargoJson,
        });
        (self.format.or(cargo), self.output)
    }
}

const TWO_FORMATS: &str = "\
the argument '--message-format <FORMAT>' cannot be used with '--format <FORMAT>'

  tip: '--message-format json' is another spelling of '--format cargo-json'; a second format goes to a file with \
'--output FORMAT=FILE'";

/// Reads `sarif=backstop.sarif`.
fn output(text: &str) -> Result<Output, String> {
    let names = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let Some((name, file)) = text.split_once('=') else {
        return Err(match Format::from_str(text, false) {
            Ok(_) => format!("no file is named; to standard output it goes with `--format {text}`"),
            Err(_) => "expected a format and a file, as in `sarif=backstop.sarif`".to_owned(),
        });
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let names: Vec<String> = names().map(|name| name.get_name().to_owned()).collect();
        match nearest(name, names.iter().map(String::as_str)) {
            Some(nearest) => format!("there is no format `{name}`, did you mean `{nearest}`?"),
            None => format!("there is no format `{name}`, only {}", names.join(", ")),
        }
    })?;
    match file {
        "" => Err("no file is named".to_owned()),
        "-" => Err(format!("`-` is no file; to standard output it goes with `--format {name}`")),
        file => Ok(Output { format, path: PathBuf::from(file) }),
    }
}
