//! Errors that reach no answer because every caller throws them away, and branches in which something else fails.

use axum::response::{IntoResponse, Response};
use axum::{Json, Router, extract::{Path, Request, State}, http::StatusCode, middleware::{self, Next}, routing::get};
use sea_orm::{DatabaseConnection, entity::prelude::*};
use sqlx::{PgPool, Row};

fn update() -> sqlx::query::Query<'static> {
    sqlx::query("UPDATE birds SET n = n + 1")
}

#[derive(Debug)]
enum Failure {
    Internal(&'static str),
    Refused,
    Database(String),
}
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Failure::Internal(text) => (StatusCode::INTERNAL_SERVER_ERROR, text).into_response(),
            Failure::Refused => StatusCode::BAD_REQUEST.into_response(),
            Failure::Database(text) => {
                tracing::error!("{text}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

// Every caller goes on without it: no answer is made of it.
async fn owner(pool: &PgPool) -> Result<String, Failure> {
    let name = sqlx::query_scalar("SELECT name FROM owners").fetch_one(pool);
    name.await.map_err(|_| Failure::Internal("no owner")) //~ swallowed_error // goes on without it
}
async fn counted(pool: &PgPool) -> Result<(), Failure> {
    update().execute(pool).await.map_err(|_| Failure::Refused)?; //~ swallowed_error // goes on without it
    Ok(())
}
async fn with_owner(State(pool): State<PgPool>) -> String {
    let _ = counted(&pool).await;
    if let Ok(owner) = owner(&pool).await {
        return owner;
    }
    owner(&pool).await.ok().unwrap_or_default()
}

async fn shown(pool: &PgPool) -> Result<(), Failure> {
    update().execute(pool).await.map_err(|_| Failure::Internal("not shown"))?; //~ swallowed_error // goes on without it
    Ok(())
}
async fn admitted(pool: &PgPool) -> Result<(), Failure> {
    update().execute(pool).await.map_err(|_| Failure::Internal("not admitted"))?; //~ swallowed_error // what comes of it is a 401
    Ok(())
}
async fn admitting(State(pool): State<PgPool>) -> StatusCode {
    if admitted(&pool).await.is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    match shown(&pool).await {
        Ok(()) => StatusCode::CREATED,
        Err(_) => StatusCode::OK,
    }
}

// One of the callers answers it.
async fn answered_once(pool: &PgPool) -> Result<(), Failure> {
    update().execute(pool).await.map_err(|_| Failure::Internal("not counted"))?; //~ dropped_cause
    Ok(())
}
async fn answering(State(pool): State<PgPool>) -> Result<String, Failure> {
    answered_once(&pool).await.ok();
    answered_once(&pool).await?;
    Ok(String::new())
}

// What fails in the other branch answers for itself.
async fn added(State(pool): State<PgPool>) -> StatusCode {
    if update().execute(&pool).await.is_ok() { //~ swallowed_error
        return StatusCode::OK;
    } else if let Err(error) = sqlx::query("INSERT INTO birds VALUES (1)").execute(&pool).await {
        tracing::error!(%error);
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::CREATED
}

// One branch takes the failure for success, the other one keeps it.
async fn inserted(db: &DatabaseConnection, record: ActiveModel) -> Result<(), Failure> {
    let res = Entity::insert(record).exec(db).await;
    match res {
        Ok(_) => Ok(()),
        Err(DbErr::Exec(RuntimeErr::SqlxError(SqlxError::Database(e)))) => {
            if e.is_unique_violation() {
                Ok(())
            } else {
                Err(Failure::Database(e.to_string()))
            }
        }
        Err(e) => Err(Failure::Database(e.to_string())),
    }
}
async fn insert(State(db): State<DatabaseConnection>) -> Result<StatusCode, Failure> {
    inserted(&db, ActiveModel {}).await?;
    Ok(StatusCode::CREATED)
}

// A fixed text does not say why; what is called has a name, unless other implementations call something else.
async fn noted(State(pool): State<PgPool>) -> StatusCode {
    match update().execute(&pool).await {
        Ok(_) => StatusCode::OK,
        Err(_) => { //~ dropped_cause // what is reported does not say why
            tracing::error!("cannot count the birds");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
async fn linked(base: String) -> Result<String, StatusCode> {
    let url = url::Url::parse(&base).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause // the error of `url::Url::parse`
    Ok(url.to_string())
}
trait Store {
    async fn check(&self) -> std::io::Result<()>;
}
struct Disk;
impl Store for Disk {
    async fn check(&self) -> std::io::Result<()> {
        tokio::fs::read("check").await.map(drop)
    }
}
struct Nothing;
impl Store for Nothing {
    async fn check(&self) -> std::io::Result<()> {
        Ok(())
    }
}
async fn ready(State(store): State<std::sync::Arc<dyn Store>>) -> StatusCode {
    match store.check().await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE, //~ dropped_cause // the error of a call, which
    }
}

// A function that a type does not have is that of the trait, not that of another type; a path says of which trait.
trait Crud: Sized {
    async fn read(_: &PgPool) -> Result<Self, sqlx::Error> {
        Err(sqlx::Error::RowNotFound)
    }
}
struct Owner;
impl Crud for Owner {
    async fn read(pool: &PgPool) -> Result<Self, sqlx::Error> {
        update().execute(pool).await.map(|_| Owner)
    }
}
struct Nest;
impl Crud for Nest {}
trait Parts {
    fn parts(pool: &PgPool) -> Vec<String>;
}
impl Nest {
    async fn parts(pool: &PgPool) -> Vec<String> {
        names().fetch_all(pool).await.unwrap_or_default() //~ swallowed_error // GET /nests → nests → Nest::parts
    }
}
impl Parts for Nest {
    fn parts(_: &PgPool) -> Vec<String> {
        Vec::new()
    }
}
async fn parted(State(pool): State<PgPool>) -> Json<Vec<String>> {
    Json(<Nest as Parts>::parts(&pool))
}
async fn nests(State(pool): State<PgPool>) -> Json<Vec<String>> {
    Nest::read(&pool).await.ok();
    let _ = <Nest as Crud>::read(&pool).await;
    Owner::read(&pool).await.ok(); //~ swallowed_error
    Json(Nest::parts(&pool).await)
}
fn names() -> sqlx::query::QueryScalar<'static, String> {
    sqlx::query_scalar("SELECT name FROM birds")
}

// A lock ends by itself.
struct Lease(redis::aio::MultiplexedConnection);
impl Lease {
    async fn release(&mut self) -> redis::RedisResult<()> {
        redis::cmd("DEL").arg("lease").query_async(&mut self.0).await
    }
    async fn publish(&mut self) -> redis::RedisResult<()> {
        redis::cmd("PUBLISH").arg("lease").query_async(&mut self.0).await
    }
}
async fn leased(State(connection): State<redis::aio::MultiplexedConnection>) -> StatusCode {
    let mut lease = Lease(connection);
    let _ = lease.publish().await; //~ swallowed_error
    let _ = lease.release().await;
    StatusCode::OK
}
// Something else that is called so does not.
async fn freed(State(connection): State<redis::aio::MultiplexedConnection>) -> StatusCode {
    let mut seat = Lease(connection);
    let _ = seat.release().await; //~ swallowed_error
    StatusCode::OK
}

// What is read for the text of an error, or for a log, may be missing there.
async fn forwarded() -> Result<String, String> {
    let response = reqwest::get("https://birds.example.com").await.map_err(|error| error.to_string())?;
    if response.status().is_success() {
        return response.text().await.map_err(|error| error.to_string());
    }
    let status = response.status();
    let body = response.text().await.unwrap_or_default();
    Err(format!("{status}: {body}"))
}
async fn forward() -> Result<String, StatusCode> {
    let response = reqwest::get("https://birds.example.com").await.map_err(logged)?;
    let body = response.text().await.unwrap_or_default();
    tracing::info!("answered {body}");
    let other = reqwest::get("https://birds.example.com/nests").await.map_err(logged)?;
    let text = other.text().await.unwrap_or_default(); //~ swallowed_error // something else takes its place
    tracing::info!("answered {text}");
    forwarded().await.map_err(logged).map(|first| first + &text)
}
fn logged(error: impl std::fmt::Display) -> StatusCode {
    tracing::error!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

// Whether a file is there.
async fn sized(Path(path): Path<String>, mut response: Response) -> Response {
    if let Ok(found) = std::fs::metadata(&path) {
        response.headers_mut().insert("x-size", found.len().into());
    }
    if tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    response
}

// What is returned in any case; a list of nothing; a column.
async fn listed(State(pool): State<PgPool>) -> Response {
    let rows = sqlx::query("SELECT name FROM birds").fetch_all(&pool).await;
    let rows = match rows {
        Ok(rows) => rows,
        Err(_) => Vec::new(), //~ swallowed_error // it looks as if there were nothing
    };
    let names: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("name").unwrap_or_default()) //~ swallowed_error // when the column cannot be read
        .collect();
    Json(names).into_response()
}
async fn passed(State(pool): State<PgPool>, mut request: Request, next: Next) -> Response {
    let name: String = match sqlx::query_scalar("SELECT name FROM owners").fetch_one(&pool).await {
        Ok(name) => name,
        Err(_) => return next.run(request).await, //~ swallowed_error // goes on without it
    };
    request.extensions_mut().insert(name);
    next.run(request).await
}

fn main() {
    let _: Router = Router::new()
        .route("/another", get(parted))
        .route("/nests", get(nests))
        .route("/noted", get(noted))
        .route("/linked", get(linked))
        .route("/ready", get(ready))
        .route("/leased", get(leased))
        .route("/freed", get(freed))
        .route("/forward", get(forward))
        .route("/sized/{path}", get(sized))
        .route("/listed", get(listed))
        .layer(middleware::from_fn(passed))
        .route("/owner", get(with_owner))
        .route("/admitting", get(admitting))
        .route("/answering", get(answering))
        .route("/insert", get(insert))
        .route("/added", get(added));
}
