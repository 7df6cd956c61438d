//! `gone` has no file; `users` is fine.

mod gone;
mod users;

fn main() {
    gone::start();
    drop(users::router());
}
