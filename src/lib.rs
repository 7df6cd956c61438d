//! backstop finds what turns into broken, lying or leaking responses in axum, actix-web and Rocket services, from the
//! text of the project alone.
//!
//! The road: [`cli::Args`] says what was typed, [`config::Config`] what it means. [`workspace::Workspace`] names the
//! packages; [`load`] reads their [`source::Sources`] and lowers each file to [`syntax::FileFacts`]; [`app::App`] links
//! the files to a program with modules, types and entry points; [`flow::Flow`] follows values through everything that
//! requests reach, with what [`knowledge::Knowledge`] says of libraries. The [`lints`] ask both and state
//! [`finding::Finding`]s; [`report`] decides what becomes of them. `ARCHITECTURE.md` tells the same with more words.

pub mod app;
pub mod baseline;
pub mod changes;
pub mod cli;
pub mod config;
pub mod error;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod flow;
pub mod knowledge;
pub mod lint;
pub mod lints;
pub mod load;
mod nearest;
pub mod problem;
pub mod progress;
pub mod report;
pub mod run;
mod shape;
pub mod source;
pub mod suppress;
pub mod symbol;
pub mod syntax;
pub mod workspace;
