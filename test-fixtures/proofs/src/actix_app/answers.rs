//! Rows that are not there, and errors that are thrown away or answered as a success.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{delete, error, get, post, put, web, FromRequest, HttpRequest, HttpResponse, ResponseError};
use serde_json::json;
use sqlx::SqlitePool;

use crate::User;

/// One answer for all errors.
#[derive(Debug, thiserror::Error)]
#[error("something went wrong")]
struct CatchAll(#[from] sqlx::Error);

impl ResponseError for CatchAll {}

async fn find(pool: &SqlitePool, id: i64) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(pool).await
}

#[get("/row/{id}")]
async fn row(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, CatchAll> {
    let user = sqlx::query_as::<_, User>("SELECT * FROM users WHERE id = $1").bind(*id);
    Ok(HttpResponse::Ok().json(user.fetch_one(pool.get_ref()).await?))
}

#[get("/row_unwrapped/{id}")]
async fn row_unwrapped(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, CatchAll> {
    Ok(HttpResponse::Ok().json(find(&pool, *id).await?.unwrap()))
}

#[get("/row_null/{id}")]
async fn row_null(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, CatchAll> {
    Ok(HttpResponse::Ok().json(find(&pool, *id).await?))
}

#[get("/row_null_json/{id}")]
async fn row_null_json(
    pool: web::Data<SqlitePool>,
    id: web::Path<i64>,
) -> Result<web::Json<Option<User>>, CatchAll> {
    Ok(web::Json(find(&pool, *id).await?))
}

#[get("/row_option/{id}")]
async fn row_option(
    pool: web::Data<SqlitePool>,
    id: web::Path<i64>,
) -> Result<Option<web::Json<User>>, CatchAll> {
    Ok(find(&pool, *id).await?.map(web::Json))
}

#[get("/row_internal/{id}")]
async fn row_internal(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, CatchAll> {
    Ok(match find(&pool, *id).await? {
        Some(user) => HttpResponse::Ok().json(user),
        None => HttpResponse::InternalServerError().finish(),
    })
}

#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error("not found")]
    NotFound,
    #[error("something went wrong")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => AppError::NotFound,
            other => AppError::Database(other),
        }
    }
}

impl ResponseError for AppError {
    fn error_response(&self) -> HttpResponse {
        match self {
            AppError::NotFound => HttpResponse::NotFound().finish(),
            AppError::Database(error) => {
                log::error!("a query failed: {error}");
                HttpResponse::InternalServerError().finish()
            }
        }
    }
}

#[get("/row_fixed/{id}")]
async fn row_fixed(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, AppError> {
    let user = sqlx::query_as::<_, User>("SELECT * FROM users WHERE id = $1").bind(*id);
    Ok(HttpResponse::Ok().json(user.fetch_one(pool.get_ref()).await?))
}

#[put("/rename/{id}")]
async fn rename(pool: web::Data<SqlitePool>, id: web::Path<i64>, name: String) -> Result<HttpResponse, CatchAll> {
    sqlx::query("UPDATE users SET name = $1 WHERE id = $2").bind(name).bind(*id).execute(pool.get_ref()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[delete("/users/{id}")]
async fn delete(pool: web::Data<SqlitePool>, id: web::Path<i64>) -> Result<HttpResponse, CatchAll> {
    let deleted = sqlx::query("DELETE FROM users WHERE id = $1").bind(*id).execute(pool.get_ref()).await?;
    Ok(if deleted.rows_affected() == 0 { HttpResponse::NotFound().finish() } else { HttpResponse::NoContent().finish() })
}

#[get("/swallowed_zero")]
async fn swallowed_zero(pool: web::Data<SqlitePool>) -> HttpResponse {
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM gone").fetch_one(pool.get_ref()).await.unwrap_or_default();
    HttpResponse::Ok().json(count)
}

#[get("/swallowed_absent")]
async fn swallowed_absent(pool: web::Data<SqlitePool>) -> HttpResponse {
    match sqlx::query_scalar::<_, String>("SELECT name FROM gone").fetch_one(pool.get_ref()).await {
        Ok(name) => HttpResponse::Ok().body(name),
        Err(_) => HttpResponse::NotFound().finish(),
    }
}

#[post("/swallowed_write")]
async fn swallowed_write(pool: web::Data<SqlitePool>) -> HttpResponse {
    let _ = sqlx::query("INSERT INTO gone VALUES (1)").execute(pool.get_ref()).await;
    HttpResponse::NoContent().finish()
}

struct Session {
    id: i64,
}

impl FromRequest for Session {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Session, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pool = request.app_data::<web::Data<SqlitePool>>().cloned();
        Box::pin(async move {
            let pool = pool.ok_or_else(|| error::ErrorNotFound("no pool"))?;
            let id = sqlx::query_scalar("SELECT max(id) FROM gone").fetch_one(&**pool).await;
            let id = id.map_err(|error| {
                log::error!("no session: {error}");
                error::ErrorInternalServerError("sorry")
            })?;
            Ok(Session { id })
        })
    }
}

#[get("/swallowed_guard")]
async fn swallowed_guard(session: Option<Session>) -> HttpResponse {
    HttpResponse::Ok().json(session.map(|session| session.id).unwrap_or(0))
}

#[get("/swallowed_guard_fixed")]
async fn swallowed_guard_fixed(session: Session) -> HttpResponse {
    HttpResponse::Ok().json(session.id)
}

#[derive(Debug, thiserror::Error)]
#[error("too short")]
struct Plain;

impl ResponseError for Plain {}

#[get("/error_default")]
async fn error_default() -> Result<String, Plain> {
    Err(Plain)
}

#[derive(Debug, thiserror::Error)]
#[error("too short")]
struct SaysOk;

impl ResponseError for SaysOk {
    fn status_code(&self) -> actix_web::http::StatusCode {
        actix_web::http::StatusCode::OK
    }
}

#[get("/error_ok")]
async fn error_ok() -> Result<String, SaysOk> {
    Err(SaysOk)
}

#[get("/error_arm")]
async fn error_arm(pool: web::Data<SqlitePool>) -> HttpResponse {
    match sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone").fetch_one(pool.get_ref()).await {
        Ok(count) => HttpResponse::Ok().json(json!({ "count": count })),
        Err(error) => {
            log::error!("users not counted: {error}");
            HttpResponse::Ok().json(json!({ "error": "not counted" }))
        }
    }
}

#[get("/error_fixed")]
async fn error_fixed(pool: web::Data<SqlitePool>) -> HttpResponse {
    match sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone").fetch_one(pool.get_ref()).await {
        Ok(count) => HttpResponse::Ok().json(json!({ "count": count })),
        Err(error) => {
            log::error!("users not counted: {error}");
            HttpResponse::InternalServerError().json(json!({ "error": "not counted" }))
        }
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(row).service(row_unwrapped).service(row_null).service(row_null_json).service(row_option);
    config.service(row_internal).service(row_fixed).service(rename).service(delete).service(swallowed_zero);
    config.service(swallowed_absent).service(swallowed_write).service(swallowed_guard).service(swallowed_guard_fixed);
    config.service(error_default).service(error_ok).service(error_arm).service(error_fixed);
}
