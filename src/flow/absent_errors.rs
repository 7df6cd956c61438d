//! What becomes of the error that says that nothing was found, told apart from what becomes of any error.

use super::absence::absences;
use super::errors::statuses_in;
use super::eval::{Eval, evaluate_with};
use crate::app::{FnId, Head, Mark, Target, Ty, Variant, What};

/// Functions that are given the error are followed this deep.
const NESTED: u32 = 3;

impl Eval<'_> {
    /// What a function makes of an error that can be that nothing was found: which variant it makes of that very error
    /// says more than what it makes of any.
    pub(super) fn absent_as(&self, target: FnId, result: Ty, error: &Ty) -> Ty {
        let open = absences(error);
        let depth = self.first.as_ref().map_or(0, |(_, depth)| depth + 1);
        if open.is_empty() || depth > NESTED {
            return result;
        }
        let given = self.absent_variants(error);
        let made: Vec<(What, Ty)> = given
            .iter()
            .filter_map(|(what, variant)| Some((*what, self.made_of_variant(target, error, *variant, depth)?)))
            .collect();
        let answers = answers_of(&made, result.head);
        let Head::Adt(adt) = result.head else {
            if !answers.is_empty() && answers.len() >= made.len() && made.len() == given.len() {
                let absent: Vec<Mark> = made.iter().map(|(what, _)| Mark::of(*what)).collect();
                return result.marked(&absent).marked(&answers);
            }
            // What becomes of the error is not known: it may still be there.
            let is_known = !given.is_empty() || !absences(&result).is_empty();
            let is_foreign = error.external_path().is_some_and(|path| self.app.knowledge.error(path).is_none());
            let open: Vec<Mark> = open.into_iter().map(Mark::of).collect();
            return if is_known || !is_foreign { result } else { result.marked(&open) };
        };
        let mut marks: Vec<Mark> = Vec::new();
        if self.app.fields(adt).len() == 1 && !answers.is_empty() {
            marks.extend(made.iter().map(|(what, _)| Mark::of(*what).within(Variant::Own(adt, 0))));
        }
        for (what, returns) in made.into_iter().filter(|(_, returns)| returns.head == Head::Adt(adt)) {
            let made = returns.marks().iter().filter(|mark| mark.what == What::Made);
            let own = made.filter(|mark| matches!(mark.within, Some(Variant::Own(of, _)) if of == adt));
            marks.extend(own.map(|mark| Mark { what, ..*mark }));
        }
        if marks.is_empty() {
            return result;
        }
        let others: Vec<Mark> = result.marks().iter().filter(|mark| !open.contains(&mark.what)).copied().collect();
        result.unmarked().marked(&others).marked(&marks).marked(&answers)
    }

    /// What a function makes of one variant of an error.
    fn made_of_variant(&self, target: FnId, error: &Ty, variant: Variant, depth: u32) -> Option<Ty> {
        let is = Mark::of(What::Is).within(variant);
        let absent = Ty::with(error.head, error.args().to_vec()).marked(&[is]);
        evaluate_with(self.app, self.summaries, Target::Fn(target), Some((absent, depth))).returns
    }

    /// The variants of an error that say that nothing was found, and by which query.
    fn absent_variants(&self, error: &Ty) -> Vec<(What, Variant)> {
        match error.head {
            Head::External(path) => {
                let variant = self.app.knowledge.absence_of(path).map(Variant::External);
                let open = absences(error).into_iter();
                open.filter_map(|what| Some((what, variant?))).collect()
            }
            Head::Adt(adt) => {
                let is_own = |variant: &Variant| matches!(variant, Variant::Own(of, _) if *of == adt);
                let open = error.marks().iter().filter(|mark| mark.what.is_absence() && !mark.settled);
                open.filter_map(|mark| Some((mark.what, mark.within.filter(is_own)?))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The statuses of what a function makes of the errors which say that queries found nothing, where it makes a value of
/// this type of them that has one.
fn answers_of(made: &[(What, Ty)], head: Head) -> Vec<Mark> {
    let of_site = |what: What| if let What::QueryEmpty(site) = what { Some(site) } else { None };
    let mut answers = Vec::new();
    for (site, returns) in made.iter().filter_map(|(what, returns)| Some((of_site(*what)?, returns))) {
        let statuses = statuses_in(returns).into_iter().filter(|_| returns.head == head);
        answers.extend(statuses.filter_map(|mark| match mark.what {
            What::Status(code) => Some(Mark::of(What::EmptyAnswer(site, code))),
            _ => None,
        }));
    }
    answers
}

/// An error that has been made because nothing was found, `ok_or(AppError::Gone)`: it says so in the variants that it is
/// made with.
pub(super) fn made_of_absence(ty: Ty) -> Ty {
    let Some(error) = ty.args().get(1).filter(|error| matches!(error.head, Head::Adt(_))) else { return ty };
    let is_new = |mark: &&Mark| {
        let is_open = matches!(mark.what, What::QueryEmpty(_)) && !mark.settled;
        is_open && !error.marks().iter().any(|held| held.what == mark.what)
    };
    let new: Vec<What> = ty.marks().iter().filter(is_new).map(|mark| mark.what).collect();
    if new.is_empty() {
        return ty;
    }
    let made = error.marks().iter().filter(|mark| mark.what == What::Made);
    let marks: Vec<Mark> = made.flat_map(|made| new.iter().map(|what| Mark { what: *what, ..*made })).collect();
    let mut args = ty.args().to_vec();
    args[1] = error.clone().marked(&marks);
    ty.with_args(args)
}
