//! What moderators do, and what keeps the forum tidy.

use std::collections::HashMap;
use std::env;
use std::sync::RwLock;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::middleware::{from_fn, ErrorHandlerResponse};
use actix_web::{web, HttpMessage, HttpResponse, Scope};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::auth::only_moderators;
use crate::db::{notices, on_db, posts, users, Pool, User};
use crate::error::ForumError;

/// Who may not write, and why; only in memory.
#[derive(Default)]
pub struct Bans {
    reasons: RwLock<HashMap<i32, String>>,
}

impl Bans {
    fn first(&self, user: i32) -> Result<String, ForumError> {
        let reasons = self.reasons.read().map_err(|_| ForumError::Invalid("try again"))?; // silent: poisoned_lock (answered)
        reasons.get(&user).cloned().ok_or(ForumError::NotFound)
    }
}

#[cfg(debug_assertions)]
fn verbose() -> bool {
    env::var("FORUM_VERBOSE").is_ok() // silent: request_time_env (not in a release)
}

#[cfg(not(debug_assertions))]
fn verbose() -> bool {
    false
}

pub fn scope() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let team = env::var("TEAM").unwrap_or_default(); // silent: request_time_env (start-up)
    web::scope("/moderation")
        .app_data(web::Data::new(team))
        .route("/bans/{user}", web::get().to(ban).wrap(from_fn(only_moderators)))
        .route("/notices", web::post().to(notice))
        .route("/users/{id}", web::delete().to(remove_user))
        .route("/size", web::get().to(size))
        .wrap_fn(|req, next| {
            let slow = env::var("SLOW_MS").ok().and_then(|ms| ms.parse::<u128>().ok()); //~ request_time_env: SLOW_MS
            req.extensions_mut().insert(verbose());
            let started = std::time::Instant::now();
            let call = next.call(req);
            async move {
                let response = call.await;
                if slow.is_some_and(|ms| started.elapsed().as_millis() > ms) {
                    log::warn!("slow");
                }
                response
            }
        })
}

/// On every 404.
pub fn count_missing<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
    if let Some(pool) = response.request().app_data::<web::Data<Pool>>() {
        let mut conn = pool.get().unwrap(); //~ unwrapped_query blocking_handler
        let missing = (notices::id.eq(0), notices::text.eq(response.request().path()));
        let _ = diesel::replace_into(notices::table).values(missing).execute(&mut conn); //~ swallowed_error
    }
    Ok(ErrorHandlerResponse::Response(response.map_into_left_body()))
}

async fn ban(bans: web::Data<Bans>, user: web::Path<i32>) -> String {
    bans.first(*user).unwrap() //~ panicking_handler: first // silent: unwrapped_query (in memory)
}

async fn notice(_: User, pool: web::Data<Pool>, text: String) -> HttpResponse {
    let written = on_db!(pool, conn => {
        let written = diesel::insert_into(notices::table).values(notices::text.eq(text)).execute(conn).unwrap(); //~ unwrapped_query
        notices::table.count().get_result::<i64>(conn).map(|all| (all, written))
    });
    match written {
        Ok(written) => HttpResponse::Created().json(written),
        Err(error) => HttpResponse::InternalServerError().body(format!("not written: {error:?}")), //~ leaked_error
    }
}

async fn remove_user(user: User, pool: web::Data<Pool>, id: web::Path<i32>) -> Result<HttpResponse, ForumError> {
    let mut conn = pool.get()?; //~ blocking_handler
    let found = users::table.find(*id).select(User::as_select()).first(&mut conn);
    let Ok(found) = found else { return Ok(HttpResponse::NotFound().finish()) }; //~ swallowed_error
    let removed = conn.transaction(|conn| {
        diesel::delete(posts::table.filter(posts::author.eq(found.id))).execute(conn)?;
        diesel::delete(users::table.find(found.id)).execute(conn)
    });
    assert!(removed.is_ok(), "{} cannot be removed by {}", found.name, user.name); //~ unwrapped_query
    Ok(HttpResponse::NoContent().finish())
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    pages: i64,
}

/// How large the file is.
async fn size(pool: web::Data<Pool>) -> HttpResponse {
    let size = web::block(move || {
        let mut conn = pool.get().map_err(ForumError::from)?;
        let size: Size = diesel::sql_query("SELECT page_count AS pages FROM pragma_page_count()").get_result(&mut conn)?;
        Ok::<i64, ForumError>(size.pages)
    });
    match size.await {
        Ok(Ok(pages)) => HttpResponse::Ok().json(pages),
        Ok(Err(error)) => error.into_response_logged(),
        Err(_) => HttpResponse::InternalServerError().finish(), // no thread was free: there is no more to it
    }
}

trait Logged {
    fn into_response_logged(self) -> HttpResponse;
}

impl<E: actix_web::ResponseError> Logged for E {
    fn into_response_logged(self) -> HttpResponse {
        log::error!("{self}");
        self.error_response()
    }
}
