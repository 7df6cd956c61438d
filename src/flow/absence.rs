//! Rows that are not there: which queries can find nothing, who looks at that, and what there is in answer to it.

use super::env::Origin;
use super::errors::settled;
use super::eval::Eval;
use super::facts::{Absence, At, Panic, Panicking};
use super::unify::{is_fallible, item_of};
use super::variants::Seen;
use crate::app::{Def, Head, Mark, Site, Ty, What};
use crate::knowledge::{MethodFact, Pattern, Role};
use crate::symbol::Sym;
use crate::syntax::{Arm, ExprId, ExprKind, Literal, Pat, PatId};

/// The absences in a value that nobody has looked at.
pub(super) fn absences(ty: &Ty) -> Vec<What> {
    let mut whats = Vec::new();
    ty.visit(&mut |node| {
        let open = node.marks().iter().filter(|mark| mark.what.is_absence() && !mark.settled);
        whats.extend(open.map(|mark| mark.what).filter(|what| !whats.contains(what)).collect::<Vec<_>>());
    });
    whats
}

/// The same value without what is known about some absences.
pub(super) fn without(ty: &Ty, forgets: impl Fn(What) -> bool) -> Ty {
    ty.map(&mut |node| {
        if !node.marks().iter().any(|mark| forgets(mark.what)) {
            return node;
        }
        let marks: Vec<Mark> = node.marks().iter().filter(|mark| !forgets(mark.what)).copied().collect();
        node.unmarked().marked(&marks)
    })
}

/// Whether two absences are those of the same query.
pub(super) fn is_same(left: What, right: What) -> bool {
    let site = |what: What| match what {
        What::QueryEmpty(site) | What::RowsEmpty(site) => Some(site),
        _ => None,
    };
    left == right || site(left).is_some() && site(left) == site(right)
}

impl Eval<'_> {
    /// The code looks at absences: what becomes of them behind is what it decides.
    pub(super) fn look_at(&mut self, whats: &[What]) {
        for &what in whats {
            match what {
                What::QueryEmpty(site) | What::RowsEmpty(site) => {
                    self.deal_with(What::QueryEmpty(site));
                    self.deal_with(What::RowsEmpty(site));
                }
                _ => self.deal_with(what),
            }
        }
    }

    /// Evaluates something, and says which absences it mentions.
    pub(super) fn mentioning<T>(&mut self, evaluate: impl FnOnce(&mut Self) -> T) -> (T, Vec<What>) {
        let before = self.mentioned.len();
        let value = evaluate(self);
        let mentioned = self.mentioned.split_off(before.min(self.mentioned.len()));
        (value, mentioned)
    }

    /// Evaluates a condition, which looks at the absences that it mentions unless it only asks whether something failed.
    pub(super) fn deciding<T>(&mut self, evaluate: impl FnOnce(&mut Self) -> T) -> T {
        let (value, mentioned) = self.mentioning(evaluate);
        self.look_at(&mentioned);
        value
    }

    /// Evaluates what a local is made of, and says which absences a call there was given and did not give back: what it
    /// says may be whether something is there.
    pub(super) fn asking(
        &mut self,
        init: ExprId,
        evaluate: impl FnOnce(&mut Self) -> (Ty, Origin),
    ) -> ((Ty, Origin), Vec<What>) {
        let (value, mut mentioned) = self.mentioning(evaluate);
        self.mentioned.extend(&mentioned);
        let called = match self.tree().expr(init).kind {
            ExprKind::Await(inner) => inner,
            _ => init,
        };
        if !matches!(self.tree().expr(called).kind, ExprKind::Call { .. } | ExprKind::Method { .. }) {
            return (value, Vec::new());
        }
        let carried = absences(&value.0);
        mentioned.retain(|what| !carried.iter().any(|other| is_same(*what, *other)));
        (value, mentioned)
    }

    /// Evaluates what is matched: of other things than the value itself it looks at what it mentions.
    pub(super) fn matched(&mut self, value: ExprId) -> Ty {
        let (ty, mut mentioned) = self.mentioning(|eval| eval.eval(value));
        let carried = absences(&ty);
        mentioned.retain(|what| !carried.iter().any(|other| is_same(*what, *other)));
        self.look_at(&mentioned);
        ty
    }

    /// A test for success: it does not look into the error.
    pub(super) fn only_tests(&mut self, ty: &Ty) {
        let carried = absences(ty);
        self.mentioned.retain(|what| !carried.contains(what));
    }

    /// The absences that a pattern tells apart from failures.
    pub(super) fn told_apart(&self, pat: PatId, ty: &Ty) -> Vec<What> {
        let open = absences(ty);
        if open.is_empty() {
            return open;
        }
        if self.names_absence(pat) {
            return open;
        }
        if !self.is_specific(pat, ty) {
            return Vec::new();
        }
        let mut marks = ty.marks().to_vec();
        marks.extend(
            ty.arg(1)
                .marks()
                .iter()
                .filter(|mark| !marks.iter().any(|own| own.what == mark.what))
                .copied()
                .collect::<Vec<_>>(),
        );
        let possible = self.possible(pat, ty, marks, &Seen::default());
        let fails = |site: Site| possible.iter().any(|mark| mark.what == What::QueryFailed(site));
        let is_absent = |what: &What| possible.iter().any(|mark| mark.what == *what);
        open.into_iter()
            .filter(|what| matches!(what, What::QueryEmpty(site) if is_absent(what) && !fails(*site)))
            .collect()
    }

    /// Whether a pattern, or a part of it, is for an error that says that nothing was found.
    pub(super) fn names_absence(&self, pat: PatId) -> bool {
        let tree = self.tree();
        let is_named =
            |path| matches!(self.pattern_def(path), Some(Def::External(path)) if self.app.knowledge.is_absence(path));
        match tree.pat(pat) {
            Pat::Path(path) => is_named(path),
            Pat::TupleStruct { path, pats } => {
                is_named(path) || tree.pat_run(pats).iter().any(|pat| self.names_absence(*pat))
            }
            Pat::Struct { path, fields } => {
                is_named(path) || tree.field_pat_run(fields).iter().any(|(_, pat)| self.names_absence(*pat))
            }
            Pat::Tuple(pats) | Pat::Or(pats) | Pat::Slice(pats) => {
                tree.pat_run(pats).iter().any(|pat| self.names_absence(*pat))
            }
            Pat::Bind { sub: Some(sub), .. } => self.names_absence(sub),
            Pat::Bind { .. } => self.is_absence(pat),
            Pat::Wild | Pat::Rest | Pat::Value => false,
        }
    }

    /// The absences that some arm of a match tells apart.
    pub(super) fn told_apart_by(&self, arms: &[Arm], ty: &Ty) -> Vec<What> {
        if absences(ty).is_empty() {
            return Vec::new();
        }
        arms.iter().flat_map(|arm| self.told_apart(arm.pat, ty)).collect()
    }

    /// A value that is matched, once some absences in it have been looked at.
    pub(super) fn looked_at(&self, ty: &Ty, looked: &[What], told_before: usize) -> Ty {
        let ty = settled(ty, looked);
        let since = self.told[told_before.min(self.told.len())..].iter().copied().filter(|what| what.is_absence());
        settled(&ty, &since.collect::<Vec<_>>())
    }

    /// What it can be that failed where an arm of a match runs: absences that another arm is for have been looked at.
    pub(super) fn still_absent(
        &self,
        arm: &Arm,
        failed: &[Mark],
        ty: &Ty,
        looked: &[What],
        told_before: usize,
    ) -> Vec<Mark> {
        let own = if arm.guard.is_none() { self.told_apart(arm.pat, ty) } else { Vec::new() };
        let since = &self.told[told_before.min(self.told.len())..];
        let is_looked_at = |what: What| since.contains(&what) || looked.contains(&what) && !own.contains(&what);
        let mark =
            |mark: &Mark| if is_looked_at(mark.what) && mark.what.is_absence() { mark.dealt_with() } else { *mark };
        failed.iter().map(mark).collect()
    }

    /// Evaluates a branch that runs because something has failed, and takes note of the responses in it if that can be
    /// that nothing was found.
    pub(super) fn answer_absence(
        &mut self,
        failed: &[Mark],
        body: Option<ExprId>,
        evaluate: impl FnOnce(&mut Self) -> Ty,
    ) -> Ty {
        let open = |mark: &&Mark| matches!(mark.what, What::QueryEmpty(_)) && !mark.settled;
        let absent: Vec<Mark> = failed.iter().filter(open).copied().collect();
        if absent.is_empty() || !self.records() {
            if failed.iter().any(|mark| mark.what.is_absence()) {
                return evaluate(self);
            }
            // What is answered to another failure is not answered to this.
            let outer = self.absent_answers.take();
            let value = evaluate(self);
            self.absent_answers = outer;
            return value;
        }
        let outer = self.absent_answers.replace(Vec::new());
        let told = self.told.len();
        let value = evaluate(self);
        let returned = std::mem::replace(&mut self.absent_answers, outer).unwrap_or_default();
        if let Some(outer) = &mut self.absent_answers {
            outer.extend(returned.iter().cloned());
        }
        let looked = &self.told[told.min(self.told.len())..];
        let marks: Vec<Mark> = absent.into_iter().filter(|mark| !looked.contains(&mark.what)).collect();
        let response = |ty: &Ty| if is_fallible(self.app, ty) { ty.arg(0) } else { ty.clone() };
        let answers: Vec<Ty> = [&value].into_iter().chain(&returned).map(response).filter(is_something).collect();
        if !marks.is_empty() && !answers.is_empty() {
            let at = body.map(|body| self.at(self.answer_span(body)));
            self.facts.absences.push(Absence { at, marks, answers, leaves: false });
        }
        value
    }

    /// Something is returned: what it fails by can be that nothing was found.
    pub(super) fn leaves(&mut self, at: At, ty: &Ty) {
        let marks: Vec<Mark> =
            absences(ty).into_iter().filter(|what| matches!(what, What::QueryEmpty(_))).map(Mark::of).collect();
        if !marks.is_empty() && self.records() {
            self.facts.absences.push(Absence { at: Some(at), marks, answers: vec![ty.clone()], leaves: true });
        }
    }

    /// `return value`
    pub(super) fn leave(&mut self, value: ExprId, ty: &Ty) -> Ty {
        self.leaves(self.at(self.answer_span(value)), ty);
        if let Some(answers) = &mut self.absent_answers {
            answers.push(ty.clone());
        }
        self.returned = self.returned.join(ty);
        Ty::NEVER
    }

    /// What a closure or `async` block returns goes to whoever runs it.
    pub(super) fn stays(&mut self, before: usize) {
        let mut index = 0;
        self.facts.absences.retain(|absence| {
            index += 1;
            index <= before || !absence.leaves
        });
    }

    /// What is put into a response: an `Option` that says that nothing was found is `null` there.
    pub(super) fn may_be_null(
        &mut self,
        expr: ExprId,
        name: Sym,
        receiver: Option<&Ty>,
        arg: Option<ExprId>,
        given: Option<&Ty>,
    ) {
        let Some(given) = given.filter(|ty| ty.is_external(crate::sym!("std::option::Option"))) else { return };
        let responds = self.app.knowledge.roles(name).iter().any(|fact| {
            let fits = match (&fact.receiver, receiver) {
                (None, None) => true,
                (Some(pattern), Some(ty)) => {
                    super::unify::matches(pattern, ty, &mut super::unify::Bound::default(), false)
                }
                _ => false,
            };
            fact.role == Role::Respond && fits
        });
        let is_checked =
            arg.and_then(|arg| self.place_of(arg)).is_some_and(|place| self.env.is_checked(&place).is_some());
        let open = |mark: &&Mark| matches!(mark.what, What::QueryEmpty(_) | What::ArgumentEmpty(..)) && !mark.settled;
        let marks: Vec<Mark> = given.marks().iter().filter(open).copied().collect();
        if responds && !is_checked && !marks.is_empty() && self.records() {
            self.facts.nulls.push((self.at(self.span(expr)), marks));
        }
    }

    /// What a method makes of all the rows of a query: the rest of them, or one that may not be there.
    pub(super) fn of_rows(&mut self, expr: ExprId, ty: &Ty, fact: &MethodFact, args: &[ExprId], result: Ty) -> Ty {
        let open = ty.marks().iter().filter(|mark| matches!(mark.what, What::RowsEmpty(_)) && !mark.settled);
        let sites: Vec<Site> =
            open.filter_map(|mark| if let What::RowsEmpty(site) = mark.what { Some(site) } else { None }).collect();
        if sites.is_empty() {
            return result;
        }
        let marked = |of: fn(Site) -> What| sites.iter().map(|site| Mark::of(of(*site))).collect::<Vec<_>>();
        let first = args.is_empty() || matches!(args, [only] if self.is_zero(*only));
        let each = match fact.args.as_deref() {
            Some([]) => true,
            Some([Pattern::Fn { ret: Some(ret), .. }]) => matches!(**ret, Pattern::Var(_)),
            _ => false,
        };
        let is_list = item_of(&result).is_some() && !result.is_external(crate::sym!("std::option::Option"));
        match &fact.returns.ty {
            _ if is_list && each => result.marked(&marked(What::RowsEmpty)),
            Pattern::Named(path, _) if *path == crate::sym!("std::option::Option") && first => {
                result.marked(&marked(What::QueryEmpty))
            }
            // `rows.remove(0)`
            Pattern::Var(_) if first && args.len() == 1 => {
                self.panics_without_rows(expr, fact_name(self, expr), &sites);
                result
            }
            // `rows.len()`
            _ if !is_list && args.is_empty() => {
                self.look_at(&marked(What::RowsEmpty).iter().map(|mark| mark.what).collect::<Vec<_>>());
                result
            }
            _ => result,
        }
    }

    /// `rows[0]`
    pub(super) fn first_of_rows(&mut self, expr: ExprId, ty: &Ty, index: ExprId) {
        let open = ty.marks().iter().filter(|mark| !mark.settled);
        let sites: Vec<Site> =
            open.filter_map(|mark| if let What::RowsEmpty(site) = mark.what { Some(site) } else { None }).collect();
        if self.is_zero(index) && !sites.is_empty() {
            self.panics_without_rows(expr, crate::sym!("[0]"), &sites);
        }
    }

    fn panics_without_rows(&mut self, expr: ExprId, name: Sym, sites: &[Site]) {
        if self.records() {
            let at = self.at(self.span(expr));
            let marks = sites.iter().map(|site| Mark::of(What::QueryEmpty(*site))).collect();
            let (how, mode, error, inside) = (Panicking::Method(name), self.mode, Ty::UNKNOWN, self.inside);
            self.facts.panics.push(Panic { at, how, marks, mode, error, column: None, inside });
        }
    }

    fn is_zero(&self, expr: ExprId) -> bool {
        matches!(self.tree().expr(expr).kind, ExprKind::Literal(Literal::Int(0)))
    }
}

fn fact_name(eval: &Eval<'_>, expr: ExprId) -> Sym {
    match eval.tree().expr(expr).kind {
        ExprKind::Method { call, .. } => eval.tree().methods[call as usize].name,
        _ => crate::sym!("remove"),
    }
}

/// Whether a value can be a response.
fn is_something(ty: &Ty) -> bool {
    !matches!(ty.head, Head::Never | Head::Unknown | Head::Closure(..)) && *ty != Ty::UNIT || !ty.marks().is_empty()
}
