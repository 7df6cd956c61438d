//! Texts on their way into responses of axum: through branches, wrappers, conversions and traits.

use axum::response::{ErrorResponse, IntoResponse, Response};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use sqlx::PgPool;
use std::borrow::Cow;
use std::sync::Arc;

async fn load(pool: &PgPool) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM users").fetch_one(pool).await
}

// Beside a response that is made of a status alone.
async fn beside(State(pool): State<PgPool>) -> Response {
    match load(&pool).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(e) => (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response(), //~ leaked_error
    }
}
async fn refused(State(pool): State<PgPool>) -> Result<String, Response> {
    load(&pool).await.map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response()) //~ leaked_error
}
async fn returned(State(pool): State<PgPool>) -> Result<String, Response> {
    match load(&pool).await {
        Ok(name) => Ok(name),
        Err(e) => Err((StatusCode::INTERNAL_SERVER_ERROR, Json(e.to_string())).into_response()), //~ leaked_error
    }
}
async fn shortened(State(pool): State<PgPool>) -> axum::response::Result<String> {
    let name = load(&pool).await.map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()))?; //~ leaked_error
    Ok(name)
}
async fn wrapped(State(pool): State<PgPool>) -> Result<String, ErrorResponse> {
    let name = load(&pool).await.map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()))?; //~ leaked_error
    Ok(name)
}

// In a text that is no `String`.
struct Shown {
    message: Cow<'static, str>,
    status: StatusCode,
}
struct Said {
    message: Arc<str>,
    title: &'static str,
}
enum Problem {
    Missing,
    Database(sqlx::Error),
    Renamed(sqlx::Error),
}
impl Problem {
    fn shown(self) -> Shown {
        match self {
            Problem::Database(e) => {
                tracing::error!(?e);
                let message = Cow::Owned(e.to_string()); //~ leaked_error
                Shown { message, status: StatusCode::INTERNAL_SERVER_ERROR }
            }
            _ => Shown { message: "none".into(), status: StatusCode::NOT_FOUND },
        }
    }
    fn said(self) -> Said {
        match self {
            Problem::Renamed(e) => Said { message: e.to_string().into(), title: "renamed" }, //~ leaked_error
            _ => Said { message: "none".into(), title: "none" },
        }
    }
}
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Problem::Renamed(_) = &self {
            let Said { message, title } = self.said();
            return (StatusCode::INTERNAL_SERVER_ERROR, format!("{title}: {message}")).into_response();
        }
        let Shown { message, status } = self.shown();
        (status, Json(serde_json::json!({ "message": message }))).into_response()
    }
}
async fn shown(State(pool): State<PgPool>) -> Result<String, Problem> {
    load(&pool).await.map_err(Problem::Database)
}
async fn renamed(State(pool): State<PgPool>) -> Result<String, Problem> {
    load(&pool).await.map_err(Problem::Renamed)
}

// A function that is given an error of which nothing is known is to blame all the same.
fn internal<E: std::error::Error>(error: E) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()) //~ leaked_error
}
async fn unknown(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    let page: birds::Page = birds::fetch().await.map_err(|error: birds::FetchError| internal(error))?;
    let name = load(&pool).await.map_err(internal)?;
    Ok(format!("{page} {name}"))
}

// Behind a trait of the project, whose response leaves the text out, or does not.
trait Failure: Send {
    fn response(&self) -> Response;
}
type Boxed = Box<dyn Failure>;
impl IntoResponse for Boxed {
    fn into_response(self) -> Response {
        self.response()
    }
}
struct Logged {
    log: String,
}
impl Failure for Logged {
    fn response(&self) -> Response {
        tracing::error!("{}", self.log);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
struct Told {
    text: String,
}
impl Failure for Told {
    fn response(&self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.text.clone()).into_response()
    }
}
fn logged(log: String) -> Boxed {
    Box::new(Logged { log })
}
fn told(text: String) -> Boxed {
    Box::new(Told { text })
}
async fn behind(State(pool): State<PgPool>) -> Result<String, Boxed> {
    load(&pool).await.map_err(|e| logged(format!("no name: {e}")))
}
async fn before(State(pool): State<PgPool>) -> Result<String, Boxed> {
    load(&pool).await.map_err(|e| told(format!("no name: {e}"))) //~ leaked_error
}

// What is wrong with a token is for the client to know, unless the answer is that the service is to blame.
fn user(token: &str, key: &jsonwebtoken::DecodingKey) -> Result<u32, jsonwebtoken::errors::Error> {
    let validation = jsonwebtoken::Validation::default();
    Ok(jsonwebtoken::decode::<u32>(token, key, &validation)?.claims)
}
async fn denied(State(key): State<jsonwebtoken::DecodingKey>, token: String) -> Result<String, (StatusCode, String)> {
    match user(&token, &key) {
        Ok(id) => Ok(id.to_string()),
        Err(e) => Err((StatusCode::UNAUTHORIZED, e.to_string())),
    }
}
async fn broken(State(key): State<jsonwebtoken::DecodingKey>, token: String) -> Result<String, (StatusCode, String)> {
    match user(&token, &key) {
        Ok(id) => Ok(id.to_string()),
        Err(e) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{e:?}"))), //~ leaked_error
    }
}

// Of an error around an error of the project: that one's response says what is sent.
enum Kind {
    Http(StatusCode, String),
    Database(String),
}
struct Failed {
    kind: Kind,
}
impl Failed {
    fn database(error: impl std::fmt::Display) -> Self {
        Failed { kind: Kind::Database(error.to_string()) }
    }
}
impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self.kind {
            Kind::Http(status, text) => (status, text).into_response(),
            Kind::Database(text) => {
                tracing::error!("{text}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
impl From<sea_orm::TransactionError<Failed>> for Failed {
    fn from(error: sea_orm::TransactionError<Failed>) -> Self {
        match error {
            sea_orm::TransactionError::Connection(error) => Failed::database(error),
            sea_orm::TransactionError::Transaction(error) => error,
        }
    }
}
fn conflict(error: sea_orm::DbErr) -> Failed {
    if error.sql_err().is_some() {
        tracing::error!(%error);
        Failed { kind: Kind::Http(StatusCode::CONFLICT, "taken".to_owned()) }
    } else {
        Failed::database(error)
    }
}
async fn renew(State(db): State<sea_orm::DatabaseConnection>, user: users::ActiveModel) -> Result<String, Failed> {
    let user = db
        .transaction(|txn| {
            Box::pin(async move {
                let user = user.insert(txn).await.map_err(conflict)?;
                Ok(user)
            })
        })
        .await?;
    Ok(user.name)
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/beside", get(beside))
        .route("/refused", get(refused))
        .route("/returned", get(returned))
        .route("/shortened", get(shortened))
        .route("/wrapped", get(wrapped))
        .route("/shown", get(shown))
        .route("/renamed", get(renamed))
        .route("/unknown", get(unknown))
        .route("/behind", get(behind))
        .route("/before", get(before))
        .route("/denied", get(denied))
        .route("/broken", get(broken))
        .route("/renew", get(renew))
}
