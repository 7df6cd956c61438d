//! What runs beside the requests.

use std::thread;
use std::time::Duration;

use diesel::prelude::*;

use crate::db::{posts, rows, Pool};

pub fn start(pool: Pool) {
    thread::spawn(move || loop {
        thread::sleep(Duration::from_secs(3600));
        prune(&pool);
    });
}

/// Removes posts without a text.
fn prune(pool: &Pool) {
    let keep = std::env::var("KEEP_EMPTY").is_ok(); // silent: request_time_env (a job)
    let mut conn = pool.get().unwrap(); // silent: unwrapped_query (a job)
    let empty: Vec<i32> = rows!(posts::table.filter(posts::text.eq("")).select(posts::id), &mut conn);
    if !keep {
        let gone = diesel::delete(posts::table.filter(posts::id.eq_any(empty))).execute(&mut conn);
        log::info!("{} posts pruned", gone.expect("posts can be removed")); // silent: unwrapped_query (a job)
    }
}
