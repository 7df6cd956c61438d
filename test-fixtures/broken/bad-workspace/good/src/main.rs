//! This member is fine.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use sqlx::PgPool;

pub fn router() -> Router<PgPool> {
    Router::new().route("/users/{id}", get(name))
}

async fn name(State(pool): State<PgPool>, Path(id): Path<i64>) -> String {
    sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_one(&pool).await.unwrap() //~ unwrapped_query
}

fn main() {
    drop(router());
}
