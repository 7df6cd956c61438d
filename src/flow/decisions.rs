//! Tests of results that decide something, or whose answer is data.

use super::env::Place;
use super::errors::untold;
use super::eval::Eval;
use super::facts::Losing;
use super::losses::Risk;
use crate::app::Mark;
use crate::source::Span;
use crate::symbol::Sym;
use crate::syntax::{BinaryOp, ExprId, ExprKind, Pat, PatId, Stmt};

/// What matching a pattern, or a test such as `is_err`, says about a value that can have failed.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// What was tested, if it can be named again.
    pub(super) place: Option<Place>,
    /// Whose failure the other outcome is.
    pub(super) marks: Vec<Mark>,
    /// Whether the test holds for values that have not failed.
    pub(super) holds_on_success: bool,
    /// Whether it holds for some failures only.
    pub(super) specific: bool,
    /// Whose failure it can be where it does not hold then.
    pub(super) others: Vec<Mark>,
    /// Whether it is about something taken out of an error: `err.source()`.
    pub(super) of_error: bool,
}

impl Test {
    /// Whether an error can get lost in the branch that is not for it.
    pub(super) fn can_lose(&self) -> bool {
        let can = |marks: &[Mark]| !untold(marks).is_empty();
        !self.of_error && (can(&self.marks) || can(&self.others))
    }
}

impl Eval<'_> {
    /// Takes note of a test whose answer is not used yet.
    pub(super) fn test_made(&mut self, expr: ExprId, receiver: ExprId, marks: &[Mark], risk: Risk) {
        let marks = untold(marks);
        if !marks.is_empty() {
            let risk = Risk { kept: self.used_later(receiver), ..risk };
            self.open_tests.push(((self.instance, expr), risk, marks));
        }
    }

    /// A condition has been used to decide something: what comes of it is seen in the branches.
    pub(super) fn decides(&mut self, cond: ExprId) -> Option<Risk> {
        let tree = self.tree();
        match tree.expr(cond).kind {
            ExprKind::Not(inner) => self.decides(inner),
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                // Of two tests it is not known which one led where: the first one that can lose an error.
                let (first, second) = (self.decides(left), self.decides(right));
                first.or(second)
            }
            ExprKind::Let { value, .. } => {
                if !self.tests.get(&(self.instance, cond)).is_some_and(|test| test.can_lose()) {
                    return None;
                }
                // What is matched by value is gone; what is only looked at may be asked for its error later.
                let moved = matches!(tree.expr(value).kind, ExprKind::Path(_));
                let kept = if moved { None } else { self.used_later(value) };
                Some(Risk { at: self.at(self.span(cond)), how: Losing::IfLet, kept, instead: false })
            }
            _ => {
                let key = self.condition_key(cond);
                let index = self.open_tests.iter().position(|(test, ..)| *test == key)?;
                let risk = self.open_tests.swap_remove(index).1;
                // What was tested has been used since: `let failed = outcome.is_err(); send(outcome); if failed { … }`.
                let (tested, decided) = (risk.at.span.end, self.span(cond).start);
                let behind = Span { start: decided, end: u32::MAX };
                let is_used = risk.kept.is_some_and(|name| decided > tested && self.is_used(name, tested, &[behind]));
                (!is_used).then_some(risk)
            }
        }
    }

    /// Whose failure can lead to the branch behind a condition that is for some errors only: `if let Err(Some(_)) = …`.
    pub(super) fn other_errors(&self, cond: ExprId) -> Vec<Mark> {
        match self.tree().expr(cond).kind {
            ExprKind::Let { .. } => {
                let test = self.tests.get(&(self.instance, cond)).filter(|test| test.specific);
                test.map(|test| test.others.clone()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Tests whose answer was data: "no" also where nobody knows.
    pub(super) fn close_tests(&mut self) {
        for (_, risk, marks) in std::mem::take(&mut self.open_tests) {
            if risk.kept.is_some() {
                continue;
            }
            self.lose(marks, risk, Vec::new());
        }
    }

    /// The local that an expression looks at, or at a part of, if it is used again behind it.
    pub(super) fn used_later(&self, expr: ExprId) -> Option<Sym> {
        let name = self.place_of(expr).and_then(|_| self.base_name(expr))?;
        self.is_used(name, self.span(expr).end, &[]).then_some(name)
    }

    /// Whether a name is used behind a place, but for some spans.
    pub(super) fn is_used(&self, name: Sym, after: u32, except: &[Span]) -> bool {
        let tree = self.tree();
        let (home, _) = self.app.home(self.within);
        let (start, end) = self.app.function(self.within).exprs;
        let is_later = |other: &crate::syntax::Expr| {
            let is_name = matches!(other.kind, ExprKind::Path(path) if tree.single_name(path) == Some(name));
            let excepted = except.iter().any(|span| span.start <= other.span.start && other.span.end <= span.end);
            is_name && other.span.start > after && !excepted
        };
        self.instance == home && tree.exprs[start as usize..end as usize].iter().any(is_later)
    }

    /// Whether a value is bound to nothing, or to a name that nothing behind it mentions: `_`, `_done`.
    pub(super) fn is_never_used(&self, pat: PatId, stmt: Span) -> bool {
        match self.tree().pat(pat) {
            Pat::Wild => true,
            // Of other names the compiler says that they are unused; where it does not, a macro uses them.
            Pat::Bind { name, sub: None, .. } => {
                name.as_str().starts_with('_')
                    && self.instance == self.app.home(self.within).0
                    && !self.is_used(name, stmt.end, &[])
            }
            _ => false,
        }
    }

    /// Whether what a match on a local yields takes its name: `let error = match error { … };`
    pub(super) fn takes_name(&self, name: Sym, matched: ExprId) -> bool {
        let tree = self.tree();
        tree.stmts.iter().any(|stmt| match *stmt {
            Stmt::Let { pat, init: Some(init), .. } => {
                let is_match = matches!(tree.expr(init).kind, ExprKind::Match { value, .. } if value == matched);
                is_match && matches!(tree.pat(pat), Pat::Bind { name: other, .. } if other == name)
            }
            _ => false,
        })
    }

    /// Whether a local is used behind a place, before another one of that name is declared.
    pub(super) fn is_used_again(&self, name: Sym, after: u32) -> bool {
        if !self.is_used(name, after, &[]) {
            return false;
        }
        let declared = self.tree().pats.iter().filter_map(|pat| match pat {
            Pat::Bind { name: other, span, .. } if *other == name && span.start > after => Some(span.start),
            _ => None,
        });
        let behind = declared.min().map(|start| Span { start, end: u32::MAX });
        self.is_used(name, after, behind.as_slice())
    }

    /// What is used only where it has not failed holds no error there: `result.is_ok() && result.unwrap()`.
    pub(super) fn kept_on_failure(&self, risk: Risk, cond: ExprId, then: ExprId) -> Risk {
        let kept = risk.kept.filter(|name| {
            let on_success = [self.span(cond), self.span(then)];
            !self.failure(cond, true).is_empty() || self.is_used(*name, risk.at.span.end, &on_success)
        });
        Risk { kept, ..risk }
    }

    /// The local that an expression starts with.
    fn base_name(&self, expr: ExprId) -> Option<Sym> {
        let tree = self.tree();
        match tree.expr(expr).kind {
            ExprKind::Path(path) => tree.single_name(path),
            ExprKind::Field { base, .. } => self.base_name(base),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) => self.base_name(inner),
            ExprKind::Method { receiver, .. } => self.base_name(receiver),
            _ => None,
        }
    }
}
