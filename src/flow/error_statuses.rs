//! The statuses that a handler answers errors with, as far as its text tells: those it names, and those of the errors
//! that it returns. What extractors, layers and panics answer is not among them.

use std::collections::BTreeSet;

use super::Flow;
use super::unify::awaited;
use crate::app::{AdtId, App, EntryPoint, Head, Mark, Target, Ty, Variant, What};
use crate::knowledge::{EntryKind, LibraryId, Responds};

/// The statuses that a handler answers errors with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ErrorStatuses {
    /// Those that are known, in order.
    pub statuses: Vec<u16>,
    /// Whether there are no others, by the types of what the handler returns.
    pub complete: bool,
}

impl Flow {
    /// The statuses that an entry point answers errors with; none of what is no handler.
    pub fn error_statuses(&self, app: &App, entry: &EntryPoint) -> Option<ErrorStatuses> {
        if entry.kind != EntryKind::Handler {
            return None;
        }
        let Target::Fn(id) = entry.target else { return Some(ErrorStatuses::default()) };
        let index = self.bodies.binary_search_by_key(&entry.target, |(target, _)| *target).ok();
        let returned = index.and_then(|index| self.bodies[index].1.returns.as_ref()).map(|ty| awaited(app, ty));
        let mut found = BTreeSet::new();
        if let Some(returned) = &returned {
            returned.visit(&mut |node| self.statuses_of(app, node, &mut found));
        }
        let declared = awaited(app, &app.signature(id).returns());
        let bound = self.bound_of(app, entry.framework, &declared);
        let complete = match &bound {
            // What the framework says of a type is so for all its values, what is known of a variant is of that one.
            Some((fixed, possible)) => {
                found.extend(fixed);
                possible.iter().filter(|status| is_error(**status)).all(|status| found.contains(status))
            }
            None => false,
        };
        found.retain(|status| is_error(*status));
        Some(ErrorStatuses { statuses: found.into_iter().collect(), complete })
    }

    /// The statuses that a part of what a handler returns is known to have.
    fn statuses_of(&self, app: &App, node: &Ty, found: &mut BTreeSet<u16>) {
        let mut is_known = false;
        for mark in node.marks() {
            match (mark.what, mark.within) {
                (What::Status(code), _) => {
                    found.insert(code);
                    is_known = true;
                }
                (What::Made, Some(Variant::Own(adt, variant))) => {
                    // One that was made with a status has that.
                    let has_own = |it: &Mark| matches!(it.what, What::Status(_)) && it.within == mark.within;
                    if !node.marks().iter().any(has_own) {
                        found.extend(self.of_variant(app, adt, variant));
                    }
                    is_known = true;
                }
                _ => {}
            }
        }
        if let (Head::Adt(adt), false) = (node.head, is_known)
            && app.fields(adt).len() == 1
        {
            found.extend(self.of_variant(app, adt, 0));
        }
    }

    /// The statuses of responses made of a variant.
    fn of_variant(&self, app: &App, adt: AdtId, variant: u32) -> Vec<u16> {
        let made = Mark::of(What::Made).within(Variant::Own(adt, variant));
        self.answers.statuses_of(app, &self.summaries, &Ty::new(Head::Adt(adt)).marked(&[made]))
    }

    /// The statuses that values of a type always have as responses, and those that they can have; none where that is
    /// not known.
    fn bound_of(&self, app: &App, framework: LibraryId, ty: &Ty) -> Option<(BTreeSet<u16>, BTreeSet<u16>)> {
        let all = |parts: &[Ty]| {
            let mut sets = (BTreeSet::new(), BTreeSet::new());
            for part in parts {
                let (fixed, possible) = self.bound_of(app, framework, part)?;
                sets.0.extend(fixed);
                sets.1.extend(possible);
            }
            Some(sets)
        };
        match ty.head {
            Head::Never | Head::Slice => Some((BTreeSet::new(), BTreeSet::new())),
            Head::Tuple => all(ty.args()),
            Head::Adt(adt) => {
                let mut possible = BTreeSet::new();
                for variant in 0..app.fields(adt).len() {
                    let statuses = self.of_variant(app, adt, variant as u32);
                    if statuses.is_empty() {
                        return None;
                    }
                    possible.extend(statuses);
                }
                Some((BTreeSet::new(), possible))
            }
            Head::External(path) => match app.knowledge.response(path, Some(framework)) {
                Some(Responds::Like(index)) => self.bound_of(app, framework, &ty.arg(index)),
                // `None` is answered with it.
                Some(Responds::With(code)) if path == crate::sym!("std::option::Option") => {
                    let (mut fixed, mut possible) = self.bound_of(app, framework, &ty.arg(0))?;
                    fixed.insert(code);
                    possible.insert(code);
                    Some((fixed, possible))
                }
                Some(Responds::With(code)) => Some((BTreeSet::from([code]), BTreeSet::from([code]))),
                None if path == crate::sym!("std::result::Result") => all(ty.args()),
                None => app.knowledge.status(path).map(|(code, _)| (BTreeSet::from([code]), BTreeSet::from([code]))),
            },
            _ => None,
        }
    }
}

fn is_error(status: u16) -> bool {
    status >= 400
}
