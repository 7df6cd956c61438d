//! The names of files as other programs know them: relative to the repository, or to the folder they run in.

use std::path::{Path, PathBuf};

use super::{Environment, Report};
use crate::source::{Place, SourceFile, display_name};

/// What paths are relative to.
pub(super) struct Paths {
    repository: PathBuf,
    folder: PathBuf,
}

impl Paths {
    /// The paths of a run.
    pub(super) fn of(report: &Report<'_>, environment: &Environment) -> Paths {
        let root = &report.app.workspace.root;
        // In a worktree or a submodule `.git` is a file.
        let repository = repository(root, environment.checkout.as_deref(), |dir| dir.join(".git").exists());
        Paths {
            repository: repository.to_path_buf(),
            folder: environment.folder.clone().unwrap_or_else(|| root.clone()),
        }
    }

    /// A file's path in the repository, with `/`.
    pub(super) fn in_repository(&self, file: &SourceFile) -> String {
        display_name(&self.repository, &file.path)
    }

    /// A file's path from the folder of the run; in full where it is not below.
    pub(super) fn in_folder(&self, file: &SourceFile) -> String {
        match file.path.strip_prefix(&self.folder) {
            Ok(_) => display_name(&self.folder, &file.path),
            Err(_) => slashes(&file.path),
        }
    }

    /// A folder's path in the repository, with `/` behind it; empty for the repository itself.
    pub(super) fn folder_in_repository(&self, dir: &Path) -> String {
        let name = display_name(&self.repository, dir);
        if name.is_empty() { name } else { name + "/" }
    }

    /// The URI of the repository's folder, with `/` behind it.
    pub(super) fn repository_uri(&self) -> String {
        file_uri(&self.repository, percent_encoded) + "/"
    }
}

/// The repository around what was checked: the nearest folder with a `.git`, else what was checked out, else what was
/// checked.
fn repository<'p>(root: &'p Path, checkout: Option<&'p Path>, is_git: impl Fn(&Path) -> bool) -> &'p Path {
    let git = root.ancestors().find(|dir| is_git(dir));
    git.or(checkout.filter(|dir| root.starts_with(dir))).unwrap_or(root)
}

/// The file of a place.
pub(super) fn file<'a>(report: &'a Report<'_>, place: Place) -> &'a SourceFile {
    report.app.sources.get(place.file)
}

fn slashes(path: &Path) -> String {
    let path = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { path.into_owned() } else { path.replace('\\', "/") }
}

/// `file:///srv/me/shop`, with the path encoded by a function.
pub(super) fn file_uri(path: &Path, encoded: impl Fn(&str) -> String) -> String {
    let path = slashes(path);
    let path = path.trim_end_matches('/');
    // Windows' `C:/` has no slash in front.
    let root = if path.starts_with('/') || path.is_empty() { "" } else { "/" };
    format!("file://{root}{}", encoded(path))
}

/// A path as part of a URI, also as a relative one: <https://www.rfc-editor.org/rfc/rfc3986#section-3.3>.
pub(super) fn percent_encoded(path: &str) -> String {
    encoded(path, |byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte))
}

/// A path as in the URLs of browsers and of cargo: <https://url.spec.whatwg.org/#path-percent-encode-set>.
pub(super) fn url_encoded(path: &str) -> String {
    encoded(path, |byte| byte.is_ascii_graphic() && !b"\"#<>?`{}%\\".contains(&byte))
}

fn encoded(path: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if stays(byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_those_of_git_or_of_ci() {
        let [root, above, elsewhere] = ["/ci/shop/api", "/ci/shop", "/ci/other"].map(Path::new);
        assert_eq!(repository(root, Some(elsewhere), |dir| dir == above), above);
        assert_eq!(repository(root, Some(above), |_| false), above);
        assert_eq!(repository(root, Some(elsewhere), |_| false), root, "it is no part of what was checked out");
        assert_eq!(repository(root, None, |_| false), root);
    }

    #[test]
    fn uris_hold_nothing_that_means_something_in_them() {
        assert_eq!(percent_encoded("src/a b#c?d%20é.rs"), "src/a%20b%23c%3Fd%2520%C3%A9.rs");
        assert_eq!(file_uri(Path::new("/srv/me/my shop/"), percent_encoded), "file:///srv/me/my%20shop");
        assert_eq!(file_uri(Path::new("C:/shop"), percent_encoded), "file:///C%3A/shop");
        assert_eq!(file_uri(Path::new("C:/a b+c"), url_encoded), "file:///C:/a%20b+c");
    }
}
