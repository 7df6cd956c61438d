//! The second function is not Rust.

use axum::extract::State;
use axum::routing::get;
use axum::Router;
use sqlx::PgPool;

pub fn router() -> Router<PgPool> {
    Router::new().route("/orders", get(count)).route("/orders/first", get(first))
}

async fn first(State(pool): State<PgPool>) -> String {
    let id: i64 = sqlx::query_scalar("SELECT min(id) FROM orders").fetch_one(&pool).await.; //~ unchecked_code
    id.to_string()
}

async fn count(State(pool): State<PgPool>) -> String {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM orders").fetch_one(&pool).await.unwrap(); //~ unwrapped_query
    count.to_string()
}
