//! The three services, each started once, on the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{channel, Sender};
use std::sync::{LazyLock, Once};
use std::thread;

use actix_web::{App, HttpServer};
use proofs::{actix_app, axum_app, database, rocket_app};

/// One of the services. Each has a single worker, so that what one request does to another shows.
#[derive(Clone, Copy)]
pub enum Server {
    Axum,
    Actix,
    Rocket,
}

static AXUM: LazyLock<SocketAddr> = LazyLock::new(|| start(axum));
static ACTIX: LazyLock<SocketAddr> = LazyLock::new(|| start(actix));
static ROCKET: LazyLock<SocketAddr> = LazyLock::new(|| start(rocket));

impl Server {
    pub fn address(self) -> SocketAddr {
        match self {
            Server::Axum => *AXUM,
            Server::Actix => *ACTIX,
            Server::Rocket => *ROCKET,
        }
    }
}

/// Runs a server in a thread of its own until the process ends, and waits for its address.
fn start(serve: fn(Sender<SocketAddr>)) -> SocketAddr {
    hush();
    let (sender, receiver) = channel();
    thread::Builder::new().name("server-thread".to_owned()).spawn(move || serve(sender)).expect("threads can be made");
    receiver.recv().expect("the server starts")
}

/// Panics of servers are what is asked for: only those of tests are shown.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let show = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // Names of tests are names of functions.
            if !thread::current().name().is_some_and(|name| name.contains('-')) {
                show(panic);
            }
        }));
    });
}

fn axum(sender: Sender<SocketAddr>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it can be built");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("some port is free");
        sender.send(listener.local_addr().expect("it listens")).expect("somebody waits for it");
        axum::serve(listener, axum_app::app(database().await)).await.expect("it serves");
    });
}

fn actix(sender: Sender<SocketAddr>) {
    actix_web::rt::System::new().block_on(async {
        let shared = actix_app::Shared::new(database().await);
        let server = HttpServer::new(move || App::new().configure(actix_app::routes(shared.clone())));
        let server = server.workers(1).disable_signals().bind_auto_h2c((Ipv4Addr::LOCALHOST, 0));
        let server = server.expect("some port is free");
        sender.send(server.addrs()[0]).expect("somebody waits for it");
        server.run().await.expect("it serves");
    });
}

fn rocket(sender: Sender<SocketAddr>) {
    let config = rocket::Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        workers: 1,
        log_level: rocket::config::LogLevel::Off,
        shutdown: rocket::config::Shutdown { ctrlc: false, ..rocket::config::Shutdown::default() },
        ..rocket::Config::default()
    };
    rocket::execute(async move {
        let started = rocket::fairing::AdHoc::on_liftoff("says where it listens", move |rocket| {
            let address = SocketAddr::new(rocket.config().address, rocket.config().port);
            sender.send(address).expect("somebody waits for it");
            Box::pin(async {})
        });
        let rocket = rocket_app::rocket(config, database().await).attach(started);
        rocket.launch().await.expect("it serves");
    });
}
