//! What the shop is told from outside.

use std::env;
use std::sync::{LazyLock, OnceLock};

/// Read once, by `main`.
pub struct Config {
    pub bind: String,
    pub database_url: String,
    pub demo: bool,
    pub max_connections: u32,
}

impl Config {
    pub fn from_env() -> Config {
        dotenvy::dotenv().ok(); // silent: swallowed_error, request_time_env (start-up)
        Config {
            bind: env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8080".to_owned()), // silent: request_time_env (start-up)
            database_url: env::var("DATABASE_URL").expect("DATABASE_URL must be set"), // silent: request_time_env (start-up)
            demo: setting("DEMO").is_some(), // silent: request_time_env (start-up)
            max_connections: number("MAX_CONNECTIONS", 10), // silent: request_time_env (start-up)
        }
    }
}

/// Only the start-up asks for numbers.
fn number(name: &str, default: u32) -> u32 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default) // silent: request_time_env (start-up)
}

/// Read when the first price is shown, and kept.
pub static TAX_PER_MILLE: LazyLock<i64> = LazyLock::new(|| {
    let text = env::var("TAX_PER_MILLE").unwrap_or_else(|_| "190".to_owned()); // silent: request_time_env (once)
    text.parse().expect("TAX_PER_MILLE must be a number")
});

static CURRENCY: OnceLock<String> = OnceLock::new();

/// What prices are in; handlers call this.
pub fn currency() -> &'static str {
    CURRENCY.get_or_init(|| env::var("CURRENCY").unwrap_or_else(|_| "EUR".to_owned())) // silent: request_time_env (once)
}

/// A setting that need not be there.
pub fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty()) // silent: request_time_env (its callers name the variable)
}

/// Where error pages send people.
pub fn support_address() -> String {
    env::var("SUPPORT_ADDRESS").unwrap_or_else(|_| "help@shop.example".to_owned()) //~ request_time_env: SUPPORT_ADDRESS
}
