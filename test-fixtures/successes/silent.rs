//! What only looks like an error that is answered as a success.

use std::future::{ready, Future};
use std::pin::Pin;

use actix_web::error::ErrorUnauthorized;
use actix_web::{dev::Payload, get, web, FromRequest, HttpRequest, HttpResponse, Responder};
use futures::StreamExt;
use serde::Serialize;
use serde_json::json;

struct Token;

/// An error in a box is an error.
impl FromRequest for Token {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Token, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        match request.headers().get("authorization") {
            Some(_) => Box::pin(ready(Ok(Token))),
            None => Box::pin(ready(Err(ErrorUnauthorized("invalid token")))),
        }
    }
}

async fn load() -> Result<Option<i64>, actix_web::Error> {
    let text = tokio::fs::read_to_string("number").await.map_err(actix_web::error::ErrorServiceUnavailable)?;
    Ok(text.parse().ok())
}

/// A piece of a stream is not the answer.
#[get("/stream")]
async fn stream(_token: Token) -> HttpResponse {
    let pieces = futures::stream::iter(["1", "x"]).map(|piece| {
        let text = match piece.parse::<i64>() {
            Ok(number) => number.to_string(),
            Err(_) => "error: no number".to_owned(),
        };
        Ok::<_, actix_web::Error>(web::Bytes::from(text))
    });
    HttpResponse::Ok().streaming(pieces)
}

/// An answer that has more to say than that something about it is wrong.
#[get("/target")]
async fn target() -> actix_web::Result<web::Json<serde_json::Value>> {
    let port = std::env::args().nth(1).unwrap_or_default();
    let answer = match port.parse::<u16>() {
        Ok(port) => json!({ "name": "home", "port": port }),
        Err(_) => json!({ "name": "home", "port": port, "error": "this is no port" }),
    };
    Ok(web::Json(answer))
}

/// JSON-RPC has a place of its own for errors.
fn rpc_error(id: &str, message: &str) -> serde_json::Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32600, "message": message } })
}

#[get("/rpc")]
async fn rpc(id: String) -> impl Responder {
    match id.parse::<u16>() {
        Ok(number) => web::Json(json!({ "jsonrpc": "2.0", "id": id, "result": number })),
        Err(_) => web::Json(rpc_error(&id, "invalid request")),
    }
}

fn absent() -> actix_web::Result<web::Json<i64>> {
    Err(actix_web::error::ErrorNotFound("not found"))
}

/// What another function returns can be an error with a status; what is `Err` of something else is data.
#[get("/whole")]
async fn whole() -> actix_web::Result<web::Json<i64>> {
    let Some(number) = load().await? else {
        return absent();
    };
    Ok(web::Json(number))
}

#[derive(Serialize)]
enum ErrorCode {
    Ok,
    Internal,
}

#[derive(Serialize)]
struct Page {
    code: ErrorCode,
    names: Vec<String>,
}

fn second_factor(name: &str) -> Result<i64, Page> {
    if name == "root" { Ok(1) } else { Err(Page { code: ErrorCode::Internal, names: Vec::new() }) }
}

/// A code that says that all is well, and an empty page where there is nothing.
#[get("/names/{name}")]
async fn names(name: web::Path<String>) -> impl Responder {
    match second_factor(&name) {
        Ok(id) => HttpResponse::Ok().json(id),
        Err(page) if page.names.is_empty() => HttpResponse::Ok().json(Page { code: ErrorCode::Ok, names: Vec::new() }),
        Err(page) => HttpResponse::Ok().json(page),
    }
}

/// The status is set afterwards.
#[get("/later")]
async fn later(name: String) -> HttpResponse {
    match name.parse::<i64>() {
        Ok(id) => HttpResponse::Ok().json(id),
        Err(_) => {
            let mut response = HttpResponse::Ok().json(json!({ "error": "this is no number" }));
            *response.status_mut() = actix_web::http::StatusCode::BAD_REQUEST;
            response
        }
    }
}

/// A stream that fails ends the response; nobody takes that for data.
#[get("/events")]
async fn events() -> HttpResponse {
    match reqwest::get("https://news.example.com").await {
        Ok(news) => HttpResponse::Ok().streaming(news.bytes_stream()),
        Err(error) => HttpResponse::Ok().streaming(futures::stream::once(async move {
            Err::<web::Bytes, _>(std::io::Error::other(format!("error: {error}")))
        })),
    }
}

/// What could be returned as an error, and never is.
#[derive(Debug, serde::Serialize)]
struct Envelope {
    message: String,
}
impl std::fmt::Display for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl actix_web::ResponseError for Envelope {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}
#[get("/envelope")]
async fn envelope() -> HttpResponse {
    HttpResponse::Ok().json(Envelope { message: "hello".to_owned() })
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(events).service(envelope);
    config.service(stream).service(target).service(rpc).service(whole).service(names).service(later);
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    actix_web::HttpServer::new(|| actix_web::App::new().configure(routes)).bind(("::", 8080))?.run().await
}
