//! Carts: small, and partly written as closures where they are routed.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{json, Value};
use sqlx::{FromRow, PgPool};

use crate::auth::Customer;
use crate::db::{number, Sure};
use crate::error::AppError;
use crate::jobs::Mail;
use crate::state::AppState;

#[derive(Serialize, FromRow)]
pub struct Line {
    product: i64,
    amount: i32,
    price_cents: i64,
}

pub fn router() -> Router<AppState> {
    let lines = get(|customer: Customer, State(pool): State<PgPool>| async move {
        let lines = lines_of(&pool, customer.id).await.sure();
        Json(lines)
    });
    Router::new()
        .route("/", lines)
        .route("/total", get(total))
        .route("/lines/{product}", put(change))
        .route("/share", axum::routing::post(share))
        .route("/shared/{code}", get(shared))
        .route(
            "/size",
            get(async |customer: Customer, State(state): State<AppState>| {
                let size = number!(&state.pool, "SELECT COUNT(*) FROM cart_lines WHERE customer = $1", customer.id);
                size.to_string()
            }),
        )
}

async fn lines_of(pool: &PgPool, customer: i64) -> sqlx::Result<Vec<Line>> {
    let query = sqlx::query_as("SELECT product, amount, price_cents FROM cart_lines WHERE customer = $1");
    query.bind(customer).fetch_all(pool).await
}

/// Goods and shipping.
async fn total(customer: Customer, State(state): State<AppState>) -> Result<Json<Value>, StatusCode> {
    let shipping = state.shipping.fetch_one("standard").unwrap(); // silent: unwrapped_query, panicking_handler (in memory)
    let lines = lines_of(&state.pool, customer.id)
        .await
        .inspect_err(|error| tracing::error!(%error, "cart cannot be read"));
    if lines.is_err() {
        return Err(StatusCode::SERVICE_UNAVAILABLE); // silent: dropped_cause (it was reported)
    }
    let lines = lines.unwrap(); // silent: unwrapped_query (looked at before)
    let amounts: HashMap<i64, i32> = lines.iter().map(|line| (line.product, line.amount)).collect();
    let first = lines.first().map(|line| amounts.get(&line.product).unwrap()); // silent: unwrapped_query (a map)
    let goods: i64 = lines.iter().map(|line| i64::from(line.amount) * line.price_cents).sum();
    Ok(Json(json!({ "goods_cents": goods, "shipping_cents": shipping, "first": first })))
}

async fn change(
    customer: Customer,
    State(pool): State<PgPool>,
    Path(product): Path<i64>,
    Json(amount): Json<i32>,
) -> Result<StatusCode, AppError> {
    let mut tx = pool.begin().await.expect("a transaction can be started"); //~ unwrapped_query
    let changed = sqlx::query("UPDATE cart_lines SET amount = $3 WHERE customer = $1 AND product = $2")
        .bind(customer.id)
        .bind(product)
        .bind(amount)
        .execute(&mut *tx)
        .await;
    let changed = match changed {
        Ok(done) => done.rows_affected(),
        Err(error) => {
            let _ = tx.rollback().await; // silent: swallowed_error (cleaning up)
            return Err(error.into());
        }
    };
    if changed == 0 {
        return Err(AppError::NotFound);
    }
    tx.commit().await.unwrap(); //~ unwrapped_query
    Ok(StatusCode::NO_CONTENT)
}

/// Writes the cart down under a code, and sends the code.
async fn share(customer: Customer, State(state): State<AppState>) -> Result<String, AppError> {
    let lines = lines_of(&state.pool, customer.id).await?;
    let text = serde_json::to_string(&lines).unwrap_or_default(); //~ swallowed_error
    let code: String = sqlx::query_scalar("INSERT INTO shared_carts (lines) VALUES ($1) RETURNING code")
        .bind(text)
        .fetch_one(&state.pool) // silent: missing_not_found (it gives what it wrote)
        .await?;
    let mail = Mail { to: customer.email, text: format!("Your cart: {code}") };
    state.mails.send(mail).await.unwrap(); // silent: unwrapped_query (a channel)
    Ok(code)
}

async fn shared(State(pool): State<PgPool>, Path(code): Path<String>) -> Result<Json<Option<String>>, AppError> {
    let query = sqlx::query_scalar("SELECT lines FROM shared_carts WHERE code = $1").bind(code);
    let lines = query.fetch_optional(&pool).await?; //~ missing_not_found
    Ok(Json(lines))
}
