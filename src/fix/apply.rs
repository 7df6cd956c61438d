//! What fixes make of files: as many as do not get into each other's way, in the order of the sources.

use std::collections::{BTreeMap, BTreeSet};

use super::{Applicability, Edit, Fix};
use crate::source::{FileId, Sources};

/// Fixes that can be applied together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    edits: BTreeMap<FileId, BTreeSet<Edit>>,
    /// How many fixes are in it.
    pub applied: usize,
    /// How many were left out because they may change more than the finding is about.
    pub withheld: usize,
    /// How many were left out because they would change what another one changes, too.
    pub colliding: usize,
}

/// A file, and what becomes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The file.
    pub file: FileId,
    /// Its new text.
    pub text: String,
}

impl Plan {
    /// Plans fixes, the first of those that collide before the others.
    pub fn of<'f>(fixes: impl IntoIterator<Item = &'f Fix>, allowed: Applicability) -> Plan {
        let mut plan = Plan::default();
        for fix in fixes {
            if fix.applicability > allowed {
                plan.withheld += 1;
            } else if plan.takes(fix) {
                for edit in &fix.edits {
                    plan.edits.entry(edit.place.file).or_default().insert(edit.clone());
                }
                plan.applied += 1;
            } else {
                plan.colliding += 1;
            }
        }
        plan
    }

    /// Whether nothing planned so far touches what a fix changes; what is planned already is no collision: a file can
    /// belong to two crates.
    fn takes(&self, fix: &Fix) -> bool {
        fix.edits.iter().all(|edit| {
            let planned = self.edits.get(&edit.place.file).into_iter().flatten();
            planned.into_iter().all(|other| {
                let (own, theirs) = (edit.place.span, other.place.span);
                let apart = own.end < theirs.start || theirs.end < own.start;
                // Side by side is apart, unless one of them only inserts: which comes first would be chance.
                let beside = (own.end == theirs.start || theirs.end == own.start)
                    && own.start != own.end
                    && theirs.start != theirs.end;
                apart || beside || edit == other
            })
        })
    }

    /// What becomes of the files, in their order.
    pub fn changes(&self, sources: &Sources) -> Vec<Change> {
        let change = |(&file, edits): (&FileId, &BTreeSet<Edit>)| {
            let old = &sources.get(file).text;
            let mut text = String::with_capacity(old.len());
            let mut at = 0;
            for edit in edits {
                let span = edit.place.span.range();
                text.push_str(old.get(at..span.start).unwrap_or_default());
                text.push_str(&edit.text);
                at = span.end;
            }
            text.push_str(old.get(at..).unwrap_or_default());
            Change { file, text }
        };
        self.edits.iter().map(change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Place, SourceFile, Span};
    use std::path::Path;

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(SourceFile::new(Path::new("/a"), "/a/b.rs".into(), text.to_owned()));
        sources
    }

    fn fix(edits: &[(u32, u32, &str)], applicability: Applicability) -> Fix {
        let edit = |(start, end, text): &(u32, u32, &str)| Edit {
            place: Place { file: FileId(0), span: Span::new(*start, *end) },
            text: (*text).to_owned(),
        };
        Fix { title: String::new(), edits: edits.iter().map(edit).collect(), applicability }
    }

    fn applied(fixes: &[Fix], allowed: Applicability) -> (String, Plan) {
        let plan = Plan::of(fixes, allowed);
        let text = plan.changes(&sources("0123456789")).pop().map(|change| change.text).unwrap_or_default();
        (text, plan)
    }

    #[test]
    fn fixes_are_applied_in_the_order_of_the_file() {
        let fixes = [fix(&[(6, 8, "b")], Applicability::Safe), fix(&[(0, 2, "a"), (2, 4, "c")], Applicability::Safe)];
        let (text, plan) = applied(&fixes, Applicability::Safe);
        assert_eq!((text.as_str(), plan.applied, plan.colliding), ("ac45b89", 2, 0));
    }

    #[test]
    fn the_first_of_two_that_collide_counts_and_the_other_is_left_out_whole() {
        let fixes = [fix(&[(2, 5, "x")], Applicability::Safe), fix(&[(4, 6, "y"), (8, 9, "z")], Applicability::Safe)];
        let (text, plan) = applied(&fixes, Applicability::Safe);
        assert_eq!((text.as_str(), plan.applied, plan.colliding), ("01x56789", 1, 1));
        let inserting = [fix(&[(2, 2, "x")], Applicability::Safe), fix(&[(2, 2, "y")], Applicability::Safe)];
        assert_eq!(applied(&inserting, Applicability::Safe).0, "01x23456789");
    }

    #[test]
    fn the_same_twice_is_done_once() {
        let fixes = [fix(&[(2, 5, "x")], Applicability::Safe), fix(&[(2, 5, "x")], Applicability::Safe)];
        let (text, plan) = applied(&fixes, Applicability::Safe);
        assert_eq!((text.as_str(), plan.colliding), ("01x56789", 0));
    }

    #[test]
    fn what_may_change_more_waits_until_it_is_asked_for() {
        let fixes = [fix(&[(0, 1, "x")], Applicability::Unsafe)];
        let (text, plan) = applied(&fixes, Applicability::Safe);
        assert_eq!((text.as_str(), plan.withheld), ("", 1));
        assert_eq!(applied(&fixes, Applicability::Unsafe).0, "x123456789");
    }
}
