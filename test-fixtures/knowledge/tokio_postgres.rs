//! Notes in Postgres without an ORM, in axum handlers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use bytes::Bytes;
use deadpool_postgres::{GenericClient, Manager, Pool, Runtime};
use futures::{SinkExt, StreamExt, TryStreamExt};
use tokio_pg_mapper::FromTokioPostgresRow;
use tokio_pg_mapper_derive::PostgresMapper;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, Transaction};

struct Failure(tokio_postgres::Error);

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure(error)
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        tracing::error!(error = %self.0, "the database failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

fn app(pool: Pool) -> Router {
    Router::new()
        .route("/notes", get(notes).post(add))
        .route("/notes/{id}", get(note))
        .route("/typed", get(typed))
        .route("/scalars", get(scalars))
        .route("/raw", get(raw))
        .route("/copy", post(copy))
        .route("/portal", get(portal))
        .route("/connect", post(connect))
        .route("/own", get(own))
        .route("/mapped", get(mapped))
        .with_state(pool)
}

async fn notes(State(pool): State<Pool>) -> String {
    let client = pool.get().await.unwrap(); //~ unwrapped_query
    let rows = client.query("SELECT id, text FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    rows.iter().map(|row| row.get::<_, String>("text")).collect() //~ unwrapped_query
}

async fn note(State(pool): State<Pool>, Path(id): Path<i64>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let row = client.query_opt("SELECT text FROM notes WHERE id = $1", &[&id]).await?;
    let count = count(&**client).await;
    let Some(row) = row else { return Ok(format!("none of {count}")) };
    Ok(row.try_get::<_, String>(0)?)
}

async fn count<C: GenericClient>(client: &C) -> i64 {
    let row = client.query_one("SELECT COUNT(*) FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    row.try_get(0).unwrap() //~ unwrapped_query
}

async fn add(State(pool): State<Pool>, text: String) -> Result<StatusCode, Failure> {
    let Ok(mut client) = pool.get().await else { return Ok(StatusCode::SERVICE_UNAVAILABLE) };
    let statement = client.prepare("INSERT INTO notes (text) VALUES ($1)").await.unwrap(); //~ unwrapped_query
    let cached = client.prepare_typed_cached("SELECT $1", &[Type::TEXT]).await?;
    client.execute(&statement, &[&text]).await.unwrap(); //~ unwrapped_query
    let mut tx = client.transaction().await.unwrap(); //~ unwrapped_query
    let inner = tx.savepoint("inner").await.unwrap(); //~ unwrapped_query
    inner.rollback().await?;
    tx.execute(&cached, &[&text]).await?;
    tx.commit().await.expect("committed"); //~ unwrapped_query
    let tx = client.build_transaction().read_only(true).start().await.unwrap(); //~ unwrapped_query
    tx.rollback().await?;
    client.batch_execute("ANALYZE").await.unwrap(); //~ unwrapped_query
    client.check_connection().await?;
    Ok(StatusCode::CREATED)
}

async fn typed(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let all = client.query_typed("SELECT id FROM notes WHERE id > $1", &[(&1i64, Type::INT8)]).await.unwrap(); //~ unwrapped_query
    let one = client.query_typed_one("SELECT id FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    let perhaps = client.query_typed_opt("SELECT id FROM notes", &[]).await?;
    let lazy = client.query_typed_raw("SELECT id FROM notes", Vec::<(i64, Type)>::new()).await.expect("rows"); //~ unwrapped_query
    Ok(format!("{} {} {} {}", all.len(), one.len(), perhaps.is_some(), lazy.count().await))
}

async fn scalars(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let client: &Client = &client;
    let ids: Vec<i64> = client.query_scalar("SELECT id FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    let id: i64 = client.query_one_scalar("SELECT id FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    let perhaps: Option<i64> = client.query_opt_scalar("SELECT id FROM notes", &[]).await?;
    Ok(format!("{} {id} {perhaps:?}", ids.len()))
}

async fn raw(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let rows = client.query_raw("SELECT id FROM notes", Vec::<i64>::new()).await.unwrap(); //~ unwrapped_query
    let rows: Vec<_> = rows.try_collect().await.unwrap(); //~ unwrapped_query
    let simple = client.simple_query("SELECT 1").await.unwrap(); //~ unwrapped_query
    let lazy = client.simple_query_raw("SELECT 1").await?;
    Ok(format!("{} {} {}", rows.len(), simple.len(), lazy.count().await))
}

async fn copy(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let sink = client.copy_in::<_, Bytes>("COPY notes FROM STDIN").await.unwrap(); //~ unwrapped_query
    let mut sink = std::pin::pin!(sink);
    sink.send(Bytes::from_static(b"1\ttext\n")).await.unwrap(); //~ unwrapped_query
    let written = sink.finish().await.unwrap(); //~ unwrapped_query
    let mut other = Box::pin(client.copy_in::<_, Bytes>("COPY notes FROM STDIN").await?);
    other.close().await.unwrap(); //~ unwrapped_query
    let out = client.copy_out("COPY notes TO STDOUT").await.unwrap(); //~ unwrapped_query
    Ok(format!("{written} {}", out.count().await))
}

async fn portal(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(mut client) = pool.get().await else { return Ok("busy".to_owned()) };
    let client: &mut Client = &mut client;
    let tx: Transaction<'_> = client.transaction().await?;
    let portal = tx.bind("SELECT id FROM notes", &[]).await.unwrap(); //~ unwrapped_query
    let some = tx.query_portal(&portal, 10).await.unwrap(); //~ unwrapped_query
    let rest = tx.query_portal_raw(&portal, 0).await?;
    Ok(format!("{} {}", some.len(), rest.count().await))
}

/// A mapping of the project's own that cannot fail but by what it says itself.
struct Own(String);

impl Own {
    fn from_row_ref(row: &tokio_postgres::Row) -> Result<Own, String> {
        if row.len() == 1 { Ok(Own(String::new())) } else { Err("not one column".to_owned()) }
    }
}

async fn own(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let rows = client.query("SELECT text FROM notes", &[]).await?;
    Ok(rows.iter().map(|row| Own::from_row_ref(row).unwrap().0).collect())
}

#[derive(PostgresMapper)]
#[pg_mapper(table = "notes")]
struct Note {
    text: String,
}

async fn mapped(State(pool): State<Pool>) -> Result<String, Failure> {
    let Ok(client) = pool.get().await else { return Ok("busy".to_owned()) };
    let rows = client.query("SELECT * FROM notes", &[]).await?;
    let checked: Vec<Note> = rows.iter().filter_map(|row| Note::from_row_ref(row).ok()).collect();
    let all: Vec<Note> = rows.into_iter().map(|row| Note::from_row(row).unwrap()).collect(); //~ unwrapped_query
    Ok(format!("{} {}", all.len(), checked.len()))
}

async fn connect(url: String) -> Result<String, Failure> {
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap(); //~ unwrapped_query
    tokio::spawn(connection);
    client.execute("SELECT 1", &[]).await?;
    let mut config = tokio_postgres::Config::new();
    config.host("localhost");
    let (other, _connection) = config.connect(NoTls).await.unwrap(); //~ unwrapped_query
    let Ok(stream) = tokio::net::TcpStream::connect("localhost:5432").await else { return Ok("no server".to_owned()) };
    let (raw, _connection) = config.connect_raw(stream, NoTls).await?;
    drop((other, raw));
    let eight = bb8_postgres::PostgresConnectionManager::new_from_stringlike(&url, NoTls)?;
    let also = bb8_postgres::PostgresConnectionManager::new(config.clone(), NoTls);
    let settings = deadpool_postgres::Config::new();
    let pool = settings.create_pool(Some(Runtime::Tokio1), NoTls).ok();
    let tuned = settings.builder(NoTls).ok().map(|builder| builder.max_size(2).build());
    let built = Pool::builder(Manager::new(config.clone(), NoTls)).max_size(2).build().ok();
    let manager = Manager::from_config(config, NoTls, deadpool_postgres::ManagerConfig::default());
    drop((eight, also, tuned, built, manager));
    let Some(pool) = pool else { return Ok("no pool".to_owned()) };
    pool.get().await.unwrap().execute("SELECT 1", &[]).await.unwrap(); //~ unwrapped_query
    Ok(url)
}
