//! Topics: handlers by attribute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::{delete, get, post, put, rt, web, HttpResponse, Responder};
use diesel::prelude::*;
use serde::Deserialize;

use crate::config::page_size;
use crate::db::{connect, on_db, posts, rows, run, topics, users, Pool, Topic, User};
use crate::error::{ForumError, SearchError};

/// How many topics have been given to somebody else since one was removed.
static GIVEN: Mutex<u64> = Mutex::new(0);

pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(list).service(show).service(create);
    cfg.service(web::scope("/topics").service(rename).service(remove).service(statistics).service(search).service(give).service(archive));
}

#[get("/topics")]
async fn list(pool: web::Data<Pool>) -> Result<HttpResponse, ForumError> {
    let topics = web::block(move || {
        let mut conn = pool.get().unwrap(); //~ unwrapped_query
        topics::table.order(topics::id.desc()).limit(page_size()).load::<Topic>(&mut conn)
    })
    .await
    .unwrap()?; //~ unwrapped_query
    Ok(HttpResponse::Ok().json(topics))
}

#[get("/topics/{id}")]
async fn show(pool: web::Data<Pool>, id: web::Path<i32>) -> Result<HttpResponse, ForumError> {
    let id = id.into_inner();
    let topic = run(&pool, move |conn| topics::table.find(id).first::<Topic>(conn).optional()).await.unwrap(); //~ unwrapped_query
    let Some(topic) = topic else {
        return Ok(HttpResponse::NotFound().finish()); // silent: missing_not_found
    };
    let counted = pool.clone();
    rt::spawn(async move {
        let mut conn = counted.get().expect("a connection to count with"); //~ unwrapped_query
        let more = diesel::update(topics::table.find(id)).set(topics::views.eq(topics::views + 1));
        more.execute(&mut conn).unwrap(); //~ unwrapped_query
    });
    let author = topic.author;
    rt::spawn(async move { note_reader(&pool, author).await }); //~ swallowed_error
    Ok(HttpResponse::Ok().json(topic))
}

async fn note_reader(pool: &web::Data<Pool>, author: i32) -> Result<usize, ForumError> {
    let noted = diesel::update(users::table.find(author)).set(users::visits.eq(users::visits + 1));
    run(pool, move |conn| noted.execute(conn)).await
}

#[derive(Deserialize)]
struct Title {
    title: String,
}

#[post("/topics")]
async fn create(user: User, pool: web::Data<Pool>, new: web::Json<Title>) -> Result<impl Responder, ForumError> {
    let Title { title } = new.into_inner();
    if title.is_empty() {
        return Err(ForumError::Invalid("a topic needs a title"));
    }
    let topic = web::block(move || -> Result<Topic, ForumError> {
        let mut conn = connect(&pool)?;
        conn.transaction(|conn| {
            let new = (topics::title.eq(title), topics::author.eq(user.id), topics::views.eq(0));
            let topic: Topic = diesel::insert_into(topics::table)
                .values(new)
                .get_result(conn) // silent: missing_not_found (it gives what it wrote)
                .expect("a topic can be written"); //~ unwrapped_query
            let first = (posts::topic.eq(topic.id), posts::author.eq(user.id), posts::text.eq(""));
            diesel::insert_into(posts::table).values(first).execute(conn)?;
            Ok(topic)
        })
    });
    Ok(web::Json(topic.await??))
}

#[put("/{id}")]
async fn rename(pool: web::Data<Pool>, id: web::Path<i32>, new: web::Json<Title>) -> HttpResponse {
    let Title { title } = new.into_inner();
    let changed = on_db!(pool, conn => diesel::update(topics::table.find(*id)).set(topics::title.eq(title)).execute(conn));
    match changed {
        Ok(0) => HttpResponse::NotFound().finish(),
        Ok(_) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::InternalServerError().finish(), //~ dropped_cause
    }
}

#[put("/{id}/author")]
async fn give(pool: web::Data<Pool>, id: web::Path<i32>, to: web::Json<i32>) -> Result<HttpResponse, ForumError> {
    let (id, to) = (id.into_inner(), to.into_inner());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner); //~ lock_across_await
    run(&pool, move |conn| {
        diesel::update(topics::table.find(id)).set(topics::author.eq(to)).execute(conn) //~ unchecked_rows_affected
    })
    .await?;
    *given += 1;
    Ok(HttpResponse::NoContent().finish())
}

/// How much there was before the forum moved.
#[get("/archive")]
async fn archive() -> Result<HttpResponse, ForumError> {
    let mut conn = match SqliteConnection::establish("archive.sqlite") { //~ client_per_request blocking_handler
        Ok(conn) => conn,
        Err(error) => {
            log::error!("no archive: {error}");
            return Ok(HttpResponse::ServiceUnavailable().finish());
        }
    };
    let count: i64 = topics::table.count().get_result(&mut conn)?;
    Ok(HttpResponse::Ok().json(count))
}

#[delete("/{id}")]
async fn remove(pool: web::Data<Pool>, id: web::Path<i32>) -> HttpResponse {
    let id = id.into_inner();
    *GIVEN.lock().unwrap_or_else(PoisonError::into_inner) = 0; // silent: lock_across_await (the statement ends before)
    let removed = on_db!(pool, conn => diesel::delete(topics::table.find(id)).execute(conn)); // silent: unchecked_rows_affected (a part of the answer)
    let Ok(removed) = removed else {
        panic!("topic {id} stays") //~ unwrapped_query
    };
    HttpResponse::Ok().json(removed)
}

/// How many posts each topic has.
#[get("/statistics")]
async fn statistics(pool: web::Data<Pool>) -> Result<HttpResponse, ForumError> {
    let mut conn = connect(&pool).unwrap(); //~ unwrapped_query
    let all: Vec<(i32, i64)> = rows!(posts::table.group_by(posts::topic).select((posts::topic, diesel::dsl::count_star())), &mut conn);
    let counts: HashMap<i32, i64> = all.into_iter().collect();
    let busiest = counts.values().max().copied().unwrap_or_default(); // silent: swallowed_error (no query)
    let users = users::table.count().get_result::<i64>(&mut conn)?; // silent: missing_not_found (always a row)
    let first = counts.get(&1).copied();
    Ok(HttpResponse::Ok().json((busiest, users, first)))
}

#[derive(Deserialize)]
struct Words {
    q: String,
    best: Option<String>,
}

#[get("/search")]
async fn search(pool: web::Data<Pool>, words: web::Query<Words>) -> Result<HttpResponse, SearchError> {
    let mut conn = pool.get()?; //~ blocking_handler
    let pattern = format!("%{}%", words.q);
    if words.best.as_deref().is_some_and(|best| best.parse().unwrap_or(false)) { // silent: swallowed_error (client input)
        let best = topics::table.filter(topics::title.like(&pattern)).first::<Topic>(&mut conn)?; //~ missing_not_found
        return Ok(HttpResponse::Ok().json(best));
    }
    let found = topics::table.filter(topics::title.like(&pattern)).load_iter::<Topic, _>(&mut conn)?;
    let found: Vec<Topic> = found.filter_map(Result::ok).collect(); //~ swallowed_error
    Ok(HttpResponse::Ok().json(found))
}
