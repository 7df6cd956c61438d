//! A gRPC service behind an axum front. A call of another service is no query.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tonic::transport::{Channel, Endpoint};

fn app(channel: Channel) -> Router {
    Router::new().route("/connect", get(connect)).route("/follow", get(follow)).with_state(channel)
}

fn failed(error: tonic::transport::Error) -> StatusCode {
    tracing::error!(%error, "the service cannot be reached");
    StatusCode::BAD_GATEWAY
}

async fn connect() -> Result<String, StatusCode> {
    let endpoint = Endpoint::new("http://prices:50051").map_err(failed)?.user_agent("shop").map_err(failed)?;
    let channel = endpoint.connect().await.unwrap();
    let lazy = Endpoint::from_static("http://prices:50051").connect_lazy();
    let other = Channel::from_static("http://prices:50051").connect().await.map_err(failed)?;
    let shared = Channel::from_shared("http://prices:50051").map_err(|_| StatusCode::BAD_REQUEST)?;
    let connector = tower::service_fn(|uri: http::Uri| async move { connect_to(uri).await });
    let through = shared.connect_with_connector(connector).await.map_err(failed)?;
    drop((channel, lazy, other, through));
    Ok("connected".to_owned())
}

async fn connect_to(uri: http::Uri) -> std::io::Result<hyper_util::rt::TokioIo<tokio::net::TcpStream>> {
    let stream = tokio::net::TcpStream::connect((uri.host().unwrap_or("localhost"), 50051)).await?;
    Ok(hyper_util::rt::TokioIo::new(stream))
}

async fn follow(State(channel): State<Channel>) -> Result<String, StatusCode> {
    let response: tonic::Response<tonic::Streaming<String>> = subscribe(channel).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let mut prices = response.into_inner();
    let first = prices.message().await.unwrap();
    Ok(first.unwrap_or_default())
}

async fn subscribe(channel: Channel) -> Result<tonic::Response<tonic::Streaming<String>>, tonic::Status> {
    drop(channel);
    Err(tonic::Status::unavailable("no prices today"))
}
