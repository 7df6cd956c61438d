//! Notes without anything around them: routes by hand, for old clients.

use rocket::http::{Method::Get, Status};
use rocket::outcome::Outcome;
use rocket::route::{self, Handler};
use rocket::{Data, Request, Route};
use rocket_db_pools::deadpool_postgres::Client;
use rocket_db_pools::Database;

use crate::db::NotesDb;

pub fn routes() -> Vec<Route> {
    vec![Route::new(Get, "/<id>", raw), Route::ranked(1, Get, "/names", Names)]
}

fn raw<'r>(request: &'r Request<'_>, _: Data<'r>) -> route::BoxFuture<'r> {
    Box::pin(async move {
        let Some(Ok(id)) = request.param::<i64>(0) else {
            return Outcome::Error(Status::BadRequest);
        };
        let db = match connect(request).await {
            Ok(db) => db,
            Err(status) => return Outcome::Error(status),
        };
        let row = db.query_opt("SELECT text FROM notes WHERE id = $1", &[&id]).await.unwrap(); //~ unwrapped_query
        match row {
            Some(row) => route::Outcome::from(request, row.get::<_, String>("text")), //~ unwrapped_query
            None => Outcome::Error(Status::NotFound), // silent: missing_not_found
        }
    })
}

async fn connect(request: &Request<'_>) -> Result<Client, Status> {
    let pool = NotesDb::fetch(request.rocket()).ok_or(Status::NotFound)?;
    pool.get().await.map_err(|error| {
        error!("no connection: {error}"); // silent: dropped_cause
        Status::ServiceUnavailable
    })
}

#[derive(Clone)]
struct Names;

#[rocket::async_trait]
impl Handler for Names {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> route::Outcome<'r> {
        let db = match connect(request).await {
            Ok(db) => db,
            Err(status) => return Outcome::Error(status),
        };
        let rows = db.query("SELECT title FROM notes", &[]).await;
        if rows.is_err() { return Outcome::Error(Status::InternalServerError) } //~ dropped_cause
        let rows = rows.unwrap(); // silent: unwrapped_query (looked at before)
        let names: Vec<String> = rows.iter().filter_map(|row| row.try_get("title").ok()).collect(); //~ swallowed_error
        route::Outcome::from(request, names.join("\n"))
    }
}
