//! Texts of errors that look as if they got out and do not: nothing here is to be reported.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, http::StatusCode, routing::get};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::fmt;

// What the client sent, and what is only known of an error.
async fn echo(Path(id): Path<String>) -> Json<Value> {
    let id = id.trim().to_owned();
    Json(json!({ "message": format!("hello {id}") }))
}
async fn upstream() -> Result<String, (StatusCode, Json<Value>)> {
    let rates = reqwest::get("https://rates.example.com").await;
    let rates = rates.map_err(|e| {
        tracing::error!("no rates: {e}");
        (StatusCode::BAD_GATEWAY, Json(json!({ "timeout": e.is_timeout(), "status": e.status().map(|it| it.as_u16()) })))
    })?;
    Ok(rates.status().to_string())
}

// A field that the response does not read.
#[derive(Debug)]
struct ApiError {
    description: String,
    context: String,
}
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.context)
    }
}
#[derive(serde::Serialize)]
struct Body {
    description: String,
}
impl From<&ApiError> for Body {
    fn from(error: &ApiError) -> Self {
        Body { description: error.description.clone() }
    }
}
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        (StatusCode::UNAUTHORIZED, Json(Body::from(&self))).into_response()
    }
}
fn unauthorized<E: fmt::Display>(err: E) -> ApiError {
    ApiError { context: err.to_string(), description: "Unauthorized".to_owned() }
}
async fn secret() -> Result<String, ApiError> {
    let secret = reqwest::get("https://vault.example.com").await.map_err(unauthorized)?;
    secret.text().await.map_err(unauthorized)
}

// A variant that the response has a fixed text for, of an enum in a struct.
#[derive(Debug)]
enum Kind {
    Queue(String),
    Client(StatusCode, String),
}
struct Failure {
    kind: Kind,
}
impl Failure {
    fn queue(text: impl fmt::Display) -> Self {
        Failure { kind: Kind::Queue(text.to_string()) }
    }
}
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure::queue(format_args!("{error:?}"))
    }
}
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self.kind {
            Kind::Client(status, text) => (status, text).into_response(),
            other => {
                tracing::error!("{other:?}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
async fn name(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Failure> {
    if id < 0 {
        return Err(Failure { kind: Kind::Client(StatusCode::BAD_REQUEST, format!("{id} is negative")) });
    }
    Ok(sqlx::query_scalar("SELECT MAX(name) FROM users").fetch_one(&pool).await?)
}

// A conversion that nothing applies.
impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        ApiError { description: error.to_string(), context: String::new() }
    }
}

// An arm for the variants whose text is fixed.
#[derive(Debug, thiserror::Error)]
enum Load {
    #[error("gone")]
    Gone,
    #[error("locked")]
    Locked,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}
async fn load(pool: &PgPool) -> Result<String, Load> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM users").fetch_optional(pool).await?;
    name.filter(|name| name != "locked").ok_or(Load::Gone)
}
async fn loaded(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    load(&pool).await.map_err(|error| match error {
        Load::Gone | Load::Locked => (StatusCode::CONFLICT, error.to_string()),
        Load::Database(error) => {
            tracing::error!(%error);
            (StatusCode::INTERNAL_SERVER_ERROR, "sorry".to_owned())
        }
    })
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/echo/{id}", get(echo))
        .route("/upstream", get(upstream))
        .route("/secret", get(secret))
        .route("/name/{id}", get(name))
        .route("/loaded", get(loaded))
}
