//! What the fixture projects do not do with sqlx, in Rocket handlers.

use futures::TryStreamExt;
use rocket::response::Debug;
use rocket::{State, get, post, routes};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{Acquire, ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres, QueryBuilder, Row};

type Answer<T> = Result<T, Debug<sqlx::Error>>;

#[derive(sqlx::FromRow)]
struct Note {
    id: i64,
    text: String,
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![macros, built, many, mapped, plain, nested, connect, elsewhere])
}

#[get("/macros/<id>")]
async fn macros(pool: &State<PgPool>, id: i64) -> Answer<String> {
    let pool = pool.inner();
    let row = sqlx::query!("SELECT text FROM notes WHERE id = $1", id).fetch_one(pool).await.unwrap(); //~ unwrapped_query
    let note = sqlx::query_as!(Note, "SELECT id, text FROM notes WHERE id = $1", id).fetch_optional(pool).await?;
    let count = sqlx::query_scalar!("SELECT COUNT(*) FROM notes").fetch_one(pool).await.expect("a count"); //~ unwrapped_query
    sqlx::raw_sql("ANALYZE; VACUUM").execute(pool).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {:?} {count:?}", row.text, note.map(|note| note.id)))
}

#[get("/built")]
async fn built(pool: &State<PgPool>) -> Answer<String> {
    let mut builder: QueryBuilder<Postgres> = QueryBuilder::new("SELECT id, text FROM notes WHERE id IN (");
    builder.separated(", ").push_bind(1).push_bind(2).push_unseparated(")");
    let rows = builder.build().fetch_all(pool.inner()).await.unwrap(); //~ unwrapped_query
    let notes = builder.build_query_as::<Note>().fetch_all(pool.inner()).await.unwrap(); //~ unwrapped_query
    let ids = builder.build_query_scalar::<i64>().fetch_all(pool.inner()).await?;
    Ok(format!("{} {} {}", rows.len(), notes.len(), ids.len()))
}

#[get("/many")]
async fn many(pool: &State<PgPool>) -> Answer<String> {
    let mut done = sqlx::query("DELETE FROM drafts").execute_many(pool.inner()).await;
    let first = done.try_next().await.unwrap(); //~ unwrapped_query
    let mut rows = sqlx::query("SELECT id FROM notes").fetch_many(pool.inner());
    let next = rows.try_next().await?;
    Ok(format!("{} {}", first.is_some(), next.is_some()))
}

#[get("/mapped")]
async fn mapped(pool: &State<PgPool>) -> Answer<String> {
    let ids = sqlx::query("SELECT id FROM notes").map(|row: PgRow| row.get::<i64, _>(0)).fetch_all(pool.inner()).await?; //~ unwrapped_query
    let texts = sqlx::query("SELECT text FROM notes").try_map(|row: PgRow| row.try_get::<String, _>(0));
    let texts = texts.fetch_all(pool.inner()).await.unwrap(); //~ unwrapped_query
    let row = sqlx::query("SELECT id FROM notes").fetch_one(pool.inner()).await?;
    let id: i64 = row.get_unchecked("id"); //~ unwrapped_query
    Ok(format!("{ids:?} {texts:?} {id}"))
}

#[post("/plain")]
async fn plain(pool: &State<PgPool>) -> Answer<String> {
    let mut conn = pool.acquire().await?;
    conn.execute("DELETE FROM drafts").await.unwrap(); //~ unwrapped_query
    let one = conn.fetch_one("SELECT 1").await.unwrap(); //~ unwrapped_query
    let perhaps = conn.fetch_optional("SELECT 1 WHERE false").await?;
    let all = conn.fetch_all("SELECT 1").await.expect("rows"); //~ unwrapped_query
    let statement = conn.prepare("SELECT 1").await.unwrap(); //~ unwrapped_query
    drop(statement);
    conn.ping().await?;
    Ok(format!("{} {} {}", one.len(), perhaps.is_some(), all.len()))
}

#[post("/nested")]
async fn nested(pool: &State<PgPool>) -> Answer<String> {
    let Some(mut conn) = pool.try_acquire() else { return Ok("busy".to_owned()) };
    let mut tx = conn.begin().await.unwrap(); //~ unwrapped_query
    let inner = tx.begin().await.unwrap(); //~ unwrapped_query
    inner.rollback().await?;
    tx.commit().await?;
    step(&mut conn).await?;
    anywhere(pool.inner()).await?;
    together(pool.inner()).await?;
    let other = pool.try_begin().await?;
    Ok(other.map_or("busy", |_| "free").to_owned())
}

async fn step(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    // The connection gives itself: there is nothing to wait for and nothing that can fail.
    let conn = conn.acquire().await.unwrap();
    let mut tx = conn.begin().await?;
    let inner = tx.acquire().await.unwrap();
    sqlx::query("SELECT 1").execute(inner).await?;
    tx.commit().await
}

/// What is given can be a pool.
async fn anywhere(db: impl Acquire<'_, Database = Postgres>) -> Result<(), sqlx::Error> {
    let mut conn = db.acquire().await.unwrap(); //~ unwrapped_query
    sqlx::query("SELECT 1").execute(&mut *conn).await?;
    Ok(())
}

async fn together<'a, A: Acquire<'a, Database = Postgres>>(db: A) -> Result<(), sqlx::Error> {
    let tx = db.begin().await.unwrap(); //~ unwrapped_query
    tx.commit().await
}

#[post("/connect", data = "<url>")]
async fn connect(url: String) -> Answer<String> {
    let pool = PgPoolOptions::new().max_connections(2).connect(&url).await.unwrap(); //~ unwrapped_query
    let lazy = PgPoolOptions::new().connect_lazy_with(PgConnectOptions::new());
    let other = PgPool::connect_lazy_with(PgConnectOptions::new());
    let single = PgConnection::connect(&url).await.unwrap(); //~ unwrapped_query
    let tuned = PgConnectOptions::new().host("db").connect().await.expect("a connection"); //~ unwrapped_query
    drop((single, tuned));
    Ok(format!("{} {} {}", pool.size(), lazy.size(), other.size()))
}

/// Queries that are built in another crate: their names and a connection tell what they are.
#[get("/elsewhere")]
async fn elsewhere(pool: &State<PgPool>) -> Answer<String> {
    let pool = pool.inner();
    let one = notes_queries::newest().fetch_one(pool).await.unwrap(); //~ unwrapped_query
    let perhaps = notes_queries::oldest().fetch_optional(pool).await.unwrap(); //~ unwrapped_query
    let all = notes_queries::all().fetch_all(pool).await.unwrap(); //~ unwrapped_query
    notes_queries::clean().execute(pool).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {}", one.len(), perhaps.is_some(), all.len()))
}
