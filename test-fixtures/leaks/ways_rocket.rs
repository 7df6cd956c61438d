//! The same in Rocket.

use std::io::Cursor;

use rocket::http::Status;
use rocket::response::{self, Debug, Responder, Response};
use rocket::{Request, State, get, routes};
use sqlx::SqlitePool;

async fn load(pool: &SqlitePool) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM users").fetch_one(pool).await
}

// A constructor that makes the value by a conversion, and a function that makes the text of it.
pub struct Error {
    message: String,
    log: String,
}
impl Error {
    pub fn new<M: Into<String> + Clone>(message: M) -> Self {
        (message.clone(), message.into()).into()
    }
}
impl<S: Into<String>> From<(S, u16)> for Error {
    fn from((message, code): (S, u16)) -> Self {
        Error { message: "failed".to_owned(), log: format!("{code} {}", message.into()) }
    }
}
impl<S: Into<String>> From<(S, String)> for Error {
    fn from(value: (S, String)) -> Self {
        Error { message: value.0.into(), log: value.1 }
    }
}
fn body(message: &str) -> String {
    serde_json::to_string(&serde_json::json!({ "message": message })).unwrap_or_default()
}
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&body(&self.message))
    }
}
impl Responder<'_, 'static> for Error {
    fn respond_to(self, _: &Request<'_>) -> response::Result<'static> {
        tracing::error!("{}", self.log);
        let body = self.to_string();
        Response::build().status(Status::InternalServerError).sized_body(body.len(), Cursor::new(body)).ok()
    }
}
#[get("/made")]
async fn made(pool: &State<SqlitePool>) -> Result<String, Error> {
    load(pool).await.map_err(|e| Error::new(format!("no name: {e}"))) //~ leaked_error
}

// In an `Option`.
pub struct Optional {
    message: Option<String>,
}
impl Responder<'_, 'static> for Optional {
    fn respond_to(self, _: &Request<'_>) -> response::Result<'static> {
        let body = self.message.unwrap_or_default();
        Response::build().status(Status::InternalServerError).sized_body(body.len(), Cursor::new(body)).ok()
    }
}
#[get("/optional")]
async fn optional(pool: &State<SqlitePool>) -> Result<String, Optional> {
    load(pool).await.map_err(|e| Optional { message: Some(e.to_string()) }) //~ leaked_error
}

// What is in it goes into the log.
#[get("/debug")]
async fn debug(pool: &State<SqlitePool>) -> Result<String, Debug<String>> {
    Ok(load(pool).await.map_err(|e| e.to_string())?)
}
#[get("/wrapped")]
async fn wrapped(pool: &State<SqlitePool>) -> Result<String, Debug<String>> {
    load(pool).await.map_err(|e| Debug(e.to_string()))
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![made, optional, debug, wrapped])
}
