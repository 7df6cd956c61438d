//! The database of notes.

use rocket::serde::Serialize;
use rocket_db_pools::deadpool_postgres::{self, tokio_postgres};
use rocket_db_pools::{Connection, Database};
use tokio_postgres::Row;

#[derive(Database)]
#[database("notes")]
pub struct NotesDb(deadpool_postgres::Pool);

pub type Db = Connection<NotesDb>;
pub type PgError = tokio_postgres::Error;
pub type PgResult<T> = Result<T, PgError>;

pub const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS notes (id BIGSERIAL PRIMARY KEY, author BIGINT, title TEXT, text TEXT)",
    "CREATE TABLE IF NOT EXISTS tags (note BIGINT, name TEXT)",
    "CREATE TABLE IF NOT EXISTS users (id BIGSERIAL PRIMARY KEY, token TEXT, visits BIGINT)",
];

#[derive(Debug, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct Note {
    pub id: i64,
    pub title: String,
    pub text: String,
}

impl From<&Row> for Note {
    fn from(row: &Row) -> Note {
        Note {
            id: row.get("id"), //~ unwrapped_query
            title: row.get("title"), //~ unwrapped_query
            text: row.get::<_, String>(2), //~ unwrapped_query
        }
    }
}

impl Note {
    /// The same without a panic.
    pub fn read(row: &Row) -> PgResult<Note> {
        Ok(Note { id: row.try_get("id")?, title: row.try_get("title")?, text: row.try_get("text")? })
    }

    pub async fn find(db: &Db, id: i64) -> PgResult<Option<Note>> {
        let row = db.query_opt("SELECT id, title, text FROM notes WHERE id = $1", &[&id]).await?;
        row.as_ref().map(Note::read).transpose()
    }

    pub async fn count(db: &Db) -> PgResult<i64> {
        db.query_one("SELECT COUNT(*) FROM notes", &[]).await.and_then(|row| row.try_get(0)) // silent: missing_not_found (always a row)
    }
}

/// What is changed without asking for rows.
macro_rules! change {
    ($db:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        $db.execute($sql, &[$(&$argument),*]).await
    };
}

/// A change that cannot fail.
macro_rules! sure_change {
    ($db:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        match $db.execute($sql, &[$(&$argument),*]).await {
            Ok(rows) => rows,
            Err(error) => panic!("{}: {error}", $sql), //~ unwrapped_query
        }
    };
}

pub(crate) use {change, sure_change};
