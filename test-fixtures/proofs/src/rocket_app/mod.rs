//! The service with Rocket.

mod answers;
mod errors;
mod extractors;
mod panics;

use rocket::{Build, Rocket};
use sqlx::SqlitePool;

pub fn rocket(config: rocket::Config, pool: SqlitePool) -> Rocket<Build> {
    rocket::custom(config)
        .manage(pool)
        .manage(panics::Small(crate::small_pool()))
        .attach(panics::fairing())
        .register("/", panics::catchers())
        .mount("/", panics::routes())
        .mount("/", answers::routes())
        .mount("/", errors::routes())
        .mount("/", extractors::routes())
}
