//! Buying.

use std::env;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{json, Value};
use sqlx::{FromRow, PgPool, Row};

use crate::auth::Customer;
use crate::config;
use crate::db::{self, OrNotFound};
use crate::error::{ApiResult, AppError};
use crate::state::AppState;

#[derive(Debug, Serialize, FromRow)]
pub struct Order {
    id: i64,
    customer: i64,
    state: String,
}

pub fn router() -> Router<AppState> {
    use axum::routing::{get, post};

    Router::new()
        .route("/orders", post(place).get(mine))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/invoice", get(invoice))
        .route("/orders/{id}/state", get(tracking))
        .route("/orders/{id}/cancel", post(cancel))
        .route("/orders/statistics", get(statistics))
}

async fn place(customer: Customer, State(state): State<AppState>) -> ApiResult<i64> {
    let mut tx = state.pool.begin().await?;
    let lines = sqlx::query("SELECT product, amount FROM cart_lines WHERE customer = $1")
        .bind(customer.id)
        .fetch_all(&mut *tx)
        .await?;
    for line in &lines {
        let product: i64 = line.get("product"); //~ unwrapped_query
        let amount: i32 = line.try_get("amount")?;
        if !state.stock.reserve(product, amount).await? {
            tx.rollback().await.ok(); // silent: swallowed_error (cleaning up)
            return Err(AppError::OutOfStock);
        }
    }
    let id = sqlx::query("INSERT INTO orders (customer) VALUES ($1) RETURNING id")
        .bind(customer.id)
        .fetch_one(&mut *tx)
        .await
        .map(|row| row.get::<i64, _>(0)) //~ unwrapped_query
        .unwrap(); //~ unwrapped_query
    tx.commit().await?;

    let pool = state.pool.clone();
    tokio::spawn(async move {
        let sale = db::execute!(&pool, "INSERT INTO sales (order_id) VALUES ($1)", id);
        sale.expect("a sale can be written"); //~ unwrapped_query
    });
    tokio::spawn(async move { note_customer(&state.pool, customer.id).await }); //~ swallowed_error
    Ok(Json(id))
}

async fn note_customer(pool: &PgPool, customer: i64) -> Result<(), sqlx::Error> {
    db::execute!(pool, "UPDATE customers SET last_order = now() WHERE id = $1", customer)?;
    Ok(())
}

async fn mine(customer: Customer, State(pool): State<PgPool>) -> ApiResult<Vec<Order>> {
    let orders = sqlx::query_as("SELECT * FROM orders WHERE customer = $1")
        .bind(customer.id)
        .fetch_all(&pool)
        .await
        .inspect_err(|error| tracing::error!(%error, "orders cannot be read"))
        .unwrap_or_default(); // silent: swallowed_error (it was reported)
    Ok(Json(orders))
}

async fn find(pool: &PgPool, id: i64) -> sqlx::Result<Option<Order>> {
    sqlx::query_as("SELECT * FROM orders WHERE id = $1").bind(id).fetch_optional(pool).await
}

async fn show(State(pool): State<PgPool>, Path(id): Path<i64>) -> ApiResult<Order> {
    find(&pool, id).await.or_not_found().map(Json) // silent: missing_not_found
}

async fn invoice(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<String, AppError> {
    let seller = env::var("INVOICE_SELLER").unwrap(); //~ request_time_env: INVOICE_SELLER
    let iban = config::setting("INVOICE_IBAN").unwrap_or_default(); //~ request_time_env: INVOICE_IBAN
    let order = match find(&pool, id).await {
        Ok(Some(order)) => order,
        Ok(None) => return Err(AppError::NotFound), // silent: missing_not_found
        Err(error) => unreachable!("orders can always be read: {error}"), //~ unwrapped_query
    };
    Ok(format!("{seller}, {iban}: order {} of {}", order.id, order.customer))
}

/// What a client sees while it waits.
async fn tracking(State(pool): State<PgPool>, Path(id): Path<i64>) -> StatusCode {
    let Ok(Some(order)) = find(&pool, id).await else { return StatusCode::NOT_FOUND }; //~ swallowed_error
    match order.state.as_str() {
        "sent" => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
    }
}

async fn cancel(customer: Customer, State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<(), StatusCode> {
    let state: String = sqlx::query_scalar("SELECT state FROM orders WHERE id = $1 AND customer = $2")
        .bind(id)
        .bind(customer.id)
        .fetch_optional(&pool)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)? //~ dropped_cause
        .ok_or(StatusCode::NOT_FOUND)?; // silent: missing_not_found
    if state == "sent" {
        return Err(StatusCode::CONFLICT);
    }
    let cancelled = db::execute!(&pool, "UPDATE orders SET state = 'cancelled' WHERE id = $1", id);
    cancelled.map_err(|error| {
        tracing::error!(%error, id, "order not cancelled"); // silent: dropped_cause
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    db::execute!(&pool, "INSERT INTO cancelled (order_id) VALUES ($1)", id).unwrap(); //~ unwrapped_query
    Ok(())
}

async fn statistics(State(state): State<AppState>) -> ApiResult<Value> {
    let pool = state.pool.clone();
    let counting = tokio::spawn(async move { db::count_orders(&pool).await });
    let (open, products) = tokio::join!(
        sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM orders WHERE state = 'open'").fetch_one(&state.pool),
        sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM products").fetch_one(&state.pool),
    );
    let open = open.unwrap(); //~ unwrapped_query
    let products = products.unwrap_or_default(); //~ swallowed_error
    let orders = counting.await.unwrap()?; //~ unwrapped_query
    let total = state.stock.total().await;
    Ok(Json(json!({ "orders": orders, "open": open, "products": products, "in_stock": total })))
}
