//! A client that sees every byte, and says in a few words what it has received.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::servers::Server;

/// A request of one of the services.
pub struct Ask {
    server: Server,
    method: &'static str,
    path: String,
    headers: String,
    body: String,
    shown: Option<&'static str>,
}

/// `GET` of a path.
pub fn get(server: Server, path: &str) -> Ask {
    ask(server, "GET", path)
}

pub fn ask(server: Server, method: &'static str, path: &str) -> Ask {
    Ask { server, method, path: path.to_owned(), headers: String::new(), body: String::new(), shown: None }
}

impl Ask {
    pub fn header(mut self, line: &str) -> Ask {
        self.headers.push_str(&format!("{line}\r\n"));
        self
    }

    pub fn body(mut self, body: &str) -> Ask {
        self.body = body.to_owned();
        self
    }

    /// What is said of the response has this header, too.
    pub fn shows(mut self, header: &'static str) -> Ask {
        self.shown = Some(header);
        self
    }

    fn text(&self) -> String {
        let length = match self.body.as_str() {
            "" => String::new(),
            body => format!("Content-Length: {}\r\n", body.len()),
        };
        // Rocket's catchers answer in HTML unless they are asked for something else.
        format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{}{length}",
            self.method, self.path, self.headers
        )
    }

    /// Sends the request on a connection of its own.
    pub fn send(&self) -> Answer {
        let received = exchange(self.server, &format!("{}Connection: close\r\n\r\n{}", self.text(), self.body));
        Answer { shown: self.shown, ..Answer::parse(&received) }
    }
}

/// Sends requests on one connection without waiting for a response in between.
pub fn pipelined(server: Server, paths: [&str; 2]) -> String {
    let requests = paths.map(|path| format!("{}\r\n", get(server, path).text())).concat();
    let received = exchange(server, &requests);
    match received.windows(9).filter(|bytes| bytes == b"HTTP/1.1 ").count() {
        0 => "no response to either".to_owned(),
        number => format!("{number} of 2 responses"),
    }
}

/// Writes a text and reads until the other side has closed the connection.
fn exchange(server: Server, text: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("it is more than nothing");
    stream.write_all(text.as_bytes()).expect("the server reads");
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return received,
            Ok(length) => received.extend(&buffer[..length]),
            // What has been received until then is all that there is.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return received,
            Err(error) => panic!("the connection stays open: {error}"),
        }
    }
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// As the head or the chunks say.
    Whole,
    /// Before that.
    BreaksOff,
    /// With the connection, and nothing says how long it should be.
    WithConnection,
}

/// What a client has received.
pub struct Answer {
    /// None at all, not even the head.
    pub status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
    end: End,
    shown: Option<&'static str>,
}

impl Answer {
    fn parse(received: &[u8]) -> Answer {
        let received = String::from_utf8_lossy(received);
        let none = Answer { status: None, headers: Vec::new(), body: String::new(), end: End::Whole, shown: None };
        let Some((head, body)) = received.split_once("\r\n\r\n") else { return none };
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let has = |name: &str, value: &str| headers.iter().any(|header| header.0 == name && header.1 == value);
        let length = headers.iter().find(|header| header.0 == "content-length").map(|header| header.1.as_str());
        let (body, end) = match length {
            _ if has("transfer-encoding", "chunked") => unchunked(body),
            None if !body.is_empty() => (body.to_owned(), End::WithConnection),
            Some(length) if length != body.len().to_string() => (body.to_owned(), End::BreaksOff),
            _ => (body.to_owned(), End::Whole),
        };
        Answer { status, headers, body, end, shown: None }
    }
}

/// The text of a body in chunks, and how it ends.
fn unchunked(body: &str) -> (String, End) {
    let (mut text, mut rest) = (String::new(), body);
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a chunk has a length");
        if length == 0 {
            return (text, End::Whole);
        }
        text.push_str(&after[..length]);
        rest = &after[length + 2..];
    }
    (text, End::BreaksOff)
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(status) = self.status else { return out.write_str("no response") };
        write!(out, "{status}")?;
        if let Some(name) = self.shown {
            let value = self.headers.iter().find(|header| header.0 == name).map_or("none", |header| header.1.as_str());
            write!(out, ", {name}: {}", code(value))?;
        }
        match self.body.as_str() {
            "" => {}
            body if body.contains(&format!("\"code\": {status},")) => out.write_str(" of the catcher")?,
            body => write!(out, " {}", code(body))?,
        }
        out.write_str(match self.end {
            End::Whole => "",
            End::BreaksOff => ", and the body breaks off",
            End::WithConnection => ", and the connection ends",
        })
    }
}

/// A text as Markdown writes what is to be shown as it is.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{text}{fence}")
}
