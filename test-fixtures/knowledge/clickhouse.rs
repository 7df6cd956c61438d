//! Page views in ClickHouse, served by actix-web.

use actix_web::{HttpResponse, get, post, web};
use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};

#[derive(Row, Serialize, Deserialize)]
struct View {
    page: String,
    count: u64,
}

fn failed(error: clickhouse::error::Error) -> actix_web::Error {
    log::error!("ClickHouse: {error}");
    actix_web::error::ErrorInternalServerError("try again later")
}

#[get("/pages/{page}")]
async fn page(client: web::Data<Client>, page: web::Path<String>) -> HttpResponse {
    let query = client.query("SELECT page, sum(count) FROM views WHERE page = ? GROUP BY page").bind(page.as_str());
    let view = query.fetch_one::<View>().await.unwrap(); //~ unwrapped_query
    HttpResponse::Ok().json(view)
}

#[get("/pages")]
async fn pages(client: web::Data<Client>) -> actix_web::Result<HttpResponse> {
    let views: Vec<View> = client.query("SELECT ?fields FROM views").fetch_all().await.map_err(failed)?;
    let last = client.query("SELECT max(day) FROM views").fetch_optional::<u32>().await.expect("a day"); //~ unwrapped_query
    let mut cursor = client.query("SELECT ?fields FROM views").fetch::<View>().unwrap(); //~ unwrapped_query
    while let Some(view) = cursor.next().await.unwrap() { //~ unwrapped_query
        log::debug!("{}", view.page);
    }
    Ok(HttpResponse::Ok().json((views, last)))
}

#[get("/export")]
async fn export(client: web::Data<Client>) -> actix_web::Result<HttpResponse> {
    let mut lines = client.query("SELECT * FROM views").fetch_bytes("CSV").unwrap(); //~ unwrapped_query
    let first = lines.next().await.map_err(failed)?;
    let rest = lines.collect().await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().json((first.map(|bytes| bytes.len()), rest.len())))
}

#[post("/views")]
async fn add(client: web::Data<Client>, views: web::Json<Vec<View>>) -> actix_web::Result<HttpResponse> {
    let mut insert = client.insert::<View>("views").await.map_err(failed)?;
    for view in &views.0 {
        insert.write(view).await.unwrap(); //~ unwrapped_query
    }
    insert.end().await.unwrap(); //~ unwrapped_query
    let mut inserter = client.inserter::<View>("views").with_max_rows(1000);
    inserter.commit().await.expect("committed"); //~ unwrapped_query
    client.query("OPTIMIZE TABLE views").execute().await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Created().finish())
}
