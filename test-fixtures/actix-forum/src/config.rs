//! Settings: those that `main` reads, and those that somebody added later.

use std::env::{self, var};
use std::str::FromStr;
use std::sync::LazyLock;

pub struct Settings {
    pub bind: String,
    pub connections: u32,
    pub database: String,
}

impl Settings {
    pub fn from_env() -> Settings {
        Settings {
            bind: var("BIND").unwrap_or_else(|_| "127.0.0.1:8080".to_owned()), // silent: request_time_env (start-up)
            connections: parse_var("CONNECTIONS").unwrap_or(8), // silent: request_time_env (start-up)
            database: env::var("DATABASE").expect("DATABASE must be set"), // silent: request_time_env (start-up)
        }
    }
}

/// Read when a worker starts.
pub fn body_limit() -> usize {
    env::var("BODY_LIMIT").ok().and_then(|limit| limit.parse().ok()).unwrap_or(64 * 1024) // silent: request_time_env (start-up)
}

/// Signs the links in mails.
pub static LINK_KEY: LazyLock<String> = LazyLock::new(|| env::var("LINK_KEY").expect("LINK_KEY must be set")); // silent: request_time_env (once)

pub fn parse_var<T: FromStr>(name: &str) -> Option<T> {
    var(name).ok()?.parse().ok() // silent: request_time_env (its callers name the variable)
}

pub fn switch(name: &str) -> bool {
    parse_var::<u8>(name) == Some(1) // silent: request_time_env (its callers name the variable)
}

/// How many posts a page has.
pub fn page_size() -> i64 {
    let size = var("PAGE_SIZE"); //~ request_time_env: PAGE_SIZE
    size.ok().and_then(|size| size.parse().ok()).unwrap_or(30)
}
