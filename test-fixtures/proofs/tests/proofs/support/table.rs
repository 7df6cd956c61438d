//! `docs/proofs.md`: the table says what is to be seen, and the tests see it.

use std::path::Path;

/// What the table says that a test sees.
pub fn expected(test: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/proofs.md");
    let text = std::fs::read_to_string(path).expect("the table is there");
    let cell = format!("| `{test}` |");
    let row = text.lines().find_map(|line| line.split_once(cell.as_str()).map(|(_, rest)| rest));
    let seen = row.unwrap_or_else(|| panic!("docs/proofs.md has no row for `{test}`"));
    seen.trim().trim_end_matches('|').trim().replace("\\|", "|")
}

/// Compares what has been seen, in turn, with what the table says.
#[track_caller]
pub fn compare(test: &str, seen: &[String]) {
    assert_eq!(seen.join("; "), expected(test), "what is seen is not what docs/proofs.md says of `{test}`");
}

/// A test that the table names, and what it sees.
macro_rules! proof {
    ($($name:ident: $($seen:expr),+;)+) => {
        $(
            #[test]
            fn $name() {
                crate::support::table::compare(stringify!($name), &[$($seen.to_string()),+]);
            }
        )+
    };
}
pub(crate) use proof;
