//! A service of the standard library alone, which is built with `panic = "abort"`: says where it listens, and panics in the
//! thread that serves a request.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};

fn main() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    println!("{}", listener.local_addr().expect("it listens"));
    for stream in listener.incoming() {
        let mut stream = stream.expect("somebody has connected");
        std::thread::spawn(move || {
            let _ = stream.read(&mut [0; 1024]);
            std::fs::read_to_string("/no/such/file").unwrap()
        });
    }
}
