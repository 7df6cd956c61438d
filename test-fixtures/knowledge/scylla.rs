//! Views of pages in ScyllaDB, served by actix-web.

use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, get, post, web};
use futures::TryStreamExt;
use scylla::client::caching_session::CachingSession;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::response::PagingState;
use scylla::statement::batch::Batch;

fn failed(error: impl std::error::Error) -> actix_web::Error {
    log::error!("scylla: {error}");
    actix_web::error::ErrorInternalServerError("try again later")
}

#[get("/views/{page}")]
async fn one(session: web::Data<Session>, page: web::Path<String>) -> actix_web::Result<HttpResponse> {
    let response = session.query_unpaged("SELECT count FROM views WHERE page = ?", (page.as_str(),)).await.unwrap(); //~ unwrapped_query
    // the statement is a SELECT: there are rows
    let rows = response.into_rows_result().unwrap();
    let (count,) = rows.first_row::<(i64,)>().unwrap(); //~ unwrapped_query
    let other = rows.maybe_first_row::<(i64,)>().map_err(failed)?;
    let all: Vec<(i64,)> = rows.rows::<(i64,)>().unwrap().collect::<Result<_, _>>().map_err(failed)?; //~ unwrapped_query
    Ok(HttpResponse::Ok().json((count, other, all)))
}

#[get("/views")]
async fn all(session: web::Data<Arc<Session>>) -> actix_web::Result<HttpResponse> {
    let prepared = session.prepare("SELECT page FROM views").await.unwrap(); //~ unwrapped_query
    let pager = session.execute_iter(prepared, &[]).await.expect("a first page"); //~ unwrapped_query
    let mut pages = pager.rows_stream::<(String,)>().map_err(failed)?;
    while let Some((page,)) = pages.try_next().await.unwrap() { //~ unwrapped_query
        log::debug!("{page}");
    }
    let start = PagingState::start();
    let (response, _) = session.query_single_page("SELECT page FROM views", &[], start).await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().json(response.is_rows()))
}

#[post("/views")]
async fn add(session: web::Data<CachingSession>) -> actix_web::Result<HttpResponse> {
    session.execute_unpaged("INSERT INTO views (page) VALUES (?)", ("/",)).await.map_err(failed)?;
    session.batch(&Batch::default(), ((),)).await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Created().finish())
}

#[post("/sessions")]
async fn connect() -> actix_web::Result<HttpResponse> {
    let session = SessionBuilder::new().known_node("127.0.0.1:9042").build().await.unwrap(); //~ unwrapped_query
    session.use_keyspace("views", false).await.unwrap(); //~ unwrapped_query
    let again = Session::connect(scylla::client::session::SessionConfig::new()).await.map_err(failed)?;
    drop(again);
    Ok(HttpResponse::Created().finish())
}

/// As it was before 1.0.
#[get("/old")]
async fn old(session: web::Data<scylla::Session>) -> HttpResponse {
    let response = session.query("SELECT page FROM views", &[]).await.unwrap(); //~ unwrapped_query
    let count = response.rows().unwrap_or_default().len();
    let mut pages = session.query_iter("SELECT page FROM views", &[]).await.unwrap().into_typed::<(String,)>(); //~ unwrapped_query
    while let Some(page) = pages.try_next().await.unwrap() { //~ unwrapped_query
        log::debug!("{}", page.0);
    }
    HttpResponse::Ok().body(format!("{count} {}", typed(None)))
}

fn typed(row: Option<scylla::frame::response::result::Row>) -> String {
    match row {
        Some(row) => row.into_typed::<(String,)>().unwrap().0, //~ unwrapped_query
        None => String::new(),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let session = SessionBuilder::new().known_node("127.0.0.1:9042").build().await.unwrap();
    let session = web::Data::new(session);
    let app = move || {
        App::new().app_data(session.clone()).service(one).service(all).service(add).service(connect).service(old)
    };
    HttpServer::new(app).bind(("127.0.0.1", 8080))?.run().await
}
