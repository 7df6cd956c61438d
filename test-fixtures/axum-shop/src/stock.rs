//! How much of everything there is, behind a trait: demonstrations and tests keep it in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{PgPool, Row};

#[async_trait]
pub trait Stock: Send + Sync {
    async fn available(&self, product: i64) -> Result<i32, sqlx::Error>;
    async fn reserve(&self, product: i64, amount: i32) -> Result<bool, sqlx::Error>;
    async fn suppliers(&self, product: i64) -> Vec<String>;
    async fn total(&self) -> i64;
}

pub struct PgStock {
    pool: PgPool,
}

impl PgStock {
    pub fn new(pool: PgPool) -> PgStock {
        PgStock { pool }
    }
}

#[async_trait]
impl Stock for PgStock {
    async fn available(&self, product: i64) -> Result<i32, sqlx::Error> {
        let amount = sqlx::query_scalar::<_, i32>("SELECT amount FROM stock WHERE product = $1")
            .bind(product)
            .fetch_optional(&self.pool)
            .await?;
        Ok(amount.unwrap_or_default()) // silent: missing_not_found, swallowed_error (no row: nothing in stock)
    }

    async fn reserve(&self, product: i64, amount: i32) -> Result<bool, sqlx::Error> {
        sqlx::query("UPDATE stock SET amount = amount - $2 WHERE product = $1 AND amount >= $2")
            .bind(product)
            .bind(amount)
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected() == 1)
    }

    async fn suppliers(&self, product: i64) -> Vec<String> {
        sqlx::query_scalar("SELECT supplier FROM deliveries WHERE product = $1")
            .bind(product)
            .fetch_all(&self.pool)
            .await
            .unwrap() //~ unwrapped_query
    }

    async fn total(&self) -> i64 {
        let row = sqlx::query("SELECT SUM(amount) AS total FROM stock").fetch_one(&self.pool).await;
        let Ok(row) = row else {
            panic!("no total") //~ unwrapped_query
        };
        row.get("total") //~ unwrapped_query
    }
}

#[derive(Default)]
pub struct FixedStock {
    amounts: HashMap<i64, i32>,
}

#[async_trait]
impl Stock for FixedStock {
    async fn available(&self, product: i64) -> Result<i32, sqlx::Error> {
        Ok(self.amounts.get(&product).copied().unwrap_or(0)) // silent: swallowed_error (a map)
    }

    async fn reserve(&self, product: i64, amount: i32) -> Result<bool, sqlx::Error> {
        Ok(self.available(product).await? >= amount)
    }

    async fn suppliers(&self, _product: i64) -> Vec<String> {
        Vec::new()
    }

    async fn total(&self) -> i64 {
        self.amounts.values().map(|amount| i64::from(*amount)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reserving_takes_from_what_is_available() {
        let url = std::env::var("TEST_DATABASE_URL").unwrap(); // silent: request_time_env (a test)
        let stock = PgStock::new(PgPool::connect(&url).await.unwrap()); // silent: unwrapped_query (a test)
        let before = stock.available(1).await.unwrap(); // silent: unwrapped_query (a test)
        assert!(stock.reserve(1, 1).await.is_ok()); // silent: unwrapped_query (a test)
        assert_eq!(stock.available(1).await.unwrap(), before - 1); // silent: unwrapped_query (a test)
    }
}
