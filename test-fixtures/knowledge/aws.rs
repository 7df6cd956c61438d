//! Uploads in S3, served by axum. The SDK reads the environment where its configuration is loaded.

use aws_config::BehaviorVersion;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};

async fn app() -> Router {
    let config = aws_config::load_from_env().await; // silent: before any request
    let client = Client::new(&config);
    Router::new().route("/files/{key}", put(upload).get(download)).route("/fresh", get(fresh)).with_state(client)
}

async fn upload(State(client): State<Client>, Path(key): Path<String>, body: Bytes) -> StatusCode {
    // silent: no query, however unwise
    client.put_object().bucket("files").key(key).body(ByteStream::from(body)).send().await.unwrap();
    StatusCode::CREATED
}

async fn download(State(client): State<Client>, Path(key): Path<String>) -> Result<String, StatusCode> {
    let object = client.get_object().bucket("files").key(key).send().await.map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(format!("{:?}", object.content_length()))
}

async fn fresh() -> Result<String, StatusCode> {
    let config = aws_config::load_from_env().await; //~ request_time_env
    let newest = aws_config::load_defaults(BehaviorVersion::latest()).await; //~ request_time_env
    let loaded = aws_config::defaults(BehaviorVersion::latest()).load().await; //~ request_time_env
    let other = aws_config::from_env().load().await; //~ request_time_env
    let client = Client::new(&config);
    let tuned = Client::from_conf(aws_sdk_s3::config::Builder::from(&newest).build());
    drop((loaded, other, tuned));
    let buckets = client.list_buckets().send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(buckets.buckets().len().to_string())
}
