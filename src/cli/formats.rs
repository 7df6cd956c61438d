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

/// `--output github`, `--output sarif=backstop.sarif`
#[derive(Clone, PartialEq, Eq, Debug)]
enum TypedOutput {
    /// To standard output.
    Stream(Format),
    /// To a file.
    File(Output),
}

#[derive(ClapArgs)]
pub(super) struct TypedFormats {
    /// How to write the findings to standard output [default: human; in GitHub Actions github]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write the findings to a file, too, as in `sarif=backstop.sarif`, or without a file to standard output; can be
    /// repeated
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = output)]
    output: Vec<TypedOutput>,
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
        let outputs = self.output.iter().filter(|output| matches!(output, TypedOutput::Stream(_))).count();
        let options = usize::from(self.format.is_some()) + usize::from(self.message_format.is_some());
        match (options, outputs) {
            (2.., _) => Err(command.error(ErrorKind::ArgumentConflict, TWO_FORMATS)),
            _ if options + outputs > 1 => Err(command.error(ErrorKind::ArgumentConflict, TWO_STREAMS)),
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
        let mut format = self.format.or(cargo);
        let mut files = Vec::new();
        for output in self.output {
            match output {
                TypedOutput::Stream(stream) => format = Some(stream),
                TypedOutput::File(file) => files.push(file),
            }
        }
        (format, files)
    }
}

const TWO_FORMATS: &str = "\
the argument '--message-format <FORMAT>' cannot be used with '--format <FORMAT>'

  tip: '--message-format json' is another spelling of '--format cargo-json'; a second format goes to a file with \
'--output FORMAT=FILE'";

const TWO_STREAMS: &str = "\
only one format can go to standard output

  tip: the others go to files with '--output FORMAT=FILE'";

/// Reads `github` or `sarif=backstop.sarif`.
fn output(text: &str) -> Result<TypedOutput, String> {
    let names = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let format = Format::from_str(name, false).map_err(|_| {
        if file.is_none() && name.contains(['.', '/']) {
            return "expected a format and a file, as in `sarif=backstop.sarif`".to_owned();
        }
        let names: Vec<String> = names().map(|name| name.get_name().to_owned()).collect();
        match nearest(name, names.iter().map(String::as_str)) {
            Some(nearest) => format!("there is no format `{name}`, did you mean `{nearest}`?"),
            None => format!("there is no format `{name}`, only {}", names.join(", ")),
        }
    })?;
    match file {
        Some("") => Err("no file is named".to_owned()),
        None | Some("-") => Ok(TypedOutput::Stream(format)),
        Some(file) => Ok(TypedOutput::File(Output { format, path: PathBuf::from(file) })),
    }
}
