//! The keys of the configuration, and the JSON schema that editors complete and check it by: made from the same tables.

use serde_json::{Map, Value, json};

use crate::knowledge::shape::FILE;
use crate::lint::Setting;
use crate::lints::{ALL, LINTS, groups};
use crate::shape::{Keys, Shape};

/// The whole file.
pub(super) const ROOT: Keys = &[
    (
        "lints",
        Shape::Said("the levels of lints and groups; what is said of a lint wins over its group", &Shape::Levels),
    ),
    ("overrides", Shape::Said("levels for some files or packages; later ones win", &Shape::Records(OVERRIDE))),
    ("check", Shape::Said("what is checked, and when the run fails", &Shape::Record(CHECK))),
    (
        "knowledge",
        Shape::Said("libraries of yours, in the form of the files in knowledge/libraries", &Shape::Records(FILE)),
    ),
];

/// `[check]`
pub(super) const CHECK: Keys = &[
    ("exclude", Shape::Said("patterns for files whose findings are not reported", &Shape::Texts)),
    ("require-reason", Shape::Said("whether suppressions have to say why", &Shape::Flag)),
    ("baseline", Shape::Said("the file with known findings, relative to this one", &Shape::Text)),
    ("max-warnings", Shape::Said("the run fails when there are more warnings", &Shape::Number)),
];

/// An entry of `[[overrides]]`.
pub(super) const OVERRIDE: Keys = &[
    ("paths", Shape::Said("patterns for files, relative to this one", &Shape::Texts)),
    ("packages", Shape::Said("patterns for names of packages", &Shape::Texts)),
    ("lints", Shape::Said("the levels there", &Shape::Levels)),
];

/// The level of a lint as a table.
pub(super) const LEVEL: Keys = &[("level", Shape::Word(Setting::NAMES))];

/// The JSON schema of `backstop.toml`.
pub fn schema() -> Value {
    let mut schema = table(ROOT);
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!("backstop.toml"));
    Value::Object(schema)
}

fn table(keys: Keys) -> Map<String, Value> {
    let properties: Map<String, Value> =
        keys.iter().map(|(name, shape)| ((*name).to_owned(), Value::Object(of(shape)))).collect();
    object(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
}

fn of(shape: &Shape) -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    object(match shape {
        Shape::Text => text(),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Texts => texts(),
        Shape::TextOrTexts => json!({ "anyOf": [text(), texts()] }),
        Shape::TextOrNumber => json!({ "type": ["string", "integer"] }),
        Shape::Any(inner) => json!({ "type": "object", "additionalProperties": of(inner) }),
        Shape::Record(keys) => return table(keys),
        // A table whose names are the file's own.
        Shape::TextOr([]) => {
            json!({ "anyOf": [text(), { "type": "object", "additionalProperties": { "type": "string" } }] })
        }
        Shape::TextOr(keys) => json!({ "anyOf": [text(), table(keys)] }),
        Shape::Records(keys) => json!({ "type": "array", "items": table(keys) }),
        Shape::Levels => levels(),
        Shape::Said(text, inner) => {
            let mut inner = of(inner);
            inner.insert("description".to_owned(), json!(text));
            return inner;
        }
    })
}

/// Every lint and group with its levels.
fn levels() -> Value {
    let level = json!({ "anyOf": [{ "enum": Setting::NAMES }, table(LEVEL)] });
    let mut properties = Map::new();
    let mut add = |name: &str, description: String| {
        let mut level = object(level.clone());
        level.insert("description".to_owned(), json!(description));
        properties.insert(name.to_owned(), Value::Object(level));
    };
    add(ALL, "every lint".to_owned());
    for group in groups() {
        let lints: Vec<&str> = LINTS.iter().filter(|lint| lint.group() == group).map(|lint| lint.name).collect();
        add(group, format!("the group of {}", lints.join(", ")));
    }
    for lint in LINTS {
        add(lint.name, lint.summary());
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
