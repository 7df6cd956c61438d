//! Handlers of axum whose errors carry no status, though they do not say so.

use axum::response::{Html, IntoResponse};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use sqlx::PgPool;

async fn page(State(pool): State<PgPool>) -> Result<impl IntoResponse, impl IntoResponse> { //~ error_as_success
    match sqlx::query_scalar::<_, String>("SELECT name FROM users").fetch_one(&pool).await {
        Ok(name) => Ok(Json(name)),
        Err(error) => {
            tracing::error!("no name: {error}");
            Err(Html("<p>no name</p>".to_owned()))
        }
    }
}

async fn missing(State(pool): State<PgPool>) -> Result<impl IntoResponse, impl IntoResponse> {
    match sqlx::query_scalar::<_, String>("SELECT name FROM users").fetch_one(&pool).await {
        Ok(name) => Ok(Json(name)),
        Err(error) => {
            tracing::error!("no name: {error}");
            Err((StatusCode::SERVICE_UNAVAILABLE, Html("<p>no name</p>".to_owned())))
        }
    }
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/page", get(page))
        .route("/missing", get(missing))
        .route("/closure", get(|State(pool): State<PgPool>| async move { //~ error_as_success
            let name = sqlx::query_scalar::<_, String>("SELECT name FROM users").fetch_one(&pool).await;
            name.map_err(|error| {
                tracing::error!("no name: {error}");
                "no name".to_owned()
            })
        }))
        .route("/other", get(|State(pool): State<PgPool>| async move {
            let name = sqlx::query_scalar::<_, String>("SELECT name FROM users").fetch_one(&pool).await;
            name.map_err(|error| {
                tracing::error!("no name: {error}");
                StatusCode::BAD_GATEWAY
            })
        }))
}
