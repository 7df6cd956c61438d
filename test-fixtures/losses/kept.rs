//! Errors that look lost and are not: nothing here is to be reported.

use anyhow::Context;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use sqlx::PgPool;
use std::error::Error;

// What keeps the error adds to it.
async fn counted(pool: &PgPool, of: &str) -> anyhow::Result<i64> {
    let count = sqlx::query_scalar("SELECT 1").fetch_one(pool).await.with_context(|| format!("no count of {of}"))?;
    Ok(count)
}

struct Whole(anyhow::Error);
impl<E: Into<anyhow::Error>> From<E> for Whole {
    fn from(error: E) -> Self {
        Whole(error.into())
    }
}
impl IntoResponse for Whole {
    fn into_response(self) -> Response {
        tracing::error!("{:?}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
async fn context(State(pool): State<PgPool>) -> Result<String, Whole> {
    Ok(counted(&pool, "birds").await?.to_string())
}

// What is taken out of an error is logged in every branch.
async fn payload(State(pool): State<PgPool>) -> Result<StatusCode, StatusCode> {
    match sqlx::query("INSERT INTO birds VALUES (1)").execute(&pool).await {
        Ok(_) => Ok(StatusCode::CREATED),
        Err(sqlx::Error::Database(inner)) => {
            if inner.is_unique_violation() {
                tracing::error!("twice: {}", inner);
                Err(StatusCode::CONFLICT)
            } else {
                tracing::error!("not kept: {}", inner);
                Err(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
        Err(error) => {
            tracing::error!("not kept: {}", error);
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

// The status first, the log afterwards; and a method that logs.
#[derive(Debug, thiserror::Error)]
enum Late {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("there is no {0}")]
    Missing(String),
}
impl IntoResponse for Late {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        tracing::error!("{}", self);
        (status, "sorry").into_response()
    }
}
async fn late(State(pool): State<PgPool>) -> Result<Json<Vec<String>>, Late> {
    Ok(Json(sqlx::query_scalar("SELECT name FROM birds").fetch_all(&pool).await?))
}

enum Delegating {
    Missing,
    Database(sqlx::Error),
}
impl From<sqlx::Error> for Delegating {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
impl IntoResponse for Delegating {
    fn into_response(self) -> Response {
        self.status_and_text().into_response()
    }
}
impl Delegating {
    fn status_and_text(&self) -> (StatusCode, Json<String>) {
        let (status, text) = match self {
            Delegating::Missing => (StatusCode::NOT_FOUND, "no such bird".to_owned()),
            Delegating::Database(error) => {
                eprintln!("the database: {error}");
                (StatusCode::INTERNAL_SERVER_ERROR, "sorry".to_owned())
            }
        };
        (status, Json(text))
    }
}
async fn delegating(State(pool): State<PgPool>) -> Result<Json<Vec<String>>, Delegating> {
    Ok(Json(sqlx::query_scalar("SELECT name FROM birds").fetch_all(&pool).await?))
}

// A log field that is a reference to a trait object; a log that goes through the project's own trait or function.
trait Chain {
    fn chain(&self) -> String;
}
impl Chain for anyhow::Error {
    fn chain(&self) -> String {
        format!("{self:#}")
    }
}
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
fn internal(error: anyhow::Error) -> Response {
    tracing::error!("not now: {error}");
    (StatusCode::INTERNAL_SERVER_ERROR, "sorry").into_response()
}
async fn fields(State(pool): State<PgPool>) -> Response {
    if let Err(error) = counted(&pool, "nests").await {
        tracing::error!(error = %error.chain(), "nests");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if let Err(error) = sqlx::query("DELETE FROM nests").execute(&pool).await {
        tracing::warn!("not deleted: {}", causes(&error));
        return StatusCode::BAD_GATEWAY.into_response();
    }
    match counted(&pool, "eggs").await {
        Ok(eggs) if eggs > 2 => Json(eggs).into_response(),
        Ok(_) => match sqlx::query("SELECT 1").execute(&pool).await {
            Ok(_) => StatusCode::OK.into_response(),
            Err(error) => {
                tracing::error!(message = &error as &dyn Error);
                Redirect::to("/error").into_response()
            }
        },
        Err(error) => internal(error),
    }
}

// Some errors told apart, the rest returned; and an arm that only success is left for.
async fn is_new(pool: &PgPool) -> Result<bool, sqlx::Error> {
    match sqlx::query("INSERT INTO nests VALUES (1)").execute(pool).await {
        Ok(_) => Ok(true),
        Err(error) => {
            if let Some(inner) = error.as_database_error()
                && inner.is_unique_violation()
            {
                return Ok(false);
            }
            Err(error)
        }
    }
}
async fn apart(State(pool): State<PgPool>) -> StatusCode {
    match is_new(&pool).await {
        Err(error) => {
            tracing::error!("nests: {error}");
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        Ok(false) => return StatusCode::CONFLICT,
        _ => {}
    }
    StatusCode::CREATED
}

// Through functions and constructors that keep it, boxed or as text.
#[derive(Debug)]
struct Detail {
    text: String,
}
#[derive(Debug, thiserror::Error)]
enum Store {
    #[error("{0:?}")]
    Boxed(Box<Detail>),
}
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Inner(#[from] sqlx::Error);
impl Inner {
    fn detail(&self) -> Detail {
        Detail { text: self.0.to_string() }
    }
}
async fn inner(pool: &PgPool) -> Result<i64, Inner> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM nests").fetch_one(pool).await?)
}
async fn store(pool: &PgPool) -> Result<i64, Store> {
    inner(pool).await.map_err(|error| Store::Boxed(Box::new(error.detail())))
}
async fn kept(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    match store(&pool).await {
        Ok(count) => Ok(count.to_string()),
        Err(error) => {
            tracing::error!("nests: {error}");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

// Logged but for one kind, and then two answers with the text in them; a text that is kept in a map; two tests at once.
async fn count(pool: &PgPool) -> Result<i64, Late> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM eggs").fetch_one(pool).await?;
    if count > 9 { Err(Late::Missing("room".to_owned())) } else { Ok(count) }
}
async fn two_answers(State(pool): State<PgPool>) -> Response {
    match count(&pool).await {
        Ok(count) => Json(count).into_response(),
        Err(error) => {
            if !matches!(error, Late::Missing(_)) {
                tracing::error!("eggs: {error:?}");
            }
            if matches!(error, Late::Missing(_)) {
                (StatusCode::SERVICE_UNAVAILABLE, Json(error.to_string())).into_response()
            } else {
                (StatusCode::BAD_REQUEST, Json(error.to_string())).into_response()
            }
        }
    }
}
async fn by_name(State(pool): State<PgPool>) -> Json<std::collections::HashMap<String, String>> {
    let mut texts = std::collections::HashMap::new();
    for name in ["robin", "wren"] {
        match sqlx::query("UPDATE birds SET seen = true").bind(name).execute(&pool).await {
            Ok(_) => drop(texts.insert(name.to_owned(), "seen".to_owned())),
            Err(error) => drop(texts.insert(name.to_owned(), error.to_string())),
        }
    }
    Json(texts)
}
async fn removed(pool: &PgPool) -> Result<(), sqlx::Error> {
    let result = sqlx::query("DELETE FROM birds").execute(pool).await.map(drop);
    if result.is_ok()
        && let Err(error) = sqlx::query("DELETE FROM nests").execute(pool).await
    {
        tracing::error!("nests are left: {error}");
    }
    result
}
async fn two_tests(State(pool): State<PgPool>) -> Result<StatusCode, Late> {
    removed(&pool).await?;
    Ok(StatusCode::NO_CONTENT)
}

// The text of a response that has failed is only a detail of the failure.
async fn put(http: &reqwest::Client) -> Result<(), StatusCode> {
    let response = http.put("https://s3.example.com/a").send().await.map_err(|error| {
        tracing::error!(%error);
        StatusCode::BAD_GATEWAY
    })?;
    if !response.status().is_success() {
        let status = response.status();
        let body = response.text().await.unwrap_or_default();
        tracing::error!(%status, %body, "put failed");
        return Err(StatusCode::BAD_GATEWAY);
    }
    Ok(())
}
async fn upload() -> Result<StatusCode, StatusCode> {
    put(&reqwest::Client::new()).await?;
    Ok(StatusCode::CREATED)
}

// A conversion that nothing applies.
struct Unapplied;
impl From<std::io::Error> for Unapplied {
    fn from(_: std::io::Error) -> Self {
        Unapplied
    }
}
impl IntoResponse for Unapplied {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
async fn unapplied() -> Result<String, Unapplied> {
    Err(Unapplied)
}

// Errors that say nothing but that it failed.
async fn fits(body: String) -> Result<String, StatusCode> {
    let length = elsewhere::measured(&body);
    let short: i16 = length.try_into().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let long = i64::try_from(length).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let since = elsewhere::born().duration_since(std::time::UNIX_EPOCH).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(format!("{short} {long} {since:?}"))
}

// A variant that stands for one failure, which has been answered there; the others are in another one.
#[derive(Debug, thiserror::Error)]
enum Adding {
    #[error("there is one")]
    Taken,
    #[error("no query: {0}")]
    Query(#[from] sqlx::Error),
}
async fn add(pool: &PgPool) -> Result<(), Adding> {
    match sqlx::query("INSERT INTO keys DEFAULT VALUES").execute(pool).await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_database_error().map(|it| it.kind()) {
            Some(sqlx::error::ErrorKind::UniqueViolation) => Err(Adding::Taken),
            _ => Err(error.into()),
        },
    }
}
async fn added(State(pool): State<PgPool>) -> Result<StatusCode, StatusCode> {
    match add(&pool).await {
        Ok(()) => Ok(StatusCode::CREATED),
        Err(Adding::Taken) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => {
            tracing::error!("not added: {error}");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn main() {
    let router: Router<PgPool> = Router::new().route("/added", get(added));
    let router = router.route("/answers", get(two_answers)).route("/names", get(by_name)).route("/tests", get(two_tests));
    let router = router.route("/context", get(context)).route("/payload", get(payload)).route("/late", get(late));
    let router = router.route("/delegating", get(delegating)).route("/fields", get(fields)).route("/apart", get(apart));
    let router = router.route("/upload", get(upload)).route("/unapplied", get(unapplied));
    drop(router.route("/kept", get(kept)));
}
