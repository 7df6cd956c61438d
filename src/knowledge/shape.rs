//! What a knowledge file may hold: every key with the kind of value it takes.

use crate::shape::{Keys, Shape};

const ENTRY_KINDS: Shape =
    Shape::Word(&["handler", "middleware", "extractor", "responder", "catcher", "fairing", "conversion"]);
const METHOD_SOURCES: Shape = Shape::Word(&["name", "argument"]);

/// A knowledge file, and an entry of `[[knowledge]]`.
pub(crate) const FILE: Keys = &[
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
    ("words", Shape::Any(&Shape::Texts)),
    ("opens", Shape::Record(OPENS)),
    ("builds", Shape::Record(BUILDS)),
    ("errors", Shape::Records(ERROR)),
    ("statuses", Shape::Any(&Shape::TextOrNumber)),
    ("responses", Shape::Any(&Shape::TextOrNumber)),
    ("extractors", Shape::Any(&Shape::Record(EXTRACTOR))),
    ("provides", Shape::Any(&Shape::TextOr(PROVIDE))),
    ("attributes", Shape::Any(&Shape::Record(ATTRIBUTE))),
    ("routes", Shape::Any(&Shape::TextOr(ROUTE))),
    ("traits", Shape::Any(&Shape::Record(TRAIT))),
    ("panics", Shape::Records(PANICS)),
    ("optional", Shape::Any(&Shape::Text)),
    ("reports", Shape::Any(&Shape::Text)),
];

const BUILDS: Keys = &[
    ("client", Shape::Record(BUILD)),
    ("connection", Shape::Record(BUILD)),
    ("pool", Shape::Record(BUILD)),
    ("pattern", Shape::Record(BUILD)),
];

const BUILD: Keys = &[("what", Shape::Text), ("costs", Shape::Text), ("calls", Shape::Texts)];

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
    ("guard", Shape::Word(&["exclusive", "shared"])),
];

const ERROR: Keys = &[
    ("type", Shape::Text),
    ("title", Shape::Text),
    ("not_found", Shape::Texts),
    ("unavailable", Shape::Texts),
    ("conflict", Shape::Texts),
    ("display", Shape::Texts),
    ("debug", Shape::Texts),
    ("in_5xx", Shape::Texts),
];

const EXTRACTOR: Keys = &[
    ("takes", Shape::Word(&["parameters", "provided"])),
    ("status", Shape::TextOrNumber),
    ("missing", Shape::TextOrNumber),
    ("exact", Shape::Text),
];

const PROVIDE: Keys = &[("makes", Shape::Text), ("of", Shape::Texts)];

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
    ("blocked", Shape::Text),
];
