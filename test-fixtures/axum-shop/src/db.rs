//! What all queries share.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use crate::error::AppError;

/// Runs a statement with its arguments.
macro_rules! execute {
    ($on:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query($sql)$(.bind($argument))*.execute($on).await
    };
}

/// The one number that a query gives.
macro_rules! number {
    ($on:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_scalar::<_, i64>($sql)
            $(.bind($argument))*
            .fetch_one($on)
            .await
            .unwrap() //~ unwrapped_query
    };
}

pub(crate) use {execute, number};

/// For lookups whose absence is the client's to know.
pub trait OrNotFound<T> {
    fn or_not_found(self) -> Result<T, AppError>;
}

impl<T> OrNotFound<T> for sqlx::Result<Option<T>> {
    fn or_not_found(self) -> Result<T, AppError> {
        self?.ok_or(AppError::NotFound)
    }
}

/// For queries that nobody believes can fail.
pub trait Sure<T> {
    fn sure(self) -> T;
}

impl<T> Sure<T> for sqlx::Result<T> {
    fn sure(self) -> T {
        self.expect("the database answers") //~ unwrapped_query
    }
}

/// How many orders there are.
pub async fn count_orders(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let row: PgRow = sqlx::query("SELECT COUNT(*) FROM orders").fetch_one(pool).await?; // silent: missing_not_found (always a row)
    row.try_get(0)
}
