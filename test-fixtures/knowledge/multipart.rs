//! A form with a file, read by a Rocket 0.4 service. That a field may be missing is told by `unwrapped_input`.

use multipart::server::Multipart;
use multipart::server::save::{Entries, SaveResult};
use rocket::{Data, post, routes};

/// What was saved without the rest is enough.
fn whole(saved: SaveResult<Entries, Entries>) -> SaveResult<Entries, Entries> {
    match saved {
        SaveResult::Partial(entries, _) => SaveResult::Full(entries),
        saved => saved,
    }
}

#[post("/media", data = "<data>")]
fn upload(data: Data) -> Result<String, &'static str> {
    let _ = whole(Multipart::with_body(std::io::empty(), "none").save().temp());
    if let SaveResult::Full(entries) = Multipart::with_body(data.open(), "boundary").save().temp() {
        let fields = entries.fields;
        let title = fields.get("title").ok_or("no title")?;
        let text = &fields["text"][0]; //~ unwrapped_input
        return Ok(format!("{} {}", title.len(), text.headers.name));
    }
    Err("no form")
}

fn main() {
    rocket::ignite().mount("/", routes![upload]).launch();
}
