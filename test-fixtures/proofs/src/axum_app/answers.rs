//! Rows that are not there, and errors that are thrown away or answered as a success.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{json, Value};
use sqlx::SqlitePool;

use crate::User;

/// One answer for all errors.
struct CatchAll(sqlx::Error);

impl From<sqlx::Error> for CatchAll {
    fn from(error: sqlx::Error) -> Self {
        CatchAll(error)
    }
}

impl IntoResponse for CatchAll {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0, "a query failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

async fn row(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<User>, CatchAll> {
    Ok(Json(sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_one(&pool).await?))
}

async fn row_unwrapped(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<User>, CatchAll> {
    let user: Option<User> = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(&pool).await?;
    Ok(Json(user.unwrap()))
}

async fn row_null(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<Option<User>>, CatchAll> {
    Ok(Json(sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(&pool).await?))
}

async fn row_internal(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<User>, StatusCode> {
    let user = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(&pool).await;
    user.map_err(internal)?.map(Json).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

enum AppError {
    NotFound,
    Database(sqlx::Error),
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => AppError::NotFound,
            other => AppError::Database(other),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            AppError::NotFound => StatusCode::NOT_FOUND.into_response(),
            AppError::Database(error) => {
                tracing::error!(%error, "a query failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

async fn row_fixed(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<User>, AppError> {
    Ok(Json(sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_one(&pool).await?))
}

/// Of a table that is there only after the first request.
async fn recovers(State(pool): State<SqlitePool>) -> Result<String, AppError> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM later").fetch_one(&pool).await?;
    Ok(count.to_string())
}

async fn recover(State(pool): State<SqlitePool>) -> Result<StatusCode, AppError> {
    sqlx::query("CREATE TABLE later (id INTEGER)").execute(&pool).await?;
    Ok(StatusCode::CREATED)
}

async fn rename(State(pool): State<SqlitePool>, Path(id): Path<i64>, name: String) -> Result<StatusCode, StatusCode> {
    sqlx::query("UPDATE users SET name = $1 WHERE id = $2").bind(name).bind(id).execute(&pool).await.map_err(internal)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rename_fixed(
    State(pool): State<SqlitePool>,
    Path(id): Path<i64>,
    name: String,
) -> Result<StatusCode, StatusCode> {
    let renamed = sqlx::query("UPDATE users SET name = $1 WHERE id = $2").bind(name).bind(id).execute(&pool);
    match renamed.await.map_err(internal)?.rows_affected() {
        0 => Err(StatusCode::NOT_FOUND),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

async fn swallowed_list(State(pool): State<SqlitePool>) -> Json<Vec<String>> {
    Json(sqlx::query_scalar("SELECT name FROM gone").fetch_all(&pool).await.unwrap_or_default())
}

async fn swallowed_absent(State(pool): State<SqlitePool>) -> Result<String, StatusCode> {
    let banner: Option<String> = sqlx::query_scalar("SELECT text FROM gone").fetch_optional(&pool).await.ok().flatten();
    banner.ok_or(StatusCode::NOT_FOUND)
}

async fn swallowed_unauthorized(State(pool): State<SqlitePool>) -> StatusCode {
    match sqlx::query("SELECT id FROM gone").execute(&pool).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}

async fn swallowed_write(State(pool): State<SqlitePool>) -> StatusCode {
    let _ = sqlx::query("INSERT INTO gone VALUES (1)").execute(&pool).await;
    StatusCode::NO_CONTENT
}

async fn swallowed_task(State(pool): State<SqlitePool>) -> &'static str {
    tokio::spawn(async move {
        sqlx::query("INSERT INTO gone VALUES (1)").execute(&pool).await?;
        Ok::<_, sqlx::Error>(())
    });
    "done"
}

async fn swallowed_fixed(State(pool): State<SqlitePool>) -> Result<Json<Vec<String>>, AppError> {
    Ok(Json(sqlx::query_scalar("SELECT name FROM gone").fetch_all(&pool).await?))
}

async fn error_string() -> Result<String, String> {
    Err("name: too short".to_owned())
}

async fn error_text() -> Result<String, &'static str> {
    Err("name: too short")
}

async fn error_json() -> Result<String, Json<Value>> {
    Err(Json(json!({ "error": "too short" })))
}

struct NoStatus(&'static str);

impl IntoResponse for NoStatus {
    fn into_response(self) -> Response {
        Json(json!({ "error": self.0 })).into_response()
    }
}

async fn error_own() -> Result<String, NoStatus> {
    Err(NoStatus("too short"))
}

async fn error_fixed(State(pool): State<SqlitePool>) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    match sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone").fetch_one(&pool).await {
        Ok(count) => Ok(Json(json!({ "count": count }))),
        Err(error) => {
            tracing::error!(%error, "users not counted");
            Err((StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "users not counted" }))))
        }
    }
}

fn internal(error: sqlx::Error) -> StatusCode {
    tracing::error!(%error, "a query failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

pub fn routes() -> Router<SqlitePool> {
    Router::new()
        .route("/row/{id}", get(row))
        .route("/row_unwrapped/{id}", get(row_unwrapped))
        .route("/row_null/{id}", get(row_null))
        .route("/row_internal/{id}", get(row_internal))
        .route("/row_fixed/{id}", get(row_fixed))
        .route("/recovers", get(recovers).post(recover))
        .route("/rename/{id}", put(rename))
        .route("/rename_fixed/{id}", put(rename_fixed))
        .route("/swallowed_list", get(swallowed_list))
        .route("/swallowed_absent", get(swallowed_absent))
        .route("/swallowed_unauthorized", get(swallowed_unauthorized))
        .route("/swallowed_write", post(swallowed_write))
        .route("/swallowed_task", post(swallowed_task))
        .route("/swallowed_fixed", get(swallowed_fixed))
        .route("/error_string", get(error_string))
        .route("/error_text", get(error_text))
        .route("/error_json", get(error_json))
        .route("/error_own", get(error_own))
        .route("/error_fixed", get(error_fixed))
}
