//! What is sold.

mod repo;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{stream, Stream, TryStreamExt};
use serde::Deserialize;
use serde_json::{json, Value};
use sqlx::{PgPool, Row};
use tokio::time::timeout;

pub use self::repo::Products;

use self::repo::Product;
use crate::auth::Customer;
use crate::config::{currency, TAX_PER_MILLE};
use crate::db::OrNotFound;
use crate::error::{ApiResult, AppError};
use crate::state::AppState;

pub fn router() -> Router<AppState> {
    let one = get(show).delete(remove);
    Router::new()
        .route("/", get(list).post(create))
        .route("/{id}", one)
        .route("/sku/{sku}", get(by_sku))
        .route("/{id}/stock", get(stock))
        .route("/{id}/watch", get(watch))
        .route("/{id}/reviews", post(review).get(reviews))
}

#[derive(Deserialize)]
struct Page {
    after: Option<String>,
}

async fn list(State(state): State<AppState>, Query(page): Query<Page>) -> ApiResult<Vec<Product>> {
    let after = page.after.unwrap_or_default().parse().unwrap_or(0); // silent: swallowed_error (a documented default)
    Ok(Json(state.products.page(after).await?))
}

async fn show(State(state): State<AppState>, Path(id): Path<i64>) -> Result<Json<Value>, AppError> { // silent: impossible_extractor
    let product = state.products.find(id).await.unwrap(); //~ unwrapped_query
    let Some(product) = product else {
        return Err(AppError::NotFound); // silent: missing_not_found
    };
    let gross = product.price_cents * (1000 + *TAX_PER_MILLE) / 1000;
    Ok(Json(json!({ "product": product, "gross_cents": gross, "currency": currency() })))
}

async fn by_sku(State(state): State<AppState>, Path(sku): Path<String>) -> ApiResult<Product> {
    let product = state.products.by_sku(&sku).await?;
    Ok(Json(product))
}

#[derive(Deserialize)]
struct NewProduct {
    sku: String,
    name: String,
    price_cents: i64,
}

async fn create(State(state): State<AppState>, Json(new): Json<NewProduct>) -> ApiResult<Product> {
    if new.price_cents < 0 {
        return Err(AppError::Invalid(format!("{} is no price", new.price_cents))); // silent: leaked_error (client input)
    }
    let id = state.products.insert(&new.sku, &new.name, new.price_cents).await?;
    let product = state.products.find(id).await?;
    if product.is_none() {
        return Err(AppError::NotFound);
    }
    Ok(Json(product.unwrap())) // silent: missing_not_found (looked at before)
}

async fn remove(State(state): State<AppState>, Path(id): Path<i64>) -> StatusCode {
    match state.products.remove(id).await {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}

async fn stock(State(state): State<AppState>, Path(id): Path<i64>) -> ApiResult<Value> {
    let found = timeout(Duration::from_secs(2), state.products.find(id)).await?.or_not_found()?;
    let available = state.stock.available(found.id).await.unwrap(); //~ unwrapped_query
    let suppliers = state.stock.suppliers(found.id).await;
    Ok(Json(json!({ "available": available, "suppliers": suppliers })))
}

/// Sends the amount in stock every few seconds.
async fn watch(State(pool): State<PgPool>, Path(id): Path<i64>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let amounts = stream::unfold(pool, move |pool| async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let row = sqlx::query("SELECT amount FROM stock WHERE product = $1")
            .bind(id)
            .fetch_one(&pool)
            .await
            .unwrap(); //~ unwrapped_query
        let amount: i32 = row.get("amount"); //~ unwrapped_query
        Some((Ok(Event::default().data(amount.to_string())), pool))
    });
    Sse::new(amounts)
}

async fn review(customer: Customer, State(pool): State<PgPool>, Path(id): Path<i64>, stars: String) -> Response {
    let written = sqlx::query("INSERT INTO reviews (product, customer, stars) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(customer.id)
        .bind(stars.parse().unwrap_or(5_i16)) // silent: swallowed_error (a documented default)
        .execute(&pool)
        .await;
    match written {
        Ok(_) => StatusCode::CREATED.into_response(),
        Err(error) => {
            tracing::warn!(%error, id, "review not written");
            let detail = error.to_string(); //~ leaked_error
            Json(json!({ "error": "not written", "detail": detail })).into_response() //~ error_as_success
        }
    }
}

async fn reviews(customer: Option<Customer>, State(pool): State<PgPool>, Path(id): Path<i64>) -> ApiResult<Value> {
    let mut rows = sqlx::query("SELECT stars, customer FROM reviews WHERE product = $1").bind(id).fetch(&pool);
    let mut stars = Vec::new();
    let mut own = 0;
    while let Some(row) = rows.try_next().await.unwrap() { //~ unwrapped_query
        let by: i64 = row.try_get("customer")?;
        own += i32::from(customer.as_ref().is_some_and(|customer| customer.id == by));
        stars.push(row.get::<i16, _>("stars")); //~ unwrapped_query
    }
    Ok(Json(json!({ "stars": stars, "own": own })))
}
