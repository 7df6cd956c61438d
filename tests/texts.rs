//! What findings say beside where they are: what it is that fails, why, what follows from it and what to do about it.

mod support;

use support::{project, report};

/// Everything that the findings in a file say.
fn said(test: &str, text: &str) -> Vec<String> {
    said_in(test, &[("src/main.rs", text)])
}

/// Everything that the findings in a project say: message, labels with their lines, notes without the way there, help.
fn said_in(test: &str, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let dir = project(&format!("texts/{test}"), &files);
    let report = report(&dir, &[]);
    let findings = report["findings"].as_array().expect("there is a list of findings");
    let text = |value: &serde_json::Value| value.as_str().expect("it is text").to_owned();
    let list = |value: &serde_json::Value| value.as_array().expect("it is a list").clone();
    let one = |finding: &serde_json::Value| {
        let labels = list(&finding["labels"]).into_iter().map(|it| format!("{}: {}", it["line"], text(&it["text"])));
        let notes = list(&finding["notes"]).into_iter().map(|it| text(&it)).skip(1);
        let help = list(&finding["help"]).into_iter().map(|it| text(&it));
        let all: Vec<String> = labels.chain(notes).chain(help).collect();
        format!("{}: {}; {}", finding["line"], text(&finding["message"]), all.join("; "))
    };
    // Only these: what they say is what is tested here.
    let is_meant =
        |finding: &&serde_json::Value| matches!(finding["lint"].as_str(), Some("unwrapped_query" | "request_time_env"));
    findings.iter().filter(is_meant).map(one).collect()
}

/// A handler with this body, on line 3, and what its only finding says.
#[track_caller]
fn handler(test: &str, items: &str, body: &str) -> String {
    let head = "use axum::{extract::State, routing::get, Router}; use sqlx::PgPool;";
    let app = "fn app(pool: PgPool) -> Router { Router::new().route(\"/\", get(handler)).with_state(pool) }";
    let text = format!(
        "{head} {app}\nasync fn handler(State(pool): State<PgPool>) -> Result<String, sqlx::Error> {{\n{body}\n}}\n{items}\n"
    );
    let said = said(test, &text);
    assert_eq!(said.len(), 1, "{said:#?}");
    said.into_iter().next().unwrap_or_default()
}

const COUNT: &str = "sqlx::query_scalar::<_, String>(\"SELECT 1\").fetch_one(&pool).await";

#[track_caller]
fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
}

#[test]
fn what_is_expected_to_fail() {
    let said = handler("error", "", &format!("drop({COUNT}.unwrap_err()); Ok(String::new())"));
    says(&said, &["`unwrap_err` on the result of a query panics when the query succeeds", "`match` on the result"]);
}

#[test]
fn connections_and_pools_are_no_queries() {
    let said = handler("checkout", "", "drop(pool.acquire().await.unwrap()); Ok(String::new())");
    says(&said, &["`unwrap` on a connection from the pool panics when there is no connection to be had"]);
    let said = handler("pool", "", "drop(PgPool::connect(\"x\").await.expect(\"a pool\")); Ok(String::new())");
    says(&said, &["`expect` on a new pool panics when the pool cannot be made"]);
    let said = handler("begin", "", "drop(pool.begin().await.unwrap()); Ok(String::new())");
    says(&said, &["`unwrap` on the result of a query panics when the query fails"]);
}

#[test]
fn the_query_rather_than_the_connection_it_runs_on() {
    let body = "let both = async { let mut conn = pool.acquire().await?;\n\
        sqlx::query_scalar::<_, String>(\"x\").fetch_one(&mut *conn).await };\nOk(both.await.unwrap())";
    says(&handler("both", "", body), &["5: `unwrap` on the result of a query", "4: this query"]);
}

/// The second import is found through the first, which is looked for at that time.
#[test]
fn imports_through_all_of_another_crate() {
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"kit\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\n",
        ),
        ("src/lib.rs", "pub mod db { pub use sqlx::PgPool as Pool; pub use axum::extract::State as Of; }\n"),
        (
            "src/main.rs",
            "use kit::*;\nuse db::*;\nasync fn h(Of(pool): Of<Pool>) { pool.acquire().await.unwrap(); }\n\
                fn main() { drop(axum::Router::new().route(\"/\", axum::routing::get(h))); }\n",
        ),
    ];
    let said = said_in("globs", &files);
    assert!(said.len() == 1 && said[0].starts_with("3: `unwrap` on a connection from the pool"), "{said:#?}");
}

#[test]
fn nobody_is_answered_from_a_task() {
    let said = handler("task", "", &format!("tokio::spawn(async move {{ {COUNT}.unwrap(); }}); Ok(String::new())"));
    says(&said, &["the task dies", "log the error here"]);
    let said = handler("awaited", "", &format!("let n = {COUNT}.unwrap(); Ok(n)"));
    says(&said, &["return the error with `?`"]);
}

#[test]
fn macros_are_shown_where_they_are_called() {
    let count = format!("macro_rules! count {{ ($pool:expr) => {{ {} }} }}", COUNT.replace("&pool", "$pool"));
    says(&handler("macro", &count, "let n = count!(&pool);\nOk(n.unwrap())"), &["4: `unwrap`", "3: this query"]);
    // Where the panic is in the definition, too, so is the query.
    let unwrapped = count.replace(".await", ".await\n.unwrap()");
    says(&handler("macro_all", &unwrapped, "Ok(count!(&pool))"), &["6: `unwrap`", "5: this query"]);
}

#[test]
fn rows_come_from_queries() {
    let rows = "async fn rows(pool: &PgPool) -> Result<Vec<sqlx::postgres::PgRow>, sqlx::Error> {\n\
        let mut rows = sqlx::query(\"x\").fetch(pool);\nlet mut all = Vec::new();\n\
        while let Some(row) = futures::StreamExt::next(&mut rows).await { all.push(row?); }\nOk(all)\n}";
    let body = "Ok(rows(&pool).await?.iter().map(|row| sqlx::Row::get::<String, _>(row, 0)).collect())";
    let nullable = body.replace("String, _", "Option<String>, _").replace(", 0)", ", \"name\").unwrap_or_default()");
    says(&handler("nullable", rows, &nullable), &["`get` panics when column `name` is missing or of another type"]);
    says(
        &handler("rows", rows, body),
        &["3: `get` panics when column 0 is missing, NULL or of another type", "6: this query"],
    );
    let named = "fn name(row: &sqlx::postgres::PgRow) -> String { use sqlx::Row; row.get(0) }";
    let body = "let row = sqlx::query(\"x\").fetch_one(&pool).await?;\nOk(name(&row))";
    says(
        &handler("argument", named, body),
        &["6: `get` panics when column 0 is missing, NULL or of another type", "3: this query"],
    );
    let tenant = "type Boxed<'c, T> = std::pin::Pin<Box<dyn Future<Output = anyhow::Result<T>> + Send + 'c>>;\n\
        async fn with_tenant<F, T>(pool: &PgPool, run: F) -> anyhow::Result<T>\n\
        where F: for<'c> FnOnce(&'c mut sqlx::Transaction<'_, sqlx::Postgres>) -> Boxed<'c, T> + Send\n\
        { let mut tx = pool.begin().await?; let yielded = run(&mut tx).await?; tx.commit().await?; Ok(yielded) }";
    let body = "let row = with_tenant(&pool, |tx| Box::pin(async move {\n\
        sqlx::query(\"x\").fetch_one(&mut **tx).await.map_err(|error| error.into()) })).await;\n\
        Ok(sqlx::Row::get::<String, _>(&row.map_err(|_| sqlx::Error::PoolClosed)?, 0))";
    says(
        &handler("wrapped", tenant, body),
        &["5: `get` panics when column 0 is missing, NULL or of another type", "4: this query"],
    );
}

/// Where a result of reading a column is unwrapped the query has succeeded.
#[test]
fn columns_are_no_queries() {
    let column = ["4: `unwrap` on a column of a row panics when the column is missing", "3: this query"];
    let body = "let row = sqlx::query(\"x\").fetch_one(&pool).await?;\nOk(sqlx::Row::try_get(&row, 0).unwrap())";
    says(&handler("column", "", body), &column);
    let named = "fn name(row: &sqlx::postgres::PgRow) -> String { use sqlx::Row; row.try_get(0).unwrap() }";
    let body = "let row = sqlx::query(\"x\").fetch_one(&pool).await?;\nOk(name(&row))";
    says(&handler("column_argument", named, body), &["6: `unwrap` on a column of a row", "3: this query"]);
    let read = "fn name(row: &sqlx::postgres::PgRow) -> sqlx::Result<String> { use sqlx::Row; row.try_get(0) }";
    let body = "let row = sqlx::query(\"x\").fetch_one(&pool).await?;\nOk(name(&row).unwrap())";
    says(&handler("column_returned", read, body), &column);
    // Where the query, too, can be what failed, it is.
    let both = "async fn name(pool: &PgPool) -> sqlx::Result<String> {\n\
        use sqlx::Row; sqlx::query(\"x\").fetch_one(pool).await?.try_get(0)\n}";
    let said = handler("column_or_query", both, "Ok(name(&pool).await.unwrap())");
    says(&said, &["3: `unwrap` on the result of a query panics when the query fails", "6: this query"]);
}

/// A task fails when it panics, not when the query in it fails: that is a result of its own.
#[test]
fn tasks_are_no_queries() {
    let items = "async fn count(pool: &PgPool) -> sqlx::Result<String> {\n\
        sqlx::query_scalar::<_, String>(\"SELECT 1\").fetch_one(pool).await\n}";
    let body = "let found = tokio::spawn(async move { count(&pool).await }).await.unwrap();\nfound";
    let task = "3: `unwrap` on the outcome of a task panics when the task fails or panics";
    let said = handler("task_outcome", items, body);
    says(&said, &[task, "7: this query runs in the task", "return the task's error with `?`"]);
    let body = "let found = tokio::spawn(async move { count(&pool).await }).await;\n\
        match found { Ok(found) => Ok(found.unwrap()), Err(_) => Ok(String::new()) }";
    says(&handler("query_in_a_task", items, body), &["4: `unwrap` on the result of a query panics", "7: this query"]);
}

/// Before actix-web 4 the error of a query came back as that of the task.
#[test]
fn tasks_that_fail_with_their_queries() {
    let text = "use actix_web::{get, web, App};\nuse mongodb::{bson::doc, bson::Document, sync::Collection};\n\
        #[get(\"/\")]\nasync fn one(db: web::Data<Collection<Document>>) -> String {\n\
        drop(web::block(move || db.find_one(doc! {})).await.unwrap());\nString::new()\n}\n\
        fn main() { App::new().service(one); }";
    for (version, of) in [("3", "the result of a query"), ("4", "the outcome of a task")] {
        let manifest = format!("[package]\nname = \"p\"\n[dependencies]\nactix-web = \"{version}\"\nmongodb = \"2\"\n");
        let said = said_in(&format!("block-{version}"), &[("Cargo.toml", manifest.as_str()), ("src/main.rs", text)]);
        says(&said[0], &[&format!("5: `unwrap` on {of}")]);
    }
}

/// Whoever catches the panic of a task decides what the client sees: it may panic in turn.
#[test]
fn nothing_is_promised_of_who_waits_for_a_task() {
    let text = "use actix_web::{get, web, App};\nuse mongodb::{bson::doc, bson::Document, sync::Collection};\n\
        #[get(\"/\")]\nasync fn one(db: web::Data<Collection<Document>>) -> String {\n\
        web::block(move || drop(db.find_one(doc! {}).unwrap())).await.unwrap();\nString::new()\n}\n\
        fn app() { App::new().service(one); }";
    let said = said("offloaded", text);
    says(&said[0], &["where its error is returned the client gets a 500", "where it is unwrapped the connection is"]);
}

#[test]
fn what_happens_when_a_variable_is_not_set() {
    let unset = "when it is not set every request that comes here panics";
    let said = handler("env", "", "Ok(std::env::var(\"A\").unwrap())");
    says(&said, &["`A`", unset]);
    let said = handler("env_named", "", "let name = \"A\"; Ok(std::env::var(name).unwrap())");
    says(&said, &["`A`", unset]);
    let arms = "Ok(match std::env::var(\"A\") { Ok(a) => a, Err(std::env::VarError::NotPresent) => String::new(), Err(e) => panic!(\"{e}\") })";
    let said = handler("env_default", "", arms);
    assert!(!said.contains("when it is not set"), "{said}");
    let arms = arms.replace("Err(std::env::VarError::NotPresent) => String::new(), ", "");
    says(&handler("env_any", "", &arms), &[unset]);
}

/// That requests fail is said where the failure is in what the entry point answers.
#[test]
fn who_fails_when_a_variable_is_not_set() {
    let fails = "when it is not set every request that comes here fails";
    let read = "type Any = Box<dyn std::error::Error>; fn read() -> Result<String, Any> { Ok(std::env::var(\"A\")?) }\n\
        fn perhaps() -> Option<String> { Some(std::env::var(\"A\").ok()?) }\n\
        fn twice() -> Result<String, Any> { Ok(read()? + &read()?) }";
    for (test, body) in [
        ("env_returned", "read().map_err(|_| sqlx::Error::PoolClosed)"),
        ("env_passed_on", "let all = twice().map_err(|_| sqlx::Error::PoolClosed)?; Ok(all)"),
        ("env_here", "let a = std::env::var(\"A\").map_err(|_| sqlx::Error::PoolClosed)?; Ok(a)"),
    ] {
        says(&handler(test, read, body), &[fails]);
    }
    for (test, body) in [
        ("env_logged", "if let Err(error) = read() { eprintln!(\"{error}\"); }\nOk(String::new())"),
        ("env_fallback", "Ok(read().unwrap_or_default())"),
        ("env_perhaps", "Ok(perhaps().unwrap_or_else(|| String::from(\"none\")))"),
        ("env_detached", "tokio::spawn(async { drop(read()) }); Ok(String::new())"),
        ("env_logged_above", "if let Err(error) = twice() { eprintln!(\"{error}\"); }\nOk(String::new())"),
    ] {
        let said = handler(test, read, body);
        assert!(!said.contains("when it is not set"), "{said}");
    }
}

/// A layer that catches panics answers what the service says, where it says so.
#[test]
fn who_answers_when_a_handler_panics() {
    let layer = |layer: &str| {
        format!(
            "use tower_http::catch_panic::CatchPanicLayer;\n\
             fn caught(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {{ todo!() }}\n\
             fn outer(router: Router) -> Router {{ router.layer({layer}) }}"
        )
    };
    let body = format!("Ok({COUNT}.unwrap())");
    says(&handler("caught", &layer("CatchPanicLayer::new()"), &body), &["the client gets the bare 500"]);
    let answered = "the client gets what the service's own handler of the panic-catching layer answers";
    says(&handler("answered", &layer("CatchPanicLayer::custom(caught)"), &body), &[answered]);
    let qualified = "fn outer(router: Router) -> Router { router.layer(tower_http::catch_panic::CatchPanicLayer::custom(caught)) }\n\
        fn caught(_: Box<dyn std::any::Any + Send>) -> axum::response::Response { todo!() }";
    says(&handler("answered_by_path", qualified, &body), &[answered]);
}

/// `()` has no name that could be shown.
#[test]
fn an_error_without_a_name() {
    let text = "use rocket::{get, routes};\n#[get(\"/<id>\")]\nfn show(id: u8) -> Result<String, ()> { if id == 0 { Err(()) } else { Ok(String::new()) } }\n\
        #[rocket::launch]\nfn rocket() -> _ { rocket::build().mount(\"/\", routes![show]) }\n";
    let dir = project("texts/unit", &[("src/main.rs".to_owned(), text.to_owned())]);
    let report = report(&dir, &[]);
    let findings = report["findings"].as_array().into_iter().flatten();
    let answered = findings.filter(|it| it["lint"] == "error_as_success");
    let messages: Vec<&str> = answered.filter_map(|it| it["message"].as_str()).collect();
    assert_eq!(messages, ["an error of this handler is answered with status 200: `()` carries no status"]);
}

/// `?` is advised where it compiles.
#[test]
fn what_to_do_about_the_error() {
    let items = "use axum::{http::StatusCode, response::{IntoResponse, Response}};\n\
        struct Plain; impl IntoResponse for Plain { fn into_response(self) -> Response { StatusCode::INTERNAL_SERVER_ERROR.into_response() } }\n\
        enum From503 { Db(sqlx::Error) } impl From<sqlx::Error> for From503 { fn from(error: sqlx::Error) -> Self { From503::Db(error) } }\n\
        impl IntoResponse for From503 { fn into_response(self) -> Response { StatusCode::SERVICE_UNAVAILABLE.into_response() } }\n\
        #[derive(thiserror::Error)] enum Derived { #[error(\"db\")] Db(#[from] sqlx::Error) }\n\
        impl IntoResponse for Derived { fn into_response(self) -> Response { StatusCode::BAD_REQUEST.into_response() } }";
    let advice = |test: &str, returns: &str, unwrapped: &str| {
        let text = format!(
            "use axum::{{extract::State, routing::get, Router}}; use sqlx::PgPool; {items}\n\
             fn app(pool: PgPool) -> Router {{ Router::new().route(\"/\", get(handler)).with_state(pool) }}\n\
             async fn handler(State(pool): State<PgPool>) -> {returns} {{ {unwrapped} }}"
        );
        let said = said(&format!("advice_{test}"), &text);
        assert_eq!(said.len(), 1, "{said:#?}");
        said.into_iter().next().and_then(|it| it.rsplit("; ").next().map(str::to_owned)).unwrap_or_default()
    };
    let unwrapped = format!("Ok({COUNT}.unwrap())");
    for (test, error, expected) in [
        ("same", "sqlx::Error", "return the error with `?`"),
        ("any", "anyhow::Error", "return the error with `?`"),
        ("boxed", "Box<dyn std::error::Error>", "return the error with `?`"),
        ("from", "From503", "return the error with `?`: `From503` answers 503"),
        ("derived", "Derived", "return the error with `?`, and let `Derived` answer a 5xx"),
        ("none", "Plain", "`map_err` the error into a 5xx of `Plain`, then `?`"),
        ("status", "StatusCode", "`map_err` the error into a 5xx of `StatusCode`, then `?`"),
        ("tuple", "(StatusCode, String)", "`map_err` the error into a 5xx of `StatusCode`, then `?`"),
    ] {
        assert_eq!(advice(test, &format!("Result<String, {error}>"), &unwrapped), expected, "{test}");
    }
    let plain = format!("{COUNT}.unwrap()");
    assert_eq!(advice("plain", "String", &plain), "return a `Result` whose error type answers 500, and use `?` here");
    let closure = format!(
        "let run = |pool: PgPool| async move {{ {COUNT} }}; [pool].map(|pool| futures::executor::block_on({COUNT}).unwrap()).concat()"
    );
    assert!(advice("closure", "String", &closure).starts_with("let the closure return the error"), "{closure}");
    let guard = "use rocket::request::{FromRequest, Outcome, Request}; struct User;\n\
        #[rocket::async_trait] impl<'r> FromRequest<'r> for User { type Error = ();\n\
        async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {\n\
        let pool = request.rocket().state::<sqlx::PgPool>().unwrap(); drop(pool.acquire().await.unwrap()); Outcome::Success(User) } }\n\
        #[rocket::get(\"/a\")] fn a(_user: User) {} #[rocket::get(\"/b\")] fn b(_user: Option<User>) {} #[rocket::get(\"/c\")] fn c() {}\n\
        #[rocket::launch] fn rocket() -> _ { rocket::build().mount(\"/\", rocket::routes![a, b, c]) }";
    let said = said("advice_guard", guard);
    says(
        &said[0],
        &["2 handlers take it: `GET /a` and `GET /b`", "answer `Outcome::Error((Status::ServiceUnavailable, …))`"],
    );
}

/// What start-up cannot do without is set when requests come in; what has a default does not stop the deploy.
#[test]
fn what_start_up_says_of_variables() {
    let text = "use axum::{http::StatusCode, middleware, routing::get, Router}; use std::env;\n\
        fn settings() -> String { if env::var(\"DEBUG\").is_ok() { env::var(\"LEVEL\").unwrap(); } env::var(\"KEY\").expect(\"KEY\") }\n\
        async fn key() -> String { env::var(\"KEY\").unwrap() }\n\
        async fn level() -> String { env::var(\"LEVEL\").unwrap() }\n\
        async fn other() -> String { env::var(\"OTHER\").unwrap_or_default() }\n\
        async fn status() -> Result<String, StatusCode> { let Ok(text) = env::var(\"STATUS\") else { return Err(StatusCode::BAD_GATEWAY) }; Ok(text) }\n\
        async fn tz() -> String { dotenvy::dotenv().ok(); shared() }\n\
        fn shared() -> String { env::var(\"TZ\").unwrap_or_default() }\n\
        async fn around(request: axum::extract::Request, next: middleware::Next) -> axum::response::Response { shared(); next.run(request).await }\n\
        fn main() { settings(); drop(Router::<()>::new().route(\"/key\", get(key)).route(\"/level\", get(level)).route(\"/other\", get(other))\n\
        .route(\"/status\", get(status)).route(\"/tz\", get(tz)).layer(middleware::from_fn(around))) }\n";
    let said = said("start_up", text);
    let deploy = "let a missing value stop the deploy";
    says(
        &said[0],
        &[
            "`KEY`",
            "2: start-up reads it here",
            "start-up reads it, too, and stops",
            "keep the value that start-up reads",
        ],
    );
    says(&said[1], &["`LEVEL`", "when it is not set every request that comes here panics", deploy]);
    says(&said[2], &["`OTHER`", "read it once at start-up, and keep it in the application state"]);
    says(&said[3], &["`STATUS`", "when it is not set every request that comes here is answered with `502`", deploy]);
    says(&said[4], &["`dotenvy::dotenv` reads", "do that once, at start-up"]);
    says(&said[5], &["`TZ`", "also reached from the middleware `around`"]);
}

#[test]
fn a_variable_in_place_of_another() {
    let text = "fn app() -> axum::Router { axum::Router::new().route(\"/\", axum::routing::get(h)) }\n\
        async fn h() -> String { std::env::var(\"NEW\").or_else(|_| std::env::var(\"OLD\")).unwrap() }\n";
    let said = said("env_instead", text);
    assert!(said.len() == 2 && !said[0].contains("when"), "{said:#?}");
    says(&said[1], &["`OLD` is read", "when neither it nor `NEW` is set every request that comes here panics"]);
}

/// The note on further routes of the finding in `shared`, whom handlers call that these calls register.
#[track_caller]
fn further(test: &str, routes: &str) -> Option<String> {
    let handlers: String =
        ["a", "b", "c", "d", "e", "f"].map(|name| format!("async fn {name}() {{ shared() }}\n")).concat();
    let text = format!(
        "use axum::{{Router, routing::{{get, post}}}};\n{handlers}fn shared() {{ drop(std::env::var(\"A\")); }}\n\
        fn app(any: &str) -> Router {{ Router::new(){routes} }}\n"
    );
    let dir = project(&format!("texts/routes/{test}"), &[("src/main.rs".to_owned(), text)]);
    let report = report(&dir, &[]);
    let notes = report["findings"][0]["notes"].as_array().expect("there is a finding").clone();
    let is_way = notes[0].as_str().is_some_and(|way| way.ends_with(" → shared"));
    assert!(is_way, "{notes:?}");
    notes.iter().find_map(|note| note.as_str()?.strip_prefix("also reached from ").map(str::to_owned))
}

#[test]
fn the_other_routes_to_a_finding() {
    let routes = [
        ".route(\"/a\", get(a))",
        ".route(\"/b\", post(b))",
        ".route(\"/c\", get(c))",
        ".route(\"/d\", get(d))",
        ".route(\"/e\", get(e))",
        ".route(\"/f\", get(f))",
    ];
    let some = |number: usize| further(&number.to_string(), &routes[..number].concat());
    assert_eq!(some(1), None);
    assert_eq!(some(2).as_deref(), Some("`POST /b`"));
    assert_eq!(some(3).as_deref(), Some("`POST /b` and `GET /c`"));
    assert_eq!(some(4).as_deref(), Some("`POST /b`, `GET /c` and `GET /d`"));
    assert_eq!(some(5).as_deref(), Some("`POST /b`, `GET /c`, `GET /d` and 1 more"));
    assert_eq!(some(6).as_deref(), Some("`POST /b`, `GET /c`, `GET /d` and 2 more"));
}

/// One handler at two paths, one path registered twice, and paths that are not known.
#[test]
fn routes_that_are_hard_to_name() {
    let twice = further("twice", ".route(\"/a\", get(a)).route(\"/a\", get(a))");
    assert_eq!(twice, None, "it is the same route");
    assert_eq!(further("two", ".route(\"/a\", get(a)).route(\"/b\", get(a))").as_deref(), Some("`GET /b`"));
    let unknown = ".route(any, get(b)).route(any, get(c))";
    assert_eq!(further("one_unknown", ".route(\"/a\", get(a)).route(any, get(b))").as_deref(), Some("1 more route"));
    let only_unknown = format!(".route(\"/a\", get(a)){unknown}");
    assert_eq!(further("unknown", &only_unknown).as_deref(), Some("2 more routes"));
    let mixed = format!("{unknown}.route(\"/a\", get(a)).route(\"/d\", get(d))");
    let mixed = further("mixed", &mixed);
    assert!(mixed.as_deref().is_some_and(|it| it.starts_with('`') && it.ends_with(" more")), "{mixed:?}");
}
