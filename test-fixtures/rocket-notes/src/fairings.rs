//! What happens around every request.

use std::env;

use rocket::fairing::{AdHoc, Fairing, Info, Kind, Result};
use rocket::http::Header;
use rocket::{Build, Data, Request, Response, Rocket};
use rocket_db_pools::Database;

use crate::db::NotesDb;

/// Counts who comes, and keeps robots out of some installations.
pub struct Visits;

#[rocket::async_trait]
impl Fairing for Visits {
    fn info(&self) -> Info {
        Info { name: "visits", kind: Kind::Ignite | Kind::Request | Kind::Response }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> Result {
        match env::var("VISITS") { // silent: request_time_env (start-up)
            Ok(_) => Ok(rocket),
            Err(_) => Err(rocket),
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let robots = env::var("ROBOTS"); //~ request_time_env: ROBOTS
        if robots.is_ok_and(|robots| robots == "no") {
            request.add_header(Header::new("x-no-robots", "1"));
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, _: &mut Response<'r>) {
        if let Some(db) = NotesDb::fetch(request.rocket()) {
            let db = db.get().await.unwrap(); //~ unwrapped_query
            let path = request.uri().path().to_string();
            if let Err(error) = db.execute("INSERT INTO visits (path) VALUES ($1)", &[&path]).await {
                warn!("visit not written: {error}"); // silent: swallowed_error
            }
        }
    }
}

/// Tells clients where they are served from.
pub fn region() -> AdHoc {
    AdHoc::on_response("region", |_, response| {
        Box::pin(async move {
            let region = env::var_os("REGION").unwrap_or_default(); //~ request_time_env: REGION
            response.set_raw_header("x-region", region.to_string_lossy().into_owned());
        })
    })
}
