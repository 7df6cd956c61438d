//! How the service answers what it cannot do.

use rocket::http::{Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket_db_pools::deadpool_postgres::PoolError;

use crate::config;
use crate::db::PgError;

pub type ApiResult<T> = Result<T, Error>;

#[derive(Debug)]
pub enum Error {
    NotFound,
    Invalid(String),
    Database(PgError),
    Pool(PoolError),
}

impl From<PgError> for Error {
    fn from(error: PgError) -> Error {
        Error::Database(error)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Error {
        Error::Pool(error)
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Error::NotFound => Err(Status::NotFound),
            Error::Invalid(text) => (Status::BadRequest, text).respond_to(request), // silent: leaked_error (client input)
            Error::Database(error) => unavailable(request, error),
            Error::Pool(error) => unavailable(request, error), // silent: unavailable_as_500
        }
    }
}

fn unavailable(request: &Request<'_>, error: impl std::error::Error) -> response::Result<'static> {
    error!("{} {}: {error}", request.method(), request.uri()); // silent: dropped_cause
    let retry = Header::new("Retry-After", config::retry_after());
    Response::build().status(Status::ServiceUnavailable).header(retry).ok()
}

/// What exports answer: for our own tools, which show it as it is.
pub struct ExportError(pub PgError);

impl<'r> Responder<'r, 'static> for ExportError {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> { //~ unavailable_as_500
        error!("export failed: {}", self.0);
        let text = format!("export failed: {}", self.0); //~ leaked_error
        (Status::InternalServerError, text).respond_to(request)
    }
}

impl From<PgError> for ExportError {
    fn from(error: PgError) -> ExportError {
        if config::is_on("COUNT_EXPORT_ERRORS") { //~ request_time_env: COUNT_EXPORT_ERRORS
            warn!("an export failed");
        }
        ExportError(error)
    }
}
