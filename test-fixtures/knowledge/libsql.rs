//! Bookmarks in libSQL, served by Rocket.

use futures::StreamExt;
use libsql::{Builder, Connection, Database, Transaction, TransactionBehavior, params};
use rocket::response::Debug;
use rocket::{State, delete, get, post, routes};

type Answer<T> = Result<T, Debug<libsql::Error>>;

#[derive(serde::Deserialize, serde::Serialize)]
struct Bookmark {
    id: i64,
    url: String,
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![bookmarks, bookmark, add, remove, stream, attach, prepared])
}

#[get("/bookmarks")]
async fn bookmarks(db: &State<Database>) -> String {
    let conn = db.connect().unwrap(); //~ unwrapped_query
    let mut rows = conn.query("SELECT id, url FROM bookmarks", ()).await.unwrap(); //~ unwrapped_query
    let mut found = Vec::new();
    while let Some(row) = rows.next().await.unwrap() { //~ unwrapped_query
        found.push(row.get::<String>(1).unwrap()); //~ unwrapped_query
    }
    found.join(" ")
}

#[get("/bookmarks/<id>")]
async fn bookmark(db: &State<Database>, id: i64) -> Answer<Option<String>> {
    let conn = db.connect()?;
    let mut rows = conn.query("SELECT id, url FROM bookmarks WHERE id = ?1", params![id]).await?;
    let Some(row) = rows.next().await? else { return Ok(None) };
    let bookmark = libsql::de::from_row::<Bookmark>(&row);
    let url = row.get_str(1).unwrap(); //~ unwrapped_query
    Ok(Some(bookmark.map_or_else(|_| url.to_owned(), |it| format!("{} {}", it.id, it.url))))
}

#[post("/bookmarks", data = "<url>")]
async fn add(db: &State<Database>, url: String) -> Answer<String> {
    let conn = db.connect()?;
    let tx = conn.transaction().await.unwrap(); //~ unwrapped_query
    insert(&tx, &url).await;
    tx.commit().await.expect("committed"); //~ unwrapped_query
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).await?;
    tx.rollback().await?;
    let id = conn.last_insert_rowid();
    Ok(id.to_string())
}

async fn insert(tx: &Transaction, url: &str) {
    tx.execute("INSERT INTO bookmarks (url) VALUES (?1)", params![url]).await.unwrap(); //~ unwrapped_query
}

#[delete("/bookmarks/<id>")]
async fn remove(conn: &State<Connection>, id: i64) -> Answer<Option<()>> {
    let gone = conn.execute("DELETE FROM bookmarks WHERE id = ?1", params![id]).await?;
    conn.execute_batch("ANALYZE").await.unwrap(); //~ unwrapped_query
    Ok((gone > 0).then_some(()))
}

#[get("/prepared/<id>")]
async fn prepared(conn: &State<Connection>, id: i64) -> Answer<String> {
    let mut statement = conn.prepare("SELECT url FROM bookmarks WHERE id = ?1").await.unwrap(); //~ unwrapped_query
    let row = statement.query_row(params![id]).await.unwrap(); //~ unwrapped_query
    let mut rows = statement.query(params![id]).await?;
    rows.next().await?;
    let changed = statement.execute(params![id]).await.unwrap(); //~ unwrapped_query
    statement.run(params![id]).await?;
    Ok(format!("{:?} {changed}", row.get_value(0)?))
}

#[get("/stream")]
async fn stream(conn: &State<Connection>) -> Answer<String> {
    let rows = conn.query("SELECT url FROM bookmarks", ()).await?;
    let mut rows = std::pin::pin!(rows.into_stream());
    let first = rows.next().await.map(|row| row.unwrap()); //~ unwrapped_query
    Ok(first.map(|row| row.get::<String>(0).unwrap_or_default()).unwrap_or_default())
}

#[post("/attach", data = "<path>")]
async fn attach(path: String) -> Answer<String> {
    let db = Builder::new_local(&path).build().await.unwrap(); //~ unwrapped_query
    #[allow(deprecated)]
    let old = Database::open(&path)?;
    db.sync().await.unwrap(); //~ unwrapped_query
    old.connect()?;
    Ok(path)
}
