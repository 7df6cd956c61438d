//! The small language of keys and types in knowledge files: `Pool.get()`, `a::b<T>(_, fn(T) -> U)`, `Result<Option<Row>>`.
//!
//! Text to [`Term`]s and [`Key`]s; what a name means is settled by `load`, which knows the file's types.

use std::fmt;

/// A word of the language with what stands in its brackets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Term {
    pub(super) name: String,
    pub(super) args: Vec<Term>,
    /// `fn(A) -> B`: the `B`.
    pub(super) ret: Option<Box<Term>>,
}

/// What a key names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Key {
    /// `Pool` of `Pool.get()`.
    pub(super) receiver: Option<Term>,
    /// The path, macro (`!` at the end) or method name.
    pub(super) path: String,
    /// `<D, T>`
    pub(super) generics: Vec<Term>,
    /// `(_, handle)`; `None` where the key has no brackets.
    pub(super) args: Option<Vec<Term>>,
    /// `#[…]`
    pub(super) is_attribute: bool,
}

/// Why a key or type cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct GrammarError(String);

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

type Result<T> = std::result::Result<T, GrammarError>;

/// Reads a type and the `!` behind it, which says that failing panics.
pub(super) fn parse_type(text: &str) -> Result<(Term, bool)> {
    let mut reader = Reader::new(text);
    let term = reader.term()?;
    let panics = reader.take('!');
    reader.end()?;
    Ok((term, panics))
}

/// Reads a key. `{a,b}` in it stands for each of the words: one key comes back for each.
pub(super) fn parse_keys(text: &str) -> Result<Vec<Key>> {
    alternatives(text).iter().map(|text| parse_key(text)).collect()
}

fn alternatives(text: &str) -> Vec<String> {
    let Some((before, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((words, after)) = rest.split_once('}') else { return vec![text.to_owned()] };
    words.split(',').flat_map(|word| alternatives(&format!("{before}{}{after}", word.trim()))).collect()
}

fn parse_key(text: &str) -> Result<Key> {
    let (text, is_attribute) = match text.strip_prefix("#[").and_then(|text| text.strip_suffix(']')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let (receiver, text) = match split_receiver(text) {
        Some((receiver, rest)) => (Some(parse_type(receiver)?.0), rest),
        None => (None, text),
    };
    let mut reader = Reader::new(text);
    let mut path = reader.word();
    if reader.take('!') {
        path.push('!');
    }
    let generics = if reader.take('<') { reader.list('>')? } else { Vec::new() };
    let args = if reader.take('(') { Some(reader.list(')')?) } else { None };
    reader.end()?;
    if path.is_empty() {
        return Err(GrammarError("expected a path or method".to_owned()));
    }
    Ok(Key { receiver, path, generics, args, is_attribute })
}

/// Splits `Pool<A>.get(x)` at the dot behind the receiver.
fn split_receiver(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            '(' => return None,
            '.' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Reader { text, rest: text.trim() }
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// A path, `*`, `_`, `..` or a plain word.
    fn word(&mut self) -> String {
        let of_word = |character: char| character.is_alphanumeric() || "_:*.-".contains(character);
        let mut end = self.rest.find(|character| !of_word(character)).unwrap_or(self.rest.len());
        if self.rest[..end].ends_with('-') {
            end -= 1; // the `-` of `->`
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word.to_owned()
    }

    fn term(&mut self) -> Result<Term> {
        if self.take('(') {
            let args = self.list(')')?;
            return Ok(Term { name: "()".to_owned(), args, ret: None });
        }
        let name = self.word();
        if name.is_empty() {
            return Err(self.error("expected a type"));
        }
        let mut term = Term { name, args: Vec::new(), ret: None };
        if self.take('<') {
            term.args = self.list('>')?;
        } else if matches!(term.name.as_str(), "fn" | "fail") && self.take('(') {
            term.args = self.list(')')?;
            if let Some(rest) = self.rest.strip_prefix("->") {
                self.rest = rest.trim_start();
                term.ret = Some(Box::new(self.term()?));
            }
        }
        Ok(term)
    }

    fn list(&mut self, close: char) -> Result<Vec<Term>> {
        let mut terms = Vec::new();
        while !self.take(close) {
            terms.push(self.term()?);
            if !self.take(',') && !self.rest.starts_with(close) {
                return Err(self.error(&format!("expected `,` or `{close}`")));
            }
        }
        Ok(terms)
    }

    fn end(&self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error("expected nothing more")) }
    }

    fn error(&self, what: &str) -> GrammarError {
        let at = if self.rest.is_empty() { "the end".to_owned() } else { format!("`{}`", self.rest) };
        GrammarError(format!("{what} at {at} of `{}`", self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(term: &Term) -> String {
        let args: Vec<String> = term.args.iter().map(show).collect();
        let args = if args.is_empty() { String::new() } else { format!("<{}>", args.join(",")) };
        let ret = term.ret.as_ref().map(|ret| format!("->{}", show(ret))).unwrap_or_default();
        format!("{}{args}{ret}", term.name)
    }

    #[track_caller]
    fn check(key: &str, expected: &str) {
        let keys = parse_keys(key).expect("the key is valid");
        let shown: Vec<String> = keys
            .iter()
            .map(|key| {
                let receiver = key.receiver.as_ref().map(|term| show(term) + " . ").unwrap_or_default();
                let list = |terms: &[Term]| terms.iter().map(show).collect::<Vec<_>>().join(" ");
                let args = key.args.as_deref().map(|args| format!(" ({})", list(args))).unwrap_or_default();
                format!("{receiver}{} [{}]{args}", key.path, list(&key.generics))
            })
            .collect();
        assert_eq!(shown.join(" | "), expected);
    }

    #[test]
    fn keys() {
        check("std::env::var", "std::env::var []");
        check("sqlx::query!", "sqlx::query! []");
        check("*.fetch_one(handle)", "* . fetch_one [] (handle)");
        check("Query<R>.map(fn(R) -> O)", "Query<R> . map [] (fn<R>->O)");
        check("sqlx::query_as<D, T>(_)", "sqlx::query_as [D T] (_)");
        check("axum::{get,post}(handler)", "axum::get [] (handler) | axum::post [] (handler)");
        check("Pool::builder(..)", "Pool::builder [] (..)");
    }

    #[test]
    fn types() {
        let read = |text: &str| {
            parse_type(text).map(|(term, panics)| format!("{}{}", show(&term), if panics { " !" } else { "" }))
        };
        assert_eq!(read("Result<Option<Row<T>>>").as_deref(), Ok("Result<Option<Row<T>>>"));
        assert_eq!(read("Value!").as_deref(), Ok("Value !"));
        assert_eq!(read("Result<(A, B), x::Error>").as_deref(), Ok("Result<()<A,B>,x::Error>"));
        let cut = read("Result<Row").map_err(|error| error.to_string());
        assert_eq!(cut.as_deref().map_err(String::as_str), Err("expected `,` or `>` at the end of `Result<Row`"));
    }
}
