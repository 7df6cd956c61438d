//! What panics, and what becomes of the work that was under way.

use std::future::{ready, Ready};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use actix_web::error::ErrorInternalServerError;
use actix_web::dev::Payload;
use actix_web_lab::middleware::CatchPanic;
use actix_web::{get, web, FromRequest, HttpRequest, HttpResponse, ResponseError};
use futures_util::StreamExt;
use sqlx::{Row, SqlitePool};

use crate::User;

pub struct Small(pub SqlitePool);

#[derive(Default)]
pub struct Settings {
    motd: RwLock<String>,
    hits: Mutex<u64>,
    fixed: Mutex<u64>,
}

#[get("/health")]
async fn health() -> &'static str {
    "healthy"
}

#[get("/query/{id}")]
async fn query(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> HttpResponse {
    let user = sqlx::query_as::<_, User>("SELECT * FROM gone WHERE id = $1").bind(*id);
    HttpResponse::Ok().json(user.fetch_one(pool.get_ref()).await.unwrap())
}

#[get("/column/{name}")]
async fn column(pool: web::Data<SqlitePool>, name: web::Path<String>) -> actix_web::Result<String> {
    let row = sqlx::query("SELECT name, nickname FROM users LIMIT 1").fetch_one(pool.get_ref()).await.map_err(internal)?;
    Ok(row.get(name.as_str()))
}

/// The first that comes keeps the only connection for longer than the second waits.
#[get("/checkout")]
async fn checkout(pool: web::Data<Small>) -> &'static str {
    let connection = pool.0.acquire().await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    drop(connection);
    "served"
}

async fn count(pool: web::Data<SqlitePool>) -> Result<i64, actix_web::error::BlockingError> {
    let handle = tokio::runtime::Handle::current();
    web::block(move || {
        let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone");
        handle.block_on(count.fetch_one(pool.get_ref())).unwrap()
    })
    .await
}

#[get("/offloaded")]
async fn offloaded(pool: web::Data<SqlitePool>) -> actix_web::Result<String> {
    Ok(count(pool).await?.to_string())
}

#[get("/offloaded_unwrapped")]
async fn offloaded_unwrapped(pool: web::Data<SqlitePool>) -> String {
    count(pool).await.unwrap().to_string()
}

#[get("/detached")]
async fn detached(pool: web::Data<SqlitePool>) -> &'static str {
    actix_web::rt::spawn(async move {
        sqlx::query("INSERT INTO gone VALUES ('actix')").execute(pool.get_ref()).await.unwrap();
        sqlx::query("INSERT INTO log VALUES ('actix, detached')").execute(pool.get_ref()).await.unwrap();
    });
    "done"
}

#[get("/stream/{waits}")]
async fn stream(waits: web::Path<bool>) -> HttpResponse {
    let waits = *waits;
    let chunks = futures_util::stream::iter(["one", "two"]).then(move |chunk| async move {
        if waits {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(chunk != "two", "the second chunk cannot be made");
        Ok::<_, std::io::Error>(web::Bytes::from(chunk))
    });
    HttpResponse::Ok().streaming(Box::pin(chunks))
}

#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "served"
}

/// An extractor and an error response that panic.
struct Part;

impl FromRequest for Part {
    type Error = actix_web::Error;
    type Future = Ready<Result<Part, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().get("x-tenant").unwrap().is_empty() {
            true => Err(actix_web::error::ErrorBadRequest("which tenant?")),
            false => Ok(Part),
        })
    }
}

#[get("/extractor")]
async fn extractor(_part: Part) -> &'static str {
    "served"
}

#[derive(Debug, thiserror::Error)]
#[error("failed")]
struct Failed;

impl ResponseError for Failed {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::InternalServerError().body(std::fs::read_to_string("/no/such/file").unwrap())
    }
}

#[get("/error_response")]
async fn error_response() -> Result<String, Failed> {
    Err(Failed)
}

#[get("/input")]
async fn input(request: HttpRequest) -> String {
    request.headers().get("x-tenant").unwrap().to_str().unwrap().to_owned()
}

#[get("/input_fixed")]
async fn input_fixed(request: HttpRequest) -> actix_web::Result<String> {
    let tenant = request.headers().get("x-tenant").and_then(|value| value.to_str().ok());
    Ok(tenant.ok_or_else(|| actix_web::error::ErrorBadRequest("which tenant?"))?.to_owned())
}

#[get("/file")]
async fn file() -> HttpResponse {
    HttpResponse::Ok().body(std::fs::read_to_string("/no/such/file").expect("the file"))
}

#[get("/unwritten")]
async fn unwritten() -> HttpResponse {
    todo!()
}

#[get("/lock/{by}")]
async fn lock(settings: web::Data<Settings>, by: web::Path<u64>) -> String {
    let mut hits = settings.hits.lock().unwrap();
    *hits += 100 / *by;
    hits.to_string()
}

#[get("/lock_fixed/{by}")]
async fn lock_fixed(settings: web::Data<Settings>, by: web::Path<u64>) -> String {
    let mut hits = settings.fixed.lock().unwrap_or_else(PoisonError::into_inner);
    *hits += 100 / *by;
    hits.to_string()
}

#[get("/lock_write/{by}")]
async fn lock_write(settings: web::Data<Settings>, by: web::Path<u64>) -> &'static str {
    let mut motd = settings.motd.write().expect("the lock is not poisoned");
    *motd = (100 / *by).to_string();
    "written"
}

#[get("/lock_read")]
async fn lock_read(settings: web::Data<Settings>) -> HttpResponse {
    let motd = settings.motd.read().expect("the lock is not poisoned");
    HttpResponse::Ok().body(motd.clone())
}

#[get("/env_unwrapped")]
async fn env_unwrapped() -> String {
    std::env::var("PROOFS_UNSET").unwrap()
}

#[get("/env_mapped")]
async fn env_mapped() -> actix_web::Result<String> {
    std::env::var("PROOFS_UNSET").map_err(|_| ErrorInternalServerError("not configured"))
}

async fn note(pool: &SqlitePool, what: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO log VALUES ($1)").bind(what).execute(pool).await?;
    Ok(())
}

#[get("/unawaited")]
async fn unawaited(pool: web::Data<SqlitePool>) -> &'static str {
    let _ = note(&pool, "actix, unawaited");
    "done"
}

#[get("/logged/{what}")]
async fn logged(pool: web::Data<SqlitePool>, what: web::Path<String>) -> actix_web::Result<String> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM log WHERE what = $1").bind(what.into_inner());
    Ok(count.fetch_one(pool.get_ref()).await.map_err(internal)?.to_string())
}

fn internal(error: sqlx::Error) -> actix_web::Error {
    log::error!("a query failed: {error}");
    ErrorInternalServerError("sorry")
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(health).service(query).service(column).service(checkout).service(offloaded);
    config.service(offloaded_unwrapped).service(detached).service(stream).service(slow).service(input);
    config.service(input_fixed).service(file).service(unwritten).service(lock).service(lock_fixed);
    config.service(lock_write).service(lock_read).service(env_unwrapped).service(env_mapped).service(unawaited);
    config.service(web::scope("/caught").wrap(CatchPanic::default()).service(unwritten));
    config.service(logged).service(extractor).service(error_response);
}
