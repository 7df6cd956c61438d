//! Who is asking: extractors and middleware.

use std::env;
use std::sync::{Mutex, PoisonError};

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{header, HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sqlx::{FromRow, PgPool};

use crate::config::setting;
use crate::db;
use crate::error::AppError;
use crate::state::AppState;

/// How many requests there have been since the start.
static REQUESTS: Mutex<u64> = Mutex::new(0);

#[derive(Debug, Clone, FromRow)]
pub struct Customer {
    pub id: i64,
    pub email: String,
}

impl FromRequestParts<AppState> for Customer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Customer, AppError> {
        let State(pool) = State::<PgPool>::from_request_parts(parts, state).await.unwrap(); // silent: unwrapped_query (infallible)
        let token = bearer(&parts.headers).ok_or(AppError::Unauthorized)?;
        let customer: Option<Customer> = sqlx::query_as("SELECT id, email FROM sessions WHERE token = $1")
            .bind(token)
            .fetch_optional(&pool)
            .await
            .expect("sessions can be read"); //~ unwrapped_query
        customer.ok_or(AppError::Unauthorized) // silent: missing_not_found (answered 401)
    }
}

/// For pages that greet who is signed in.
impl OptionalFromRequestParts<AppState> for Customer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Customer>, AppError> {
        let Some(token) = bearer(&parts.headers) else {
            return Ok(None);
        };
        let session = sqlx::query_as("SELECT id, email FROM sessions WHERE token = $1").bind(token);
        Ok(session.fetch_one(&state.pool).await.ok()) //~ swallowed_error
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ") // silent: swallowed_error (client input)
}

pub async fn sign_out(customer: Customer, State(pool): State<PgPool>) -> StatusCode {
    let gone = db::execute!(&pool, "DELETE FROM sessions WHERE customer = $1", customer.id);
    assert!(gone.is_ok(), "sessions can be deleted"); //~ unwrapped_query
    let _ = note("signed out"); //~ unawaited_future: note
    note("session deleted").await; // silent: unawaited_future (awaited)
    StatusCode::NO_CONTENT
}

async fn note(text: &str) {
    let requests = *REQUESTS.lock().unwrap_or_else(PoisonError::into_inner); // silent: poisoned_lock (the guard is taken out)
    tracing::info!(requests, "{text}");
}

/// Lets only the back office through.
pub async fn require_admin(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, AppError> {
    let expected = env::var("ADMIN_TOKEN").expect("ADMIN_TOKEN"); //~ request_time_env: ADMIN_TOKEN
    if bearer(request.headers()) != Some(expected.as_str()) {
        return Err(AppError::Unauthorized);
    }
    let path = request.uri().path();
    let area = path.split('?').next().unwrap(); // silent: unwrapped_input, panicking_handler (there is always a first)
    tracing::debug!(area);
    if let Err(error) = db::execute!(&state.pool, "INSERT INTO visits (path) VALUES ($1)", path) {
        tracing::warn!(%error, "visit not written"); // silent: swallowed_error
    }
    Ok(next.run(request).await)
}

/// Counts what is asked for.
pub async fn count_request(State(pool): State<PgPool>, method: Method, request: Request, next: Next) -> Response {
    {
        let mut requests = REQUESTS.lock().unwrap(); //~ poisoned_lock
        let client = request.headers().get(header::USER_AGENT).unwrap(); //~ unwrapped_input
        tracing::debug!(?client);
        *requests += 1; // silent: lock_across_await (the block ends before)
    }
    let mut connection = pool.acquire().await.unwrap(); //~ unwrapped_query
    let hit = sqlx::query("UPDATE hits SET amount = amount + 1 WHERE method = $1").bind(method.as_str());
    let _ = hit.execute(&mut *connection).await; //~ swallowed_error
    drop(connection);
    next.run(request).await
}

/// A text for a while when things are being moved.
pub async fn announce_maintenance(request: Request, next: Next) -> Response {
    match setting("MAINTENANCE") { //~ request_time_env: MAINTENANCE
        Some(text) if request.method() != Method::GET => (StatusCode::SERVICE_UNAVAILABLE, text).into_response(),
        _ => next.run(request).await,
    }
}
