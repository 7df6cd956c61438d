//! Texts of internal errors that clients get to see: which of the texts that are made end up in what is answered.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Flow;
use super::answers::CONVERSIONS;
use super::emissions::{Emissions, is_body};
use super::errors::{is_text, sent_args, texts};
use super::eval::{begin, evaluate_as};
use super::facts::{At, ErrorOf, MadeText};
use super::prints::VariantPrints;
use super::unify::{self, is_fallible};
use crate::app::{AdtId, App, FnId, FnOwner, Head, Mark, Site, Target, Ty, Variant, What};
use crate::knowledge::{EntryKind, Reason, Role};

/// The text of an internal error, which a client gets to see.
#[derive(Clone, Debug)]
pub struct Leak {
    /// The body that makes it.
    pub target: Target,
    /// Where text is made of the error.
    pub at: At,
    /// Whether by `{:?}`.
    pub debug: bool,
    /// Of which error.
    pub of: ErrorOf,
    /// The statuses of the answers it is in, as far as they are known, in order.
    pub statuses: Vec<u16>,
    /// Whether it is in answers whose status is not known, too.
    pub has_other_statuses: bool,
    /// The entry points that are known to send it.
    pub senders: BTreeSet<Target>,
}

impl Flow {
    /// Every place that makes a text of an internal error which a client gets to see, in the order of the bodies.
    pub fn leaks(&self, app: &App) -> Vec<Leak> {
        let mut search = Search::new(app, self);
        for entry in &app.entries {
            if self.is_unused(app, entry.target) {
                continue;
            }
            let Some(returns) = self.returns_of(entry.target) else { continue };
            search.emissions.from = Some(entry.target);
            search.senders = vec![entry.target];
            match (entry.kind, entry.target) {
                (EntryKind::Responder, Target::Fn(function)) => search.response_of(function, returns),
                (EntryKind::Extractor, _) => {
                    let answer = unify::awaited(app, returns);
                    if answer.args().len() > 1 {
                        search.answered(&answer.arg(1), entry.target, &[], false);
                    }
                }
                _ => search.answered(returns, entry.target, &[], false),
            }
        }
        for (target, facts, _) in self.bodies() {
            if facts.sent.is_empty() {
                continue;
            }
            search.senders =
                self.routes_to(app, target).into_iter().map(|entry| entry.target).chain([target]).collect();
            for marks in &facts.sent {
                search.found_all(&self.causes(target, marks), &[]);
            }
        }
        let mut leaks = search.leaks();
        leaks.extend(self.default_responses(app));
        leaks
    }

    pub(super) fn returns_of(&self, target: Target) -> Option<&Ty> {
        self.facts_of(target)?.returns.as_ref()
    }

    /// The `fmt` that the project itself has for one of its types.
    pub fn printed_by(&self, app: &App, adt: AdtId, debug: bool) -> Option<FnId> {
        super::prints::fmt_of(app, adt, debug)
    }

    /// What `Display` of a variant gives away, seen from a body.
    pub(super) fn displayed(&self, app: &App, from: Target, adt: AdtId, variant: u32) -> VariantPrints {
        begin(app, &self.summaries, from, None).variant_prints(adt, variant, false)
    }

    /// Whether `Display` of a type shows a text that is in its values.
    pub(super) fn displays(&self, app: &App, from: Target, adt: AdtId, text: &Mark) -> bool {
        begin(app, &self.summaries, from, None).shows(adt, text, false, 0)
    }
}

/// The texts that have been found to get out.
struct Search<'a> {
    app: &'a App,
    flow: &'a Flow,
    made: FxHashMap<Site, (Target, &'a MadeText)>,
    /// Functions to which something else is given than internal errors, at so many places: what they are given decides.
    harmless: FxHashMap<FnId, usize>,
    emissions: Emissions<'a>,
    found: BTreeMap<Site, Found>,
    /// The entry points whose answers are looked at.
    senders: Vec<Target>,
}

/// What is known of a text that gets out.
#[derive(Default)]
struct Found {
    statuses: BTreeSet<u16>,
    /// Whether it is in answers whose status is not known, too.
    has_others: bool,
    /// The variants of the type that answers, where the text is that of some of them.
    variants: BTreeSet<u32>,
    senders: BTreeSet<Target>,
}

impl<'a> Search<'a> {
    fn new(app: &'a App, flow: &'a Flow) -> Self {
        let bodies = || flow.bodies();
        let made =
            bodies().flat_map(|(target, facts, _)| facts.texts.iter().map(move |text| (text.site, (target, text))));
        Search {
            app,
            flow,
            made: made.collect(),
            harmless: count(bodies().flat_map(|(_, facts, _)| &facts.harmless)),
            emissions: Emissions::new(app, flow),
            found: BTreeMap::new(),
            senders: Vec::new(),
        }
    }

    /// What a function returns whose result a framework answers with.
    fn answered(&mut self, ty: &Ty, target: Target, statuses: &[u16], in_body: bool) {
        if let Head::External(path) = ty.head
            && self.app.knowledge.plays(path, Role::Withhold)
        {
            return;
        }
        let own = statuses_beside(ty);
        let statuses = if own.is_empty() { statuses } else { &own };
        // What failed with an error that holds a text: what becomes of that the error says.
        let is_result = is_fallible(self.app, ty) && ty.args().len() > 1;
        let error = if is_result { ty.arg(1) } else { Ty::UNKNOWN };
        let is_in_error = |mark: &Mark| error.marks().iter().any(|held| held.what == mark.what);
        let head = if error.is_unknown() { ty.head } else { error.head };
        for mark in ty.marks().iter().filter(|mark| is_text(mark.what) && !is_in_error(mark)) {
            match mark.what {
                _ if !in_body && !self.emissions.is_sent(mark, head, CONVERSIONS) => {}
                What::Text(site) => {
                    let of_variant = self.statuses_of(mark, head);
                    self.found(site, if of_variant.is_empty() { statuses } else { &of_variant }, None);
                }
                // A function that a framework gives an error to.
                What::TextOf(number, node) => self.made_of(target, number, node),
                _ => {}
            }
        }
        let in_body = in_body || is_body(self.app, ty);
        sent_args(ty).iter().for_each(|arg| self.answered(arg, target, statuses, in_body));
    }

    /// The statuses of the response that is made of a value of the project's, in a variant of which a text is.
    fn statuses_of(&self, mark: &Mark, head: Head) -> Vec<u16> {
        let (Head::Adt(outer), Some(within @ Variant::Own(adt, variant))) = (head, mark.within) else {
            return Vec::new();
        };
        let made = if adt == outer { (outer, variant, None) } else { (outer, 0, Some(within)) };
        self.flow.answers.of_variant(self.app, &self.flow.summaries, made, CONVERSIONS)
    }

    /// The text that a function makes of an argument which nothing of the project passes to it.
    fn made_of(&mut self, target: Target, number: u16, node: u16) {
        let is_meant = |text: &MadeText| text.argument == Some((number, node));
        let sites: Vec<Site> = self
            .made
            .values()
            .filter(|(of, text)| *of == target && is_meant(text))
            .map(|(_, text)| text.site)
            .collect();
        sites.into_iter().for_each(|site| self.found(site, &[], None));
    }

    fn found_all(&mut self, whats: &[What], statuses: &[u16]) {
        for what in whats {
            if let What::Text(site) = what {
                self.found(*site, statuses, None);
            }
        }
    }

    fn found(&mut self, site: Site, statuses: &[u16], variant: Option<u32>) {
        let found = self.found.entry(site).or_default();
        found.statuses.extend(statuses);
        found.has_others |= statuses.is_empty();
        found.variants.extend(variant);
        found.senders.extend(&self.senders);
    }

    /// The method of the project that makes the response of one of its types: for each variant by itself, since what it
    /// makes text of may be of some variants only.
    fn response_of(&mut self, function: FnId, returns: &Ty) {
        if texts(returns).is_empty() {
            return;
        }
        let Some(adt) = self_type(self.app, function) else {
            return self.answered(returns, Target::Fn(function), &[], false);
        };
        self.generic_response(function, returns, adt);
        for variant in 0..self.app.fields(adt).len() as u32 {
            let own = Variant::Own(adt, variant);
            let value = Ty::new(Head::Adt(adt)).marked(&[What::Made, What::Is].map(|what| Mark::of(what).within(own)));
            let facts = evaluate_as(self.app, &self.flow.summaries, Target::Fn(function), &value);
            let Some(returns) = facts.returns else { continue };
            let statuses =
                self.flow.answers.of_variant(self.app, &self.flow.summaries, (adt, variant, None), CONVERSIONS);
            let sent: Vec<What> = texts(&returns).iter().map(|mark| mark.what).collect();
            for what in sent {
                if let What::Text(site) = what {
                    self.found(site, &statuses, Some(variant));
                }
            }
        }
    }

    /// The response of a type around any error, `struct Failed<E>(E)`, of which some handler returns one around an error
    /// that is for operators only.
    fn generic_response(&mut self, function: FnId, returns: &Ty, adt: AdtId) {
        let target = Target::Fn(function);
        let of_self = |mark: &Mark| if let What::TextOf(0, node) = mark.what { Some(node) } else { None };
        let nodes: Vec<u16> = texts(returns).iter().filter_map(of_self).filter(|node| *node > 0).collect();
        let is_internal =
            |arg: &Ty| begin(self.app, &self.flow.summaries, target, None).print(arg, false).internal.is_some();
        let is_meant = |node: &Ty| node.head == Head::Adt(adt) && node.args().iter().any(is_internal);
        let mut handlers = self.app.entries.iter().filter(|it| it.kind == EntryKind::Handler);
        if nodes.is_empty() || !handlers.any(|it| self.flow.returns_of(it.target).is_some_and(|ty| ty.any(&is_meant))) {
            return;
        }
        nodes.into_iter().for_each(|node| self.made_of(target, 0, node));
    }

    /// What was found, each at the place that is to blame.
    fn leaks(self) -> Vec<Leak> {
        let mut leaks: BTreeMap<Site, Leak> = BTreeMap::new();
        for (site, Found { statuses, has_others, variants, senders }) in &self.found {
            let is_internal =
                |site: &Site| self.made.get(site).is_some_and(|(of, text)| self.is_internal(*of, text, statuses));
            // What a function is given that makes text of anything says whether that is for operators only.
            let blamed = if is_internal(site) { self.blamed(*site, 0) } else { Vec::new() };
            for blamed in blamed.into_iter().filter(is_internal) {
                let Some((target, text)) = self.made.get(&blamed) else { continue };
                let of = match (&text.of, variants.is_empty()) {
                    (ErrorOf::Own(adt, internal), false) if blamed == *site => {
                        ErrorOf::Own(*adt, internal.iter().copied().filter(|it| variants.contains(it)).collect())
                    }
                    (of, _) => of.clone(),
                };
                let leak = Leak {
                    target: *target,
                    at: text.at,
                    debug: text.debug,
                    of,
                    statuses: Vec::new(),
                    has_other_statuses: false,
                    senders: BTreeSet::new(),
                };
                let leak = leaks.entry(blamed).or_insert(leak);
                leak.has_other_statuses |= has_others;
                leak.statuses.extend(statuses);
                leak.senders.extend(senders);
                leak.statuses.sort_unstable();
                leak.statuses.dedup();
            }
        }
        leaks.into_values().collect()
    }

    /// Whether a function is to blame for the text that it makes of what it is given: a conversion, which `?` applies
    /// everywhere, always; others unless they are given harmless things, too. One that answers that the service has failed
    /// is there for internal errors, if that is what it is given most of the time.
    fn is_to_blame(&self, function: FnId) -> bool {
        let harmless = self.harmless.get(&function).copied().unwrap_or_default();
        if harmless == 0 || is_conversion(self.app, function) {
            return true;
        }
        let given = self.made.values().filter(|(_, text)| text.through == Some(function));
        given.filter(|(_, text)| text.argument.is_none()).count() > harmless && self.is_for_failures(function)
    }

    /// Whether all that a function makes are responses which say that the service has failed.
    fn is_for_failures(&self, function: FnId) -> bool {
        let Some(returns) = self.flow.returns_of(Target::Fn(function)) else { return false };
        let statuses = self.flow.answers.statuses_of(self.app, &self.flow.summaries, returns);
        !statuses.is_empty() && statuses.iter().all(|status| *status >= 500)
    }

    /// Whether what failed has to do with the service, and not with what the client sent.
    fn is_internal(&self, target: Target, text: &MadeText, statuses: &BTreeSet<u16>) -> bool {
        match &text.of {
            ErrorOf::Failed(marks) => {
                self.flow.operation_behind(target, marks).is_some_and(|lost| lost.reason == Reason::Outside)
            }
            // What is made of it may say nothing of its status where it is sent.
            ErrorOf::Unexpected(_) if statuses.is_empty() => matches!(
                target,
                Target::Fn(function) if is_conversion(self.app, function) && self.is_for_failures(function)
            ),
            ErrorOf::Unexpected(_) => statuses.iter().all(|status| *status >= 500),
            _ => true,
        }
    }

    /// Where a text is to be reported: in a function that makes text of every error it is given, once; where other things
    /// are given to that function as well, at the calls that give it an internal error.
    fn blamed(&self, site: Site, depth: u32) -> Vec<Site> {
        let Some((_, text)) = self.made.get(&site) else { return Vec::new() };
        match text.through {
            Some(function) if depth < 8 && self.is_to_blame(function) => {
                let inside = self
                    .made
                    .values()
                    .filter(|(target, text)| *target == Target::Fn(function) && text.argument.is_some());
                let mut sites: Vec<Site> = inside.flat_map(|(_, text)| self.blamed(text.site, depth + 1)).collect();
                sites.sort_unstable();
                sites.dedup();
                if sites.is_empty() { vec![site] } else { sites }
            }
            _ => vec![site],
        }
    }
}

fn count<'f>(harmless: impl Iterator<Item = &'f (FnId, Site)>) -> FxHashMap<FnId, usize> {
    let mut counts = FxHashMap::default();
    harmless.for_each(|(function, _)| *counts.entry(*function).or_default() += 1);
    counts
}

/// The statuses that a value has, or one beside it in a tuple.
fn statuses_beside(ty: &Ty) -> Vec<u16> {
    let beside = if ty.head == Head::Tuple { ty.args() } else { &[] };
    let marks = beside.iter().chain([ty]).flat_map(|ty| ty.marks());
    let mut statuses: Vec<u16> = marks
        .filter_map(|mark| match (mark.what, mark.within) {
            (What::Status(code), None) => Some(code),
            _ => None,
        })
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    // Of several it is not known which is that of the text.
    if statuses.len() > 1 { Vec::new() } else { statuses }
}

/// Whether a function is that of an `impl From`.
fn is_conversion(app: &App, function: FnId) -> bool {
    let FnOwner::Impl(owner) = app.functions[function.index()].owner else { return false };
    let of = &app.impl_info(owner).trait_ty;
    of.as_ref().is_some_and(|of| of.is_external(crate::sym!("std::convert::From")))
}

/// The type of the project whose impl a function stands in.
pub(super) fn self_type(app: &App, function: FnId) -> Option<AdtId> {
    let FnOwner::Impl(owner) = app.functions[function.index()].owner else { return None };
    match app.impl_info(owner).self_ty.head {
        Head::Adt(adt) => Some(adt),
        _ => None,
    }
}
