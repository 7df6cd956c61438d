//! What clients receive, from servers of all three frameworks. Which claim each test proves, and what it has to see, stands in
//! `docs/proofs.md`.

mod actix;
mod axum;
mod rocket;
mod support;

support::table::proof! {
    std_panic_aborts: support::process::aborts();
}

/// Asks for a path whose requests get into each other's way twice at once; in which order they are served is left open.
fn both(server: support::servers::Server, path: &str) -> String {
    let ask = || support::client::get(server, path).send().to_string();
    let mut seen = std::thread::scope(|scope| [scope.spawn(ask), scope.spawn(ask)].map(|it| it.join().expect("it asks")));
    seen.sort();
    seen.join("; ")
}

/// What a request gets that is under way while another one, on a connection of its own, makes its handler panic.
fn beside_a_panic(server: support::servers::Server) -> String {
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| support::client::get(server, "/slow").send().to_string());
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert_eq!(support::client::get(server, "/query/1").send().status, None);
        slow.join().expect("it asks")
    })
}
