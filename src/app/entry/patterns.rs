//! Binds the names in patterns to what is known of the values.

use super::eval::{Evaluator, Frame, Local};
use super::values::Value;
use crate::syntax::{Pat, PatId};

impl Evaluator<'_> {
    /// Binds the names of a pattern. Of a value that is not taken apart any name can be the routes in it.
    pub(super) fn bind(&mut self, frame: &mut Frame, pat: PatId, value: Value) {
        let tree = &self.app.facts(frame.instance).tree;
        match tree.pat(pat) {
            Pat::Bind { name, .. } => {
                frame.locals.push((name, Local::new(value)));
            }
            Pat::Tuple(pats) => {
                let pats = tree.pat_run(pats).to_vec();
                match value {
                    Value::Tuple(fields) => {
                        for (pat, field) in pats.into_iter().zip(fields) {
                            self.bind(frame, pat, field);
                        }
                    }
                    // `let (router, api) = router.split_for_parts();`
                    value => {
                        let mut rest = Some(value);
                        for pat in pats {
                            self.bind(frame, pat, rest.take().unwrap_or_default());
                        }
                        self.discard(rest.unwrap_or_default());
                    }
                }
            }
            Pat::TupleStruct { pats, .. } | Pat::Or(pats) | Pat::Slice(pats) => {
                for pat in tree.pat_run(pats).to_vec() {
                    self.bind(frame, pat, value.clone());
                }
            }
            Pat::Struct { fields, .. } => {
                for (_, pat) in tree.field_pat_run(fields).to_vec() {
                    self.bind(frame, pat, value.clone());
                }
            }
            // `let _ = axum::serve(…).await;`: nobody asks how it ended, but it has served.
            Pat::Wild | Pat::Rest | Pat::Path(_) | Pat::Value => self.discard(value),
        }
    }
}
