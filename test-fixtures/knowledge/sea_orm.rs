//! Notes through SeaORM, in axum handlers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use futures::TryStreamExt;
use sea_orm::entity::prelude::*;
use sea_orm::{
    ActiveModelBehavior, Database, DatabaseConnection, DatabaseTransaction, Delete, FromQueryResult, Insert, IntoActiveModel,
    LoaderTrait, PaginatorTrait, Set, SqlxMySqlConnector, SqlxPostgresConnector, SqlxSqliteConnector, Statement,
    TransactionTrait, TryIntoModel, Update,
};

mod note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notes")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub text: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod tag {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tags")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub note: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl Related<super::note::Entity> for Entity {
        fn to() -> RelationDef {
            Entity::belongs_to(super::note::Entity).into()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(FromQueryResult)]
struct Summary {
    text: String,
}

struct Failure(DbErr);

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Failure(error)
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        tracing::error!(error = %self.0, "the database failed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

fn app(db: DatabaseConnection) -> Router {
    Router::new()
        .route("/notes", get(notes).post(add))
        .route("/notes/{id}", get(one).put(change).delete(remove))
        .route("/pages", get(pages))
        .route("/related", get(related))
        .route("/statements", post(statements))
        .route("/transactions", post(transactions))
        .route("/inserts", post(inserts))
        .route("/elsewhere", get(elsewhere))
        .route("/connect", post(connect))
        .with_state(db)
}

async fn notes(State(db): State<DatabaseConnection>) -> String {
    let notes = note::Entity::find().filter(note::Column::Text.ne("")).all(&db).await.unwrap(); //~ unwrapped_query
    let mut stream = note::Entity::find().stream(&db).await.unwrap(); //~ unwrapped_query
    let first = stream.try_next().await.unwrap(); //~ unwrapped_query
    let texts: Vec<String> = note::Entity::find().select_only().column(note::Column::Text).into_tuple().all(&db).await.unwrap(); //~ unwrapped_query
    let summaries = note::Entity::find().into_model::<Summary>().all(&db).await.unwrap(); //~ unwrapped_query
    let partial = note::Entity::find().into_partial_model::<Summary>().one(&db).await.unwrap(); //~ unwrapped_query
    format!("{} {} {} {} {}", notes.len(), first.is_some(), texts.len(), summaries.len(), partial.is_some())
}

async fn one(State(db): State<DatabaseConnection>, Path(id): Path<i64>) -> Result<String, Failure> {
    let note = note::Entity::find_by_id(id).one(&db).await?;
    let must = note::Entity::find_by_id(id).require_one(&db).await.unwrap(); //~ unwrapped_query
    let count = note::Entity::find().count(&db).await.expect("a count"); //~ unwrapped_query
    let exists = note::Entity::find_by_id(id).exists(&db).await?;
    Ok(note.map_or_else(String::new, |note| format!("{} {} {count} {exists}", note.text, must.text)))
}

async fn add(State(db): State<DatabaseConnection>, text: String) -> Result<String, Failure> {
    let added = note::ActiveModel { text: Set(text.clone()), ..Default::default() }.insert(&db).await.unwrap(); //~ unwrapped_query
    let saved = note::ActiveModel { text: Set(text), ..Default::default() }.save(&db).await.unwrap(); //~ unwrapped_query
    let model = saved.try_into_model()?;
    let id = model.into_active_model().id.unwrap(); // silent: an ActiveValue is no Option
    Ok(format!("{} {id}", added.id))
}

async fn change(State(db): State<DatabaseConnection>, Path(id): Path<i64>, body: String) -> Result<String, Failure> {
    let Some(found) = note::Entity::find_by_id(id).one(&db).await? else { return Ok("none".to_owned()) };
    let note = renamed(found, &body)?;
    let changed = note.update(&db).await.unwrap(); //~ unwrapped_query
    let fresh = note::ActiveModel::from_json(serde_json::json!({ "text": body }))?;
    let one = note::Entity::update(fresh.clone()).exec(&db).await.unwrap(); //~ unwrapped_query
    let many = note::Entity::update_many().filter(note::Column::Id.gt(10)).exec(&db).await.unwrap(); //~ unwrapped_query
    let returned = note::Entity::update_many().exec_with_returning(&db).await.unwrap(); //~ unwrapped_query
    Update::one(fresh.clone()).exec(&db).await?;
    Update::many(note::Entity).exec(&db).await?;
    fresh.update_without_returning(&db).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {} {}", changed.text, one.text, many.rows_affected, returned.len()))
}

fn renamed(note: note::Model, text: &str) -> Result<note::ActiveModel, DbErr> {
    let mut note = note.into_active_model();
    note.set_from_json(serde_json::json!({ "text": text }))?;
    Ok(note)
}

async fn remove(State(db): State<DatabaseConnection>, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    let Some(note) = note::Entity::find_by_id(id).one(&db).await? else { return Ok(StatusCode::NOT_FOUND) };
    note.delete(&db).await.unwrap(); //~ unwrapped_query
    let gone = note::Entity::delete_by_id(id).exec(&db).await?;
    note::Entity::delete_many().exec(&db).await.unwrap(); //~ unwrapped_query
    note::Entity::delete(note::ActiveModel::default()).exec(&db).await?;
    Delete::many(tag::Entity).exec(&db).await?;
    Ok(if gone.rows_affected == 0 { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT })
}

async fn pages(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let mut pages = note::Entity::find().paginate(&db, 10);
    let first = pages.fetch_page(0).await.unwrap(); //~ unwrapped_query
    let same = pages.fetch().await?;
    let next = pages.fetch_and_next().await.unwrap(); //~ unwrapped_query
    let total = pages.num_items().await.unwrap(); //~ unwrapped_query
    let all: Vec<_> = pages.into_stream().try_collect().await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {} {total} {}", first.len(), same.len(), next.is_some(), all.len()))
}

async fn related(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let tags = tag::Entity::find().all(&db).await?;
    let of = tags.load_one(note::Entity, &db).await.unwrap(); //~ unwrapped_query
    let notes = note::Entity::find().all(&db).await?;
    let many = notes.load_many(tag::Entity, &db).await.unwrap(); //~ unwrapped_query
    let through = notes.load_many_to_many(tag::Entity, tag::Entity, &db).await.unwrap(); //~ unwrapped_query
    let Some(tag) = tag::Entity::find_by_id(1).one(&db).await? else { return Ok(String::new()) };
    let note = note_of(&tag, &db).await;
    let from = tag::Entity::find_related().all(&db).await.unwrap(); //~ unwrapped_query
    let loaded = note::Entity::load().all(&db).await.unwrap(); //~ unwrapped_query
    let partial = note::Entity::find().stream_partial_model::<_, Summary>(&db).await?;
    drop(partial);
    Ok(format!("{} {} {} {} {} {}", of.len(), many.len(), through.len(), note.is_some(), from.len(), loaded.len()))
}

async fn note_of(tag: &tag::Model, db: &DatabaseConnection) -> Option<note::Model> {
    tag.find_related(note::Entity).one(db).await.unwrap() //~ unwrapped_query
}

async fn statements(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let statement = |sql: &str| Statement::from_string(db.get_database_backend(), sql);
    let done = db.execute(statement("DELETE FROM drafts")).await.unwrap(); //~ unwrapped_query
    let row = db.query_one(statement("SELECT 1 AS one")).await.unwrap(); //~ unwrapped_query
    let all = db.query_all(statement("SELECT 1 AS one")).await?;
    let mut stream = db.stream(statement("SELECT 1 AS one")).await.unwrap(); //~ unwrapped_query
    let first = stream.try_next().await?;
    let Some(row) = row else { return Ok(String::new()) };
    let one: i64 = row.try_get("", "one").unwrap(); //~ unwrapped_query
    let same: i64 = row.try_get_by("one").unwrap(); //~ unwrapped_query
    let (many,): (i64,) = row.try_get_many("", &["one".to_owned()])?;
    let models = note::Model::find_by_statement(statement("SELECT * FROM notes")).all(&db).await.unwrap(); //~ unwrapped_query
    let summaries = Summary::find_by_statement(statement("SELECT text FROM notes")).one(&db).await.unwrap(); //~ unwrapped_query
    db.ping().await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {one} {same} {many} {} {} {}", done.rows_affected(), all.len(), first.is_some(), models.len(), summaries.is_some()))
}

async fn transactions(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let tx: DatabaseTransaction = db.begin().await.unwrap(); //~ unwrapped_query
    step(&tx).await;
    tx.commit().await.unwrap(); //~ unwrapped_query
    let tx = db.begin_with_config(None, None).await?;
    tx.rollback().await?;
    let tx = db.begin_with_options(Default::default()).await.unwrap(); //~ unwrapped_query
    tx.commit().await?;
    let count = db
        .transaction::<_, u64, DbErr>(|tx| Box::pin(async move { note::Entity::find().count(tx).await }))
        .await
        .unwrap(); //~ unwrapped_query
    let other = db
        .transaction_with_config::<_, u64, DbErr>(|tx| Box::pin(async move { note::Entity::find().count(tx).await }), None, None)
        .await
        .expect("counted"); //~ unwrapped_query
    Ok(format!("{count} {other}"))
}

async fn step<C: ConnectionTrait>(conn: &C) {
    let gone = note::Entity::delete_many().exec(conn).await.unwrap(); //~ unwrapped_query
    tracing::debug!(gone = gone.rows_affected, "deleted");
    let old = tag::Entity::delete_many().exec(conn).await;
    if let Err(error) = old {
        tracing::warn!(%error, "tags stay");
    }
}

async fn inserts(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let row = || note::ActiveModel { text: Set("text".to_owned()), ..Default::default() };
    let written = note::Entity::insert(row()).exec(&db).await.unwrap(); //~ unwrapped_query
    let returned = note::Entity::insert(row()).exec_with_returning(&db).await?;
    let quiet = note::Entity::insert_many([row(), row()]).exec_without_returning(&db).await.unwrap(); //~ unwrapped_query
    let keys = Insert::many([row()]).exec_with_returning_keys(&db).await.unwrap(); //~ unwrapped_query
    let many = Insert::many([row()]).exec_with_returning_many(&db).await.unwrap(); //~ unwrapped_query
    Ok(format!("{} {} {quiet} {} {}", written.last_insert_id, returned.id, keys.len(), many.len()))
}

/// Queries that are built in another crate: their names and a connection tell what they are.
async fn elsewhere(State(db): State<DatabaseConnection>) -> Result<String, Failure> {
    let one = notes_queries::newest().one(&db).await.unwrap(); //~ unwrapped_query
    let must = notes_queries::newest().require_one(&db).await.unwrap(); //~ unwrapped_query
    let all = notes_queries::all().all(&db).await.unwrap(); //~ unwrapped_query
    let lazy = notes_queries::all().stream(&db).await.unwrap(); //~ unwrapped_query
    notes_queries::clean().exec(&db).await.unwrap(); //~ unwrapped_query
    notes_queries::fresh().save(&db).await.unwrap(); //~ unwrapped_query
    drop((one, must, lazy));
    Ok(all.len().to_string())
}

async fn connect(url: String) -> Result<String, Failure> {
    let db = Database::connect(&url).await.unwrap(); //~ unwrapped_query
    let other = SqlxPostgresConnector::connect(url.into()).await?;
    let postgres = SqlxPostgresConnector::from_sqlx_postgres_pool(db.get_postgres_connection_pool().clone());
    let mysql = SqlxMySqlConnector::from_sqlx_mysql_pool(db.get_mysql_connection_pool().clone());
    let sqlite = SqlxSqliteConnector::from_sqlx_sqlite_pool(db.get_sqlite_connection_pool().clone());
    let count = note::Entity::find().count(&postgres).await.unwrap(); //~ unwrapped_query
    drop((mysql, sqlite, other));
    db.close().await.unwrap(); //~ unwrapped_query
    Ok(count.to_string())
}
