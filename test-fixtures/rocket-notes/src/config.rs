//! What the service is told from outside.

use std::env;
use std::sync::{LazyLock, OnceLock};

/// Managed by `rocket`.
pub struct Limits {
    pub page: i64,
    pub text: usize,
}

impl Limits {
    pub fn from_env() -> Limits {
        Limits {
            page: env_or("PAGE", 40), // silent: request_time_env (start-up)
            text: env_or("TEXT", 10_000) as usize, // silent: request_time_env (start-up)
        }
    }
}

fn env_or(name: &str, default: i64) -> i64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default) // silent: request_time_env (start-up)
}

/// Signs shared links.
pub static SECRET: LazyLock<String> = LazyLock::new(|| env::var("SECRET").expect("SECRET must be set")); // silent: request_time_env (once)

static HOST: OnceLock<String> = OnceLock::new();

/// Where shared links lead.
pub fn host() -> &'static str {
    HOST.get_or_init(|| env::var("HOST_NAME").unwrap_or_else(|_| "localhost".to_owned())) // silent: request_time_env (once)
}

/// A switch that may be on.
pub fn is_on(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value == "on") // silent: request_time_env (its callers name the variable)
}

/// How long clients should wait when something is broken.
pub fn retry_after() -> String {
    env::var("RETRY_AFTER").unwrap_or_else(|_| "30".to_owned()) //~ request_time_env: RETRY_AFTER
}
