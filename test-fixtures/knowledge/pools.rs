//! Pools of connections that backstop knows by their manager, in axum handlers.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use deadpool_sqlite::rusqlite;
use r2d2_sqlite::SqliteConnectionManager;

#[derive(Clone)]
struct Pools {
    sync: r2d2::Pool<SqliteConnectionManager>,
    dead: deadpool_sqlite::Pool,
    eight: bb8::Pool<bb8_postgres::PostgresConnectionManager<tokio_postgres::NoTls>>,
    mobile: mobc::Pool<manager::Postgres>,
}

fn app(pools: Pools) -> Router {
    Router::new()
        .route("/sync", get(sync))
        .route("/dead", get(dead))
        .route("/eight", get(eight))
        .route("/mobile", get(mobile))
        .with_state(pools)
}

async fn sync(State(pools): State<Pools>) -> StatusCode {
    let conn = pools.sync.get_timeout(Duration::from_secs(1)).unwrap(); //~ unwrapped_query
    conn.execute("DELETE FROM drafts", []).unwrap(); //~ unwrapped_query
    let Some(other) = pools.sync.try_get() else { return StatusCode::SERVICE_UNAVAILABLE };
    other.execute("DELETE FROM drafts", []).unwrap(); //~ unwrapped_query
    let fresh = r2d2::Pool::builder().max_size(2).build(SqliteConnectionManager::memory()).unwrap(); //~ unwrapped_query
    let lazy = r2d2::Pool::builder().build_unchecked(SqliteConnectionManager::memory());
    StatusCode::from_u16(200 + (fresh.max_size() + lazy.max_size()) as u16).unwrap_or(StatusCode::OK)
}

async fn dead(State(pools): State<Pools>) -> Result<String, StatusCode> {
    let conn = pools.dead.get().await.unwrap(); //~ unwrapped_query
    let count = conn
        .interact(|conn| {
            conn.query_row("SELECT COUNT(*) FROM notes", [], |row| row.get::<_, i64>(0)).unwrap() //~ unwrapped_query
        })
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let again = conn.interact(|conn| conn.execute("DELETE FROM drafts", [])).await;
    again.unwrap().unwrap(); //~ unwrapped_query
    let manager = deadpool_sqlite::Manager::from_config(&deadpool_sqlite::Config::new("a.db"), deadpool_sqlite::Runtime::Tokio1);
    let pool = deadpool::managed::Pool::builder(manager).max_size(2).build().map_err(|_| StatusCode::BAD_GATEWAY)?;
    let slow = pool.timeout_get(&deadpool::managed::Timeouts::wait_millis(5)).await;
    Ok(format!("{count} {}", slow.is_ok()))
}

async fn eight(State(pools): State<Pools>) -> Result<String, StatusCode> {
    let conn = pools.eight.get().await.unwrap(); //~ unwrapped_query
    let row = conn.query_one("SELECT COUNT(*) FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    let own = pools.eight.dedicated_connection().await.expect("a connection"); //~ unwrapped_query
    own.execute("DELETE FROM drafts", &[]).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let manager = bb8_postgres::PostgresConnectionManager::new(tokio_postgres::Config::new(), tokio_postgres::NoTls);
    let fresh = bb8::Pool::builder().build(manager.clone()).await.unwrap(); //~ unwrapped_query
    let lazy = bb8::Pool::builder().build_unchecked(manager);
    drop((fresh, lazy));
    Ok(format!("{}", row.try_get::<_, i64>(0).unwrap_or_default()))
}

async fn mobile(State(pools): State<Pools>) -> StatusCode {
    let conn = pools.mobile.get().await.unwrap(); //~ unwrapped_query
    let slow = pools.mobile.get_timeout(Duration::from_secs(1)).await;
    let fresh = mobc::Pool::new(manager::Postgres::default());
    let tuned = mobc::Pool::builder().max_open(4).build(manager::Postgres::default());
    drop((conn, fresh, tuned));
    if slow.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Some manager of the project's own.
mod manager {
    #[derive(Default)]
    pub struct Postgres;

    #[mobc::async_trait]
    impl mobc::Manager for Postgres {
        type Connection = tokio_postgres::Client;
        type Error = tokio_postgres::Error;

        async fn connect(&self) -> Result<Self::Connection, Self::Error> {
            let (client, connection) = tokio_postgres::connect("host=localhost", tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            Ok(client)
        }

        async fn check(&self, conn: Self::Connection) -> Result<Self::Connection, Self::Error> {
            conn.simple_query("").await?;
            Ok(conn)
        }
    }
}
