//! The lints
pub mod request_time_env;
pub mod unwrapped_query;
