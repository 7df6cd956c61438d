//! What can be done about a failure where it is: whether `?` compiles there, and what the error becomes.

use super::Flow;
use super::eval::begin;
use super::facts::{Inside, Panic};
use super::unify::{awaited, is_fallible};
use crate::app::{AdtId, App, FnOwner, Head, Mark, Target, Ty, Variant, What};

/// What a body can do where something fails in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Way {
    /// Return the error by `?`, which makes one of this type of it, if it is the project's own; and the statuses that it
    /// is answered with, as far as known.
    Try(Option<AdtId>, Vec<u16>),
    /// The same after `map_err`: there is no conversion into this type.
    Map(String),
    /// The same, where it is not known whether there is a conversion.
    Perhaps,
    /// What knowledge says of the type that it returns.
    Says(String),
    /// It returns no result.
    Plain,
    /// It returns no result, and the trait that it implements does not let it.
    Fixed,
    /// It is a closure: the result goes to whoever runs it.
    Closure,
}

impl Flow {
    /// What a body can do where it panics instead.
    pub fn way_out(&self, app: &App, target: Target, panic: &Panic) -> Way {
        match (panic.inside, target) {
            (Inside::Closure, _) | (_, Target::Closure { .. }) => return Way::Closure,
            (Inside::Block, _) => return Way::Perhaps,
            (Inside::Function, Target::Fn(_)) => {}
        }
        let Target::Fn(id) = target else { return Way::Perhaps };
        let returns = awaited(app, &app.signature(id).returns());
        if let Head::External(path) = returns.head
            && let Some(says) = app.knowledge.on_failure(path)
        {
            return Way::Says(says.to_owned());
        }
        if !is_fallible(app, &returns) || returns.args().len() < 2 {
            let of_trait = match app.functions[id.index()].owner {
                FnOwner::Impl(owner) => {
                    app.impl_info(owner).trait_ty.as_ref().is_some_and(|ty| ty.external_path().is_some())
                }
                _ => false,
            };
            return if of_trait { Way::Fixed } else { Way::Plain };
        }
        self.error_for(app, target, &panic.error, &returns.arg(1))
    }

    fn error_for(&self, app: &App, target: Target, error: &Ty, wanted: &Ty) -> Way {
        let own = if let Head::Adt(adt) = wanted.head { Some(adt) } else { None };
        let is_same = error.head == wanted.head && matches!(wanted.head, Head::Adt(_) | Head::External(_));
        if is_same {
            let statuses = own.map(|adt| self.statuses_made(app, adt, error)).unwrap_or_default();
            return Way::Try(own, statuses);
        }
        let is_any_error = |node: &Ty| node.is_external(crate::sym!("std::error::Error"));
        match wanted.head {
            Head::Adt(_) if error.is_unknown() => Way::Perhaps,
            Head::Adt(adt) => match begin(app, &self.summaries, target, None).converts(wanted, error) {
                Some(made) => Way::Try(own, self.statuses_made(app, adt, &made)),
                None => Way::Map(app.adt(adt).name.to_string()),
            },
            Head::External(path) if app.knowledge.takes_any_error(path) => Way::Try(None, Vec::new()),
            Head::External(path) if app.knowledge.is_status(path) || crate::app::is_primitive(path.as_str()) => {
                Way::Map(short(path.as_str()))
            }
            Head::External(path) if path == crate::sym!("std::string::String") => Way::Map(short(path.as_str())),
            Head::External(_) | Head::Bounds if wanted.any(&is_any_error) => Way::Try(None, Vec::new()),
            // `(StatusCode, String)`
            Head::Tuple => match wanted.args().iter().find_map(|ty| status_type(app, ty)) {
                Some(status) => Way::Map(status),
                None => Way::Perhaps,
            },
            _ => Way::Perhaps,
        }
    }

    /// The statuses of the error that a conversion makes, where it is known which variant that is.
    fn statuses_made(&self, app: &App, adt: AdtId, made: &Ty) -> Vec<u16> {
        let is_made = |mark: &Mark| {
            let is_own = matches!(mark.within, Some(Variant::Own(of, _)) if of == adt);
            matches!(mark.what, What::Status(_)) || mark.what == What::Made && is_own
        };
        let is_known = app.fields(adt).len() == 1 || made.any(&|node| node.marks().iter().any(is_made));
        if is_known { self.answers.statuses_of(app, &self.summaries, made) } else { Vec::new() }
    }

    /// The statuses of what leaves a body because a variable is not set, where the body answers the request itself and
    /// all of them are known.
    pub fn statuses_unset(&self, app: &App, target: Target, unset: &[&Ty]) -> Vec<u16> {
        if !app.is_entry(target) {
            return Vec::new();
        }
        let of = |value: &&Ty| {
            let failed =
                if is_fallible(app, value) && value.args().len() > 1 { value.arg(1) } else { (*value).clone() };
            self.answers.statuses_of(app, &self.summaries, &failed)
        };
        let mut all: Vec<u16> = unset.iter().flat_map(of).filter(|status| *status >= 400).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The name of a type whose values are statuses.
fn status_type(app: &App, ty: &Ty) -> Option<String> {
    ty.external_path().filter(|path| app.knowledge.is_status(*path)).map(|path| short(path.as_str()))
}

/// The last step of a path.
fn short(path: &str) -> String {
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

impl super::eval::Eval<'_> {
    /// What `?` makes of an error for a type of the project, where there is a conversion.
    fn converts(&mut self, wanted: &Ty, error: &Ty) -> Option<Ty> {
        let Head::Adt(adt) = wanted.head else { return None };
        let exact = self.conversion(wanted, |from| super::macros::is_from(from, error));
        if exact.is_none()
            && let Some(variant) = self.app.from_variant(adt, error.head)
        {
            return Some(self.made(adt, variant, wanted.args().to_vec(), std::slice::from_ref(error)));
        }
        let targets = exact.or_else(|| self.conversion(wanted, |from| matches!(from.head, Head::Param(_))))?;
        let made = targets.iter().fold(Ty::NEVER, |all, target| all.join(&self.summaries.returns(self.app, *target)));
        Some(made)
    }
}
