//! The parameters of a route's path, and how many of them a type takes.

use super::ids::AdtId;
use super::ty::{Head, Ty};
use super::{App, EntryPoint};
use crate::knowledge::Role;
use crate::source::Place;
use crate::symbol::Sym;

/// Types in types are followed this far.
const DEEPEST: u32 = 8;
/// How far in front of a type's name the attributes on it start at most, in bytes.
const MOST_ATTRIBUTES: usize = 600;

/// How many parameters of a path a type takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parameters {
    /// Exactly one.
    One,
    /// So many, one behind the other.
    Several(usize),
    /// Those with these names.
    Named(Vec<Sym>),
    /// Any, or that is not known.
    Any,
}

impl EntryPoint {
    /// The names of the parameters in the path: of `{id}`, `{id:[0-9]+}`, `{*rest}`, `:id` and `*rest`.
    pub fn parameters(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for step in split(&self.path) {
            if let Some(name) = step.strip_prefix([':', '*']) {
                found.push(name);
                continue;
            }
            let mut rest = step;
            while let Some((inner, behind)) = braced(rest) {
                let name = inner.split(':').next().unwrap_or(inner);
                found.push(name.trim_start_matches('*').trim());
                rest = behind;
            }
        }
        found
    }
}

/// The steps of a path: a pattern in braces can have slashes in it.
fn split(path: &str) -> Vec<&str> {
    let (mut steps, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, letter) in path.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                steps.push(&path[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    steps.push(&path[start..]);
    steps
}

/// What stands in the first braces of a text, and what stands behind them.
fn braced(text: &str) -> Option<(&str, &str)> {
    let start = text.find('{')?;
    let mut depth = 0_usize;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return Some((&text[start + 1..start + at], &text[start + at + 1..])),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

impl App {
    /// How many parameters of a path a type takes.
    pub fn parameters_of(&self, ty: &Ty) -> Parameters {
        self.parameters_in(ty, 0)
    }

    fn parameters_in(&self, ty: &Ty, depth: u32) -> Parameters {
        match ty.head {
            _ if depth > DEEPEST => Parameters::Any,
            Head::Tuple if !ty.args().is_empty() => Parameters::Several(ty.args().len()),
            Head::External(path) => {
                let is_text = matches!(path.as_str(), "std::string::String" | "str");
                let is_word = is_text || super::is_primitive(path.as_str()) || self.knowledge.plays(path, Role::Word);
                if is_word { Parameters::One } else { Parameters::Any }
            }
            Head::Adt(adt) if self.is_read_as_written(adt) => self.parameters_of_fields(adt, depth),
            _ => Parameters::Any,
        }
    }

    fn parameters_of_fields(&self, adt: AdtId, depth: u32) -> Parameters {
        let [fields] = self.fields(adt) else { return Parameters::Any };
        let is_tuple = fields.iter().all(|(name, _)| name.as_str().starts_with(|first: char| first.is_ascii_digit()));
        match fields.as_slice() {
            [] => Parameters::Any,
            [(_, only)] if is_tuple => self.parameters_in(only, depth + 1),
            _ if is_tuple => Parameters::Several(fields.len()),
            _ => {
                let may_be_missing = |ty: &Ty| ty.head == Head::External(crate::sym!("std::option::Option"));
                let named = fields.iter().filter(|(_, ty)| !ty.is_unknown() && !may_be_missing(ty));
                Parameters::Named(named.map(|(name, _)| Sym::from(name.as_str().trim_start_matches("r#"))).collect())
            }
        }
    }

    /// Whether a struct is read by the names and types of its fields as they stand there.
    fn is_read_as_written(&self, adt: AdtId) -> bool {
        let it = self.adt(adt);
        if it.is_enum || !self.derives_role(adt, Role::Deserialize) {
            return false;
        }
        // Attributes that say how a type is read are not kept: the text around it is looked at, and perhaps a bit more.
        let Place { file, span } = self.place(self.adts[adt.index()].instance, it.span);
        let text = self.sources.get(file).text.as_str();
        let mut start = (span.start as usize).saturating_sub(MOST_ATTRIBUTES);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[start..span.start as usize];
        let before = before.rfind("\n}").map_or(before, |end| &before[end..]);
        let behind = &text[span.end as usize..];
        let behind = behind.find(['}', ';']).map_or(behind, |end| &behind[..end]);
        let changed = |krate: &&str| {
            [before, behind]
                .iter()
                .any(|text| text.match_indices(*krate).any(|(at, _)| text[at + krate.len()..].starts_with(['(', '_'])))
        };
        !self.knowledge.crates_of(Role::Deserialize).iter().any(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::{braced, split};

    #[test]
    fn patterns_in_braces_can_have_slashes_and_braces() {
        assert_eq!(split("/a/{b:x/y}/c"), ["", "a", "{b:x/y}", "c"]);
        assert_eq!(braced("{id:\\d{4}}.json"), Some(("id:\\d{4}", ".json")));
        assert_eq!(braced("plain"), None);
    }
}
