//! What is said when there is nothing else to say.

use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::Request;
use rocket_db_pools::Database;

use crate::db::NotesDb;

/// Offers the newest notes instead.
#[catch(404)]
pub async fn not_found(request: &Request<'_>) -> String {
    let Some(pool) = NotesDb::fetch(request.rocket()) else {
        return "not found".to_owned();
    };
    let db = pool.get().await.expect("a connection"); //~ unwrapped_query
    let rows = db.query("SELECT title FROM notes ORDER BY id DESC LIMIT 3", &[]).await;
    let titles: Vec<String> = match rows {
        Ok(rows) => rows.iter().map(|row| row.get("title")).collect(), //~ unwrapped_query
        Err(_) => Vec::new(), //~ swallowed_error
    };
    format!("not found, but there are: {}", titles.join(", "))
}

#[catch(500)]
pub fn failed() -> RawHtml<String> {
    let contact = std::env::var("CONTACT").unwrap_or_else(|_| "the team".to_owned()); //~ request_time_env: CONTACT
    RawHtml(format!("<p>Something went wrong. Ask {contact}.</p>"))
}

#[catch(default)]
pub fn other(status: Status, _: &Request<'_>) -> String {
    status.to_string()
}
