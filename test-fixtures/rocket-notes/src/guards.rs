//! Who is asking, and for what.

use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromParam, FromRequest, Outcome, Request};
use rocket::serde::{json::Json, Serialize};
use rocket_db_pools::deadpool_postgres::PoolError;

use crate::db::{sure_change, Db};

type NoConnection = rocket_db_pools::Error<PoolError>;

#[derive(Debug, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct User {
    pub id: i64,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = Option<NoConnection>;

    async fn from_request(request: &'r Request<'_>) -> Outcome<User, Self::Error> {
        let Some(token) = request.headers().get_one("x-token") else {
            return Outcome::Error((Status::Unauthorized, None));
        };
        let db = try_outcome!(request.guard::<Db>().await); // silent: unwrapped_query
        let row = db
            .query_opt("SELECT id FROM users WHERE token = $1", &[&token])
            .await
            .expect("users can be read"); //~ unwrapped_query
        match row {
            Some(row) => Outcome::Success(User { id: row.get("id") }), //~ unwrapped_query
            None => Outcome::Error((Status::Unauthorized, None)), // silent: missing_not_found (answered 401)
        }
    }
}

/// A word in a path.
pub struct Slug(pub String);

impl<'r> FromParam<'r> for Slug {
    type Error = &'r str;

    fn from_param(param: &'r str) -> Result<Slug, &'r str> {
        let longest = std::env::var("LONGEST_SLUG").ok().and_then(|text| text.parse().ok()); //~ request_time_env: LONGEST_SLUG
        if param.len() > longest.unwrap_or(40) {
            return Err(param);
        }
        Ok(Slug(param.to_lowercase()))
    }
}

#[get("/me")]
pub async fn me(user: Option<User>) -> Option<Json<User>> { //~ swallowed_error
    user.map(Json) // silent: missing_not_found (`None` answers 404)
}

#[delete("/me")]
pub async fn leave(user: User, db: Db) -> Status {
    let gone = sure_change!(db, "DELETE FROM users WHERE id = $1", user.id);
    if gone == 0 { Status::NotFound } else { Status::NoContent }
}
