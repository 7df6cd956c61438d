//! What guards answer when they fail.

use rocket::serde::json::Json;
use rocket::{get, post, routes, Route, State};

use crate::Named;

#[get("/number/<id>")]
fn number(id: i64) -> String {
    id.to_string()
}

#[get("/by_query?<name>")]
fn by_query(name: &str) -> &str {
    name
}

#[post("/json", data = "<named>")]
fn json(named: Json<Named>) -> String {
    named.into_inner().name
}

#[post("/optional_json", data = "<named>")]
fn optional_json(named: Option<Json<Named>>) -> String {
    named.map_or("nobody".to_owned(), |named| named.into_inner().name)
}

#[get("/managed")]
fn managed(pool: &State<sqlx::SqlitePool>) -> String {
    pool.size().to_string()
}

pub fn routes() -> Vec<Route> {
    routes![number, by_query, json, optional_json, managed]
}
