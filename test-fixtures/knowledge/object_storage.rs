//! Files kept in an object storage, served by axum. That it can fail is told by `swallowed_error`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Router, body::Bytes, http::StatusCode, routing::get};
use futures::StreamExt;
use object_store::{ObjectStore, PutPayload};
use s3::creds::Credentials;
use s3::{Bucket, Region};

fn bucket() -> Bucket {
    let credentials = Credentials::default().expect("there are credentials");
    Bucket::new("files", Region::UsEast1, credentials).expect("the bucket is named well").with_path_style()
}

async fn show(Path(name): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let file = bucket().get_object(name).await.map_err(|_| StatusCode::NOT_FOUND)?; //~ swallowed_error
    Ok(file.to_vec())
}

fn cached(name: &str) -> Option<Vec<u8>> {
    let file = bucket().get_object_blocking(name).ok()?; //~ swallowed_error
    Some(file.to_vec())
}

async fn keep(Path(name): Path<String>, body: Bytes) -> StatusCode {
    let _ = bucket().put_object(&name, &body).await; //~ swallowed_error
    let _ = bucket().put_object_with_content_type(&name, &body, "text/plain").await; //~ swallowed_error
    if cached(&name).is_some() { StatusCode::OK } else { StatusCode::CREATED }
}

async fn names(State(store): State<Arc<dyn ObjectStore>>) -> String {
    let listed = store.list_with_delimiter(None).await;
    let folders = listed.map(|listed| listed.common_prefixes.len()).unwrap_or(0); //~ swallowed_error
    let files: Vec<_> = store.list(None).filter_map(|file| async { file.ok() }).collect().await; //~ swallowed_error
    format!("{folders} and {}", files.len())
}

async fn replace(State(store): State<Arc<dyn ObjectStore>>, Path(name): Path<String>, body: Bytes) -> StatusCode {
    let path = object_store::path::Path::from(name);
    let old = store.head(&path).await.is_ok(); //~ swallowed_error
    match store.put(&path, PutPayload::from(body)).await {
        Ok(_) if old => StatusCode::OK,
        Ok(_) => StatusCode::CREATED,
        Err(error) => {
            tracing::error!("{path} is not kept: {error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

#[tokio::main]
async fn main() {
    let store: Arc<dyn ObjectStore> = Arc::new(object_store::memory::InMemory::new());
    let app = Router::new().route("/s3/{name}", get(show).put(keep)).route("/names", get(names));
    let app = app.route("/files/{name}", get(names).put(replace)).with_state(store);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
