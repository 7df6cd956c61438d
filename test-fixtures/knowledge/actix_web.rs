//! Extractors called by hand in actix-web.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, FromRequest, HttpRequest, HttpResponse, HttpServer, get, web};
use sqlx::PgPool;

struct User(i64);
struct Token(String);

impl FromRequest for User {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pool = request.app_data::<web::Data<PgPool>>().cloned();
        Box::pin(async move {
            let pool = pool.ok_or_else(|| actix_web::error::ErrorInternalServerError("no pool"))?;
            let id = sqlx::query_scalar("SELECT id FROM users LIMIT 1").fetch_one(pool.get_ref()).await;
            Ok(User(id.unwrap())) //~ unwrapped_query
        })
    }
}

impl FromRequest for Token {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Token(std::env::var("TOKEN").unwrap()))) //~ request_time_env
    }
}

#[get("/me")]
async fn me(request: HttpRequest) -> Result<HttpResponse, Error> {
    let user = request.extract::<User>().await?;
    Ok(HttpResponse::Ok().body(user.0.to_string()))
}

async fn check(mut request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let token = request.extract::<Token>().await?;
    log::debug!("{}", token.0.len());
    if let Some(pool) = request.app_data::<web::Data<PgPool>>() {
        sqlx::query("SELECT 1").execute(pool.get_ref()).await.unwrap(); //~ unwrapped_query
    }
    let pool = request.request().app_data::<web::Data<PgPool>>().cloned().expect("the pool is app data");
    sqlx::query("SELECT 1").execute(pool.get_ref()).await.unwrap(); //~ unwrapped_query
    let response: ServiceResponse<_> = next.call(request).await?;
    if let Some(pool) = response.request().app_data::<web::Data<PgPool>>() {
        sqlx::query("SELECT 1").execute(pool.get_ref()).await.unwrap(); //~ unwrapped_query
    }
    Ok(response)
}

#[get("/users/{id}")]
async fn user(request: HttpRequest) -> HttpResponse {
    let id: i32 = request.match_info().get("id").unwrap().parse().unwrap(); //~ unwrapped_input
    HttpResponse::Ok().body(id.to_string())
}

#[get("/shared")]
async fn shared(pool: web::Data<PgPool>) -> Result<HttpResponse, Error> {
    let again = web::Data::from(Arc::new(pool.get_ref().clone()));
    let count: i64 = sqlx::query_scalar("SELECT 1").fetch_one(again.get_ref()).await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().body(count.to_string()))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let server = HttpServer::new(|| App::new().wrap(from_fn(check)).service(me).service(user).service(shared));
    server.bind(("127.0.0.1", 8080))?.run().await
}
