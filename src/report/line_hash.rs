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

#[cfg(test)]
mod tests {
    use super::line_hashes;

    /// What GitHub's action works out for the same texts.
    #[test]
    fn hashes_are_those_of_github() {
        let check = |text: &str, expected: &[&str]| assert_eq!(line_hashes(text), expected, "{text:?}");
        let empty = "c129715d7a2bc9a3:1";
        check("", &[empty]);
        check(
            "fn main() {\n\tlet crab = \"\u{1f980} \u{e9}\";\n}\n",
            &["429e8b3e34b7efb:1", "68018836aedcffb0:1", "32dce9ccfdbc9d3e:1", empty],
        );
        check(
            "a\r\nb\rc\n\n",
            &["81badacc705f766d:1", "b8a367705bcf4346:1", "2a9159bd01820062:1", "3c5bef55b72b93c9:1", empty],
        );
        check(&"let row = query.fetch_one(&pool).await;\n".repeat(5), REPEATED);
        check(
            &("let x = 1;\n".repeat(3) + "let y = " + &"z".repeat(120) + ";\n"),
            &["5f35dcaf8eb04885:1", "f8962e63815330d:1", "fbfde381c47ce495:1", "6694caee9537d1d:1", empty],
        );
    }

    /// As far as a hundred characters are the same, lines are numbered.
    const REPEATED: &[&str] = &[
        "a7d46ef33013fb48:1",
        "a7d46ef33013fb48:2",
        "a7d46ef33013fb48:3",
        "5e0bb6246e4abd75:1",
        "5bb0bfbc2cce7f3a:1",
        "c129715d7a2bc9a3:1",
    ];
}
