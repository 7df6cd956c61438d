//! Format strings: which locals they name.

use crate::symbol::Sym;

/// The names in `{name}` and `{name:spec}`, in order, each once.
pub(super) fn captured_names(format: &str) -> Vec<Sym> {
    let mut names: Vec<Sym> = Vec::new();
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let argument = rest[..close].split(':').next().unwrap_or_default().trim();
        if is_identifier(argument) {
            let name = Sym::from(argument);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        rest = &rest[close + 1..];
    }
    names
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|other| other.is_alphanumeric() || other == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_escapes_are_not() {
        let names = |format| captured_names(format).iter().map(Sym::as_str).collect::<Vec<_>>();
        assert_eq!(names("{a} {b:?} {0} {} {{c}} {a:>width$}"), ["a", "b"]);
        assert_eq!(names("{\"json\": 1}"), Vec::<&str>::new());
        assert_eq!(names("{unclosed"), Vec::<&str>::new());
    }
}
