//! Which variant of an error is that of which failure: what an arm of a match rules out.

use super::eval::Eval;
use super::unify::is_fallible;
use crate::app::{AdtId, Def, Head, Mark, Namespace, Ty, Variant, What};
use crate::syntax::{Pat, PatId, PathId};

/// What the arms before one have dealt with.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Success, and whose failure is left then.
    pub(super) success: Option<Vec<Mark>>,
    /// Failure.
    pub(super) failure: bool,
    /// These variants of the value, or of the error in it.
    variants: Vec<Variant>,
}

impl Eval<'_> {
    /// Takes note of what an arm without a guard deals with.
    pub(super) fn see(&self, pat: PatId, ty: &Ty, seen: &mut Seen) {
        if self.covers_success(pat) {
            seen.success = Some(self.chain(pat, ty));
        }
        if is_fallible(self.app, ty) && self.covers_failure(pat) {
            seen.failure = true;
        }
        if let Some(inner) = self.error_pattern(pat, ty)
            && self.takes_all_fields(inner)
        {
            seen.variants.extend(self.variants_in(inner).unwrap_or_default());
        }
    }

    /// Those of the marks of a failed value that it can have failed by where a pattern matches.
    pub(super) fn possible(&self, pat: PatId, ty: &Ty, marks: Vec<Mark>, seen: &Seen) -> Vec<Mark> {
        let outer = self.variants_in(pat);
        let allows = |matched: &Option<Vec<Variant>>, seen: &[Variant], variant: Variant| match matched {
            Some(matched) => matched.contains(&variant),
            None => !seen.contains(&variant),
        };
        let error = if is_fallible(self.app, ty) { ty.arg(1) } else { ty.clone() };
        let inner = self.error_pattern(pat, ty);
        let matched = inner.and_then(|inner| self.variants_in(inner));
        let possible = |mark: &Mark| {
            let by_outer =
                is_fallible(self.app, ty) && mark.within.is_some_and(|variant| !allows(&outer, &[], variant));
            let mut held =
                error.marks().iter().filter(|held| held.what == mark.what).map(|held| held.within).peekable();
            let by_error = held.peek().is_some()
                && held.all(|within| within.is_some_and(|variant| !allows(&matched, &seen.variants, variant)));
            !by_outer && !by_error
        };
        let absent = inner.is_some_and(|inner| self.is_absence(inner));
        // A variable that cannot be read is there: not being set has an arm of its own, or another one's.
        let set = !absent && (matched.is_some() || seen.variants.iter().any(|variant| self.says_absence(variant)));
        let possible = marks.into_iter().filter(possible).filter(|mark| !set || !matches!(mark.what, What::Unset(_)));
        possible
            .map(|mark| match mark.what {
                What::QueryFailed(site) if absent => Mark { what: What::QueryEmpty(site), ..mark },
                _ => mark,
            })
            .collect()
    }

    /// The pattern for the error of a failed value: that in `Err(…)`, or the whole pattern where the value is the error.
    fn error_pattern(&self, pat: PatId, ty: &Ty) -> Option<PatId> {
        if !is_fallible(self.app, ty) {
            return Some(pat);
        }
        match self.tree().pat(pat) {
            Pat::TupleStruct { path, pats } if self.is_success(path) == Some(false) => {
                self.tree().pat_run(pats).first().copied()
            }
            _ => None,
        }
    }

    /// Whether a pattern takes every value that has failed: `Err(_)`, `None`.
    fn covers_failure(&self, pat: PatId) -> bool {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::TupleStruct { path, pats } => {
                self.is_success(path) == Some(false)
                    && tree
                        .pat_run(pats)
                        .iter()
                        .all(|pat| matches!(tree.pat(*pat), Pat::Wild | Pat::Rest | Pat::Bind { sub: None, .. }))
            }
            Pat::Path(path) => self.is_success(path) == Some(false),
            Pat::Bind { name, sub: None, .. } => self.names_failure(name),
            _ => false,
        }
    }

    /// The variants that a pattern matches; `None` where it matches any.
    fn variants_in(&self, pat: PatId) -> Option<Vec<Variant>> {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::Path(path) | Pat::TupleStruct { path, .. } | Pat::Struct { path, .. } => {
                self.variant_of(path).map(|variant| vec![variant])
            }
            Pat::Bind { sub: Some(sub), .. } => self.variants_in(sub),
            Pat::Bind { name, sub: None, .. } => {
                let found = self.app.resolve(self.module, &[name], false, Namespace::Values)?.def;
                variant(found).map(|variant| vec![variant])
            }
            Pat::Or(pats) => {
                let all: Option<Vec<Vec<Variant>>> =
                    tree.pat_run(pats).iter().map(|pat| self.variants_in(*pat)).collect();
                all.map(|all| all.concat())
            }
            _ => None,
        }
    }

    /// Whether a pattern matches its variants whatever is in them.
    fn takes_all_fields(&self, pat: PatId) -> bool {
        let tree = self.tree();
        let any = |pat: &PatId| matches!(tree.pat(*pat), Pat::Wild | Pat::Rest | Pat::Bind { sub: None, .. });
        match tree.pat(pat) {
            Pat::TupleStruct { pats, .. } => tree.pat_run(pats).iter().all(any),
            Pat::Struct { fields, .. } => tree.field_pat_run(fields).iter().all(|(_, pat)| any(pat)),
            Pat::Or(pats) => tree.pat_run(pats).iter().all(|pat| self.takes_all_fields(*pat)),
            Pat::Bind { sub: Some(sub), .. } => self.takes_all_fields(sub),
            Pat::Path(_) | Pat::Bind { .. } => true,
            _ => false,
        }
    }

    fn variant_of(&self, path: PathId) -> Option<Variant> {
        variant(self.pattern_def(path)?)
    }

    /// Whether a pattern is for the error that says that nothing was found.
    fn is_absence(&self, pat: PatId) -> bool {
        let variants = self.variants_in(pat).unwrap_or_default();
        !variants.is_empty() && variants.iter().all(|variant| self.says_absence(variant))
    }

    fn says_absence(&self, variant: &Variant) -> bool {
        matches!(variant, Variant::External(path) if self.app.knowledge.is_absence(*path))
    }

    /// Whether a value is, or holds, what failed before the code that is being evaluated.
    pub(super) fn is_what_failed(&self, ty: &Ty) -> bool {
        let Some(failure) = self.failing.last() else { return false };
        ty.any(&|node| node.marks().iter().any(|mark| failure.marks.iter().any(|failed| failed.what == mark.what)))
    }

    /// What is known of a field of a value: that of the value which is known of this variant.
    pub(super) fn field_marks(&self, ty: &Ty, adt: AdtId, variant: usize) -> Vec<Mark> {
        let own = Variant::Own(adt, variant as u32);
        let inside = ty.marks().iter().filter(|mark| mark.within == Some(own) && mark.what != What::Made);
        inside.map(|mark| Mark::of(mark.what)).collect()
    }

    /// A value made with a variant from some arguments: it holds the errors among them.
    pub(super) fn made(&self, adt: AdtId, variant: usize, args: Vec<Ty>, fields: &[Ty]) -> Ty {
        let own = Variant::Own(adt, variant as u32);
        let is_enum = self.app.fields(adt).len() > 1;
        let mut marks: Vec<Mark> = is_enum.then(|| Mark::of(What::Made).within(own)).into_iter().collect();
        let held = fields.iter().filter(|field| !is_fallible(self.app, field)).flat_map(|field| field.marks());
        let errors = held.filter(|mark| is_failure(mark.what));
        marks.extend(errors.map(|mark| mark.within(own)));
        Ty::with(Head::Adt(adt), args).marked(&marks)
    }

    /// A failure in answer to another one: its error is made because of that one.
    pub(super) fn failed(&self, ty: Ty, made_by: crate::symbol::Sym) -> Ty {
        let failing = self.failing_now();
        if failing.is_empty() {
            return ty;
        }
        let error = ty.arg(1);
        let variants: Vec<Variant> =
            error.marks().iter().filter(|mark| mark.what == What::Made).filter_map(|mark| mark.within).collect();
        let because: Vec<Mark> = match variants.as_slice() {
            [] => Vec::new(),
            variants => {
                let new = failing.iter().filter(|mark| !error.marks().iter().any(|held| held.what == mark.what));
                new.flat_map(|mark| variants.iter().map(|variant| mark.within(*variant))).collect()
            }
        };
        let mut args = ty.args().to_vec();
        if let Some(error) = args.get_mut(1) {
            *error = error.clone().marked(&because);
        }
        // `Outcome::Error(…)`: of several ways to fail this one.
        let of_several = !matches!(ty.head, Head::External(path) if path.as_str().starts_with("std::"));
        let marks = failing.iter().map(|mark| match of_several {
            true => Mark::of(mark.what).within(Variant::External(made_by)),
            false => Mark::of(mark.what),
        });
        let marks: Vec<Mark> = marks.collect();
        ty.with_args(args).marked(&marks)
    }
}

fn variant(def: Def) -> Option<Variant> {
    match def {
        Def::Variant(adt, variant) => Some(Variant::Own(adt, variant)),
        Def::External(path) => Some(Variant::External(path)),
        _ => None,
    }
}

/// Whether it is that something failed, as errors hold it.
fn is_failure(what: What) -> bool {
    matches!(what, What::QueryFailed(_) | What::TaskFailed(_) | What::Misread(_) | What::Argument(..))
}
