//! Values under keys in RocksDB, served by axum.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, put},
};
use rocksdb::{DB, WriteBatch};

async fn read(State(db): State<Arc<DB>>, Path(key): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let value = db.get(key.as_bytes()).unwrap(); //~ unwrapped_query
    value.ok_or(StatusCode::NOT_FOUND)
}

async fn pinned(State(db): State<Arc<DB>>, Path(key): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let users = db.cf_handle("users").ok_or(StatusCode::NOT_FOUND)?;
    let own = db.get_cf(&users, &key).expect("it can be read"); //~ unwrapped_query
    let pinned = db.get_pinned(&key).expect("it can be read"); //~ unwrapped_query
    own.or_else(|| pinned.map(|value| value.to_vec())).ok_or(StatusCode::NOT_FOUND)
}

async fn write(State(db): State<Arc<DB>>, Path(key): Path<String>, body: String) -> StatusCode {
    let _ = db.put(&key, &body); //~ swallowed_error
    match db.write(WriteBatch::default()) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!("not written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

async fn remove(State(db): State<Arc<DB>>, Path(key): Path<String>) -> Result<StatusCode, StatusCode> {
    let users = db.cf_handle("users").ok_or(StatusCode::NOT_FOUND)?;
    db.delete(&key).unwrap(); //~ unwrapped_query
    db.delete_cf(&users, &key).unwrap(); //~ unwrapped_query
    let _ = db.flush();
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::main]
async fn main() {
    let db = Arc::new(DB::open_default("data").expect("the store can be opened"));
    let app = Router::new()
        .route("/{key}", get(read))
        .route("/pinned/{key}", get(pinned))
        .route("/write/{key}", put(write))
        .route("/remove/{key}", delete(remove))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
