//! Where places start and end, with columns in the unit that a format counts in.

use super::Report;
use crate::source::Place;

/// What columns count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    /// Bytes of UTF-8.
    Bytes,
    /// Characters.
    Chars,
    /// What JavaScript takes for characters: those beyond the first 65,536 count twice.
    Utf16,
}

impl Unit {
    /// How long a text is.
    pub(super) fn length(self, text: &str) -> u32 {
        let length = match self {
            Unit::Bytes => text.len(),
            Unit::Chars => text.chars().count(),
            Unit::Utf16 => text.encode_utf16().count(),
        };
        length as u32
    }
}

/// From the first line and column to the last line and the column behind it, all from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Region {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl Region {
    /// Where a place is.
    pub(super) fn of(report: &Report<'_>, place: Place, unit: Unit) -> Region {
        let file = report.app.sources.get(place.file);
        let (line, before) = file.line_before(place.span.start);
        let (end_line, before_end) = file.line_before(place.span.end);
        Region { line, column: unit.length(before) + 1, end_line, end_column: unit.length(before_end) + 1 }
    }
}
