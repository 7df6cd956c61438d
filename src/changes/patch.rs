//! Reads the form that git writes patches in: which lines of which files.

use super::Changed;

/// The changed lines of each file of a patch without context, by its new name. Files that were removed are left out,
/// and so are those that only have another name.
pub(super) fn changed_lines(patch: &[u8]) -> Vec<(String, Vec<Changed>)> {
    let mut files: Vec<(String, Vec<Changed>)> = Vec::new();
    let mut is_named = false;
    let mut lines = patch.split(|byte| *byte == b'\n');
    while let Some(line) = lines.next() {
        if line.starts_with(b"diff --git ") {
            is_named = false;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            let name = new_name(name);
            is_named = name.is_some();
            files.extend(name.map(|name| (name, Vec::new())));
        } else if let Some((removed, changed)) = hunk(line) {
            let added = changed.last + 1 - changed.first;
            // Whatever these lines look like, they are text of the file.
            let removed = removed_lines(&mut lines, removed + added);
            if let Some((_, found)) = files.last_mut().filter(|_| is_named) {
                found.push(Changed { removed, ..changed });
            }
        }
    }
    files
}

/// Reads a number of removed and added lines, and returns what was removed.
fn removed_lines<'p>(lines: &mut impl Iterator<Item = &'p [u8]>, mut number: u32) -> String {
    let mut removed = String::new();
    while number > 0
        && let Some(line) = lines.next()
    {
        // `\ No newline at end of file`
        if line.starts_with(b"\\") {
            continue;
        }
        if let Some(line) = line.strip_prefix(b"-") {
            removed = removed + &String::from_utf8_lossy(line) + "\n";
        }
        number -= 1;
    }
    removed
}

/// `@@ -1,2 +3,4 @@`: how many lines were removed, and which there are instead.
fn hunk(line: &[u8]) -> Option<(u32, Changed)> {
    // What follows the numbers is text of the file.
    let end = line.windows(3).position(|window| window == b" @@")?;
    let text = std::str::from_utf8(&line[..end]).ok()?;
    let (removed, rest) = text.strip_prefix("@@ -")?.split_once(" +")?;
    let (_, removed) = numbers(removed)?;
    let (first, added) = numbers(rest)?;
    // Of lines that were only removed it names the one before them.
    let (first, last) = if added == 0 { (first + 1, first) } else { (first, first + added - 1) };
    let changed = Changed { first, last, removed: String::new() };
    Some((removed, changed))
}

/// `3,4` or `3`.
fn numbers(text: &str) -> Option<(u32, u32)> {
    match text.split_once(',') {
        Some((start, length)) => Some((start.parse().ok()?, length.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// The name of the new file: `b/src/a.rs`, quoted where it has unusual characters, with a tab behind it where it has
/// spaces.
fn new_name(name: &[u8]) -> Option<String> {
    let name = match name.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted),
        None => name.strip_suffix(b"\t").unwrap_or(name).to_vec(),
    };
    String::from_utf8_lossy(&name).strip_prefix("b/").map(str::to_owned)
}

/// What stands between quotes as a string of C would be written.
fn unquoted(quoted: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut rest = quoted;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'"', _) => break,
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                name.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = after;
            }
            (b'\\', [escape, after @ ..]) => {
                name.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    other => *other,
                });
                rest = after;
            }
            _ => name.push(*byte),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(first: u32, last: u32, removed: &str) -> Changed {
        Changed { first, last, removed: removed.to_owned() }
    }

    #[test]
    fn which_lines_of_which_files() {
        let patch = "diff --git a/old.rs b/new.rs\nsimilarity index 90%\nrename from old.rs\nrename to new.rs\n\
            --- a/old.rs\n+++ b/new.rs\n@@ -3 +3,2 @@ fn a() {\n-x\n+++ b/no_file.rs\n+@@ -1 +1 @@\n@@ -9,2 +10,0 @@\n-a\n-b\n\
            diff --git a/gone.rs b/gone.rs\n--- a/gone.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n\
            diff --git a/same.rs b/other.rs\nsimilarity index 100%\nrename from same.rs\nrename to other.rs\n\
            diff --git a/a b.rs b/a b.rs\nnew file mode 100644\n--- /dev/null\n+++ b/a b.rs\t\n@@ -0,0 +1,3 @@\n+a\n+b\n+c\n";
        let expected = vec![
            ("new.rs".to_owned(), vec![changed(3, 4, "x\n"), changed(11, 10, "a\nb\n")]),
            ("a b.rs".to_owned(), vec![changed(1, 3, "")]),
        ];
        assert_eq!(changed_lines(patch.as_bytes()), expected);
    }

    #[test]
    fn quoted_names() {
        assert_eq!(new_name(b"\"b/a\\\"b\\\\c\\303\\244.rs\"").as_deref(), Some("a\"b\\c\u{e4}.rs"));
        assert_eq!(new_name("b/\u{e4}.rs".as_bytes()).as_deref(), Some("\u{e4}.rs"));
        assert_eq!(new_name(b"/dev/null"), None);
    }

    #[test]
    fn what_follows_the_numbers_need_not_be_utf8() {
        assert_eq!(hunk(b"@@ -1,0 +2 @@ \xff"), Some((0, changed(2, 2, ""))));
        assert_eq!(hunk(b"@@ nothing"), None);
    }
}
