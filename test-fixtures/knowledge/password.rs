//! Sign-up and sign-in with hashed passwords, served by actix-web.

use actix_web::{HttpResponse, post, web};
use argon2::password_hash::SaltString;
use argon2::password_hash::rand_core::OsRng;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};

#[post("/sign-up")]
async fn sign_up(password: web::Bytes) -> HttpResponse {
    let salt = SaltString::generate(&mut OsRng);
    let hashed = Argon2::default().hash_password(&password, &salt).unwrap(); // silent: no query
    let known = PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").map(|hash| {
        Argon2::default().verify_password(&password, &hash).is_ok()
    });
    HttpResponse::Ok().body(format!("{hashed} {known:?}"))
}

#[post("/sign-in")]
async fn sign_in(password: web::Bytes) -> HttpResponse {
    let hashed = bcrypt::hash(&password, 12).unwrap(); // silent: no query
    let right = bcrypt::verify(&password, &hashed).unwrap_or(false);
    HttpResponse::Ok().body(right.to_string())
}

/// With rust-argon2.
#[post("/tokens")]
async fn token(password: web::Bytes) -> HttpResponse {
    let hashed = argon2::hash_encoded(&password, b"salt and pepper", &argon2::Config::default()).unwrap(); // silent: no query
    let right = argon2::verify_encoded(&hashed, &password).unwrap_or(false);
    HttpResponse::Ok().body(right.to_string())
}
