//! What runs beside the requests: `main` starts it, no handler does.

use std::time::Duration;

use sqlx::{PgPool, Row};
use tokio::sync::mpsc;

pub struct Mail {
    pub to: String,
    pub text: String,
}

pub fn start(pool: PgPool, mut outbox: mpsc::Receiver<Mail>) {
    let carts = pool.clone();
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(600));
        loop {
            every.tick().await;
            drop_old_carts(&carts).await;
        }
    });
    tokio::spawn(async move {
        let sender = std::env::var("MAIL_FROM").expect("MAIL_FROM"); // silent: request_time_env (a job)
        while let Some(mail) = outbox.recv().await {
            let insert = sqlx::query("INSERT INTO mails (sender, receiver, text) VALUES ($1, $2, $3)");
            insert.bind(&sender).bind(mail.to).bind(mail.text).execute(&pool).await.unwrap(); // silent: unwrapped_query (a job)
        }
    });
}

async fn drop_old_carts(pool: &PgPool) {
    let row = sqlx::query("SELECT drop_old_carts() AS dropped").fetch_one(pool).await.unwrap(); // silent: unwrapped_query (a job)
    let dropped: i64 = row.get("dropped"); // silent: unwrapped_query (a job)
    tracing::info!(dropped, "old carts dropped");
}
