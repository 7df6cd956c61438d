//! A small shop: products, carts and orders as a JSON API, served by axum from a Postgres database.
//! `main` reads the configuration, connects the pool, brings the schema up to date, starts the jobs and serves `routes`.
//! Handlers answer `ApiResult`; the reports for the back office have an error type of their own.

mod admin;
mod auth;
mod carts;
mod config;
mod db;
mod error;
mod jobs;
mod orders;
mod products;
mod routes;
mod state;
mod stock;

use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::state::AppState;

const SCHEMA: &[&str] = &[
    "CREATE TABLE schema_steps (step BIGINT PRIMARY KEY)",
    "CREATE TABLE products (id BIGSERIAL PRIMARY KEY, sku TEXT UNIQUE, name TEXT, price_cents BIGINT)",
    "CREATE TABLE stock (product BIGINT PRIMARY KEY, amount INT)",
];

#[tokio::main]
async fn main() {
    let config = Config::from_env();
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_secs(3))
        .connect(&config.database_url) // silent: client_per_request (start-up)
        .await
        .expect("the database must be reachable"); // silent: unwrapped_query (start-up)
    migrate(&pool).await;

    let (mails, outbox) = mpsc::channel(64);
    jobs::start(pool.clone(), outbox);
    let listener = TcpListener::bind(&config.bind).await.unwrap();
    let state = AppState::new(pool, mails, config);
    axum::serve(listener, routes::router(state)).await.unwrap(); //~ missing_panic_boundary missing_request_id
}

/// Applies the steps of the schema that are not there yet.
async fn migrate(pool: &PgPool) {
    let done: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM schema_steps").fetch_one(pool).await.unwrap_or(0); // silent: swallowed_error (start-up)
    let mut tx = pool.begin().await.unwrap(); // silent: unwrapped_query (start-up)
    for (step, statement) in SCHEMA.iter().enumerate().skip(done as usize) {
        sqlx::query(statement).execute(&mut *tx).await.unwrap(); // silent: unwrapped_query (start-up)
        db::execute!(&mut *tx, "INSERT INTO schema_steps (step) VALUES ($1)", step as i64).unwrap(); // silent: unwrapped_query (start-up)
    }
    tx.commit().await.unwrap(); // silent: unwrapped_query (start-up)
}
