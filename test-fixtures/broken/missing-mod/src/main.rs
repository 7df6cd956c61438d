//! `gone` has no file; `users` is fine.

mod gone; //~ unchecked_code
mod users;

fn main() {
    gone::start();
    drop(users::router());
}
