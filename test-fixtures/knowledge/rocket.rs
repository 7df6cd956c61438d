//! Guards and outcomes in Rocket, on top of a query.

use rocket::http::Status;
use rocket::outcome::{IntoOutcome, Outcome, try_outcome};
use rocket::request::{self, FromRequest, Request};
use rocket::{State, get, routes};
use sqlx::PgPool;

struct User(i64);
struct Admin(i64);
struct Guest(i64);
struct Managed(i64);

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![me, admin, guest, managed])
}

async fn user(pool: &PgPool) -> request::Outcome<i64, ()> {
    match sqlx::query_scalar::<_, i64>("SELECT id FROM users LIMIT 1").fetch_optional(pool).await {
        Ok(Some(id)) => Outcome::Success(id),
        Ok(None) => Outcome::Forward(Status::Unauthorized),
        Err(_) => Outcome::Error((Status::ServiceUnavailable, ())),
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let pool = try_outcome!(request.guard::<&State<PgPool>>().await.map_error(|_| (Status::InternalServerError, ())));
        user(pool).await.map(User)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Admin {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let user = request.guard::<User>().await.unwrap(); //~ unwrapped_query
        if user.0 == 1 { Outcome::Success(Admin(user.0)) } else { Outcome::Error((Status::Forbidden, ())) }
    }
}

/// Rocket 0.4 calls an error a failure.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Guest {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let user = request.guard::<User>().await.and_then(|user| Outcome::Success(user));
        let name = request.guard::<User>().await.expect("a user"); //~ unwrapped_query
        let known = request.guard::<User>().await.succeeded().is_some();
        match user.success_or(()) {
            Ok(user) if known => Outcome::Success(Guest(user.0 + name.0)),
            _ => Outcome::Failure((Status::Forbidden, ())),
        }
    }
}

/// The pool among what the server manages.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Managed {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let Some(pool) = request.rocket().state::<PgPool>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        let id = sqlx::query_scalar("SELECT id FROM users LIMIT 1").fetch_one(pool).await.unwrap(); //~ unwrapped_query
        Outcome::Success(Managed(id))
    }
}

#[get("/managed")]
fn managed(managed: Managed) -> String {
    managed.0.to_string()
}

#[get("/me")]
fn me(user: User) -> String {
    user.0.to_string()
}

#[get("/admin")]
fn admin(admin: Admin) -> String {
    admin.0.to_string()
}

#[get("/guest")]
fn guest(guest: Guest) -> String {
    guest.0.to_string()
}
