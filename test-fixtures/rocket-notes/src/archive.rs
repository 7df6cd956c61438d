//! What was put away: a SQLite file from the time before Postgres.

use std::sync::{Mutex, PoisonError};

use rocket::http::Status;
use rocket::serde::{json::Json, Serialize};
use rocket::tokio::runtime::Handle;
use rocket::tokio::task::{spawn_blocking, yield_now};
use rocket_sync_db_pools::{database, diesel};

use self::diesel::prelude::*;
use crate::db::{change, Db, Note};
use crate::error::{ApiResult, Error};

/// How many notes have been brought back.
static BACK: Mutex<u64> = Mutex::new(0);

#[database("archive")]
pub struct ArchiveDb(diesel::SqliteConnection);

diesel::table! { old_notes (id) { id -> BigInt, title -> Text, text -> Text, } }

#[derive(Debug, Serialize, Queryable, Insertable)]
#[serde(crate = "rocket::serde")]
#[diesel(table_name = old_notes)]
pub struct OldNote {
    id: i64,
    title: String,
    text: String,
}

fn find(conn: &mut SqliteConnection, id: i64) -> QueryResult<Option<OldNote>> {
    old_notes::table.find(id).first(conn).optional()
}

#[get("/")]
pub async fn list(archive: ArchiveDb) -> Json<Vec<OldNote>> {
    let notes = archive.run(|conn| old_notes::table.order(old_notes::id).load(conn)).await; // silent: blocking_handler (another thread)
    Json(notes.expect("the archive can be read")) //~ unwrapped_query
}

#[get("/<id>")]
pub async fn show(archive: ArchiveDb, id: i64) -> Option<Json<OldNote>> {
    let note = archive.run(move |conn| find(conn, id).unwrap()).await; //~ unwrapped_query
    note.map(Json) // silent: missing_not_found (`None` answers 404)
}

#[post("/<id>")]
pub async fn put_away(archive: ArchiveDb, db: Db, id: i64) -> ApiResult<Status> {
    let note = Note::find(&db, id).await?.ok_or(Error::NotFound)?; // silent: missing_not_found
    let old = OldNote { id: note.id, title: note.title, text: note.text };
    archive
        .run(move |conn| {
            conn.transaction(|conn| {
                diesel::delete(old_notes::table.find(old.id)).execute(conn)?;
                diesel::insert_into(old_notes::table).values(&old).execute(conn)
            })
        })
        .await
        .unwrap(); //~ unwrapped_query
    change!(db, "DELETE FROM notes WHERE id = $1", id)?;
    Ok(Status::NoContent)
}

#[put("/<id>")]
pub async fn bring_back(archive: ArchiveDb, db: Db, id: i64) -> Result<Status, Status> {
    let old = archive.run(move |conn| old_notes::table.find(id).first::<OldNote>(conn)).await;
    let old = match old {
        Ok(old) => old,
        Err(diesel::result::Error::NotFound) => return Err(Status::NotFound), // silent: missing_not_found
        Err(error) => {
            error!("the archive cannot be read: {error}"); // silent: dropped_cause
            return Err(Status::InternalServerError);
        }
    };
    let written = change!(db, "INSERT INTO notes (title, text) VALUES ($1, $2)", old.title, old.text);
    if let Err(error) = &written {
        error!("note {id} stays away: {error}"); // silent: swallowed_error, dropped_cause
        return Err(Status::InternalServerError);
    }
    let written = written.unwrap(); // silent: unwrapped_query (looked at before)
    let runtime = Handle::current();
    let told = spawn_blocking(move || runtime.block_on(async {
        let mut back = BACK.lock().unwrap_or_else(PoisonError::into_inner); //~ lock_across_await
        *back += written;
        yield_now().await;
        println!("{back} notes are back");
    })).await;
    told.unwrap(); // silent: unwrapped_query (a task without a query)
    Ok(Status::Created)
}

#[put("/<id>/title", data = "<title>")]
pub async fn rename(db: Db, id: i64, title: String) -> ApiResult<Status> {
    db.execute("UPDATE notes SET title = $2 WHERE id = $1", &[&id, &title]).await?; //~ unchecked_rows_affected
    Ok(Status::NoContent)
}

/// How much there is in the archive of the archive.
#[get("/older")]
pub async fn older() -> Result<String, Status> {
    let conn = SqliteConnection::establish("older.sqlite"); //~ client_per_request blocking_handler
    let count = conn.map_err(|error| error!("no older archive: {error}")).and_then(|mut conn| {
        let count: QueryResult<i64> = old_notes::table.count().get_result(&mut conn);
        count.map_err(|error| error!("older notes are not counted: {error}"))
    });
    count.map(|count| count.to_string()).map_err(|()| Status::ServiceUnavailable)
}

#[delete("/<id>")]
pub async fn forget(archive: ArchiveDb, id: i64) -> Result<Status, Status> {
    let title = archive.run(move |conn| find(conn, id)).await.ok().flatten().map(|note| note.title); //~ swallowed_error
    let gone = archive.run(move |conn| diesel::delete(old_notes::table.find(id)).execute(conn)).await; // silent: unchecked_rows_affected
    match gone {
        Ok(0) => Err(Status::NotFound),
        Ok(_) => {
            info!("{title:?} is forgotten");
            Ok(Status::NoContent)
        }
        Err(_) => Err(Status::InternalServerError), //~ dropped_cause
    }
}
