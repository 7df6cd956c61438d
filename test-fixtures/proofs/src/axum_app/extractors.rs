//! What extractors answer when they fail.

use axum::extract::{Extension, Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use sqlx::SqlitePool;

use crate::Named;

async fn extension(Extension(limit): Extension<u32>) -> String {
    limit.to_string()
}

async fn arity(Path((user, post)): Path<(i64, i64)>) -> String {
    format!("{user} {post}")
}

async fn number(Path(id): Path<i64>) -> String {
    id.to_string()
}

async fn query(Query(named): Query<Named>) -> String {
    named.name
}

async fn json(Json(named): Json<Named>) -> String {
    named.name
}

async fn optional_json(named: Option<Json<Named>>) -> String {
    named.map_or("nobody".to_owned(), |Json(named)| named.name)
}

async fn state(State(pool): State<SqlitePool>) -> String {
    pool.size().to_string()
}

pub fn routes() -> Router<SqlitePool> {
    Router::new()
        .route("/extension", get(extension))
        .merge(Router::new().route("/extension_fixed", get(extension)).layer(Extension(7_u32)))
        .route("/arity/{user}", get(arity))
        .route("/arity_fixed/{user}/{post}", get(arity))
        .route("/number/{id}", get(number))
        .route("/query", get(query))
        .route("/json", post(json))
        .route("/optional_json", post(optional_json))
        .route("/state", get(state))
}
