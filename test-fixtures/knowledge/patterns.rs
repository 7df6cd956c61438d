//! What is compiled from a text that the program holds is compiled once.

use actix_web::{HttpResponse, get, web};
use fancy_regex::Regex as Fancy;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;
use tera::Tera;

const DIGITS: &str = r"^\d+$";

static ONCE: LazyLock<Regex> = LazyLock::new(|| Regex::new(DIGITS).expect("it is one"));

#[get("/compiled/{text}")]
async fn compiled(text: web::Path<String>) -> HttpResponse {
    let digits = Regex::new(DIGITS).map(|it| it.is_match(&text)); //~ client_per_request
    let words = RegexSet::new(["a", "b"]).map(|it| it.is_match(&text)); //~ client_per_request
    let fancy = Fancy::new(r"(?<=a)b").is_ok(); //~ client_per_request
    let given = Regex::new(&text).is_ok();
    HttpResponse::Ok().json((digits.is_ok(), words.is_ok(), fancy, given, ONCE.is_match(&text)))
}

#[get("/rendered")]
async fn rendered() -> HttpResponse {
    let engine = Tera::new("templates/**/*"); //~ client_per_request
    HttpResponse::Ok().json(engine.is_ok())
}
