//! Mail, sent by an axum service.

use axum::{Router, extract::State, http::StatusCode, routing::post};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

type Mailer = AsyncSmtpTransport<Tokio1Executor>;

async fn invite(State(mailer): State<Mailer>, body: String) -> StatusCode {
    let Ok(message) = Message::builder().subject("come in").body(body) else {
        return StatusCode::BAD_REQUEST;
    };
    mailer.send(message).await.ok(); //~ swallowed_error
    StatusCode::ACCEPTED
}

async fn remind(State(mailer): State<Mailer>, body: String) -> StatusCode {
    let Ok(message) = Message::builder().subject("still there?").body(body) else {
        return StatusCode::BAD_REQUEST;
    };
    if let Err(error) = mailer.send(message).await {
        tracing::error!("the reminder is not sent: {error}");
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::ACCEPTED
}

#[tokio::main]
async fn main() {
    let mailer = Mailer::relay("mail.example.com").expect("the relay is known").build();
    let app = Router::new().route("/invite", post(invite)).route("/remind", post(remind)).with_state(mailer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
