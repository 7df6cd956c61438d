// Errors of any type whose words are the project's own.
use anyhow::{anyhow, bail};
use axum::http::StatusCode;
use axum::{Router, routing::post};

fn check_password(password: &str) -> anyhow::Result<()> {
    if password.len() < 8 {
        return Err(anyhow!("a password has at least 8 characters"));
    }
    if !password.chars().any(char::is_uppercase) {
        bail!("a password has a capital letter");
    }
    Ok(())
}
fn check_name(name: &str) -> anyhow::Result<String> {
    check_password(name)?;
    let second: Option<&str> = name.split(' ').nth(1);
    let second = second.ok_or_else(|| anyhow!("{name} is only one name"))?;
    Ok(second.to_owned())
}
async fn words(body: String) -> Result<&'static str, (StatusCode, String)> {
    check_password(&body).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?;
    if let Err(error) = check_name(&body) {
        return Err((StatusCode::BAD_REQUEST, format!("{error}")));
    }
    Ok("ok")
}

// One of them is made of another error.
fn check_file(name: &str) -> anyhow::Result<()> {
    if name.is_empty() {
        bail!("a file has a name");
    }
    let text = std::fs::read_to_string("/etc/names")?;
    if !text.contains(name) {
        bail!("no such name");
    }
    Ok(())
}
async fn mixed(body: String) -> Result<&'static str, (StatusCode, String)> {
    check_file(&body).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?; //~ leaked_error
    Ok("ok")
}

// The words say what failed.
fn check_owner(name: &str) -> anyhow::Result<()> {
    match std::fs::metadata(name) {
        Ok(_) => Ok(()),
        Err(e) => Err(anyhow!("cannot read: {e}")),
    }
}
async fn told(body: String) -> Result<&'static str, (StatusCode, String)> {
    check_owner(&body).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?; //~ leaked_error
    Ok("ok")
}

// Of what it calls nothing is known.
fn check_elsewhere(name: &str) -> anyhow::Result<()> {
    if name.is_empty() {
        bail!("a file has a name");
    }
    directory::find(name)?;
    Ok(())
}
async fn elsewhere(body: String) -> Result<&'static str, (StatusCode, String)> {
    check_elsewhere(&body).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?; //~ leaked_error
    Ok("ok")
}

// `{:?}` prints where it was made, too.
async fn traced(body: String) -> Result<&'static str, (StatusCode, String)> {
    check_password(&body).map_err(|e| (StatusCode::BAD_REQUEST, format!("{e:?}")))?; //~ leaked_error
    Ok("ok")
}

fn app() -> Router {
    Router::new()
        .route("/words", post(words))
        .route("/mixed", post(mixed))
        .route("/told", post(told))
        .route("/elsewhere", post(elsewhere))
        .route("/traced", post(traced))
}

fn main() {
    drop(app());
}
