//! Requests of awc, served by actix-web.

use actix_web::{HttpResponse, error, web};
use awc::Client;

async fn rates() -> actix_web::Result<HttpResponse> {
    let client = Client::default();
    let response = client.get("https://rates.example.com").send().await;
    let mut response = response.map_err(error::ErrorBadGateway)?; //~ leaked_error
    let body = response.body().await.map_err(error::ErrorBadGateway)?; //~ leaked_error
    Ok(HttpResponse::Ok().body(body))
}

async fn order(order: web::Json<String>) -> actix_web::Result<HttpResponse> {
    let client = Client::new();
    let response = client.request(awc::http::Method::PUT, "https://orders.example.com").send_json(&order).await;
    let mut response = response.map_err(|error| {
        log::error!("not ordered: {error}");
        error::ErrorBadGateway("not ordered")
    })?;
    let number = response.json::<u64>().await.map_err(|error| {
        log::error!("no number: {error}");
        error::ErrorBadGateway("no number")
    })?;
    Ok(HttpResponse::Ok().json(number))
}

fn routes(config: &mut web::ServiceConfig) {
    config.route("/rates", web::get().to(rates)).route("/orders", web::put().to(order));
}
