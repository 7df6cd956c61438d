//! What panics, and what becomes of the work that was under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::StreamExt;
use sqlx::{Row, SqlitePool};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{small_pool, User};

async fn query(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Json<User> {
    let user = sqlx::query_as::<_, User>("SELECT * FROM gone WHERE id = $1").bind(id).fetch_one(&pool).await.unwrap();
    Json(user)
}

async fn column(State(pool): State<SqlitePool>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let row = sqlx::query("SELECT name, nickname FROM users LIMIT 1").fetch_one(&pool).await.map_err(internal)?;
    Ok(row.get(name.as_str()))
}

/// The first that comes keeps the only connection for longer than the second waits.
async fn checkout(State(pool): State<SqlitePool>) -> &'static str {
    let connection = pool.acquire().await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    drop(connection);
    "served"
}

async fn offloaded(State(pool): State<SqlitePool>) -> Result<String, (StatusCode, String)> {
    let handle = tokio::runtime::Handle::current();
    let count = tokio::task::spawn_blocking(move || {
        handle.block_on(sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone").fetch_one(&pool)).unwrap()
    });
    let answer = |error: tokio::task::JoinError| match error.is_panic() {
        true => (StatusCode::INTERNAL_SERVER_ERROR, "a JoinError: the task panicked".to_owned()),
        false => (StatusCode::INTERNAL_SERVER_ERROR, "a JoinError: the task was cancelled".to_owned()),
    };
    count.await.map(|count| count.to_string()).map_err(answer)
}

async fn detached(State(pool): State<SqlitePool>) -> &'static str {
    tokio::spawn(async move {
        sqlx::query("INSERT INTO gone VALUES ('axum')").execute(&pool).await.unwrap();
        sqlx::query("INSERT INTO log VALUES ('axum, detached')").execute(&pool).await.unwrap();
    });
    "done"
}

async fn stream(Path(waits): Path<bool>) -> Body {
    let chunks = futures_util::stream::iter(["one", "two"]).then(move |chunk| async move {
        if waits {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(chunk != "two", "the second chunk cannot be made");
        Ok::<_, std::io::Error>(chunk)
    });
    Body::from_stream(chunks)
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "served"
}

async fn input(headers: HeaderMap) -> String {
    headers.get("x-tenant").unwrap().to_str().unwrap().to_owned()
}

/// An extractor, a response and a middleware that panic.
struct Part;

impl FromRequestParts<SqlitePool> for Part {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &SqlitePool) -> Result<Part, StatusCode> {
        match parts.headers.get("x-tenant").unwrap().is_empty() {
            true => Err(StatusCode::BAD_REQUEST),
            false => Ok(Part),
        }
    }
}

async fn extractor(_part: Part) -> &'static str {
    "served"
}

struct Download {
    name: String,
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        Response::builder().header("content-disposition", self.name).body(Body::empty()).unwrap()
    }
}

async fn response() -> Download {
    Download { name: "a\nb".to_owned() }
}

async fn middleware(request: Request, next: Next) -> Response {
    assert!(request.headers().contains_key("x-tenant"), "which tenant?");
    next.run(request).await
}

#[derive(serde::Deserialize)]
struct Page {
    page: u32,
}

async fn input_fixed(headers: HeaderMap, Query(query): Query<Page>) -> Result<String, StatusCode> {
    let tenant = headers.get("x-tenant").and_then(|value| value.to_str().ok()).ok_or(StatusCode::BAD_REQUEST)?;
    Ok(format!("{tenant} {}", query.page))
}

async fn file() -> String {
    tokio::fs::read_to_string("/no/such/file").await.unwrap()
}

async fn file_fixed() -> Result<String, StatusCode> {
    tokio::fs::read_to_string("/no/such/file").await.map_err(|error| {
        tracing::error!(%error, "no message of the day");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

#[derive(Clone, Default)]
struct Counters {
    hits: Arc<Mutex<HashMap<String, u64>>>,
    fixed: Arc<Mutex<HashMap<String, u64>>>,
    motd: Arc<RwLock<String>>,
}

async fn count(State(counters): State<Counters>, Path(by): Path<u64>) -> String {
    let mut hits = counters.hits.lock().unwrap();
    let count = hits.entry("/".to_owned()).or_default();
    *count += 100 / by;
    count.to_string()
}

async fn count_fixed(State(counters): State<Counters>, Path(by): Path<u64>) -> String {
    let mut hits = counters.fixed.lock().unwrap_or_else(PoisonError::into_inner);
    let count = hits.entry("/".to_owned()).or_default();
    *count += 100 / by;
    count.to_string()
}

async fn read_motd(State(counters): State<Counters>, Path(by): Path<u64>) -> String {
    let motd = counters.motd.read().unwrap();
    format!("{motd}{}", 100 / by)
}

async fn write_motd(State(counters): State<Counters>, Path(by): Path<u64>) {
    let mut motd = counters.motd.write().unwrap();
    *motd = (100 / by).to_string();
}

async fn env_unwrapped() -> String {
    std::env::var("PROOFS_UNSET").unwrap()
}

async fn env_mapped() -> Result<String, StatusCode> {
    std::env::var("PROOFS_UNSET").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn note(pool: &SqlitePool, what: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO log VALUES ($1)").bind(what).execute(pool).await?;
    Ok(())
}

async fn unawaited(State(pool): State<SqlitePool>) -> &'static str {
    let _ = note(&pool, "axum, unawaited");
    "done"
}

async fn awaited(State(pool): State<SqlitePool>) -> &'static str {
    if let Err(error) = note(&pool, "axum, awaited").await {
        tracing::error!(%error, "not noted");
    }
    "done"
}

/// How often something stands in the log.
async fn logged(State(pool): State<SqlitePool>, Path(what): Path<String>) -> Result<String, StatusCode> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM log WHERE what = $1").bind(what);
    Ok(count.fetch_one(&pool).await.map_err(internal)?.to_string())
}

fn internal(error: sqlx::Error) -> StatusCode {
    tracing::error!(%error, "a query failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

fn answer_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

pub fn routes() -> Router<SqlitePool> {
    let counters = Router::new()
        .route("/lock/{by}", get(count))
        .route("/lock_fixed/{by}", get(count_fixed))
        .route("/lock_read/{by}", get(read_motd))
        .route("/lock_write/{by}", get(write_motd));
    Router::new()
        .route("/health", get(|| async { "healthy" }))
        .route("/slow", get(slow))
        .route("/query/{id}", get(query))
        .route("/column/{name}", get(column))
        .merge(Router::new().route("/checkout", get(checkout)).with_state(small_pool()))
        .route("/offloaded", get(offloaded))
        .route("/detached", get(detached))
        .route("/stream/{waits}", get(stream))
        .merge(Router::new().route("/caught/{id}", get(query)).layer(CatchPanicLayer::new()))
        .merge(Router::new().route("/answered/{id}", get(query)).layer(CatchPanicLayer::custom(answer_panic)))
        .route("/extractor", get(extractor))
        .route("/response", get(response))
        .merge(Router::new().route("/middleware", get(slow)).layer(from_fn(middleware)))
        .route("/input", get(input))
        .route("/input_fixed", get(input_fixed))
        .route("/file", get(file))
        .route("/file_fixed", get(file_fixed))
        .merge(counters.with_state(Counters::default()))
        .route("/env_unwrapped", get(env_unwrapped))
        .route("/env_mapped", get(env_mapped))
        .route("/unawaited", get(unawaited))
        .route("/awaited", get(awaited))
        .route("/logged/{what}", get(logged))
}
