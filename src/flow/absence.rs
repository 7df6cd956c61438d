//! Rows that are not there: which queries can find nothing, who looks at that, and what there is in answer to it.

use super::errors::settled;
use super::eval::Eval;
use super::facts::{Absence, At, Panic, Panicking};
use super::sql::{Asks, asks};
use super::unify::{is_fallible, item_of};
use super::variants::Seen;
use crate::app::{Def, FnId, Head, Mark, Site, Target, Ty, Variant, What};
use crate::knowledge::{CallFact, LibraryId, MethodFact, Pattern, Returns, Role};
use crate::symbol::Sym;
use crate::syntax::{Arm, ExprId, ExprKind, Literal, Pat, PatId};

/// What locals are made of is followed through so many of them.
const FOLLOWED: u32 = 3;

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
fn without(ty: &Ty, forgets: impl Fn(What) -> bool) -> Ty {
    ty.map(&mut |node| {
        if !node.marks().iter().any(|mark| forgets(mark.what)) {
            return node;
        }
        let marks: Vec<Mark> = node.marks().iter().filter(|mark| !forgets(mark.what)).copied().collect();
        node.unmarked().marked(&marks)
    })
}

/// Whether two absences are those of the same query.
fn is_same(left: What, right: What) -> bool {
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
    fn names_absence(&self, pat: PatId) -> bool {
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

    /// What a function makes of an error that can be that nothing was found: which variant it makes of that very error
    /// says more than what it makes of any.
    pub(super) fn absent_as(&self, target: FnId, result: Ty, error: &Ty) -> Ty {
        let open = absences(error);
        if open.is_empty() {
            return result;
        }
        let given = self.absent_variants(error);
        let Head::Adt(adt) = result.head else {
            // What becomes of the error is not known: it may still be there.
            let is_known = !given.is_empty() || !absences(&result).is_empty();
            let is_foreign = error.external_path().is_some_and(|path| self.app.knowledge.error(path).is_none());
            let open: Vec<Mark> = open.into_iter().map(Mark::of).collect();
            return if is_known || !is_foreign { result } else { result.marked(&open) };
        };
        let mut marks: Vec<Mark> = Vec::new();
        for (what, variant) in given {
            let is = Mark::of(What::Is).within(variant);
            let absent = Ty::with(error.head, error.args().to_vec()).marked(&[is]);
            let facts = super::eval::evaluate_as(self.app, self.summaries, Target::Fn(target), &absent);
            let returns = facts.returns.filter(|returns| returns.head == Head::Adt(adt));
            let made = returns.iter().flat_map(|ty| ty.marks()).filter(|mark| mark.what == What::Made);
            let own = made.filter(|mark| matches!(mark.within, Some(Variant::Own(of, _)) if of == adt));
            marks.extend(own.map(|mark| Mark { what, ..*mark }));
        }
        if marks.is_empty() {
            return result;
        }
        let others: Vec<Mark> = result.marks().iter().filter(|mark| !open.contains(&mark.what)).copied().collect();
        result.unmarked().marked(&others).marked(&marks)
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
            return evaluate(self);
        }
        let outer = std::mem::replace(&mut self.returned, Ty::NEVER);
        let told = self.told.len();
        let value = evaluate(self);
        let returned = std::mem::replace(&mut self.returned, Ty::NEVER);
        self.returned = outer.join(&returned);
        let looked = &self.told[told.min(self.told.len())..];
        let marks: Vec<Mark> = absent.into_iter().filter(|mark| !looked.contains(&mark.what)).collect();
        let response = |ty: &Ty| if is_fallible(self.app, ty) { ty.arg(0) } else { ty.clone() };
        let answers: Vec<Ty> = [value.clone(), returned].iter().map(response).filter(is_something).collect();
        if !marks.is_empty() && !answers.is_empty() {
            let at = body.map(|body| self.at(self.last_span(body)));
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
            self.facts.panics.push(Panic { at, how: Panicking::Method(name), marks, mode: self.mode });
        }
    }

    fn is_zero(&self, expr: ExprId) -> bool {
        matches!(self.tree().expr(expr).kind, ExprKind::Literal(Literal::Int(0)))
    }

    /// What a query yields, as far as nothing being there is an answer to the client: there may always be something, or
    /// what it looks for is not what the client has sent.
    pub(super) fn looked_up(
        &mut self,
        result: Ty,
        query: Option<Site>,
        library: LibraryId,
        asked: (Option<ExprId>, Option<&Ty>, &[ExprId]),
    ) -> Ty {
        let (receiver, receiver_ty, args) = asked;
        let Some(site) = query else { return result };
        if absences(&result).is_empty() {
            return result;
        }
        let is_own = |what: What| is_same(what, What::QueryEmpty(site));
        let text = args.iter().find_map(|arg| self.asks(*arg));
        let mut known: Vec<What> = receiver_ty
            .into_iter()
            .chain([&Ty::UNKNOWN])
            .flat_map(|ty| ty.marks().iter().map(|mark| mark.what))
            .collect();
        known.extend(
            args.iter().flat_map(|arg| self.peek(*arg).marks().iter().map(|mark| mark.what).collect::<Vec<_>>()),
        );
        let is_certain = text == Some(Asks::Anything) || known.contains(&What::Certain);
        let sql = self.sql_of(receiver, args);
        let keys = self.keys_of(receiver, args, sql.as_deref());
        let is_asked = keys.iter().any(|key| self.is_input(*key));
        self.remember_keys(site, keys.iter().fold(0, |params, key| params | self.params_in(*key)));
        if !has_rows(&result) {
            self.has_asked_for(&keys);
        }
        if is_certain || !is_asked {
            return without(&result, is_own);
        }
        let is_read = text.is_some() || known.contains(&What::Lookup);
        if self.app.knowledge.library(library).sql && !is_read && is_fallible(self.app, &result) {
            // What cannot be read is no evidence; who asks for an `Option` says that there may be nothing.
            let marks: Vec<Mark> = result.marks().iter().filter(|mark| !is_own(mark.what)).copied().collect();
            return result.unmarked().marked(&marks);
        }
        result
    }

    /// The text of a query, wherever it is given.
    fn sql_of(&self, receiver: Option<ExprId>, args: &[ExprId]) -> Option<String> {
        let is_statement = |text: &String| asks(text).is_some();
        let given = args.iter().filter_map(|arg| self.text_of(*arg, FOLLOWED)).find(is_statement);
        given.or_else(|| self.text_behind(receiver?, FOLLOWED).filter(is_statement))
    }

    /// The text that a query is made with, in front of what it is given.
    fn text_behind(&self, query: ExprId, depth: u32) -> Option<String> {
        let tree = self.tree();
        match tree.expr(query).kind {
            ExprKind::Method { receiver, .. } => self.text_behind(receiver, depth),
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().find_map(|arg| self.text_of(*arg, depth)),
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let args = facts.tree.expr_run(facts.macro_call(call).args);
                args.iter().find_map(|arg| self.text_of(*arg, depth))
            }
            ExprKind::Path(path) => {
                let index = tree.single_name(path).and_then(|name| self.env.find(name))?;
                let (instance, init) = self.env.locals[index].init?;
                (instance == self.instance).then(|| self.text_behind(init, depth.checked_sub(1)?)).flatten()
            }
            _ => None,
        }
    }

    fn remember_keys(&mut self, site: Site, params: u32) {
        match self.facts.keys.iter_mut().find(|(known, _)| *known == site) {
            Some((_, known)) => *known |= params,
            None => self.facts.keys.push((site, params)),
        }
    }

    /// What functions of the project yield: where the client has not told them what to look for, nothing being there is
    /// no answer to the client.
    pub(super) fn looked_up_by(
        &mut self,
        result: Ty,
        (targets, given): (&[FnId], &[Ty]),
        receiver: Option<ExprId>,
        args: &[ExprId],
    ) -> Ty {
        let found = absences(&result);
        if result.any(&is_of_query) {
            self.queried += 1;
        }
        let passed: Vec<What> = given.iter().flat_map(absences).collect();
        let offset = usize::from(receiver.is_some());
        let mut strange = Vec::new();
        let mut asked = Vec::new();
        for what in found.into_iter().filter(|what| !passed.contains(what)) {
            let (What::QueryEmpty(site) | What::RowsEmpty(site)) = what else { continue };
            let known = targets.iter().filter_map(|target| self.summaries.keys(*target, site));
            let params = known.reduce(|all, one| all | one).unwrap_or(u32::MAX);
            let is_key = |index: usize| params & bit((index + offset) as u16) != 0;
            let keys: Vec<ExprId> =
                args.iter().enumerate().filter(|(index, _)| is_key(*index)).map(|(_, arg)| *arg).collect();
            let of = receiver.filter(|_| params & bit(0) != 0);
            if !self.is_asked_for(of, &keys) {
                strange.push(what);
            }
            let own = of.iter().chain(&keys).fold(0, |own, key| own | self.params_in(*key));
            self.remember_keys(site, own);
            asked.extend(keys);
        }
        if reads(&result) {
            let asked = if asked.is_empty() { args.to_vec() } else { asked };
            self.has_asked_for(&asked);
        }
        without(&result, |what| strange.contains(&what))
    }

    /// What is known of a query that is made from texts, or from another one.
    pub(super) fn made_of(
        &mut self,
        result: Ty,
        returns: Option<&Returns>,
        receiver: Option<&Ty>,
        args: &[ExprId],
    ) -> Ty {
        if returns.is_some_and(|returns| returns.query && !is_statement(self.app, &result)) {
            return result;
        }
        let mut marks: Vec<Mark> = receiver.map(known_of).unwrap_or_default();
        let texts = args.iter().filter_map(|arg| self.asks(*arg)).map(|asks| match asks {
            Asks::Lookup => Mark::of(What::Lookup),
            Asks::Anything => Mark::of(What::Certain),
        });
        marks.extend(texts);
        mark_query(self.app, result, &marks)
    }

    /// What is known of a query that a method makes of another one: `users.filter(…).count()`.
    pub(super) fn query_by(&self, name: Sym, receiver: &Ty, given: &[Ty]) -> Vec<Mark> {
        let plays =
            |role: Role| self.app.knowledge.roles(name).iter().any(|fact| fact.role == role && fact.receiver.is_some());
        let mut marks = known_of(receiver);
        if plays(Role::Aggregate) {
            marks.push(Mark::of(What::Certain));
        }
        if plays(Role::Choose) {
            marks.extend(given.iter().flat_map(known_of));
        }
        marks
    }

    /// What is known of a query that a function makes from texts, or from another query.
    pub(super) fn query_of(&mut self, result: Ty, path: Sym, fact: &CallFact, args: &[ExprId]) -> Ty {
        let is_database = self.app.knowledge.library(fact.library).kind.queries();
        if self.app.knowledge.plays(path, Role::Aggregate) {
            return mark_query(self.app, result, &[Mark::of(What::Certain)]);
        }
        if is_database { self.made_of(result, Some(&fact.returns), None, args) } else { result }
    }

    /// What a text asks for, if it is a statement.
    fn asks(&self, expr: ExprId) -> Option<Asks> {
        asks(&self.text_of(expr, FOLLOWED)?)
    }

    /// The text that an expression is, with `{}` for what is not known of it.
    pub(super) fn text_of(&self, expr: ExprId, depth: u32) -> Option<String> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Literal(Literal::Str(text)) => Some(text.as_str().to_owned()),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.text_of(inner, depth),
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                match local.map(|index| &self.env.locals[index]) {
                    Some(local) => local
                        .init
                        .filter(|(instance, _)| *instance == self.instance)
                        .and_then(|(_, init)| self.text_of(init, depth.checked_sub(1)?)),
                    None => self.constant_text(path).map(|text| text.as_str().to_owned()),
                }
            }
            ExprKind::Method { receiver, call } => {
                let name = tree.methods[call as usize].name;
                let same = ["to_string", "to_owned", "as_str", "as_ref", "into", "trim", "clone", "replace"];
                if same.contains(&name.as_str()) { self.text_of(receiver, depth) } else { None }
            }
            // `AssertSqlSafe(text)`, `Statement::from_string(backend, text)`
            ExprKind::Call { args, .. } => tree.expr_run(args).iter().find_map(|arg| self.text_of(*arg, depth)),
            ExprKind::Binary { left, right, .. } => {
                let part = |expr: ExprId| self.text_of(expr, depth).unwrap_or_else(|| "{}".to_owned());
                Some(self.text_of(left, depth)? + &part(right))
            }
            ExprKind::Macro(call) => {
                let facts = self.app.facts(self.instance);
                let path = self.app.macro_path(self.instance, self.module, call)?;
                let args = facts.tree.expr_run(facts.macro_call(call).args);
                match path.as_str() {
                    "std::format!" => self.text_of(*args.first()?, depth),
                    "std::concat!" => args.iter().map(|arg| self.text_of(*arg, depth)).collect::<Option<String>>(),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The bit of an argument; those beyond the last one share it.
pub(super) fn bit(argument: u16) -> u32 {
    1 << argument.min(31)
}

fn is_of_query(node: &Ty) -> bool {
    node.marks().iter().any(|mark| matches!(mark.what, What::QueryFailed(_) | What::Queried(_)))
}

/// Whether a value is the result of something that reads: what only writes has not asked whether something is there.
fn reads(ty: &Ty) -> bool {
    let is_query = |node: &Ty| node.marks().iter().any(|mark| matches!(mark.what, What::QueryFailed(_)));
    let is_nothing = |node: &Ty| node.args().first().is_some_and(|value| *value == Ty::UNIT);
    ty.any(&|node| is_query(node) && !is_nothing(node)) && !has_rows(ty)
}

/// Whether a value is, or holds, all the rows that a query found: none of them is necessarily there.
fn has_rows(ty: &Ty) -> bool {
    ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::RowsEmpty(_))))
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

/// What is known of a query that is not run yet.
pub(super) fn known_of(ty: &Ty) -> Vec<Mark> {
    let is_meant = |mark: &&Mark| matches!(mark.what, What::Certain | What::Lookup);
    ty.marks().iter().filter(is_meant).copied().collect()
}

/// A statement that has been prepared rather than run.
fn is_statement(app: &crate::app::App, ty: &Ty) -> bool {
    is_fallible(app, ty)
        && absences(ty).is_empty()
        && !ty.any(&|node| node.marks().iter().any(|mark| matches!(mark.what, What::Queried(_))))
}

/// The same query, or result of one, with more known of it.
pub(super) fn mark_query(app: &crate::app::App, ty: Ty, marks: &[Mark]) -> Ty {
    if marks.is_empty() {
        return ty;
    }
    if !is_fallible(app, &ty) {
        return ty.marked(marks);
    }
    let mut args = ty.args().to_vec();
    if let Some(inner) = args.first_mut() {
        *inner = inner.clone().marked(marks);
    }
    ty.with_args(args)
}

/// The arguments of a query that are not what it is run on.
pub(super) fn not_handles(fact: &MethodFact, args: &[ExprId]) -> Vec<ExprId> {
    let patterns = fact.args.as_deref().unwrap_or_default();
    let is_handle = |index: usize| patterns.get(index) == Some(&Pattern::Handle);
    args.iter().enumerate().filter(|(index, _)| !is_handle(*index)).map(|(_, arg)| *arg).collect()
}
