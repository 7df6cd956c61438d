//! What the back office asks for.

use std::sync::{Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::Json;
use serde_json::{json, Value};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use tokio::runtime::Handle;

use crate::error::{AppError, ReportError};
use crate::stock::Stock;

/// How often the orders have been exported.
static EXPORTS: Mutex<u64> = Mutex::new(0);

type Report = Result<Json<Value>, ReportError>;

pub async fn sales(State(pool): State<PgPool>) -> Report {
    let rows = sqlx::query("SELECT year, sum(cents) AS cents FROM sales GROUP BY year").fetch_all(&pool).await?;
    let years: Vec<Value> = rows.iter().map(year).collect();
    Ok(Json(json!({ "years": years })))
}

fn year(row: &PgRow) -> Value {
    let year: i32 = row.get("year"); //~ unwrapped_query
    let cents = row.get::<Option<i64>, _>("cents"); //~ unwrapped_query
    json!({ "year": year, "cents": cents })
}

pub async fn sales_of_year(State(pool): State<PgPool>, Path(year): Path<i32>) -> Report {
    let row = sqlx::query("SELECT cents, orders FROM sales_by_year WHERE year = $1")
        .bind(year)
        .fetch_one(&pool) //~ missing_not_found
        .await?;
    let cents: i64 = row.try_get("cents")?;
    Ok(Json(json!({ "year": year, "cents": cents })))
}

/// What the stock is worth, whoever keeps it.
pub async fn stock_value<S: Stock>(State(pool): State<PgPool>) -> Report {
    tracing::debug!(kept_by = std::any::type_name::<S>(), "stock is valued");
    let value = sqlx::query("SELECT SUM(price_cents * amount) FROM products JOIN stock ON id = product")
        .fetch_one(&pool)
        .await
        .and_then(|row| row.try_get::<i64, _>(0))
        .expect("the stock has a value"); //~ unwrapped_query
    Ok(Json(json!({ "value_cents": value })))
}

/// All orders as a table: long, so it is put together on a thread of its own.
pub async fn export(State(pool): State<PgPool>) -> Result<String, AppError> {
    let runtime = Handle::current();
    let table = tokio::task::spawn_blocking(move || {
        let query = sqlx::query_scalar("SELECT id FROM orders ORDER BY id").fetch_all(&pool);
        let ids: Vec<i64> = runtime.block_on(query).unwrap(); //~ unwrapped_query // silent: blocking_handler (another thread)
        runtime.block_on(async {
            let mut exports = EXPORTS.lock().unwrap_or_else(PoisonError::into_inner); //~ lock_across_await
            *exports += 1;
            tokio::task::yield_now().await;
            tracing::info!(exports = *exports, orders = ids.len(), "exported");
        });
        ids.iter().map(i64::to_string).collect::<Vec<_>>().join("\n")
    });
    Ok(table.await?)
}

/// What the shop sold before it had this database.
pub async fn archive() -> Result<String, AppError> {
    let pool = PgPool::connect("postgres://localhost/archive").await?; //~ client_per_request
    let sold: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sales").fetch_one(&pool).await?;
    Ok(sold.to_string())
}

pub async fn rename(
    State(pool): State<PgPool>,
    Path(id): Path<i64>,
    Json(name): Json<String>,
) -> Result<StatusCode, AppError> {
    let renamed = sqlx::query("UPDATE products SET name = $2 WHERE id = $1").bind(id).bind(name);
    renamed.execute(&pool).await?; //~ unchecked_rows_affected
    Ok(StatusCode::NO_CONTENT)
}

/// Prices are set by hand.
pub struct Prices;

impl Prices {
    pub async fn set(
        State(pool): State<PgPool>,
        Path(id): Path<i64>,
        Json(cents): Json<i64>,
    ) -> Result<StatusCode, (StatusCode, String)> {
        let query = sqlx::query("UPDATE products SET price_cents = $2 WHERE id = $1").bind(id).bind(cents);
        let done = query.execute(&pool).await.map_err(|error| { // silent: unchecked_rows_affected (looked at below)
            tracing::error!(%error, id, "price not set");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("price not set: {error:?}")) //~ leaked_error
        })?;
        match done.rows_affected() {
            0 => Err((StatusCode::NOT_FOUND, format!("no product {id}"))), // silent: error_as_success, leaked_error (client input)
            _ => Ok(StatusCode::NO_CONTENT),
        }
    }

    /// Answers with text, for a spreadsheet.
    pub async fn history(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, String> { //~ error_as_success
        let query = sqlx::query_scalar::<_, i64>("SELECT cents FROM prices WHERE product = $1").bind(id);
        let prices = query.fetch_all(&pool).await;
        if let Err(error) = &prices {
            tracing::error!(%error, id, "prices cannot be read"); // silent: swallowed_error
            return Err("prices cannot be read".to_owned()); // silent: error_as_success (said of the type)
        }
        let prices = prices.unwrap(); // silent: unwrapped_query (looked at before)
        Ok(prices.iter().map(i64::to_string).collect::<Vec<_>>().join("\n"))
    }
}
