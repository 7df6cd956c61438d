//! Values under keys in sled, served by axum.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, put},
};

async fn read(State(db): State<sled::Db>, Path(key): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let value = db.get(&key).unwrap(); //~ unwrapped_query
    value.map(|value| value.to_vec()).ok_or(StatusCode::NOT_FOUND)
}

async fn of_tree(State(db): State<sled::Db>, Path(key): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let users = db.open_tree("users").unwrap(); //~ unwrapped_query
    if !users.contains_key(&key).unwrap() { //~ unwrapped_query
        return Err(StatusCode::NOT_FOUND);
    }
    let value = users.get(&key).map_err(|error| {
        tracing::error!("not read: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    value.map(|value| value.to_vec()).ok_or(StatusCode::NOT_FOUND)
}

async fn write(State(db): State<sled::Db>, Path(key): Path<String>, body: String) -> StatusCode {
    let _ = db.insert(&key, body.as_bytes()); //~ swallowed_error
    let _ = db.flush_async().await;
    StatusCode::NO_CONTENT
}

async fn remove(State(db): State<sled::Db>, Path(key): Path<String>) -> StatusCode {
    match db.remove(&key) {
        Ok(Some(_)) => StatusCode::NO_CONTENT,
        Ok(None) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR, //~ dropped_cause
    }
}

#[tokio::main]
async fn main() {
    let db = sled::open("data").expect("the store can be opened");
    let app = Router::new()
        .route("/{key}", get(read))
        .route("/tree/{key}", get(of_tree))
        .route("/write/{key}", put(write))
        .route("/remove/{key}", delete(remove))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
