//! Errors whose text reaches the client, and those whose text does not.

use rocket::http::Status;
use rocket::response::status::{BadRequest, Custom};
use rocket::response::{self, status, Debug, Responder};
use rocket::{get, routes, Request, Route, State};
use sqlx::SqlitePool;

async fn users(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM gone").fetch_one(pool).await
}

#[get("/leaked_custom")]
async fn leaked_custom(pool: &State<SqlitePool>) -> Result<String, Custom<String>> {
    let count = users(pool).await.map_err(|error| Custom(Status::InternalServerError, error.to_string()))?;
    Ok(count.to_string())
}

#[get("/leaked_bad_request")]
async fn leaked_bad_request(pool: &State<SqlitePool>) -> Result<String, BadRequest<String>> {
    Ok(users(pool).await.map_err(|error| BadRequest(error.to_string()))?.to_string())
}

struct Failed(sqlx::Error);

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        status::Custom(Status::InternalServerError, self.0.to_string()).respond_to(request)
    }
}

#[get("/leaked_responder")]
async fn leaked_responder(pool: &State<SqlitePool>) -> Result<String, Failed> {
    Ok(users(pool).await.map_err(Failed)?.to_string())
}

#[get("/leaked_fixed")]
async fn leaked_fixed(pool: &State<SqlitePool>) -> Result<String, Debug<sqlx::Error>> {
    Ok(users(pool).await?.to_string())
}

#[get("/dropped")]
async fn dropped(pool: &State<SqlitePool>) -> Result<String, Status> {
    Ok(users(pool).await.map_err(|_| Status::InternalServerError)?.to_string())
}

pub fn routes() -> Vec<Route> {
    routes![leaked_custom, leaked_bad_request, leaked_responder, leaked_fixed, dropped]
}
