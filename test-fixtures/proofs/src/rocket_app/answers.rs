//! Rows that are not there, and errors that are thrown away or answered as a success.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::response::status::Custom;
use rocket::response::{self, Debug, Responder};
use rocket::serde::json::{json, Json, Value};
use rocket::{delete, get, post, put, routes, Request, Route, State};
use sqlx::SqlitePool;

use crate::User;

async fn find(pool: &SqlitePool, id: i64) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(pool).await
}

#[get("/row/<id>")]
async fn row(pool: &State<SqlitePool>, id: i64) -> Result<Json<User>, Debug<sqlx::Error>> {
    Ok(Json(sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_one(pool.inner()).await?))
}

#[get("/row_unwrapped/<id>")]
async fn row_unwrapped(pool: &State<SqlitePool>, id: i64) -> Result<Json<User>, Debug<sqlx::Error>> {
    Ok(Json(find(pool, id).await?.unwrap()))
}

#[get("/row_null/<id>")]
async fn row_null(pool: &State<SqlitePool>, id: i64) -> Result<Json<Option<User>>, Debug<sqlx::Error>> {
    Ok(Json(find(pool, id).await?))
}

#[get("/row_option/<id>")]
async fn row_option(pool: &State<SqlitePool>, id: i64) -> Option<Json<User>> {
    match find(pool, id).await {
        Ok(user) => user.map(Json),
        Err(error) => panic!("no users: {error}"),
    }
}

/// The form of the page's *Fixed*, and of that of `swallowed_error`.
#[get("/row_fixed/<id>")]
async fn row_fixed(pool: &State<SqlitePool>, id: i64) -> Result<Option<Json<User>>, Debug<sqlx::Error>> {
    Ok(find(pool, id).await?.map(Json))
}

#[get("/gone_fixed")]
async fn gone_fixed(pool: &State<SqlitePool>) -> Result<Option<String>, Debug<sqlx::Error>> {
    Ok(sqlx::query_scalar("SELECT name FROM gone").fetch_optional(pool.inner()).await?)
}

#[put("/rename/<id>", data = "<name>")]
async fn rename(pool: &State<SqlitePool>, id: i64, name: String) -> Result<Status, Debug<sqlx::Error>> {
    sqlx::query("UPDATE users SET name = $1 WHERE id = $2").bind(name).bind(id).execute(pool.inner()).await?;
    Ok(Status::NoContent)
}

#[delete("/users/<id>")]
async fn delete(pool: &State<SqlitePool>, id: i64) -> Result<Status, Debug<sqlx::Error>> {
    let deleted = sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(pool.inner()).await?;
    Ok(if deleted.rows_affected() == 0 { Status::NotFound } else { Status::NoContent })
}

#[get("/swallowed_absent")]
async fn swallowed_absent(pool: &State<SqlitePool>) -> Option<Json<Vec<String>>> {
    Some(Json(sqlx::query_scalar("SELECT name FROM gone").fetch_all(pool.inner()).await.ok()?))
}

#[post("/swallowed_write")]
async fn swallowed_write(pool: &State<SqlitePool>) -> Status {
    let _ = sqlx::query("INSERT INTO gone VALUES (1)").execute(pool.inner()).await;
    Status::NoContent
}

struct Session {
    name: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Session {
    type Error = sqlx::Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let Some(pool) = request.rocket().state::<SqlitePool>() else {
            return Outcome::Forward(Status::NotFound);
        };
        match sqlx::query_scalar("SELECT name FROM gone").fetch_one(pool).await {
            Ok(name) => Outcome::Success(Session { name }),
            Err(error) => Outcome::Error((Status::ServiceUnavailable, error)),
        }
    }
}

#[get("/swallowed_guard")]
fn swallowed_guard(session: Option<Session>) -> String {
    session.map_or("hello, stranger".to_owned(), |session| session.name)
}

#[get("/swallowed_guard_fixed")]
fn swallowed_guard_fixed(session: Session) -> String {
    session.name
}

#[get("/error_string")]
fn error_string() -> Result<String, String> {
    Err("too short".to_owned())
}

#[get("/error_json")]
fn error_json() -> Result<String, Json<&'static str>> {
    Err(Json("too short"))
}

#[get("/error_value")]
fn error_value() -> Result<String, Value> {
    Err(json!({ "error": "too short" }))
}

#[get("/error_unit")]
fn error_unit() -> Result<String, ()> {
    Err(())
}

#[derive(rocket::Responder)]
enum Derived {
    TooShort(&'static str),
}

#[get("/error_derived")]
fn error_derived() -> Result<String, Derived> {
    Err(Derived::TooShort("too short"))
}

struct Written(&'static str);

impl<'r> Responder<'r, 'static> for Written {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        json!({ "error": self.0 }).respond_to(request)
    }
}

#[get("/error_written")]
fn error_written() -> Result<String, Written> {
    Err(Written("too short"))
}

#[derive(rocket::Responder)]
enum Failure {
    #[response(status = 500)]
    Database(&'static str),
}

#[get("/error_fixed")]
async fn error_fixed(pool: &State<SqlitePool>) -> Result<Json<Vec<String>>, Failure> {
    let names = sqlx::query_scalar("SELECT name FROM gone");
    names.fetch_all(pool.inner()).await.map(Json).map_err(|error| {
        rocket::error!("no names: {error}");
        Failure::Database("something went wrong")
    })
}

#[get("/error_fixed_custom")]
async fn error_fixed_custom(pool: &State<SqlitePool>) -> Result<String, Custom<&'static str>> {
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM gone");
    let count = count.fetch_one(pool.inner()).await.map_err(|error| {
        rocket::error!("users not counted: {error}");
        Custom(Status::InternalServerError, "try again")
    })?;
    Ok(count.to_string())
}

pub fn routes() -> Vec<Route> {
    routes![
        row,
        row_unwrapped,
        row_null,
        row_option,
        row_fixed,
        gone_fixed,
        rename,
        delete,
        swallowed_absent,
        swallowed_write,
        swallowed_guard,
        swallowed_guard_fixed,
        error_string,
        error_json,
        error_value,
        error_unit,
        error_derived,
        error_written,
        error_fixed,
        error_fixed_custom
    ]
}
