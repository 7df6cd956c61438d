//! Text that is made of errors: where, of which error, and which functions make it of what they are given.

use super::errors::{is_failure, is_text, texts};
use super::eval::{Eval, evaluate_with};
use super::facts::At;
use super::parts::{fill_arguments, node_of, takes_any_error, takes_string};
use super::prints::Printed;
use crate::app::{AdtId, App, EntryPoint, FnId, Head, Mark, Site, Target, Ty, Variant, What};
use crate::knowledge::{EntryKind, Role};
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, FormatPiece, Literal, placeholders};

/// What functions make of one variant is followed this deep.
const NESTED: u32 = 3;

/// A place where text is made of an error, or where an error is passed to a function that makes text of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeText {
    /// The expression that makes it.
    pub site: Site,
    /// Where that is.
    pub at: At,
    /// Whether by `{:?}`.
    pub debug: bool,
    /// Of which error.
    pub of: ErrorOf,
    /// The argument of the function that is the error, where any error can be given as that: number and node.
    pub argument: Option<(u16, u16)>,
    /// The function of the project that makes the text.
    pub through: Option<FnId>,
}

/// An error of which text is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ErrorOf {
    /// Of any type: `dyn Error`, `impl Display`.
    Any,
    /// Of this type of another crate.
    Foreign(Sym),
    /// Of this type of another crate, which is about what the client sent unless the answer says that the service failed.
    Unexpected(Sym),
    /// Of a type of the project: the text of these variants holds that of an error in them.
    Own(AdtId, Vec<u32>),
    /// Of a type that is not known; it is that of what failed.
    Failed(Vec<Mark>),
}

impl Eval<'_> {
    /// Prints a value: the marks of the text. Where that is of an error, it is written down.
    pub(super) fn printed(&mut self, expr: ExprId, ty: &Ty, debug: bool) -> Vec<Mark> {
        let printed = self.print(ty, debug);
        self.made_text(expr, printed, debug, None)
    }

    fn made_text(&mut self, expr: ExprId, printed: Printed, debug: bool, through: Option<FnId>) -> Vec<Mark> {
        let site = self.site(expr);
        let Printed { internal, unexpected, texts: mut marks, argument } = printed;
        let internal = internal.or(unexpected.map(ErrorOf::Unexpected));
        if internal.is_some() || argument.is_some() {
            let at = self.at(self.span(expr));
            let of = internal.clone().unwrap_or(ErrorOf::Any);
            let text = MadeText { site, at, debug, of, argument, through };
            if self.recording && !self.facts.texts.contains(&text) {
                self.facts.texts.push(text);
            }
        }
        if internal.is_some() {
            marks.push(Mark::of(What::Text(site)));
        }
        if let Some((number, node)) = argument {
            marks.push(Mark::of(What::TextOf(number, node)));
        }
        self.facts.printed.extend(marks.iter().copied());
        marks
    }

    /// What the arguments of a macro that makes text are printed as: `format!("{error}: {:?}", cause)`.
    pub(super) fn printed_by_macro(
        &mut self,
        expr: ExprId,
        args: &[ExprId],
        captures: &[ExprId],
        types: &[Ty],
    ) -> Vec<Mark> {
        let tree = self.tree();
        let format = args.iter().enumerate().find_map(|(index, arg)| match tree.expr(*arg).kind {
            ExprKind::Literal(Literal::Str(text)) => Some((index, text)),
            _ => None,
        });
        let Some((before, format)) = format else {
            return types.to_vec().iter().flat_map(|ty| self.printed(expr, ty, false)).collect();
        };
        let mut marks = Vec::new();
        let mut next = before;
        for it in placeholders(format.as_str()) {
            let position = match it.argument {
                FormatPiece::Next => {
                    next += 1;
                    Some(next)
                }
                FormatPiece::Index(index) => Some(before + 1 + index),
                FormatPiece::Name(name) => {
                    let capture = captures.iter().position(|capture| self.is_named(*capture, name));
                    let named = || args.iter().position(|arg| self.is_given_as(*arg, name));
                    capture.map(|index| args.len() + index).or_else(named)
                }
                FormatPiece::Text(_) => None,
            };
            let Some(position) = position else { continue };
            let ty = match args.get(position).map(|arg| tree.expr(*arg).kind) {
                Some(ExprKind::Assign { value, .. }) => self.peek(value),
                _ => types.get(position).cloned().unwrap_or(Ty::UNKNOWN),
            };
            // Of several arguments the one that is to blame; what a format string names stands in it.
            let at = args.get(position).copied().unwrap_or(expr);
            marks.extend(self.printed(at, &ty, it.debug));
        }
        marks
    }

    fn is_named(&self, capture: ExprId, name: Sym) -> bool {
        matches!(self.tree().expr(capture).kind, ExprKind::Path(path) if self.tree().single_name(path) == Some(name))
    }

    /// `name = value`
    fn is_given_as(&self, arg: ExprId, name: Sym) -> bool {
        matches!(self.tree().expr(arg).kind, ExprKind::Assign { target, .. } if self.is_named(target, name))
    }

    /// What a method yields that makes text of an error, or yields the one behind it; `None` of every other method.
    pub(super) fn told_by_error(&mut self, expr: ExprId, name: Sym, ty: &Ty, given: &[Ty]) -> Option<Ty> {
        let facts = self.app.knowledge.roles(name);
        let fits = |role: Role| {
            facts.iter().filter(move |fact| fact.role == role).find_map(|fact| {
                let pattern = fact.receiver.as_ref()?;
                super::unify::matches(pattern, ty, &mut super::unify::Bound::default(), false).then_some(pattern)
            })
        };
        if let Some(pattern) = fits(Role::Format) {
            let of_receiver = *pattern == crate::knowledge::Pattern::Any;
            let values = if of_receiver { std::slice::from_ref(ty) } else { given };
            let marks: Vec<Mark> = values.iter().flat_map(|ty| self.printed(expr, ty, false)).collect();
            let held = super::errors::held_by_value(self.app, ty);
            let text = Ty::external(crate::sym!("std::string::String"), Vec::new()).marked(&held);
            return match marks.is_empty() {
                false => Some(with_texts(text, &marks)),
                // What is in a value of the project's own and not printed is not in the text.
                true if of_receiver && matches!(ty.head, Head::Adt(_)) => {
                    Some(with_texts(self.about(self.derived(ty), ty), &[]))
                }
                true => None,
            };
        }
        let internal = self.print(ty, true);
        if internal.internal.is_none() && internal.argument.is_none() {
            return None;
        }
        if fits(Role::Cause).is_some() {
            let error = Ty::external(crate::sym!("std::error::Error"), Vec::new());
            let error = error.marked(&super::errors::held_by_value(self.app, ty));
            return Some(Ty::external(crate::sym!("std::option::Option"), vec![error]));
        }
        None
    }

    /// Something made of an error by a method that is not known to make text of it says only something about it.
    pub(super) fn about(&self, made: Ty, of: &Ty) -> Ty {
        let is_error = of.marks().iter().any(|mark| is_failure(mark.what));
        if is_error && made.is_unknown() { made.marked(&[Mark::of(What::About)]) } else { made }
    }

    /// What a function returns, with what is known of the arguments of a call of it.
    pub(super) fn filled(&mut self, expr: ExprId, target: FnId, returns: &Ty, types: &[Ty]) -> Ty {
        let signature = self.app.signature(target);
        let filled = fill_arguments(returns, signature, types, &mut |argument, node, head| {
            let Some((declared, actual)) = node_of(signature, types, argument, node) else { return Vec::new() };
            if !takes_any_error(&declared) {
                // What has been taken out of a variant is no longer in it.
                let is_enum = matches!(declared.head, Head::Adt(adt) if self.app.fields(adt).len() > 1);
                let is_same = declared.head == head || is_enum && matches!(head, Head::Adt(_));
                let texts = texts(&actual).into_iter();
                let texts = texts
                    .filter(|mark| argument > 0 || node > 0 || !is_enum || self.lets_out(target, declared.head, mark));
                return texts.map(|mark| if is_same { mark } else { mark.anywhere() }).collect();
            }
            let printed = self.print(&actual, false);
            let says_nothing = printed.internal.is_none() && printed.texts.is_empty() && printed.argument.is_none();
            let harmless = (target, self.site(expr));
            if says_nothing && self.is_harmless(&actual) && !self.facts.harmless.contains(&harmless) {
                self.facts.harmless.push(harmless);
            }
            self.made_text(expr, printed, false, Some(target))
        });
        if let [error] = types { self.absent_as(target, filled, error) } else { filled }
    }

    /// Whether the response that a function makes of the variant of its first argument that holds a text may have that
    /// text in it; yes of a function that makes no response.
    fn lets_out(&self, target: FnId, head: Head, text: &Mark) -> bool {
        let depth = self.first.as_ref().map_or(0, |(_, depth)| *depth);
        let is_response = |entry: &EntryPoint| entry.target == Target::Fn(target) && entry.kind == EntryKind::Responder;
        let makes_response = || self.app.entries.iter().any(is_response);
        let is_own = |within: &Variant| depth < NESTED && within.head() == Some(head) && makes_response();
        let Some(Variant::Own(adt, variant)) = text.within.filter(is_own) else { return true };
        let lets_out = |variant: u32, field: Option<u8>| {
            let within = Variant::Own(adt, variant);
            let is = [What::Made, What::Is].map(|what| Mark::of(what).within(within));
            let held = Mark { field, ..Mark::of(What::TextOf(0, 0)).within(within) };
            let value = Ty::new(head).marked(&is).marked(&[held]);
            let facts = evaluate_with(self.app, self.summaries, Target::Fn(target), Some((value, depth + 1)));
            facts.returns.is_none_or(|ty| ty.any(&|node| node.marks().iter().any(|mark| mark.what == held.what)))
        };
        // Where none does, the function is not understood well enough to tell them apart.
        let mut others = (0..self.app.fields(adt).len() as u32).filter(|other| *other != variant);
        lets_out(variant, text.field) || !others.any(|other| lets_out(other, None))
    }

    /// Whether printing a value is known to tell nothing that is for operators only: it is a text, an error that is known,
    /// or one of the project's own types that can be printed. Of what is not known that is not known either.
    fn is_harmless(&self, ty: &Ty) -> bool {
        match ty.head {
            Head::Unknown | Head::Param(_) => false,
            Head::External(path) => {
                takes_string(ty) || crate::app::is_primitive(path.as_str()) || !self.app.is_error(ty) || {
                    self.app.knowledge.error(path).is_some() || path.as_str().starts_with("std::")
                }
            }
            Head::Adt(adt) => self.app.is_error(ty) || super::prints::fmt_of(self.app, adt, false).is_some(),
            _ => true,
        }
    }

    /// The texts that are in a value, and those that are given to the function.
    pub(super) fn texts_given(&self, ty: &Ty) -> Vec<Mark> {
        let mut marks = texts(ty);
        let signature = self.app.signature(self.within);
        super::errors::visit_sent(ty, &mut |node| {
            for mark in node.marks() {
                if let What::Argument(number, part) = mark.what
                    && node_of(signature, &[], number, part).is_some_and(|(declared, _)| takes_string(&declared))
                {
                    marks.push(Mark { what: What::TextOf(number, part), ..*mark });
                }
            }
        });
        marks
    }

    /// A local that a method is called on may keep the texts that it is given: `texts.push(error.to_string())`,
    /// `response.headers_mut().insert(…)`.
    pub(super) fn take_in(&mut self, receiver: ExprId, given: &[Ty]) {
        let texts: Vec<Mark> = given.iter().flat_map(|ty| self.texts_given(ty)).collect();
        if texts.is_empty() {
            return;
        }
        let tree = self.tree();
        let mut of = receiver;
        let mut field = None;
        let path = loop {
            match tree.expr(of).kind {
                ExprKind::Path(path) => break path,
                ExprKind::Field { base, name } => {
                    field = Some(name);
                    of = base;
                }
                ExprKind::Method { receiver, .. } => of = receiver,
                ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => {
                    of = inner
                }
                _ => return,
            }
        };
        if let Some(index) = tree.single_name(path).and_then(|name| self.env.find(name)) {
            let of = self.env.locals[index].ty.head;
            let place = field.and_then(|field| self.app.struct_position(of, field));
            let put = |mark: &Mark| match place {
                Some((own, position)) => mark.within(own).in_field(position),
                None => *mark,
            };
            let texts: Vec<Mark> = texts.iter().map(put).collect();
            let local = &mut self.env.locals[index];
            local.ty = local.ty.clone().marked(&texts);
        }
    }

    /// What is sent to the client apart from the response.
    pub(super) fn send(&mut self, given: &[Ty]) {
        let marks: Vec<Mark> = given.iter().flat_map(texts_and_arguments).collect();
        if !marks.is_empty() && self.records() {
            self.facts.sent.push(marks);
        }
    }

    /// Whether a method plays a part on a value.
    pub(super) fn plays(&self, name: Sym, ty: &Ty, role: Role) -> bool {
        self.app.knowledge.roles(name).iter().any(|fact| {
            let fits = |pattern| super::unify::matches(pattern, ty, &mut super::unify::Bound::default(), false);
            fact.role == role && fact.receiver.as_ref().is_some_and(fits)
        })
    }
}

fn texts_and_arguments(ty: &Ty) -> Vec<Mark> {
    let mut marks = Vec::new();
    super::errors::visit_sent(ty, &mut |node| {
        let is_meant = |mark: &&Mark| is_text(mark.what) || matches!(mark.what, What::Argument(..));
        marks.extend(node.marks().iter().filter(is_meant).copied());
    });
    marks
}

/// The texts that are put into a variant with its fields. Of a struct around an enum it is the variant of the enum that
/// says more.
pub(super) fn texts_in_fields(app: &App, own: Variant, is_enum: bool, fields: &[Ty]) -> Vec<Mark> {
    let is_inner = |mark: &Mark| {
        !is_enum
            && matches!(mark.within, Some(Variant::Own(adt, _)) if own != Variant::Own(adt, 0) && app.fields(adt).len() > 1)
    };
    let mut marks = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let put = |mark: Mark| if is_inner(&mark) { mark } else { mark.within(own).in_field(index) };
        marks.extend(texts(field).into_iter().map(put));
    }
    marks
}

/// A value that holds these texts, and no others.
pub(super) fn with_texts(ty: Ty, marks: &[Mark]) -> Ty {
    let kept: Vec<Mark> = ty.marks().iter().filter(|mark| !is_text(mark.what)).copied().collect();
    ty.unmarked().marked(&kept).marked(marks)
}
