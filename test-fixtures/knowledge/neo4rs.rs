//! People in Neo4j, served by axum.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::Router;
use neo4rs::{Graph, Row, query};

fn failed(error: neo4rs::Error) -> StatusCode {
    tracing::error!(%error, "the graph database failed");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn first(State(graph): State<Arc<Graph>>) -> String {
    let mut rows = graph.execute(query("MATCH (p) RETURN p.id")).await.unwrap(); //~ unwrapped_query
    if let Some(row) = rows.next().await.unwrap() { //~ unwrapped_query
        return row.get("p.id").unwrap(); //~ unwrapped_query
    }
    graph.run(query("CREATE (p)")).await.expect("created"); //~ unwrapped_query
    String::new()
}

async fn all(State(graph): State<Arc<Graph>>) -> Result<String, StatusCode> {
    let mut rows = graph.execute_read(query("MATCH (p) RETURN p.name")).await.map_err(failed)?;
    let mut names = String::new();
    while let Some(row) = rows.next().await.map_err(failed)? {
        names += &row.get::<String>("p.name").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        names += &person(&row);
    }
    let mut rows = graph.execute_on("archive", query("MATCH (p) RETURN p")).await.unwrap(); //~ unwrapped_query
    let last = rows.next().await.map_err(failed)?;
    Ok(names + &last.map(|row| person(&row)).unwrap_or_default())
}

fn person(row: &Row) -> String {
    row.to::<String>().expect("a person has a name") //~ unwrapped_query
}

async fn add(State(graph): State<Arc<Graph>>) -> Result<StatusCode, StatusCode> {
    let mut txn = graph.start_txn().await.unwrap(); //~ unwrapped_query
    txn.run_queries([query("CREATE (a)"), query("CREATE (b)")]).await.unwrap(); //~ unwrapped_query
    txn.run(query("CREATE (c)")).await.map_err(failed)?;
    let mut rows = txn.execute(query("MATCH (p) RETURN p")).await.map_err(failed)?;
    drop(rows.next(txn.handle()).await.unwrap()); //~ unwrapped_query
    txn.commit().await.unwrap(); //~ unwrapped_query
    let txn = graph.start_txn_on("archive").await.map_err(failed)?;
    txn.rollback().await.map_err(failed)?;
    graph.run_on("archive", query("CREATE (p)")).await.unwrap(); //~ unwrapped_query
    Ok(StatusCode::CREATED)
}

async fn reconnect() -> String {
    let graph = Graph::new("localhost:7687", "neo4j", "neo").await.unwrap(); //~ unwrapped_query
    let other = Graph::connect(neo4rs::ConfigBuilder::default().build().unwrap()).await.is_ok();
    drop(graph);
    other.to_string()
}

#[tokio::main]
async fn main() {
    let graph = Arc::new(Graph::new("localhost:7687", "neo4j", "neo").await.unwrap());
    let app = Router::new().route("/first", get(first)).route("/people", get(all).post(add)).with_state(graph);
    let app = app.route("/reconnect", post(reconnect));
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
