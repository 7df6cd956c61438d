//! Exchange rates through a blocking HTTP client, served by Rocket. A call of another service is no query.

use rocket::response::Debug;
use rocket::{get, routes};

type Answer = Result<String, Debug<ureq::Error>>;

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![rates, agent])
}

#[get("/rates")]
fn rates() -> Answer {
    let mut rates = ureq::get("https://rates.example").call().unwrap();
    let posted = ureq::post("https://rates.example").send_json(serde_json::json!({ "from": "EUR" }))?;
    Ok(format!("{} {}", rates.body_mut().read_to_string()?, posted.status()))
}

#[get("/agent")]
fn agent() -> Answer {
    let agent = ureq::agent();
    let answer = agent.get("https://rates.example").call()?;
    Ok(answer.status().to_string())
}
