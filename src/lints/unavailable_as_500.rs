//! See `lints/unavailable_as_500.md`.

use crate::app::{AdtId, App, Target};
use crate::finding::Findings;
use crate::flow::{At, Flow};

/// Reports variants of error types that are answered with 500 also where they say that something is not available.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for it in flow.unavailable(app) {
        let target = Target::Fn(it.responder);
        if flow.mode_of(target).is_none() || flow.is_unused(app, target) {
            continue;
        }
        let named = |variant: u32| name(app, it.adt, variant);
        let Some((first, others)) = it.variants.split_first() else { continue };
        let at = At { instance: app.home(it.responder).0, span: app.function(it.responder).name_span };
        let message =
            format!("`{}` is answered with 500, also where something is not available for a while", named(first.0));
        let finding = out.add(target, at, message, "makes no difference between the two");
        if let Some(place) = app.variant_place(it.adt, first.0, true) {
            finding.label(place, format!("a `{}` can say so", first.1));
        }
        let place = app.place_beside(finding.place, first.2.at.instance, first.2.at.span);
        finding.label(place, "this can fail with it");
        let others: Vec<String> = others.iter().map(|other| format!("`{}`", named(other.0))).collect();
        if !others.is_empty() {
            finding.note(format!("the same of {}", others.join(", ")));
        }
        finding.note("a 500 tells clients and load balancers that trying again is of no use, and somebody is woken up for a defect");
        finding.help("answer with 503 and `Retry-After` where there is no connection to be had, with 502 or 504 where it is another service");
    }
}

/// `AppError::Database`, or `AppError` of a struct.
fn name(app: &App, adt: AdtId, variant: u32) -> String {
    let (name, variants) = (app.adt(adt).name, &app.adt(adt).variants);
    match (variants.len(), variants.get(variant as usize)) {
        (2.., Some(variant)) => format!("{name}::{}", variant.name),
        _ => name.to_string(),
    }
}
