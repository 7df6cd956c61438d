//! Failures that say that something is not available now, and what becomes of them: a 500 does not say so.

use super::Flow;
use super::answers::CONVERSIONS;
use super::facts::Lost;
use super::usage;
use crate::app::{AdtId, App, FnId, Head, Ty, Variant};
use crate::symbol::Sym;

/// An error type of the project that is answered with 500 also where the error in it says that something is not available.
#[derive(Clone, Debug)]
pub struct Unavailable {
    /// The type.
    pub adt: AdtId,
    /// The function that makes the response.
    pub responder: FnId,
    /// Which of its variants, the error in it, and what fails with that error.
    pub variants: Vec<(u32, Sym, Lost)>,
}

impl Flow {
    /// Every error type with variants whose error can say that something is not available, and whose response is a 500 all the
    /// same.
    pub fn unavailable(&self, app: &App) -> Vec<Unavailable> {
        let left_out = usage::makers_of_responses(app);
        let mut found = Vec::new();
        for adt in (0..app.adts.len()).map(|index| AdtId(index as u32)) {
            let Some(responder) = self.answers.maker_of(app, &Ty::new(Head::Adt(adt))) else { continue };
            let mut variants = Vec::new();
            for (variant, fields) in app.fields(adt).iter().enumerate() {
                let errors = fields.iter().filter_map(|(_, field)| field.external_path());
                let Some(error) = errors.into_iter().find(|path| self.can_be_unavailable(app, *path)) else { continue };
                let variant = variant as u32;
                if !self.is_answered_500(app, adt, variant, error) {
                    continue;
                }
                let lost = self.failing_as(Variant::Own(adt, variant), &left_out);
                variants.extend(lost.map(|lost| (variant, error, lost)));
            }
            if !variants.is_empty() {
                found.push(Unavailable { adt, responder, variants });
            }
        }
        found
    }

    fn can_be_unavailable(&self, app: &App, error: Sym) -> bool {
        app.knowledge.error(error).is_some_and(|error| !error.unavailable.is_empty())
    }

    /// Whether the response that is made of a variant is a 500 for every error that says that something is not available.
    fn is_answered_500(&self, app: &App, adt: AdtId, variant: u32, error: Sym) -> bool {
        let said = app.knowledge.error(error).map(|error| error.unavailable.as_slice()).unwrap_or_default();
        let named = said.iter().filter(|path| **path != error);
        let mut inner: Vec<Option<Variant>> = named.map(|path| Some(Variant::External(*path))).collect();
        // What a method says of an error nobody knows beforehand.
        if inner.is_empty() {
            inner.push(None);
        }
        let statuses = |inner| self.answers.of_variant(app, &self.summaries, (adt, variant, inner), CONVERSIONS);
        let all: Vec<u16> = inner.into_iter().flat_map(statuses).collect();
        !all.is_empty() && all.iter().all(|status| *status == 500)
    }
}
