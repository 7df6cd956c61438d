//! A message runs the handler for its type, of the actor whose address it is sent to.

use actix::prelude::*;
use actix_web::{HttpResponse, Responder, get, web};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use sqlx::PgPool;

diesel::table! { notes (id) { id -> Integer, } }

struct Store(PgPool);

impl Actor for Store {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(result = "i64")]
struct Count;

impl Handler<Count> for Store {
    type Result = ResponseFuture<i64>;

    fn handle(&mut self, _: Count, _: &mut Context<Self>) -> Self::Result {
        let pool = self.0.clone();
        Box::pin(async move {
            sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&pool).await.unwrap() //~ unwrapped_query
        })
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Clear;

impl Handler<Clear> for Store {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: Clear, _: &mut Context<Self>) -> Self::Result {
        let pool = self.0.clone();
        let work = async move {
            sqlx::query("DELETE FROM notes").execute(&pool).await.unwrap(); //~ unwrapped_query
        };
        Box::pin(work.into_actor(self))
    }
}

struct Touch;

impl Message for Touch {
    type Result = ();
}

impl Handler<Touch> for Store {
    type Result = AtomicResponse<Self, ()>;

    fn handle(&mut self, _: Touch, _: &mut Context<Self>) -> Self::Result {
        let pool = self.0.clone();
        AtomicResponse::new(Box::pin(async move {
            sqlx::query("UPDATE notes SET id = id").execute(&pool).await.unwrap(); //~ unwrapped_query
        }))
    }
}

/// Nobody sends it because of a request.
struct Nightly;

impl Message for Nightly {
    type Result = ();
}

impl Handler<Nightly> for Store {
    type Result = ();

    fn handle(&mut self, _: Nightly, _: &mut Context<Self>) {
        let pool = self.0.clone();
        let work = async move { drop(sqlx::query("VACUUM").execute(&pool).await.unwrap()) };
        drop(work);
    }
}

struct Sync(Pool<ConnectionManager<SqliteConnection>>);

impl Actor for Sync {
    type Context = SyncContext<Self>;
}

struct List;

impl Message for List {
    type Result = QueryResult<Vec<i32>>;
}

impl Handler<List> for Sync {
    type Result = QueryResult<Vec<i32>>;

    fn handle(&mut self, _: List, _: &mut Self::Context) -> Self::Result {
        let mut conn = self.0.get().expect("a connection"); //~ unwrapped_query
        notes::table.select(notes::id).load(&mut conn)
    }
}

/// Has a handler for the same message, and is not asked.
struct Other(PgPool);

impl Handler<Count> for Other {
    type Result = i64;

    fn handle(&mut self, _: Count, _: &mut Context<Self>) -> i64 {
        futures::executor::block_on(sqlx::query_scalar("SELECT 1").fetch_one(&self.0)).unwrap()
    }
}

#[get("/count")]
async fn count(store: web::Data<Addr<Store>>) -> impl Responder {
    // that the actor is gone is no failure of a query
    let count = store.send(Count).await.unwrap();
    HttpResponse::Ok().json(count)
}

#[get("/list")]
async fn list(sync: web::Data<Addr<Sync>>) -> impl Responder {
    let list = sync.into_inner().send(List).await.unwrap();
    HttpResponse::Ok().json(list.unwrap()) //~ unwrapped_query
}

#[get("/clear")]
async fn clear(store: web::Data<Addr<Store>>, sender: web::Data<tokio::sync::mpsc::Sender<Nightly>>) -> impl Responder {
    store.do_send(Clear);
    store.try_send(Clear).unwrap();
    let recipient: Recipient<Touch> = store.get_ref().clone().recipient::<Touch>();
    recipient.do_send(Touch);
    recipient.try_send(Touch).unwrap();
    recipient.send(Touch).await.unwrap();
    drop(sender.send(Nightly).await);
    HttpResponse::Ok()
}
