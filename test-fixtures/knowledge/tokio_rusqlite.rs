//! SQLite on a thread of its own, in axum handlers.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio_rusqlite::Connection;
use tokio_rusqlite::rusqlite::OpenFlags;

fn app(conn: Connection) -> Router {
    Router::new().route("/notes", get(notes)).route("/open", get(open)).with_state(conn)
}

async fn notes(State(conn): State<Connection>) -> Result<String, StatusCode> {
    let count = conn.call(|conn| conn.query_row("SELECT COUNT(*) FROM notes", [], |row| row.get::<_, i64>(0))).await;
    let count = count.unwrap(); //~ unwrapped_query
    let gone = conn.call_unwrap(|conn| conn.execute("DELETE FROM notes", [])).await;
    let gone = gone.expect("deleted"); //~ unwrapped_query
    let kept = conn.call_raw(|conn| conn.execute("DELETE FROM drafts", [])).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(format!("{count} {gone} {}", kept.is_ok()))
}

async fn open() -> Result<String, StatusCode> {
    let conn = Connection::open("notes.db").await.unwrap(); //~ unwrapped_query
    let other = Connection::open_in_memory().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let flagged = Connection::open_with_flags("notes.db", OpenFlags::SQLITE_OPEN_READ_ONLY).await.unwrap(); //~ unwrapped_query
    other.close().await.unwrap(); //~ unwrapped_query
    drop((conn, flagged));
    Ok("opened".to_owned())
}
