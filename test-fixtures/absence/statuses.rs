// Errors that hold their status: what becomes of the one that says that nothing was found.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use sqlx::PgPool;

struct Api(StatusCode);
impl IntoResponse for Api {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

// Whatever fails is a 500, and so is what is not there.
enum Login {
    Sql(sqlx::Error),
    Token,
}
impl From<sqlx::Error> for Login {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error);
        Login::Sql(error)
    }
}
impl From<Login> for Api {
    fn from(error: Login) -> Self {
        match error {
            Login::Sql(_) => Api(StatusCode::INTERNAL_SERVER_ERROR),
            Login::Token => Api(StatusCode::UNAUTHORIZED),
        }
    }
}
async fn of_login(pool: &PgPool, id: i64) -> Result<(i64,), Login> {
    if id == 0 {
        return Err(Login::Token);
    }
    Ok(sqlx::query_as("SELECT id FROM users WHERE id = $1").bind(id).fetch_one(pool).await?) //~ missing_not_found
}
async fn login(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Json<(i64,)>, Api> {
    Ok(Json(of_login(&pool, id).await?))
}

// The same, told apart on the way.
enum Known {
    Sql(sqlx::Error),
    Missing,
}
impl From<sqlx::Error> for Known {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Known::Missing,
            error => {
                tracing::error!(%error);
                Known::Sql(error)
            }
        }
    }
}
impl From<Known> for Api {
    fn from(error: Known) -> Self {
        match error {
            Known::Sql(_) => Api(StatusCode::INTERNAL_SERVER_ERROR),
            Known::Missing => Api(StatusCode::NOT_FOUND),
        }
    }
}
async fn of_known(pool: &PgPool, id: i64) -> Result<(i64,), Known> {
    Ok(sqlx::query_as("SELECT id FROM users WHERE id = $1").bind(id).fetch_one(pool).await?)
}
async fn known(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Json<(i64,)>, Api> {
    Ok(Json(of_known(&pool, id).await?))
}

// Told apart in the last conversion.
enum Late {
    Sql(sqlx::Error),
    Other,
}
impl From<sqlx::Error> for Late {
    fn from(error: sqlx::Error) -> Self {
        Late::Sql(error)
    }
}
impl From<Late> for Api {
    fn from(error: Late) -> Self {
        match error {
            Late::Sql(sqlx::Error::RowNotFound) => Api(StatusCode::NOT_FOUND),
            Late::Sql(error) => {
                tracing::error!(%error);
                Api(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Late::Other => Api(StatusCode::BAD_REQUEST),
        }
    }
}
async fn of_late(pool: &PgPool, id: i64) -> Result<(i64,), Late> {
    if id == 0 {
        return Err(Late::Other);
    }
    Ok(sqlx::query_as("SELECT id FROM users WHERE id = $1").bind(id).fetch_one(pool).await?)
}
async fn late(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Json<(i64,)>, Api> {
    Ok(Json(of_late(&pool, id).await?))
}

// Two queries: of the one it is known what becomes, of the other the code says it itself.
async fn both(State(pool): State<PgPool>, Path((id, team)): Path<(i64, i64)>) -> Result<Json<(i64, i64)>, Api> {
    let (id,) = of_known(&pool, id).await?;
    let team = sqlx::query_scalar("SELECT id FROM teams WHERE id = $1").bind(team).fetch_optional(&pool).await;
    let team = team.map_err(|error| Api::from(Known::from(error)))?.ok_or(Api(StatusCode::NOT_FOUND))?;
    Ok(Json((id, team)))
}

// A count of other rows says nothing of this one.
async fn rename(State(pool): State<PgPool>, Path((id, name)): Path<(i64, String)>) -> Result<String, StatusCode> {
    let failed = |error: sqlx::Error| {
        tracing::error!(%error);
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let taken: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE name = $1 AND id <> $2")
        .bind(&name).bind(id).fetch_one(&pool).await.map_err(failed)?;
    if taken > 0 {
        return Err(StatusCode::CONFLICT);
    }
    let user: Option<String> = sqlx::query_scalar("SELECT name FROM users WHERE id = $1")
        .bind(id).fetch_optional(&pool).await.map_err(failed)?; //~ missing_not_found
    Ok(user.unwrap())
}
async fn rename_known(State(pool): State<PgPool>, Path((id, name)): Path<(i64, String)>) -> Result<String, StatusCode> {
    let failed = |error: sqlx::Error| {
        tracing::error!(%error);
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE name = $1 AND id = $2")
        .bind(&name).bind(id).fetch_one(&pool).await.map_err(failed)?;
    if there == 0 {
        return Err(StatusCode::NOT_FOUND);
    }
    let user: Option<String> = sqlx::query_scalar("SELECT name FROM users WHERE id = $1")
        .bind(id).fetch_optional(&pool).await.map_err(failed)?;
    Ok(user.unwrap())
}

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/login/{id}", get(login))
        .route("/known/{id}", get(known))
        .route("/late/{id}", get(late))
        .route("/both/{id}/{team}", get(both))
        .route("/rename/{id}/{name}", get(rename))
        .route("/rename_known/{id}/{name}", get(rename_known))
        .with_state(pool)
}

fn main() {
    drop(app(pool()));
}
