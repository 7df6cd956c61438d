//! What panics, and what becomes of the work that was under way.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::TextStream;
use rocket::serde::json::Json;
use rocket::response::Responder;
use rocket::{get, post, routes, Catcher, Data, Request, Response, Route, State};
use sqlx::{Row, SqlitePool};

use crate::User;

pub struct Small(pub SqlitePool);

/// Panics for requests whose path says so.
struct Panicking;

#[rocket::async_trait]
impl Fairing for Panicking {
    fn info(&self) -> Info {
        Info { name: "panics for some requests", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        assert!(request.uri().path() != "/request_fairing", "asked for");
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, _: &mut Response<'r>) {
        assert!(request.uri().path() != "/response_fairing", "asked for");
    }
}

pub fn fairing() -> impl Fairing {
    Panicking
}

#[get("/request_fairing")]
fn request_fairing() -> &'static str {
    "served"
}

#[get("/response_fairing")]
fn response_fairing() -> &'static str {
    "served"
}

struct PanickingGuard;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PanickingGuard {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let tenant = request.headers().get_one("x-tenant").unwrap();
        Outcome::Success(if tenant.is_empty() { PanickingGuard } else { PanickingGuard })
    }
}

#[get("/guard")]
fn guard(_tenant: PanickingGuard) -> &'static str {
    "served"
}

#[get("/query/<id>")]
async fn query(pool: &State<SqlitePool>, id: i64) -> Json<User> {
    let user = sqlx::query_as::<_, User>("SELECT * FROM gone WHERE id = $1").bind(id);
    Json(user.fetch_one(pool.inner()).await.unwrap())
}

#[get("/column/<name>")]
async fn column(pool: &State<SqlitePool>, name: &str) -> Result<String, rocket::response::Debug<sqlx::Error>> {
    let row = sqlx::query("SELECT name, nickname FROM users LIMIT 1").fetch_one(pool.inner()).await?;
    Ok(row.get(name))
}

/// The first that comes keeps the only connection for longer than the second waits.
#[get("/checkout")]
async fn checkout(pool: &State<Small>) -> &'static str {
    let connection = pool.0.acquire().await.unwrap();
    rocket::tokio::time::sleep(Duration::from_millis(600)).await;
    drop(connection);
    "served"
}

#[get("/offloaded")]
async fn offloaded(pool: &State<SqlitePool>) -> String {
    let (handle, pool) = (rocket::tokio::runtime::Handle::current(), pool.inner().clone());
    let count = rocket::tokio::task::spawn_blocking(move || {
        let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone");
        handle.block_on(count.fetch_one(&pool)).unwrap()
    });
    count.await.unwrap().to_string()
}

#[get("/detached")]
async fn detached(pool: &State<SqlitePool>) -> &'static str {
    let pool = pool.inner().clone();
    rocket::tokio::spawn(async move {
        sqlx::query("INSERT INTO gone VALUES ('rocket')").execute(&pool).await.unwrap();
        sqlx::query("INSERT INTO log VALUES ('rocket, detached')").execute(&pool).await.unwrap();
    });
    "done"
}

#[get("/stream")]
fn stream() -> TextStream![&'static str] {
    TextStream! {
        yield "one";
        rocket::tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(std::env::var_os("PROOFS_UNSET").is_some(), "the second chunk cannot be made");
        yield "two";
    }
}

struct PanickingResponse;

impl<'r> Responder<'r, 'static> for PanickingResponse {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        std::fs::read_to_string("/no/such/file").unwrap().respond_to(request)
    }
}

#[get("/responder")]
fn responder() -> PanickingResponse {
    PanickingResponse
}

#[get("/teapot")]
fn teapot() -> Status {
    Status::ImATeapot
}

#[rocket::catch(418)]
fn short_and_stout() -> String {
    std::fs::read_to_string("/no/such/file").unwrap()
}

pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![short_and_stout]
}

#[get("/days/<day>")]
fn input(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').collect();
    parts[1].to_owned()
}

#[post("/shares", data = "<people>")]
fn zero(people: Json<usize>) -> String {
    (100 / *people).to_string()
}

#[get("/days_fixed/<day>")]
fn input_fixed(day: &str) -> Result<String, Status> {
    day.split('-').nth(1).map(str::to_owned).ok_or(Status::BadRequest)
}

#[get("/file")]
fn file() -> String {
    std::fs::read_to_string("/no/such/file").unwrap()
}

static HITS: Mutex<u64> = Mutex::new(0);
static FIXED: Mutex<u64> = Mutex::new(0);

#[get("/lock/<by>")]
fn lock(by: u64) -> String {
    let mut hits = HITS.lock().unwrap();
    *hits += 100 / by;
    hits.to_string()
}

#[get("/lock_fixed/<by>")]
fn lock_fixed(by: u64) -> String {
    let mut hits = FIXED.lock().unwrap_or_else(PoisonError::into_inner);
    *hits += 100 / by;
    hits.to_string()
}

#[get("/env_unwrapped")]
fn env_unwrapped() -> String {
    std::env::var("PROOFS_UNSET").unwrap()
}

#[get("/env_mapped")]
fn env_mapped() -> Result<String, Status> {
    std::env::var("PROOFS_UNSET").map_err(|_| Status::InternalServerError)
}

async fn note(pool: &SqlitePool, what: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO log VALUES ($1)").bind(what).execute(pool).await?;
    Ok(())
}

#[get("/unawaited")]
async fn unawaited(pool: &State<SqlitePool>) -> &'static str {
    let _ = note(pool.inner(), "rocket, unawaited");
    "done"
}

#[get("/logged/<what>")]
async fn logged(pool: &State<SqlitePool>, what: &str) -> Result<String, rocket::response::Debug<sqlx::Error>> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM log WHERE what = $1").bind(what);
    Ok(count.fetch_one(pool.inner()).await?.to_string())
}

#[get("/health")]
fn health() -> &'static str {
    "healthy"
}

pub fn routes() -> Vec<Route> {
    routes![
        request_fairing,
        response_fairing,
        guard,
        query,
        column,
        checkout,
        offloaded,
        detached,
        stream,
        input,
        zero,
        input_fixed,
        file,
        lock,
        lock_fixed,
        env_unwrapped,
        env_mapped,
        unawaited,
        logged,
        responder,
        teapot,
        health
    ]
}
