//! Starts the forum: settings, pool, tables, jobs, server.

use std::sync::Arc;

use actix_forum::config::{body_limit, Settings};
use actix_forum::db::{self, Pool};
use actix_forum::store::{PostStore, SqlPosts};
use actix_forum::{error, jobs, moderation, routes};
use actix_web::middleware::{ErrorHandlers, Logger};
use actix_web::{http::StatusCode, web, App, HttpServer};
use diesel::r2d2::ConnectionManager;
use diesel::{Connection, RunQueryDsl, SqliteConnection};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let settings = Settings::from_env();
    let manager = ConnectionManager::<SqliteConnection>::new(&settings.database);
    let pool = Pool::builder().max_size(settings.connections).build(manager).expect("the pool can be built"); // silent: unwrapped_query, client_per_request (start-up)
    create_tables(&pool);
    db::POOL.set(pool.clone()).ok(); // silent: swallowed_error (start-up)
    jobs::start(pool.clone());

    let posts: Arc<dyn PostStore> = Arc::new(SqlPosts::new(pool.clone()));
    let posts = web::Data::from(posts);
    let bans = web::Data::new(moderation::Bans::default());
    HttpServer::new(move || { //~ missing_panic_boundary missing_request_id
        App::new()
            .app_data(web::Data::new(pool.clone()))
            .app_data(posts.clone())
            .app_data(bans.clone())
            .app_data(web::JsonConfig::default().limit(body_limit()).error_handler(error::invalid_json))
            .wrap(ErrorHandlers::new().handler(StatusCode::NOT_FOUND, moderation::count_missing))
            .wrap(Logger::default())
            .configure(routes)
    })
    .bind(&settings.bind)?
    .run()
    .await
}

fn create_tables(pool: &Pool) {
    let mut conn = pool.get().unwrap(); // silent: unwrapped_query (start-up)
    conn.transaction(|conn| {
        for statement in include_str!("schema.sql").split(';').filter(|text| !text.trim().is_empty()) {
            diesel::sql_query(statement).execute(conn).expect("the schema is right"); // silent: unwrapped_query (start-up)
        }
        diesel::QueryResult::Ok(())
    })
    .unwrap(); // silent: unwrapped_query (start-up)
}
