//! Parcels in MySQL through the blocking driver, served by actix-web.

use actix_web::{HttpResponse, Responder, delete, get, post, web};
use mysql::prelude::*;
use mysql::{Conn, Opts, OptsBuilder, Pool, PooledConn, Row, Transaction, TxOpts, params};
use r2d2_mysql::MySqlConnectionManager;

type Failure = Box<dyn std::error::Error>;

#[get("/parcels")]
async fn parcels(pool: web::Data<Pool>) -> impl Responder {
    let mut conn = pool.get_conn().unwrap(); //~ unwrapped_query
    let ids: Vec<u64> = conn.query("SELECT id FROM parcels").unwrap(); //~ unwrapped_query
    let names = conn.query_map("SELECT name FROM parcels", |name: String| name).expect("names"); //~ unwrapped_query
    let grams = conn.query_fold("SELECT grams FROM parcels", 0u64, |sum, grams: u64| sum + grams).unwrap(); //~ unwrapped_query
    let checked: usize = conn.query_opt::<u64, _>("SELECT id FROM parcels").unwrap().into_iter().flatten().count(); //~ unwrapped_query
    HttpResponse::Ok().json((ids, names, grams, checked))
}

#[get("/parcels/{id}")]
async fn parcel(pool: web::Data<Pool>, id: web::Path<u64>) -> Result<String, Failure> {
    let answer = web::block(move || -> Result<String, mysql::Error> {
        let mut conn = pool.get_conn()?;
        let row: Option<Row> = conn.exec_first("SELECT name, grams FROM parcels WHERE id = ?", (*id,))?;
        let Some(row) = row else { return Ok("no such parcel".to_owned()) };
        let name: Option<String> = row.get("name"); //~ unwrapped_query
        let (again, grams): (String, u64) = mysql::from_row(row); //~ unwrapped_query
        Ok(format!("{name:?} {again} {grams}"))
    });
    Ok(answer.await??)
}

#[get("/first")]
async fn first(pool: web::Data<Pool>) -> Result<String, Failure> {
    let mut conn = pool.try_get_conn(std::time::Duration::from_secs(1))?;
    let row: Option<Row> = conn.query_first("SELECT id FROM parcels").unwrap(); //~ unwrapped_query
    let id = row.map(|row| mysql::from_row_opt::<u64>(row).unwrap_or(0)); // silent: a value takes its place
    let one = conn.query_first_opt::<u64, _>("SELECT id FROM parcels").expect("one"); //~ unwrapped_query
    let other = conn.exec_first_opt::<u64, _, _>("SELECT id FROM parcels WHERE id = ?", (1,)).expect("other"); //~ unwrapped_query
    Ok(format!("{id:?} {} {}", one.is_some(), other.is_some()))
}

#[post("/parcels")]
async fn add(pool: web::Data<Pool>, names: web::Json<Vec<String>>) -> Result<String, Failure> {
    let mut conn: PooledConn = pool.get_conn()?;
    let mut tx = conn.start_transaction(TxOpts::default())?;
    insert(&mut tx, &names);
    let added = tx.affected_rows();
    if added == 0 {
        tx.rollback().unwrap(); //~ unwrapped_query
        return Ok("nothing".to_owned());
    }
    tx.commit().unwrap(); //~ unwrapped_query
    let statement = conn.prep("DELETE FROM drafts WHERE name = ?")?;
    conn.exec_batch(&statement, names.iter().map(|name| (name,)))?;
    conn.close(statement).unwrap(); //~ unwrapped_query
    Ok(format!("{added}"))
}

fn insert(tx: &mut Transaction<'_>, names: &[String]) {
    for name in names {
        tx.exec_drop("INSERT INTO parcels (name) VALUES (:name)", params! { "name" => name }).unwrap(); //~ unwrapped_query
    }
}

#[get("/report")]
async fn report(pool: web::Data<Pool>) -> Result<String, Failure> {
    let mut conn = pool.get_conn()?;
    let heavy = conn.exec::<u64, _, _>("SELECT id FROM parcels WHERE grams > ?", (1000,)).unwrap(); //~ unwrapped_query
    let checked = conn.exec_opt::<u64, _, _>("SELECT id FROM parcels WHERE grams > ?", (1000,)).unwrap(); //~ unwrapped_query
    let names = conn.exec_map("SELECT name FROM parcels WHERE grams > ?", (1000,), |name: String| name)?;
    let sum = conn.exec_fold("SELECT grams FROM parcels WHERE grams > ?", (1,), 0u64, |sum, g: u64| sum + g)?;
    for row in conn.query_iter("SELECT id FROM parcels").unwrap() { //~ unwrapped_query
        let id: u64 = mysql::from_row(row.unwrap()); //~ unwrapped_query
        log::debug!("{id}");
    }
    let mut count = 0;
    for row in conn.exec_iter("SELECT id FROM parcels WHERE grams > ?", (5,))? {
        row?;
        count += 1;
    }
    conn.query_drop("FLUSH STATUS").expect("flushed"); //~ unwrapped_query
    Ok(format!("{} {} {} {sum} {count}", heavy.len(), checked.len(), names.len()))
}

#[get("/short")]
async fn short(pool: web::Data<Pool>) -> Result<String, Failure> {
    let mut conn = pool.get_conn()?;
    let first: Option<u64> = "SELECT id FROM parcels WHERE id = ?".with((1,)).first(&mut conn).unwrap(); //~ unwrapped_query
    let all = "SELECT id FROM parcels".fetch::<u64, _>(&mut conn).unwrap(); //~ unwrapped_query
    let names = "SELECT name FROM parcels".map(&mut conn, |name: String| name).unwrap(); //~ unwrapped_query
    let sum = "SELECT grams FROM parcels".fold(&mut conn, 0u64, |sum, grams: u64| sum + grams)?;
    let rows = "SELECT 1".run(&mut conn)?.count();
    "DELETE FROM drafts WHERE id = ?".with([(1,), (2,)]).batch(&mut conn).unwrap(); //~ unwrapped_query
    Ok(format!("{first:?} {} {} {sum} {rows}", all.len(), names.len()))
}

#[delete("/parcels/{id}")]
async fn remove(pool: web::Data<r2d2::Pool<MySqlConnectionManager>>, id: web::Path<u64>) -> HttpResponse {
    let mut conn = pool.get().unwrap(); //~ unwrapped_query
    conn.exec_drop("DELETE FROM parcels WHERE id = ?", (*id,)).unwrap(); //~ unwrapped_query
    if conn.affected_rows() == 0 { HttpResponse::NotFound().finish() } else { HttpResponse::NoContent().finish() }
}

#[post("/admin")]
async fn admin(url: String) -> Result<String, Failure> {
    let opts = Opts::from_url(&url)?;
    let pool = Pool::new(opts.clone()).unwrap(); //~ unwrapped_query
    let mut conn = Conn::new(opts.clone()).unwrap(); //~ unwrapped_query
    conn.ping()?;
    conn.reset().unwrap(); //~ unwrapped_query
    let manager = MySqlConnectionManager::new(OptsBuilder::from_opts(opts));
    let pooled = r2d2::Pool::new(manager).unwrap(); //~ unwrapped_query
    Ok(format!("{:?} {}", pool, pooled.max_size()))
}
