//! Types of the project that are answers and errors at once, with a response of their own that says nothing of the status.

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use sqlx::PgPool;

#[derive(Serialize)]
struct Reply {
    msg: String,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

async fn typed(State(pool): State<PgPool>) -> Reply {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Reply { msg: "ok".into() },
        Err(e) => Reply { msg: e.to_string() }, //~ error_as_success leaked_error
    }
}

async fn made(State(pool): State<PgPool>) -> Response {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Reply { msg: "ok".into() }.into_response(),
        Err(e) => Reply { msg: e.to_string() }.into_response(), //~ error_as_success leaked_error
    }
}

async fn wrapped(State(pool): State<PgPool>) -> Json<Reply> {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Json(Reply { msg: "ok".into() }),
        Err(e) => Json(Reply { msg: e.to_string() }), //~ error_as_success leaked_error
    }
}

async fn with_status(State(pool): State<PgPool>) -> Response {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Reply { msg: "ok".into() }.into_response(),
        Err(e) => {
            tracing::error!("{e}");
            (StatusCode::INTERNAL_SERVER_ERROR, Reply { msg: "failed".into() }).into_response()
        }
    }
}

// The text that serde makes is the body; the 500 is only for what cannot be written as JSON.
#[derive(Serialize, Default)]
struct Envelope<T> {
    code: Option<i32>,
    data: Option<T>,
    msg: Option<String>,
}

impl<T: Serialize> IntoResponse for Envelope<T> {
    fn into_response(self) -> Response {
        let text = match serde_json::to_string(&self) {
            Ok(text) => text,
            Err(e) => {
                tracing::error!("{e}");
                return Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::from("no")).unwrap();
            }
        };
        text.into_response()
    }
}

impl<T> Envelope<T> {
    fn with_data(data: T) -> Self {
        Self { code: Some(200), data: Some(data), msg: None }
    }

    fn with_err(text: &str) -> Self {
        Self { code: Some(500), data: None, msg: Some(text.to_string()) }
    }
}

async fn list(pool: &PgPool) -> anyhow::Result<Vec<i64>> {
    Ok(sqlx::query_scalar("SELECT id FROM users").fetch_all(pool).await?)
}

async fn ids(State(pool): State<PgPool>) -> Envelope<Vec<i64>> {
    match list(&pool).await {
        Ok(ids) => Envelope::with_data(ids),
        Err(e) => Envelope::with_err(&e.to_string()), //~ error_as_success leaked_error
    }
}

async fn find(pool: &PgPool, id: i64) -> anyhow::Result<(i64,)> {
    match sqlx::query_as("SELECT id FROM users WHERE id = $1").bind(id).fetch_optional(pool).await? {
        Some(user) => Ok(user),
        None => Err(anyhow::anyhow!("no such user")),
    }
}

async fn user(State(pool): State<PgPool>, Path(id): Path<i64>) -> Envelope<(i64,)> {
    match find(&pool, id).await {
        Ok(user) => Envelope::with_data(user),
        Err(e) => {
            tracing::error!("{e}");
            Envelope::with_err("failed") //~ error_as_success
        }
    }
}

// One that says its status itself.
#[derive(Serialize)]
struct Answer {
    status: u16,
    msg: String,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self)).into_response()
    }
}

async fn answer(State(pool): State<PgPool>) -> Answer {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Answer { status: 200, msg: "ok".into() },
        Err(e) => {
            tracing::error!("{e}");
            Answer { status: 500, msg: "failed".into() }
        }
    }
}

// One that keeps to itself what it holds.
struct Quiet {
    msg: String,
}

impl IntoResponse for Quiet {
    fn into_response(self) -> Response {
        tracing::error!("{}", self.msg);
        (StatusCode::INTERNAL_SERVER_ERROR, Json("failed")).into_response()
    }
}

async fn quiet(State(pool): State<PgPool>) -> Result<String, Quiet> {
    match sqlx::query("SELECT 1").execute(&pool).await {
        Ok(_) => Ok("ok".into()),
        Err(e) => Err(Quiet { msg: e.to_string() }),
    }
}

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/typed", get(typed))
        .route("/made", get(made))
        .route("/wrapped", get(wrapped))
        .route("/status", get(with_status))
        .route("/ids", get(ids))
        .route("/user/{id}", get(user))
        .route("/answer", get(answer))
        .route("/quiet", get(quiet))
        .with_state(pool)
}

fn main() {
    drop(app(pool()));
}
