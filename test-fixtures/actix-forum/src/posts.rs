//! Posts: handlers by registration, on whatever keeps the posts.

use actix_web::{web, HttpResponse, Responder};
use diesel::prelude::*;
use serde::Deserialize;

use crate::db::{self, posts, Pool, Post, User};
use crate::error::ForumError;
use crate::store::PostStore;

type Store = web::Data<dyn PostStore>;
type Answer = Result<HttpResponse, ForumError>;

pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/posts/{id}")
            .route(web::get().to(Posts::show))
            .route(web::delete().to(Posts::remove)),
    )
    .route("/posts/{id}/text", web::get().to(text))
    .service(web::resource("/threads/{topic}").get(thread).post(reply))
    .route("/users/{id}/posts", web::get().to(|pool: web::Data<Pool>, id: web::Path<i32>| async move {
        let own = posts::table.filter(posts::author.eq(*id)).count();
        let count: i64 = own.get_result(&mut db::connect(&pool)?).unwrap(); //~ unwrapped_query blocking_handler
        Ok::<_, ForumError>(count.to_string())
    }));
}

struct Posts;

impl Posts {
    async fn show(store: Store, id: web::Path<i32>) -> Answer {
        match store.find(*id)? {
            Some(post) => Ok(HttpResponse::Ok().json(post)),
            None => Ok(HttpResponse::NotFound().finish()), // silent: error_as_success, missing_not_found
        }
    }

    async fn remove(user: User, pool: web::Data<Pool>, id: web::Path<i32>) -> Answer {
        let author = posts::table.find(*id).select(posts::author);
        let mut conn = pool.get()?; //~ blocking_handler
        let author = author.first::<i32>(&mut conn).optional()?;
        if author.is_none() {
            return Err(ForumError::NotFound);
        }
        if author.unwrap() != user.id { // silent: missing_not_found (looked at before)
            return Err(ForumError::Unauthorized);
        }
        let removed = diesel::delete(posts::table.find(*id)).execute(&mut conn);
        if removed.is_err() {
            log::error!("post {id} stays: {}", removed.unwrap_err()); // silent: unwrapped_query, dropped_cause
            return Ok(HttpResponse::InternalServerError().finish());
        }
        Ok(HttpResponse::Ok().json(removed.unwrap())) // silent: unwrapped_query (looked at before)
    }
}

/// Just the text, or nothing.
async fn text(pool: web::Data<Pool>, id: web::Path<i32>) -> Answer {
    let id = id.into_inner();
    let text: Option<String> =
        db::run(&pool, move |conn| posts::table.find(id).select(posts::text).first(conn).optional()).await?; //~ missing_not_found
    Ok(HttpResponse::Ok().json(text))
}

async fn thread(store: Store, topic: web::Path<i32>) -> impl Responder {
    let posts = web::block(move || store.of_topic(*topic)).await;
    match posts {
        Ok(posts) => HttpResponse::Ok().json(posts),
        Err(error) => {
            log::error!("thread not shown: {error}");
            HttpResponse::Ok().body("error: try again") //~ error_as_success
        }
    }
}

#[derive(Deserialize)]
struct Reply {
    text: String,
}

async fn reply(user: User, store: Store, topic: web::Path<i32>, reply: web::Json<Reply>) -> Answer {
    let post: Post = store.add(*topic, user.id, &reply.text).expect("a post can be written"); //~ unwrapped_query
    let author = store.find(post.id).unwrap(); //~ unwrapped_query
    if let Ok(Some(first)) = store.find(1) { //~ swallowed_error
        log::debug!("{author:?} answers {first:?}");
    }
    Ok(HttpResponse::Created().json(post))
}
