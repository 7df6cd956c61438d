//! Weather from another service, asked by axum handlers. A call of another service is no query.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use futures::TryStreamExt;
use reqwest::{Client, Method, Request};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::Value;

fn app(client: Client) -> Router {
    Router::new()
        .route("/weather", get(weather))
        .route("/forecast", get(forecast))
        .route("/download", get(download))
        .route("/layers", get(layers))
        .route("/blocking", get(blocking))
        .with_state(client)
}

fn failed(error: reqwest::Error) -> StatusCode {
    tracing::error!(%error, "the weather service failed");
    StatusCode::BAD_GATEWAY
}

async fn weather(State(client): State<Client>) -> Result<String, StatusCode> {
    let response = client.get("https://weather.example/now").query(&[("city", "Berlin")]).send().await.unwrap();
    let response = response.error_for_status().map_err(failed)?;
    let length = response.content_length();
    let value = response.json::<Value>().await.map_err(failed)?;
    Ok(format!("{value} {length:?}"))
}

async fn forecast() -> Result<String, StatusCode> {
    let response = reqwest::get("https://weather.example/forecast").await.map_err(failed)?;
    let fresh = Client::new();
    let built = Client::builder().build().map_err(failed)?;
    let same = reqwest::ClientBuilder::new().build().map_err(failed)?;
    let posted = fresh.request(Method::POST, "https://weather.example").send().await.map_err(failed)?;
    let charset = posted.text_with_charset("utf-8").await.map_err(failed)?;
    let request: Request = built.put("https://weather.example").build().map_err(failed)?;
    let answer = same.execute(request).await.map_err(failed)?;
    Ok(format!("{} {charset} {}", response.text().await.map_err(failed)?, answer.status()))
}

async fn download(State(client): State<Client>) -> Result<String, StatusCode> {
    let request = client.get("https://weather.example/map");
    let again = request.try_clone().ok_or(StatusCode::BAD_REQUEST)?;
    let mut response = request.send().await.map_err(failed)?;
    let first = response.chunk().await.map_err(failed)?;
    let rest = again.send().await.map_err(failed)?.bytes_stream().try_collect::<Vec<_>>().await.map_err(failed)?;
    Ok(format!("{:?} {}", first.map(|bytes| bytes.len()), rest.len()))
}

async fn layers(State(client): State<Client>) -> Result<String, StatusCode> {
    let plain = ClientWithMiddleware::new(client.clone(), Vec::new());
    let client = ClientBuilder::new(client).build();
    let answer = client.get("https://weather.example").send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    plain.delete("https://weather.example").send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(answer.status().to_string())
}

async fn blocking() -> Result<String, StatusCode> {
    let answer = tokio::task::spawn_blocking(|| -> Result<String, reqwest::Error> {
        let client = reqwest::blocking::Client::new();
        let other = reqwest::blocking::Client::builder().build()?;
        let third = reqwest::blocking::ClientBuilder::new().build()?;
        let request = other.request(Method::GET, "https://weather.example");
        let value: Value = request.send()?.error_for_status()?.json::<Value>()?;
        let now = third.execute(client.get("https://weather.example").build()?)?;
        let page = reqwest::blocking::get("https://weather.example")?.text()?;
        Ok(format!("{value} {} {page}", now.status()))
    });
    answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.map_err(failed)
}
