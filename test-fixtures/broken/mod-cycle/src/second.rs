//! Leads back to `first`.

#[path = "first.rs"]
mod first; //~ unchecked_code

pub fn start() {
    first::start();
}
