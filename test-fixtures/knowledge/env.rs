//! Settings read in the middle of requests, in actix-web handlers.

use actix_web::{HttpResponse, get};
use config::{Config, Environment, File};
use figment::Figment;
use figment::providers::{Env, Format, Toml};

#[derive(serde::Deserialize)]
struct Settings {
    region: String,
}

#[get("/region")]
async fn region() -> HttpResponse {
    dotenvy::dotenv().ok(); //~ request_time_env
    let region = dotenvy::var("REGION").unwrap(); //~ request_time_env
    let old = dotenv::var("OLD_REGION").unwrap_or_default(); //~ request_time_env
    let loaded = dotenv::dotenv().is_ok(); //~ request_time_env
    HttpResponse::Ok().body(format!("{region} {old} {loaded}"))
}

#[get("/settings")]
async fn settings() -> HttpResponse {
    let settings = envy::from_env::<Settings>().expect("settings"); //~ request_time_env
    let config = Config::builder()
        .add_source(File::with_name("settings"))
        .add_source(Environment::with_prefix("SHOP"))
        .set_default("region", "eu")
        .unwrap()
        .build() //~ request_time_env
        .unwrap();
    let read = config.try_deserialize::<Settings>().map_or_else(|_| String::new(), |settings| settings.region);
    HttpResponse::Ok().body(format!("{} {read}", settings.region))
}

#[get("/figment")]
async fn figment() -> HttpResponse {
    let settings: Result<Settings, figment::Error> =
        Figment::new().merge(Toml::file("Shop.toml")).merge(Env::prefixed("SHOP_")).extract(); //~ request_time_env
    let same = Figment::from(Env::prefixed("SHOP_")).extract::<Settings>(); //~ request_time_env
    HttpResponse::Ok().body(format!("{} {}", settings.is_ok(), same.is_ok()))
}
