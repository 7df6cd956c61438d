//! A forum: users write posts in topics, moderators tidy up; served by actix-web, kept in SQLite with diesel.
//! Diesel waits for the database, so handlers hand their queries to `web::block`, most of them with `db::run`.
//! `routes` is what `main` serves and what the tests call.

pub mod auth;
pub mod config;
pub mod db;
pub mod error;
pub mod jobs;
pub mod moderation;
pub mod posts;
pub mod store;
pub mod topics;

use actix_web::http::StatusCode;
use actix_web::{guard, web, HttpResponse};

use crate::db::Pool;

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/api")
            .configure(topics::configure)
            .configure(posts::configure)
            .service(moderation::scope())
            .service(auth::who_am_i),
    )
    .route("/health", web::get().to(health))
    .route("/ready", web::get().to(|| async { "ready" })) //~ shallow_health_check: /ready
    .route("/help/{language}/{page}", web::get().to(help))
    .route("/version", web::get().to(|| async { env!("CARGO_PKG_VERSION") })) // silent: request_time_env (when compiling)
    .service(
        web::resource("/sign-up")
            .guard(guard::fn_guard(|_| config::switch("FORUM_SIGN_UP"))) //~ request_time_env: FORUM_SIGN_UP
            .route(web::post().to(auth::sign_up)),
    );
}

async fn help(page: web::Path<String>) -> String { //~ impossible_extractor: Path
    format!("no help on {page} yet")
}

async fn health(pool: web::Data<Pool>) -> HttpResponse { // silent: impossible_extractor, shallow_health_check
    let status = if pool.get().is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }; //~ dropped_cause blocking_handler
    HttpResponse::new(status)
}
