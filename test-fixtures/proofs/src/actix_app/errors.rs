//! Errors whose text reaches the client, and those whose text does not.

use actix_web::error::{ErrorBadRequest, ErrorInternalServerError, InternalError};
use actix_web::{get, web, HttpResponse, ResponseError};
use sqlx::SqlitePool;

#[derive(Debug, thiserror::Error)]
#[error("stock: {0}")]
struct Stock(#[from] sqlx::Error);

impl ResponseError for Stock {}

async fn users(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM gone").fetch_one(pool).await
}

#[get("/leaked_helper")]
async fn leaked_helper(pool: web::Data<SqlitePool>) -> actix_web::Result<String> {
    Ok(users(&pool).await.map_err(ErrorInternalServerError)?.to_string())
}

#[get("/leaked_helper_4xx")]
async fn leaked_helper_4xx(pool: web::Data<SqlitePool>) -> actix_web::Result<String> {
    Ok(users(&pool).await.map_err(ErrorBadRequest)?.to_string())
}

#[get("/leaked_default")]
async fn leaked_default(pool: web::Data<SqlitePool>) -> Result<String, Stock> {
    Ok(users(&pool).await?.to_string())
}

#[get("/leaked_on_the_way")]
async fn leaked_on_the_way(pool: web::Data<SqlitePool>) -> actix_web::Result<String> {
    let count = users(&pool).await.map_err(Stock)?;
    Ok(count.to_string())
}

#[get("/leaked_io")]
async fn leaked_io() -> actix_web::Result<String> {
    Ok(std::fs::read_to_string("/no/such/file")?)
}

#[get("/leaked_box")]
async fn leaked_box(pool: web::Data<SqlitePool>) -> Result<String, Box<dyn std::error::Error>> {
    Ok(users(&pool).await?.to_string())
}

#[get("/not_leaked")]
async fn not_leaked(pool: web::Data<SqlitePool>) -> actix_web::Result<String> {
    let answer = |error| InternalError::from_response(error, HttpResponse::InternalServerError().body("sorry"));
    Ok(users(&pool).await.map_err(answer)?.to_string())
}

#[derive(Debug, thiserror::Error)]
#[error("something went wrong")]
struct Failed(#[from] sqlx::Error);

impl ResponseError for Failed {
    fn error_response(&self) -> HttpResponse {
        log::error!("a query failed: {}", self.0);
        HttpResponse::build(self.status_code()).body(self.to_string())
    }
}

#[get("/leaked_fixed")]
async fn leaked_fixed(pool: web::Data<SqlitePool>) -> Result<HttpResponse, Failed> {
    Ok(HttpResponse::Ok().json(users(&pool).await?))
}

#[get("/dropped")]
async fn dropped(pool: web::Data<SqlitePool>) -> HttpResponse {
    match users(&pool).await {
        Ok(count) => HttpResponse::Ok().json(count),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(leaked_helper).service(leaked_helper_4xx).service(leaked_default).service(leaked_on_the_way);
    config.service(leaked_io).service(leaked_box).service(not_leaked).service(leaked_fixed).service(dropped);
}
