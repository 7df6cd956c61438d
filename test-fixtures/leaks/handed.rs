// Errors that are handed to the framework in other ways than by `?`, and texts taken out of errors that were told before.
use actix_web::{App, HttpResponse, ResponseError, get, web};
use sqlx::PgPool;

#[derive(Debug, thiserror::Error)]
enum Into1 {
    #[error("db: {0}")]
    Db(#[from] sqlx::Error),
}
impl ResponseError for Into1 {} //~ leaked_error

async fn one(pool: &PgPool) -> Result<i64, Into1> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM a").fetch_one(pool).await?)
}
#[get("/a")]
async fn a(pool: web::Data<PgPool>) -> Result<HttpResponse, actix_web::Error> {
    match one(&pool).await {
        Ok(count) => Ok(HttpResponse::Ok().json(count)),
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, thiserror::Error)]
enum Tail {
    #[error("db: {0}")]
    Db(#[from] sqlx::Error),
}
impl ResponseError for Tail {} //~ leaked_error

async fn two(pool: &PgPool) -> Result<i64, Tail> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM b").fetch_one(pool).await?)
}
#[get("/b")]
async fn b(pool: web::Data<PgPool>) -> actix_web::Result<HttpResponse> {
    two(&pool).await.map(|count| HttpResponse::Ok().json(count)).map_err(Into::into)
}

// Nobody hands this one over.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error("db: {0}")]
    Db(#[from] sqlx::Error),
}
impl ResponseError for Unsent {}

async fn three(pool: &PgPool) -> Result<i64, Unsent> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM c").fetch_one(pool).await?)
}
#[get("/c")]
async fn c(pool: web::Data<PgPool>) -> actix_web::Result<HttpResponse> {
    three(&pool).await.map(|count| HttpResponse::Ok().json(count)).map_err(|error| {
        log::error!("{error}");
        actix_web::error::ErrorInternalServerError("not counted")
    })
}

#[get("/d")]
async fn d(pool: web::Data<PgPool>) -> HttpResponse {
    match sqlx::query("INSERT INTO d DEFAULT VALUES").execute(pool.get_ref()).await {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(error) => {
            log::error!("{error}");
            let text = match error {
                sqlx::Error::Database(inner) => format!("db: {inner}"), //~ leaked_error
                _ => "failed".to_owned(),
            };
            HttpResponse::InternalServerError().body(text)
        }
    }
}
#[get("/e")]
async fn e(pool: web::Data<PgPool>) -> HttpResponse {
    match sqlx::query("INSERT INTO e DEFAULT VALUES").execute(pool.get_ref()).await {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(error) => {
            log::error!("{error}");
            let text = match error {
                sqlx::Error::Database(inner) if inner.is_unique_violation() => "there is one".to_owned(),
                _ => "failed".to_owned(),
            };
            HttpResponse::InternalServerError().body(text)
        }
    }
}

// One function for the client's faults and the service's: the conversion says which.
#[derive(Debug)]
struct Api {
    status: actix_web::http::StatusCode,
    message: String,
}
impl Api {
    fn of(error: &dyn std::error::Error, status: actix_web::http::StatusCode) -> Self {
        Self { status, message: error.to_string() }
    }
}
impl From<std::io::Error> for Api {
    fn from(error: std::io::Error) -> Self {
        Api::of(&error, actix_web::http::StatusCode::INTERNAL_SERVER_ERROR) //~ leaked_error
    }
}
impl From<std::num::ParseIntError> for Api {
    fn from(error: std::num::ParseIntError) -> Self {
        Api::of(&error, actix_web::http::StatusCode::BAD_REQUEST)
    }
}
impl std::fmt::Display for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl ResponseError for Api {
    fn status_code(&self) -> actix_web::http::StatusCode {
        self.status
    }
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).body(self.message.clone())
    }
}
#[get("/f/{number}")]
async fn f(number: web::Path<String>) -> Result<String, Api> {
    let number: usize = number.parse()?;
    let text = std::fs::read_to_string("/srv/lines")?;
    Ok(text.lines().nth(number).unwrap_or_default().to_owned())
}

fn main() {
    drop(App::new().service(a).service(b).service(c).service(d).service(e).service(f));
}
