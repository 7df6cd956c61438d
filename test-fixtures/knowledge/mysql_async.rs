//! Parcels in MySQL, served by axum.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt, TryStreamExt};
use mysql_async::prelude::*;
use mysql_async::{Conn, Opts, Pool, Row, Transaction, TxOpts, params};

struct Failure(mysql_async::Error);

impl From<mysql_async::Error> for Failure {
    fn from(error: mysql_async::Error) -> Self {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0, "the database failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[tokio::main]
async fn main() {
    let pool = Pool::from_url("mysql://localhost/parcels").expect("the URL is valid");
    pool.get_conn().await.expect("the database is up"); // silent: before any request
    let app = Router::new()
        .route("/parcels", get(parcels).post(add))
        .route("/parcels/{id}", get(parcel).delete(remove))
        .route("/parcels/{id}/weight", get(weight))
        .route("/report", get(report))
        .route("/results", get(results))
        .route("/short", get(short))
        .route("/admin", post(admin))
        .with_state(pool);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}

async fn parcels(State(pool): State<Pool>) -> Json<Vec<u64>> {
    let mut conn = pool.get_conn().await.unwrap(); //~ unwrapped_query
    let ids: Vec<u64> = conn.query("SELECT id FROM parcels").await.unwrap(); //~ unwrapped_query
    let names = conn.query_map("SELECT name FROM parcels", |name: String| name).await.expect("names"); //~ unwrapped_query
    let total = conn.query_fold("SELECT grams FROM parcels", 0u64, |sum, grams: u64| sum + grams).await.unwrap(); //~ unwrapped_query
    tracing::info!(total, count = names.len(), "listed");
    Json(ids)
}

async fn parcel(State(pool): State<Pool>, Path(id): Path<u64>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let row: Option<Row> = conn.exec_first("SELECT name, grams FROM parcels WHERE id = ?", (id,)).await?;
    let Some(mut row) = row else { return Ok("no such parcel".to_owned()) };
    let name: Option<String> = row.get("name"); //~ unwrapped_query
    let grams: Option<u64> = row.take(1); //~ unwrapped_query
    let kept: u64 = row.get_opt::<u64, _>(1).map(|grams| grams.unwrap_or_default()).unwrap_or_default(); // an error, not a panic
    let raw = format!("{:?}", row["grams"]); //~ unwrapped_query
    Ok(format!("{name:?} {grams:?} {kept} {raw}"))
}

async fn weight(State(pool): State<Pool>, Path(id): Path<u64>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let row: Option<Row> = conn.query_first("SELECT grams, name FROM parcels LIMIT 1").await?;
    let Some(row) = row else { return Ok("nothing".to_owned()) };
    let (grams, name): (u64, String) = mysql_async::from_row(row); //~ unwrapped_query
    let again: Option<Row> = conn.exec_first("SELECT grams FROM parcels WHERE id = ?", (id,)).await?;
    let again = again.map(|row| mysql_async::from_row_opt::<u64>(row).unwrap_or(0)); // silent: a value takes its place
    Ok(format!("{grams} {name} {again:?}"))
}

async fn add(State(pool): State<Pool>, Json(names): Json<Vec<String>>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let mut tx = conn.start_transaction(TxOpts::default()).await?;
    insert(&mut tx, &names).await;
    let lost = tx.affected_rows();
    if lost == 0 {
        tx.rollback().await.unwrap(); //~ unwrapped_query
        return Ok("nothing".to_owned());
    }
    tx.commit().await.unwrap(); //~ unwrapped_query
    let statement = conn.prep("DELETE FROM drafts WHERE name = ?").await.unwrap(); //~ unwrapped_query
    conn.exec_batch(&statement, names.iter().map(|name| (name,))).await?;
    conn.close(statement).await.unwrap(); //~ unwrapped_query
    Ok(format!("{lost}"))
}

async fn insert(tx: &mut Transaction<'_>, names: &[String]) {
    for name in names {
        tx.exec_drop("INSERT INTO parcels (name) VALUES (:name)", params! { "name" => name }).await.unwrap(); //~ unwrapped_query
    }
}

async fn remove(State(pool): State<Pool>, Path(id): Path<u64>) -> Result<StatusCode, Failure> {
    let mut conn = pool.get_conn().await?;
    conn.exec_drop("DELETE FROM parcels WHERE id = ?", (id,)).await?;
    let gone = conn.affected_rows();
    conn.query_drop("FLUSH STATUS").await.expect("flushed"); //~ unwrapped_query
    Ok(if gone == 0 { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT })
}

async fn report(State(pool): State<Pool>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let heavy = conn.exec::<u64, _, _>("SELECT id FROM parcels WHERE grams > ?", (1000,)).await.unwrap(); //~ unwrapped_query
    let names = conn.exec_map("SELECT name FROM parcels WHERE grams > ?", (1000,), |name: String| name).await?;
    let sum = conn.exec_fold("SELECT grams FROM parcels WHERE grams > ?", (1,), 0u64, |sum, g: u64| sum + g).await.unwrap(); //~ unwrapped_query
    let mut rows = conn.query_stream::<u64, _>("SELECT id FROM parcels").await?;
    while let Some(id) = rows.next().await {
        tracing::debug!(id = id.unwrap(), "seen"); //~ unwrapped_query
    }
    drop(rows);
    let light: Vec<u64> =
        conn.exec_stream::<u64, _, _>("SELECT id FROM parcels WHERE grams < ?", (10,)).await?.try_collect().await.unwrap(); //~ unwrapped_query
    conn.ping().await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {sum} {}", heavy.len(), names.len(), light.len()))
}

async fn results(State(pool): State<Pool>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let mut found = conn.query_iter("SELECT id, name FROM parcels").await.unwrap(); //~ unwrapped_query
    while let Some(row) = found.next().await.unwrap() { //~ unwrapped_query
        tracing::debug!(?row, "seen");
    }
    found.for_each(|row| tracing::debug!(?row, "seen")).await?;
    let ids: Vec<u64> = found.collect::<u64>().await.unwrap(); //~ unwrapped_query
    let changed = found.affected_rows();
    found.drop_result().await?;
    let mut found = conn.exec_iter("SELECT id FROM parcels WHERE grams > ?", (5,)).await?;
    let ids_too: Vec<u64> = found.map(|row| mysql_async::from_row::<u64>(row)).await.unwrap(); //~ unwrapped_query
    let sum = found.reduce(0u64, |sum, _: Row| sum + 1).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {sum} {changed}", ids.len(), ids_too.len()))
}

async fn short(State(pool): State<Pool>) -> Result<String, Failure> {
    let mut conn = pool.get_conn().await?;
    let first: Option<u64> = "SELECT id FROM parcels WHERE id = ?".with((1,)).first(&mut conn).await.unwrap(); //~ unwrapped_query
    let all = "SELECT id FROM parcels".fetch::<u64, _>(&mut conn).await.unwrap(); //~ unwrapped_query
    let names = "SELECT name FROM parcels".map(&mut conn, |name: String| name).await.unwrap(); //~ unwrapped_query
    let sum = "SELECT grams FROM parcels".reduce(&mut conn, 0u64, |sum, grams: u64| sum + grams).await?;
    let lazy = "SELECT id FROM parcels".stream::<u64, _>(&mut conn).await?.count().await;
    "DELETE FROM drafts".ignore(&mut conn).await.unwrap(); //~ unwrapped_query
    "SELECT 1".run(&mut conn).await?.drop_result().await?;
    Ok(format!("{first:?} {} {} {sum} {lazy}", all.len(), names.len()))
}

async fn admin(State(pool): State<Pool>, url: String) -> Result<String, Failure> {
    let other = Pool::new(Opts::from_url(&url).map_err(mysql_async::Error::from)?);
    other.disconnect().await.unwrap(); //~ unwrapped_query
    let mut conn = Conn::from_url(&url).await.unwrap(); //~ unwrapped_query
    conn.reset().await?;
    conn.change_user(Default::default()).await.unwrap(); //~ unwrapped_query
    Pool::from_url(&url)?;
    drop(pool);
    Ok("done".to_owned())
}
