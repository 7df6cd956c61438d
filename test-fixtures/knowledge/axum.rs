//! Requests taken apart by hand, and sockets, in axum.

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{RequestExt, RequestPartsExt, Router};
use sqlx::PgPool;

struct User(i64);
struct Session(i64);
struct Body(i64);

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/by-hand", post(by_hand))
        .route("/with-state", post(with_state))
        .route("/session", get(session))
        .route("/socket", get(socket))
        .with_state(pool)
}

impl FromRequestParts<PgPool> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(_parts: &mut Parts, pool: &PgPool) -> Result<Self, StatusCode> {
        let id = sqlx::query_scalar("SELECT id FROM users LIMIT 1").fetch_one(pool).await;
        Ok(User(id.unwrap())) //~ unwrapped_query
    }
}

impl FromRequestParts<PgPool> for Session {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, pool: &PgPool) -> Result<Self, StatusCode> {
        let user = parts.extract_with_state::<User, _>(pool).await?;
        let agent = parts.extract::<axum::http::HeaderMap>().await.map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok(Session(user.0 + agent.len() as i64))
    }
}

impl FromRequest<PgPool> for Body {
    type Rejection = StatusCode;

    async fn from_request(mut request: Request, pool: &PgPool) -> Result<Self, StatusCode> {
        let user = request.extract_parts_with_state::<User, _>(pool).await?;
        let headers = request.extract_parts::<axum::http::HeaderMap>().await.map_err(|_| StatusCode::BAD_REQUEST)?;
        let text = request.extract::<String, _>().await.map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok(Body(user.0 + text.len() as i64 + headers.len() as i64))
    }
}

async fn by_hand(body: Body) -> String {
    body.0.to_string()
}

async fn with_state(State(pool): State<PgPool>, request: Request) -> Result<String, StatusCode> {
    let body = request.extract_with_state::<Body, _, _>(&pool).await?;
    Ok(body.0.to_string())
}

async fn session(session: Session) -> String {
    session.0.to_string()
}

async fn socket(State(pool): State<PgPool>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| talk(socket, pool))
}

async fn talk(mut socket: WebSocket, pool: PgPool) {
    let id: i64 = sqlx::query_scalar("SELECT id FROM users LIMIT 1").fetch_one(&pool).await.unwrap(); //~ unwrapped_query
    socket.send(Message::Text(id.to_string().into())).await.ok();
}
