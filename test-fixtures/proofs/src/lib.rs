//! Services whose routes do what the pages in `lints/` show, so that `tests/proofs.rs` can ask what a client receives.
//!
//! What a route does wrong it does on purpose. The database has a table `users` with one row, and no table `gone`: a query of
//! that one fails, as queries do in a database whose schema is another one than the code expects.

pub mod actix_app;
pub mod axum_app;
pub mod rocket_app;

use std::time::Duration;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::SqlitePool;

/// A row of the table `users`.
#[derive(serde::Serialize, sqlx::FromRow)]
pub struct User {
    pub id: i64,
    pub name: String,
}

/// How a client names a user in JSON.
#[derive(serde::Deserialize)]
pub struct Named {
    pub name: String,
}

/// A database of its own, in memory.
pub async fn database() -> SqlitePool {
    // Each connection would have a database of its own.
    let pool = SqlitePoolOptions::new().min_connections(1).max_connections(1);
    let pool = pool.idle_timeout(None).max_lifetime(None).connect("sqlite::memory:").await.expect("it is in memory");
    let tables = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nickname TEXT);
        INSERT INTO users (id, name) VALUES (1, 'Ann');
        CREATE TABLE log (what TEXT NOT NULL);";
    sqlx::raw_sql(tables).execute(&pool).await.expect("the tables can be made");
    pool
}

/// A pool with one connection, which does not wait long for it.
pub fn small_pool() -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(100));
    pool.connect_lazy("sqlite::memory:").expect("the address is right")
}
