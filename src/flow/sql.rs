//! What the text of an SQL statement says about the rows that it yields.

/// What a statement asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asks {
    /// For rows that may not be there, by what it is given.
    Lookup,
    /// For something that is always there, or that does not depend on what it is given; or it is not known.
    Anything,
}

/// Functions that make one row of any number of rows.
const AGGREGATES: [&str; 30] = [
    "COUNT",
    "SUM",
    "TOTAL",
    "AVG",
    "MIN",
    "MAX",
    "EXISTS",
    "EVERY",
    "BOOL_AND",
    "BOOL_OR",
    "BIT_AND",
    "BIT_OR",
    "ARRAY_AGG",
    "STRING_AGG",
    "GROUP_CONCAT",
    "JSON_AGG",
    "JSONB_AGG",
    "JSON_OBJECT_AGG",
    "JSONB_OBJECT_AGG",
    "JSON_ARRAYAGG",
    "JSON_OBJECTAGG",
    "JSON_GROUP_ARRAY",
    "JSON_GROUP_OBJECT",
    "STDDEV",
    "VARIANCE",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "MODE",
    "XMLAGG",
    "LAST_INSERT_ID",
];

/// Reads a statement.
pub(super) fn asks(text: &str) -> Option<Asks> {
    let tokens = tokens(text);
    let first = tokens.iter().find_map(|token| token.word())?;
    let known =
        ["SELECT", "WITH", "UPDATE", "DELETE", "INSERT", "REPLACE", "MERGE", "VALUES", "CALL", "PRAGMA", "SHOW"];
    if !known.contains(&first) {
        return None;
    }
    let is_given = tokens.iter().any(|token| matches!(token, Token::Given(_)));
    Some(if is_given && may_find_nothing(&outermost(&tokens)) { Asks::Lookup } else { Asks::Anything })
}

/// What a statement does that changes rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Changes {
    /// Whether it deletes them.
    pub(super) deletes: bool,
    /// Of which table.
    pub(super) table: String,
    /// The columns that it compares with what it is given.
    pub(super) columns: Vec<String>,
}

/// Reads a statement that deletes or changes the rows whose keys it is given; none where it does something else, or is
/// about any number of rows.
pub(super) fn changes(text: &str) -> Option<Changes> {
    let tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().filter_map(Token::word).collect();
    let (deletes, table) = match words.as_slice() {
        ["DELETE", "FROM", table, ..] => (true, *table),
        ["UPDATE", table, ..] => (false, *table),
        _ => return None,
    };
    let behind = tokens.iter().position(|token| token.word() == Some("WHERE"))?;
    let is_open = |word: &str| ["IN", "ANY", "OR", "LIKE", "BETWEEN", "RETURNING"].contains(&word);
    if tokens[behind..].iter().filter_map(Token::word).any(is_open) {
        return None;
    }
    let columns = tokens[behind..].windows(3).filter_map(|three| match three {
        [Token::Word(column), Token::Other, Token::Given(_)] => Some(column.clone()),
        _ => None,
    });
    Some(Changes { deletes, table: table.to_owned(), columns: columns.collect() })
}

/// Whether a statement adds rows.
pub(super) fn inserts(text: &str) -> bool {
    tokens(text).iter().find_map(Token::word) == Some("INSERT")
}

/// Which of the values that a statement is given say which rows it is about: those in its `WHERE`. None where they have
/// names, or it has no such values.
pub(super) fn keys(text: &str) -> Option<Vec<usize>> {
    let tokens = tokens(text);
    let mut depth = 0_usize;
    let (mut is_behind, mut given) = (false, 0);
    let mut keys = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let is_excluded = number > 0 && tokens[number - 1] == Token::Differs;
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 => match word.as_str() {
                "WHERE" => is_behind = true,
                "RETURNING" | "ORDER" | "LIMIT" => is_behind = false,
                _ => {}
            },
            Token::Given(place) => {
                let index = match place {
                    Place::Number(number) => number.saturating_sub(1),
                    Place::Next => given,
                    Place::Named => return None,
                };
                given += 1;
                keys.extend((is_behind && !is_excluded).then_some(index));
            }
            _ => {}
        }
    }
    (!keys.is_empty()).then_some(keys)
}

/// Whether the outermost statement, of which brackets have been taken out, can yield no row.
fn may_find_nothing(tokens: &[&Token]) -> bool {
    let at = |word: &str| tokens.iter().position(|token| token.word() == Some(word));
    let has = |word: &str| at(word).is_some();
    if has("INSERT") || has("REPLACE") || has("MERGE") || has("UNION") || !has("WHERE") {
        return false;
    }
    match (at("SELECT"), at("FROM")) {
        _ if has("UPDATE") || has("DELETE") => has("RETURNING"),
        (Some(select), Some(from)) => {
            let is_of_all = !has("GROUP") && select < from && has_aggregate(&tokens[select..from]);
            // `FROM (SELECT …)`, `FROM json_each(…)`: what that yields is not known.
            let is_table = matches!(tokens.get(from + 1), Some(Token::Word(_)))
                && !matches!(tokens.get(from + 2), Some(Token::Brackets));
            is_table && !is_of_all
        }
        _ => false,
    }
}

fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&name)
}

/// Whether a list of columns has `COUNT(…)`, but not `COUNT(…) OVER (…)`.
fn has_aggregate(columns: &[&Token]) -> bool {
    let is_called = |at: usize| matches!(columns.get(at + 1), Some(Token::Brackets));
    let is_over = |at: usize| columns.get(at + 2).and_then(|token| token.word()) == Some("OVER");
    let named = columns.iter().enumerate().filter(|(_, token)| token.word().is_some_and(is_aggregate));
    named.into_iter().any(|(at, _)| is_called(at) && !is_over(at))
}

/// What of the text counts here.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    /// A name or keyword, in capitals; a quoted name, too.
    Word(String),
    Open,
    Close,
    /// A pair of brackets and everything in it.
    Brackets,
    /// A place for a value: `$1`, `?`, `:name`, `{}`.
    Given(Place),
    /// `<>`, `!=`: what comes behind says which rows are not meant.
    Differs,
    Other,
}

/// How a value is told apart from the others that are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// By its number: `$1`, `?1`.
    Number(usize),
    /// By the order: `?`.
    Next,
    /// By its name.
    Named,
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The tokens outside of brackets; of those inside the aggregates, `coalesce(max(votes), 0)`, unless they are those of
/// another statement. What common table expressions insert counts as inserted by the statement.
fn outermost(tokens: &[Token]) -> Vec<&Token> {
    let mut outer = Vec::new();
    // For each pair of brackets that is open, whether it is another statement.
    let mut open: Vec<bool> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        let is_inside = !open.is_empty();
        let is_other = open.last().copied().unwrap_or(false);
        match token {
            Token::Open => {
                if !is_inside {
                    outer.push(&Token::Brackets);
                }
                open.push(is_other || matches!(next.and_then(Token::word), Some("SELECT" | "WITH" | "VALUES")));
            }
            Token::Close => drop(open.pop()),
            Token::Word(word) if word == "INSERT" => outer.push(token),
            Token::Word(word) if is_inside && !is_other && next == Some(&Token::Open) && is_aggregate(word) => {
                outer.extend([token, &Token::Brackets]);
            }
            _ if !is_inside => outer.push(token),
            _ => {}
        }
    }
    outer
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first);
        tokens.extend(token);
        rest = &rest[length.clamp(first.len_utf8(), rest.len())..];
    }
    tokens
}

/// The next token, if it counts, and its length.
fn token(rest: &str, first: char) -> (Option<Token>, usize) {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    let of_name = |char: char| char.is_alphanumeric() || char == '_' || char == '.';
    let name = |from: usize| rest[from..].find(|char| !of_name(char)).map_or(rest.len(), |at| from + at);
    match first {
        _ if rest.starts_with("--") => (None, until("\n", 2)),
        _ if rest.starts_with("/*") => (None, until("*/", 2)),
        // `value::text`
        _ if rest.starts_with("::") => (Some(Token::Other), name(2)),
        '\'' => (Some(Token::Other), until("'", 1)),
        '"' | '`' => {
            let end = until(if first == '"' { "\"" } else { "`" }, 1);
            (Some(Token::Word(rest[..end].to_owned())), end)
        }
        '(' => (Some(Token::Open), 1),
        ')' => (Some(Token::Close), 1),
        '<' | '!' if rest.starts_with("<>") || rest.starts_with("!=") => (Some(Token::Differs), 2),
        '{' => (Some(Token::Given(Place::Named)), until("}", 1)),
        '$' | '?' | ':' | '@' => {
            let text = &rest[1..name(1)];
            let place = match text.parse() {
                Ok(number) => Place::Number(number),
                Err(_) if first == '?' && text.is_empty() => Place::Next,
                Err(_) => Place::Named,
            };
            (Some(Token::Given(place)), name(1))
        }
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ if of_name(first) => {
            let end = name(0);
            (Some(Token::Word(rest[..end].to_uppercase())), end)
        }
        _ => (Some(Token::Other), first.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Asks, asks, changes, keys};

    #[track_caller]
    fn check(texts: &[&str], expected: Option<Asks>) {
        for text in texts {
            assert_eq!(asks(text), expected, "{text}");
        }
    }

    #[test]
    fn lookups() {
        let texts = [
            "SELECT * FROM users WHERE id = $1",
            "select name from users u join teams t on t.id = u.team where u.id = ? -- (count)",
            "SELECT (SELECT COUNT(*) FROM posts WHERE author = u.id) AS posts FROM users u WHERE u.id = :id",
            "SELECT \"count\" FROM \"users\" WHERE \"id\" = {}",
            "SELECT COUNT(*) FROM posts WHERE author = $1 GROUP BY author",
            "UPDATE users SET name = $1 WHERE id = $2 RETURNING *",
            "delete from users where id = ? returning id",
            "WITH one AS (SELECT 1) SELECT name FROM users, one WHERE id = @id",
            "SELECT created::date, 'INSERT' FROM users WHERE id = $1",
        ];
        check(&texts, Some(Asks::Lookup));
    }

    #[test]
    fn statements_that_always_yield_a_row() {
        let texts = [
            "SELECT COUNT(*) FROM users WHERE team = $1",
            "SELECT coalesce(max(votes), 0), max(made) FROM posts WHERE author = $1",
            "SELECT EXISTS(SELECT 1 FROM users WHERE id = $1)",
            "SELECT lower($1)",
            "INSERT INTO users (name) VALUES ($1) RETURNING id",
            "WITH made AS (INSERT INTO users (name) VALUES ($1) RETURNING *) SELECT * FROM made WHERE name = $1",
        ];
        check(&texts, Some(Asks::Anything));
    }

    #[test]
    fn statements_that_are_given_nothing() {
        check(
            &["SELECT motto FROM settings", "SELECT motto FROM settings WHERE id = 1", "SELECT '$1' FROM settings"],
            Some(Asks::Anything),
        );
    }

    #[test]
    fn statements_of_which_not_enough_is_known() {
        let texts = [
            "SELECT * FROM find_user($1) WHERE name = 'x'",
            "SELECT * FROM (SELECT COUNT(*) FROM users) WHERE id = $1",
            "SELECT id FROM a WHERE id = $1 UNION SELECT id FROM b WHERE id = $1",
            "UPDATE users SET name = $1 WHERE id = $2",
        ];
        check(&texts, Some(Asks::Anything));
    }

    #[test]
    fn values_that_say_which_rows() {
        assert_eq!(keys("UPDATE users SET name = $1, mail = $2 WHERE id = $3 RETURNING *"), Some(vec![2]));
        assert_eq!(keys("UPDATE users SET name = ? WHERE (id = ? OR mail = ?) RETURNING name"), Some(vec![1, 2]));
        assert_eq!(keys("SELECT a::text FROM t WHERE b = $2 AND c = $1"), Some(vec![1, 0]));
        assert_eq!(keys("SELECT COUNT(*) FROM users WHERE name = $1 AND id <> $2"), Some(vec![0]));
        assert_eq!(keys("SELECT 1 FROM users WHERE id != ? AND name = ?"), Some(vec![1]));
        assert_eq!(keys("SELECT * FROM users WHERE id = :id"), None);
        assert_eq!(keys("SELECT * FROM users"), None);
    }

    #[test]
    fn rows_that_are_changed() {
        let read = |text: &str| changes(text).map(|it| (it.deletes, it.table, it.columns.join(" ")));
        let some = |deletes, table: &str, columns: &str| Some((deletes, table.to_owned(), columns.to_owned()));
        assert_eq!(read("UPDATE users SET name = $1 WHERE id = $2"), some(false, "USERS", "ID"));
        assert_eq!(read("delete from posts p where p.id = ? and p.author = ?"), some(true, "POSTS", "P.ID P.AUTHOR"));
        for other in ["DELETE FROM users", "DELETE FROM users WHERE id IN ($1)", "INSERT INTO users (id) VALUES ($1)"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn other_texts() {
        check(&["", "users", "hello, world", "-- SELECT 1"], None);
    }
}
