//! How the shop answers when something is wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::json;
use thiserror::Error;

use crate::config;

pub type ApiResult<T> = Result<Json<T>, AppError>;

#[derive(Debug, Error)]
pub enum AppError {
    #[error("not found")]
    NotFound,
    #[error("{0}")]
    Invalid(String),
    #[error("sign in first")]
    Unauthorized,
    #[error("not enough in stock")]
    OutOfStock,
    #[error("try again later")]
    Slow(#[from] tokio::time::error::Elapsed),
    #[error("something went wrong")]
    Database(#[from] sqlx::Error),
    #[error("something went wrong")]
    Task(#[from] tokio::task::JoinError),
}

impl AppError {
    fn status(&self) -> StatusCode {
        match self {
            AppError::NotFound | AppError::Database(sqlx::Error::RowNotFound) => StatusCode::NOT_FOUND,
            AppError::Invalid(_) => StatusCode::BAD_REQUEST,
            AppError::Unauthorized => StatusCode::UNAUTHORIZED,
            AppError::OutOfStock => StatusCode::CONFLICT,
            AppError::Slow(_) => StatusCode::SERVICE_UNAVAILABLE, // silent: unavailable_as_500
            AppError::Database(_) | AppError::Task(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = ?self, "request failed"); // silent: dropped_cause
        }
        let text = self.to_string(); // silent: leaked_error (fixed texts, or the client's own input)
        (status, Json(json!({ "error": text, "support": config::support_address() }))).into_response()
    }
}

/// What the reports answer.
#[derive(Debug, Error)]
#[error("the report failed in {region}: {cause}")]
pub struct ReportError {
    region: String,
    cause: sqlx::Error,
}

impl From<sqlx::Error> for ReportError {
    fn from(cause: sqlx::Error) -> ReportError {
        let region = std::env::var("REGION").unwrap_or_default(); //~ request_time_env: REGION
        ReportError { region, cause }
    }
}

impl IntoResponse for ReportError {
    fn into_response(self) -> Response { //~ unavailable_as_500
        tracing::error!(error = ?self, "report failed");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response() //~ leaked_error
    }
}
