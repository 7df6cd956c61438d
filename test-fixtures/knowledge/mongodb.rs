//! Documents in MongoDB, in actix-web handlers.

use actix_web::{HttpResponse, delete, get, post, web};
use futures::{StreamExt, TryStreamExt};
use mongodb::bson::{Document, doc, oid::ObjectId};
use mongodb::options::{ClientOptions, CollectionOptions, DatabaseOptions};
use mongodb::{Client, Collection, Database, IndexModel};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Note {
    text: String,
}

fn failed(error: mongodb::error::Error) -> actix_web::Error {
    log::error!("MongoDB: {error}");
    actix_web::error::ErrorInternalServerError("try again later")
}

#[get("/notes")]
async fn notes(db: web::Data<Database>) -> HttpResponse {
    let mut cursor = db.collection::<Note>("notes").find(doc! {}).await.unwrap(); //~ unwrapped_query
    let mut texts = Vec::new();
    while let Some(note) = cursor.next().await {
        texts.push(note.unwrap().text); //~ unwrapped_query
    }
    let all: Vec<Note> = db.collection("notes").find(doc! {}).await.unwrap().try_collect().await.unwrap(); //~ unwrapped_query
    HttpResponse::Ok().json((texts, all.len()))
}

#[get("/notes/{id}")]
async fn note(notes: web::Data<Collection<Note>>, id: web::Path<ObjectId>) -> actix_web::Result<HttpResponse> {
    let note = notes.find_one(doc! { "_id": *id }).await.map_err(failed)?;
    let renamed = notes.find_one_and_update(doc! { "_id": *id }, doc! { "$set": { "read": true } }).await.unwrap(); //~ unwrapped_query
    Ok(match note.or(renamed) {
        Some(note) => HttpResponse::Ok().json(note),
        None => HttpResponse::NotFound().finish(),
    })
}

#[post("/notes")]
async fn add(client: web::Data<Client>, note: web::Json<Note>) -> actix_web::Result<HttpResponse> {
    let db = client.database("notes");
    let notes = db.collection_with_options::<Note>("notes", CollectionOptions::default());
    notes.insert_one(&note.0).await.unwrap(); //~ unwrapped_query
    let mut session = client.start_session().await.unwrap(); //~ unwrapped_query
    session.start_transaction().await.map_err(failed)?;
    notes.delete_many(doc! {}).session(&mut session).await.unwrap(); //~ unwrapped_query
    session.commit_transaction().await.unwrap(); //~ unwrapped_query
    let known = client.default_database().is_some();
    let tuned = client.database_with_options("notes", DatabaseOptions::default());
    let names = tuned.list_collection_names().await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Created().json((known, names)))
}

#[delete("/notes/{id}")]
async fn remove(notes: web::Data<Collection<Note>>, id: web::Path<ObjectId>) -> actix_web::Result<HttpResponse> {
    let done = notes.delete_one(doc! { "_id": *id }).await.map_err(failed)?;
    let moved = notes.clone_with_type::<Document>().update_many(doc! {}, doc! { "$inc": { "n": 1 } }).await.unwrap(); //~ unwrapped_query
    log::info!("{} moved", moved.modified_count);
    Ok(if done.deleted_count == 0 { HttpResponse::NotFound().finish() } else { HttpResponse::NoContent().finish() })
}

#[get("/counts")]
async fn counts(notes: web::Data<Collection<Note>>) -> actix_web::Result<HttpResponse> {
    let count = notes.count_documents(doc! {}).await.unwrap(); //~ unwrapped_query
    let texts = notes.distinct("text", doc! {}).await.unwrap(); //~ unwrapped_query
    let mut sums = notes.aggregate([doc! { "$count": "n" }]).await.unwrap(); //~ unwrapped_query
    let first = sums.try_next().await.unwrap(); //~ unwrapped_query
    while sums.advance().await.unwrap() { //~ unwrapped_query
        let sum = sums.deserialize_current().unwrap(); //~ unwrapped_query
        log::debug!("{sum}");
    }
    Ok(HttpResponse::Ok().json((count, texts.len(), first.is_some())))
}

#[post("/indexes")]
async fn indexes(notes: web::Data<Collection<Note>>) -> actix_web::Result<HttpResponse> {
    notes.create_index(IndexModel::builder().keys(doc! { "text": 1 }).build()).await.unwrap(); //~ unwrapped_query
    let names = notes.list_index_names().await.unwrap(); //~ unwrapped_query
    let listed = notes.list_indexes().await.unwrap().count().await; //~ unwrapped_query
    notes.drop_index("text_1").await.unwrap(); //~ unwrapped_query
    let mut changes = notes.watch().await.unwrap(); //~ unwrapped_query
    let change = changes.next().await.map(|change| change.unwrap()); //~ unwrapped_query
    Ok(HttpResponse::Ok().json((names, listed, change.is_some())))
}

/// 2.x takes the session and the options as arguments.
#[post("/sessions")]
async fn sessions(client: web::Data<Client>, db: web::Data<Database>) -> actix_web::Result<HttpResponse> {
    let notes = db.collection::<Note>("notes");
    let mut session = client.start_session(None).await.map_err(failed)?;
    notes.update_one_with_session(doc! {}, doc! { "$inc": { "n": 1 } }, None, &mut session).await.unwrap(); //~ unwrapped_query
    let one = notes.find_one_with_session(doc! {}, None, &mut session).await.unwrap(); //~ unwrapped_query
    let mut cursor = notes.find_with_session(doc! {}, None, &mut session).await.map_err(failed)?;
    let next = cursor.next(&mut session).await.map(|note| note.unwrap()); //~ unwrapped_query
    let rest = cursor.stream(&mut session).try_collect::<Vec<Note>>().await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().json((one.is_some(), next.is_some(), rest.len())))
}

#[post("/admin")]
async fn admin(db: web::Data<Database>) -> actix_web::Result<HttpResponse> {
    let stats = db.run_command(doc! { "dbStats": 1 }).await.unwrap(); //~ unwrapped_query
    db.create_collection("more").await.unwrap(); //~ unwrapped_query
    let sums = db.aggregate([doc! { "$currentOp": {} }]).await.unwrap(); //~ unwrapped_query
    let changes = db.watch().await.map_err(failed)?;
    drop((sums, changes));
    let files = db.gridfs_bucket(None);
    let stream = files.open_download_stream_by_name("a.txt").await.unwrap(); //~ unwrapped_query
    drop(stream);
    files.rename_by_name("a.txt", "b.txt").await.unwrap(); //~ unwrapped_query
    let file = files.find_one(doc! {}).await.unwrap(); //~ unwrapped_query
    let all = files.find(doc! {}).await.unwrap().count().await; //~ unwrapped_query
    Ok(HttpResponse::Ok().json((stats, file.is_some(), all)))
}

#[post("/connect")]
async fn connect(url: String) -> actix_web::Result<HttpResponse> {
    let client = Client::with_uri_str(&url).await.unwrap(); //~ unwrapped_query
    let options = ClientOptions::parse(&url).await.map_err(failed)?;
    let other = Client::with_options(options).map_err(failed)?;
    let names = client.list_database_names().await.unwrap(); //~ unwrapped_query
    let changes = client.watch().await.map_err(failed)?;
    drop(changes);
    other.bulk_write(Vec::<mongodb::options::WriteModel>::new()).await.unwrap(); //~ unwrapped_query
    Ok(HttpResponse::Ok().json(names))
}

#[get("/blocking")]
async fn blocking(url: String) -> actix_web::Result<HttpResponse> {
    let answer = web::block(move || {
        let client = mongodb::sync::Client::with_uri_str(&url).unwrap(); //~ unwrapped_query
        let db = client.database("notes");
        let known = client.default_database().is_some();
        let options = mongodb::sync::Client::with_options(ClientOptions::default()).is_ok();
        let notes = db.collection::<Note>("notes");
        let texts: Vec<String> = notes.find(doc! {}).run().unwrap().map(|note| note.unwrap().text).collect(); //~ unwrapped_query
        let tuned = db.collection_with_options::<Note>("notes", CollectionOptions::default());
        let sums = tuned.aggregate([doc! { "$count": "n" }]).run().unwrap().count(); //~ unwrapped_query
        let raw = notes.clone_with_type::<Document>().find_one(doc! {}).run().unwrap(); //~ unwrapped_query
        let listed = db.list_collections().run().unwrap().count(); //~ unwrapped_query
        db.gridfs_bucket(None).delete(ObjectId::new().into()).run().unwrap(); //~ unwrapped_query
        format!("{known} {options} {} {sums} {} {listed}", texts.len(), raw.is_some())
    });
    Ok(HttpResponse::Ok().body(answer.await?))
}
