//! Signing in with a directory, served by Rocket.

use ldap3::{LdapConn, LdapConnAsync, Scope};
use rocket::http::Status;
use rocket::{get, launch, routes};

const DIRECTORY: &str = "ldap://localhost:2389";

fn is_member(name: &str, password: &str) -> bool {
    let Ok(mut directory) = LdapConn::new(DIRECTORY) else { //~ swallowed_error
        return false;
    };
    let signed_in = match directory.simple_bind(name, password) {
        // the directory has been asked
        Ok(answer) => answer.success().is_ok(),
        Err(_) => false, //~ swallowed_error
    };
    // nobody waits for that
    let _ = directory.unbind();
    signed_in
}

#[get("/member/<name>")]
fn member(name: &str) -> Status {
    if is_member(name, "secret") { Status::NoContent } else { Status::NotFound }
}

#[get("/count")]
async fn count() -> Result<String, Status> {
    let (connection, mut directory) = LdapConnAsync::new(DIRECTORY).await.map_err(unavailable)?;
    rocket::tokio::spawn(connection.drive());
    let found = directory.search("dc=example", Scope::Subtree, "(objectClass=person)", vec!["cn"]).await;
    let found = found.map_err(|_| Status::NotFound)?; //~ swallowed_error
    let (entries, _) = found.success().map_err(unavailable)?;
    Ok(entries.len().to_string())
}

fn unavailable(error: ldap3::LdapError) -> Status {
    rocket::error!("the directory: {error}");
    Status::ServiceUnavailable
}

#[launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![member, count])
}
