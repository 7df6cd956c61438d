//! One function of `orders` has a syntax error; `users` is fine.

mod orders;
mod users;

#[tokio::main]
async fn main() {
    let router = orders::router().merge(users::router());
    drop(router);
}
