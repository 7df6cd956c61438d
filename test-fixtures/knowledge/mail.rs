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

/// Transports that are made where they are used.
async fn welcome(body: String) -> StatusCode {
    let (Ok(first), Ok(second)) = (Message::builder().body(body.clone()), Message::builder().body(body)) else {
        return StatusCode::BAD_REQUEST;
    };
    let relay = match AsyncSmtpTransport::<Tokio1Executor>::relay("mail.example.com") {
        Ok(builder) => builder.port(587).build(),
        Err(error) => {
            tracing::error!("no relay: {error}");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    };
    let _ = relay.send(first).await; //~ swallowed_error
    let near = Mailer::builder_dangerous("localhost").timeout(None).build();
    let _ = near.send(second.clone()).await; //~ swallowed_error
    let here = AsyncSmtpTransport::<Tokio1Executor>::unencrypted_localhost();
    let _ = here.send(second).await; //~ swallowed_error
    StatusCode::ACCEPTED
}

#[tokio::main]
async fn main() {
    let mailer = Mailer::relay("mail.example.com").expect("the relay is known").build();
    let app = Router::new().route("/invite", post(invite)).route("/remind", post(remind)).route("/welcome", post(welcome)).with_state(mailer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
