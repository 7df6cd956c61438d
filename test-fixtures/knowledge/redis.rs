//! Counters and sessions in Redis, in axum handlers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use deadpool_redis::Pool;
use futures::StreamExt;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, Commands, RedisError, Script};

fn app(pool: Pool) -> Router {
    Router::new()
        .route("/sessions/{id}", get(session).delete(remove))
        .route("/counters/{name}", post(count))
        .route("/commands", get(commands))
        .route("/queries", get(queries))
        .route("/scripts", get(scripts))
        .route("/messages", get(messages))
        .route("/blocking", get(blocking))
        .route("/connect", post(connect))
        .route("/clusters", post(clusters))
        .route("/pools", post(pools))
        .with_state(pool)
}

fn failed(error: RedisError) -> StatusCode {
    tracing::error!(%error, "Redis failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn session(State(pool): State<Pool>, Path(id): Path<String>) -> Result<String, StatusCode> {
    let mut conn = pool.get().await.unwrap(); //~ unwrapped_query
    let user: Option<String> = conn.get(&id).await.map_err(failed)?;
    let name: String = conn.hget(&id, "name").await.unwrap(); //~ unwrapped_query
    let last = conn.lrange::<_, Vec<String>>("seen", 0, 9).await.expect("a list"); //~ unwrapped_query
    user.map(|user| format!("{user} {name} {}", last.len())).ok_or(StatusCode::NOT_FOUND)
}

async fn remove(State(pool): State<Pool>, Path(id): Path<String>) -> Result<StatusCode, StatusCode> {
    let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let gone: u32 = conn.del(&id).await.map_err(failed)?;
    let fields: u32 = conn.hdel(&id, "name").await.unwrap(); //~ unwrapped_query
    let listed: u32 = conn.lrem("seen", 0, &id).await.unwrap(); //~ unwrapped_query
    Ok(if gone + fields + listed == 0 { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT })
}

async fn count(State(pool): State<Pool>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let value: i64 = conn.incr(&name, 1).await.unwrap(); //~ unwrapped_query
    let () = conn.set_ex(&name, value, 60).await.unwrap(); //~ unwrapped_query
    let exists: bool = conn.exists(&name).await.unwrap(); //~ unwrapped_query
    Ok(format!("{value} {exists}"))
}

async fn commands(State(pool): State<Pool>) -> Result<String, StatusCode> {
    let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let pong: String = conn.ping().await.unwrap(); //~ unwrapped_query
    let moved: String =
        conn.lmove("a", "b", redis::Direction::Left, redis::Direction::Right).await.unwrap(); //~ unwrapped_query
    let due: Vec<String> = conn.zrangebyscore_limit("due", 0, 10, 0, 5).await.unwrap(); //~ unwrapped_query
    let set: Vec<i64> = conn.hexpire("a", 60, redis::ExpireOption::NONE, "field").await.unwrap(); //~ unwrapped_query
    let mut keys = conn.scan_match::<_, String>("user:*").await.unwrap(); //~ unwrapped_query
    let first = keys.next_item().await;
    Ok(format!("{pong} {moved} {} {} {:?}", due.len(), set.len(), first.is_some()))
}

async fn queries(State(pool): State<Pool>) -> Result<String, StatusCode> {
    let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let value: String = redis::cmd("GET").arg("a").query_async(&mut conn).await.unwrap(); //~ unwrapped_query
    let (a, b): (i64, i64) = redis::pipe().get("a").get("b").query_async(&mut conn).await.expect("both"); //~ unwrapped_query
    redis::cmd("DEL").arg("a").exec_async(&mut conn).await.unwrap(); //~ unwrapped_query
    let mut all = redis::cmd("SCAN").cursor_arg(0).iter_async::<String>(&mut *conn).await.map_err(failed)?;
    let first = all.next_item().await;
    let built = shop_redis::newest().query_async::<_, String>(&mut conn).await.unwrap(); //~ unwrapped_query
    shop_redis::clean().exec_async(&mut conn).await.unwrap(); //~ unwrapped_query
    let raw = redis::from_redis_value::<i64>(&redis::Value::Int(1)).unwrap(); // silent: nothing is asked of Redis here
    Ok(format!("{value} {a} {b} {} {built} {raw}", first.is_some()))
}

async fn scripts(State(client): State<Pool>) -> Result<String, StatusCode> {
    let mut conn = client.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let script = Script::new("return ARGV[1]");
    let answer: String = script.arg(1).invoke_async(&mut conn).await.unwrap(); //~ unwrapped_query
    script.prepare_invoke().load_async(&mut conn).await.unwrap(); //~ unwrapped_query
    let raw = redis::aio::ConnectionLike::req_packed_command(&mut conn, &redis::cmd("PING")).await;
    drop(raw);
    Ok(answer)
}

async fn messages(url: String) -> Result<String, StatusCode> {
    let client = Client::open(url).map_err(failed)?;
    let mut channel = client.get_async_pubsub().await.unwrap(); //~ unwrapped_query
    channel.subscribe("news").await.unwrap(); //~ unwrapped_query
    let first = channel.on_message().next().await;
    let mut conn = client.get_multiplexed_async_connection().await.unwrap(); //~ unwrapped_query
    conn.publish::<_, _, ()>("news", "hello").await.unwrap(); //~ unwrapped_query
    conn.unsubscribe("news").await.unwrap(); //~ unwrapped_query
    let monitor = client.get_async_monitor().await.map_err(failed)?;
    drop(monitor);
    raw(&mut conn).await.map_err(failed)?;
    Ok(format!("{}", first.is_some()))
}

async fn raw(conn: &mut MultiplexedConnection) -> Result<(), RedisError> {
    conn.send_packed_command(&redis::cmd("PING")).await.unwrap(); //~ unwrapped_query
    conn.send_packed_commands(&redis::pipe(), 0, 1).await.unwrap(); //~ unwrapped_query
    Ok(())
}

async fn blocking(url: String) -> Result<String, StatusCode> {
    let answer = tokio::task::spawn_blocking(move || -> Result<String, RedisError> {
        let client = Client::open(url)?;
        let mut conn = client.get_connection().unwrap(); //~ unwrapped_query
        let slow = client.get_connection_with_timeout(std::time::Duration::from_secs(1))?;
        drop(slow);
        let value: i64 = conn.get("a").unwrap(); //~ unwrapped_query
        let same: i64 = redis::cmd("GET").arg("a").query(&mut conn).unwrap(); //~ unwrapped_query
        redis::cmd("PING").execute(&mut conn); //~ unwrapped_query
        let (next,): (i64,) = redis::transaction(&mut conn, &["a"], |conn, pipe| pipe.incr("a", 1).query(conn)).unwrap(); //~ unwrapped_query
        let mut channel = conn.as_pubsub();
        channel.subscribe("news")?;
        let message = channel.get_message().unwrap(); //~ unwrapped_query
        drop(message);
        let other: i64 = read(&mut conn);
        Ok(format!("{value} {same} {next} {other}"))
    });
    answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.map_err(failed)
}

fn read<C: Commands>(conn: &mut C) -> i64 {
    conn.get("a").unwrap() //~ unwrapped_query
}

async fn connect(url: String) -> Result<String, StatusCode> {
    let client = Client::open(url).map_err(failed)?;
    let mut old = client.get_async_connection().await.unwrap(); //~ unwrapped_query
    let mut manager = client.get_connection_manager().await.unwrap(); //~ unwrapped_query
    let tuned = client.get_connection_manager_with_config(ConnectionManagerConfig::new()).await.map_err(failed)?;
    let config = AsyncConnectionConfig::new();
    let shared = client.get_multiplexed_async_connection_with_config(&config).await.unwrap(); //~ unwrapped_query
    let second = std::time::Duration::from_secs(1);
    let timed = client.get_multiplexed_async_connection_with_timeouts(second, second).await.map_err(failed)?;
    let fresh = ConnectionManager::new(client.clone()).await.unwrap(); //~ unwrapped_query
    let other = ConnectionManager::new_with_config(client, ConnectionManagerConfig::new()).await.map_err(failed)?;
    drop((tuned, shared, timed, fresh, other));
    let a: i64 = old.get("a").await.unwrap(); //~ unwrapped_query
    let b: i64 = manager.get("b").await.unwrap(); //~ unwrapped_query
    Ok(format!("{a} {b}"))
}

async fn clusters(nodes: String) -> Result<String, StatusCode> {
    let client = ClusterClient::new(vec![nodes.clone()]).map_err(failed)?;
    let mut conn = client.get_async_connection().await.unwrap(); //~ unwrapped_query
    let tuned = ClusterClient::builder(vec![nodes.clone()]).build().map_err(failed)?;
    let built = ClusterClientBuilder::new(vec![nodes.clone()]).build().map_err(failed)?;
    let sentinel = redis::sentinel::SentinelClient::build(
        vec![nodes],
        "main".to_owned(),
        None,
        redis::sentinel::SentinelServerType::Master,
    );
    let blocking = tuned.get_connection().unwrap(); //~ unwrapped_query
    drop((built, sentinel, blocking));
    let value: i64 = conn.get("a").await.unwrap(); //~ unwrapped_query
    Ok(value.to_string())
}

async fn pools(url: String, client: Client) -> Result<String, StatusCode> {
    let config = deadpool_redis::Config::from_url(&url);
    let pool = config.create_pool(Some(deadpool_redis::Runtime::Tokio1)).map_err(|_| StatusCode::BAD_REQUEST)?;
    let builder = config.builder().map_err(|_| StatusCode::BAD_REQUEST)?;
    let same = deadpool_redis::Config::from_connection_info(deadpool_redis::ConnectionInfo::default());
    let manager = deadpool_redis::Manager::new(url.as_str()).map_err(failed)?;
    let other = Pool::builder(manager).max_size(2).build().map_err(|_| StatusCode::BAD_REQUEST)?;
    let eight = bb8_redis::RedisConnectionManager::new(url).map_err(failed)?;
    let eight = bb8_redis::bb8::Pool::builder().build(eight).await.unwrap(); //~ unwrapped_query
    let mut conn = eight.get().await.unwrap(); //~ unwrapped_query
    let value: i64 = conn.get("a").await.unwrap(); //~ unwrapped_query
    drop((builder, same, other));
    let manager = r2d2_redis::RedisConnectionManager::new("redis://localhost").map_err(failed)?;
    let blocking = r2d2_redis::r2d2::Pool::builder().build(manager).map_err(|_| StatusCode::BAD_REQUEST)?;
    let increased: i64 = blocking.get().map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.incr("a", 1).unwrap(); //~ unwrapped_query
    blocking.try_get().unwrap(); //~ unwrapped_query
    let mobile = mobc::Pool::builder().build(mobc_redis::RedisConnectionManager::new(client));
    let mut conn = mobile.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let moved: i64 = conn.get("a").await.unwrap_or(increased);
    let set: i64 = conn.incr("a", moved).await.unwrap(); //~ unwrapped_query
    tracing::info!(set);
    let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let again: i64 = conn.get("a").await.unwrap(); //~ unwrapped_query
    Ok(format!("{value} {again}"))
}
