//! Errors that are answered as a success in ways that are easily missed.

use actix_web::{get, web, HttpResponse, Responder, ResponseError};
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
struct Envelope {
    success: bool,
    message: String,
    id: Option<i64>,
}

impl Envelope {
    fn failure(message: &str) -> Self {
        Envelope { success: false, message: message.to_owned(), id: None }
    }
}

#[derive(Serialize)]
struct Outcome {
    status: String,
}

async fn load() -> Result<Option<i64>, std::io::Error> {
    Ok(tokio::fs::read_to_string("number").await?.parse().ok())
}

/// A function of the project makes the body, a field says it, a local holds it.
#[get("/made")]
async fn made() -> impl Responder {
    let loaded = load().await;
    match loaded {
        Ok(Some(id)) => HttpResponse::Ok().json(Envelope { success: true, message: "there".to_owned(), id: Some(id) }),
        Ok(None) => HttpResponse::Ok().json(Envelope::failure("there is none")), //~ error_as_success
        Err(error) => {
            log::error!("{error}");
            let body = Outcome { status: "could not load the number".to_owned() };
            HttpResponse::Ok().json(body) //~ error_as_success
        }
    }
}

/// The status stands around the branches.
#[get("/around")]
async fn around() -> HttpResponse {
    let text = match load().await {
        Ok(Some(id)) => id.to_string(),
        Ok(None) => String::new(),
        Err(error) => format!("Error: {error:?}"), //~ error_as_success
    };
    HttpResponse::Ok().body(text)
}

/// What is left when it has succeeded is failure; a condition and a closure say so, too.
#[get("/left")]
async fn left(id: web::Path<i64>) -> HttpResponse {
    let loaded = load().await.inspect_err(|error| log::error!("{error}"));
    if loaded.is_err() {
        return HttpResponse::Ok().json(json!({ "ok": false, "code": 17 })); //~ error_as_success
    }
    let answer = loaded.ok().flatten().map(|id| HttpResponse::Ok().json(id));
    answer.unwrap_or_else(|| HttpResponse::Ok().json(json!({ "status": "error", "id": *id }))) //~ error_as_success
}

/// Where the status is that of some variants only.
#[derive(Debug, thiserror::Error)]
#[error("sorry")]
enum Failure {
    Missing,
    Broken(#[from] std::io::Error),
}

impl ResponseError for Failure {
    fn status_code(&self) -> actix_web::http::StatusCode {
        match self {
            Failure::Missing => actix_web::http::StatusCode::NOT_FOUND,
            Failure::Broken(_) => actix_web::http::StatusCode::OK, //~ error_as_success
        }
    }
}

#[get("/some")]
async fn some() -> Result<HttpResponse, Failure> {
    let loaded = load().await.inspect_err(|error| log::error!("{error}"))?;
    loaded.map(|id| HttpResponse::Ok().json(id)).ok_or(Failure::Missing)
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(made).service(around).service(left).service(some);
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    actix_web::HttpServer::new(|| actix_web::App::new().configure(routes)).bind(("::", 8080))?.run().await
}
