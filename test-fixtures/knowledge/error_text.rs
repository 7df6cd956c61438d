//! Texts of errors, served by axum. Which of them get out is told by `leaked_error`.

use axum::routing::{get, post};
use axum::{Router, http::StatusCode};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};

type Failure = (StatusCode, String);

#[derive(serde::Serialize, serde::Deserialize)]
struct Claims {
    sub: String,
}

/// A token that cannot be made is not the client's fault.
async fn log_in(name: String) -> Result<String, Failure> {
    let claims = Claims { sub: name };
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(b"secret"))
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())) //~ leaked_error
}

/// One that cannot be read is.
async fn who(token: String) -> Result<String, Failure> {
    let key = DecodingKey::from_secret(b"secret");
    let token = jsonwebtoken::decode::<Claims>(&token, &key, &Validation::default())
        .map_err(|error| (StatusCode::UNAUTHORIZED, error.to_string()))?; // silent: about what the client sent
    Ok(token.claims.sub)
}

fn read() -> Result<String, eyre::Report> {
    std::fs::read_to_string("terms.txt").map_err(|error| eyre::eyre!("no terms: {error}"))
}

async fn terms() -> Result<String, Failure> {
    read().map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}"))) //~ leaked_error
}

fn app() -> Router {
    Router::new().route("/log-in", post(log_in)).route("/who", post(who)).route("/terms", get(terms))
}
