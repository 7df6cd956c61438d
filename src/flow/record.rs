//! What a body is found to do: its calls, its queries, its reads of the environment.

use super::eval::Eval;
use super::facts::{Call, Column, EnvRead, Loss, Operation, Panic, Panicking, Query, Reader, Variable};
use super::parts::argument_nodes;
use crate::app::{Def, FnId, Head, Mark, Site, Ty, What};
use crate::knowledge::{EntryId, LibraryId, Reason, Returns, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, PathId};

impl<'a> Eval<'a> {
    pub(super) fn record_call(
        &mut self,
        expr: ExprId,
        targets: &[FnId],
        types: &[Ty],
        args: &[ExprId],
        has_receiver: bool,
    ) {
        if !self.records() {
            return;
        }
        targets.first().into_iter().for_each(|target| self.locks_by_call(expr, *target));
        self.gives(targets, self.called_on(expr).filter(|_| has_receiver), args);
        let at = self.at(self.span(expr));
        let arguments = argument_nodes(self.app, targets, types);
        let keys = self.keys_given(targets, self.called_on(expr).filter(|_| has_receiver), args);
        let (called, mode) = (targets.to_vec(), self.mode);
        self.facts.calls.push(Call { at, targets: called, mode, arguments, kept: false, keys, by_others: false });
        for &target in targets {
            if let Some(argument) = self.summaries.env_argument(self.app, target) {
                let index = (argument as usize).checked_sub(usize::from(has_receiver));
                let variable =
                    index.and_then(|index| args.get(index)).map_or(Variable::Unnamed, |arg| self.variable(*arg));
                self.record_env(expr, variable, Reader::Own(target));
            }
        }
    }

    /// Something fails with an error of this type.
    pub(super) fn fails_as(&mut self, error: &Ty) {
        if let Head::Adt(adt) = error.head
            && !self.facts.fails_as.contains(&adt)
        {
            self.facts.fails_as.push(adt);
        }
    }

    /// What a call of another crate was found to be.
    pub(super) fn record_entry(&mut self, entry: EntryId) {
        if !self.facts.entries.contains(&entry) {
            self.facts.entries.push(entry);
        }
    }

    pub(super) fn record_query(&mut self, library: LibraryId, expr: ExprId, returns: &Returns) {
        let (site, at) = (self.site(expr), self.at(self.span(expr)));
        self.queried += 1;
        if !self.facts.queries.iter().any(|(known, _)| *known == site) {
            let query = Query { library, at, opens: returns.opens, cleans_up: returns.cleans_up };
            self.facts.queries.push((site, query));
        }
    }

    /// Takes note of a call that is no query and can fail.
    pub(super) fn operation(&mut self, expr: ExprId, library: LibraryId, returns: &Returns) -> Option<Site> {
        let reason = returns.reason.filter(|_| !returns.panics)?;
        Some(self.record_operation(expr, Some(library), reason, returns.cleans_up))
    }

    /// The same of a call that nothing else may be known of.
    pub(super) fn record_operation(
        &mut self,
        expr: ExprId,
        library: Option<LibraryId>,
        reason: Reason,
        cleans_up: bool,
    ) -> Site {
        let (site, at) = (self.site(expr), self.at(self.span(expr)));
        if !self.facts.operations.iter().any(|(known, _)| *known == site) {
            self.facts.operations.push((site, Operation { library, at, reason, cleans_up }));
        }
        site
    }

    pub(super) fn record_env(&mut self, expr: ExprId, variable: Variable, reader: Reader) {
        if self.records() {
            let (site, at, mode) = (self.site(expr), self.at(self.span(expr)), self.mode);
            let instead_of = self.failing_now().into_iter().filter_map(|mark| match mark.what {
                What::Unset(other) => Some(other),
                _ => None,
            });
            let instead_of = instead_of.collect();
            let condition = self.condition.map(|condition| self.site(condition));
            let kept = false;
            self.facts.env_reads.push(EnvRead { site, at, variable, reader, mode, instead_of, condition, kept });
        }
    }

    /// Takes note of what there is because a variable is not set.
    pub(super) fn answers_unset(&mut self, because: &[Mark], answer: &Ty) {
        if self.records() && !matches!(answer.head, Head::Never | Head::Unknown) {
            let sites = because.iter().filter_map(|mark| match mark.what {
                What::Unset(site) => Some(site),
                _ => None,
            });
            self.facts.unset.extend(sites.map(|site| (site, answer.clone())));
        }
    }

    /// A method that reads the environment or configuration.
    pub(super) fn env_method(&mut self, expr: ExprId, name: Sym, ty: &Ty, args: &[ExprId]) {
        if self.plays(name, ty, Role::Env) {
            let variable = args.first().map_or(Variable::Unnamed, |arg| self.variable(*arg));
            self.record_env(expr, variable, Reader::Known(name));
        }
    }

    /// A method that panics.
    pub(super) fn record_panic(&mut self, expr: ExprId, ty: &Ty, how: Panicking, query: Option<Site>) {
        if !self.records() {
            return;
        }
        let marks = match how {
            // The query that yielded the row says more than the access to it.
            Panicking::Accessor(_) => {
                rows_in(ty).into_iter().chain(query.map(|site| Mark::of(What::QueryFailed(site)))).collect()
            }
            _ => ty.marks().to_vec(),
        };
        let at = self.at(self.span(expr));
        let error = ty.arg(1).of_failure(ty);
        let column = self.column(expr, how);
        // `result.ok().expect("…")` loses the error only to panic.
        let given = self.called_on(expr).map(|receiver| self.at(self.span(receiver)));
        let is_same = |loss: &Loss| loss.marks.iter().any(|lost| marks.iter().any(|mark| mark.what == lost.what));
        self.facts.losses.retain(|loss| Some(loss.at) != given || !is_same(loss));
        self.facts.panics.push(Panic { at, how, marks, mode: self.mode, error, column, inside: self.inside });
    }

    /// The column that an access to a row names.
    fn column(&self, expr: ExprId, how: Panicking) -> Option<Column> {
        let (arg, given) = match self.tree().expr(expr).kind {
            ExprKind::Method { call, .. } if matches!(how, Panicking::Accessor(_)) => {
                let method = self.tree().methods[call as usize];
                (*self.tree().expr_run(method.args).first()?, self.given(method))
            }
            // `Row::get::<String, _>(row, "name")`
            ExprKind::Call { callee, args } => match self.tree().expr(callee).kind {
                ExprKind::Path(path) => (*self.tree().expr_run(args).get(1)?, self.turbofish(path)),
                _ => return None,
            },
            ExprKind::Index { index, .. } => (index, Vec::new()),
            _ => return None,
        };
        let name = match self.tree().expr(arg).kind {
            ExprKind::Literal(Literal::Str(name)) => name,
            ExprKind::Literal(Literal::Int(number)) => Sym::from(number.to_string()),
            ExprKind::Path(path) => self.constant_text(path)?,
            _ => return None,
        };
        let nullable = given.first().is_some_and(|ty| ty.is_external(crate::sym!("std::option::Option")));
        Some(Column { name, nullable })
    }

    /// A function of another crate that panics where it could return an error: `from_row(row)`.
    pub(super) fn record_panicking_call(&mut self, expr: ExprId, path: Sym, returns: &Returns, given: &[Ty]) {
        if self.records() {
            let name = Sym::from(path.as_str().rsplit("::").next().unwrap_or_default());
            let mut marks: Vec<Mark> = given.iter().flat_map(rows_in).collect();
            marks.extend(returns.query.then(|| Mark::of(What::QueryFailed(self.site(expr)))));
            let at = self.at(self.span(expr));
            let (how, error) = (Panicking::Accessor(name), Ty::UNKNOWN);
            self.facts.panics.push(Panic { at, how, marks, mode: self.mode, error, column: None, inside: self.inside });
        }
    }

    /// The variable that an argument names.
    pub(super) fn variable(&self, arg: ExprId) -> Variable {
        let tree = self.tree();
        match tree.expr(arg).kind {
            ExprKind::Literal(Literal::Str(name)) => Variable::Named(name),
            ExprKind::Ref(inner) => self.variable(inner),
            ExprKind::Method { receiver, .. } => match self.variable(receiver) {
                Variable::Argument(argument) => Variable::Argument(argument),
                _ => Variable::Unnamed,
            },
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| self.env.find(name));
                match local {
                    Some(index) => {
                        let local = &self.env.locals[index];
                        let argument = local.argument.map(Variable::Argument);
                        argument.or(local.text.map(Variable::Named)).unwrap_or(Variable::Unnamed)
                    }
                    None => self.constant_text(path).map_or(Variable::Unnamed, Variable::Named),
                }
            }
            _ => Variable::Unnamed,
        }
    }

    pub(super) fn constant_text(&self, path: PathId) -> Option<Sym> {
        let Some(Def::Value(id)) = self.resolve(path) else { return None };
        let at = self.app.values[id.index()];
        match self.app.facts(at.instance).tree.expr(self.app.value(id).init?).kind {
            ExprKind::Literal(Literal::Str(name)) => Some(name),
            _ => None,
        }
    }
}

/// What is known of the queries whose rows a value is.
pub(super) fn rows_in(ty: &Ty) -> Vec<Mark> {
    let known = |what: What| match what {
        What::Queried(site) => Some(Mark::of(What::QueryFailed(site))),
        What::Argument(..) => Some(Mark::of(what)),
        _ => None,
    };
    ty.marks().iter().filter_map(|mark| known(mark.what)).collect()
}
