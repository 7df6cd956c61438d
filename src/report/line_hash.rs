//! GitHub's fingerprint of a line, by which code scanning knows an alert again after the line has moved.
//!
//! The action that uploads SARIF files works it out where a file has none; whoever uploads without the action has to bring
//! it along, and both have to agree. It is a hash of the hundred characters from the start of the line that are neither
//! space nor tab, with a number for lines whose hash is the same:
//! <https://github.com/github/codeql-action/blob/main/src/fingerprints.ts>.

use rustc_hash::FxHashMap;

/// How many characters go into a hash.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// Stands for the end of the file; zeroes fill up what is missing behind it.
const END: u16 = 0xFFFF;
const LF: u16 = b'\n' as u16;
const CR: u16 = b'\r' as u16;

/// The fingerprint of every line of a text. Characters are those of UTF-16, and `\r` alone breaks a line, too.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = significant(text);
    let at = |index: usize| u64::from(units.get(index).copied().unwrap_or(0));
    let dropped = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
    let mut hash = (0..WINDOW).fold(0_u64, |hash, index| hash.wrapping_mul(FACTOR).wrapping_add(at(index)));
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut hashes = Vec::with_capacity(starts.len());
    let mut next = starts.iter().peekable();
    for index in 0..units.len() {
        if next.next_if_eq(&&index).is_some() {
            let times = seen.entry(hash).and_modify(|times| *times += 1).or_insert(1);
            hashes.push(format!("{hash:x}:{times}"));
        }
        hash = hash.wrapping_mul(FACTOR).wrapping_add(at(index + WINDOW)).wrapping_sub(dropped.wrapping_mul(at(index)));
    }
    hashes
}

/// The characters that count, with one kind of line break and the mark of the end, and where in them lines start.
fn significant(text: &str) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let (mut starts_line, mut after_cr) = (true, false);
    for unit in text.encode_utf16().chain([END]) {
        let is_second_half = std::mem::take(&mut after_cr) && unit == LF;
        if is_second_half || unit == u16::from(b' ') || unit == u16::from(b'\t') {
            continue;
        }
        after_cr = unit == CR;
        let unit = if after_cr { LF } else { unit };
        if std::mem::take(&mut starts_line) {
            starts.push(units.len());
        }
        starts_line = unit == LF;
        units.push(unit);
    }
    (units, starts)
}
