//! The service with axum.

mod answers;
mod errors;
mod extractors;
mod panics;

use axum::Router;
use sqlx::SqlitePool;

pub fn app(pool: SqlitePool) -> Router {
    Router::new()
        .merge(panics::routes())
        .merge(answers::routes())
        .merge(errors::routes())
        .merge(extractors::routes())
        .with_state(pool)
}
