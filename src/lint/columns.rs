//! Pages in a terminal: lines that are too long for it are broken where people would break them.

/// How wide a terminal is if nobody has made it wider.
const COLUMNS: usize = 80;

/// How much further in the rest of a broken line of code stands.
const INDENT: usize = 4;

/// A page with no line longer than a terminal is wide, as far as there is a place to break it.
pub(super) fn fitted(page: &str) -> String {
    let mut fitted: Vec<String> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut in_code = false;
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        let starts_item = line.trim_start().starts_with("- ");
        if in_code || is_fence || line.is_empty() || starts_item || line.starts_with(['#', '|']) {
            fitted.extend(wrapped(&std::mem::take(&mut paragraph)));
        }
        in_code ^= is_fence;
        match line {
            _ if is_fence || line.is_empty() || line.starts_with(['#', '|']) && !in_code => {
                fitted.push(line.to_owned())
            }
            _ if in_code => fitted.extend(folded(line)),
            _ => paragraph.push(line),
        }
    }
    fitted.extend(wrapped(&paragraph));
    fitted.push(String::new());
    fitted.join("\n")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A paragraph or an item of a list; as it is written, if it fits.
fn wrapped(lines: &[&str]) -> Vec<String> {
    let as_written = || lines.iter().map(|line| (*line).to_owned()).collect();
    let Some(first) = lines.first().filter(|_| lines.iter().any(|line| width(line) > COLUMNS)) else {
        return as_written();
    };
    let start = first.len() - first.trim_start().len();
    let hanging = if first.trim_start().starts_with("- ") { start + 2 } else { start };
    let mut wrapped = vec![" ".repeat(start)];
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        let last = wrapped.last_mut().map(|last| (width(last), last));
        let Some((used, last)) = last else { continue };
        let is_empty = last.trim().is_empty();
        if !is_empty && used + 1 + width(word) > COLUMNS {
            wrapped.push(" ".repeat(hanging) + word);
        } else {
            last.push_str(if is_empty { "" } else { " " });
            last.push_str(word);
        }
    }
    wrapped
}

/// A line of code, broken at the outermost place that makes it fit.
fn folded(line: &str) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    if width(line) <= COLUMNS {
        return vec![line.to_owned()];
    }
    if let Some(comment) = line.trim_start().strip_prefix("// ") {
        let prefix = " ".repeat(indent) + "// ";
        let room = COLUMNS.saturating_sub(width(&prefix));
        return words(comment, room).into_iter().map(|part| prefix.clone() + &part).collect();
    }
    let places = places(line, indent);
    // A comment about the line stands above it as well as behind it.
    if let Some(at) = places.comment {
        let mut both = folded(&(" ".repeat(indent) + &line[at..]));
        both.extend(folded(line[..at].trim_end()));
        return both;
    }
    let fits = |place: &&Place| width(line[..place.at].trim_end()) <= COLUMNS;
    // The outermost, and of those the last that fits.
    let place = places.breaks.iter().filter(fits).min_by_key(|place| (place.depth, std::cmp::Reverse(place.at)));
    let Some(place) = place else { return vec![line.to_owned()] };
    let mut lines = vec![line[..place.at].trim_end().to_owned()];
    // Methods of a chain stand below each other.
    let is_chain = line[indent..].starts_with('.') && place.depth == 0;
    let further = if is_chain { indent } else { indent + INDENT };
    lines.extend(folded(&(" ".repeat(further) + line[place.at..].trim_start())));
    lines
}

/// A text in parts that fit.
fn words(text: &str, room: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match parts.last_mut() {
            Some(last) if width(last) + 1 + width(word) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// A place where a line of code can be broken.
struct Place {
    /// The byte that the next line starts with.
    at: usize,
    /// How many brackets it stands in.
    depth: usize,
}

struct Places {
    breaks: Vec<Place>,
    /// Where a comment starts.
    comment: Option<usize>,
}

/// Where a line of code can be broken: before methods and arrows, behind commas, semicolons, `=` and brackets; not in
/// texts.
fn places(line: &str, indent: usize) -> Places {
    let mut breaks = Vec::new();
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, char) in line.char_indices().filter(|(at, _)| *at >= indent) {
        if in_text {
            in_text = escaped || char != '"';
            escaped = char == '\\' && !escaped;
            continue;
        }
        let (before, rest) = (&line[..at], &line[at..]);
        let behind = |start: &str| rest.starts_with(start);
        match char {
            '"' => in_text = true,
            '/' if behind("// ") => return Places { breaks, comment: Some(at) },
            '(' | '[' | '{' => {
                depth += 1;
                breaks.push(Place { at: at + 1, depth });
            }
            // `Vec<…>`, `collect::<…>()`: not a comparison, not an arrow.
            '<' if before.ends_with(|before: char| before.is_alphanumeric() || before == ':') => depth += 1,
            '>' if !before.ends_with([' ', '-', '=']) => depth = depth.saturating_sub(1),
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '.' if at > indent
                && !before.ends_with('.')
                && !behind("..")
                && rest[1..].starts_with(char::is_alphabetic) =>
            {
                breaks.push(Place { at, depth });
            }
            '-' if behind("-> ") && before.ends_with(' ') => breaks.push(Place { at, depth }),
            ',' | ';' if rest[1..].starts_with(' ') => breaks.push(Place { at: at + 1, depth }),
            '=' if behind("= ") && before.ends_with(' ') => breaks.push(Place { at: at + 1, depth }),
            '=' if behind("=> ") => breaks.push(Place { at: at + 2, depth }),
            _ => {}
        }
    }
    Places { breaks, comment: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(folded(line), expected);
        assert!(expected.iter().all(|line| width(line) <= COLUMNS));
    }

    #[test]
    fn code() {
        check("    let short = 1;", &["    let short = 1;"]);
        check(
            r#"    let names = sqlx::query_scalar("SELECT name FROM users").fetch_all(&pool).await?;"#,
            &[r#"    let names = sqlx::query_scalar("SELECT name FROM users").fetch_all(&pool)"#, "        .await?;"],
        );
        check(
            "async fn names(State(pool): State<PgPool>) -> Result<Json<Vec<String>>, ApplicationError> {",
            &["async fn names(State(pool): State<PgPool>)", "    -> Result<Json<Vec<String>>, ApplicationError> {"],
        );
        check(
            "use axum::{extract::{Path, State}, http::StatusCode, response::{IntoResponse, Response}, Json};",
            &["use axum::{extract::{Path, State}, http::StatusCode,", "    response::{IntoResponse, Response}, Json};"],
        );
    }

    /// Nothing is broken inside of a text, and a comment goes above.
    #[test]
    fn texts_and_comments() {
        check(
            r#"    panic!("a text that is, by itself, almost as long as a line (or longer)"); // it says why"#,
            &[
                "    // it says why",
                r#"    panic!("a text that is, by itself, almost as long as a line (or longer)");"#,
            ],
        );
        check(
            r#"    assert!(is_right, "a text that is, by itself, almost as long as a line (or longer)");"#,
            &[
                "    assert!(is_right,",
                r#"        "a text that is, by itself, almost as long as a line (or longer)");"#,
            ],
        );
    }

    #[test]
    fn prose() {
        let long = "- one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
        let expected =
            "- one two three four five six seven eight nine ten eleven twelve thirteen\n  fourteen fifteen\n";
        assert_eq!(fitted(long), expected);
        assert_eq!(fitted("one\ntwo\n\n- three"), "one\ntwo\n\n- three\n");
    }
}
