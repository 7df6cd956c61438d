//! Where posts are kept, behind a trait: the tests keep them in memory.

use std::sync::RwLock;

use diesel::prelude::*;

use crate::db::{posts, Pool, Post};
use crate::error::ForumError;

pub trait PostStore: Send + Sync {
    fn find(&self, id: i32) -> Result<Option<Post>, ForumError>;
    fn of_topic(&self, topic: i32) -> Vec<Post>;
    fn add(&self, topic: i32, author: i32, text: &str) -> QueryResult<Post>;
}

pub struct SqlPosts {
    pool: Pool,
}

impl SqlPosts {
    pub fn new(pool: Pool) -> SqlPosts {
        SqlPosts { pool }
    }
}

impl PostStore for SqlPosts {
    fn find(&self, id: i32) -> Result<Option<Post>, ForumError> {
        let mut conn = self.pool.get()?; //~ blocking_handler
        Ok(posts::table.find(id).first(&mut conn).optional()?)
    }

    fn of_topic(&self, topic: i32) -> Vec<Post> {
        let mut conn = self.pool.get().unwrap_or_else(|_| panic!("no connection")); //~ unwrapped_query
        let found = posts::table.filter(posts::topic.eq(topic)).order(posts::id).load(&mut conn);
        match found {
            Ok(posts) => posts,
            Err(error) => panic!("posts cannot be read: {error}"), //~ unwrapped_query
        }
    }

    fn add(&self, topic: i32, author: i32, text: &str) -> QueryResult<Post> {
        let mut conn = self.pool.get().map_err(|error| { //~ blocking_handler
            log::error!("no connection: {error}"); // silent: dropped_cause, swallowed_error
            diesel::result::Error::BrokenTransactionManager
        })?;
        let new = (posts::topic.eq(topic), posts::author.eq(author), posts::text.eq(text));
        diesel::insert_into(posts::table).values(new).get_result(&mut conn)
    }
}

#[derive(Default)]
pub struct MemoryPosts {
    posts: RwLock<Vec<Post>>,
}

impl PostStore for MemoryPosts {
    fn find(&self, id: i32) -> Result<Option<Post>, ForumError> {
        let posts = self.posts.read().unwrap(); //~ poisoned_lock // silent: unwrapped_query (a lock)
        Ok(posts.iter().find(|post| post.id == id).cloned())
    }

    fn of_topic(&self, topic: i32) -> Vec<Post> {
        let posts = self.posts.read().unwrap(); // silent: unwrapped_query (a lock), poisoned_lock (said above)
        posts.iter().filter(|post| post.topic == topic).cloned().collect()
    }

    fn add(&self, topic: i32, author: i32, text: &str) -> QueryResult<Post> {
        let mut posts = self.posts.write().unwrap(); // silent: unwrapped_query (a lock)
        let post = Post { id: posts.len() as i32, topic, author, text: text.to_owned() };
        std::fs::write("posts.txt", text).expect("a copy is kept"); //~ panicking_handler blocking_handler
        posts.push(post);
        Ok(posts.last().cloned().unwrap()) // silent: missing_not_found (a vector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{connect, notices, Conn};

    fn conn(pool: &Pool) -> Conn {
        connect(pool).unwrap() // silent: unwrapped_query (a test)
    }

    #[actix_web::test]
    async fn what_is_added_is_found() {
        let store = MemoryPosts::default();
        let post = store.add(1, 1, "hello").unwrap(); // silent: unwrapped_query (a test)
        assert_eq!(store.find(post.id).unwrap().unwrap().text, "hello"); // silent: unwrapped_query (a test)
    }

    #[test]
    fn notices_are_counted() {
        let url = std::env::var("TEST_DATABASE").expect("TEST_DATABASE"); // silent: request_time_env (a test)
        let pool = Pool::new(diesel::r2d2::ConnectionManager::new(url)).unwrap(); // silent: unwrapped_query (a test)
        assert_eq!(notices::table.count().get_result::<i64>(&mut conn(&pool)).unwrap(), 0); // silent: unwrapped_query (a test)
    }
}
