//! Rows whose absence is answered as a failure in ways that are easily missed.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{http::StatusCode, routing::get, Router};
use sqlx::PgPool;

enum Failed {
    Taken,
    Internal,
    Gone,
}

/// What it makes of the error that says that nothing was found is known, whatever it makes of others.
impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(refused) = &error {
            if refused.is_unique_violation() {
                return Failed::Taken;
            }
        }
        tracing::error!(%error);
        Failed::Internal
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Failed::Taken => StatusCode::CONFLICT.into_response(),
            Failed::Gone => StatusCode::GONE.into_response(),
            Failed::Internal => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

enum StoreError {
    NoUser,
    NoTeam,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoUser => Failed::Gone,
            _ => Failed::Internal,
        }
    }
}

async fn by_conversion(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Failed> {
    let name = sqlx::query_scalar!("SELECT name FROM users WHERE id = $1", id)
        .fetch_one(&pool) //~ missing_not_found
        .await?;
    Ok(name)
}

async fn user(pool: &PgPool, id: i64) -> Result<String, StoreError> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_optional(pool).await;
    name.unwrap_or_else(|error| { tracing::error!(%error); None }).ok_or(StoreError::NoUser)
}

async fn team(pool: &PgPool, id: i64) -> Result<String, StoreError> {
    let name = sqlx::query_scalar("SELECT name FROM teams WHERE id = $1").bind(id).fetch_optional(pool).await; //~ missing_not_found
    name.unwrap_or_else(|error| { tracing::error!(%error); None }).ok_or(StoreError::NoTeam)
}

/// One variant of the error is told apart, the other is not.
async fn by_variant(State(pool): State<PgPool>, Path((id, of)): Path<(i64, i64)>) -> Result<String, Failed> {
    Ok(user(&pool, id).await? + &team(&pool, of).await?)
}

/// That something else is there says nothing about this.
async fn beside(State(pool): State<PgPool>, Path((id, of)): Path<(i64, i64)>) -> Result<String, Failed> {
    let user = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_optional(&pool).await?;
    let user: String = user.ok_or(Failed::Gone)?;
    let team: String = sqlx::query_scalar("SELECT name FROM teams WHERE id = $1 AND lead = $2")
        .bind(of)
        .bind(id)
        .fetch_one(&pool) //~ missing_not_found
        .await?;
    Ok(user + &team)
}

/// Who is asking is known; what is asked for may not be there.
struct Caller {
    id: i64,
}
impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<i64>().map(|id| Caller { id: *id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}
async fn of_caller(State(pool): State<PgPool>, Path(id): Path<i64>, caller: Caller) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM pets WHERE id = $1 AND owner = $2").bind(id).bind(caller.id);
    Ok(name.fetch_one(&pool).await?) //~ missing_not_found
}

/// A part of the address by another name is still the client's.
struct Wanted(i64);
impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Wanted {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, StatusCode> {
        let id = Path::<i64>::from_request_parts(parts, state).await;
        id.map(|Path(id)| Wanted(id)).map_err(|_| StatusCode::BAD_REQUEST)
    }
}
async fn by_address(State(pool): State<PgPool>, wanted: Wanted) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM pets WHERE id = $1").bind(wanted.0);
    Ok(name.fetch_one(&pool).await?) //~ missing_not_found
}

/// A token says who is asking, and nobody whether that is still there.
struct Bearer {
    id: i64,
}
impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Bearer {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, StatusCode> {
        let token = parts.headers.get("token").and_then(|token| token.to_str().ok()).ok_or(StatusCode::UNAUTHORIZED)?;
        let key = jsonwebtoken::DecodingKey::from_secret(b"secret");
        let claims = jsonwebtoken::decode::<i64>(token, &key, &jsonwebtoken::Validation::default());
        claims.map(|data| Bearer { id: data.claims }).map_err(|_| StatusCode::UNAUTHORIZED)
    }
}
async fn of_bearer(State(pool): State<PgPool>, bearer: Bearer) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(bearer.id);
    Ok(name.fetch_one(&pool).await?) //~ missing_not_found
}

/// Of two callers one tells it apart, and the other one brings the key along as well.
async fn pet(pool: &PgPool, id: i64) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM pets WHERE id = $1").bind(id).fetch_one(pool).await //~ missing_not_found
}
async fn told_apart(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, StatusCode> {
    pet(&pool, id).await.map_err(|error| match error {
        sqlx::Error::RowNotFound => StatusCode::NOT_FOUND,
        error => {
            tracing::error!(%error);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    })
}
async fn taken_for_failure(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, StatusCode> {
    let name = pet(&pool, id).await;
    if name.is_err() {
        tracing::error!("no pet");
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Ok(name.unwrap_or_default())
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/6", get(of_bearer))
        .route("/7/{id}", get(told_apart))
        .route("/8/{id}", get(taken_for_failure))
        .route("/4/{id}", get(of_caller))
        .route("/5/{id}", get(by_address))
        .route("/1/{id}", get(by_conversion))
        .route("/2/{id}/{of}", get(by_variant))
        .route("/3/{id}/{of}", get(beside))
}
