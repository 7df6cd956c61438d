// The one type that the project makes responses of, which puts them together by hand.
use rocket::http::Status;
use rocket::response::{self, Responder, Response};
use rocket::serde::json::json;
use rocket::{Request, get, routes};
use rocket_db_pools::{Connection, Database, sqlx};

#[derive(Database)]
#[database("main")]
struct Db(sqlx::PgPool);

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("db: {0}")]
    Db(#[from] sqlx::Error),
    #[error("there is no such user")]
    Unknown,
}

impl<'r> Responder<'r, 'static> for Failed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = match self {
            Failed::Db(_) => Status::InternalServerError,
            Failed::Unknown => Status::NotFound,
        };
        let body = json!({ "message": self.to_string() }); //~ leaked_error
        Response::build_from(body.respond_to(request)?).status(status).ok()
    }
}

#[get("/users/<id>")]
async fn user(mut db: Connection<Db>, id: i64) -> Result<String, Failed> {
    let name = sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(id).fetch_optional(&mut **db).await?;
    name.ok_or(Failed::Unknown)
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().attach(Db::init()).mount("/", routes![user])
}
