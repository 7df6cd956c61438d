//! What the fixture projects do not do with diesel, in actix-web handlers.

use actix_web::{HttpResponse, get, post, web};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::connection::SimpleConnection;

diesel::table! {
    notes (id) {
        id -> Int8,
        text -> Text,
    }
}

#[derive(Queryable, Identifiable, AsChangeset)]
#[diesel(table_name = notes)]
struct Note {
    id: i64,
    text: String,
}

type PgPool = Pool<ConnectionManager<PgConnection>>;

#[post("/notes")]
async fn add(pool: web::Data<PgPool>, texts: web::Json<Vec<String>>) -> HttpResponse {
    let mut conn = pool.get_timeout(std::time::Duration::from_secs(1)).unwrap(); //~ unwrapped_query
    let rows: Vec<_> = texts.iter().map(|text| notes::text.eq(text)).collect();
    let added: Vec<Note> = diesel::insert_into(notes::table).values(&rows).get_results(&mut conn).unwrap(); //~ unwrapped_query
    let changed: Vec<Note> = diesel::update(notes::table).set(notes::text.eq("")).get_results(&mut conn).unwrap(); //~ unwrapped_query
    HttpResponse::Ok().body(format!("{} {}", added.len(), changed.len()))
}

#[post("/save")]
async fn save(pool: web::Data<PgPool>) -> HttpResponse {
    let Some(mut conn) = pool.try_get() else { return HttpResponse::ServiceUnavailable().finish() };
    let note = Note { id: 1, text: "new".to_owned() };
    let saved = note.save_changes::<Note>(&mut conn).unwrap(); //~ unwrapped_query
    conn.batch_execute("ANALYZE").unwrap(); //~ unwrapped_query
    HttpResponse::Ok().body(saved.text)
}

#[get("/lite")]
async fn lite() -> HttpResponse {
    let mut conn = SqliteConnection::establish("notes.db").unwrap(); //~ unwrapped_query
    let count = conn.immediate_transaction(|conn| notes::table.count().get_result::<i64>(conn)).unwrap(); //~ unwrapped_query
    let gone = conn.exclusive_transaction(|conn| diesel::delete(notes::table).execute(conn)).expect("deleted"); //~ unwrapped_query
    HttpResponse::Ok().body(format!("{count} {gone}"))
}

#[get("/pools")]
async fn pools() -> HttpResponse {
    let manager = || ConnectionManager::<PgConnection>::new("postgres://localhost");
    let built = Pool::builder().max_size(2).build(manager()).unwrap(); //~ unwrapped_query
    let lazy = Pool::builder().build_unchecked(manager());
    let plain = Pool::new(manager()).expect("a pool"); //~ unwrapped_query
    HttpResponse::Ok().body(format!("{} {} {}", built.max_size(), lazy.max_size(), plain.max_size()))
}

/// The query's result has been taken apart when the row comes out: that there may be none is another question.
fn find(conn: &mut PgConnection, id: i64) -> Option<Note> {
    notes::table.find(id).first::<Note>(conn).optional().expect("a note or none") //~ unwrapped_query
}

fn look_up(conn: &mut PgConnection, id: i64) -> QueryResult<Option<Note>> {
    notes::table.find(id).first::<Note>(conn).optional()
}

#[get("/notes/{id}")]
async fn show(pool: web::Data<PgPool>, id: web::Path<i64>) -> HttpResponse {
    let Some(mut conn) = pool.try_get() else { return HttpResponse::ServiceUnavailable().finish() };
    let note = find(&mut conn, *id).unwrap();
    let same = look_up(&mut conn, *id).unwrap(); //~ unwrapped_query
    let again = notes::table.find(*id).first::<Note>(&mut conn).optional().ok().flatten();
    let text = notes::table.find(*id).select(notes::text).first::<String>(&mut conn).optional().unwrap(); //~ unwrapped_query
    HttpResponse::Ok().body(format!("{} {} {} {}", note.id, same.unwrap().text, again.is_some(), text.unwrap()))
}

/// What services write around their connections: the result of the closure is what comes out.
struct Db(PgConnection);

impl Db {
    fn with<F, R>(&mut self, run: F) -> R
    where
        F: FnOnce(&mut PgConnection) -> R,
    {
        run(&mut self.0)
    }

    async fn run<F, R>(&mut self, run: F) -> R
    where
        F: FnOnce(&mut PgConnection) -> R + Send,
        R: Send,
    {
        let conn = &mut self.0;
        tokio::task::block_in_place(move || run(conn))
    }

    async fn wait<F, Fut, R>(&mut self, run: F) -> R
    where
        F: FnOnce(&mut PgConnection) -> Fut,
        Fut: Future<Output = R>,
    {
        run(&mut self.0).await
    }
}

async fn blocking<R: Send + 'static>(conn: PgConnection, run: impl FnOnce(PgConnection) -> R) -> R {
    tokio::task::spawn_blocking(move || run(conn)).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn count(conn: &mut PgConnection) -> QueryResult<i64> {
    notes::table.count().get_result(conn)
}

#[get("/wrapped")]
async fn wrapped(db: web::Data<std::sync::Mutex<Db>>) -> HttpResponse {
    let Ok(mut db) = db.lock() else { return HttpResponse::ServiceUnavailable().finish() };
    let gone = db.with(|conn| diesel::delete(notes::table).execute(conn)).expect("deleted"); //~ unwrapped_query
    let more = db.run(|conn| diesel::delete(notes::table).execute(conn).map(|rows| rows + 1)).await.unwrap(); //~ unwrapped_query
    let counted = db.run(count).await.unwrap(); //~ unwrapped_query
    let waited = db.wait(|conn| async { count(conn) }).await.unwrap(); //~ unwrapped_query
    // Not a query's: an absent row, a number, a result that the closure has taken apart.
    let first = db.run(|conn| find(conn, 1)).await.unwrap();
    let parsed = db.with(|_| "1".parse::<i64>()).unwrap();
    let known = db.run(|conn| count(conn).ok().map(|rows| rows + 1).unwrap_or_default()).await;
    HttpResponse::Ok().body(format!("{gone} {more} {counted} {waited} {} {parsed} {known}", first.id))
}

#[get("/blocking")]
async fn in_another_thread() -> HttpResponse {
    let Ok(conn) = PgConnection::establish("postgres://localhost") else { return HttpResponse::ServiceUnavailable().finish() };
    let counted = blocking(conn, |mut conn| count(&mut conn)).await.unwrap(); //~ unwrapped_query
    HttpResponse::Ok().body(counted.to_string())
}
