// Responses that functions of the project make for others.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;

#[derive(Serialize)]
struct Answer<T> {
    code: i32,
    message: String,
    data: T,
}

impl<T: Serialize> Answer<T> {
    fn new(code: i32, message: &str, data: T) -> Self {
        Self { code, message: message.to_owned(), data }
    }
    fn to_json(self) -> Json<Self> {
        Json(self)
    }
}

// The body says that it is an error, the status does not.
#[derive(Debug)]
struct Unsaid(sqlx::Error);
impl From<sqlx::Error> for Unsaid {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error);
        Self(error)
    }
}
fn failed(_: Unsaid) -> Json<Answer<()>> {
    Answer::new(-1, "failed", ()).to_json()
}
impl IntoResponse for Unsaid {
    fn into_response(self) -> Response {
        tracing::error!("{:?}", self.0);
        failed(self).into_response() //~ error_as_success
    }
}

// The same by a method, and by another type that becomes a response.
#[derive(Debug)]
struct Wrapped(sqlx::Error);
impl From<sqlx::Error> for Wrapped {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error);
        Self(error)
    }
}
struct Page(String);
impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0).into_response()
    }
}
impl Wrapped {
    fn page(&self) -> Page {
        Page("failed".to_owned())
    }
}
impl IntoResponse for Wrapped {
    fn into_response(self) -> Response {
        self.page().into_response() //~ error_as_success
    }
}

// A function that says the status.
#[derive(Debug)]
struct Said(sqlx::Error);
impl From<sqlx::Error> for Said {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error);
        Self(error)
    }
}
fn refused(message: &str) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": message }))).into_response()
}
impl IntoResponse for Said {
    fn into_response(self) -> Response {
        refused("failed")
    }
}

// Functions that handlers answer a failure with.
fn unsaid(message: &str) -> Response {
    Json(json!({ "error": message })).into_response()
}
fn given(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}
fn value(message: &str) -> Value {
    json!({ "error": message })
}
fn either(is_known: bool) -> Response {
    if is_known {
        return Json(json!({ "error": "unknown" })).into_response();
    }
    StatusCode::BAD_REQUEST.into_response()
}

async fn name_of(pool: &PgPool, id: i64) -> Option<String> {
    sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_optional(pool).await.unwrap_or_else(|error| {
        tracing::error!(%error);
        None
    })
}

async fn a(State(pool): State<PgPool>, Path(id): Path<i64>) -> Response {
    match name_of(&pool, id).await {
        Some(name) => Json(name).into_response(),
        None => unsaid("no such user"), //~ error_as_success
    }
}
async fn b(State(pool): State<PgPool>, Path(id): Path<i64>) -> Response {
    match name_of(&pool, id).await {
        Some(name) => Json(name).into_response(),
        None => given(StatusCode::NOT_FOUND, "no such user"),
    }
}
async fn c(State(pool): State<PgPool>, Path(id): Path<i64>) -> Response {
    match name_of(&pool, id).await {
        Some(name) => Json(name).into_response(),
        None => refused("no such user"),
    }
}
async fn d(State(pool): State<PgPool>, Path(id): Path<i64>) -> Response {
    match name_of(&pool, id).await {
        Some(name) => Json(name).into_response(),
        None => either(id > 0),
    }
}
async fn e(State(pool): State<PgPool>, Path(id): Path<i64>) -> Response {
    match name_of(&pool, id).await {
        Some(name) => Json(name).into_response(),
        None => (StatusCode::NOT_FOUND, Json(value("no such user"))).into_response(),
    }
}

async fn count(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(pool).await
}
async fn f(State(pool): State<PgPool>) -> Result<Json<i64>, Unsaid> {
    Ok(Json(count(&pool).await?))
}
async fn g(State(pool): State<PgPool>) -> Result<Json<i64>, Wrapped> {
    Ok(Json(count(&pool).await?))
}
async fn h(State(pool): State<PgPool>) -> Result<Json<i64>, Said> {
    Ok(Json(count(&pool).await?))
}

// What a function makes that is put into the body.
#[derive(Serialize)]
enum Loaded {
    Done(usize),
    Error { message: String },
}
fn load(path: &str) -> Loaded {
    match std::fs::read(path) {
        Ok(bytes) => Loaded::Done(bytes.len()),
        Err(error) => {
            tracing::error!(%error);
            Loaded::Error { message: "failed".to_owned() } //~ error_as_success
        }
    }
}
fn load_again(path: &str) -> Loaded {
    match std::fs::read(path) {
        Ok(bytes) => Loaded::Done(bytes.len()),
        Err(error) => {
            tracing::error!(%error);
            Loaded::Error { message: "failed".to_owned() }
        }
    }
}
async fn i() -> Json<Loaded> {
    Json(load("/srv/birds"))
}
async fn j() -> (StatusCode, Json<Loaded>) {
    (StatusCode::BAD_GATEWAY, Json(load_again("/srv/birds")))
}

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/i", get(i))
        .route("/j", get(j))
        .route("/a/{id}", get(a))
        .route("/b/{id}", get(b))
        .route("/c/{id}", get(c))
        .route("/d/{id}", get(d))
        .route("/e/{id}", get(e))
        .route("/f", get(f))
        .route("/g", get(g))
        .route("/h", get(h))
        .with_state(pool)
}

fn main() {
    drop(app(pool()));
}
