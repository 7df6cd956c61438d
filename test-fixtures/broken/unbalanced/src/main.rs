//! `orders` lost a bracket; `users` is fine.

mod orders;
mod users;

fn main() {
    drop(users::router());
}
