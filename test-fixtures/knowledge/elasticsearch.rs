//! Search in Elasticsearch, served by axum.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use elasticsearch::http::Method;
use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use elasticsearch::{Elasticsearch, GetParts, SearchParts};
use serde_json::{Value, json};

fn app(client: Elasticsearch) -> Router {
    Router::new()
        .route("/search/{words}", get(search))
        .route("/documents/{id}", get(document))
        .route("/status", get(status))
        .with_state(client)
}

fn failed(error: elasticsearch::Error) -> StatusCode {
    tracing::error!(%error, "the search failed");
    StatusCode::BAD_GATEWAY
}

async fn search(State(client): State<Elasticsearch>, Path(words): Path<String>) -> Json<Value> {
    let response = client
        .search(SearchParts::Index(&["documents"]))
        .from(0)
        .size(10)
        .body(json!({ "query": { "match": { "text": words } } }))
        .send()
        .await
        .unwrap(); //~ unwrapped_query
    Json(response.json::<Value>().await.unwrap()) //~ unwrapped_query
}

async fn document(State(client): State<Elasticsearch>, Path(id): Path<String>) -> Result<String, StatusCode> {
    let response = client.get(GetParts::IndexId("documents", &id)).send().await.map_err(failed)?;
    let response = response.error_for_status_code().map_err(failed)?;
    response.text().await.map_err(failed)
}

async fn status(State(client): State<Elasticsearch>) -> Result<String, StatusCode> {
    let transport = Transport::single_node("http://localhost:9200").map_err(failed)?;
    let pool = SingleNodeConnectionPool::new("http://localhost:9200".parse().map_err(|_| StatusCode::BAD_REQUEST)?);
    let other = TransportBuilder::new(pool).build().map_err(|_| StatusCode::BAD_REQUEST)?;
    let fresh = Elasticsearch::new(other);
    let default = Elasticsearch::default();
    let ping = fresh.ping().send().await.expect("it answers"); //~ unwrapped_query
    let cause = ping.exception().await.unwrap(); //~ unwrapped_query
    let raw = transport.send(Method::Get, "/", HeaderMap::new(), None::<&()>, None::<String>, None).await;
    let raw = raw.unwrap(); //~ unwrapped_query
    let health = default.cluster().health(elasticsearch::cluster::ClusterHealthParts::None).send().await;
    health.unwrap(); //~ unwrapped_query
    client.indices().refresh(elasticsearch::indices::IndicesRefreshParts::None).send().await.map_err(failed)?;
    Ok(format!("{} {}", cause.is_some(), raw.status_code()))
}
