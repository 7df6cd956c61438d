//! Leads back to `first`.

#[path = "first.rs"]
mod first;

pub fn start() {
    first::start();
}
