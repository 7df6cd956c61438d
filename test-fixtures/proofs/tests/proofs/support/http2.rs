//! Two requests on one HTTP/2 connection.

use super::servers::Server;

/// Asks for both at once, and says what comes of each.
pub fn streams(server: Server, paths: [&str; 2]) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it can be built");
    let seen: Vec<String> = runtime.block_on(async {
        let tcp = tokio::net::TcpStream::connect(server.address()).await.expect("the server listens");
        let (mut client, connection) = h2::client::handshake(tcp).await.expect("it speaks HTTP/2");
        tokio::spawn(connection);
        let mut responses = Vec::new();
        for path in paths {
            let request = http::Request::get(format!("http://localhost{path}")).body(()).expect("it is one");
            std::future::poll_fn(|context| client.poll_ready(context)).await.expect("the connection is open");
            responses.push(client.send_request(request, true).expect("it can be sent").0);
        }
        let mut seen = Vec::new();
        for response in responses {
            seen.push(match response.await {
                Ok(response) => response.status().as_u16().to_string(),
                Err(error) if error.is_reset() => "the stream is reset".to_owned(),
                Err(error) => format!("the connection fails: {error}"),
            });
        }
        seen
    });
    seen.join("; ")
}
