//! Failures after which something else is tried: that answers with an error only if it fails, too.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Router, http::StatusCode, routing::get};
use sqlx::PgPool;

fn key_of(user: i64) -> sqlx::query::QueryScalar<'static, String> {
    sqlx::query_scalar("SELECT key FROM keys WHERE user_id = $1").bind(user)
}

fn failed(error: sqlx::Error) -> StatusCode {
    tracing::error!(%error, "the query failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

// An arm that inserts instead.
async fn insert(pool: &PgPool, user: i64) -> Result<String, StatusCode> {
    sqlx::query_scalar("INSERT INTO keys (user_id) VALUES ($1) RETURNING key").bind(user).fetch_one(pool).await.map_err(failed)
}
async fn upsert(State(pool): State<PgPool>, Path(user): Path<i64>) -> Result<String, StatusCode> {
    match key_of(user).fetch_one(&pool).await {
        Ok(key) => Ok(key),
        Err(_) => insert(&pool, user).await, //~ swallowed_error // something else takes its place
    }
}

// A caller that asks elsewhere.
async fn kept(pool: &PgPool, user: i64) -> Option<String> {
    key_of(user).fetch_one(pool).await.ok() //~ swallowed_error // it looks as if there were nothing
}
async fn fetched(State(pool): State<PgPool>, Path(user): Path<i64>) -> Result<String, StatusCode> {
    match kept(&pool, user).await {
        Some(key) => Ok(key),
        None => match insert(&pool, user).await {
            Ok(key) => Ok(key),
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        },
    }
}

// What comes behind sends the client elsewhere.
enum Way {
    In,
    Login(String),
}
impl IntoResponse for Way {
    fn into_response(self) -> Response {
        match self {
            Way::In => StatusCode::OK.into_response(),
            Way::Login(page) => Redirect::temporary(&page).into_response(),
        }
    }
}
async fn enter(State(pool): State<PgPool>, Path(user): Path<i64>) -> Result<Way, StatusCode> {
    if let Ok(Some(_)) = key_of(user).fetch_optional(&pool).await { //~ swallowed_error // the request goes on without it
        return Ok(Way::In);
    }
    login(&pool).await
}
async fn login(pool: &PgPool) -> Result<Way, StatusCode> {
    let page: String = sqlx::query_scalar("SELECT page FROM logins LIMIT 1").fetch_one(pool).await.map_err(failed)?;
    Ok(Way::Login(page))
}

// The error is lost only to panic, which is another lint's.
async fn expected(State(pool): State<PgPool>, Path(user): Path<i64>) -> String {
    key_of(user).fetch_one(&pool).await.ok().expect("the database answers")
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/1/{user}", get(upsert))
        .route("/2/{user}", get(fetched))
        .route("/3/{user}", get(enter))
        .route("/4/{user}", get(expected))
}
