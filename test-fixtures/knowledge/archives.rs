//! Archives, packed and unpacked by an axum service. That they can fail is told by `swallowed_error`.

use std::io::Cursor;

use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

async fn unpack(body: Bytes) -> Result<StatusCode, StatusCode> {
    let mut archive = ZipArchive::new(Cursor::new(body)).map_err(|_| StatusCode::BAD_REQUEST)?;
    if archive.by_name("index.html").is_err() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    archive.extract("site").map_err(|_| StatusCode::BAD_REQUEST)?; //~ swallowed_error
    Ok(StatusCode::CREATED)
}

async fn pack() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let _ = writer.start_file("index.html", SimpleFileOptions::default()); //~ swallowed_error
    writer.finish().map(Cursor::into_inner).unwrap_or_default() //~ swallowed_error
}

async fn unpack_tar(body: Bytes) -> StatusCode {
    let mut archive = tar::Archive::new(Cursor::new(body));
    if archive.entries().is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let _ = archive.unpack("site"); //~ swallowed_error
    StatusCode::CREATED
}

async fn pack_tar() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let _ = builder.append_dir_all("site", "site"); //~ swallowed_error
    builder.into_inner().unwrap_or_default() //~ swallowed_error
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/zip", post(unpack).get(pack)).route("/tar", post(unpack_tar).get(pack_tar));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.expect("the port is free");
    axum::serve(listener, app).await.expect("the server runs");
}
