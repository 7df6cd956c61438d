//! Errors that reach no answer because every caller throws them away, and branches in which something else fails.

use axum::response::{IntoResponse, Response};
use axum::{Router, extract::State, http::StatusCode, routing::get};
use sea_orm::{DatabaseConnection, entity::prelude::*};
use sqlx::PgPool;

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

fn main() {
    let _: Router = Router::new()
        .route("/owner", get(with_owner))
        .route("/answering", get(answering))
        .route("/insert", get(insert))
        .route("/added", get(added));
}
