//! What handlers share.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::FromRef;
use sqlx::PgPool;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::jobs::Mail;
use crate::products::Products;
use crate::stock::{FixedStock, PgStock, Stock};

#[derive(Clone)]
pub struct AppState {
    pub pool: PgPool,
    pub products: Products,
    pub stock: Arc<dyn Stock>,
    pub shipping: Arc<Shipping>,
    pub mails: mpsc::Sender<Mail>,
}

impl AppState {
    pub fn new(pool: PgPool, mails: mpsc::Sender<Mail>, config: Config) -> AppState {
        let stock: Arc<dyn Stock> = match config.demo {
            true => Arc::new(FixedStock::default()),
            false => Arc::new(PgStock::new(pool.clone())),
        };
        let shipping = Arc::new(Shipping { cents: HashMap::from([("standard", 490), ("express", 1290)]) });
        AppState { products: Products::new(pool.clone()), stock, shipping, pool, mails }
    }
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> PgPool {
        state.pool.clone()
    }
}

/// What shipping costs; it is not in the database.
pub struct Shipping {
    cents: HashMap<&'static str, i64>,
}

#[derive(Debug)]
pub struct NoSuchService;

impl Shipping {
    pub fn fetch_one(&self, service: &str) -> Result<i64, NoSuchService> {
        self.cents.get(service).copied().ok_or(NoSuchService)
    }
}
