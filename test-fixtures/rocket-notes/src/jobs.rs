//! What runs beside the requests.

use std::env;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::tokio::{self, time::sleep};
use rocket_db_pools::Database;

use crate::db::NotesDb;

pub fn start() -> AdHoc {
    AdHoc::on_liftoff("jobs", |rocket| {
        Box::pin(async move {
            let pool = NotesDb::fetch(rocket).map(|db| (**db).clone()).expect("the database is attached");
            tokio::spawn(async move {
                loop {
                    let hours: u64 = env::var("CLEAN_HOURS").ok().and_then(|text| text.parse().ok()).unwrap_or(24); // silent: request_time_env (a job)
                    sleep(Duration::from_secs(3600 * hours)).await;
                    let db = pool.get().await.unwrap(); // silent: unwrapped_query (a job)
                    let row = db.query_one("SELECT clean()", &[]).await.expect("notes can be cleaned"); // silent: unwrapped_query (a job)
                    info!("{} notes cleaned", row.get::<_, i64>(0)); // silent: unwrapped_query (a job)
                }
            });
        })
    })
}
