//! A bracket is closed that was never opened, and one is never closed.

use sqlx::PgPool;

pub async fn count(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM orders").fetch_one(pool)).await.unwrap() //~ unchecked_code
}

pub async fn first(pool: &PgPool) -> i64 {
    if true {
        sqlx::query_scalar("SELECT min(id) FROM orders").fetch_one(pool).await.unwrap()
}
