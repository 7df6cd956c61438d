//! Locks that some panic poisons, and locks that none does.

use axum::extract::{Path, State};
use axum::{Router, routing::get};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, RwLock};

#[derive(Clone)]
struct Shared {
    hits: Arc<Mutex<HashMap<u64, u64>>>,
    names: Arc<RwLock<Vec<String>>>,
    order: Arc<Mutex<Vec<u64>>>,
    log: Arc<Mutex<Vec<String>>>,
}

static SEEN: LazyLock<Mutex<Vec<u64>>> = LazyLock::new(Mutex::default);

impl Shared {
    fn log(&self) -> MutexGuard<'_, Vec<String>> {
        self.log.lock().unwrap() //~ poisoned_lock
    }

    fn note(&self, id: &str) {
        self.log().push(format!("{}", number(id)));
    }
}

fn number(id: &str) -> u64 {
    id.parse().unwrap() //~ unwrapped_input
}

/// What panics does so before the lock is taken.
async fn count(State(shared): State<Shared>, Path(id): Path<String>) -> String {
    let id = number(&id);
    let mut hits = shared.hits.lock().unwrap();
    *hits.entry(id).or_default() += 1;
    hits.len().to_string()
}

/// Those who read do not poison.
async fn name(State(shared): State<Shared>, Path(id): Path<String>) -> String {
    let names = shared.names.read().unwrap();
    let id: usize = id.parse().unwrap(); //~ unwrapped_input
    names.get(id).cloned().unwrap_or_default()
}

async fn rename(State(shared): State<Shared>, Path(name): Path<String>) {
    shared.names.write().unwrap().push(name);
}

/// Behind `drop`, and behind the statement that has taken a guard without a name, nothing is held.
async fn order(State(shared): State<Shared>, Path(id): Path<String>) -> String {
    let order = shared.order.lock().unwrap();
    let last = order.last().copied();
    drop(order);
    shared.order.lock().unwrap().extend(last);
    number(&id).to_string()
}

/// Where it is taken next is said in the same finding.
async fn seen(Path(id): Path<String>) -> String {
    let mut seen = SEEN.lock().unwrap(); //~ poisoned_lock
    seen.push(number(&id));
    seen.len().to_string()
}

async fn all() -> String {
    SEEN.lock().unwrap().len().to_string()
}

async fn logged(State(shared): State<Shared>, Path(id): Path<String>) -> String {
    shared.note(&id);
    shared.log().join(", ")
}

fn app(shared: Shared) -> Router {
    Router::new()
        .route("/count/{id}", get(count))
        .route("/name/{id}", get(name))
        .route("/rename/{name}", get(rename))
        .route("/order/{id}", get(order))
        .route("/seen/{id}", get(seen))
        .route("/seen", get(all))
        .route("/logged/{id}", get(logged))
        .with_state(shared)
}
