//! How the forum says no.

use actix_web::error::{BlockingError, InternalError, JsonPayloadError};
use actix_web::{http::StatusCode, HttpRequest, HttpResponse, ResponseError};
use diesel::prelude::*;
use diesel::r2d2::PoolError;
use serde_json::json;
use thiserror::Error;

use crate::db::{notices, POOL};

#[derive(Debug, Error)]
pub enum ForumError {
    #[error("not found")]
    NotFound,
    #[error("{0}")]
    Invalid(&'static str),
    #[error("sign in first")]
    Unauthorized,
    #[error("something went wrong")]
    Database(#[source] diesel::result::Error),
    #[error("something went wrong")]
    Pool(#[from] PoolError),
    #[error("something went wrong")]
    Blocking(#[from] BlockingError),
    #[error("the forum is not set up")]
    Setup(#[from] std::env::VarError),
}

impl From<diesel::result::Error> for ForumError {
    fn from(error: diesel::result::Error) -> ForumError {
        match error {
            diesel::result::Error::NotFound => ForumError::NotFound,
            error => ForumError::Database(error),
        }
    }
}

impl ResponseError for ForumError {
    fn status_code(&self) -> StatusCode {
        match self {
            ForumError::NotFound => StatusCode::NOT_FOUND, // silent: unavailable_as_500 (it is there, or not)
            ForumError::Invalid(_) => StatusCode::BAD_REQUEST,
            ForumError::Unauthorized => StatusCode::UNAUTHORIZED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse { //~ unavailable_as_500
        log::warn!("answering {}: {self:?}", self.status_code()); // silent: dropped_cause
        let text = self.to_string(); // silent: leaked_error (fixed texts)
        HttpResponse::build(self.status_code()).json(json!({ "error": text, "notice": notice() }))
    }
}

/// What moderators want everybody to read who meets an error.
fn notice() -> Option<String> {
    let pool = POOL.get()?;
    let mut conn = pool.get().unwrap(); //~ unwrapped_query blocking_handler
    let latest = notices::table.select(notices::text).order(notices::id.desc()).first(&mut conn).optional();
    latest.unwrap_or_default() //~ swallowed_error
}

/// What the search answers: nothing of its own.
#[derive(Debug, Error)]
pub enum SearchError {
    #[error("the search failed: {0}")]
    Database(#[from] diesel::result::Error),
    #[error("no connection: {0}")]
    Pool(#[from] PoolError),
}

impl ResponseError for SearchError {} //~ leaked_error

/// For bodies that are not what they should be.
pub fn invalid_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let response = HttpResponse::BadRequest().body(error.to_string()); // silent: leaked_error (client input)
    InternalError::from_response(error, response).into()
}
