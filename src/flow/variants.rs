//! Which variant of an error is that of which failure: what an arm of a match rules out.

use super::eval::Eval;
use super::unify::is_fallible;
use crate::app::{Def, Head, Mark, Namespace, Ty, Variant, What};
use crate::syntax::{Pat, PatId, PathId};

/// Of a value that can be of more variants than this, it is not kept of which.
const MOST_NARROWED: usize = 8;

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
    pub(super) fn variants_in(&self, pat: PatId) -> Option<Vec<Variant>> {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::Path(path) | Pat::TupleStruct { path, .. } | Pat::Struct { path, .. } => {
                self.variant_of(path).map(|variant| vec![variant])
            }
            Pat::Bind { sub: Some(sub), .. } => self.variants_in(sub),
            // `error` binds the error also where a macro of that name is in scope.
            Pat::Bind { name, sub: None, .. } if !self.names_constant(name) => None,
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

    /// A value of one of the project's types, or a result with such an error, where a pattern matches which those before
    /// it did not: of which variants it, or its error, can be.
    pub(super) fn narrowed(&self, pat: PatId, ty: &Ty, seen: &Seen) -> Ty {
        let is_result = is_fallible(self.app, ty) && ty.args().len() > 1;
        let value = if is_result { ty.arg(1) } else { ty.clone() };
        let Head::Adt(adt) = value.head else { return ty.clone() };
        if only_variant(&value).is_some() || self.app.fields(adt).len() < 2 {
            return ty.clone();
        }
        let Some(inner) = self.error_pattern(pat, ty) else { return ty.clone() };
        let own = |variant: u32| Variant::Own(adt, variant);
        let variants = self.variants_in(inner).unwrap_or_else(|| match seen.variants.is_empty() {
            true => Vec::new(),
            false => (0..self.app.fields(adt).len() as u32).map(own).filter(|it| !seen.variants.contains(it)).collect(),
        });
        if variants.is_empty() || variants.len() > MOST_NARROWED {
            return ty.clone();
        }
        let of_fields = if variants.len() == 1 { self.variants_in_fields(inner) } else { Vec::new() };
        let is: Vec<Mark> =
            variants.into_iter().chain(of_fields).map(|variant| Mark::of(What::Is).within(variant)).collect();
        let value = value.marked(&is);
        if is_result { ty.clone().with_args(vec![ty.arg(0), value]) } else { value }
    }

    /// The variants of what is in a variant, where a pattern is for one of them: `Error::User(UserError::Taken)`.
    fn variants_in_fields(&self, pat: PatId) -> Vec<Variant> {
        let pats = match self.tree().pat(pat) {
            Pat::TupleStruct { pats, .. } => self.tree().pat_run(pats),
            Pat::Bind { sub: Some(sub), .. } => return self.variants_in_fields(sub),
            _ => &[],
        };
        let inner = pats.iter().filter_map(|pat| self.variants_in(*pat));
        inner.filter(|variants| variants.len() == 1).flatten().collect()
    }

    /// Whether a pattern is for variants that hold the error of what failed: `Err(AppError::Database(_))`.
    pub(super) fn holds_what_failed(&self, pat: PatId, ty: &Ty, failed: &[Mark]) -> bool {
        let error = if is_fallible(self.app, ty) { ty.arg(1) } else { ty.clone() };
        let Some(inner) = self.error_pattern(pat, ty).filter(|inner| !self.picks_known(*inner)) else { return false };
        let Some(variants) = self.variants_in(inner) else { return false };
        let in_them = |mark: &Mark| mark.within.is_some_and(|within| variants.contains(&within));
        let held = |what: What| error.marks().iter().any(|mark| mark.what == what && !mark.settled && in_them(mark));
        !failed.is_empty() && failed.iter().all(|mark| held(mark.what))
    }

    /// Whether a pattern takes only some errors of another crate out of a variant: `Error::Database(Absent)`.
    fn picks_known(&self, pat: PatId) -> bool {
        let tree = self.tree();
        match tree.pat(pat) {
            Pat::TupleStruct { pats, .. } => tree.pat_run(pats).iter().any(|field| {
                let variants = self.variants_in(*field).unwrap_or_default();
                !variants.is_empty() && variants.iter().all(|variant| matches!(variant, Variant::External(_)))
            }),
            Pat::Or(pats) => tree.pat_run(pats).iter().all(|pat| self.picks_known(*pat)),
            Pat::Bind { sub: Some(sub), .. } => self.picks_known(sub),
            _ => false,
        }
    }

    /// Whether a pattern is for a variant of an error that nothing is known of, and does not look at what is in it.
    pub(super) fn drops_payload(&self, pat: PatId, ty: &Ty) -> bool {
        let tree = self.tree();
        let (Pat::TupleStruct { path, pats }, Head::External(error)) = (tree.pat(pat), ty.head) else { return false };
        let is_known = self.app.knowledge.error(error).is_some() || is_fallible(self.app, ty);
        let any = |pat: &PatId| matches!(tree.pat(*pat), Pat::Wild | Pat::Rest);
        !is_known && self.app.is_error(ty) && self.variant_of(path).is_some() && tree.pat_run(pats).iter().all(any)
    }

    /// Whether a value that is of one variant only cannot match a pattern.
    pub(super) fn rules_out(&self, ty: &Ty, pat: PatId) -> bool {
        let Some(only) = only_variant(ty) else { return false };
        let is_other = |pat: &PatId| {
            let variants = self.variants_in(*pat).unwrap_or_default();
            let mut inner = variants.iter().map(|variant| inner_variant(ty, *variant));
            !variants.is_empty() && inner.all(|inner| inner.is_some_and(|inner| !variants.contains(&inner)))
        };
        self.variants_in(pat).is_some_and(|variants| !variants.contains(&only))
            || matches!(self.tree().pat(pat), Pat::TupleStruct { pats, .. } if self.tree().pat_run(pats).iter().any(is_other))
    }

    /// Whether a pattern takes a value that is of one variant only, whatever is in it.
    pub(super) fn takes_only_variant(&self, ty: &Ty, pat: PatId) -> bool {
        let Some(only) = only_variant(ty) else { return false };
        let takes_fields = |pats: &[PatId]| {
            pats.iter().all(|pat| {
                let variants = self.variants_in(*pat).unwrap_or_default();
                let is_inner = variants.iter().any(|variant| inner_variant(ty, *variant) == Some(*variant));
                self.takes_any(*pat) || is_inner && self.takes_all_fields(*pat)
            })
        };
        let is_for = self.variants_in(pat).is_none_or(|variants| variants.contains(&only));
        match self.tree().pat(pat) {
            Pat::Or(pats) => self.tree().pat_run(pats).iter().any(|pat| self.takes_only_variant(ty, *pat)),
            Pat::TupleStruct { pats, .. } => is_for && takes_fields(self.tree().pat_run(pats)),
            _ => is_for && self.takes_all_fields(pat),
        }
    }

    /// Whether a pattern is for some of the errors that a value can have failed by.
    pub(super) fn is_specific(&self, pat: PatId, ty: &Ty) -> bool {
        self.error_pattern(pat, ty).is_some_and(|inner| self.variants_in(inner).is_some() || self.is_value(inner))
    }

    fn is_value(&self, pat: PatId) -> bool {
        matches!(self.tree().pat(pat), Pat::Value)
    }

    /// Whether a pattern matches everything.
    fn takes_any(&self, pat: PatId) -> bool {
        match self.tree().pat(pat) {
            Pat::Bind { name, sub: None, .. } => !self.names_constant(name),
            pat => matches!(pat, Pat::Wild | Pat::Rest),
        }
    }

    /// Whether a pattern matches its variants whatever is in them.
    pub(super) fn takes_all_fields(&self, pat: PatId) -> bool {
        let tree = self.tree();
        let any = |pat: &PatId| self.takes_any(*pat);
        match tree.pat(pat) {
            Pat::TupleStruct { pats, .. } => tree.pat_run(pats).iter().all(any),
            Pat::Struct { fields, .. } => tree.field_pat_run(fields).iter().all(|(_, pat)| any(pat)),
            Pat::Or(pats) => tree.pat_run(pats).iter().all(|pat| self.takes_all_fields(*pat)),
            Pat::Bind { sub: Some(sub), .. } => self.takes_all_fields(sub),
            Pat::Path(_) | Pat::Bind { .. } | Pat::Wild => true,
            _ => false,
        }
    }

    fn variant_of(&self, path: PathId) -> Option<Variant> {
        variant(self.pattern_def(path)?)
    }

    /// Whether a pattern is for the error that says that nothing was found, as it is or in a variant of another one.
    pub(super) fn is_absence(&self, pat: PatId) -> bool {
        let variants = self.variants_in(pat).unwrap_or_default();
        if !variants.is_empty() && variants.iter().all(|variant| self.says_absence(variant)) {
            return true;
        }
        match self.tree().pat(pat) {
            Pat::TupleStruct { pats, .. } => match self.tree().pat_run(pats) {
                [only] => self.is_absence(*only),
                _ => false,
            },
            _ => false,
        }
    }

    fn says_absence(&self, variant: &Variant) -> bool {
        matches!(variant, Variant::External(path) if self.app.knowledge.is_absence(*path))
    }

    /// Whether a value is, or holds, what failed before the code that is being evaluated.
    pub(super) fn is_what_failed(&self, ty: &Ty) -> bool {
        let Some(failure) = self.failing.last() else { return false };
        ty.any(&|node| node.marks().iter().any(|mark| failure.marks.iter().any(|failed| failed.what == mark.what)))
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
                // The error itself is not in it.
                new.flat_map(|mark| variants.iter().map(|variant| mark.within(*variant).settled())).collect()
            }
        };
        let mut args = ty.args().to_vec();
        if let Some(error) = args.get_mut(1) {
            *error = error.clone().marked(&because);
        }
        // `Outcome::Error(…)`: of several ways to fail this one.
        let of_several = !matches!(ty.head, Head::External(path) if path.as_str().starts_with("std::"));
        let kept = super::errors::held(&error);
        let marks = failing.iter().map(|mark| {
            let holds_it = kept.iter().any(|kept| kept.what == mark.what);
            let own = match mark.what.is_absence() {
                true => mark.anywhere(),
                false if holds_it => Mark::of(mark.what),
                false => Mark::of(mark.what).settled(),
            };
            if of_several { own.within(Variant::External(made_by)) } else { own }
        });
        let marks: Vec<Mark> = marks.collect();
        ty.with_args(args).marked(&marks)
    }
}

/// The variant that a value is of, where it can be no other.
pub(super) fn only_variant(ty: &Ty) -> Option<Variant> {
    let mut known = known_variants(ty);
    known.next().filter(|_| known.next().is_none())
}

/// The same value, or result with such an error, of which it is no longer known of which variants it can be.
pub(super) fn of_any_variant(ty: &Ty) -> Ty {
    let without = |node: &Ty| {
        let kept: Vec<Mark> = node.marks().iter().filter(|mark| mark.what != What::Is).copied().collect();
        node.clone().unmarked().marked(&kept)
    };
    let args = ty.args().iter().map(without).collect();
    without(ty).with_args(args)
}

/// The variants that a value can be of, where something is known of that.
pub(super) fn known_variants(ty: &Ty) -> impl Iterator<Item = Variant> {
    ty.marks().iter().filter(|mark| mark.what == What::Is && is_of(mark, ty.head)).filter_map(|mark| mark.within)
}

/// The variant that the value in another one is of, where it can be no other: of the type that has this variant.
fn inner_variant(ty: &Ty, like: Variant) -> Option<Variant> {
    let of = like.head()?;
    let is_meant = |mark: &&Mark| mark.what == What::Is && ty.head != of && is_of(mark, of);
    ty.marks().iter().find(is_meant).and_then(|mark| mark.within)
}

/// Whether a mark is about a variant of a type.
pub(super) fn is_of(mark: &Mark, head: Head) -> bool {
    mark.within.and_then(Variant::head) == Some(head)
}

fn variant(def: Def) -> Option<Variant> {
    match def {
        Def::Variant(adt, variant) => Some(Variant::Own(adt, variant)),
        Def::External(path) => Some(Variant::External(path)),
        _ => None,
    }
}
