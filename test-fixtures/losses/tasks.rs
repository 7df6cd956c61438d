// Many futures at once, and what is read only to say more of a failure.
use anyhow::bail;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt};
use sqlx::PgPool;
use tokio::task::JoinSet;

async fn one(pool: PgPool, id: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("INSERT INTO log (id) VALUES ($1) RETURNING id").bind(id).fetch_one(&pool).await
}

async fn collected(State(pool): State<PgPool>) -> Json<Vec<i64>> {
    let all: Vec<_> = (0..3).map(|id| one(pool.clone(), id)).collect();
    let mut ids = Vec::new();
    for made in join_all(all).await {
        match made {
            Ok(id) => ids.push(id),
            Err(_) => {} //~ swallowed_error
        }
    }
    Json(ids)
}
async fn collected_and_told(State(pool): State<PgPool>) -> Json<Vec<i64>> {
    let all: Vec<_> = (0..3).map(|id| one(pool.clone(), id)).collect();
    let mut ids = Vec::new();
    for made in join_all(all).await {
        match made {
            Ok(id) => ids.push(id),
            Err(error) => tracing::error!(%error, "not written"),
        }
    }
    Json(ids)
}
async fn results(State(pool): State<PgPool>) -> Result<Json<usize>, StatusCode> {
    let done = join_all((0..3).map(|id| one(pool.clone(), id))).await.into_iter().collect::<Result<Vec<_>, _>>();
    let done = done.map_err(|error| {
        tracing::error!(%error);
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    Ok(Json(done.len()))
}

async fn set(State(pool): State<PgPool>) -> Json<Vec<i64>> {
    let mut set = JoinSet::new();
    for id in 0..3 {
        set.spawn(one(pool.clone(), id));
    }
    let mut ids = Vec::new();
    while let Some(joined) = set.join_next().await {
        if let Ok(Ok(id)) = joined { //~ swallowed_error
            ids.push(id);
        }
    }
    Json(ids)
}
async fn set_and_told(State(pool): State<PgPool>) -> Json<Vec<i64>> {
    let mut set = JoinSet::new();
    for id in 0..3 {
        set.spawn(one(pool.clone(), id));
    }
    let mut ids = Vec::new();
    while let Some(joined) = set.join_next().await {
        match joined {
            Ok(Ok(id)) => ids.push(id),
            Ok(Err(error)) => tracing::error!(%error, "not written"),
            Err(error) => tracing::error!(%error, "not run"),
        }
    }
    Json(ids)
}

async fn unordered(State(pool): State<PgPool>) -> Json<Vec<i64>> {
    let mut all = FuturesUnordered::new();
    for id in 0..3 {
        all.push(one(pool.clone(), id));
    }
    let mut ids = Vec::new();
    while let Some(made) = all.next().await {
        if let Ok(id) = made { //~ swallowed_error
            ids.push(id);
        }
    }
    Json(ids)
}

// What an upstream says of the failure that is returned anyway.
struct Failed(anyhow::Error);
impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Failed(error)
    }
}
impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        tracing::error!("{:?}", self.0);
        StatusCode::BAD_GATEWAY.into_response()
    }
}
async fn fetch(client: &reqwest::Client) -> anyhow::Result<String> {
    let response = client.get("https://birds.example").send().await?;
    if !response.status().is_success() {
        let status = response.status();
        let body: serde_json::Value = response.json().await.unwrap_or_default();
        let body = body.pointer("/message").map(|message| message.to_string()).unwrap_or_else(|| body.to_string());
        match status {
            StatusCode::CONFLICT => {
                bail!("there is one already: {}", body);
            }
            _ => {
                bail!("upstream answered {}: {}", status, body);
            }
        }
    }
    Ok(response.text().await?)
}
async fn birds() -> Result<String, Failed> {
    Ok(fetch(&client()).await?)
}

fn main() {
    let router: Router<PgPool> = Router::new().route("/a", get(collected)).route("/b", get(collected_and_told));
    let router = router.route("/c", get(set)).route("/d", get(set_and_told)).route("/e", get(unordered));
    drop(router.route("/f", get(birds)).route("/g", get(results)));
}
