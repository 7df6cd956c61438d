//! Who is asking, by tokens and sessions, served by actix-web. That what they name is not there is no 404.

use actix_session::Session;
use actix_web::{HttpResponse, error, get, web};
use jsonwebtoken::{DecodingKey, Validation};
use sqlx::PgPool;

#[derive(serde::Deserialize)]
struct Claims {
    sub: i64,
}

async fn name_of(pool: &PgPool, id: i64) -> actix_web::Result<String> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_one(pool).await;
    name.map_err(|error| {
        log::error!("no name: {error}");
        error::ErrorInternalServerError("no name")
    })
}

#[get("/me")]
async fn me(pool: web::Data<PgPool>, token: web::Header<String>) -> actix_web::Result<HttpResponse> {
    let key = DecodingKey::from_secret(b"secret");
    let token = jsonwebtoken::decode::<Claims>(&token, &key, &Validation::default());
    let claims = token.map_err(error::ErrorUnauthorized)?.claims;
    Ok(HttpResponse::Ok().body(name_of(&pool, claims.sub).await?)) // silent: signed
}

#[get("/session")]
async fn by_session(pool: web::Data<PgPool>, session: Session) -> actix_web::Result<HttpResponse> {
    let Some(id) = session.get::<i64>("user")? else { return Ok(HttpResponse::Unauthorized().finish()) };
    Ok(HttpResponse::Ok().body(name_of(&pool, id).await?)) // silent: kept by the service
}

#[get("/users/{id}")]
async fn by_id(pool: web::Data<PgPool>, id: web::Path<i64>) -> actix_web::Result<HttpResponse> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(*id);
    let name: String = name.fetch_one(pool.get_ref()).await.map_err(|error| { //~ missing_not_found
        log::error!("no name: {error}");
        error::ErrorInternalServerError("no name")
    })?;
    Ok(HttpResponse::Ok().body(name))
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(me).service(by_session).service(by_id);
}
