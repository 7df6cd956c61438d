//! Tags, on whatever keeps them: a trait, so that small installations need no second table.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rocket::fairing::AdHoc;
use rocket::http::Status;
use rocket::serde::json::{json, Json, Value};
use rocket::State;
use rocket_db_pools::deadpool_postgres::Pool;
use rocket_db_pools::Database;

use crate::config::is_on;
use crate::db::NotesDb;
use crate::error::{ApiResult, Error};
use crate::guards::Slug;

#[rocket::async_trait]
pub trait TagStore: Send + Sync {
    async fn of_note(&self, note: i64) -> ApiResult<Vec<String>>;
    async fn all(&self) -> Vec<String>;
    async fn rename(&self, from: &str, to: &str) -> Result<u64, Error>;
}

type Tags = State<Arc<dyn TagStore>>;

/// Chooses the store, then mounts the routes.
pub fn stage() -> AdHoc {
    AdHoc::on_ignite("tags", |rocket| async {
        let store: Arc<dyn TagStore> = match NotesDb::fetch(&rocket) {
            Some(db) if !is_on("TAGS_IN_MEMORY") => Arc::new(PgTags { pool: (**db).clone() }), // silent: request_time_env (start-up)
            _ => Arc::new(MemoryTags::default()),
        };
        let known = store.of_note(0).await.unwrap(); // silent: unwrapped_query (start-up)
        info!("{} tags of no note", known.len());
        rocket.manage(store).mount("/tags", routes![all, of_note, rename, first])
    })
}

struct PgTags {
    pool: Pool,
}

#[rocket::async_trait]
impl TagStore for PgTags {
    async fn of_note(&self, note: i64) -> ApiResult<Vec<String>> {
        let db = self.pool.get().await?;
        let rows = db.query("SELECT name FROM tags WHERE note = $1", &[&note]).await?;
        let names: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get("name")).collect();
        Ok(names?)
    }

    async fn all(&self) -> Vec<String> {
        let db = self.pool.get().await.unwrap(); //~ unwrapped_query
        let rows = db.query("SELECT DISTINCT name FROM tags", &[]).await.expect("tags can be read"); //~ unwrapped_query
        rows.into_iter().map(|row| row.get("name")).collect() //~ unwrapped_query
    }

    async fn rename(&self, from: &str, to: &str) -> Result<u64, Error> {
        let db = self.pool.get().await?;
        Ok(db.execute("UPDATE tags SET name = $2 WHERE name = $1", &[&from, &to]).await?)
    }
}

#[derive(Default)]
struct MemoryTags {
    names: RwLock<HashMap<i64, Vec<String>>>,
}

#[rocket::async_trait]
impl TagStore for MemoryTags {
    async fn of_note(&self, note: i64) -> ApiResult<Vec<String>> {
        let names = self.names.read().unwrap(); //~ poisoned_lock // silent: unwrapped_query (a lock)
        Ok(names.get(&note).cloned().unwrap_or_default()) // silent: swallowed_error, missing_not_found (a map)
    }

    async fn all(&self) -> Vec<String> {
        let names = self.names.read().unwrap(); // silent: unwrapped_query (a lock)
        names.values().flatten().cloned().collect()
    }

    async fn rename(&self, _from: &str, to: &str) -> Result<u64, Error> {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner); // silent: poisoned_lock, lock_across_await
        let kept = std::fs::read_to_string("tags.txt").unwrap(); //~ panicking_handler blocking_handler
        names.retain(|_, names| names.iter().any(|name| kept.contains(name)));
        Err(Error::Invalid(format!("{to} stays")))
    }
}

#[get("/")]
async fn all(tags: &Tags) -> Json<Vec<String>> {
    Json(tags.all().await)
}

#[get("/<note>")]
async fn of_note(tags: &Tags, note: i64) -> Value {
    let names = tags.of_note(note).await.unwrap(); //~ unwrapped_query
    json!(names)
}

#[put("/<from>/<to>")]
async fn rename(tags: &Tags, from: Slug, to: Slug) -> Status {
    let renamed = tags.rename(&from.0, &to.0).await;
    assert!(renamed.is_ok(), "{} cannot be renamed", from.0); //~ unwrapped_query
    Status::NoContent
}

/// One tag that the note has, for its colour.
#[get("/<note>/first")]
async fn first(tags: &Tags, note: i64) -> Option<String> {
    let names = tags.of_note(note).await.ok()?; //~ swallowed_error
    names.into_iter().next()
}
