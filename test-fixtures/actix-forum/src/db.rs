//! Tables, the pool, and how queries get off the async threads.

use std::sync::OnceLock;

use actix_web::web;
use diesel::prelude::*;
use diesel::r2d2::{self, ConnectionManager, PoolError};
use serde::Serialize;

use crate::error::ForumError;

pub type Pool = r2d2::Pool<ConnectionManager<SqliteConnection>>;
pub type Conn = r2d2::PooledConnection<ConnectionManager<SqliteConnection>>;

/// For code that no handler hands a pool to.
pub static POOL: OnceLock<Pool> = OnceLock::new();

diesel::table! { users (id) { id -> Integer, name -> Text, token -> Text, moderator -> Bool, visits -> Integer, } }
diesel::table! { topics (id) { id -> Integer, title -> Text, author -> Integer, views -> Integer, } }
diesel::table! { posts (id) { id -> Integer, topic -> Integer, author -> Integer, text -> Text, } }
diesel::table! { notices (id) { id -> Integer, text -> Text, } }
diesel::allow_tables_to_appear_in_same_query!(users, topics, posts);

#[derive(Debug, Clone, Serialize, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i32,
    pub name: String,
    pub moderator: bool,
}

#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = topics)]
pub struct Topic {
    pub id: i32,
    pub title: String,
    pub author: i32,
    pub views: i32,
}

#[derive(Debug, Clone, Serialize, Queryable, Selectable)]
#[diesel(table_name = posts)]
pub struct Post {
    pub id: i32,
    pub topic: i32,
    pub author: i32,
    pub text: String,
}

/// A connection, where waiting for one does not hurt.
pub fn connect(pool: &Pool) -> Result<Conn, PoolError> {
    pool.get() //~ blocking_handler
}

/// Runs queries where they may block.
pub async fn run<T, F>(pool: &web::Data<Pool>, queries: F) -> Result<T, ForumError>
where
    F: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    T: Send + 'static,
{
    let pool = pool.clone();
    let found = web::block(move || -> Result<T, ForumError> {
        let mut conn = pool.get()?; // silent: blocking_handler (another thread)
        Ok(queries(&mut conn)?)
    });
    found.await?
}

/// `run`, where the pool is called `pool`.
macro_rules! on_db {
    ($pool:ident, $conn:ident => $queries:expr) => {
        $crate::db::run(&$pool, move |$conn| $queries).await
    };
}

/// All rows of a query, whatever it takes.
macro_rules! rows {
    ($query:expr, $conn:expr) => {
        $query.load($conn).expect("rows can be read") //~ unwrapped_query blocking_handler
    };
}

pub(crate) use {on_db, rows};
