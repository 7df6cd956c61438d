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
