//! What the proofs are made of: servers, a client that sees every byte, and the table that says what is to be seen.

pub mod client;
pub mod http2;
pub mod process;
pub mod servers;
pub mod table;
