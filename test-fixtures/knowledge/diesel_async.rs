//! diesel without blocking, in axum handlers.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, bb8, deadpool, mobc};
use diesel_async::scoped_futures::ScopedFutureExt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::TryStreamExt;

diesel::table! {
    notes (id) {
        id -> Int8,
        text -> Text,
    }
}

struct Failure(diesel::result::Error);

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Failure(error)
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        tracing::error!(error = %self.0, "the database failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

fn app(pool: Pool<AsyncPgConnection>) -> Router {
    Router::new()
        .route("/notes", get(notes))
        .route("/transactions", get(transactions))
        .route("/connections", get(connections))
        .with_state(pool)
}

async fn notes(State(pool): State<Pool<AsyncPgConnection>>) -> Result<String, Failure> {
    let mut conn = pool.get().await.unwrap(); //~ unwrapped_query
    let ids: Vec<i64> = notes::table.select(notes::id).load(&mut conn).await.unwrap(); //~ unwrapped_query
    let texts = notes::table.select(notes::text).load_stream::<String>(&mut conn).await.unwrap(); //~ unwrapped_query
    let texts: Vec<String> = texts.try_collect().await?;
    conn.batch_execute("ANALYZE").await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {}", ids.len(), texts.len()))
}

async fn transactions(State(pool): State<Pool<AsyncPgConnection>>) -> Result<String, Failure> {
    let mut conn: Object<AsyncPgConnection> = pool.get().await.map_err(|_| diesel::result::Error::NotFound)?;
    let gone = conn
        .transaction(|conn| async move { diesel::delete(notes::table).execute(conn).await }.scope_boxed())
        .await
        .unwrap(); //~ unwrapped_query
    let read = conn
        .build_transaction()
        .read_only()
        .run(|conn| async move { notes::table.count().get_result::<i64>(conn).await }.scope_boxed())
        .await
        .expect("counted"); //~ unwrapped_query
    conn.begin_test_transaction().await?;
    Ok(format!("{gone} {read}"))
}

async fn connections() -> Result<String, StatusCode> {
    let mut conn = AsyncPgConnection::establish("postgres://localhost").await.unwrap(); //~ unwrapped_query
    diesel::delete(notes::table).execute(&mut conn).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let (client, _connection) =
        tokio_postgres::connect("postgres://localhost", tokio_postgres::NoTls).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let wrapped = AsyncPgConnection::try_from(client).await.unwrap(); //~ unwrapped_query
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new("postgres://localhost");
    let tuned =
        AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config("postgres://localhost", ManagerConfig::default());
    let dead = deadpool::Pool::builder(manager).build().map_err(|_| StatusCode::BAD_GATEWAY)?;
    let eight = bb8::Pool::builder().build(tuned).await.unwrap(); //~ unwrapped_query
    let manager = || AsyncDieselConnectionManager::<AsyncPgConnection>::new("postgres://localhost");
    let mobile = mobc::Pool::new(manager());
    let tuned = mobc::Pool::builder().max_open(2).build(manager());
    drop((wrapped, eight, tuned));
    let taken = mobile.get().await.unwrap(); //~ unwrapped_query
    drop(taken);
    Ok(format!("{:?}", dead.status()))
}
