//! What printing a value gives away: of errors of other crates what knowledge says, of the project's own types what their
//! `Display` and `Debug` print.

use super::errors::{is_failure, is_text, texts};
use super::eval::{Eval, evaluate, evaluate_with};
use super::facts::{BodyFacts, ErrorOf};
use super::parts::{node_of, takes_any_error, takes_string};
use super::summary::Summaries;
use super::text_fields::can_hold_text;
use super::variants::known_variants;
use crate::app::{AdtId, App, FnId, Head, Mark, Target, Ty, Variant, What};
use crate::symbol::Sym;

/// Errors are looked for this deep in errors.
const NESTED: u32 = 4;

/// What printing a value gives away.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    /// The error of which it prints what is for operators only.
    pub(super) internal: Option<ErrorOf>,
    /// The error that is internal only where the answer says that the service has failed.
    pub(super) unexpected: Option<Sym>,
    /// The texts of errors that are in it.
    pub(super) texts: Vec<Mark>,
    /// The argument of the function that it prints, where any error can be given as that.
    pub(super) argument: Option<(u16, u16)>,
}

/// What printing a variant of one of the project's types gives away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct VariantPrints {
    /// Whether it prints an internal error that is in it.
    pub(super) internal: bool,
    /// The fields that it prints whose text is a text in it, as bits.
    pub(super) texts: u64,
}

impl VariantPrints {
    /// Whether it prints a text that is in this field, or in one that is not known.
    pub(super) fn text_in(self, field: Option<u8>) -> bool {
        match field {
            Some(field) => self.texts & bit(usize::from(field)) != 0,
            None => self.texts != 0,
        }
    }
}

/// The bit of a field; those beyond the last share one.
fn bit(field: usize) -> u64 {
    1 << field.min(63)
}

impl Eval<'_> {
    /// What printing a value gives away; as `{:?}`, or as `{}`.
    pub(super) fn print(&self, ty: &Ty, debug: bool) -> Printed {
        let mut printed = Printed::default();
        self.print_into(ty, debug, 0, &mut printed);
        if !matches!(printed.internal, None | Some(ErrorOf::Own(..))) {
            // What is in an error that is made text of here is told of here.
            printed.texts.clear();
        }
        printed
    }

    fn print_into(&self, ty: &Ty, debug: bool, depth: u32, printed: &mut Printed) {
        if depth > NESTED {
            return;
        }
        for layer in self.layers(ty) {
            let argument = argument_in(&layer);
            match layer.head {
                _ if argument.is_some() && takes_any_error(&layer) && texts(&layer).is_empty() => {
                    self.print_argument(&layer, debug, printed);
                    return;
                }
                Head::External(path) if gives_away(self.app, path, debug) => {
                    printed.internal = Some(ErrorOf::Foreign(path));
                    return;
                }
                Head::External(path) if self.app.knowledge.can_fail(path) => {
                    layer.args().iter().for_each(|arg| self.print_into(arg, debug, depth + 1, printed));
                    printed.texts.extend(layer.marks().iter().filter(|mark| is_text(mark.what)).copied());
                    return;
                }
                Head::Slice | Head::Tuple => {
                    layer.args().iter().for_each(|arg| self.print_into(arg, debug, depth + 1, printed));
                    return;
                }
                Head::Adt(adt) => return self.print_own(adt, &layer, debug, printed),
                Head::Bounds => {
                    let mut of = layer.args().iter().filter_map(|arg| match arg.head {
                        Head::External(path) if gives_away(self.app, path, debug) => Some(path),
                        _ => None,
                    });
                    printed.internal = of.next().map(ErrorOf::Foreign);
                }
                Head::Unknown if texts(&layer).is_empty() && !is_about(&layer) => {
                    printed.internal = failed(&layer);
                    return;
                }
                // An error that can be about what the client sent, too: here it is not.
                Head::External(path) if self.app.knowledge.error(path).is_some() => {
                    let is_internal = layer.marks().iter().any(|mark| mark.what == What::Internal);
                    printed.internal = if is_internal { Some(ErrorOf::Foreign(path)) } else { failed(&layer) };
                    printed.unexpected = self.app.knowledge.is_unexpected_in_5xx(path).then_some(path);
                    return;
                }
                // A text that the function is given: whatever it says.
                Head::External(_) if takes_string(&layer) => {
                    printed.texts.extend(self.texts_given(ty));
                    return;
                }
                _ => {}
            }
            if printed.internal.is_some() {
                return;
            }
        }
        printed.texts.extend(texts(ty));
    }

    /// What an argument is, or is taken out of one.
    fn print_argument(&self, ty: &Ty, debug: bool, printed: &mut Printed) {
        if is_about(ty) {
            return;
        }
        for mark in ty.marks() {
            let What::Argument(number, node) = mark.what else { continue };
            match self.declared_error(number, node, debug) {
                // Taken out of an error that is given: `sqlx::Error::Database(inner)`.
                Some(error) => printed.internal = Some(error),
                None if self.is_open(number, node) => printed.argument = Some((number, node)),
                None => printed.texts.push(Mark::of(What::TextOf(number, node))),
            }
        }
    }

    /// Whether any error can be given as a part of an argument.
    fn is_open(&self, number: u16, node: u16) -> bool {
        let declared = node_of(self.app.signature(self.within), &[], number, node);
        declared.is_some_and(|(declared, _)| takes_any_error(&declared))
    }

    /// The error of another crate that a parameter of the function is declared as.
    fn declared_error(&self, number: u16, node: u16, debug: bool) -> Option<ErrorOf> {
        let signature = self.app.signature(self.within);
        let (declared, _) = node_of(signature, &[], number, node)?;
        match declared.head {
            Head::External(path) if gives_away(self.app, path, debug) && !takes_any_error(&declared) => {
                Some(ErrorOf::Foreign(path))
            }
            _ => None,
        }
    }

    /// A value of one of the project's types.
    fn print_own(&self, adt: AdtId, ty: &Ty, debug: bool, printed: &mut Printed) {
        let mut internal = Vec::new();
        for variant in self.possible_variants(adt, ty) {
            let prints = self.variant_prints(adt, variant, debug);
            if prints.internal && self.prints_internal(adt, variant, ty, debug) {
                internal.push(variant);
            }
            let own = Variant::Own(adt, variant);
            let is_in = |mark: &&Mark| {
                let is_own = mark.within.is_none_or(|within| within == own);
                is_text(mark.what) && is_own && prints.text_in(mark.field)
            };
            printed.texts.extend(ty.marks().iter().filter(is_in).map(|mark| mark.anywhere()));
        }
        let inner = |mark: &&Mark| is_text(mark.what) && mark.within.is_some_and(|within| !is_of(within, adt));
        for mark in ty.marks().iter().filter(inner) {
            if self.shows(adt, mark, debug, 0) {
                printed.texts.push(mark.anywhere());
            }
        }
        if !internal.is_empty() {
            printed.internal = Some(ErrorOf::Own(adt, internal));
        }
    }

    /// Whether a variant that may print an internal error does so where more is known of what is in it.
    fn prints_internal(&self, adt: AdtId, variant: u32, ty: &Ty, debug: bool) -> bool {
        let is_inner = |mark: &Mark| mark.what == What::Is && mark.within.is_some_and(|within| !is_of(within, adt));
        if !ty.marks().iter().any(is_inner) || fmt_of(self.app, adt, debug).is_some() {
            return true;
        }
        let fields = self.app.fields(adt).get(variant as usize).map(Vec::as_slice).unwrap_or_default();
        self.derived_fields(adt, variant, debug).into_iter().any(|(field, debug)| {
            let mut printed = Printed::default();
            if let Some((_, field)) = fields.get(field) {
                self.print_into(&super::fields::with_variant(ty, field.clone()), debug, 1, &mut printed);
            }
            printed.internal.is_some()
        })
    }

    /// The variants that a value can be of: those that it is known to be made with, or else all.
    fn possible_variants(&self, adt: AdtId, ty: &Ty) -> Vec<u32> {
        let of_adt = |variant: Variant| match variant {
            Variant::Own(of, variant) if of == adt => Some(variant),
            _ => None,
        };
        let known: Vec<u32> = known_variants(ty).filter_map(of_adt).collect();
        if !known.is_empty() {
            return known;
        }
        let mut made: Vec<u32> = ty.marks().iter().filter_map(|mark| mark.within.and_then(of_adt)).collect();
        made.sort_unstable();
        made.dedup();
        let is_open = ty.marks().iter().any(|mark| matches!(mark.what, What::Argument(..)));
        if made.is_empty() || is_open || ty.is_crowded() {
            (0..self.app.fields(adt).len() as u32).collect()
        } else {
            made
        }
    }

    /// Whether printing a value of a type shows the text that is in a variant of it, or of a value in one of its fields.
    pub(super) fn shows(&self, adt: AdtId, text: &Mark, debug: bool, depth: u32) -> bool {
        let Some(Variant::Own(of, variant)) = text.within else { return self.shows_any(adt, debug) };
        if of == adt {
            return self.variant_prints(adt, variant, debug).text_in(text.field);
        }
        if depth > NESTED {
            return false;
        }
        if let Some(function) = fmt_of(self.app, adt, debug) {
            let nested = self.first.as_ref().map_or(0, |(_, depth)| *depth);
            let key = (adt, Mark { what: What::TextOf(0, 0), ..*text }, debug);
            return nested <= NESTED && self.summaries.shows(key, || writes(self.app, function, key, nested));
        }
        let fields = self.app.fields(adt);
        (0..fields.len()).any(|variant| {
            let mut shown = self.derived_fields(adt, variant as u32, debug).into_iter();
            shown.any(|(field, debug)| {
                let Some((_, ty)) = fields[variant].get(field) else { return false };
                let mut own = Vec::new();
                ty.visit(&mut |node| own.extend(if let Head::Adt(inner) = node.head { Some(inner) } else { None }));
                match own.is_empty() {
                    true => ty.is_unknown() || takes_any_error(ty),
                    false => own.into_iter().any(|inner| inner != adt && self.shows(inner, text, debug, depth + 1)),
                }
            })
        })
    }

    fn shows_any(&self, adt: AdtId, debug: bool) -> bool {
        (0..self.app.fields(adt).len() as u32).any(|variant| self.variant_prints(adt, variant, debug).texts != 0)
    }

    /// What printing a variant gives away.
    pub(super) fn variant_prints(&self, adt: AdtId, variant: u32, debug: bool) -> VariantPrints {
        let depth = self.first.as_ref().map_or(0, |(_, depth)| *depth);
        if depth > NESTED {
            return VariantPrints::default();
        }
        self.summaries.prints(adt, variant, debug, || match fmt_of(self.app, adt, debug) {
            Some(function) => written_by(self.app, function, adt, variant, depth),
            None => self.printed_fields(adt, variant, debug),
        })
    }

    /// The same where a derive writes it.
    fn printed_fields(&self, adt: AdtId, variant: u32, debug: bool) -> VariantPrints {
        let fields = self.app.fields(adt).get(variant as usize).map(Vec::as_slice).unwrap_or_default();
        let mut prints = VariantPrints::default();
        for (field, debug) in self.derived_fields(adt, variant, debug) {
            let Some((_, ty)) = fields.get(field) else { continue };
            let mut printed = Printed::default();
            self.print_into(ty, debug, 1, &mut printed);
            prints.internal |= printed.internal.is_some();
            if printed.internal.is_none() && can_hold_text(self.app, ty) {
                prints.texts |= bit(field);
            }
        }
        prints
    }

    /// The fields that a derive prints, and whether each as `Debug`.
    fn derived_fields(&self, adt: AdtId, variant: u32, debug: bool) -> Vec<(usize, bool)> {
        let fields = self.app.fields(adt).get(variant as usize).map_or(0, Vec::len);
        match debug {
            true => (0..fields).map(|field| (field, true)).collect(),
            false => self.app.displayed_fields(adt, variant as usize),
        }
    }
}

/// The `fmt` that the project itself has for one of its types.
pub(super) fn fmt_of(app: &App, adt: AdtId, debug: bool) -> Option<FnId> {
    let path = if debug { crate::sym!("std::fmt::Debug") } else { crate::sym!("std::fmt::Display") };
    let own = app.external_impls(path).iter().find(|id| app.impl_info(**id).self_ty.head == Head::Adt(adt))?;
    app.impls[own.index()].functions.first().copied()
}

/// What a `fmt` writes of a variant.
fn written_by(app: &App, function: FnId, adt: AdtId, variant: u32, depth: u32) -> VariantPrints {
    let own = Variant::Own(adt, variant);
    let is = [What::Made, What::Is].map(|what| Mark::of(what).within(own));
    let fields = app.fields(adt).get(variant as usize).map_or(0, Vec::len);
    let texts = (0..fields).map(|field| Mark::of(What::TextOf(0, field as u16)).within(own).in_field(field));
    let value = Ty::new(Head::Adt(adt)).marked(&is).marked(&texts.collect::<Vec<_>>());
    let write =
        |helpers: &Summaries| evaluate_with(app, helpers, Target::Fn(function), Some((value.clone(), depth + 1)));
    let facts = write(&Summaries::default());
    // Of the functions that it calls only those count that make text of what they are given.
    let facts = match text_makers(app, function, &facts) {
        makers if makers.is_empty() => facts,
        makers => write(&alone(app, &makers)),
    };
    VariantPrints {
        internal: facts.printed.iter().any(|mark| matches!(mark.what, What::Text(_))),
        texts: facts.printed.iter().fold(0, |texts, mark| match mark.what {
            What::TextOf(0, field) => texts | bit(usize::from(field)),
            _ => texts,
        }),
    }
}

/// The functions that a `fmt` has make text for it: `formatter.write_str(&shown(&self.message))`.
fn text_makers(app: &App, function: FnId, facts: &BodyFacts) -> Vec<FnId> {
    let called = facts.calls.iter().flat_map(|call| &call.targets).copied();
    let mut makers: Vec<FnId> = called.filter(|id| *id != function && is_text_maker(app, *id)).collect();
    makers.sort_unstable();
    makers.dedup();
    makers
}

/// What is known of some functions by themselves.
fn alone(app: &App, functions: &[FnId]) -> Summaries {
    let mut summaries = Summaries::default();
    for &id in functions {
        summaries.update(id, &evaluate(app, &Summaries::default(), Target::Fn(id)));
    }
    summaries
}

fn is_text_maker(app: &App, id: FnId) -> bool {
    let signature = app.signature(id);
    app.function(id).body.is_some() && signature.receiver.is_none() && can_hold_text(app, &signature.returns())
}

/// Whether a `fmt` writes a text that is somewhere inside of a value.
fn writes(app: &App, function: FnId, (adt, text, _): (AdtId, Mark, bool), depth: u32) -> bool {
    let own = Variant::Own(adt, 0);
    let is = [Some(own), text.within].into_iter().flatten();
    let is = is.flat_map(|it| [What::Made, What::Is].map(|what| Mark::of(what).within(it)));
    let value = Ty::new(Head::Adt(adt)).marked(&is.chain([text]).collect::<Vec<_>>());
    let facts = evaluate_with(app, &Summaries::default(), Target::Fn(function), Some((value, depth + 1)));
    facts.printed.iter().any(|mark| mark.what == text.what)
}

/// What failed outside the program where this error was made.
fn failed(error: &Ty) -> Option<ErrorOf> {
    let is_meant = |mark: &&Mark| is_failure(mark.what) && !matches!(mark.what, What::Argument(..));
    let failed: Vec<Mark> = error.marks().iter().filter(is_meant).copied().collect();
    (!failed.is_empty()).then_some(ErrorOf::Failed(failed))
}

fn is_about(ty: &Ty) -> bool {
    ty.marks().iter().any(|mark| mark.what == What::About)
}

fn is_of(variant: Variant, adt: AdtId) -> bool {
    matches!(variant, Variant::Own(of, _) if of == adt)
}

fn gives_away(app: &App, path: Sym, debug: bool) -> bool {
    app.knowledge.error(path).is_some_and(|error| !if debug { &error.debug } else { &error.display }.is_empty())
}

fn argument_in(ty: &Ty) -> Option<(u16, u16)> {
    ty.marks().iter().find_map(|mark| match mark.what {
        What::Argument(number, node) => Some((number, node)),
        _ => None,
    })
}
