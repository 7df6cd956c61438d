//! Guards that are alive where the code waits, and guards that look so.

use actix_web::{HttpResponse, get, web};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, RwLock};

struct Store {
    names: Mutex<Vec<String>>,
    sizes: RwLock<HashMap<String, u64>>,
}

impl Store {
    fn names(&self) -> MutexGuard<'_, Vec<String>> {
        self.names.lock().expect("nothing panics while it is held")
    }

    fn try_names(&self) -> Result<MutexGuard<'_, Vec<String>>, String> {
        self.names.lock().map_err(|_| "poisoned".to_owned())
    }
}

async fn rest() {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}

async fn take(name: Option<String>) -> u64 {
    rest().await;
    name.map_or(0, |name| name.len() as u64)
}

#[get("/named")]
async fn named(store: web::Data<Store>) -> HttpResponse {
    let sizes = store.sizes.read().unwrap(); //~ lock_across_await
    rest().await;
    HttpResponse::Ok().json(sizes.len())
}

#[get("/matched")]
async fn matched(store: web::Data<Store>) -> HttpResponse {
    match store.names().first() { //~ lock_across_await
        Some(name) => HttpResponse::Ok().json(take(Some(name.clone())).await),
        None => HttpResponse::NotFound().finish(),
    }
}

#[get("/arms")]
async fn arms(store: web::Data<Store>) -> HttpResponse {
    let guard = match store.names.lock() { //~ lock_across_await
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    };
    rest().await;
    HttpResponse::Ok().json(guard.len())
}

#[get("/tried")]
async fn tried(store: web::Data<Store>) -> Result<HttpResponse, actix_web::Error> {
    let names = store.try_names().map_err(actix_web::error::ErrorServiceUnavailable)?; //~ lock_across_await
    let count = take(names.first().cloned()).await;
    Ok(HttpResponse::Ok().json(count))
}

#[get("/loop")]
async fn all(store: web::Data<Store>) -> HttpResponse {
    for name in store.names().iter() { //~ lock_across_await
        take(Some(name.clone())).await;
    }
    while let Some(name) = store.names().pop() { //~ lock_across_await
        take(Some(name)).await;
    }
    HttpResponse::Ok().finish()
}

#[get("/branch")]
async fn branch(store: web::Data<Store>, deep: web::Query<bool>) -> HttpResponse {
    let names = store.names(); //~ lock_across_await
    if *deep {
        drop(names);
        return HttpResponse::Ok().json(take(None).await);
    }
    rest().await;
    HttpResponse::Ok().json(names.len())
}

#[get("/argument")]
async fn argument(store: web::Data<Store>) -> HttpResponse {
    let count = take(store.names().first().cloned()).await; //~ lock_across_await
    HttpResponse::Ok().json(count)
}

#[get("/selected")]
async fn selected(store: web::Data<Store>) -> HttpResponse {
    let names = store.names(); //~ lock_across_await
    tokio::select! {
        () = rest() => HttpResponse::Ok().json(names.len()),
        _ = take(None) => HttpResponse::Ok().finish(),
    }
}

#[get("/let")]
async fn statement(store: web::Data<Store>) -> HttpResponse {
    let first = store.names().first().cloned();
    let size = store.sizes.read().unwrap().get("a").copied();
    take(first).await;
    HttpResponse::Ok().json(size)
}

#[get("/dropped")]
async fn dropped(store: web::Data<Store>, deep: web::Query<bool>) -> HttpResponse {
    let names = store.names();
    match *deep {
        true => drop(names),
        false => std::mem::drop(names),
    }
    rest().await;
    let names = store.names();
    if names.is_empty() {
        return HttpResponse::NotFound().finish();
    }
    drop(names);
    rest().await;
    HttpResponse::Ok().finish()
}

#[get("/mapped")]
async fn mapped(store: web::Data<Store>) -> HttpResponse {
    let count = take(store.names.lock().map(|names| names.first().cloned()).ok().flatten()).await;
    if store.names().is_empty() {
        rest().await;
    }
    HttpResponse::Ok().json(count)
}

#[get("/later")]
async fn later(store: web::Data<Store>) -> HttpResponse {
    let names = store.names();
    let future = async { rest().await };
    let count = names.len();
    drop(names);
    future.await;
    let counted = move || count + 1;
    HttpResponse::Ok().json(counted())
}

#[get("/ignored")]
async fn ignored(store: web::Data<Store>) -> HttpResponse {
    let _ = store.names.lock();
    rest().await;
    HttpResponse::Ok().finish()
}

#[get("/started")]
async fn started(store: web::Data<Store>) -> HttpResponse {
    let names = store.names();
    actix_web::rt::spawn(async { rest().await });
    HttpResponse::Ok().json(names.len())
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(named).service(matched).service(arms).service(tried).service(all).service(branch).service(argument);
    config.service(selected).service(statement).service(dropped).service(mapped).service(later).service(ignored);
    config.service(started);
}
