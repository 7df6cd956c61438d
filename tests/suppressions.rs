//! Suppression comments of every form: what they are for is not reported, everything else is. The marks `//~` say what is.

mod support;

use std::path::PathBuf;

use support::process::run_in;
use support::{differences, findings, marks, project};

/// Compares what is reported in a file of axum handlers with its marks.
#[track_caller]
fn check(test: &str, code: &str) {
    check_with(test, code, "");
}

#[track_caller]
fn check_with(test: &str, code: &str, config: &str) {
    let (dir, text) = service(test, code, config);
    let wrong = differences(&marks("src/main.rs", &text), &findings(&dir));
    assert!(wrong.is_empty(), "{}\n{text}", wrong.join("\n"));
}

/// Writes a service whose handler `h` stands in `code`.
fn service(test: &str, code: &str, config: &str) -> (PathBuf, String) {
    let around = "fn app() -> axum::Router {\n    axum::Router::new().route(\"/\", axum::routing::get(h))\n}\n";
    let text = format!("{code}\n{around}");
    let manifest =
        "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\n";
    let files = [("Cargo.toml", manifest), ("src/main.rs", &text), ("backstop.toml", config)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    (project(&format!("suppressions/{test}"), &files), text)
}

#[test]
fn at_the_end_of_a_line() {
    check(
        "line",
        r#"async fn h() {
    let a = std::env::var("A"); // backstop: allow(request_time_env)
    let b = std::env::var("B"); //~ request_time_env
}"#,
    );
}

#[test]
fn before_a_statement() {
    check(
        "statement",
        r#"async fn h() {
    // backstop: allow(request_time_env)
    let a = [
        std::env::var("A"),
        std::env::var("B"),
    ];
    let b = std::env::var("C"); //~ request_time_env
    // backstop: allow(request_time_env)

    // Another comment may stand between them.
    if std::env::var("D").is_ok() {
        drop(std::env::var("E"));
    } else {
        drop(std::env::var("F"));
    }
    drop(std::env::var("G")); //~ request_time_env
    match b {
        // backstop: allow(request_time_env)
        Ok(_) => drop(std::env::var("H")),
        Err(_) => drop(std::env::var("I")), //~ request_time_env
    }
    // backstop: allow(request_time_env)
    std::env::var("J").ok();
}"#,
    );
}

#[test]
fn before_an_item() {
    check(
        "item",
        r#"// backstop: allow(request_time_env)
/// Documentation and attributes belong to the item.
#[allow(unused)]
async fn h() {
    drop(std::env::var("A"));
    other();
    inner::one();
    Thing.two();
}

fn other() {
    drop(std::env::var("B")); //~ request_time_env
}

// backstop: allow(request_time_env)
mod inner {
    pub fn one() {
        drop(std::env::var("C"));
    }
}

struct Thing;

// backstop: allow(request_time_env)
impl Thing {
    fn two(&self) {
        drop(std::env::var("D"));
        self.three();
    }
    fn three(&self) {
        drop(std::env::var("E"));
    }
}"#,
    );
}

#[test]
fn for_the_whole_file() {
    check(
        "file",
        r#"//! About this file.
//! backstop: allow(request_time_env)

async fn h() {
    drop(std::env::var("A"));
    other();
}

fn other() {
    drop(std::env::var("B"));
}"#,
    );
}

#[test]
fn for_a_module_that_it_opens() {
    check(
        "module",
        r#"mod one {
    //! backstop: allow(request_time_env)
    pub fn a() { drop(std::env::var("A")); }
}

async fn h() {
    one::a();
    drop(std::env::var("B")); //~ request_time_env
}"#,
    );
}

/// An expectation is a suppression that says of itself that there is something to suppress.
#[test]
fn expectations() {
    check(
        "expect",
        r#"async fn h() {
    drop(std::env::var("A")); // backstop: expect(request_time_env, reason = "known", until = "9999-12-31")
    // backstop: expect(request_time_env)
    drop([std::env::var("B"),
        std::env::var("C")]);
    drop(1); // backstop: expect(request_time_env) //~ unused_suppression
    drop(std::env::var("D")); // backstop: expect(request_time_env, until = "2020-01-31") //~ request_time_env unused_suppression
}"#,
    );
}

#[test]
fn blanks_do_not_matter() {
    check(
        "blanks",
        r#"async fn h() {
    drop(std::env::var("A")); //backstop:allow(request_time_env)
    drop(std::env::var("B")); //  backstop:  allow ( request_time_env )
}"#,
    );
}

#[test]
fn several_lints_of_which_each_has_to_be_of_use() {
    check(
        "several",
        r#"// backstop: allow(request_time_env, unchecked_code)
mod around {
    mod gone;
    pub fn a() { drop(std::env::var("A")); }
}

async fn h() {
    around::a();
    drop(std::env::var("B")); /* */ // backstop: allow(request_time_env, unwrapped_query) //~ unused_suppression
}"#,
    );
}

#[test]
fn reasons_hold_any_text() {
    let code = r#"async fn h() {
    drop(std::env::var("A")); // backstop: allow(request_time_env, reason = "set (once), by \ the team, = known")
    // backstop: allow(reason = "first", request_time_env)
    drop(std::env::var("B"));
}"#;
    check("reason", code);
    check_with("reason_required", code, "[check]\nrequire-reason = true\n");
}

#[test]
fn reasons_can_be_required() {
    let code = r#"async fn h() {
    drop(std::env::var("A")); // backstop: allow(request_time_env) //~ unused_suppression
    drop(std::env::var("B")); // backstop: allow(request_time_env, reason = "") //~ unused_suppression
    drop(std::env::var("C")); // backstop: allow(request_time_env, reason = "known")
}"#;
    check_with("no_reason", code, "[check]\nrequire-reason = true\n");
}

#[test]
fn some_expire() {
    check(
        "until",
        r#"async fn h() {
    drop(std::env::var("A")); // backstop: allow(request_time_env, until = "9999-12-31")
    drop(std::env::var("B")); // backstop: allow(request_time_env, until = "2020-01-31") //~ request_time_env unused_suppression
    drop(std::env::var("C")); // backstop: allow(request_time_env, until = "31.1.2027") //~ request_time_env unused_suppression
    drop(std::env::var("D")); // backstop: allow(request_time_env, until = "2027-13-01") //~ request_time_env unused_suppression
}"#,
    );
}

#[test]
fn those_of_no_use_are_reported() {
    check(
        "useless",
        r#"async fn h() {
    drop(1); // backstop: allow(request_time_env) //~ unused_suppression
    drop(std::env::var("A")); // backstop: allow(request_time_envs) //~ request_time_env unused_suppression
    drop(std::env::var("B")); // backstop: allow() //~ request_time_env unused_suppression
    drop(std::env::var("C")); // backstop: allow(request_time_env //~ request_time_env unused_suppression
    drop(std::env::var("D")); // backstop: allow(request_time_env, because = "x") //~ request_time_env unused_suppression
    // backstop: allow(request_time_env) //~ unused_suppression
}"#,
    );
}

#[test]
fn what_only_looks_like_one_is_none() {
    check(
        "strings",
        r#"/// Write `backstop: allow(request_time_env)`.
async fn h() {
    let text = "// backstop: allow(request_time_env)"; drop(std::env::var("A")); //~ request_time_env
    drop(std::env::var("B")); // see backstop: allow(request_time_env) //~ request_time_env
}"#,
    );
}

#[test]
fn unused_suppression_can_be_suppressed() {
    check(
        "own",
        r#"// backstop: allow(unused_suppression)
async fn h() {
    drop(1); // backstop: allow(request_time_env)
    drop(2); // backstop: allow(unwrapped_query)
}

fn b() {
    drop(1); // backstop: allow(request_time_env, unused_suppression)
    drop(2); // backstop: allow(unused_suppression) //~ unused_suppression
}"#,
    );
}

#[test]
fn a_file_can_suppress_it_too() {
    check(
        "own_file",
        "//! backstop: allow(unused_suppression)\n\nasync fn h() {\n    drop(1); // backstop: allow(panics)\n}",
    );
    check("own_file_idle", "//! backstop: allow(unused_suppression) //~ unused_suppression\n\nasync fn h() {}");
}

#[test]
fn line_breaks_of_windows_change_nothing() {
    let code = "async fn h() {\r\n    drop(std::env::var(\"A\")); // backstop: allow(request_time_env)\r\n    \
        // backstop: allow(request_time_env, reason = \"x\")\r\n    drop(std::env::var(\"B\"));\r\n}\r\n";
    check("crlf", code);
}

/// The messages, and that they are counted.
#[test]
fn what_is_said() {
    let code = r#"async fn h() {
    drop(std::env::var("A")); // backstop: allow(request_time_env)
    drop(1); // backstop: allow(unwrapped_query)
    drop(1); // backstop: allow(unwraped_query)
    drop(1); // backstop: allow(unwrapped_query, until = "2020-01-31")
    drop(1); // backstop: allow(unwrapped_query, until = "tomorrow")
    drop(1); // backstop: allow(unwrapped_query, for = "ever")
    drop(1); // backstop: ignore(unwrapped_query)
    drop(1); // backstop: allow unwrapped_query
    drop(1); // backstop: allow(panics, all)
    drop(1); // backstop: expect(unwrapped_query, reason = "known")
    // backstop: allow(unwrapped_query, reason = "known", leaked_error)
    drop(std::env::var("A")); // backstop: allow(unwrapped_query, request_time_env, reason = "known", leaked_error)
    drop(1); // backstop: allow(unwrapped_query
    drop(1); // backstop: allow()
    drop(std::env::var("A")); // backstop: allow(request_time_env, reason = "known")
}"#;
    let (dir, _) = service("messages", code, "[check]\nrequire-reason = true\n");
    insta::assert_snapshot!("suppression_messages", run_in(&dir, &[]).ends_with(0).shown());
}
