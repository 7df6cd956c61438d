//! Responses with a status that they are built with.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError, get, web};
use sqlx::PgPool;

#[derive(thiserror::Error, Debug)]
enum Failed {
    #[error("the database has failed")]
    Database(#[from] sqlx::Error),
    #[error("not found")]
    Gone,
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        match self {
            Failed::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Failed::Gone => StatusCode::NOT_FOUND,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).finish()
    }
}

#[get("/1/{id}")]
async fn by_conversion(pool: web::Data<PgPool>, id: web::Path<i64>) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(*id);
    Ok(name.fetch_one(&**pool).await?) //~ missing_not_found
}

#[get("/2/{id}")]
async fn answered(pool: web::Data<PgPool>, id: web::Path<i64>) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(*id);
    name.fetch_optional(&**pool).await?.ok_or(Failed::Gone)
}

#[get("/3/{id}")]
async fn built(pool: web::Data<PgPool>, id: web::Path<i64>) -> HttpResponse {
    let name = sqlx::query_scalar::<_, String>("SELECT name FROM users WHERE id = $1").bind(*id);
    match name.fetch_one(&**pool).await { //~ missing_not_found
        Ok(name) => HttpResponse::Ok().body(name),
        Err(error) => {
            log::error!("{error}");
            HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(by_conversion).service(answered).service(built);
}
