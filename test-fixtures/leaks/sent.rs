//! Texts of errors that get out in ways that are easily missed.

use axum::response::{IntoResponse, Response};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::HashMap;

// Through a function with several texts, of which one is that of the error.
fn answer(status: String, message: String) -> (StatusCode, Json<Value>) {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "status": status, "message": message })))
}
async fn count(State(pool): State<PgPool>) -> Result<String, (StatusCode, Json<Value>)> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&pool).await;
    count.map_err(|e| answer("500".to_string(), format!("{:?}", e))) //~ leaked_error
}

// As a field of what is serialised, or as that itself.
#[derive(serde::Serialize)]
struct Problem {
    message: String,
}
fn problem(message: String) -> (StatusCode, Json<Problem>) {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(Problem { message }))
}
fn text(message: String) -> (StatusCode, Json<String>) {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(message))
}
async fn names(State(pool): State<PgPool>) -> Result<String, (StatusCode, Json<Problem>)> {
    let names = sqlx::query_scalar("SELECT name FROM users").fetch_one(&pool).await;
    names.map_err(|e| problem(e.to_string())) //~ leaked_error
}
async fn mails(State(pool): State<PgPool>) -> Result<String, (StatusCode, Json<String>)> {
    let mails = sqlx::query_scalar("SELECT mail FROM users").fetch_one(&pool).await;
    mails.map_err(|e| text(e.to_string())) //~ leaked_error
}

// Put into a field, or into a map, by a function of the type.
#[derive(Default, serde::Serialize)]
struct ClientError {
    error: &'static str,
    error_description: Option<String>,
}
impl ClientError {
    fn with_description(mut self, description: String) -> Self {
        self.error_description = Some(description);
        self
    }
}
async fn described(State(pool): State<PgPool>) -> Result<String, (StatusCode, Json<ClientError>)> {
    let name = sqlx::query_scalar("SELECT name FROM users").fetch_one(&pool).await;
    name.map_err(|e| {
        let answer = ClientError::default().with_description(e.to_string()); //~ leaked_error
        (StatusCode::INTERNAL_SERVER_ERROR, Json(answer))
    })
}
#[derive(serde::Serialize)]
struct Errors {
    errors: HashMap<String, Vec<String>>,
}
impl Errors {
    fn new(error: String) -> Self {
        let mut errors = HashMap::new();
        errors.insert("message".to_owned(), vec![error]);
        Self { errors }
    }
}
async fn listed(State(pool): State<PgPool>) -> Result<String, (StatusCode, Json<Errors>)> {
    let name = sqlx::query_scalar("SELECT name FROM users").fetch_one(&pool).await;
    name.map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, Json(Errors::new(e.to_string())))) //~ leaked_error
}

// An error that is its own body.
#[derive(serde::Serialize)]
struct ApiError {
    code: u32,
    message: String,
}
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, Json(self)).into_response()
    }
}
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error);
        ApiError { code: 17, message: error.to_string() } //~ leaked_error
    }
}
async fn own(State(pool): State<PgPool>) -> Result<String, ApiError> {
    Ok(sqlx::query_scalar("SELECT name FROM users").fetch_one(&pool).await?)
}

// A function to which other things are given, too: the calls that give it an internal error are to blame.
fn fail(what: impl std::fmt::Display, status: StatusCode) -> (StatusCode, String) {
    (status, format!("failed: {what}"))
}
async fn mixed(State(pool): State<PgPool>, name: String) -> Result<String, (StatusCode, String)> {
    if name.is_empty() {
        return Err(fail("no name", StatusCode::BAD_REQUEST));
    }
    let mail = sqlx::query_scalar("SELECT mail FROM users WHERE name = $1").bind(name).fetch_one(&pool).await;
    mail.map_err(|e| fail(e, StatusCode::INTERNAL_SERVER_ERROR)) //~ leaked_error
}

// Where arms for some variants come first, the rest is what is left.
#[derive(Debug, thiserror::Error)]
enum Load {
    #[error("gone")]
    Gone,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}
async fn load(pool: &PgPool) -> Result<String, Load> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM users").fetch_optional(pool).await?;
    name.ok_or(Load::Gone)
}
async fn loaded(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    load(&pool).await.map_err(|error| match error {
        Load::Gone => (StatusCode::NOT_FOUND, error.to_string()),
        other => (StatusCode::INTERNAL_SERVER_ERROR, other.to_string()), //~ leaked_error
    })
}

// A conversion that `?` applies everywhere, to harmless errors as well: it is to blame itself, once.
enum Any {
    Missing,
    Unknown(String),
}
impl<T: Into<anyhow::Error>> From<T> for Any {
    fn from(error: T) -> Self {
        let cause = error.into();
        tracing::error!("{cause:#}");
        match cause.downcast_ref::<std::num::ParseIntError>() {
            Some(_) => Any::Missing,
            None => Any::Unknown(format!("{}", &cause)), //~ leaked_error
        }
    }
}
impl IntoResponse for Any {
    fn into_response(self) -> Response {
        match self {
            Any::Missing => StatusCode::NOT_FOUND.into_response(),
            Any::Unknown(text) => (StatusCode::INTERNAL_SERVER_ERROR, text).into_response(),
        }
    }
}
async fn any(State(pool): State<PgPool>, number: String) -> Result<String, Any> {
    let number: i64 = number.parse()?;
    let name = sqlx::query_scalar("SELECT name FROM users WHERE number > $1").bind(number);
    let names: Vec<String> = name.fetch_all(&pool).await?;
    let mails: Vec<String> = sqlx::query_scalar("SELECT mail FROM users").fetch_all(&pool).await?;
    Ok(format!("{} {}", names.concat(), mails.concat()))
}

// A type that holds itself.
#[derive(Debug)]
enum Tree {
    Leaf(sqlx::Error),
    Node(Vec<Tree>, Box<Tree>),
}
fn drawn(tree: &Tree) -> String {
    format!("{tree:?}")
}
async fn tree(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    let names = sqlx::query_scalar::<_, String>("SELECT name FROM users").fetch_all(&pool).await.map_err(Tree::Leaf);
    names.map(|names| names.concat()).map_err(|error| {
        tracing::error!("{}", drawn(&error));
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")) //~ leaked_error
    })
}

// What an attribute of another library says that is printed.
#[derive(Debug, snafu::Snafu)]
enum Birds {
    #[snafu(display("no birds: {source}"))]
    Query { source: sqlx::Error },
    #[snafu(display("nothing"))]
    Nothing { source: sqlx::Error },
}
impl IntoResponse for Birds {
    fn into_response(self) -> Response {
        tracing::error!("{self:?}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response() //~ leaked_error
    }
}
async fn birds(State(pool): State<PgPool>) -> Result<String, Birds> {
    let names = sqlx::query_scalar("SELECT name FROM birds").fetch_all(&pool).await;
    let names: Vec<String> = names.map_err(|source| Birds::Query { source })?;
    Ok(names.concat())
}

// A function that answers that the service has failed, whatever it is given now and then.
struct Empty;
impl std::fmt::Display for Empty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is none")
    }
}
fn log_and_fail(error: impl std::fmt::Display) -> axum::response::ErrorResponse {
    tracing::error!("internal: {error}");
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into() //~ leaked_error
}
async fn fishes(State(pool): State<PgPool>) -> axum::response::Result<String> {
    let fish: Option<String> = sqlx::query_scalar("SELECT name FROM fishes").fetch_one(&pool).await.map_err(log_and_fail)?;
    let pond: String = sqlx::query_scalar("SELECT name FROM ponds").fetch_one(&pool).await.map_err(log_and_fail)?;
    Ok(pond + &fish.ok_or(Empty).map_err(log_and_fail)?)
}

// Of what is in a variant one holds an internal error, and one does not.
#[derive(Debug, thiserror::Error)]
enum Filter {
    #[error("{0} is no filter")]
    Unknown(String),
    #[error("the filter is not there: {0}")]
    Stored(#[from] std::io::Error),
}
#[derive(Debug, thiserror::Error)]
enum Search {
    #[error(transparent)]
    Filter(#[from] Filter),
    #[error("too many")]
    Crowded,
}
fn searched(filter: String) -> Result<String, Search> {
    if filter.is_empty() {
        return Err(Filter::Unknown(filter).into());
    }
    Ok(std::fs::read_to_string(filter).map_err(Filter::from)?)
}
async fn search(filter: String) -> Result<String, (StatusCode, String)> {
    searched(filter).map_err(|error| match error {
        Search::Filter(Filter::Unknown(_)) => (StatusCode::BAD_REQUEST, error.to_string()),
        Search::Filter(Filter::Stored(_)) => (StatusCode::NOT_FOUND, error.to_string()), //~ leaked_error
        Search::Crowded => (StatusCode::TOO_MANY_REQUESTS, error.to_string()),
    })
}

// Any error in a wrapper that sends it.
struct Around<E>(E);
impl<E: ToString> IntoResponse for Around<E> {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response() //~ leaked_error
    }
}
async fn frogs(State(pool): State<PgPool>) -> Result<String, Around<sqlx::Error>> {
    sqlx::query_scalar("SELECT name FROM frogs").fetch_one(&pool).await.map_err(Around)
}

// One variant has a fixed text for clients; whoever makes the response calls it.
#[derive(Debug)]
enum Public {
    Refused(String),
    Internal(String),
}
impl Public {
    fn message(&self) -> String {
        match self {
            Self::Internal(_) => "something went wrong".to_owned(),
            Self::Refused(text) => text.clone(),
        }
    }
}
impl IntoResponse for Public {
    fn into_response(self) -> Response {
        tracing::error!("{self:?}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.message()).into_response()
    }
}
async fn public(State(pool): State<PgPool>) -> Response {
    match sqlx::query_scalar::<_, String>("SELECT name FROM owls LIMIT 1").fetch_optional(&pool).await {
        Ok(name) => name.unwrap_or_default().into_response(),
        Err(error) => Public::Refused(format!("no owls: {error}")).into_response(), //~ leaked_error
    }
}
// The other one says nothing of what it holds.
async fn replaced(State(pool): State<PgPool>) -> Response {
    match sqlx::query_scalar::<_, String>("SELECT name FROM owls LIMIT 1").fetch_optional(&pool).await {
        Ok(name) => name.unwrap_or_default().into_response(),
        Err(error) => Public::Internal(format!("no owls: {error}")).into_response(),
    }
}

// Each alternative of a pattern binds the text.
enum Plant {
    Tree(String),
    Moss(String),
}
impl std::fmt::Display for Plant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tree(text) | Self::Moss(text) => write!(f, "{text}"),
        }
    }
}
async fn plants(State(pool): State<PgPool>) -> Result<String, (StatusCode, String)> {
    let plant = sqlx::query_scalar::<_, String>("SELECT name FROM plants LIMIT 1").fetch_optional(&pool).await;
    let plant = plant.map_err(|error| Plant::Tree(error.to_string())); //~ leaked_error
    let plant = plant.map_err(|plant| (StatusCode::INTERNAL_SERVER_ERROR, plant.to_string()))?;
    Ok(plant.unwrap_or_default())
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/plants", get(plants))
        .route("/public", get(public))
        .route("/replaced", get(replaced))
        .route("/fishes", get(fishes))
        .route("/search", get(search))
        .route("/frogs", get(frogs))
        .route("/toads", get(|State(pool): State<PgPool>| async move {
            let toad = sqlx::query_scalar::<_, String>("SELECT name FROM toads").fetch_one(&pool).await;
            toad.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())) //~ leaked_error
        }))
        .route("/count", get(count))
        .route("/names", get(names))
        .route("/mails", get(mails))
        .route("/described", get(described))
        .route("/listed", get(listed))
        .route("/own", get(own))
        .route("/mixed", get(mixed))
        .route("/loaded", get(loaded))
        .route("/any", get(any))
        .route("/birds", get(birds))
        .route("/tree", get(tree))
}
