//! Texts of errors that look as if they got out and do not: nothing here is to be reported.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, http::StatusCode, routing::get};
use futures::TryStreamExt;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::fmt;

// What the client sent, and what is only known of an error.
async fn echo(Path(id): Path<String>) -> Json<Value> {
    let id = id.trim().to_owned();
    Json(json!({ "message": format!("hello {id}") }))
}
async fn upstream() -> Result<String, (StatusCode, Json<Value>)> {
    let rates = reqwest::get("https://rates.example.com").await;
    let rates = rates.map_err(|e| {
        tracing::error!("no rates: {e}");
        (StatusCode::BAD_GATEWAY, Json(json!({ "timeout": e.is_timeout(), "status": e.status().map(|it| it.as_u16()) })))
    })?;
    Ok(rates.status().to_string())
}

// A field that the response does not read.
#[derive(Debug)]
struct ApiError {
    description: String,
    context: String,
}
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.context)
    }
}
#[derive(serde::Serialize)]
struct Body {
    description: String,
}
impl From<&ApiError> for Body {
    fn from(error: &ApiError) -> Self {
        Body { description: error.description.clone() }
    }
}
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        (StatusCode::UNAUTHORIZED, Json(Body::from(&self))).into_response()
    }
}
fn unauthorized<E: fmt::Display>(err: E) -> ApiError {
    ApiError { context: err.to_string(), description: "Unauthorized".to_owned() }
}
async fn secret() -> Result<String, ApiError> {
    let secret = reqwest::get("https://vault.example.com").await.map_err(unauthorized)?;
    secret.text().await.map_err(unauthorized)
}

// A variant that the response has a fixed text for, of an enum in a struct.
#[derive(Debug)]
enum Kind {
    Queue(String),
    Client(StatusCode, String),
}
struct Failure {
    kind: Kind,
}
impl Failure {
    fn queue(text: impl fmt::Display) -> Self {
        Failure { kind: Kind::Queue(text.to_string()) }
    }
}
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure::queue(format_args!("{error:?}"))
    }
}
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self.kind {
            Kind::Client(status, text) => (status, text).into_response(),
            other => {
                tracing::error!("{other:?}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
async fn name(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Failure> {
    if id < 0 {
        return Err(Failure { kind: Kind::Client(StatusCode::BAD_REQUEST, format!("{id} is negative")) });
    }
    Ok(sqlx::query_scalar("SELECT MAX(name) FROM users").fetch_one(&pool).await?)
}

// A conversion that nothing applies.
impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        ApiError { description: error.to_string(), context: String::new() }
    }
}

// An arm for the variants whose text is fixed.
#[derive(Debug, thiserror::Error)]
enum Load {
    #[error("gone")]
    Gone,
    #[error("locked")]
    Locked,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}
async fn load(pool: &PgPool) -> Result<String, Load> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM users").fetch_optional(pool).await?;
    name.filter(|name| name != "locked").ok_or(Load::Gone)
}
async fn loaded(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    load(&pool).await.map_err(|error| match error {
        Load::Gone | Load::Locked => (StatusCode::CONFLICT, error.to_string()),
        Load::Database(error) => {
            tracing::error!(%error);
            (StatusCode::INTERNAL_SERVER_ERROR, "sorry".to_owned())
        }
    })
}

// The same where the error is made by a function that is given the variant.
impl Failure {
    fn new(kind: Kind) -> Self {
        Failure { kind }
    }
}
impl From<redis::RedisError> for Failure {
    fn from(error: redis::RedisError) -> Self {
        Failure::new(Kind::Queue(error.to_string()))
    }
}
async fn ping() -> Result<String, Failure> {
    redis::Client::open("redis://localhost")?;
    Ok(String::new())
}

// A field that `Display` does not print, filled by a function.
#[derive(Debug, thiserror::Error)]
enum Stored {
    #[error("internal error: {message}")]
    Internal { message: String },
    #[error("database operation {operation} failed")]
    Database {
        operation: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
impl Stored {
    fn database(
        operation: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Stored::Database { operation: operation.into(), source: source.into() }
    }
}
async fn count(pool: &PgPool) -> Result<i64, Stored> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(pool).await;
    count.map_err(|error| Stored::database("count", error.to_string()))
}
async fn counted(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    match count(&pool).await {
        Ok(count) if count < 0 => {
            let odd = Stored::Internal { message: "odd".to_owned() };
            Err((StatusCode::INTERNAL_SERVER_ERROR, odd.to_string()))
        }
        Ok(count) => Ok(count.to_string()),
        Err(error) => {
            tracing::error!("{error:?}");
            Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
        }
    }
}

// A variant that has an arm of its own, before those that are printed.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("not found")]
    NotFound,
    #[error("system: {0}")]
    System(String),
}
impl Broken {
    fn message(&self) -> String {
        match self {
            Broken::System(_) => "sorry".to_owned(),
            _ => self.to_string(),
        }
    }
}
impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        tracing::error!(?self);
        (StatusCode::INTERNAL_SERVER_ERROR, self.message()).into_response()
    }
}
async fn broken() -> Result<String, Broken> {
    tokio::fs::read_to_string("terms.txt").await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Broken::NotFound,
        _ => Broken::System(format!("no terms: {error}")),
    })
}

// The response of a type that no request gets.
#[derive(Debug, thiserror::Error)]
enum Start {
    #[error("I/O: {0}")]
    Io(#[from] std::io::Error),
}
impl IntoResponse for Start {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
async fn serve(app: Router) -> Result<(), Start> {
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

// A field that `Display` does not print, of what is in a wrapper whose `Display` is sent.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it went wrong: {message}")]
    Database { message: &'static str, trace: String },
    #[error("bad")]
    Bad,
}
impl From<sqlx::Error> for Cause {
    fn from(error: sqlx::Error) -> Self {
        Cause::Database { message: "no database", trace: format!("{error:?}") }
    }
}
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Wrapped(#[from] Cause);
impl IntoResponse for Wrapped {
    fn into_response(self) -> Response {
        tracing::error!("{self:?}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
async fn first(pool: &PgPool) -> Result<String, Cause> {
    Ok(sqlx::query_scalar("SELECT name FROM users").fetch_one(pool).await?)
}
async fn wrapped(State(pool): State<PgPool>) -> Result<String, Wrapped> {
    Ok(first(&pool).await?)
}

// The error of a stream ends the response.
async fn streamed() -> Result<Response, StatusCode> {
    let rates = reqwest::get("https://rates.example.com").await.map_err(|error| {
        tracing::error!("no rates: {error}");
        StatusCode::BAD_GATEWAY
    })?;
    let rates = rates.bytes_stream().map_err(|error| std::io::Error::other(error.to_string()));
    Ok(Response::new(axum::body::Body::from_stream(rates)))
}

// What is kept of a failed transaction, in a variant that the response says nothing of.
struct Traced {
    kind: Kind,
}
impl IntoResponse for Traced {
    fn into_response(self) -> Response {
        match self.kind {
            Kind::Client(status, text) => (status, text).into_response(),
            kind => {
                tracing::error!("{kind:?}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
impl From<sea_orm::DbErr> for Traced {
    fn from(error: sea_orm::DbErr) -> Self {
        Traced { kind: Kind::Queue(error.to_string()) }
    }
}
impl From<sea_orm::TransactionError<Traced>> for Traced {
    fn from(error: sea_orm::TransactionError<Traced>) -> Self {
        match error {
            sea_orm::TransactionError::Connection(error) => error.into(),
            sea_orm::TransactionError::Transaction(error) => error,
        }
    }
}
fn traced(error: sea_orm::DbErr) -> Traced {
    match error {
        sea_orm::DbErr::RecordNotInserted => Traced { kind: Kind::Client(StatusCode::CONFLICT, "taken".to_owned()) },
        error => Traced { kind: Kind::Queue(error.to_string()) },
    }
}
async fn renamed(State(db): State<sea_orm::DatabaseConnection>) -> Result<String, Traced> {
    let renamed = db.transaction(|tx| Box::pin(async move { tx.execute_unprepared("UPDATE users").await.map_err(traced) }));
    Ok(renamed.await?.rows_affected().to_string())
}

// What a function that makes text of anything is given is about what the client sent, as far as is known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Refused {
    message: String,
}
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, self.to_string()).into_response()
    }
}
fn refused<R: fmt::Display>(rejection: R) -> Refused {
    Refused { message: rejection.to_string() }
}
struct Checked<T>(T);
impl<T: serde::de::DeserializeOwned, S: Send + Sync> axum::extract::FromRequest<S> for Checked<T> {
    type Rejection = Refused;
    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Refused> {
        let read = <Json<T> as axum::extract::FromRequest<S>>::from_request(request, state).await;
        let Json(value) = read.map_err(refused)?;
        Ok(Checked(value))
    }
}
async fn checked(Checked(id): Checked<i64>) -> Result<String, Refused> {
    Ok(id.to_string())
}

// The address is the client's.
async fn linked(Path(address): Path<String>) -> Result<String, (StatusCode, String)> {
    let address = url::Url::parse(&address).map_err(|error| (StatusCode::BAD_REQUEST, format!("no link: {error}")))?;
    Ok(address.to_string())
}

// `anyhow::Result` of an error of one's own.
#[derive(Debug, thiserror::Error)]
#[error("a key has eight bytes")]
struct KeyError;
fn key(text: &str) -> anyhow::Result<[u8; 8], KeyError> {
    text.as_bytes().try_into().map_err(|_| KeyError)
}
async fn keyed(Path(text): Path<String>) -> Result<String, (StatusCode, String)> {
    let key = key(&text).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    Ok(key.len().to_string())
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/keyed/{text}", get(keyed))
        .route("/wrapped", get(wrapped))
        .route("/checked", axum::routing::post(checked))
        .route("/streamed", get(streamed))
        .route("/renamed", get(renamed))
        .route("/linked/{address}", get(linked))
        .route("/echo/{id}", get(echo))
        .route("/upstream", get(upstream))
        .route("/secret", get(secret))
        .route("/name/{id}", get(name))
        .route("/loaded", get(loaded))
        .route("/ping", get(ping))
        .route("/counted", get(counted))
        .route("/broken", get(broken))
}
