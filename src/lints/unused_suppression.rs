//! See `lints/unused_suppression.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::Flow;

/// Finds nothing by itself: whether a suppression is of use is known when all findings are, so `suppress` reports it.
pub(super) fn check(_app: &App, _flow: &Flow, _out: &mut Findings) {}
