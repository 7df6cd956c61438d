//! `first` is in a file that leads back to itself; `users` is fine.

#[path = "first.rs"]
mod first;
mod users;

fn main() {
    first::start();
    drop(users::router());
}
