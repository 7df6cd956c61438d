//! Connections to web sockets of others, served by axum.

use axum::{Router, http::StatusCode, routing::get};
use futures::StreamExt;

async fn news() -> Result<String, (StatusCode, String)> {
    let connected = tokio_tungstenite::connect_async("wss://news.example.com").await;
    let (mut socket, _) = connected.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?; //~ leaked_error
    Ok(if socket.next().await.is_some() { "news".to_owned() } else { "none".to_owned() })
}

fn app() -> Router {
    Router::new().route("/news", get(news))
}
