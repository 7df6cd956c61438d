//! Conditional compilation: which code is there at all, and which only with some features.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta as SynMeta, Token};

use super::facts::{Condition, Gate};
use super::lower::Lower;
use crate::symbol::Sym;

/// Whether code under some attributes is part of a release build of the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Presence {
    /// Never: tests.
    Absent,
    /// Only in debug builds.
    DebugOnly,
    /// Yes. Features and targets are taken as on, their negation too: code that somebody builds is code.
    Present,
}

/// The presence that a list of attributes leaves.
fn presence(attrs: &[Attribute]) -> Presence {
    let mut least = Presence::Present;
    for attr in attrs {
        let name = attr.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let here = match &attr.meta {
            SynMeta::List(list) if name == "cfg" => {
                list.parse_args::<Predicate>().map_or(Presence::Present, |predicate| predicate.presence())
            }
            _ if is_test_name(&name) => Presence::Absent,
            _ => Presence::Present,
        };
        least = least.min(here);
    }
    least
}

/// Whether code under some attributes runs in a release build.
pub(super) fn is_present(attrs: &[Attribute]) -> bool {
    attrs.is_empty() || presence(attrs) == Presence::Present
}

impl Lower<'_> {
    /// Whether code under these attributes runs in a release build. Which features it needs is written down.
    pub(super) fn is_present(&mut self, attrs: &[Attribute]) -> bool {
        self.presence(attrs) == Presence::Present
    }

    /// The presence of what follows some attributes. Which features it needs is written down.
    pub(super) fn presence(&mut self, attrs: &[Attribute]) -> Presence {
        if attrs.is_empty() {
            return Presence::Present;
        }
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
            if let Ok(predicate) = attr.parse_args::<Predicate>() {
                let at = self.text.span(attr.pound_token.span).start;
                self.gate(predicate, at, None);
            }
        }
        presence(attrs)
    }

    /// `#![cfg(feature = "…")]`
    pub(super) fn gate_file(&mut self, attrs: &[Attribute], length: u32) {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
            if let Ok(predicate) = attr.parse_args::<Predicate>() {
                self.gate(predicate, 0, Some(length));
            }
        }
    }

    /// `if cfg!(feature = "…") { … }`
    pub(super) fn gate_branch(&mut self, cond: &Expr, then: &syn::Block) {
        if let Expr::Macro(cond) = cond
            && cond.mac.path.is_ident("cfg")
            && let Ok(predicate) = cond.mac.parse_body::<Predicate>()
        {
            let span = self.text.span(then.brace_token.span.join());
            self.gate(predicate, span.start, Some(span.end));
        }
    }

    fn gate(&mut self, predicate: Predicate, at: u32, end: Option<u32>) {
        if predicate.is_about_features() {
            self.facts.gates.push(Gate { at, end, condition: predicate.condition() });
        }
    }
}

/// Whether a condition does not hold in a release build: `cfg!(debug_assertions)`.
pub(super) fn is_left_out(cond: &Expr) -> bool {
    match cond {
        Expr::Macro(cond) if cond.mac.path.is_ident("cfg") => {
            cond.mac.parse_body::<Predicate>().is_ok_and(|predicate| predicate.presence() != Presence::Present)
        }
        _ => false,
    }
}

/// Whether an attribute of this name marks a test or benchmark.
pub(super) fn is_test_name(name: &str) -> bool {
    matches!(name, "test" | "bench" | "rstest" | "test_case" | "test_log" | "async_test" | "quickcheck" | "proptest")
        || name.ends_with("_test")
}

/// Whether a feature of this name is about tests or debugging: nobody serves requests with it.
fn is_test_feature(name: &str) -> bool {
    name.split(['-', '_']).any(|word| matches!(word, "test" | "tests" | "testing" | "mock" | "mocks" | "debug"))
}

/// A `cfg` condition.
pub(super) enum Predicate {
    Test,
    Debug,
    Feature(String),
    Other,
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Vec<Predicate>),
}

impl Predicate {
    pub(super) fn presence(&self) -> Presence {
        match self {
            Predicate::Test => Presence::Absent,
            Predicate::Debug => Presence::DebugOnly,
            Predicate::Feature(name) if is_test_feature(name) => Presence::Absent,
            Predicate::Feature(_) | Predicate::Other | Predicate::Not(_) => Presence::Present,
            Predicate::All(all) => all.iter().map(Predicate::presence).min().unwrap_or(Presence::Present),
            Predicate::Any(any) => any.iter().map(Predicate::presence).max().unwrap_or(Presence::Present),
        }
    }

    fn is_about_features(&self) -> bool {
        match self {
            Predicate::Feature(_) => true,
            Predicate::All(parts) | Predicate::Any(parts) | Predicate::Not(parts) => {
                parts.iter().any(Predicate::is_about_features)
            }
            Predicate::Test | Predicate::Debug | Predicate::Other => false,
        }
    }

    fn condition(self) -> Condition {
        let all = |parts: Vec<Predicate>| parts.into_iter().map(Predicate::condition).collect();
        match self {
            Predicate::Feature(name) => Condition::Feature(Sym::from(name)),
            Predicate::All(parts) => Condition::All(all(parts)),
            Predicate::Any(parts) => Condition::Any(all(parts)),
            Predicate::Not(parts) => Condition::Not(all(parts)),
            Predicate::Test | Predicate::Debug | Predicate::Other => Condition::Other,
        }
    }
}

impl Parse for Predicate {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Lit) {
            input.parse::<Lit>()?;
            return Ok(Predicate::Other);
        }
        let path = input.call(syn::Path::parse_mod_style)?;
        let name = path.get_ident().map(ToString::to_string).unwrap_or_default();
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let value: Lit = input.parse()?;
            return Ok(match value {
                Lit::Str(feature) if name == "feature" => Predicate::Feature(feature.value()),
                _ => Predicate::Other,
            });
        }
        if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            let parts: Vec<Predicate> =
                Punctuated::<Predicate, Token![,]>::parse_terminated(&inside)?.into_iter().collect();
            return Ok(match name.as_str() {
                "all" => Predicate::All(parts),
                "any" => Predicate::Any(parts),
                "not" => Predicate::Not(parts),
                _ => Predicate::Other,
            });
        }
        Ok(match name.as_str() {
            "test" => Predicate::Test,
            "debug_assertions" => Predicate::Debug,
            _ => Predicate::Other,
        })
    }
}
