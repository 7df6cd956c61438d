//! Which functions requests reach, and under which paths: small programs, each with the list of its entry points.
//!
//! A row is `framework METHOD path function`; what is no handler names its kind in the place of the method. `-` is a path
//! that is not known, and `unregistered` stands behind what only an attribute calls a handler.

mod support;

use support::{backstop, findings, marks, project, report};

/// Fails unless the entry points of a program are these, in any order, and its findings those that are marked in it.
#[track_caller]
fn check(name: &str, source: &str, expected: &[&str]) {
    let dir = project(&format!("routes-{name}"), &[("main.rs".to_owned(), source.to_owned())]);
    let file = dir.join("main.rs");
    let output = backstop(&["routes", "--format", "json", file.to_str().expect("the folder has a UTF-8 name")]);
    let document: serde_json::Value = serde_json::from_str(&output.out).expect("the list is JSON");
    let mut found: Vec<String> =
        document["routes"].as_array().expect("there is a list of routes").iter().map(row).collect();
    found.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "entry points");
    assert_eq!(findings(&dir), marks("main.rs", source), "findings");
}

fn row(route: &serde_json::Value) -> String {
    let text = |key: &str| route[key].as_str().expect("it is text");
    let (kind, path) = (text("kind"), text("path"));
    if kind != "handler" {
        return format!("{} {kind} {}", text("framework"), text("function"));
    }
    let path = if path.is_empty() { "-" } else { path };
    let registered = if route["registered"].is_null() { " unregistered" } else { "" };
    format!("{} {} {path} {}{registered}", text("framework"), text("method"), text("function"))
}

/// Nobody asks how the server ended: it has served all the same.
mod thrown_away {
    use super::check;

    #[test]
    fn axum() {
        check(
            "thrown-away-axum",
            r#"
            use axum::{Router, routing::get};
            async fn a() {}
            async fn b() {}
            async fn c() {}
            async fn d() {}
            async fn e() {}
            async fn f() {}
            async fn directly(l: tokio::net::TcpListener) {
                let _ = axum::serve(l, Router::new().route("/a", get(a))).await;
            }
            async fn through_a_local(l: tokio::net::TcpListener) {
                let app = Router::new().route("/b", get(b));
                let _ = axum::serve(l, app).await;
            }
            async fn in_a_task(l: tokio::net::TcpListener) {
                let _ = tokio::spawn(async { axum::serve(l, Router::new().route("/c", get(c))).await });
            }
            async fn beside_another(l: tokio::net::TcpListener) {
                let serve = axum::serve(l, Router::new().nest("/v1", Router::new().route("/d", get(d))));
                let _ = tokio::join!(serve, std::future::ready(()));
            }
            async fn in_empty_arms(l: tokio::net::TcpListener) {
                match axum::serve(l, Router::new().route("/e", get(e))).await {
                    Ok(()) => {}
                    Err(_) => {}
                }
            }
            async fn if_let(l: tokio::net::TcpListener) {
                if let Ok(_) = axum::serve(l, Router::new().route("/f", get(f))).await {}
            }
            "#,
            &["axum GET /a a", "axum GET /b b", "axum GET /v1/d d", "axum GET /c c", "axum GET /e e", "axum GET /f f"],
        );
    }

    /// A router that is thrown away here and nested there is shown with its whole path only.
    #[test]
    fn and_used() {
        check(
            "thrown-away-and-used",
            r#"
            use axum::{Router, routing::get};
            async fn a() {}
            fn app() -> Router {
                let users = Router::new().route("/a", get(a));
                let _ = users.clone();
                Router::new().nest("/users", users)
            }
            "#,
            &["axum GET /users/a a"],
        );
    }

    #[test]
    fn actix() {
        check(
            "thrown-away-actix",
            r#"
            use actix_web::{App, HttpServer, web};
            async fn x() {}
            #[actix_web::main]
            async fn main() {
                let _ = HttpServer::new(|| App::new().service(web::scope("/api").route("/x", web::get().to(x))))
                    .bind("0:1").unwrap().run().await;
            }
            "#,
            &["actix GET /api/x x"],
        );
    }

    #[test]
    fn rocket() {
        check(
            "thrown-away-rocket",
            r#"
            use rocket::{fairing::AdHoc, get, catch, catchers, routes};
            #[get("/x")]
            fn x() {}
            #[catch(404)]
            fn nf() {}
            #[rocket::main]
            async fn main() {
                let _ = rocket::build()
                    .mount("/api", routes![x])
                    .register("/", catchers![nf])
                    .attach(AdHoc::on_request("n", |_, _| Box::pin(async {})))
                    .launch()
                    .await;
            }
            "#,
            &["rocket GET /api/x x", "rocket catcher nf", "rocket fairing {closure}"],
        );
    }
}

/// `#[utoipa::path]` is documentation, but where utoipa_axum's `routes!` takes it at its word.
mod documented {
    use super::check;

    #[test]
    fn with_actix_and_rocket() {
        check(
            "documented-actix",
            r#"
            use actix_web::{get, web};
            #[utoipa::path(get, path = "/api/users", tag = "x", responses((status = 200)))]
            #[get("/users")]
            async fn users() {}
            #[utoipa::path(get, path = "/api/dead")]
            async fn only_documented() {}
            pub fn cfg(c: &mut web::ServiceConfig) { c.service(users); }
            pub fn app() { actix_web::App::new().service(web::scope("/api").configure(cfg)); }
            "#,
            &["actix GET /api/users users"],
        );
        check(
            "documented-rocket",
            r#"
            #[utoipa::path(get, path = "/api/v1/user/{id}")]
            #[rocket::get("/<id>")]
            pub fn one(id: i64) {}
            #[rocket::launch]
            fn launch() -> _ { rocket::build().mount("/api/v1/user", rocket::routes![one]) }
            "#,
            &["rocket GET /api/v1/user/<id> one"],
        );
    }

    #[test]
    fn with_axum() {
        check(
            "documented-axum",
            r#"
            use axum::routing::{get, post};
            use utoipa_axum::{router::OpenApiRouter, routes};
            #[axum::debug_handler]
            #[utoipa::path(get, path = "/list")]
            async fn list() {}
            #[utoipa::path(post, path = "/documented/otherwise")]
            async fn create() {}
            fn app() -> axum::Router {
                OpenApiRouter::new().nest("/v1", OpenApiRouter::new().routes(routes!(list)))
                    .route("/create", post(create)).into()
            }
            "#,
            &["axum GET /v1/list list", "axum POST /create create"],
        );
    }

    /// Types with arguments are no comparisons, and descriptions are no paths.
    #[test]
    fn types_with_arguments() {
        check(
            "documented-generic",
            r#"
            use utoipa_axum::{router::OpenApiRouter, routes};
            #[utoipa::path(
                post,
                path = "",
                request_body = UserPayload<NewUser>,
                params(("n" = Option<i16>, Query, description = "Minimum room", nullable)),
                responses(
                    (status = 201, description = "Article created", body = Json<HashMap<String, i32>>),
                    (status = 500, description = "Internal server error."),
                ),
            )]
            async fn create() {}
            #[utoipa::path(get, request_body = Map<A, B>, path = "/map")]
            async fn map() {}
            fn app() -> axum::Router {
                OpenApiRouter::new().nest("/api/articles", OpenApiRouter::new().routes(routes!(create, map))).into()
            }
            "#,
            &["axum POST /api/articles create", "axum GET /api/articles/map map"],
        );
    }
}

/// What is said of a finding is about the framework that runs it.
#[test]
fn the_framework_of_a_finding() {
    let source = r#"
        #[utoipa::path(tag = "x", responses((status = 200)))]
        #[actix_web::get("/users")]
        async fn users(db: actix_web::web::Data<sqlx::PgPool>) {
            sqlx::query("SELECT 1").fetch_one(db.get_ref()).await.unwrap();
        }
        pub fn cfg(c: &mut actix_web::web::ServiceConfig) { c.service(users); }
    "#;
    let dir = project("routes-framework", &[("main.rs".to_owned(), source.to_owned())]);
    let report = report(&dir.join("main.rs"), &[]);
    let entry = &report["findings"][0]["entry"];
    let shown = ["framework", "method", "path"].map(|key| entry[key].as_str().unwrap_or_default());
    assert_eq!(shown, ["actix", "GET", "/users"], "{report}");
}

/// What nothing registers is checked, and it is said that nothing registers it.
#[test]
fn unregistered() {
    let source = r#"
        use actix_web::{get, web, App};
        #[get("/dead")]
        async fn dead() { both() }
        #[get("/live")]
        async fn live() { both() }
        #[get("/alone")]
        async fn alone() { drop(std::env::var("A")) } //~ request_time_env
        fn both() { drop(std::env::var("B")) } //~ request_time_env
        pub fn app() { App::new().service(web::scope("/api").service(live)); }
    "#;
    check(
        "unregistered",
        source,
        &["actix GET /alone alone unregistered", "actix GET /api/live live", "actix GET /dead dead unregistered"],
    );
    let dir = project("unregistered-said", &[("main.rs".to_owned(), source.to_owned())]);
    let output = backstop(&["check", dir.join("main.rs").to_str().expect("the folder has a UTF-8 name")]);
    assert!(output.out.contains("GET /alone (registered nowhere) → alone"), "{}", output.out);
    let notes = "= note: GET /api/live → live → both\n  = note: also reached from `GET /dead (registered nowhere)`\n";
    assert!(output.out.contains(notes), "{}", output.out);
    let output = backstop(&["routes", dir.join("main.rs").to_str().expect("the folder has a UTF-8 name")]);
    assert!(output.out.contains("GET  /dead (not registered)   dead"), "{}", output.out);
}

/// The message does not claim requests that nothing lets in, and the confidence is low.
#[test]
fn what_requests_may_never_get_to() {
    let lib = r#"
        use actix_web::{get, web};
        pub fn routes(config: &mut web::ServiceConfig) { config.route("/lib", web::get().to(lib)); }
        async fn lib() { drop(std::env::var("LIB")) } //~ request_time_env
        pub fn mounted(config: &mut web::ServiceConfig) { config.service(live); }
        #[get("/live")]
        async fn live() { drop(std::env::var("LIVE")) } //~ request_time_env
        #[get("/dead")]
        async fn dead() { drop(std::env::var("DEAD")) } //~ request_time_env
    "#;
    let said = |test: &str, main: &str| -> Vec<String> {
        let manifest = "[package]\nname = \"example\"\n[dependencies]\nactix-web = \"4\"\n";
        let files = [("Cargo.toml", manifest), ("src/lib.rs", lib), ("src/main.rs", main)];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let report = report(&project(test, &files), &[]);
        let findings = report["findings"].as_array().expect("there is a list of findings");
        let text = |value: &serde_json::Value| value.as_str().expect("it is text").to_owned();
        let one = |it: &serde_json::Value| {
            format!("{}: {}; {}", text(&it["confidence"]), text(&it["message"]), text(&it["notes"][0]))
        };
        findings.iter().map(one).collect()
    };
    let read = "is read for each request";
    let dead = format!(
        "low: the environment variable `DEAD` {read}, in a handler that nothing registers; GET /dead (registered nowhere) → dead"
    );
    let live = format!("high: the environment variable `LIVE` {read}; GET /live → live");
    let main = "fn main() { actix_web::App::new().configure(example::mounted); }";
    let lost = format!(
        "low: the environment variable `LIB` {read}, in a route that nothing mounts; GET /lib (mounted nowhere) → lib"
    );
    assert_eq!(said("unserved", main), [lost, live.clone(), dead.clone()]);
    // A library whose routes nobody mounts is there for others to mount them.
    let lib = format!("high: the environment variable `LIB` {read}; GET /lib → lib");
    assert_eq!(said("unserved-library", "fn main() {}"), [lib, live, dead]);
}

/// An app that only tests build serves nobody, unless others can build it; nor does what only it uses.
#[test]
fn an_app_that_nothing_starts() {
    let routes = r#"
        #[rocket::get("/")]
        fn index(_user: User) -> String { std::env::var("INDEX").unwrap() } //~ request_time_env
        struct User;
        #[rocket::async_trait]
        impl<'r> rocket::request::FromRequest<'r> for User {
            type Error = ();
            async fn from_request(_: &'r rocket::Request<'_>) -> rocket::request::Outcome<Self, ()> {
                drop(std::env::var("USER")); //~ request_time_env
                rocket::request::Outcome::Success(User)
            }
        }
        fn parts() -> Vec<rocket::Route> { rocket::routes![index] }
    "#;
    let said = |test: &str, kind: &str, rest: &str| -> Vec<String> {
        let manifest = "[package]\nname = \"example\"\n[dependencies]\nrocket = \"0.5\"\n";
        let file = (format!("src/{kind}.rs"), format!("{routes}{rest}"));
        let report = report(&project(test, &[("Cargo.toml".to_owned(), manifest.to_owned()), file]), &[]);
        let findings = report["findings"].as_array().expect("there is a list of findings");
        let one = |it: &serde_json::Value| {
            let text = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
            format!("{}: {} {}", text("confidence"), text("message"), it["notes"])
        };
        findings.iter().filter(|it| it["lint"] == "request_time_env").map(one).collect()
    };
    let app = "fn build() -> rocket::Rocket<rocket::Build> { rocket::build().mount(\"/\", parts()) }";
    let test = "#[cfg(test)] mod tests { #[test] fn works() { super::build(); } }";
    let unstarted = said("unstarted", "main", &format!("{app} {test} fn main() {{ println!(\"hello\"); }}"));
    let read = |name: &str| {
        format!("low: the environment variable `{name}` is read for each request, in an app that nothing starts")
    };
    assert_eq!(
        unstarted,
        [
            format!("{} [\"GET / (started nowhere) → index\"]", read("INDEX")),
            format!(
                "{} [\"extractor (started nowhere) → User::from_request\",\"1 handler takes it: `GET / (started nowhere)`\"]",
                read("USER")
            ),
        ]
    );
    let is_sure = |said: Vec<String>| {
        said.len() == 2 && said.iter().all(|it| it.starts_with("high: ") && !it.contains("nothing"))
    };
    for (test, kind, rest) in [
        ("started", "main", "fn main() { drop(build()); }".to_owned()),
        ("started-by-attribute", "main", "fn main() {}".to_owned()),
        ("started-by-others", "lib", String::new()),
        ("started-by-name", "main", "fn main() { run(build as fn() -> _); }".to_owned()),
        ("started-by-macro", "main", "serve! { build }\nfn main() {}".to_owned()),
    ] {
        let app = match test {
            "started-by-attribute" => format!("#[rocket::launch] {app}"),
            "started-by-others" => format!("pub {app}"),
            _ => app.to_owned(),
        };
        let said = said(test, kind, &format!("{app} {rest}"));
        assert!(is_sure(said.clone()), "{test}: {said:#?}");
    }
}

/// rocket_okapi's macro mounts several lists of routes, each under its own path, in a variable that it changes.
#[test]
fn mounted_with_their_documentation() {
    check(
        "okapi",
        r#"
        use rocket::{Build, Rocket, get};
        use rocket_okapi::{mount_endpoints_and_merged_docs, openapi_get_routes_spec, settings::OpenApiSettings};
        #[get("/<id>")]
        fn one(id: i64) {}
        #[get("/")]
        fn other() {}
        #[get("/?<page>")]
        fn list(page: i64) {}
        #[get("/health")]
        fn health() {}
        fn routes() -> (Vec<rocket::Route>, okapi::openapi3::OpenApi) { openapi_get_routes_spec![one, list] }
        pub fn mount(mut rocket: Rocket<Build>) -> Rocket<Build> {
            let settings = OpenApiSettings::default();
            mount_endpoints_and_merged_docs! {
                rocket, "/v1".to_owned(), settings,
                "/" => ([], custom_spec()),
                "/users" => routes(),
                "/others" => openapi_get_routes_spec![other],
            };
            rocket.mount("/", rocket::routes![health])
        }
        #[rocket::launch]
        fn launch() -> _ { mount(rocket::build()) }
        "#,
        &[
            "rocket GET /v1/users/<id> one",
            "rocket GET /v1/users?<page> list",
            "rocket GET /v1/others other",
            "rocket GET /health health",
        ],
    );
}

/// A function's return type can be written with another path, and stand behind the one who calls it.
#[test]
fn declared_later() {
    check(
        "declared-later",
        r#"
        #[macro_use] extern crate rocket;
        #[rocket::main]
        async fn main() { rocket::build().mount("/api", rs()).mount("/own", own()).launch().await; }
        fn rs() -> Vec<rocket::route::Route> { routes![y] }
        fn own() -> Own { Own(routes![z]) }
        struct Own(Vec<rocket::Route>);
        #[get("/y")]
        fn y() {}
        #[get("/z")]
        fn z() {}
        "#,
        &["rocket GET /api/y y", "rocket GET /own/z z"],
    );
}

/// What runs around handlers, wherever it is given to the framework.
mod around {
    use super::check;

    #[test]
    fn actix() {
        check(
            "around-actix",
            r#"
            use actix_web::{App, HttpServer, dev::ServiceRequest, middleware::{ErrorHandlers, Logger}, web};
            async fn extract(req: &mut ServiceRequest) {
                let pool = req.app_data::<web::Data<sqlx::PgPool>>().unwrap();
                sqlx::query("SELECT 1").execute(pool.get_ref()).await.unwrap(); //~ unwrapped_query
            }
            fn render_404(response: ServiceResponse) {}
            fn not_called() {}
            async fn index() {}
            async fn main() {
                HttpServer::new(|| {
                    let auth = GrantsMiddleware::with_extractor(extract);
                    App::new()
                        .wrap(auth)
                        .wrap(Logger::new("%a"))
                        .wrap(ErrorHandlers::new().handler(http::StatusCode::NOT_FOUND, render_404))
                        .app_data(web::JsonConfig::default().limit(4096).error_handler(|e, _| e))
                        .app_data(web::Data::new(Settings { handler: not_called }))
                        .route("/", web::get().to(index))
                }).run().await;
            }
            "#,
            &[
                "actix GET / index",
                "actix middleware extract",
                "actix middleware render_404",
                "actix middleware {closure}",
            ],
        );
    }

    #[test]
    fn axum() {
        check(
            "around-axum",
            r#"
            use axum::{Extension, Router, extract::Request, routing::get};
            use tower::{ServiceBuilder, util::MapRequestLayer};
            use tower_http::{cors::{AllowOrigin, CorsLayer}, trace::TraceLayer};
            async fn index() {}
            async fn debug(r: Request) {}
            fn make() -> Layer {}
            fn span(r: &Request) {}
            fn key(r: &Request) {}
            fn not_called() {}
            fn cors() -> CorsLayer { CorsLayer::new().allow_origin(AllowOrigin::predicate(|_o, _p| true)) }
            pub fn app() -> Router {
                Router::new()
                    .route("/", get(index))
                    .layer(ServiceBuilder::new().layer(TraceLayer::new_for_http().make_span_with(span)))
                    .layer(MapRequestLayer::new(|r: Request| r))
                    .layer(RateLimit::builder().key_extractor("key", key).build())
                    .layer(Extension(Settings { handler: not_called }))
                    .layer(cors())
                    .layer(conditional(true, || axum::middleware::from_fn(debug)))
                    .layer(Header::new(std::env::args().next().unwrap_or_else(|| String::new())))
                    .layer(Lazily::new(make))
            }
            "#,
            &[
                "axum GET / index",
                "axum middleware debug",
                "axum middleware key",
                "axum middleware span",
                "axum middleware {closure}",
                "axum middleware {closure}",
            ],
        );
    }
}

/// Services stand where handlers can.
#[test]
fn services() {
    check(
        "services",
        r#"
        use axum::{Router, handler::HandlerWithoutStateExt, extract::Request};
        use tower_http::services::ServeDir;
        async fn svc(r: Request) {}
        async fn missing() {}
        fn metrics(r: Request) {}
        fn metrics_service() -> tower::util::ServiceFn<fn(Request)> { tower::service_fn(metrics as _) }
        fn service_of<F>(f: F) -> tower::util::ServiceFn<F> { tower::service_fn(f) }
        fn given(r: Request) {}
        pub fn app() -> Router {
            Router::new()
                .route_service("/named", tower::service_fn(svc))
                .route_service("/closure", tower::service_fn(|r: Request| async {}))
                .nest_service("/nested", tower::service_fn(svc))
                .nest_service("/assets", ServeDir::new("assets").not_found_service(missing.into_service()))
                .route_service("/metrics", metrics_service())
                .route_service("/given", service_of(given))
                .nest_service("/files", ServeDir::new("files"))
                .fallback_service(tower::service_fn(|r: Request| async {}))
        }
        "#,
        &[
            "axum ANY /named svc",
            "axum ANY /closure {closure}",
            "axum ANY /nested svc",
            "axum ANY /assets missing",
            "axum ANY /metrics metrics",
            "axum ANY /given given",
            "axum ANY - {closure}",
        ],
    );
}

/// Methods of the project's own types build routes too; what cannot be followed leaves a path unknown.
mod methods {
    use super::check;

    #[test]
    fn of_a_struct_of_method_routers() {
        check(
            "method-routers",
            r#"
            use axum::{Router, routing::{MethodRouter, get}};
            async fn sql() {}
            pub struct Db<S> { pub sql: MethodRouter<S> }
            impl<S> Default for Db<S> { fn default() -> Self { Self { sql: get(sql) } } }
            impl<S> Db<S> { pub fn into_router(self) -> Router<S> { Router::new().route("/sql", self.sql) } }
            pub fn router<S>(db: Db<S>) -> Router<S> {
                Router::new().nest("/v1", Router::new().nest("/database", db.into_router()))
            }
            fn main() { let _app: Router<()> = router(Db::default()); }
            "#,
            &["axum GET /v1/database/sql sql"],
        );
    }

    /// Several types have a method of this name: each is called on its own.
    #[test]
    fn of_the_same_name() {
        check(
            "methods-same-name",
            r#"
            use axum::{Router, routing::get};
            async fn users() {}
            async fn posts() {}
            struct Users;
            struct Posts { pool: Pool }
            impl Users { fn router(&self) -> Router { Router::new().route("/users", get(users)) } }
            impl Posts {
                fn new(pool: Pool) -> anyhow::Result<Self> { Ok(Posts { pool }) }
                async fn router(&self) -> anyhow::Result<Router> { Ok(Router::new().route("/posts", get(posts))) }
            }
            struct Controllers { users: std::sync::Arc<Users> }
            async fn app(controllers: Controllers, pool: Pool) -> anyhow::Result<Router> {
                let posts = Posts::new(pool)?;
                Ok(Router::new().nest("/a", controllers.users.router()).nest("/b", posts.router().await?))
            }
            "#,
            &["axum GET /a/users users", "axum GET /b/posts posts"],
        );
    }

    #[test]
    fn of_a_trait() {
        check(
            "methods-trait",
            r#"
            use axum::{Router, routing::get};
            async fn users() {}
            async fn posts() {}
            trait Module { fn routes(&self) -> Router; }
            struct Users;
            struct Posts;
            impl Module for Users { fn routes(&self) -> Router { Router::new().route("/users", get(users)) } }
            impl Module for Posts { fn routes(&self) -> Router { Router::new().route("/posts", get(posts)) } }
            fn app(modules: Vec<Box<dyn Module>>) -> Router {
                let mut router = Router::new();
                for module in &modules { router = router.nest("/api", module.routes()); }
                router
            }
            "#,
            &["axum GET /api/users users", "axum GET /api/posts posts"],
        );
    }

    #[test]
    fn under_an_unknown_path() {
        check(
            "methods-unknown-path",
            r#"
            use axum::{Router, routing::get};
            async fn list() {}
            async fn lost() {}
            pub struct Module { pub name: &'static str }
            impl Module { pub fn routes(&self) -> Router { Router::new().route("/list", get(list)) } }
            pub struct Other;
            impl Other { pub fn lost_routes(&self) -> Router { Router::new().route("/lost", get(lost)) } }
            pub struct Another;
            impl Another { pub fn lost_routes(&self) -> Router { Router::new() } }
            pub fn build(mods: Vec<Module>) -> Router {
                let mut r = Router::new();
                for m in &mods { r = r.nest(&format!("/{}", m.name), m.routes()); }
                Router::new().nest("/api", r).nest("/other", somewhere().lost_routes())
            }
            "#,
            &["axum GET - list", "axum GET - lost"],
        );
    }
}

/// The initialiser of a static runs once, its handlers for every request.
#[test]
fn statics() {
    check(
        "statics",
        r#"
        use axum::{Router, routing::get};
        use std::sync::LazyLock;
        async fn x() { drop(std::env::var("A")) } //~ request_time_env
        async fn y() {}
        async fn z() {}
        static APP: LazyLock<Router> = LazyLock::new(|| {
            drop(std::env::var("B"));
            Router::new().route("/x", get(x)).route("/closure", get(|| async {}))
        });
        static API: LazyLock<Router> = LazyLock::new(|| Router::new().route("/y", get(y)));
        lazy_static::lazy_static! { static ref OLD: Router = Router::new().route("/z", get(z)); }
        pub fn app() -> Router { Router::new().nest("/api", API.clone()) }
        async fn main() { axum::serve(l, APP.clone()).await; axum::serve(l, OLD.clone()).await; }
        "#,
        &["axum GET /x x", "axum GET /closure {closure}", "axum GET /api/y y", "axum GET /z z"],
    );
}

/// Paths that code puts together.
mod paths {
    use super::check;

    #[test]
    fn of_associated_constants() {
        check(
            "paths-associated",
            r#"
            use axum::{Router, routing::get};
            async fn a() {}
            trait Route { const PATH: &'static str; fn route() -> &'static str { Self::PATH } }
            struct Login;
            impl Route for Login { const PATH: &'static str = "/login"; }
            struct Logout;
            impl Logout { const P: &'static str = "/logout"; fn route() -> &'static str { Self::P } }
            trait Simple { const PATH: &'static str; }
            trait Any { fn path() -> &'static str; }
            impl<T: Simple> Any for T { fn path() -> &'static str { T::PATH_IS_NOT_READ; Self::PATH } }
            struct Register;
            impl Simple for Register { const PATH: &'static str = "/register"; }
            struct Circle;
            impl Circle { const P: &'static str = Self::P; }
            fn app() -> Router {
                Router::new()
                    .route(Login::route(), get(a))
                    .route(Logout::route(), get(a))
                    .route(Register::path(), get(a))
                    .nest(Logout::P, Router::new().route(Login::PATH, get(a)))
                    .route(Circle::P, get(a))
            }
            "#,
            &[
                "axum GET - a",
                "axum GET /login a",
                "axum GET /logout a",
                "axum GET /logout/login a",
                "axum GET /register a",
            ],
        );
    }

    #[test]
    fn joined() {
        check(
            "paths-joined",
            r#"
            use axum::{Router, routing::get};
            const C: &str = "/c";
            async fn a() {}
            fn app() -> Router {
                Router::new()
                    .route(&(C.to_owned() + "/z"), get(a))
                    .route(&(String::from("/s") + C), get(a))
                    .route(&(C.to_owned() + &unknown()), get(a))
                    .route("/w".to_string().as_str(), get(a))
            }
            "#,
            &["axum GET /c/z a", "axum GET /s/c a", "axum GET - a", "axum GET /w a"],
        );
    }

    #[test]
    fn in_lists() {
        check(
            "paths-in-lists",
            r#"
            use actix_web::{App, HttpServer, web};
            async fn a() {}
            async fn b() {}
            async fn c() {}
            async fn d() {}
            fn app() {
                HttpServer::new(|| {
                    let mut app = App::new();
                    for path in ["/a", "/b"] { app = app.route(path, web::get().to(a)); }
                    for (path, route) in vec![("/c", web::get().to(c)), ("/d", web::post().to(d))].into_iter() {
                        app = app.route(path, route);
                    }
                    app.service(web::scope("/v1").service(web::resource(["/m", "/n"]).to(b)))
                });
            }
            "#,
            &[
                "actix GET /a a",
                "actix GET /b a",
                "actix GET /c c",
                "actix POST /d d",
                "actix ANY /v1/m b",
                "actix ANY /v1/n b",
            ],
        );
    }
}

/// Where a framework is older than what is known of it, silence would look as if all were well.
#[test]
fn too_old() {
    let manifest = |version: &str| {
        format!("[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\nactix-web = \"{version}\"\n")
    };
    let main = "use actix_web::{App, web};\nfn x() {}\n\
        fn main() { App::new().service(web::resource(\"/x\").route(web::get().to_async(x))); }\n";
    let run = |version: &str| {
        let files = [("Cargo.toml".to_owned(), manifest(version)), ("src/main.rs".to_owned(), main.to_owned())];
        let dir = project(&format!("routes-too-old-{}", &version[..1]), &files);
        backstop(&["routes", dir.to_str().expect("the folder has a UTF-8 name")])
    };
    let old = run("0.7");
    assert!(old.err.contains("`actix_web` 0.7 is too old: backstop knows it from version 1 on"), "{}", old.err);
    let one = run("1.0");
    assert_eq!((one.out.contains("GET  /x  x"), one.err.as_str()), (true, ""), "{}", one.out);
    // The macros are a package of their own, with its own version.
    let macros = run("4\"\nactix-web-codegen = \"0.5.0-beta.2");
    assert_eq!(macros.err, "");
}

/// What handlers answer errors with, as far as their text tells.
mod error_statuses {
    use super::{backstop, project};

    /// Fails unless the handlers of a program answer errors with these: `function 404 500`, with `…` where that may
    /// not be all.
    #[track_caller]
    fn check(name: &str, source: &str, expected: &[&str]) {
        let dir = project(&format!("error-statuses-{name}"), &[("main.rs".to_owned(), source.to_owned())]);
        let file = dir.join("main.rs");
        let output = backstop(&["routes", "--format", "json", file.to_str().expect("the folder has a UTF-8 name")]);
        let document: serde_json::Value = serde_json::from_str(&output.out).expect("the list is JSON");
        let routes = document["routes"].as_array().expect("there is a list of routes").iter();
        let handlers = routes.filter(|route| !route["errors"].is_null());
        let mut found: Vec<String> = handlers
            .map(|route| {
                let statuses = route["errors"]["statuses"].as_array().expect("there is a list of statuses");
                let mut words = vec![route["function"].as_str().expect("it has a name").to_owned()];
                words.extend(statuses.iter().map(ToString::to_string));
                words.extend((route["errors"]["complete"] == false).then(|| "…".to_owned()));
                words.join(" ")
            })
            .collect();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn axum() {
        check(
            "axum",
            r#"
            use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
            use axum::response::{IntoResponse, Response};
            use sqlx::PgPool;

            enum Error { Missing, Database(sqlx::Error), Busy }
            impl From<sqlx::Error> for Error {
                fn from(error: sqlx::Error) -> Self { Error::Database(error) }
            }
            impl IntoResponse for Error {
                fn into_response(self) -> Response {
                    let status = match self {
                        Error::Missing => StatusCode::NOT_FOUND,
                        Error::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
                        Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
                    };
                    (status, "sorry").into_response()
                }
            }

            struct Sorry;
            impl IntoResponse for Sorry {
                fn into_response(self) -> Response { (StatusCode::BAD_GATEWAY, "sorry").into_response() }
            }

            async fn a_query(State(pool): State<PgPool>) -> Result<Json<i64>, Error> {
                Ok(Json(sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?))
            }
            async fn b_both(State(pool): State<PgPool>) -> Result<Json<i64>, Error> {
                let found = sqlx::query_scalar("SELECT 1").fetch_optional(&pool).await?;
                found.map(Json).ok_or(Error::Missing)
            }
            async fn c_struct() -> Result<String, Sorry> { Err(Sorry) }
            async fn d_tuple(name: String) -> Result<String, (StatusCode, String)> {
                if name.is_empty() { return Err((StatusCode::BAD_REQUEST, "no name".to_owned())); }
                Ok(name)
            }
            async fn e_plain() -> Json<i64> { Json(1) }
            async fn f_opaque() -> impl IntoResponse { StatusCode::IM_A_TEAPOT }

            fn app(pool: PgPool) -> Router {
                Router::new()
                    .route("/a", get(a_query)).route("/b", get(b_both)).route("/c", get(c_struct))
                    .route("/d", get(d_tuple)).route("/e", get(e_plain)).route("/f", get(f_opaque))
                    .route("/g", get(|| async { "hello" }))
                    .with_state(pool)
            }
            fn main() {}
            "#,
            &[
                "a_query 500 …",
                "b_both 404 500 …",
                "c_struct 502",
                "d_tuple 400 …",
                "e_plain",
                "f_opaque 418 …",
                "{closure} …",
            ],
        );
    }

    /// An error that says nothing of its status is answered with 500.
    #[test]
    fn actix() {
        check(
            "actix",
            r#"
            use actix_web::{error, get, web, App, HttpResponse, ResponseError};

            #[derive(Debug, derive_more::Display)]
            struct Odd;
            impl ResponseError for Odd {}

            #[get("/a")]
            async fn a_default() -> Result<String, Odd> { Err(Odd) }
            #[get("/b")]
            async fn b_named(name: String) -> actix_web::Result<String> {
                if name.is_empty() { return Err(error::ErrorConflict("taken")); }
                Ok(name)
            }
            #[get("/c")]
            async fn c_answer(name: String) -> HttpResponse {
                match name.parse::<i64>() {
                    Ok(number) => HttpResponse::Ok().json(number),
                    Err(_) => HttpResponse::BadRequest().finish(),
                }
            }
            fn main() { App::new().service(a_default).service(b_named).service(c_answer); }
            "#,
            &["a_default 500", "b_named 409 …", "c_answer 400 …"],
        );
    }

    /// Some types have one status for all their values.
    #[test]
    fn rocket() {
        check(
            "rocket",
            r#"
            use rocket::response::{status::NotFound, Debug};
            use rocket::serde::json::Json;
            use rocket::{get, http::Status, routes};

            #[derive(rocket::Responder)]
            enum Error {
                #[response(status = 422)]
                Invalid(String),
                #[response(status = 503)]
                Busy(String),
            }

            #[get("/a")]
            fn a_debug() -> Result<String, Debug<std::io::Error>> { Ok(std::fs::read_to_string("a")?) }
            #[get("/b")]
            fn b_option() -> Option<Json<i64>> { None }
            #[get("/c")]
            fn c_wrapper() -> Result<String, NotFound<String>> { Err(NotFound("no".to_owned())) }
            #[get("/d")]
            fn d_derived(n: i64) -> Result<String, Error> {
                if n > 1 { return Err(Error::Busy("later".to_owned())); }
                Ok(String::new())
            }
            #[get("/e")]
            fn e_status() -> Result<String, Status> { Err(Status::Gone) }

            #[rocket::launch]
            fn rocket() -> _ {
                rocket::build().mount("/", routes![a_debug, b_option, c_wrapper, d_derived, e_status])
            }
            "#,
            &["a_debug 500", "b_option 404", "c_wrapper 404", "d_derived 503 …", "e_status 410 …"],
        );
    }
}
