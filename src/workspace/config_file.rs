//! Finds the configuration: `backstop.toml`, or a table of `Cargo.toml`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A file with a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
    /// The keys under which the configuration stands in it.
    pub table: &'static [&'static str],
}

pub(super) const CONFIG_FILE: &str = "backstop.toml";
const TABLE: [&str; 3] = ["workspace", "metadata", "backstop"];

impl ConfigFile {
    /// The file that the user names, or else the nearest one from `root` upwards: `backstop.toml`, or
    /// `[workspace.metadata.backstop]` in a `Cargo.toml`.
    ///
    /// # Errors
    ///
    /// When the file that the user names, or the one that was found, cannot be read.
    pub fn find(root: &Path, named: Option<&Path>) -> Result<Option<ConfigFile>, Error> {
        if let Some(path) = named {
            return read(&absolute(path)).map(Some);
        }
        for dir in absolute(root).ancestors() {
            let path = dir.join(CONFIG_FILE);
            if path.is_file() {
                return read(&path).map(Some);
            }
            let path = dir.join("Cargo.toml");
            if let Ok(text) = std::fs::read_to_string(&path)
                && has_table(&text)
            {
                return Ok(Some(ConfigFile { path, text, table: &TABLE }));
            }
        }
        Ok(None)
    }
}

/// Writes a configuration to a folder that has none.
///
/// # Errors
///
/// When it cannot be written, also because there is one.
pub fn write_new_config(folder: &Path, text: &str) -> Result<PathBuf, Error> {
    let path = absolute(folder).join(CONFIG_FILE);
    let written = std::fs::File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::ConfigExists { path }),
        Err(error) => Err(Error::OutputFile { path, reason: error.to_string() }),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn read(path: &Path) -> Result<ConfigFile, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::ConfigFile { path: path.to_path_buf(), reason: error.to_string() })?;
    Ok(ConfigFile { path: path.to_path_buf(), text, table: &[] })
}

/// Whether a manifest holds a configuration. Most do not, and need not be parsed to see that.
fn has_table(manifest: &str) -> bool {
    manifest.contains("backstop")
        && toml::from_str::<toml::Table>(manifest).is_ok_and(|table| {
            let mut at = toml::Value::Table(table);
            TABLE.iter().all(|key| match at.get(*key).cloned() {
                Some(inner) => {
                    at = inner;
                    true
                }
                None => false,
            })
        })
}
