//! Rows that look as if their absence were answered as a failure, and are not, or need not be there for the client.

use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{http::StatusCode, routing::get, Json, Router};
use futures::TryStreamExt;
use sqlx::PgPool;

struct Failed(sqlx::Error);

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Failed(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        tracing::error!(error = %self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[derive(Clone, serde::Deserialize)]
struct Wanted {
    id: i64,
}

struct Post {
    id: i64,
    author: String,
}

/// An earlier query has asked for the same.
async fn asked_before(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Response> {
    let known = sqlx::query_scalar!("SELECT EXISTS(SELECT 1 FROM users WHERE id = $1)", id).fetch_one(&pool).await;
    if !known.map_err(|error| Failed(error).into_response())?.unwrap_or(false) {
        return Err(StatusCode::NOT_FOUND.into_response());
    }
    let name = sqlx::query_scalar!("SELECT name FROM users WHERE id = $1", id).fetch_one(&pool).await;
    name.map_err(|error| Failed(error).into_response())
}

/// The same under the same name, in other clothes.
async fn asked_before_by_field(State(pool): State<PgPool>, query: Query<Wanted>) -> Result<String, Failed> {
    let known = sqlx::query_scalar!("SELECT EXISTS(SELECT 1 FROM users WHERE id = $1)", &query.id).fetch_one(&pool);
    let known = known.await?;
    let query = query.to_owned();
    match known {
        Some(true) => Ok(sqlx::query_scalar!("SELECT name FROM users WHERE id = $1", &query.id).fetch_one(&pool).await?),
        _ => Ok("nobody".to_owned()),
    }
}

/// Only what says which row it is counts, and that is out of a query.
async fn set_name(pool: &PgPool, id: i64, name: String) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("UPDATE users SET name = $1 WHERE id = $2 RETURNING name").bind(name).bind(id).fetch_one(pool).await
}

async fn rename(State(pool): State<PgPool>, Path((old, new)): Path<(String, String)>) -> Result<String, Failed> {
    let id = sqlx::query_scalar("SELECT id FROM users WHERE name = $1").bind(old).fetch_optional(&pool).await?;
    match id {
        Some(id) => Ok(set_name(&pool, id, new).await?),
        None => Ok("nobody".to_owned()),
    }
}

/// A row that has just been written.
async fn author_of(pool: &PgPool, post: Post) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT mail FROM users WHERE name = $1 AND last_post = $2")
        .bind(post.author)
        .bind(post.id)
        .fetch_one(pool)
        .await
}

async fn write(State(pool): State<PgPool>, Path(author): Path<String>) -> Result<String, Failed> {
    let id = sqlx::query_scalar("INSERT INTO posts (author) VALUES ($1) RETURNING id").bind(&author);
    let id: i64 = id.fetch_one(&pool).await?;
    Ok(author_of(&pool, Post { id, author }).await?)
}

/// What a text that is not known looks for.
async fn unknown(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Failed> {
    let name = sqlx::query_scalar(&sql_for("name")).bind(id).fetch_one(&pool).await?;
    Ok(name)
}

fn sql_for(column: &str) -> String {
    [column, "users"].join(" ")
}

/// The condition looks into the error.
async fn looks(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Response> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_one(&pool).await;
    name.map_err(|error| {
        if error.to_string().contains("no rows") {
            return StatusCode::NOT_FOUND.into_response();
        }
        Failed(error).into_response()
    })
}

/// What is asked of the row is false where there is none.
async fn asked_by_value(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Response> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_optional(&pool).await;
    let name: Option<String> = name.map_err(|error| Failed(error).into_response())?;
    let is_valid = name.to_owned().map_or(false, |name| name.len() > 3);
    if !is_valid {
        return Err(StatusCode::BAD_REQUEST.into_response());
    }
    Ok(name.unwrap())
}

/// How many there are has been asked.
async fn counted(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Json<String>, Failed> {
    let names = sqlx::query_scalar("SELECT name FROM users WHERE team = $1").bind(id);
    let mut names: Vec<String> = names.fetch_all(&pool).await?;
    if names.len() != 1 {
        return Ok(Json("many".to_owned()));
    }
    Ok(Json(names.remove(0)))
}

/// A stream of rows ends where there are none.
async fn streamed(State(pool): State<PgPool>, Path(team): Path<i64>) -> Result<Json<Vec<String>>, Failed> {
    let names = sqlx::query_scalar!("SELECT name FROM users WHERE team = $1", team).fetch(&pool);
    Ok(Json(names.try_collect().await?))
}

/// What is asked instead can fail; that the first was not there is no failure.
async fn asked_instead(State(pool): State<PgPool>, Path(key): Path<String>) -> Result<Json<String>, Failed> {
    let by_mail = sqlx::query_scalar("SELECT name FROM users WHERE mail = $1").bind(&key).fetch_optional(&pool).await?;
    let name: Option<String> = if let Some(name) = by_mail {
        Some(name)
    } else {
        sqlx::query_scalar("SELECT name FROM users WHERE name = $1").bind(&key).fetch_optional(&pool).await?
    };
    Ok(Json(name.unwrap_or_else(|| "nobody".to_owned())))
}

/// Who is asking, as the service itself has signed it.
#[derive(serde::Deserialize)]
struct Claims {
    sub: i64,
}
fn verified(token: &str) -> Result<Claims, jsonwebtoken::errors::Error> {
    let key = jsonwebtoken::DecodingKey::from_secret(b"secret");
    Ok(jsonwebtoken::decode::<Claims>(token, &key, &jsonwebtoken::Validation::default())?.claims)
}
async fn name_of(pool: &PgPool, id: i64) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_one(pool).await
}
async fn put_there(State(pool): State<PgPool>, Extension(caller): Extension<Post>) -> Result<String, Failed> {
    Ok(name_of(&pool, caller.id).await?)
}
async fn signed(State(pool): State<PgPool>, token: String) -> Result<String, Failed> {
    let Ok(claims) = verified(&token) else { return Ok("nobody".to_owned()) };
    Ok(name_of(&pool, claims.sub).await?)
}

/// Whether it is there has been asked: by a function that says so, in a condition.
async fn exists(pool: &PgPool, id: i64) -> bool {
    let known = sqlx::query_scalar::<_, i64>("SELECT id FROM teams WHERE id = $1").bind(id).fetch_optional(pool).await;
    matches!(known, Ok(Some(_)))
}
async fn asked_by_function(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Response, Failed> {
    if !exists(&pool, id).await {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let name: String = sqlx::query_scalar("SELECT name FROM teams WHERE id = $1").bind(id).fetch_one(&pool).await?;
    Ok(name.into_response())
}
async fn asked_by_answer(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Response, Failed> {
    let there = exists(&pool, id).await;
    if !there {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let name: String = sqlx::query_scalar("SELECT name FROM teams WHERE id = $1").bind(id).fetch_one(&pool).await?;
    Ok(name.into_response())
}
async fn asked_in_condition(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Response, Failed> {
    let known = sqlx::query_scalar::<_, i64>("SELECT id FROM teams WHERE id = $1");
    if known.bind(id).fetch_optional(&pool).await?.is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let name: String = sqlx::query_scalar("SELECT name FROM teams WHERE id = $1").bind(id).fetch_one(&pool).await?;
    Ok(name.into_response())
}

/// What fails where nothing was found is something else.
async fn put(pool: &PgPool, id: i64) -> Result<(), sqlx::Error> {
    let known = sqlx::query_scalar::<_, i64>("SELECT id FROM teams WHERE id = $1").bind(id).fetch_optional(pool).await?;
    match known {
        Some(id) => sqlx::query("UPDATE teams SET seen = now() WHERE id = $1").bind(id).execute(pool).await?,
        None => sqlx::query("INSERT INTO teams (id) VALUES ($1)").bind(id).execute(pool).await?,
    };
    Ok(())
}
async fn written_instead(State(pool): State<PgPool>, Path(id): Path<i64>) -> StatusCode {
    match put(&pool, id).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!(%error);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
async fn refused_instead(State(pool): State<PgPool>, Path(id): Path<i64>) -> StatusCode {
    if name_of(&pool, id).await.is_ok() {
        tracing::debug!("known");
    } else if let Err(error) = sqlx::query("INSERT INTO users (id) VALUES ($1)").bind(id).execute(&pool).await {
        tracing::error!(%error);
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::NO_CONTENT
}

/// One caller brings the key along and says 404; the other one has it from the database, and fails.
async fn mail_of(pool: &PgPool, id: i64) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT mail FROM users WHERE id = $1").bind(id).fetch_one(pool).await
}
async fn told_apart(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, StatusCode> {
    mail_of(&pool, id).await.map_err(|error| match error {
        sqlx::Error::RowNotFound => StatusCode::NOT_FOUND,
        error => {
            tracing::error!(%error);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    })
}
async fn of_lead(State(pool): State<PgPool>, Path(team): Path<i64>) -> Result<String, Response> {
    let lead = sqlx::query_scalar("SELECT lead FROM teams WHERE id = $1").bind(team).fetch_optional(&pool).await;
    let lead: Option<i64> = lead.map_err(|error| Failed(error).into_response())?;
    let lead = lead.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    mail_of(&pool, lead).await.map_err(|error| Failed(error).into_response())
}

/// A handler that brings no key along passes none.
async fn listed(pool: &PgPool, team: Option<i64>) -> Result<String, sqlx::Error> {
    match team {
        Some(team) => sqlx::query_scalar("SELECT name FROM teams WHERE id = $1").bind(team).fetch_one(pool).await,
        None => Ok("all".to_owned()),
    }
}
async fn without_key(State(pool): State<PgPool>, Path(_): Path<i64>) -> Result<String, Failed> {
    Ok(listed(&pool, None).await?)
}
/// The row has been read before, by the same key.
async fn read_before(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Response> {
    let lead = sqlx::query_scalar::<_, i64>("SELECT lead FROM teams WHERE id = $1").bind(id).fetch_optional(&pool).await;
    let lead = lead.map_err(|error| Failed(error).into_response())?;
    let lead = lead.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let name = listed(&pool, Some(id)).await.map_err(|error| Failed(error).into_response())?;
    Ok(format!("{name} {lead}"))
}

/// A function that was given the row says what to do.
enum Action { Insert, Refresh }
fn action(known: Option<&str>) -> Action {
    if known.is_some() { Action::Refresh } else { Action::Insert }
}
async fn decided_elsewhere(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id);
    let name: Option<String> = name.fetch_optional(&pool).await?;
    let action = action(name.as_deref());
    match action {
        Action::Insert => Ok("new".to_owned()),
        Action::Refresh => Ok(name.expect("it was there")),
    }
}

/// Who is asking has been looked up by the extractor.
struct Member {
    id: i64,
}
impl axum::extract::FromRequestParts<PgPool> for Member {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, pool: &PgPool) -> Result<Self, StatusCode> {
        let token = parts.headers.get("token").and_then(|token| token.to_str().ok()).ok_or(StatusCode::UNAUTHORIZED)?;
        let id = sqlx::query_scalar("SELECT id FROM users WHERE token = $1").bind(token).fetch_optional(pool).await;
        let id: Option<i64> = id.map_err(|error| {
            tracing::error!(%error);
            StatusCode::INTERNAL_SERVER_ERROR
        })?;
        id.map(|id| Member { id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}
async fn of_member(State(pool): State<PgPool>, member: Member) -> Result<String, Failed> {
    Ok(name_of(&pool, member.id).await?)
}

// What has just been inserted is there.
async fn inserted(State(pool): State<PgPool>, Path((team, name)): Path<(i64, String)>) -> Result<String, Failed> {
    sqlx::query("INSERT INTO members (team, name) VALUES ($1, $2)").bind(team).bind(&name).execute(&pool).await?;
    let id = sqlx::query_scalar("SELECT id FROM members WHERE team = $1 AND name = $2");
    Ok(id.bind(team).bind(&name).fetch_one(&pool).await?)
}

fn app() -> Router<PgPool> {
    Router::new()
        .route("/16/{id}", get(written_instead))
        .route("/17/{id}", get(refused_instead))
        .route("/18/{id}", get(told_apart))
        .route("/19/{id}", get(of_lead))
        .route("/20/{id}", get(without_key))
        .route("/21/{id}", get(read_before))
        .route("/22/{id}", get(decided_elsewhere))
        .route("/23", get(of_member))
        .route("/24/{team}/{name}", get(inserted))
        .route("/9/{team}", get(streamed))
        .route("/15/{key}", get(asked_instead))
        .route("/10", get(put_there))
        .route("/11", get(signed))
        .route("/12/{id}", get(asked_by_function))
        .route("/13/{id}", get(asked_by_answer))
        .route("/14/{id}", get(asked_in_condition))
        .route("/1/{id}", get(asked_before))
        .route("/8/{id}", get(asked_by_value))
        .route("/7", get(asked_before_by_field))
        .route("/2/{old}/{new}", get(rename))
        .route("/3/{author}", get(write))
        .route("/4/{id}", get(unknown))
        .route("/5/{id}", get(looks))
        .route("/6/{id}", get(counted))
}
