//! What blocks the threads that serve requests, and what only looks so.

use axum::{Router, http::StatusCode, routing::get};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel_async::AsyncPgConnection;
use std::time::Duration;

diesel::table! { users (id) { id -> Integer, name -> Text, } }

type DbPool = Pool<ConnectionManager<SqliteConnection>>;

/// Whatever the connections of this are, the work is another thread's.
struct Database(DbPool);

impl Database {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, StatusCode> {
        let pool = self.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = pool.get().map_err(|error| failed(&error))?;
            work(&mut connection).map_err(|error| failed(&error))
        });
        done.await.map_err(|error| failed(&error))?
    }

    /// Hands on what it is given.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, StatusCode> {
        self.run(work).await
    }

    /// Runs it itself.
    fn at_once<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>) -> Result<T, StatusCode> {
        let mut connection = self.0.get().map_err(|error| failed(&error))?; //~ blocking_handler
        work(&mut connection).map_err(|error| failed(&error))
    }
}

fn failed(error: &dyn std::error::Error) -> StatusCode {
    tracing::error!(error, "failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

fn names(connection: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    users::table.select(users::name).load(connection)
}

async fn offloaded(database: &Database) -> Result<String, StatusCode> {
    let count: i64 = database.read(|connection| users::table.count().get_result(connection)).await?;
    let names = database.run(names).await?;
    Ok(format!("{count}: {}", names.join(", ")))
}

async fn list(database: axum::Extension<std::sync::Arc<Database>>) -> Result<String, StatusCode> {
    let offloaded = offloaded(&database).await?;
    let ids: Vec<i32> = database.at_once(|connection| users::table.select(users::id).load(connection))?; //~ blocking_handler
    Ok(format!("{offloaded} {ids:?}"))
}

/// The same methods, of connections that are awaited: at once, and later.
async fn awaited(connection: &mut AsyncPgConnection) -> Result<Vec<String>, StatusCode> {
    use diesel_async::RunQueryDsl;
    let count = users::table.count().get_result::<i64>(connection).await.map_err(|error| failed(&error))?;
    tracing::info!(count);
    let names = users::table.select(users::name).load(connection);
    names.await.map_err(|error| failed(&error))
}

async fn each(pool: axum::Extension<deadpool::managed::Pool<AsyncPgConnection>>) -> Result<String, StatusCode> {
    let mut connection = pool.get().await.map_err(|error| failed(&error))?;
    Ok(awaited(&mut connection).await?.join(", "))
}

async fn file() -> Result<String, StatusCode> {
    let text = tokio::time::timeout(Duration::from_secs(1), tokio::fs::read_to_string("a")).await;
    text.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// A closure that is given a name before another thread runs it.
async fn named() -> Result<String, StatusCode> {
    let work = move || std::fs::read_to_string("a");
    let text = tokio::task::spawn_blocking(work).await.map_err(|error| failed(&error))?;
    let thread = std::thread::Builder::new();
    let later = || std::thread::sleep(Duration::from_secs(1));
    thread.spawn(later).map_err(|error| failed(&error))?;
    text.map_err(|error| failed(&error))
}

/// Several calls are one finding, at the first of them.
async fn several() -> Result<String, StatusCode> {
    std::thread::sleep(Duration::from_millis(1)); //~ blocking_handler
    std::thread::sleep(Duration::from_millis(1));
    std::fs::read_to_string("a").map_err(|error| failed(&error))
}

fn app() -> Router {
    Router::new().route("/", get(list)).route("/each", get(each)).route("/file", get(file)).route("/all", get(several)).route("/named", get(named))
}
