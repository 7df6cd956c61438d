//! Leads to `second`.

#[path = "second.rs"]
mod second;

pub fn start() {
    second::start();
}
