//! What blocks threads, and what is done while locks are held: `test-fixtures/locks/`.

mod support;

use support::{compare_file, findings, project};

#[test]
fn guards_that_are_alive_where_the_code_waits() {
    compare_file("locks", "held", &["lock_across_await"]);
}

#[test]
fn locks_that_a_panic_poisons() {
    compare_file("locks", "poisoned", &["poisoned_lock", "unwrapped_input"]);
}

#[test]
fn calls_that_block_the_thread() {
    compare_file("locks", "blocking", &["blocking_handler"]);
}

/// A panic that ends the process poisons nothing.
#[test]
fn nothing_is_poisoned_where_panics_abort() {
    let text = "use axum::{Router, extract::Path, routing::get};\nuse std::sync::Mutex;\n\
                static SEEN: Mutex<Vec<u64>> = Mutex::new(Vec::new());\n\
                async fn seen(Path(id): Path<String>) {\n    SEEN.lock().unwrap().push(id.parse().unwrap());\n}\n\
                fn main() { drop(Router::<()>::new().route(\"/{id}\", get(seen))); }\n";
    let manifest =
        "[package]\nname = \"seen\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";
    let found = |name: &str, profile: &str| {
        let files = [("Cargo.toml", format!("{manifest}{profile}")), ("src/main.rs", text.to_owned())];
        let files = files.map(|(path, text)| (path.to_owned(), text));
        findings(&project(name, &files))
    };
    assert!(found("locks/unwinds", "").contains("src/main.rs:5 poisoned_lock"));
    let aborts = found("locks/aborts", "\n[profile.release]\npanic = \"abort\"\n");
    assert!(!aborts.iter().any(|it| it.ends_with("poisoned_lock")), "{aborts:?}");
}

/// Rocket 0.4 has a thread for each request, 0.5 has not.
#[test]
fn what_blocks_depends_on_the_version() {
    let text = "#[rocket::get(\"/\")]\nfn slow() {\n    std::thread::sleep(std::time::Duration::from_secs(1));\n}\n\
                fn main() { rocket::build().mount(\"/\", rocket::routes![slow]).launch(); }\n";
    let found = |version: &str| {
        let manifest = format!(
            "[package]\nname = \"slow\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[dependencies]\nrocket = \"{version}\"\n"
        );
        let files = [("Cargo.toml", manifest), ("src/main.rs", text.to_owned())];
        findings(&project(&format!("locks/rocket-{version}"), &files.map(|(path, text)| (path.to_owned(), text))))
    };
    assert!(found("0.5").contains("src/main.rs:3 blocking_handler"));
    assert!(!found("0.4").contains("src/main.rs:3 blocking_handler"));
}
