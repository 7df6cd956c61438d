//! Connections as request guards of Rocket, and what comes out of `run`.

use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{get, routes};
use rocket_db_pools::{Connection, Database, sqlx};
use rocket_sync_db_pools::{database, diesel};
use diesel::prelude::*;

#[derive(Database)]
#[database("notes")]
struct Notes(sqlx::PgPool);

#[database("users")]
struct Users(diesel::PgConnection);

diesel::table! { users (id) { id -> Int4, name -> Text, } }

struct Reader;
struct Writer;
struct Guest;

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().attach(Notes::init()).attach(Users::fairing()).mount("/", routes![read, write, visit, user, step])
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Reader {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let mut notes = request.guard::<Connection<Notes>>().await.expect("a connection"); //~ unwrapped_query
        match sqlx::query("SELECT 1").fetch_one(&mut **notes).await {
            Ok(_) => Outcome::Success(Reader),
            Err(_) => Outcome::Error((Status::ServiceUnavailable, ())),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Writer {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let users = request.guard::<Users>().await.succeeded().unwrap(); //~ unwrapped_query
        let found = users.run(|conn| users::table.count().get_result::<i64>(conn)).await;
        if found.is_ok() { Outcome::Success(Writer) } else { Outcome::Error((Status::ServiceUnavailable, ())) }
    }
}

/// A guard that is answered for, and one that takes nothing from a pool.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Guest {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let users = try_outcome!(request.guard::<Users>().await.map_error(|_| (Status::ServiceUnavailable, ())));
        let Some(notes) = request.guard::<Connection<Notes>>().await.succeeded() else {
            return Outcome::Error((Status::ServiceUnavailable, ()));
        };
        let checked = request.guard::<Connection<Notes>>().await;
        if !checked.is_success() {
            return Outcome::Error((Status::ServiceUnavailable, ()));
        }
        let checked = checked.unwrap();
        let failed = request.guard::<Users>().await;
        if failed.is_error() {
            return Outcome::Error((Status::ServiceUnavailable, ()));
        }
        let other = failed.unwrap();
        let origin = request.guard::<&rocket::http::uri::Origin>().await.unwrap();
        drop((users, notes, checked, other, origin));
        Outcome::Success(Guest)
    }
}

#[get("/read")]
fn read(_reader: Reader) {}

#[get("/write")]
fn write(_writer: Writer) {}

#[get("/visit")]
fn visit(_guest: Guest) {}

/// `run` gives back what the closure yields, and panics where that panics: nothing of its own can fail.
#[get("/user/<name>")]
async fn user(name: String, db: Users) -> String {
    let find = users::table.select(users::name).filter(users::name.eq(name));
    let found = db.run(move |conn| find.first::<String>(conn).optional().expect("a user or none")).await; //~ unwrapped_query
    let other = db.run(|conn| users::table.count().get_result::<i64>(conn)).await.unwrap(); //~ unwrapped_query
    format!("{} {other}", found.unwrap())
}

/// The connection that the guard holds gives itself.
#[get("/step")]
async fn step(mut db: Connection<Notes>) -> Status {
    use sqlx::Acquire;
    let conn = db.acquire().await.unwrap();
    match sqlx::query("SELECT 1").execute(conn).await {
        Ok(_) => Status::Ok,
        Err(_) => Status::ServiceUnavailable,
    }
}
