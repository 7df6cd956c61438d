//! Files that are written whole or not at all: whoever reads one never sees half of it, and a run that fails leaves what
//! was there before.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Whether a file can be written, found out before there is anything to write.
///
/// # Errors
///
/// Why it cannot be written.
pub(super) fn check(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if is_device(path) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder `{}`", folder.display())));
    }
    let (draft, _) = draft(path)?;
    fs::remove_file(draft)
}

/// Writes a file: beside it first, then in its place.
///
/// # Errors
///
/// Why it cannot be written; it is as it was then.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_device(path) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    // What a link means is written, the link stays.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (draft, mut file) = draft(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // A script stays one.
    let written = written.and_then(|()| match path.metadata() {
        Ok(before) => file.set_permissions(before.permissions()),
        Err(_) => Ok(()),
    });
    drop(file);
    let done = written.and_then(|()| fs::rename(&draft, path));
    if done.is_err() {
        // The first error is the one to tell of.
        let _ = fs::remove_file(&draft);
    }
    done
}

/// Whether the path means a device or a pipe, in whose place nothing can be put.
fn is_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir())
}

/// A new file in the same folder, from where it can be moved in one step.
fn draft(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it has no name"))?;
    let draft = path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let open = || OpenOptions::new().write(true).create_new(true).open(&draft);
    let file = open().or_else(|error| match error.kind() {
        // Left behind by a run that was killed; in containers processes often have the same number.
        io::ErrorKind::AlreadyExists => fs::remove_file(&draft).and_then(|()| open()),
        _ => Err(error),
    })?;
    Ok((draft, file))
}
