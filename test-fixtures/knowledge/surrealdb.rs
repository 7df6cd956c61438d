//! People in SurrealDB, served by axum.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use surrealdb::Surreal;
use surrealdb::engine::remote::ws::{Client, Ws};

static DB: LazyLock<Surreal<Client>> = LazyLock::new(Surreal::init);

#[derive(Serialize, Deserialize, Clone)]
struct Person {
    name: String,
}

fn failed(error: surrealdb::Error) -> StatusCode {
    tracing::error!(%error, "the database failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

fn app(db: Surreal<Client>) -> Router {
    Router::new()
        .route("/people", get(people).post(add))
        .route("/people/{id}", get(person).put(change).delete(remove))
        .route("/older/{age}", get(older))
        .route("/connect", post(connect))
        .route("/transfer", post(transfer))
        .with_state(db)
}

async fn people() -> Json<Vec<Person>> {
    let people: Vec<Person> = DB.select("person").await.unwrap(); //~ unwrapped_query
    Json(people)
}

async fn person(State(db): State<Surreal<Client>>, Path(id): Path<String>) -> Result<Json<Person>, StatusCode> {
    let person: Option<Person> = db.select(("person", id)).await.map_err(failed)?;
    person.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn add(State(db): State<Surreal<Client>>, Json(person): Json<Person>) -> Result<StatusCode, StatusCode> {
    let _: Option<Person> = db.create("person").content(person.clone()).await.unwrap(); //~ unwrapped_query
    let _: Vec<Person> = db.insert("person").content(vec![person.clone()]).await.map_err(failed)?;
    let _: Option<Person> = db.upsert(("person", "1")).merge(person).await.expect("upserted"); //~ unwrapped_query
    Ok(StatusCode::CREATED)
}

async fn change(State(db): State<Surreal<Client>>, Path(id): Path<String>, Json(person): Json<Person>) -> StatusCode {
    let changed: Option<Person> = db.update(("person", id)).content(person).await.unwrap(); //~ unwrapped_query
    if changed.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

async fn remove(State(db): State<Surreal<Client>>, Path(id): Path<String>) -> Result<StatusCode, StatusCode> {
    let gone: Option<Person> = db.delete(("person", id)).await.map_err(failed)?;
    Ok(if gone.is_some() { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND })
}

async fn older(State(db): State<Surreal<Client>>, Path(age): Path<u32>) -> Result<Json<Vec<Person>>, StatusCode> {
    let mut response = db.query("SELECT * FROM person WHERE age > $age").bind(("age", age)).await.unwrap(); //~ unwrapped_query
    let people: Vec<Person> = response.take(0).unwrap(); //~ unwrapped_query
    let names = response.take::<Vec<String>>((0, "name")).map_err(failed)?;
    tracing::debug!(count = names.len(), "found");
    db.query("REMOVE TABLE old").await.map_err(failed)?.check().unwrap(); //~ unwrapped_query
    let mut live = db.query("LIVE SELECT * FROM person").await.map_err(failed)?;
    live.stream::<surrealdb::Notification<Person>>(0).unwrap(); //~ unwrapped_query
    Ok(Json(people))
}

async fn connect(address: String) -> Result<String, StatusCode> {
    DB.connect::<Ws>(address.as_str()).await.unwrap(); //~ unwrapped_query
    let db = Surreal::new::<Ws>(address.as_str()).await.unwrap(); //~ unwrapped_query
    db.use_ns("shop").use_db("shop").await.unwrap(); //~ unwrapped_query
    db.set("tenant", "one").await.map_err(failed)?;
    db.unset("tenant").await.map_err(failed)?;
    let version = db.version().await.unwrap(); //~ unwrapped_query
    let greeting: String = db.run("fn::greet").args(("you",)).await.unwrap(); //~ unwrapped_query
    let other: Surreal<Client> = Surreal::init();
    drop(other);
    Ok(format!("{version} {greeting}"))
}

async fn transfer(State(db): State<Surreal<Client>>) -> Result<StatusCode, StatusCode> {
    let tx = db.begin().await.unwrap(); //~ unwrapped_query
    tx.query("UPDATE account SET balance -= 1").await.unwrap(); //~ unwrapped_query
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::OK)
}
