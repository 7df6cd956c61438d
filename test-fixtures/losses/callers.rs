//! Errors that get lost in a function whose callers answer what it gives them instead, and what is said of them: the
//! comment behind the mark is the end of the note.

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, http::StatusCode, http::request::Parts, routing::get};
use futures::stream;
use sqlx::PgPool;

fn update() -> sqlx::query::Query<'static> {
    sqlx::query("UPDATE birds SET n = n + 1")
}
fn names() -> sqlx::query::QueryScalar<'static, String> {
    sqlx::query_scalar("SELECT name FROM birds")
}

// Every caller answers 5xx: the client is told, whoever is on call is not.
async fn first(pool: &PgPool) -> Option<String> {
    names().fetch_one(pool).await.ok() //~ dropped_cause
}
async fn first_of_all(pool: &PgPool) -> Option<String> {
    match first(pool).await {
        Some(name) => Some(name.to_uppercase()),
        None => None,
    }
}
async fn kept(pool: &PgPool) -> bool {
    update().execute(pool).await.is_ok() //~ dropped_cause
}
async fn counted(pool: &PgPool) -> bool {
    match update().execute(pool).await {
        Ok(_) => true,
        Err(_) => false, //~ dropped_cause
    }
}
async fn named(pool: &PgPool) -> Result<Vec<String>, &'static str> {
    names().fetch_all(pool).await.map_err(|_| "no names") //~ dropped_cause
}
async fn told(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let first = first_of_all(&pool).await.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    let kept = kept(&pool).await;
    if !kept {
        return Err(StatusCode::BAD_GATEWAY);
    }
    if !counted(&pool).await {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    match named(&pool).await {
        Ok(names) => Ok(names.join(&first)),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

// A caller logs what was made of it, another one answers another error: nothing is known of the status.
#[derive(Debug, thiserror::Error)]
#[error("there is no nest")]
struct Lost;
async fn nested(pool: &PgPool) -> Result<String, Lost> {
    names().fetch_one(pool).await.map_err(|_| Lost)
}
struct FieldError(&'static str);
async fn field(pool: &PgPool) -> Result<String, FieldError> {
    match names().fetch_one(pool).await {
        Ok(name) => Ok(name),
        Err(_) => Err(FieldError("no name")),
    }
}
async fn logged(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let nest = nested(&pool).await.map_err(|error| {
        tracing::error!(%error);
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    Ok(field(&pool).await.map_or(nest, |name| name))
}

// A caller takes it for the client's fault; another one for nothing at all.
async fn found(pool: &PgPool) -> Option<String> {
    names().fetch_one(pool).await.ok() //~ swallowed_error // what comes of it is a 404
}
async fn all(pool: &PgPool) -> Option<Vec<String>> {
    names().fetch_all(pool).await.ok() //~ swallowed_error // it looks as if there were nothing
}
async fn blamed(State(pool): State<PgPool>) -> Result<Json<Vec<String>>, StatusCode> {
    let found = found(&pool).await.ok_or(StatusCode::NOT_FOUND)?;
    let mut all = all(&pool).await.unwrap_or_default();
    all.push(found);
    Ok(Json(all))
}
async fn checked(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    all(&pool).await.map(|all| all.join(",")).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

// What is left of it in the function itself.
struct User(String);
impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if let Some(pool) = parts.extensions.get::<PgPool>() {
            if let Ok(name) = names().fetch_one(pool).await { //~ swallowed_error // the client gets a 401
                return Ok(User(name));
            }
        }
        Err(StatusCode::UNAUTHORIZED)
    }
}
async fn left(State(pool): State<PgPool>, user: User) -> Response {
    update().execute(&pool).await.ok(); //~ swallowed_error // the request goes on as if nothing had happened
    let known = names().fetch_one(&pool).await.is_ok(); //~ swallowed_error // the failure is taken for a yes or no
    let names = names().fetch_all(&pool).await.unwrap_or_default(); //~ swallowed_error // something else takes its place
    let outcome = update().execute(&pool).await;
    let failed = outcome.is_err();
    report(outcome);
    if failed {
        return StatusCode::ACCEPTED.into_response();
    }
    let counted = update().execute(&pool).await;
    let status = match &counted {
        Ok(_) => "hit",
        Err(_) => "error",
    };
    elsewhere::count(status);
    if let Err(error) = counted {
        tracing::error!(%error);
    }
    Json((user.0, known, names)).into_response()
}
fn report(outcome: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) {
    elsewhere::send(outcome);
}

// What only looks at an error: whoever gives it has it.
fn code(error: &sqlx::Error) -> u8 {
    match error {
        sqlx::Error::RowNotFound => 1,
        _ => 2,
    }
}
async fn classified(State(pool): State<PgPool>) -> Json<(u8, String)> {
    match names().fetch_one(&pool).await {
        Ok(name) => Json((0, name)),
        Err(error) => Json((code(&error), error.to_string())),
    }
}

// What is sent later says why; a header that cannot but be valid.
async fn streamed(State(pool): State<PgPool>) -> Response {
    match names().fetch_one(&pool).await {
        Ok(name) => name.into_response(),
        Err(error) => events::streaming(stream::once(async move { Err::<String, Failed>(Failed(error.to_string())) })),
    }
}
struct Failed(String);

// What is lost on the way to an error; an answer that says that it failed.
async fn described(pool: &PgPool) -> Result<String, FieldError> {
    match names().fetch_one(pool).await {
        Ok(name) => Ok(name),
        Err(error) => {
            let text = match error {
                sqlx::Error::RowNotFound => "no name",
                _ => "internal error",
            };
            Err(FieldError(text))
        }
    }
}
#[derive(serde::Serialize)]
struct Status {
    status: String,
}
async fn answered(State(pool): State<PgPool>) -> Response {
    match described(&pool).await {
        Ok(name) => name.into_response(),
        Err(_) => Json(Status { status: "never".to_owned() }).into_response(),
    };
    match update().execute(&pool).await {
        Ok(_) => StatusCode::CREATED.into_response(),
        Err(_) => (StatusCode::OK, Json(Status { status: "could not count the birds".to_owned() })).into_response(),
    }
}
async fn header() -> Result<Response, StatusCode> {
    let age = headers::Value::from_str(&3600_i32.to_string()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let name = headers::Value::from_str("none").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(headers::respond(age, name))
}

fn main() {
    let _: Router = Router::new()
        .route("/told", get(told))
        .route("/logged", get(logged))
        .route("/blamed", get(blamed))
        .route("/checked", get(checked))
        .route("/left", get(left))
        .route("/classified", get(classified))
        .route("/streamed", get(streamed))
        .route("/answered", get(answered))
        .route("/header", get(header));
}
