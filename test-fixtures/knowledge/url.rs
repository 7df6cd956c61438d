//! Addresses, put together by an axum service. That they can be wrong is told by `dropped_cause`.

use axum::{Router, http::StatusCode, routing::get};
use url::Url;

async fn address() -> Result<String, StatusCode> {
    let url = Url::parse("https://example.com").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    let mut url = url.join("notes").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    url.set_host(Some("example.org")).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    // nothing is said of why
    url.set_scheme("wss").map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?;
    url.path_segments_mut().map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?.push("all");
    let file = Url::from_file_path("/notes").map_err(|()| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(format!("{url} {file}"))
}

async fn search(term: String) -> Result<String, StatusCode> {
    let url = Url::parse_with_params("https://example.com", [("q", term)]).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(url.to_string())
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/address", get(address)).route("/search", get(search));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
