//! Who is asking.

use std::future::Future;
use std::pin::Pin;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{error, get, web, FromRequest, HttpRequest, HttpResponse, Responder};
use diesel::prelude::*;
use serde::Deserialize;

use crate::config::{self, LINK_KEY};
use crate::db::{on_db, users, Pool, User};
use crate::error::ForumError;

impl FromRequest for User {
    type Error = ForumError;
    type Future = Pin<Box<dyn Future<Output = Result<User, ForumError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pool = req.app_data::<web::Data<Pool>>().cloned().expect("the pool is app data"); // silent: unwrapped_query, panicking_handler (no query)
        let token = token(req);
        Box::pin(async move {
            let token = token.ok_or(ForumError::Unauthorized)?;
            let user = web::block(move || {
                let mut conn = pool.get().expect("a connection"); //~ unwrapped_query
                let query = users::table.filter(users::token.eq(token)).select(User::as_select());
                query.first(&mut conn).optional()
            });
            user.await??.ok_or(ForumError::Unauthorized) // silent: missing_not_found (answered 401)
        })
    }
}

fn token(req: &HttpRequest) -> Option<String> {
    let header = req.headers().get("authorization")?.to_str().ok()?; // silent: swallowed_error (client input)
    header.strip_prefix("Bearer ").map(str::to_owned)
}

/// Lets moderators through, and nobody else.
pub async fn only_moderators(
    user: User,
    pool: web::Data<Pool>,
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if !user.moderator {
        return Err(ForumError::Unauthorized.into());
    }
    let visit = diesel::update(users::table.find(user.id)).set(users::visits.eq(users::visits + 1));
    if let Err(error) = on_db!(pool, conn => visit.execute(conn)) {
        panic!("the visit of {} is not noted: {error}", user.name); //~ unwrapped_query
    }
    next.call(req).await
}

/// Greets everybody, and some by name.
#[get("/me")]
pub async fn who_am_i(user: Option<User>) -> impl Responder { //~ swallowed_error
    user.map(web::Json) // silent: missing_not_found (`None` answers 404)
}

#[derive(Deserialize)]
pub struct SignUp {
    name: String,
}

async fn greet(first: char, last: &str) {
    log::info!("hello {first} {last}");
}

pub async fn sign_up(pool: web::Data<Pool>, form: web::Json<SignUp>) -> actix_web::Result<HttpResponse> {
    let domain = std::env::var("MAIL_DOMAIN").map_err(ForumError::from)?; //~ request_time_env: MAIL_DOMAIN
    let SignUp { name } = form.into_inner();
    let first = name.chars().next().unwrap(); //~ unwrapped_input
    let last = name.split(' ').next_back().unwrap(); // silent: unwrapped_input, panicking_handler (there is always one)
    let _ = greet(first, last); //~ unawaited_future: greet
    greet(first, last).await; // silent: unawaited_future (awaited)
    let token = format!("{}-{}", *LINK_KEY, name.len());
    let new = (users::name.eq(name.clone()), users::token.eq(token), users::moderator.eq(false), users::visits.eq(0));
    let user = web::block(move || {
        let mut conn = pool.get().map_err(|error| error.to_string())?; //~ leaked_error
        diesel::insert_into(users::table)
            .values(new)
            .returning(User::as_returning())
            .get_result(&mut conn) // silent: missing_not_found (it gives what it wrote)
            .map_err(|error| error.to_string()) //~ leaked_error
    })
    .await?
    .map_err(error::ErrorInternalServerError)?;
    let open = config::parse_var::<u32>("GUESTS").unwrap_or(0); //~ request_time_env: GUESTS
    Ok(HttpResponse::Created().json((user, format!("{name}@{domain}"), open)))
}
