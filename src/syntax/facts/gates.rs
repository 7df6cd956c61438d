//! Code that is only there with some features of its package, or only without them.

use crate::symbol::Sym;

/// Code under a condition on features.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The byte that it starts at.
    pub at: u32,
    /// Where it ends; else it is the statement, item or arm that starts there.
    pub end: Option<u32>,
    /// The condition.
    pub condition: Condition,
}

/// A condition of conditional compilation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `feature = "name"`
    Feature(Sym),
    /// `all(…)`
    All(Vec<Condition>),
    /// `any(…)`
    Any(Vec<Condition>),
    /// `not(…)`: its only argument.
    Not(Vec<Condition>),
    /// The target, or what the build script says.
    Other,
}

impl Condition {
    /// Whether it holds with the features that are on; `None` where it depends on something else.
    pub fn holds(&self, is_on: &impl Fn(Sym) -> bool) -> Option<bool> {
        let decided = |parts: &[Condition], by: bool| {
            let holds: Vec<Option<bool>> = parts.iter().map(|part| part.holds(is_on)).collect();
            match holds.contains(&Some(by)) {
                true => Some(by),
                false => holds.iter().all(|it| *it == Some(!by)).then_some(!by),
            }
        };
        match self {
            Condition::Feature(name) => Some(is_on(*name)),
            Condition::All(parts) => decided(parts, false),
            Condition::Any(parts) => decided(parts, true),
            Condition::Not(parts) => decided(parts, false).map(|holds| !holds),
            Condition::Other => None,
        }
    }

    /// Where it does not hold, in words: `with feature `x`, which is off by default`.
    pub fn unmet(&self, is_on: &impl Fn(Sym) -> bool) -> Option<String> {
        if self.holds(is_on) != Some(false) {
            return None;
        }
        let only = match self {
            Condition::All(parts) => {
                let mut unmet = parts.iter().filter(|part| part.holds(is_on) == Some(false));
                unmet.next().filter(|_| unmet.next().is_none()).unwrap_or(self)
            }
            _ => self,
        };
        Some(match only {
            Condition::Feature(name) => format!("with feature `{name}`, which is off by default"),
            Condition::Not(parts) if matches!(parts.as_slice(), [Condition::Feature(_)]) => {
                format!("{}, which is on by default", only.words(is_on))
            }
            _ => format!("{}, which is not the default", only.words(is_on)),
        })
    }

    fn words(&self, is_on: &impl Fn(Sym) -> bool) -> String {
        let joined = |parts: &[Condition], by: &str| {
            let parts = parts.iter().filter(|part| part.holds(is_on) == Some(false));
            parts.map(|part| part.words(is_on)).collect::<Vec<_>>().join(by)
        };
        match self {
            Condition::Feature(name) => format!("with feature `{name}`"),
            Condition::All(parts) => joined(parts, " and "),
            Condition::Any(parts) => joined(parts, " or "),
            Condition::Not(parts) => {
                let mut names = Vec::new();
                parts.iter().for_each(|part| part.features(&mut names));
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                match names.as_slice() {
                    [only] => format!("without feature {only}"),
                    names => format!("without one of the features {}", names.join(", ")),
                }
            }
            Condition::Other => String::new(),
        }
    }

    fn features(&self, into: &mut Vec<Sym>) {
        match self {
            Condition::Feature(name) => into.push(*name),
            Condition::All(parts) | Condition::Any(parts) | Condition::Not(parts) => {
                parts.iter().for_each(|part| part.features(into));
            }
            Condition::Other => {}
        }
    }
}
