//! Errors of calls that nothing is known of, of conversions, and errors that get lost behind a test.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, http::StatusCode, routing::get};
use futures::StreamExt;
use sqlx::PgPool;
use webfinger::{Prefix, Resolver, ResolverError, Webfinger};

// A call that fails by what it is given: only where a 5xx is made of that, somebody has to know why.
async fn token(name: String) -> Result<String, StatusCode> {
    let key = keys::of(&name).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    let signed = match keys::sign(&key, &name).await {
        Ok(signed) => signed,
        Err(_) => return Err(StatusCode::INTERNAL_SERVER_ERROR), //~ dropped_cause
    };
    let Ok(text) = signed.into_text() else { //~ dropped_cause
        return Err(StatusCode::BAD_GATEWAY);
    };
    let checked = keys::check(&text);
    if checked.is_err() { //~ dropped_cause
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    keys::parse(&text).map_err(|_| StatusCode::BAD_REQUEST)?;
    let page = keys::page(&text).unwrap_or_default();
    keys::seal(&text).map_err(|error| {
        tracing::error!("not sealed: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    let unavailable = || (StatusCode::SERVICE_UNAVAILABLE, Json("later")).into_response().status();
    keys::send(&text).await.map_err(|_| unavailable())?; //~ dropped_cause
    Ok(page)
}

// A variant that says what was wrong; one that does not.
enum Failure {
    BadId(String),
    Broken,
    Missing(Absent),
    Stored(sqlx::Error),
}
#[derive(Clone, Copy)]
enum Absent {
    User,
    Server,
}
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Failure::Missing(Absent::User) => StatusCode::NOT_FOUND.into_response(),
            Failure::Stored(error) => {
                tracing::error!("{error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
impl From<keys::TooLongError> for Failure {
    fn from(error: keys::TooLongError) -> Self {
        match error {
            keys::TooLongError::Name => Failure::Missing(Absent::User),
            keys::TooLongError::Inner(_) => Failure::Broken, //~ dropped_cause
        }
    }
}
impl From<keys::SealError> for Failure {
    fn from(_: keys::SealError) -> Self {
        Failure::Broken //~ dropped_cause
    }
}
impl From<keys::NameError> for Failure {
    fn from(error: keys::NameError) -> Self {
        Failure::BadId(error.to_string())
    }
}
async fn user(State(pool): State<PgPool>, Path(id): Path<String>) -> Result<String, Failure> {
    let id = keys::id(&id).map_err(|_| Failure::BadId(id.clone()))?;
    keys::log(&id).map_err(|_| Failure::Broken)?; //~ dropped_cause
    keys::seal(&id)?;
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id);
    match name.fetch_one(&pool).await {
        Ok(name) => Ok(name),
        Err(_) => Err(Failure::Missing(Absent::User)), //~ swallowed_error
    }
}
async fn server(State(pool): State<PgPool>) -> Result<String, Failure> {
    let name = sqlx::query_scalar("SELECT name FROM servers").fetch_one(&pool).await;
    name.map_err(|_| Failure::Missing(Absent::Server)) //~ dropped_cause
}

// A join handle; what a task yields that is thrown away.
async fn pack() -> Result<StatusCode, Failure> {
    let packed = tokio::task::spawn_blocking(|| std::fs::write("pack.txt", "all"));
    let _ = packed.await.map_err(|_| Failure::Broken)?; //~ dropped_cause swallowed_error
    Ok(StatusCode::CREATED)
}

// What is used only where it has not failed is not kept for later.
async fn hits(State(pool): State<PgPool>) -> Result<String, Failure> {
    let seen = sqlx::query("UPDATE hits SET n = n + 1").execute(&pool).await;
    if seen.is_ok() && seen.unwrap().rows_affected() > 0 { //~ swallowed_error
        tracing::info!("seen");
    }
    let old = sqlx::query("DELETE FROM hits WHERE old").execute(&pool).await;
    if old.is_ok() {
        tracing::info!("{} are gone", old.as_ref().unwrap().rows_affected());
    }
    if let Err(error) = old {
        tracing::warn!("old hits stay: {error}");
    }
    if let Ok(text) = tokio::fs::read_to_string("hits.json").await //~ swallowed_error
        && let Ok(hits) = keys::hits(&text)
    {
        return Ok(hits);
    }
    Ok(String::new())
}

// A second try in answer to a failure: its error is lost where only the first one's is returned.
async fn name(pool: &PgPool) -> Result<String, sqlx::Error> {
    let first = sqlx::query_scalar("SELECT name FROM users").fetch_one(pool).await;
    match first {
        Ok(name) => Ok(name),
        error => {
            if let Ok(name) = sqlx::query_scalar("SELECT name FROM guests").fetch_one(pool).await { //~ swallowed_error
                return Ok(name);
            }
            error
        }
    }
}
async fn greet(State(pool): State<PgPool>) -> Result<String, Failure> {
    name(&pool).await.map_err(Failure::Stored)
}

// An error that becomes the status of a response by a conversion of the project.
enum Download {
    Gone,
    Broken(reqwest::Error),
}
impl From<Download> for StatusCode {
    fn from(error: Download) -> Self {
        match error {
            Download::Gone => StatusCode::NOT_FOUND,
            Download::Broken(_) => StatusCode::BAD_GATEWAY, //~ dropped_cause
        }
    }
}
async fn fetched(url: &str) -> Result<String, Download> {
    let answer = reqwest::get(url).await.map_err(Download::Broken)?;
    if answer.status() == 404 {
        return Err(Download::Gone);
    }
    answer.text().await.map_err(Download::Broken)
}
async fn mirror() -> Result<String, StatusCode> {
    Ok(fetched("https://example.com/").await?)
}

// What a trait of another crate provides calls what the impl has.
struct Fingers;
impl Resolver<PgPool> for Fingers {
    fn instance_domain<'a>() -> &'a str {
        "example.com"
    }
    fn find(_: Prefix, name: String, pool: PgPool) -> Result<Webfinger, ResolverError> {
        let found = futures::executor::block_on(sqlx::query("SELECT 1").bind(&name).fetch_one(&pool));
        found.map(|_| keys::finger(name)).or(Err(ResolverError::NotFound)) //~ swallowed_error
    }
}
async fn finger(State(pool): State<PgPool>, Path(name): Path<String>) -> String {
    match Fingers::endpoint(name, pool) {
        Ok(found) => keys::text(found),
        Err(_) => "there is none".to_owned(),
    }
}

// The status of a struct comes of the variant in it; what a cursor yields fails by itself, whatever became of the query.
struct ApiError {
    kind: Kind,
    place: String,
}
enum Kind {
    Absent,
    Database { operation: String },
}
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.kind {
            Kind::Absent => StatusCode::NOT_FOUND,
            Kind::Database { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.place).into_response()
    }
}
macro_rules! database_error {
    ($operation:expr) => {
        ApiError { kind: Kind::Database { operation: $operation.to_string() }, place: line!().to_string() }
    };
}
async fn documents(State(notes): State<mongodb::Collection<String>>) -> Result<Json<Vec<String>>, ApiError> {
    let found = notes.find(mongodb::bson::doc! {}).await;
    let found = found.map_err(|_| database_error!("find"))?; //~ dropped_cause
    Ok(Json(found.filter_map(|note| async { note.ok() }).collect().await)) //~ swallowed_error
}
async fn document(State(notes): State<mongodb::Collection<String>>) -> Result<String, ApiError> {
    let found = notes.find_one(mongodb::bson::doc! {}).await;
    let found = found.map_err(|error| {
        tracing::error!("{error}");
        database_error!("find_one")
    })?;
    found.ok_or_else(|| ApiError { kind: Kind::Absent, place: String::new() })
}

static FAILURES: Counter = Counter::new();
struct Counter(std::sync::atomic::AtomicU64);
impl Counter {
    const fn new() -> Counter {
        Counter(std::sync::atomic::AtomicU64::new(0))
    }
    fn add(&self, more: u64) {
        self.0.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
    }
}

// What there is in the place of an error answers nobody where it is thrown away, and nobody where code panics by it.
async fn forgotten(State(pool): State<PgPool>) -> Result<StatusCode, StatusCode> {
    let hit = sqlx::query("UPDATE hits SET n = n + 1").execute(&pool).await;
    let _ = hit.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR); //~ swallowed_error
    let _ = keys::log("seen").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
    let seen = sqlx::query("SELECT 1").fetch_one(&pool).await.map_err(|_| StatusCode::NOT_FOUND).unwrap();
    let old = sqlx::query("DELETE FROM hits WHERE old").execute(&pool).await.inspect_err(|_| FAILURES.add(1));
    if let Err(error) = old {
        tracing::warn!("old hits stay: {error}");
    }
    let mut url = url::Url::parse("https://example.com").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    url.set_scheme("wss").map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(if seen.is_empty() { StatusCode::OK } else { StatusCode::NO_CONTENT })
}

// What is only serialised fails by what it is: a text never does.
struct Ticket {
    name: String,
    seats: std::collections::HashMap<(u8, u8), String>,
}
async fn ticket(Json(ticket): Json<Ticket>) -> Result<String, StatusCode> {
    let name = serde_json::to_string(&ticket.name).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let seats = serde_json::to_string(&ticket.seats).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    let count = serde_json::to_value(ticket.name.len()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let id = tickets::next().to_string();
    let id = serde_json::to_string(&id).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(format!("{id}{name}{seats}{count}"))
}

fn main() {
    let router: Router<PgPool> = Router::new().route("/token", get(token)).route("/ticket", get(ticket)).route("/users/{id}", get(user));
    let router = router.route("/server", get(server)).route("/hits", get(hits)).route("/pack", get(pack));
    let notes: Router<mongodb::Collection<String>> = Router::new().route("/notes", get(documents)).route("/note", get(document));
    drop((notes, router.clone().route("/forgotten", get(forgotten))));
    drop(router.route("/", get(greet)).route("/mirror", get(mirror)).route("/finger/{name}", get(finger)));
}
