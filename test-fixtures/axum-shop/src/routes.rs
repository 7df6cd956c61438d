//! Which request goes where, and what the shop says about itself.

use std::env;

use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put, MethodRouter};
use axum::{middleware, Json, Router};
use serde_json::{json, Value};
use sqlx::PgPool;

use crate::state::AppState;
use crate::stock::PgStock;
use crate::{admin, auth, carts, db, orders, products};

pub fn router(state: AppState) -> Router {
    let reports = Router::new()
        .route("/sales", internal(admin::sales))
        .route("/sales/{year}", internal(admin::sales_of_year))
        .route("/stock", internal(admin::stock_value::<PgStock>))
        .route("/export", internal(admin::export))
        .route("/archive", internal(admin::archive));

    let admin = Router::new()
        .nest("/reports", reports)
        .route("/products/{id}/price", post(admin::Prices::set).get(admin::Prices::history))
        .route("/products/{id}/name", put(admin::rename))
        .layer(middleware::from_fn_with_state(state.clone(), auth::require_admin));

    let api = Router::new()
        .nest("/products", products::router())
        .nest("/carts", carts::router())
        .nest("/admin", admin)
        .merge(orders::router())
        .route_layer(middleware::from_fn_with_state(state.clone(), auth::count_request));

    Router::new()
        .nest("/api", api)
        .route("/api/session", delete(auth::sign_out))
        .route("/live", get(|| async { "alive" })) // silent: shallow_health_check (about the process alone)
        .route("/healthz", get(|| async { "well" })) //~ shallow_health_check: /healthz
        .route("/ready", get(ready)) // silent: shallow_health_check
        .route("/version", get(version))
        .route("/help/{language}/{page}", get(help))
        .route("/metrics", {
            let started = std::time::Instant::now();
            get(move |State(pool): State<PgPool>| async move {
                let orders = db::count_orders(&pool).await.unwrap(); //~ unwrapped_query
                format!("orders {orders}\nuptime {}\n", started.elapsed().as_secs())
            })
        })
        .layer(middleware::from_fn(auth::announce_maintenance))
        .layer(middleware::map_response(mark_version))
        .fallback(not_found)
        .with_state(state)
}

/// Routes for our own network.
fn internal<H, T>(handler: H) -> MethodRouter<AppState>
where
    H: Handler<T, AppState>,
    T: 'static,
{
    get(handler).fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
}

async fn not_found(uri: Uri) -> impl IntoResponse {
    (StatusCode::NOT_FOUND, format!("nothing at {}", uri.path())) // silent: leaked_error (the client's own path)
}

async fn ready(State(pool): State<PgPool>) -> StatusCode {
    match pool.acquire().await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE, //~ dropped_cause
    }
}

async fn version() -> Json<Value> {
    let commit = option_env!("SHOP_COMMIT").unwrap_or("unknown"); // silent: request_time_env (when compiling)
    let host = env::var_os("HOSTNAME").unwrap_or_default(); //~ request_time_env: HOSTNAME
    let built = std::fs::read_to_string("built.txt").unwrap(); //~ panicking_handler blocking_handler
    Json(json!({ "built": built, "commit": commit, "host": host.to_string_lossy(), "features": features() }))
}

async fn help(Path(page): Path<String>) -> String { //~ impossible_extractor: GET /help/{language}/{page}
    format!("no help on {page} yet")
}

#[cfg(debug_assertions)]
fn features() -> String {
    env::var("SHOP_FEATURES").unwrap_or_default() // silent: request_time_env (not in a release)
}

#[cfg(not(debug_assertions))]
fn features() -> String {
    String::new()
}

/// On every response.
async fn mark_version(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-shop", HeaderValue::from_static(env!("CARGO_PKG_VERSION"))); // silent: request_time_env (when compiling)
    let canary = dotenvy::var("SHOP_CANARY").ok(); //~ request_time_env: SHOP_CANARY
    if let Some(canary) = canary.and_then(|name| HeaderValue::from_str(&name).ok()) {
        headers.insert("x-canary", canary);
    }
    response
}
