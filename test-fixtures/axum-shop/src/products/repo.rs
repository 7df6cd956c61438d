//! The table of products.

use serde::Serialize;
use sqlx::{FromRow, PgPool};

#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Product {
    pub id: i64,
    pub sku: String,
    pub name: String,
    pub price_cents: i64,
}

#[derive(Clone)]
pub struct Products {
    pool: PgPool,
}

impl Products {
    pub fn new(pool: PgPool) -> Products {
        Products { pool }
    }

    pub async fn find(&self, id: i64) -> Result<Option<Product>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM products WHERE id = $1").bind(id).fetch_optional(&self.pool).await
    }

    pub async fn by_sku(&self, sku: &str) -> sqlx::Result<Product> {
        let query = sqlx::query_as::<_, Product>("SELECT * FROM products WHERE sku = $1");
        query.bind(sku).fetch_one(&self.pool).await // silent: missing_not_found (`AppError` tells it apart)
    }

    pub async fn page(&self, after: i64) -> sqlx::Result<Vec<Product>> {
        let query = sqlx::query_as("SELECT * FROM products WHERE id > $1 ORDER BY id LIMIT 50");
        query.bind(after).fetch_all(&self.pool).await
    }

    pub async fn insert(&self, sku: &str, name: &str, price_cents: i64) -> sqlx::Result<i64> {
        sqlx::query_scalar("INSERT INTO products (sku, name, price_cents) VALUES ($1, $2, $3) RETURNING id")
            .bind(sku)
            .bind(name)
            .bind(price_cents)
            .fetch_one(&self.pool) // silent: missing_not_found (it gives what it wrote)
            .await
    }

    pub async fn remove(&self, id: i64) -> bool {
        sqlx::query("DELETE FROM products WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected() > 0)
            .unwrap_or_else(|error| panic!("product {id} stays: {error}")) //~ unwrapped_query
    }
}
