//! `use` without `pub` is for the module itself: who imports all of it does not get what it imports.

use axum::response::{IntoResponse, Response};
use axum::{Router, http::StatusCode, routing::get};

mod db {
    pub struct Error;
    pub type Result<T> = std::result::Result<T, Error>;

    pub mod names {
        use super::Result;

        pub fn all() -> Result<String> {
            Ok(String::new())
        }
    }
}

mod api {
    use super::*;
    use crate::db::names::*;

    pub struct Failed(crate::db::Error);

    impl IntoResponse for Failed {
        fn into_response(self) -> Response {
            StatusCode::OK.into_response() //~ error_as_success
        }
    }

    /// The `Result` of the prelude, not that of `db`.
    pub async fn names() -> Result<String, Failed> {
        all().map_err(Failed)
    }
}

fn app() -> Router {
    Router::new().route("/names", get(api::names))
}
