//! Resolvers run where the schema is executed; those of a schema that no request executes do not.

use std::sync::Arc;

use async_graphql::extensions::{self, ExtensionContext, ExtensionFactory, NextPrepareRequest};
use async_graphql::{ServerResult, ComplexObject, Context, EmptyMutation, Object, Schema, Subscription};
use async_graphql_axum::{GraphQL, GraphQLRequest, GraphQLResponse, GraphQLSubscription};
use axum::extract::Extension;
use axum::routing::{get, post, post_service};
use axum::Router;
use juniper::{EmptySubscription, FieldResult, RootNode, graphql_object};
use sqlx::PgPool;

struct Query;

#[Object]
impl Query {
    async fn count(&self, context: &Context<'_>) -> i64 {
        let pool = context.data_unchecked::<PgPool>();
        sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(pool).await.unwrap() //~ unwrapped_query
    }

    async fn checked(&self, context: &Context<'_>) -> async_graphql::Result<i64> {
        let pool = context.data_unchecked::<PgPool>();
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(pool).await?)
    }
}

#[derive(async_graphql::SimpleObject)]
#[graphql(complex)]
struct Note {
    id: i64,
}

#[ComplexObject]
impl Note {
    async fn text(&self, context: &Context<'_>) -> String {
        text(context.data_unchecked::<PgPool>(), self.id).await
    }
}

/// Not a resolver: only what stands under an attribute is.
impl Note {
    async fn unused(&self, pool: &PgPool) -> String {
        sqlx::query_scalar("SELECT text FROM notes").fetch_one(pool).await.unwrap()
    }
}

async fn text(pool: &PgPool, id: i64) -> String {
    sqlx::query_scalar("SELECT text FROM notes WHERE id = $1").bind(id).fetch_one(pool).await.unwrap() //~ unwrapped_query
}

struct Changes;

#[Subscription]
impl Changes {
    async fn all(&self, context: &Context<'_>) -> impl futures::Stream<Item = i64> {
        let pool = context.data_unchecked::<PgPool>();
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM notes").fetch_all(pool).await.unwrap(); //~ unwrapped_query
        futures::stream::iter(ids)
    }
}

/// Runs for each request that the schema is executed for.
struct Token;

impl ExtensionFactory for Token {
    fn create(&self) -> Arc<dyn extensions::Extension> {
        Arc::new(Checks { secret: std::env::var("SECRET").unwrap_or_default() }) //~ request_time_env
    }
}

struct Checks {
    secret: String,
}

impl Checks {
    /// Start-up: nothing that runs for requests calls it.
    fn at_start() -> Checks {
        Checks { secret: std::env::var("SECRET").expect("SECRET is set") }
    }
}

#[async_trait::async_trait]
impl extensions::Extension for Checks {
    async fn prepare_request(
        &self,
        context: &ExtensionContext<'_>,
        request: async_graphql::Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<async_graphql::Request> {
        let key = std::env::var("MASTER_KEY").expect("MASTER_KEY is set"); //~ request_time_env
        next.run(context, request.data(key + &self.secret)).await
    }
}

type Notes = Schema<Query, EmptyMutation, Changes>;

async fn execute(schema: Extension<Notes>, request: GraphQLRequest) -> GraphQLResponse {
    schema.execute(request.into_inner()).await.into()
}

async fn old(pool: Extension<PgPool>, schema: Extension<Root>, request: axum::Json<juniper::http::GraphQLRequest>) {
    let context = Store { pool: pool.0.clone() };
    drop(request.execute(&schema, &context).await);
    drop(juniper::execute("{ count }", None, &schema, &juniper::Variables::new(), &context).await);
    drop(juniper_actix::graphql_handler(&schema, &context, request, ()).await);
}

async fn rocket(schema: Extension<Notes>, request: async_graphql_rocket::GraphQLRequest) {
    drop(request.execute(&*schema).await);
}

struct Store {
    pool: PgPool,
}

struct Old;

#[graphql_object(context = Store)]
impl Old {
    async fn count(context: &Store) -> i32 {
        sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&context.pool).await.unwrap() //~ unwrapped_query
    }

    async fn checked(context: &Store) -> FieldResult<i32> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&context.pool).await?)
    }
}

type Root = RootNode<'static, Old, juniper::EmptyMutation<Store>, EmptySubscription<Store>>;

fn app(schema: Notes) -> Router {
    Router::new()
        .route("/graphql", post(execute))
        .route("/old", post(old))
        .route("/rocket", post(rocket))
        .route_service("/changes", GraphQLSubscription::new(schema.clone()))
        .route("/service", post_service(GraphQL::new(schema.clone())))
        .route("/health", get(|| async { "ok" }))
        .layer(Extension(schema))
}
