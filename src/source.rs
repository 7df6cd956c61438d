//! All source text, owned once: files, byte spans, lines and columns.
//!
//! Everything else names a place as a [`FileId`] with a [`Span`]. Nothing here knows what the text means.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use codespan_reporting::files::{Error, Files};

/// A file of [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// A range of bytes in one file; `start <= end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`; an `end` before `start` gives an empty span.
    pub fn new(start: u32, end: u32) -> Self {
        Span { start, end: end.max(start) }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Whether `other` lies within `self`.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// As a range of `usize`, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place in the sources.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// Where in it.
    pub span: Span,
}

/// One file's name and text.
#[derive(Debug)]
pub struct SourceFile {
    /// As shown to the user: relative to the checked folder where the file lies below it, with `/`.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
    lines: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file named relative to `root`.
    pub fn new(root: &Path, path: PathBuf, text: String) -> Self {
        SourceFile { name: display_name(root, &path), path, text, lines: OnceLock::new() }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(&self.text))
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn line_column(&self, byte: u32) -> (u32, u32) {
        let (line, before) = self.line_before(byte);
        (line, before.chars().count() as u32 + 1)
    }

    /// The line of a byte, from 1, and the text that stands before the byte in it.
    pub fn line_before(&self, byte: u32) -> (u32, &str) {
        let lines = self.lines();
        let line = lines.partition_point(|&start| start <= byte).saturating_sub(1);
        (line as u32 + 1, self.text.get(lines[line] as usize..byte as usize).unwrap_or_default())
    }

    /// The text of a line, counted from 1, without its line break; empty past the end.
    pub fn line_text(&self, line: u32) -> &str {
        let lines = self.lines();
        let Some(&start) = lines.get(line.saturating_sub(1) as usize) else { return "" };
        let end = lines.get(line as usize).map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// How many lines the file has.
    pub fn line_count(&self) -> usize {
        self.text.lines().count()
    }
}

/// Byte offset at which each line starts.
pub fn line_starts(text: &str) -> Vec<u32> {
    codespan_reporting::files::line_starts(text).map(|start| start as u32).collect()
}

/// `path` relative to `root`, also where it lies beside it, with `/` on every system.
pub fn display_name(root: &Path, path: &Path) -> String {
    let mut shown = path.to_path_buf();
    for (steps, ancestor) in root.ancestors().enumerate() {
        if let Ok(rest) = path.strip_prefix(ancestor)
            && (steps == 0 || ancestor.parent().is_some())
        {
            shown = std::iter::repeat_n("..", steps).collect::<PathBuf>().join(rest);
            break;
        }
    }
    let name = shown.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { name.into_owned() } else { name.replace('\\', "/") }
}

/// Every file that was read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id that this table gave out.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text of a place; empty where the span does not fit the file.
    pub fn text(&self, place: Place) -> &str {
        self.get(place.file).text.get(place.span.range()).unwrap_or_default()
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl<'a> Files<'a> for Sources {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        self.files.get(id.0 as usize).map(|file| file.name.as_str()).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        self.files.get(id.0 as usize).map(|file| file.text.as_str()).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        let file = self.files.get(id.0 as usize).ok_or(Error::FileMissing)?;
        Ok(file.lines().partition_point(|&start| start as usize <= byte_index).saturating_sub(1))
    }

    fn line_range(&'a self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        let file = self.files.get(id.0 as usize).ok_or(Error::FileMissing)?;
        let lines = file.lines();
        let start = *lines.get(line_index).ok_or(Error::LineTooLarge { given: line_index, max: lines.len() })?;
        let end = lines.get(line_index + 1).map_or(file.text.len(), |&next| next as usize);
        Ok(start as usize..end)
    }
}
