//! Errors that are looked at for a status and told of behind that, results that are given a name and nothing else, and the
//! status under the names by which other crates pass it on.

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::StatusCode;
use serde::Serialize;
use sqlx::PgPool;

#[derive(Serialize)]
struct Entry {
    text: String,
}

impl From<sqlx::Error> for Entry {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!("{error}");
        Entry { text: "failed".into() }
    }
}

#[derive(Serialize)]
struct Failure {
    status: u16,
    entries: Vec<Entry>,
}

// The error is still there behind the match, and is told of.
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let status = match error {
            sqlx::Error::RowNotFound => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status: status.as_u16(), entries: vec![Entry::from(error)] }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self)).into_response()
    }
}

async fn count(State(pool): State<PgPool>) -> Result<Json<i64>, Failure> {
    Ok(Json(sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&pool).await?))
}

// Another error of the same name is told of, this one is not.
async fn size(State(pool): State<PgPool>) -> Result<Json<i64>, StatusCode> {
    let size = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&pool).await;
    let size: i64 = size.map_err(|error| match error {
        sqlx::Error::RowNotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR, //~ dropped_cause
    })?;
    sqlx::query("INSERT INTO sizes VALUES ($1)").bind(size).execute(&pool).await.map_err(|error| {
        tracing::error!("{error}");
        reqwest::StatusCode::INTERNAL_SERVER_ERROR
    })?;
    Ok(Json(size))
}

async fn clear(State(pool): State<PgPool>) -> Result<(), reqwest::StatusCode> {
    let cleared = sqlx::query("DELETE FROM users").execute(&pool).await;
    cleared.map_err(|_| reqwest::StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    Ok(())
}

async fn touch(State(pool): State<PgPool>) -> &'static str {
    let _done = sqlx::query("UPDATE users SET seen = now()").execute(&pool).await; //~ swallowed_error
    "done"
}

async fn touched(State(pool): State<PgPool>) -> &'static str {
    let _done = sqlx::query("UPDATE users SET seen = now()").execute(&pool).await;
    if let Err(error) = &_done {
        tracing::error!("{error}");
    }
    "done"
}

async fn locked(State(pool): State<PgPool>) -> Result<&'static str, Failure> {
    let _transaction = pool.begin().await?;
    Ok("done")
}

// The error is a part of what the call failed with.
async fn publish(State(producer): State<rdkafka::producer::FutureProducer>) -> Result<(), Broken> {
    let record = rdkafka::producer::FutureRecord::to("users").key("all").payload("seen");
    let sent = producer.send(record, std::time::Duration::from_secs(5)).await;
    sent.map_err(|(error, _)| anyhow::anyhow!("not sent: {error:?}"))?;
    Ok(())
}

async fn announce(State(producer): State<rdkafka::producer::FutureProducer>) -> Result<(), StatusCode> {
    let record = rdkafka::producer::FutureRecord::to("users").key("all").payload("seen");
    let sent = producer.send(record, std::time::Duration::from_secs(5)).await;
    sent.map_err(|(_, _)| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    Ok(())
}

struct Broken(anyhow::Error);

impl From<anyhow::Error> for Broken {
    fn from(error: anyhow::Error) -> Self {
        Broken(error)
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        tracing::error!("{:?}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

// There is nothing in the error of a cipher.
fn seal(key: &[u8], data: &[u8]) -> Result<Vec<u8>, StatusCode> {
    use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
    let cipher = XChaCha20Poly1305::new(key.into());
    let nonce: [u8; 24] = rand::random();
    cipher.encrypt(XNonce::from_slice(&nonce), data).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn sealed(body: String) -> Result<Vec<u8>, StatusCode> {
    seal(b"key", body.as_bytes())
}

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/count", get(count))
        .route("/size", get(size))
        .route("/clear", post(clear))
        .route("/touch", post(touch))
        .route("/touched", post(touched))
        .route("/locked", post(locked))
        .route("/publish", post(publish))
        .route("/announce", post(announce))
        .route("/sealed", post(sealed))
        .with_state(pool)
}

fn main() {
    drop(app(pool()));
}
