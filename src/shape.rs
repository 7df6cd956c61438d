//! The shapes of TOML tables: which keys a table may hold, and what each of them takes. What is checked and what the JSON
//! schema of the configuration says come from the same tables.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;

/// The kind of value that a key takes.
pub(crate) enum Shape {
    /// Some text.
    Text,
    /// One of some words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A number that is not negative.
    Number,
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
    /// Lints and groups with their levels.
    Levels,
    /// Another shape, and what it is for.
    Said(&'static str, &'static Shape),
}

/// The keys of a table.
pub(crate) type Keys = &'static [(&'static str, Shape)];

/// Something in a table that has no place there.
pub(crate) struct Misshape {
    /// Which bytes of the text.
    pub(crate) span: Range<usize>,
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) help: Option<String>,
}

/// The names of some keys.
pub(crate) fn names(keys: Keys) -> Vec<&'static str> {
    keys.iter().map(|(name, _)| *name).collect()
}

/// Everything in a table that has no place there.
pub(crate) fn misshapen(table: &DeTable<'_>, keys: Keys) -> Vec<Misshape> {
    let mut errors = Vec::new();
    record(table, keys, &mut errors);
    errors
}

fn record(table: &DeTable<'_>, keys: Keys, errors: &mut Vec<Misshape>) {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match keys.iter().find(|(known, _)| *known == name) {
            Some((_, shape)) => check(value, shape, errors),
            None => {
                let near = nearest(name, keys.iter().map(|(known, _)| *known));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                errors.push(Misshape { span: key.span(), message: format!("unknown key `{name}`"), help });
            }
        }
    }
}

fn check(value: &Spanned<DeValue<'_>>, shape: &Shape, errors: &mut Vec<Misshape>) {
    let expected = match (shape, value.get_ref()) {
        (Shape::Text | Shape::TextOrTexts | Shape::TextOrNumber | Shape::TextOr(_), DeValue::String(_))
        | (Shape::TextOrNumber, DeValue::Integer(_))
        | (Shape::Flag, DeValue::Boolean(_)) => return,
        (Shape::Word(words), DeValue::String(word)) => {
            if !words.contains(&word.as_ref()) {
                let help = Some(format!("one of {}", words.join(", ")));
                errors.push(Misshape { span: value.span(), message: format!("`{word}` does not belong here"), help });
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
        (Shape::Said(_, inner), _) => return check(value, inner, errors),
        (Shape::Number, DeValue::Integer(number)) if !number.as_str().starts_with('-') => return,
        // Their names are known where levels are read.
        (Shape::Levels, DeValue::Table(_)) => return,
        (Shape::Text | Shape::Word(_), _) => "a string",
        (Shape::Flag, _) => "true or false",
        (Shape::Number, _) => "a number",
        (Shape::TextOrNumber, _) => "a string or a number",
        (Shape::Texts | Shape::TextOrTexts, _) => "an array of strings",
        (Shape::Any(_) | Shape::Record(_) | Shape::TextOr(_) | Shape::Levels, _) => "a table",
        (Shape::Records(_), _) => "an array of tables",
    };
    let message = format!("expected {expected}, found {}", value.get_ref().type_str());
    errors.push(Misshape { span: value.span(), message, help: None });
}
