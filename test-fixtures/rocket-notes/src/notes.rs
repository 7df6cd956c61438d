//! Notes themselves.

use std::env;

use rocket::http::Status;
use rocket::response::status::{Custom, NoContent};
use rocket::response::Debug;
use rocket::serde::json::{json, Json, Value};
use rocket::serde::Deserialize;
use rocket::{Route, State};

use crate::config::{host, is_on, Limits, SECRET};
use crate::db::{change, Db, Note, PgError};
use crate::error::{ApiResult, Error, ExportError};
use crate::guards::User;

pub fn routes() -> Vec<Route> {
    let mut routes = routes![list, show, title, create, edit, remove, share];
    routes.append(&mut routes![search, export, count, latest, author]);
    #[cfg(debug_assertions)]
    routes.append(&mut routes![settings]);
    routes
}

#[get("/?<after>")]
async fn list(db: Db, after: Option<i64>, limits: &State<Limits>) -> Json<Vec<Note>> {
    let after = after.unwrap_or_default(); // silent: swallowed_error (client input)
    let sql = "SELECT id, title, text FROM notes WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = db.query(sql, &[&after, &limits.page]).await.unwrap(); //~ unwrapped_query
    Json(rows.iter().map(Note::from).collect())
}

#[get("/<id>")]
async fn show(db: Db, id: i64) -> ApiResult<Option<Json<Note>>> {
    let note = Note::find(&db, id).await?;
    Ok(note.map(Json)) // silent: missing_not_found (`None` answers 404)
}

/// For link previews.
#[get("/<id>/title")]
async fn title(db: Db, id: i64) -> Result<String, Debug<PgError>> {
    let row = db.query_one("SELECT title FROM notes WHERE id = $1", &[&id]).await?; //~ missing_not_found
    let title: String = row.try_get("title")?; // silent: leaked_error (`Debug` only logs)
    Ok(title)
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Draft {
    title: String,
    text: String,
    tags: Vec<String>,
}

#[post("/", data = "<draft>")]
async fn create(mut db: Db, user: User, draft: Json<Draft>, limits: &State<Limits>) -> ApiResult<Value> {
    if draft.text.len() > limits.text {
        return Err(Error::Invalid(format!("{} is too long", draft.text.len()))); // silent: leaked_error (client input)
    }
    let tx = db.transaction().await.expect("a transaction can be started"); //~ unwrapped_query
    let sql = "INSERT INTO notes (author, title, text) VALUES ($1, $2, $3) RETURNING id";
    let row = tx.query_one(sql, &[&user.id, &draft.title, &draft.text]).await?; // silent: missing_not_found (it gives what it wrote)
    let id: i64 = row.get(0); //~ unwrapped_query
    for tag in &draft.tags {
        if let Err(error) = tx.execute("INSERT INTO tags (note, name) VALUES ($1, $2)", &[&id, tag]).await {
            tx.rollback().await.ok(); // silent: swallowed_error (cleaning up)
            return Err(error.into());
        }
    }
    tx.commit().await.unwrap(); //~ unwrapped_query
    Ok(json!({ "id": id }))
}

#[put("/<id>", data = "<draft>")]
async fn edit(db: Db, user: User, id: i64, draft: Json<Draft>) -> ApiResult<NoContent> {
    let sql = "UPDATE notes SET title = $3, text = $4 WHERE id = $1 AND author = $2";
    let changed = db.execute(sql, &[&id, &user.id, &draft.title, &draft.text]).await;
    let Ok(changed) = changed else {
        unreachable!("notes can always be changed") //~ unwrapped_query
    };
    if changed == 0 {
        return Err(Error::NotFound);
    }
    Ok(NoContent)
}

#[delete("/<id>")]
async fn remove(db: Db, user: User, id: i64) -> Result<NoContent, Status> {
    let gone = change!(db, "DELETE FROM notes WHERE id = $1 AND author = $2", id, user.id);
    let gone = gone.map_err(|_| Status::InternalServerError)?; //~ dropped_cause
    let _ = change!(db, "DELETE FROM tags WHERE note = $1", id); //~ swallowed_error
    match gone {
        0 => Err(Status::NotFound),
        _ => Ok(NoContent),
    }
}

/// Makes a link; who made how many is counted aside.
#[post("/<id>/share")]
async fn share(db: Db, user: User, id: i64) -> ApiResult<String> {
    let Some(note) = Note::find(&db, id).await? else {
        return Err(Error::NotFound); // silent: missing_not_found
    };
    rocket::tokio::spawn(async move {
        change!(db, "UPDATE users SET visits = visits + 1 WHERE id = $1", user.id).unwrap(); //~ unwrapped_query
    });
    Ok(format!("https://{}/{}-{}", host(), note.id, SECRET.len()))
}

async fn looked_for(first: &str, second: &str) {
    let header = std::fs::read_to_string("header.txt").unwrap(); //~ panicking_handler blocking_handler
    info!("{header}: {first} {second}");
}

#[get("/search?<q>")]
async fn search(db: Db, q: &str) -> Result<Json<Vec<Note>>, Custom<String>> {
    let second = q.split('+').nth(1).unwrap(); //~ unwrapped_input
    let first = q.split('+').next().unwrap(); // silent: unwrapped_input (there is always a first)
    let _ = looked_for(first, second); //~ unawaited_future: looked_for
    looked_for(second, first).await; // silent: unawaited_future (awaited)
    let words = format!("%{q}%");
    let rows = db
        .query("SELECT id, title, text FROM notes WHERE text LIKE $1", &[&words])
        .await
        .map_err(|error| Custom(Status::InternalServerError, error.to_string()))?; //~ leaked_error
    let notes = rows.iter().filter_map(|row| Note::read(row).ok()).collect(); //~ swallowed_error
    Ok(Json(notes))
}

#[get("/export")]
async fn export(db: Db) -> Result<String, ExportError> {
    let owner = env::var("EXPORT_OWNER").expect("EXPORT_OWNER"); //~ request_time_env: EXPORT_OWNER
    let rows = db.query("SELECT id, title, text FROM notes", &[]).await?;
    let titles: Vec<String> = rows.iter().map(|row| row.try_get("title")).collect::<Result<_, _>>()?;
    let first = titles.first().cloned().unwrap_or_default(); // silent: missing_not_found (a list that may be empty)
    Ok(format!("{owner}: {first} and {} more", titles.len().saturating_sub(1)))
}

#[get("/count")]
async fn count(db: Db) -> String {
    let count = Note::count(&db).await.map(|count| count.to_string());
    count.unwrap_or_else(|error| panic!("notes cannot be counted: {error}")) //~ unwrapped_query
}

/// The newest note, where the team wants it to be shown.
#[get("/latest")]
async fn latest(db: Db) -> Result<Value, String> { //~ error_as_success
    if !is_on("SHOW_LATEST") { //~ request_time_env: SHOW_LATEST
        return Err("not shown here".to_owned());
    }
    let latest = db.query_opt("SELECT id, title, text FROM notes ORDER BY id DESC LIMIT 1", &[]).await;
    match latest {
        Ok(Some(row)) => Ok(json!(Note::from(&row))),
        Ok(None) => Ok(json!({ "error": "no notes yet" })), //~ error_as_success
        Err(error) => {
            error!("no latest note: {error}"); // silent: swallowed_error
            Err("try again".to_owned()) // silent: error_as_success (said of the type)
        }
    }
}

#[get("/<id>/author")]
async fn author(db: Db, id: i64) -> ApiResult<Value> {
    let rows = db.query("SELECT author FROM notes WHERE id = $1", &[&id]).await?; //~ missing_not_found
    let author: i64 = rows[0].try_get("author")?;
    Ok(json!({ "author": author }))
}

#[cfg(debug_assertions)]
#[get("/settings")]
fn settings() -> Result<String, Custom<String>> {
    env::var("NOTES_SETTINGS").map_err(|error| Custom(Status::InternalServerError, error.to_string())) // silent: request_time_env, leaked_error (not in a release)
}

#[cfg(test)]
mod tests {
    use rocket::local::asynchronous::Client;

    use super::*;
    use crate::db::NotesDb;

    #[rocket::async_test]
    async fn notes_are_counted() {
        let client = Client::tracked(crate::rocket()).await.unwrap();
        let pool = client.rocket().state::<NotesDb>().unwrap();
        let db = pool.get().await.unwrap(); // silent: unwrapped_query (a test)
        let row = db.query_one("SELECT COUNT(*) FROM notes", &[]).await.unwrap(); // silent: unwrapped_query (a test)
        assert_eq!(row.get::<_, i64>(0), 0); // silent: unwrapped_query (a test)
        assert!(env::var("TEST_NOTES").is_ok()); // silent: request_time_env (a test)
    }
}
