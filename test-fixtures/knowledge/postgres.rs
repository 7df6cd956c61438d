//! Notes in Postgres through the blocking driver, in Rocket handlers.

use postgres::types::Type;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, NoTls, Transaction};
use r2d2_postgres::PostgresConnectionManager;
use rocket::response::Debug;
use rocket::{State, get, post, routes};

type Answer<T> = Result<T, Debug<postgres::Error>>;
type Pool = r2d2::Pool<PostgresConnectionManager<NoTls>>;

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![notes, note, add, typed, raw, copy, portal, connect])
}

#[get("/notes")]
fn notes(pool: &State<Pool>) -> String {
    let mut client = pool.get().unwrap(); //~ unwrapped_query
    let rows = client.query("SELECT text FROM notes", &[]).unwrap(); //~ unwrapped_query
    rows.iter().map(|row| row.get::<_, String>(0)).collect() //~ unwrapped_query
}

#[get("/notes/<id>")]
fn note(pool: &State<Pool>, id: i64) -> Answer<Option<String>> {
    let Ok(mut client) = pool.get() else { return Ok(None) };
    let row = client.query_opt("SELECT text FROM notes WHERE id = $1", &[&id])?;
    let count = client.query_one("SELECT COUNT(*) FROM notes", &[]).unwrap(); //~ unwrapped_query
    let count: i64 = count.try_get(0)?;
    Ok(row.map(|row| format!("{:?} of {count}", row.try_get::<_, String>(0).ok())))
}

#[post("/notes", data = "<text>")]
fn add(pool: &State<Pool>, text: String) -> Answer<String> {
    let Ok(mut client) = pool.get() else { return Ok("busy".to_owned()) };
    let statement = client.prepare("INSERT INTO notes (text) VALUES ($1)").unwrap(); //~ unwrapped_query
    let typed = client.prepare_typed("SELECT $1", &[Type::TEXT])?;
    let mut tx = client.transaction().unwrap(); //~ unwrapped_query
    tx.execute(&statement, &[&text]).unwrap(); //~ unwrapped_query
    tx.savepoint("inner").unwrap().rollback()?; //~ unwrapped_query
    tx.execute(&typed, &[&text])?;
    tx.commit().unwrap(); //~ unwrapped_query
    let tx = client.build_transaction().read_only(true).start().unwrap(); //~ unwrapped_query
    tx.rollback()?;
    client.batch_execute("ANALYZE").unwrap(); //~ unwrapped_query
    client.check_connection()?;
    client.is_valid(std::time::Duration::from_secs(1)).unwrap(); //~ unwrapped_query
    Ok(text)
}

#[get("/typed")]
fn typed(pool: &State<Pool>) -> Answer<String> {
    let Ok(mut client) = pool.get() else { return Ok("busy".to_owned()) };
    let all = client.query_typed("SELECT id FROM notes WHERE id > $1", &[(&1i64, Type::INT8)]).unwrap(); //~ unwrapped_query
    let one = client.query_typed_one("SELECT id FROM notes", &[]).unwrap(); //~ unwrapped_query
    let perhaps = client.query_typed_opt("SELECT id FROM notes", &[])?;
    let mut lazy = client.query_typed_raw("SELECT id FROM notes", Vec::<(i64, Type)>::new()).unwrap(); //~ unwrapped_query
    let first = lazy.next().unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {} {}", all.len(), one.len(), perhaps.is_some(), first.is_some()))
}

#[get("/raw")]
fn raw(pool: &State<Pool>) -> Answer<String> {
    let Ok(mut client) = pool.get() else { return Ok("busy".to_owned()) };
    let mut rows = client.query_raw("SELECT id FROM notes", Vec::<i64>::new()).unwrap(); //~ unwrapped_query
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(row.get::<_, i64>("id")); //~ unwrapped_query
    }
    drop(rows);
    let simple = client.simple_query("SELECT 1").unwrap(); //~ unwrapped_query
    Ok(format!("{ids:?} {}", simple.len()))
}

#[post("/copy")]
fn copy(pool: &State<Pool>) -> Answer<String> {
    let Ok(mut client) = pool.get() else { return Ok("busy".to_owned()) };
    let writer = client.copy_in("COPY notes FROM STDIN").unwrap(); //~ unwrapped_query
    let written = writer.finish().unwrap(); //~ unwrapped_query
    let mut out = String::new();
    let mut reader = client.copy_out("COPY notes TO STDOUT").unwrap(); //~ unwrapped_query
    std::io::Read::read_to_string(&mut reader, &mut out).unwrap_or_default();
    Ok(format!("{written} {out}"))
}

#[get("/portal")]
fn portal(pool: &State<Pool>) -> Answer<String> {
    let Ok(mut client) = pool.get() else { return Ok("busy".to_owned()) };
    let mut tx: Transaction<'_> = client.transaction()?;
    let portal = tx.bind("SELECT id FROM notes", &[]).unwrap(); //~ unwrapped_query
    let some = tx.query_portal(&portal, 10).unwrap(); //~ unwrapped_query
    Ok(some.len().to_string())
}

#[post("/connect", data = "<url>")]
fn connect(url: String) -> Answer<String> {
    let mut client = Client::connect(&url, NoTls).unwrap(); //~ unwrapped_query
    client.execute("SELECT 1", &[])?;
    let other = Client::configure().host("localhost").connect(NoTls).unwrap(); //~ unwrapped_query
    drop(other);
    let manager = PostgresConnectionManager::new(Config::new(), NoTls);
    r2d2::Pool::new(manager).unwrap(); //~ unwrapped_query
    Ok(url)
}
