//! SQLite in Rocket handlers.

use deadpool_sqlite::Runtime;
use r2d2_sqlite::SqliteConnectionManager;
use rocket::response::Debug;
use rocket::{State, delete, get, post, routes};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};

type Answer<T> = Result<T, Debug<rusqlite::Error>>;
type Pool = r2d2::Pool<SqliteConnectionManager>;

struct Note {
    id: i64,
    text: String,
}

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note { id: row.get(0)?, text: row.get_ref(1)?.as_str()?.to_owned() })
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![notes, one, add, remove, statements, pragmas, open, pools])
}

#[get("/notes")]
fn notes(pool: &State<Pool>) -> String {
    let conn = pool.get().unwrap(); //~ unwrapped_query
    let mut statement = conn.prepare("SELECT id, text FROM notes").unwrap(); //~ unwrapped_query
    let notes = statement.query_map([], note).unwrap(); //~ unwrapped_query
    let notes: Vec<Note> = notes.collect::<Result<_, _>>().unwrap(); //~ unwrapped_query
    notes.into_iter().map(|note| note.text).collect()
}

#[get("/notes/<id>")]
fn one(pool: &State<Pool>, id: i64) -> Answer<Option<String>> {
    let conn = pool.get().map_err(|_| rusqlite::Error::InvalidQuery)?;
    let found = conn.query_row("SELECT id, text FROM notes WHERE id = ?1", params![id], note).optional()?;
    let same = conn.query_one("SELECT id, text FROM notes WHERE id = ?1", params![id], note).unwrap(); //~ unwrapped_query
    let text = conn.query_row("SELECT text FROM notes", [], |row| Ok(row.get_unwrap::<_, String>(0)))?; //~ unwrapped_query
    let other = conn.query_row_and_then("SELECT text FROM notes", [], |row| row.get::<_, String>(0)).unwrap(); //~ unwrapped_query
    Ok(found.map(|note| format!("{} {} {text} {other}", note.id, same.text)))
}

#[post("/notes", data = "<text>")]
fn add(pool: &State<Pool>, text: String) -> Answer<String> {
    let mut conn = pool.get().map_err(|_| rusqlite::Error::InvalidQuery)?;
    let tx = conn.transaction().unwrap(); //~ unwrapped_query
    insert(&tx, &text);
    tx.commit().unwrap(); //~ unwrapped_query
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.rollback()?;
    let tx = Transaction::new(&mut conn, TransactionBehavior::Deferred).unwrap(); //~ unwrapped_query
    tx.finish()?;
    Ok(conn.last_insert_rowid().to_string())
}

fn insert(tx: &Transaction<'_>, text: &str) {
    tx.execute("INSERT INTO notes (text) VALUES (?1)", params![text]).unwrap(); //~ unwrapped_query
}

#[delete("/notes/<id>")]
fn remove(pool: &State<Pool>, id: i64) -> Answer<Option<()>> {
    let conn = pool.get().map_err(|_| rusqlite::Error::InvalidQuery)?;
    let gone = conn.execute("DELETE FROM notes WHERE id = ?1", params![id])?;
    conn.execute_batch("ANALYZE").unwrap(); //~ unwrapped_query
    Ok((gone > 0).then_some(()))
}

#[get("/statements/<id>")]
fn statements(pool: &State<Pool>, id: i64) -> Answer<String> {
    let conn = pool.get().map_err(|_| rusqlite::Error::InvalidQuery)?;
    let mut statement = conn.prepare_cached("SELECT id, text FROM notes WHERE id = ?1")?;
    let found = statement.query_row(params![id], note).unwrap(); //~ unwrapped_query
    let same = statement.query_one(params![id], note).expect("a note"); //~ unwrapped_query
    let exists = statement.exists(params![id]).unwrap(); //~ unwrapped_query
    for text in statement.query_and_then(params![id], |row| row.get::<_, String>(1)).unwrap() { //~ unwrapped_query
        log::debug!("{}", text.unwrap()); //~ unwrapped_query
    }
    let mut rows = statement.query(params![id]).unwrap(); //~ unwrapped_query
    while let Some(row) = rows.next().unwrap() { //~ unwrapped_query
        let id: i64 = row.get(0).unwrap(); //~ unwrapped_query
        log::debug!("{id}");
    }
    let first = statement.query(params![id])?.mapped(note).next().map(|note| note.unwrap()); //~ unwrapped_query
    let second = statement.raw_query().and_then(note).next().transpose()?;
    let mut change = conn.prepare("UPDATE notes SET text = '' WHERE id = ?1")?;
    let changed = change.execute(params![id]).unwrap(); //~ unwrapped_query
    change.insert(params![id]).unwrap(); //~ unwrapped_query
    change.raw_execute().unwrap(); //~ unwrapped_query
    change.finalize()?;
    Ok(format!("{} {} {exists} {} {} {changed}", found.id, same.id, first.is_some(), second.is_some()))
}

#[get("/pragmas")]
fn pragmas(pool: &State<Pool>) -> Answer<String> {
    let conn = pool.get().map_err(|_| rusqlite::Error::InvalidQuery)?;
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap(); //~ unwrapped_query
    conn.pragma_query(None, "table_info", |_row| Ok(())).unwrap(); //~ unwrapped_query
    conn.pragma_update(None, "foreign_keys", true).unwrap(); //~ unwrapped_query
    let unsafe_statement = conn.prepare_with_flags("SELECT 1", rusqlite::PrepFlags::empty()).unwrap(); //~ unwrapped_query
    drop(unsafe_statement);
    Ok(mode)
}

#[get("/open")]
fn open() -> Answer<String> {
    let conn = Connection::open("notes.db").unwrap(); //~ unwrapped_query
    let memory = Connection::open_in_memory()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let flagged = Connection::open_with_flags("notes.db", flags).unwrap(); //~ unwrapped_query
    let both = Connection::open_in_memory_with_flags(flags)?;
    let other = Connection::open_with_flags_and_vfs("notes.db", flags, "unix").expect("opened"); //~ unwrapped_query
    drop((conn, memory, flagged, both, other));
    Ok("opened".to_owned())
}

#[get("/pools")]
async fn pools() -> Result<String, String> {
    let file = r2d2::Pool::new(SqliteConnectionManager::file("notes.db")).unwrap(); //~ unwrapped_query
    let memory = r2d2::Pool::new(SqliteConnectionManager::memory()).map_err(|_| "no pool".to_owned())?;
    let config = deadpool_sqlite::Config::new("notes.db");
    let pool = config.create_pool(Runtime::Tokio1).map_err(|_| "no pool".to_owned())?;
    let tuned = config.builder(Runtime::Tokio1).map_err(|_| "no pool".to_owned())?.build().map_err(|_| "no pool".to_owned())?;
    let conn = pool.get().await.unwrap(); //~ unwrapped_query
    let count = conn.interact(|conn| conn.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))).await;
    let count = count.map_err(|_| "interrupted".to_owned())?.unwrap(); //~ unwrapped_query
    Ok(format!("{count} {} {} {:?}", file.max_size(), memory.max_size(), tuned.status()))
}
