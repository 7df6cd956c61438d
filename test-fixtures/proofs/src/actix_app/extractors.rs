//! What extractors answer when they fail.

use std::sync::Arc;

use actix_web::{get, post, web};

use crate::Named;

#[get("/data")]
async fn data(limit: web::Data<u32>) -> String {
    limit.to_string()
}

#[get("/data_wrapped")]
async fn data_wrapped(limit: web::Data<Arc<u64>>) -> String {
    limit.to_string()
}

#[get("/data_fixed")]
async fn data_fixed(limit: web::Data<u64>) -> String {
    limit.to_string()
}

#[get("/number/{id}")]
async fn number(id: web::Path<i64>) -> String {
    id.to_string()
}

#[get("/by_query")]
async fn by_query(named: web::Query<Named>) -> String {
    named.into_inner().name
}

#[post("/json")]
async fn json(named: web::Json<Named>) -> String {
    named.into_inner().name
}

#[post("/optional_json")]
async fn optional_json(named: Option<web::Json<Named>>) -> String {
    named.map_or("nobody".to_owned(), |named| named.into_inner().name)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.app_data(web::Data::new(7_u64));
    config.service(data).service(data_wrapped).service(data_fixed).service(number).service(by_query);
    config.service(json).service(optional_json);
}
