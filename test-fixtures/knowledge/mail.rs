//! Mail, sent by an axum service.

use axum::{Router, extract::State, http::StatusCode, routing::post};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, SmtpTransport, Tokio1Executor, Transport};

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

/// Each sends with a client of its own.
async fn each(body: String) -> StatusCode {
    let Ok(message) = Message::builder().subject("one by one").body(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let local = SmtpTransport::unencrypted_localhost();
    let plain = SmtpTransport::builder_dangerous("mail.example.com").port(25).build(); //~ client_per_request
    let relayed = SmtpTransport::relay("mail.example.com").map(|it| it.build()); //~ client_per_request
    let old = lettre::SmtpClient::new_simple("mail.example.com").map(|it| it.transport()); //~ client_per_request
    for sent in [local.send(&message), plain.send(&message)] {
        if let Err(error) = sent {
            tracing::error!("not sent: {error}");
        }
    }
    if old.is_ok() && relayed.is_ok() { StatusCode::ACCEPTED } else { StatusCode::SERVICE_UNAVAILABLE }
}

#[tokio::main]
async fn main() {
    let mailer = Mailer::relay("mail.example.com").expect("the relay is known").build();
    let app = Router::new().route("/invite", post(invite)).route("/remind", post(remind)).route("/each", post(each)).with_state(mailer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
