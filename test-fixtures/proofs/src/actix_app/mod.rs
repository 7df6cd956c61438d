//! The service with actix-web.

mod answers;
mod errors;
mod extractors;
mod panics;

use actix_web::web;
use sqlx::SqlitePool;

/// What all workers share.
#[derive(Clone)]
pub struct Shared {
    pool: web::Data<SqlitePool>,
    small: web::Data<panics::Small>,
    settings: web::Data<panics::Settings>,
}

impl Shared {
    pub fn new(pool: SqlitePool) -> Shared {
        Shared {
            pool: web::Data::new(pool),
            small: web::Data::new(panics::Small(crate::small_pool())),
            settings: web::Data::default(),
        }
    }
}

pub fn routes(shared: Shared) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(shared.pool).app_data(shared.small).app_data(shared.settings);
        config.configure(panics::routes).configure(answers::routes);
        config.configure(errors::routes).configure(extractors::routes);
    }
}
