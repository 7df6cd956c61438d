//! Files and processes, served by axum. That they can fail is told by `swallowed_error`.

use std::process::Command;

use axum::routing::{get, post};
use axum::{Router, http::StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn motd() -> String {
    let text = tokio::fs::read_to_string("motd.txt").await.unwrap_or_default(); //~ swallowed_error
    let terms = std::fs::read_to_string("terms.txt").unwrap_or_else(|_| String::new()); //~ swallowed_error
    format!("{text}{terms}")
}

async fn keep(body: String) -> StatusCode {
    let _ = tokio::fs::create_dir_all("kept").await; //~ swallowed_error
    if tokio::fs::write("kept/last.txt", body).await.is_err() { //~ swallowed_error
        return StatusCode::ACCEPTED;
    }
    let _ = tokio::fs::remove_file("kept/old.txt").await; //~ swallowed_error
    std::fs::remove_dir_all("drafts").ok(); //~ swallowed_error
    StatusCode::NO_CONTENT
}

async fn append(body: String) -> Result<StatusCode, StatusCode> {
    let mut log = match std::fs::OpenOptions::new().append(true).open("log.txt") {
        Ok(log) => tokio::fs::File::from_std(log),
        Err(_) => return Err(StatusCode::NOT_FOUND), //~ swallowed_error
    };
    let mut file = tokio::fs::File::open("head.txt").await.map_err(|_| StatusCode::NOT_FOUND)?; //~ swallowed_error
    let mut head = String::new();
    let _ = file.read_to_string(&mut head).await; //~ swallowed_error
    log.write_all(body.as_bytes()).await.map_err(reported)?; // silent
    Ok(StatusCode::NO_CONTENT)
}

fn reported(error: std::io::Error) -> StatusCode {
    tracing::error!("the log is not written: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn version() -> String {
    match Command::new("git").arg("--version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(_) => "unknown".to_owned(), //~ swallowed_error
    }
}

// whoever asks whether a file is there goes on without it
async fn sizes() -> Result<String, StatusCode> {
    let size = std::fs::metadata("motd.txt").map_or(0, |found| found.len()); // silent
    let is_there = tokio::fs::try_exists("terms.txt").await.unwrap_or(false); // silent
    let kept = tokio::fs::metadata("kept").await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?; //~ dropped_cause
    let inside = tokio::fs::canonicalize("kept").await.map_err(|_| StatusCode::NOT_FOUND)?; // silent
    Ok(format!("{size} {is_there} {} {}", kept.len(), inside.display()))
}

#[tokio::main]
async fn main() {
    // start-up code
    let _ = std::fs::create_dir_all("kept");
    let app = Router::new()
        .route("/motd", get(motd))
        .route("/keep", post(keep))
        .route("/log", post(append))
        .route("/sizes", get(sizes))
        .route("/version", get(version));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
