//! Sessions in Redis through fred, served by axum.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use fred::prelude::*;

fn app(pool: Pool) -> Router {
    Router::new()
        .route("/sessions/{id}", get(session).delete(remove))
        .route("/counters/{name}", post(count))
        .route("/sets/{name}", get(sets))
        .route("/streams", post(streams))
        .route("/connect", post(connect))
        .route("/batch", post(batch))
        .with_state(pool)
}

fn failed(error: Error) -> StatusCode {
    tracing::error!(%error, "Redis failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn session(State(pool): State<Pool>, Path(id): Path<String>) -> Result<String, StatusCode> {
    let user: Option<String> = pool.get(&id).await.unwrap(); //~ unwrapped_query
    let again = pool.get::<Option<String>, _>(&id).await.map_err(failed)?;
    let field: String = pool.hget(&id, "name").await.expect("a name"); //~ unwrapped_query
    let seen: String = pool.randomkey().await.unwrap(); //~ unwrapped_query
    user.or(again).map(|user| format!("{user} {field} {seen}")).ok_or(StatusCode::NOT_FOUND)
}

async fn remove(State(pool): State<Pool>, Path(id): Path<String>) -> Result<StatusCode, StatusCode> {
    let gone: u32 = pool.del(&id).await.map_err(failed)?;
    let fields: u32 = pool.hdel(&id, "name").await.unwrap(); //~ unwrapped_query
    let _: u32 = pool.zremrangebyscore("ages", 0.0, 1.0).await.unwrap(); //~ unwrapped_query
    Ok(if gone + fields == 0 { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT })
}

async fn count(State(pool): State<Pool>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let value: i64 = pool.incr(&name).await.unwrap(); //~ unwrapped_query
    let _: () = pool.set(&name, value, Some(Expiration::EX(60)), None, false).await.unwrap(); //~ unwrapped_query
    let _: bool = pool.hsetnx("counters", &name, value).await.map_err(failed)?;
    pool.mset(vec![("a", 1), ("b", 2)]).await.unwrap(); //~ unwrapped_query
    Ok(value.to_string())
}

async fn sets(State(pool): State<Pool>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let members: Vec<String> = pool.zrange(&name, 0, -1, None, false, None, false).await.unwrap(); //~ unwrapped_query
    Ok(members.join(" "))
}

async fn streams(State(pool): State<Pool>) -> Result<String, StatusCode> {
    let id: String = pool.xadd("events", false, None, "*", vec![("kind", "login")]).await.unwrap(); //~ unwrapped_query
    Ok(id)
}

async fn connect(url: String) -> Result<String, StatusCode> {
    let client = Builder::from_config(Config::from_url(&url).map_err(failed)?).build().map_err(failed)?;
    client.init().await.unwrap(); //~ unwrapped_query
    let _: String = client.ping(None).await.unwrap(); //~ unwrapped_query
    let plain = Builder::default_centralized();
    let pool = plain.build_pool(4).map_err(failed)?;
    let dynamic = plain.build_dynamic_pool().map_err(failed)?;
    let other = Client::new(Config::default(), None, None, None);
    let many = Pool::new(Config::default(), None, None, None, 4).map_err(failed)?;
    let first: i64 = pool.next().incr("first").await.unwrap(); //~ unwrapped_query
    let exclusive = plain.build_exclusive_pool(2).map_err(failed)?;
    let second: i64 = exclusive.acquire().await.incr("second").await.unwrap(); //~ unwrapped_query
    drop((dynamic, other, many));
    Ok((first + second).to_string())
}

async fn batch(State(pool): State<Pool>) -> Result<String, StatusCode> {
    let client = pool.next();
    let pipeline = client.pipeline();
    let _: () = pipeline.incr("a").await.map_err(failed)?;
    let all: Vec<i64> = pipeline.all().await.unwrap(); //~ unwrapped_query
    let last: i64 = pipeline.last().await.unwrap(); //~ unwrapped_query
    let trx = client.multi();
    let _: () = trx.incr("a").await.map_err(failed)?;
    let done: Vec<i64> = trx.exec(true).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {last} {}", all.len(), done.len()))
}
