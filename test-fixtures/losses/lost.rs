//! Errors that get lost in ways that are easily missed.

use actix_web::error::ErrorInternalServerError;
use actix_web::{HttpResponse, ResponseError, get, http::StatusCode, web};
use diesel::prelude::*;
use diesel::result::Error as DieselError;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is none")]
    Missing,
    #[error("sorry")]
    Internal,
}
impl ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        match self {
            Failure::Missing => HttpResponse::NotFound().finish(),
            Failure::Internal => HttpResponse::InternalServerError().finish(),
        }
    }
}
impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Failure::Missing,
            DieselError::DatabaseError(kind, info) => {
                if let diesel::result::DatabaseErrorKind::UniqueViolation = kind {
                    log::warn!("twice: {}", info.message());
                    Failure::Missing
                } else {
                    Failure::Internal //~ dropped_cause
                }
            }
            _ => Failure::Internal, //~ dropped_cause
        }
    }
}

fn delete(conn: &mut PgConnection) -> Result<(), Failure> {
    diesel::delete(nests::table).execute(conn)?;
    Ok(())
}
fn wrapped(conn: &mut PgConnection) -> Result<(), Failure> {
    let _ = delete(conn); //~ swallowed_error
    Ok(())
}
// The same query behind two calls: one is logged, the other is not.
fn birds(conn: &mut PgConnection, nest: i32) -> Result<Vec<String>, DieselError> {
    birds::table.filter(birds::nest.eq(nest)).load(conn)
}

#[get("/nests")]
async fn nests(conn: web::Data<PgConnection>) -> Result<HttpResponse, Failure> {
    wrapped(&mut conn)?;
    let one = birds(&mut conn, 1).map_err(|error| {
        log::error!("no birds: {error}");
        Failure::Internal
    })?;
    let two = birds(&mut conn, 2).unwrap_or_default(); //~ swallowed_error
    let three = birds(&mut conn, 3).map_err(ErrorInternalServerError).ok(); //~ swallowed_error
    Ok(HttpResponse::Ok().json((one, two, three)))
}

// Some errors are looked at, all others pass; a test that decides by itself.
#[get("/checks")]
async fn checks(conn: web::Data<PgConnection>) -> HttpResponse {
    let found = birds(&mut conn, 4);
    if found.is_err() { //~ dropped_cause
        return HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let found = found.unwrap();
    if let Err(DieselError::NotFound) = birds(&mut conn, 5).map(drop) { //~ swallowed_error
        return HttpResponse::NotFound().finish();
    }
    let all: Vec<String> = rows(&mut conn).into_iter().filter_map(Result::ok).collect(); //~ swallowed_error
    HttpResponse::Ok().json((found, all))
}
fn rows(conn: &mut PgConnection) -> Vec<Result<String, DieselError>> {
    vec![birds::table.select(birds::name).first(conn)]
}

// Of several answers on the way to an error each is its own.
fn insert(conn: &mut PgConnection) -> Result<(), Failure> {
    let inserted = diesel::insert_into(nests::table).values(nests::id.eq(1)).execute(conn);
    if let Err(DieselError::DatabaseError(_, info)) = inserted { //~ swallowed_error
        if info.table_name().is_some() {
            if info.message().contains("name") {
                return Err(Failure::Missing);
            } else { //~ dropped_cause
                return Err(Failure::Internal);
            }
        } else {
            return Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::Unknown, info).into());
        }
    }
    Ok(())
}
#[get("/insert")]
async fn inserted(conn: web::Data<PgConnection>) -> Result<HttpResponse, Failure> {
    insert(&mut conn)?;
    Ok(HttpResponse::Created().finish())
}

// The text of one error in two arms: neither drops it.
#[get("/file")]
async fn file() -> HttpResponse {
    match std::fs::read_to_string("birds.txt") {
        Ok(text) => HttpResponse::Ok().body(text),
        Err(error) => match error.kind() {
            std::io::ErrorKind::NotFound => HttpResponse::NotFound().body(format!("no birds: {error}")),
            _ => HttpResponse::InternalServerError().body(format!("not read: {error}")),
        },
    }
}

// What is converted by hand goes through the same conversion as with `?`.
enum Kept {
    Gone,
    Other,
}
impl From<sqlx::Error> for Kept {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Kept::Gone,
            _ => Kept::Other, //~ dropped_cause
        }
    }
}
impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sorry")
    }
}
impl ResponseError for Kept {
    fn status_code(&self) -> StatusCode {
        match self {
            Kept::Gone => StatusCode::NOT_FOUND,
            Kept::Other => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
#[get("/eggs")]
async fn eggs(pool: web::Data<sqlx::PgPool>) -> Result<String, Kept> {
    match sqlx::query_scalar("SELECT name FROM eggs LIMIT 1").fetch_one(pool.get_ref()).await {
        Ok(name) => Ok(name),
        Err(error) => Err(error.into()),
    }
}

fn main() {
    actix_web::App::new().service(eggs).service(nests).service(checks).service(file).service(inserted);
}
