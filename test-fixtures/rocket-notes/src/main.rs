//! Notes for teams: written, tagged, shared and put away; served by Rocket.
//! Notes are in Postgres, behind `Connection<NotesDb>`; what was put away is in a SQLite file, behind `ArchiveDb`.
//! `rocket` attaches both, brings the tables up to date, starts the jobs and mounts the routes of the modules.

#[macro_use]
extern crate rocket;

mod archive;
mod catchers;
mod config;
mod db;
mod error;
mod fairings;
mod feed;
mod guards;
mod jobs;
mod notes;
mod raw;
mod tags;

use std::env;

use rocket::fairing::AdHoc;
use rocket::{Build, Rocket};
use rocket_db_pools::Database;

use crate::archive::ArchiveDb;
use crate::config::Limits;
use crate::db::NotesDb;

#[launch]
fn rocket() -> _ {
    let base = env::var("BASE_PATH").unwrap_or_else(|_| "/api".to_owned()); // silent: request_time_env (start-up)
    let notes = [base.as_str(), "/notes"].concat();
    rocket::build() //~ missing_request_id
        .manage(Limits::from_env())
        .attach(NotesDb::init()) // silent: client_per_request (start-up)
        .attach(ArchiveDb::fairing())
        .attach(AdHoc::on_ignite("tables", tables))
        .attach(tags::stage())
        .attach(jobs::start())
        .attach(fairings::Visits)
        .attach(fairings::region())
        .mount(notes, notes::routes())
        .mount("/raw", raw::routes())
        .mount("/archive", routes![archive::list, archive::show, archive::put_away, archive::bring_back, archive::forget, archive::rename, archive::older])
        .mount("/", routes![version, health, ping, feed::changes, feed::subscribe, guards::me, guards::leave])
        .register("/", catchers![catchers::not_found, catchers::failed, catchers::other])
}

/// Makes the tables that are not there yet.
async fn tables(rocket: Rocket<Build>) -> Rocket<Build> {
    let pool = NotesDb::fetch(&rocket).expect("the database is attached");
    let db = pool.get().await.expect("the database can be reached"); // silent: unwrapped_query (start-up)
    for statement in db::TABLES {
        db.execute(*statement, &[]).await.unwrap(); // silent: unwrapped_query (start-up)
    }
    rocket
}

#[get("/health")]
fn health() -> &'static str { //~ shallow_health_check: /health
    "well"
}

#[get("/ping")]
fn ping() -> &'static str { // silent: shallow_health_check (about the process alone)
    "pong"
}

#[get("/version")]
fn version() -> String {
    let commit = option_env!("NOTES_COMMIT").unwrap_or("unknown"); // silent: request_time_env (when compiling)
    format!("{} {commit}", env!("CARGO_PKG_VERSION")) // silent: request_time_env (when compiling)
}
