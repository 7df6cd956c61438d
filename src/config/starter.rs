//! The configuration that `init` writes: every setting explained, none changed.

use super::schema::{CHECK, OVERRIDE, ROOT};
use crate::lints::{LINTS, groups};
use crate::shape::{Keys, Shape};

const HEAD: &str = "\
# The configuration of backstop. Nothing here changes anything yet: what stands behind `# ` are the usual settings, or examples.
# `cargo backstop --show-settings src/main.rs` tells what applies to a file, and which line has decided it.
#
# For completion in an editor run `cargo backstop schema > backstop.schema.json` and take one `#` from the next line.
##:schema ./backstop.schema.json
";

/// Settings of `[check]` as examples.
const CHECK_EXAMPLES: [(&str, &str); 4] = [
    ("exclude", "exclude = [\"src/generated/**\"]"),
    ("require-reason", "require-reason = false"),
    ("baseline", "baseline = \"backstop-baseline.json\""),
    ("max-warnings", "max-warnings = 20"),
];

/// Settings of `[[overrides]]` as examples.
const OVERRIDE_EXAMPLES: [(&str, &str); 3] = [
    ("paths", "paths = [\"crates/admin/**\"]"),
    ("packages", "packages = [\"admin-*\"]"),
    ("lints", "lints = { unwrapped_query = \"warn\" }"),
];

const KNOWLEDGE_EXAMPLE: &str = "\
# [[knowledge]]
# name = \"our-db\"
# crates = [\"our_db\"]
# kind = \"database\"
# types = { Client = [\"our_db::Client\"] }
# methods = { \"Client.find_user(_)\" = \"Result<Option<Row>>\" }
";

/// The text of a configuration that says what the configuration can say.
pub fn starter() -> String {
    let mut text = HEAD.to_owned();
    for (section, shape) in ROOT {
        text.push_str(&format!("\n# {}.\n", described(shape)));
        match *section {
            "lints" => lints(&mut text),
            "check" => {
                text.push_str("[check]\n");
                examples(&mut text, CHECK, &CHECK_EXAMPLES);
            }
            "overrides" => {
                text.push_str("# [[overrides]]\n");
                examples(&mut text, OVERRIDE, &OVERRIDE_EXAMPLES);
            }
            _ => text.push_str(KNOWLEDGE_EXAMPLE),
        }
    }
    text
}

/// The usual level of each lint, by group.
fn lints(text: &mut String) {
    text.push_str(
        "# `allow` reports nothing, `warn` reports, `deny` reports and makes the run fail; nothing lowers `forbid`.\n",
    );
    text.push_str("# `all` and the names of groups work, too.\n[lints]\n");
    for group in groups() {
        text.push_str(&format!("# The group `{group}`:\n"));
        for lint in LINTS.iter().filter(|lint| lint.group() == group) {
            text.push_str(&format!("# {} = \"{}\"  # {}\n", lint.name, lint.level().name(), lint.summary()));
        }
    }
}

/// Each key with what it is for, and how it looks.
fn examples(text: &mut String, keys: Keys, examples: &[(&str, &str)]) {
    for (name, shape) in keys {
        let example = examples.iter().find(|(key, _)| key == name).map_or(*name, |(_, example)| example);
        text.push_str(&format!("# {example}  # {}\n", described(shape)));
    }
}

fn described(shape: &Shape) -> &'static str {
    match shape {
        Shape::Said(text, _) => text,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::workspace::ConfigFile;
    use std::path::PathBuf;

    fn config(text: String) -> Config {
        let file = ConfigFile { path: PathBuf::from("/p/backstop.toml"), text, table: &[] };
        Config::new(Some(&file), &[]).unwrap_or_else(|error| panic!("it is valid: {error:?}"))
    }

    /// As it is, it says nothing; with the comment marks taken away it is valid, and names everything there is.
    #[test]
    fn it_is_valid_and_says_nothing() {
        let as_it_is: toml::Table = toml::from_str(&starter()).expect("it is TOML");
        let is_empty = |value: &toml::Value| value.as_table().is_some_and(toml::Table::is_empty);
        assert!(as_it_is.values().all(is_empty), "{as_it_is:?}");
        config(starter());
        let is_setting = |line: &&str| line.contains(" = ") || line.starts_with('[');
        let bare = |line: &'static str| line.strip_prefix("# ").unwrap_or(line);
        let text: &'static str = starter().leak();
        let all: String = text.lines().map(bare).filter(is_setting).map(|line| format!("{line}\n")).collect();
        let said: toml::Table = toml::from_str(&all).expect("what is commented out is TOML");
        for (section, _) in ROOT {
            assert!(said.contains_key(*section), "[{section}]");
        }
        for lint in LINTS {
            assert!(said["lints"].get(lint.name).is_some(), "{}", lint.name);
        }
        for (key, _) in CHECK {
            assert!(said["check"].get(*key).is_some(), "[check] {key}");
        }
        for (key, _) in OVERRIDE {
            assert!(said["overrides"][0].get(*key).is_some(), "[[overrides]] {key}");
        }
        config(all);
    }
}
