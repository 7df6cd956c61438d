//! A menu in rbatis, served by actix-web.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, get, post, web};
use rbatis::RBatis;
use rbatis::executor::Executor;
use rbs::value;

fn failed(error: rbatis::Error) -> actix_web::Error {
    log::error!("rbatis: {error}");
    actix_web::error::ErrorInternalServerError("try again later")
}

#[get("/menu/{id}")]
async fn menu(id: web::Path<i64>, rb: web::Data<RBatis>) -> HttpResponse {
    let sql = "select api_url from sys_menu where id = ?";
    let rows: Vec<HashMap<String, String>> = rb.query_decode(sql, vec![value!(*id)]).await.unwrap(); //~ unwrapped_query
    HttpResponse::Ok().json(rows)
}

#[get("/menu")]
async fn menus(rb: web::Data<RBatis>) -> actix_web::Result<HttpResponse> {
    let all = rb.query("select * from sys_menu", vec![]).await.map_err(failed)?;
    let conn = rb.acquire().await.expect("a connection"); //~ unwrapped_query
    let again = conn.query("select * from sys_menu", vec![]).await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().json((all, again)))
}

async fn rename(executor: &dyn Executor, id: i64) -> rbatis::Result<u64> {
    let done = executor.exec("update sys_menu set name = '' where id = ?", vec![value!(id)]).await?;
    Ok(done.rows_affected)
}

#[post("/menu/{id}")]
async fn change(id: web::Path<i64>, rb: web::Data<RBatis>) -> actix_web::Result<HttpResponse> {
    let tx = rb.acquire_begin().await.unwrap(); //~ unwrapped_query
    let changed = rename(&tx, *id).await.unwrap(); //~ unwrapped_query
    tx.commit().await.unwrap(); //~ unwrapped_query
    let conn = rb.try_acquire_timeout(Duration::from_secs(1)).await.map_err(failed)?;
    let tx = conn.begin().await.map_err(failed)?;
    let again = rename(&tx, *id).await.map_err(failed)?;
    tx.rollback().await.map_err(failed)?;
    let done = rb.exec("delete from sys_menu", vec![]).await.expect("deleted"); //~ unwrapped_query
    Ok(HttpResponse::Ok().json((changed, again, done.rows_affected)))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let rb = RBatis::new();
    rb.link(rbdc_sqlite::driver::SqliteDriver {}, "sqlite://menu.db").await.unwrap();
    let rb = web::Data::new(rb);
    let app = move || App::new().app_data(rb.clone()).service(menu).service(menus).service(change).service(link);
    HttpServer::new(app).bind(("127.0.0.1", 8080))?.run().await
}

#[post("/link")]
async fn link(rb: web::Data<RBatis>) -> actix_web::Result<HttpResponse> {
    rb.link(rbdc_sqlite::driver::SqliteDriver {}, "sqlite://other.db").await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().finish())
}
