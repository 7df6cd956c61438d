//! Functions whose results are kept, in Rocket handlers.

use cached::proc_macro::{cached, once};
use memoize::memoize;
use rocket::{State, get, routes};
use sqlx::PgPool;

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![kept, counted, again, page])
}

fn read() -> String {
    std::env::var("REDIS_URI").unwrap_or_default()
}

#[cached(time = 30)]
async fn config() -> String {
    read() + &std::env::var("REGION").unwrap_or_default()
}

#[once]
fn forever() -> String {
    std::env::var("STRIPE_KEY").expect("STRIPE_KEY is set")
}

#[memoize]
fn greeting(language: String) -> String {
    std::env::var("GREETING").unwrap_or(language)
}

/// By its path, as it is since version 1, and where it is re-exported.
#[cached::macros::cached]
fn motd() -> String {
    std::env::var("MOTD").unwrap_or_default()
}

#[cached::concurrent_cached]
fn banner() -> String {
    std::env::var("BANNER").unwrap_or_default()
}

#[get("/kept")]
async fn kept() -> String {
    config().await + &forever() + &greeting("en".to_owned()) + &motd() + &banner()
}

/// A query that panics does so whenever the result is looked up anew: nothing is kept of it.
#[cached(time = 30, key = "bool", convert = "{ true }")]
async fn count(pool: PgPool) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&pool).await.unwrap() //~ unwrapped_query
}

#[get("/counted")]
async fn counted(pool: &State<PgPool>) -> String {
    count(pool.inner().clone()).await.to_string()
}

fn tier() -> String {
    std::env::var("TIER").unwrap_or_default() //~ request_time_env
}

#[cached]
fn tiers() -> Vec<String> {
    vec![tier()]
}

/// What a function that keeps its result calls is called by others as well.
#[get("/again")]
fn again() -> String {
    tiers().concat() + &tier()
}

/// An attribute of the same name that is another one's.
#[page_cache::cached]
fn header() -> String {
    std::env::var("HEADER").unwrap_or_default() //~ request_time_env
}

#[get("/page")]
fn page() -> String {
    header()
}
