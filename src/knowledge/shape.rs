//! What a knowledge file may hold: every key with the kind of value it takes.

use toml::de::DeValue;

use super::load::{KnowledgeError, Table, Value};
use crate::nearest::nearest;

/// The kind of value that a key takes.
enum Shape {
    /// Some text.
    Text,
    /// One of some words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A list of texts.
    Texts,
    /// One text or a list of them.
    TextOrTexts,
    /// Any keys, with values of one kind.
    Any(&'static Shape),
    /// Some keys.
    Record(Keys),
    /// Some text, or some keys.
    TextOr(Keys),
    /// A list of records.
    Records(Keys),
    /// Some text or a number.
    TextOrNumber,
}

type Keys = &'static [(&'static str, Shape)];

const ENTRY_KINDS: Shape =
    Shape::Word(&["handler", "middleware", "extractor", "responder", "catcher", "fairing", "conversion"]);
const METHOD_SOURCES: Shape = Shape::Word(&["name", "argument"]);

const FILE: Keys = &[
    ("name", Shape::Text),
    ("title", Shape::Text),
    ("crates", Shape::Texts),
    ("kind", Shape::Word(&["database", "cache", "http", "framework", "other"])),
    ("blocking", Shape::Flag),
    ("sql", Shape::Flag),
    ("outside", Shape::Flag),
    ("inside", Shape::Flag),
    ("extends", Shape::Texts),
    ("evidence", Shape::TextOrTexts),
    ("verified", Shape::TextOrTexts),
    ("oldest", Shape::Text),
    ("fallible", Shape::Texts),
    ("any-error", Shape::Texts),
    ("failures", Shape::Any(&Shape::Text)),
    ("types", Shape::Any(&Shape::TextOrTexts)),
    ("reexports", Shape::Any(&Shape::Text)),
    ("exports", Shape::Any(&Shape::TextOrTexts)),
    ("aliases", Shape::Any(&Shape::Text)),
    ("derefs", Shape::Any(&Shape::TextOr(DEREF))),
    ("derives", Shape::Any(&Shape::TextOr(&[]))),
    ("calls", Shape::Any(&Shape::TextOr(CALL))),
    ("methods", Shape::Any(&Shape::TextOr(CALL))),
    ("roles", Shape::Any(&Shape::Texts)),
    ("opens", Shape::Record(OPENS)),
    ("errors", Shape::Records(ERROR)),
    ("statuses", Shape::Any(&Shape::TextOrNumber)),
    ("responses", Shape::Any(&Shape::TextOrNumber)),
    ("attributes", Shape::Any(&Shape::Record(ATTRIBUTE))),
    ("routes", Shape::Any(&Shape::TextOr(ROUTE))),
    ("traits", Shape::Any(&Shape::Record(TRAIT))),
    ("panics", Shape::Records(PANICS)),
];

const OPENS: Keys = &[("connection", Shape::Texts), ("pool", Shape::Texts)];

const DEREF: Keys = &[("of", Shape::Text), ("after", Shape::Texts)];

const CALL: Keys = &[
    ("returns", Shape::Text),
    ("query", Shape::Flag),
    ("fails", Shape::Flag),
    ("keeps", Shape::Flag),
    ("holds-on-success", Shape::Flag),
    ("calls", Shape::Text),
    ("holds", Shape::Flag),
    ("cleanup", Shape::Flag),
    ("tries", Shape::Flag),
    ("outside", Shape::Flag),
    ("internal", Shape::Flag),
    ("inside", Shape::Flag),
    ("runs", Shape::TextOrTexts),
    ("before", Shape::Text),
];

const ERROR: Keys = &[
    ("type", Shape::Text),
    ("title", Shape::Text),
    ("not_found", Shape::Texts),
    ("unavailable", Shape::Texts),
    ("conflict", Shape::Texts),
    ("display", Shape::Texts),
    ("debug", Shape::Texts),
];

const ATTRIBUTE: Keys = &[("kind", ENTRY_KINDS), ("method", METHOD_SOURCES), ("hooks", Shape::Any(&ENTRY_KINDS))];

const ROUTE: Keys = &[
    ("returns", Shape::Text),
    ("method", METHOD_SOURCES),
    ("in-place", Shape::Flag),
    ("documented", Shape::Flag),
    ("path-attribute", Shape::Text),
];

const TRAIT: Keys = &[
    ("kind", ENTRY_KINDS),
    ("methods", Shape::Texts),
    ("about", Shape::Text),
    ("status", Shape::TextOrNumber),
    ("optional", Shape::Flag),
];

const PANICS: Keys = &[
    ("since", Shape::Text),
    ("request", Shape::Text),
    ("caught", Shape::Text),
    ("answered", Shape::Text),
    ("fairing", Shape::Text),
    ("offloaded", Shape::Text),
    ("detached", Shape::Text),
    ("stream", Shape::Text),
];

/// Everything in a knowledge file that has no place there.
pub(super) fn misshapen(table: &Table<'_>) -> Vec<KnowledgeError> {
    let mut errors = Vec::new();
    record(table, FILE, &mut errors);
    errors
}

fn record(table: &Table<'_>, keys: Keys, errors: &mut Vec<KnowledgeError>) {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match keys.iter().find(|(known, _)| *known == name) {
            Some((_, shape)) => check(value, shape, errors),
            None => {
                let near = nearest(name, keys.iter().map(|(known, _)| *known));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                errors.push(KnowledgeError { span: key.span(), message: format!("unknown key `{name}`"), help });
            }
        }
    }
}

fn check(value: &Value<'_>, shape: &Shape, errors: &mut Vec<KnowledgeError>) {
    let expected = match (shape, value.get_ref()) {
        (Shape::Text | Shape::TextOrTexts | Shape::TextOrNumber | Shape::TextOr(_), DeValue::String(_))
        | (Shape::TextOrNumber, DeValue::Integer(_))
        | (Shape::Flag, DeValue::Boolean(_)) => return,
        (Shape::Word(words), DeValue::String(word)) => {
            if !words.contains(&word.as_ref()) {
                let help = Some(format!("one of {}", words.join(", ")));
                errors.push(KnowledgeError {
                    span: value.span(),
                    message: format!("`{word}` does not belong here"),
                    help,
                });
            }
            return;
        }
        (Shape::Texts | Shape::TextOrTexts, DeValue::Array(items)) => {
            return items.iter().for_each(|item| check(item, &Shape::Text, errors));
        }
        (Shape::Any(inner), DeValue::Table(table)) => {
            return table.values().for_each(|value| check(value, inner, errors));
        }
        // A table whose names are the file's own.
        (Shape::TextOr([]), DeValue::Table(table)) => {
            return table.values().for_each(|value| check(value, &Shape::Text, errors));
        }
        (Shape::Record(keys) | Shape::TextOr(keys), DeValue::Table(table)) => return record(table, keys, errors),
        (Shape::Records(keys), DeValue::Array(items)) => {
            return items.iter().for_each(|item| check(item, &Shape::Record(keys), errors));
        }
        (Shape::Text | Shape::Word(_), _) => "a string",
        (Shape::Flag, _) => "true or false",
        (Shape::TextOrNumber, _) => "a string or a number",
        (Shape::Texts | Shape::TextOrTexts, _) => "an array of strings",
        (Shape::Any(_) | Shape::Record(_) | Shape::TextOr(_), _) => "a table",
        (Shape::Records(_), _) => "an array of tables",
    };
    let message = format!("expected {expected}, found {}", value.get_ref().type_str());
    errors.push(KnowledgeError { span: value.span(), message, help: None });
}
