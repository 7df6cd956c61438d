//! Errors whose text reaches the client, and those whose text does not.

use axum::body::Body;
use axum::extract::State;
use axum::http::{header, StatusCode};
use axum::response::{Extension, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::{stream, StreamExt};
use sqlx::SqlitePool;

#[derive(Debug, thiserror::Error)]
enum Leaky {
    #[error("stock: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl IntoResponse for Leaky {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

async fn users(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM gone").fetch_one(pool).await
}

async fn leaked_display(State(pool): State<SqlitePool>) -> Result<String, Leaky> {
    Ok(users(&pool).await?.to_string())
}

async fn leaked_transparent() -> Result<String, Leaky> {
    Ok(tokio::fs::read_to_string("/no/such/file").await?)
}

async fn leaked_debug(State(pool): State<SqlitePool>) -> Result<String, (StatusCode, String)> {
    let count = users(&pool).await.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")))?;
    Ok(count.to_string())
}

async fn leaked_header(State(pool): State<SqlitePool>) -> Response {
    match users(&pool).await {
        Ok(count) => count.to_string().into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, [("x-error", error.to_string())]).into_response(),
    }
}

async fn leaked_cookie(State(pool): State<SqlitePool>) -> Response {
    match users(&pool).await {
        Ok(count) => count.to_string().into_response(),
        Err(error) => (StatusCode::SEE_OTHER, [(header::SET_COOKIE, format!("flash={error}"))]).into_response(),
    }
}

async fn leaked_redirect(State(pool): State<SqlitePool>) -> Result<String, Redirect> {
    match users(&pool).await {
        Ok(count) => Ok(count.to_string()),
        Err(error) => Err(Redirect::to(&format!("/sorry?because={}", error.to_string().replace(' ', "+")))),
    }
}

async fn not_leaked_extension(State(pool): State<SqlitePool>) -> Response {
    match users(&pool).await {
        Ok(count) => count.to_string().into_response(),
        Err(error) => {
            tracing::error!(%error, "users not counted");
            (StatusCode::INTERNAL_SERVER_ERROR, Extension(error.to_string()), "sorry").into_response()
        }
    }
}

async fn not_leaked_stream(State(pool): State<SqlitePool>) -> Body {
    let error = users(&pool).await.err().map(|error| std::io::Error::other(error.to_string()));
    let chunks = [Ok("one"), Err(error.unwrap_or_else(|| std::io::Error::other("no error")))];
    // The head and the first chunk are on their way before the second is asked for.
    Body::from_stream(stream::iter(chunks).then(|chunk| async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        chunk
    }))
}

#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error("something went wrong")]
    Database(#[from] sqlx::Error),
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let AppError::Database(error) = &self;
        tracing::error!(%error, "a query failed");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

async fn leaked_fixed(State(pool): State<SqlitePool>) -> Result<Json<i64>, AppError> {
    Ok(Json(users(&pool).await?))
}

async fn dropped(State(pool): State<SqlitePool>) -> Result<String, StatusCode> {
    Ok(users(&pool).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.to_string())
}

pub fn routes() -> Router<SqlitePool> {
    Router::new()
        .route("/leaked_display", get(leaked_display))
        .route("/leaked_transparent", get(leaked_transparent))
        .route("/leaked_debug", get(leaked_debug))
        .route("/leaked_header", get(leaked_header))
        .route("/leaked_cookie", get(leaked_cookie))
        .route("/leaked_redirect", get(leaked_redirect))
        .route("/not_leaked_extension", get(not_leaked_extension))
        .route("/not_leaked_stream", get(not_leaked_stream))
        .route("/leaked_fixed", get(leaked_fixed))
        .route("/dropped", get(dropped))
}
