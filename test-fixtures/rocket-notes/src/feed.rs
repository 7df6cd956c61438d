//! What changes, while it changes.

use std::time::Duration;

use rocket::response::stream::{Event, EventStream};
use rocket::tokio::{self, sync::mpsc, time::interval};
use rocket::State;

use crate::db::NotesDb;

/// How many notes there are, every few seconds.
#[get("/changes")]
pub fn changes(pool: &State<NotesDb>) -> EventStream![Event + '_] {
    EventStream! {
        let mut every = interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            let db = pool.get().await.unwrap(); //~ unwrapped_query
            let row = db.query_one("SELECT COUNT(*) FROM notes", &[]).await.unwrap(); //~ unwrapped_query
            yield Event::data(row.get::<_, i64>(0).to_string()); //~ unwrapped_query
        }
    }
}

/// Tells who asked how many there were when they asked.
#[post("/subscribe")]
pub async fn subscribe(pool: &State<NotesDb>) -> String {
    let (send, mut receive) = mpsc::channel::<i64>(1);
    let own = (***pool).clone();
    let counting = tokio::spawn(async move {
        let db = own.get().await?;
        let row = db.query_one("SELECT COUNT(*) FROM notes", &[]).await?; // silent: missing_not_found (always a row)
        send.send(row.try_get(0)?).await.unwrap(); // silent: unwrapped_query, panicking_handler (a channel)
        Ok::<_, crate::error::Error>(())
    });
    let first = receive.recv().await.unwrap_or_default();
    let counted = counting.await.unwrap(); //~ unwrapped_query
    counted.expect("notes can be counted"); //~ unwrapped_query
    format!("{first} notes")
}
