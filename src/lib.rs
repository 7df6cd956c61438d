//! backstop
pub mod app;
pub mod error;
pub mod finding;
pub mod flow;
pub mod knowledge;
pub mod lints;
pub mod load;
mod nearest;
pub mod problem;
pub mod source;
pub mod symbol;
pub mod syntax;
pub mod workspace;
