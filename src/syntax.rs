//! The only door to syn: text in, [`FileFacts`] out.
//!
//! A file is parsed and lowered in one go by the thread that reads it, because syn's tree cannot leave its thread and is
//! far larger than what is kept. Nothing here knows another file; what a path means is `app`'s business.

mod around;
mod attrs;
mod cfg;
mod expand;
mod exprs;
mod extent;
mod facts;
mod file;
mod format;
mod items;
mod lower;
mod macros;
mod pats;
mod rules;
mod stmts;
mod template;
mod text;
mod transcribe;
mod tree;
mod types;

use std::str::FromStr;

use proc_macro2::TokenStream;

pub use around::{Around, statements_around};
pub use expand::{ExpandRequest, ExpandResult, Expanded, Expansion, expand_calls};
pub use extent::{braces_around, extents_after};
pub use facts::*;
pub use format::{FormatPiece, Placeholder, format_pieces, placeholders};
pub use tree::*;

use crate::source::Span;
use lower::Lower;

/// Lowers one file. What cannot be read is listed in [`FileFacts::problems`]; the rest is there all the same.
pub fn lower_file(text: &str) -> FileFacts {
    let blanked = text::without_preamble(text);
    let text = blanked.as_deref().unwrap_or(text);
    let mut lower = Lower::new(text);
    if let Some(at) = text::too_deep(text) {
        let message = "the code is nested too deeply to be parsed".to_owned();
        lower.facts.problems.push(SyntaxProblem { message, span: Span::new(at, at + 1), whole_file: true });
        return lower.facts;
    }
    match TokenStream::from_str(text) {
        Ok(tokens) => {
            let parsed = file::parse_items(tokens);
            for error in &parsed.errors {
                lower.problem(error, false);
            }
            lower.gate_file(&parsed.attrs, text.len() as u32);
            lower.items(&parsed.items);
        }
        Err(error) => {
            let span = lower.text.span(error.span());
            let message = "the brackets or quotes of the file do not match".to_owned();
            lower.facts.problems.push(SyntaxProblem { message, span, whole_file: true });
        }
    }
    let facts = lower.facts;
    // The positions have been taken; without this the text of every file stays in the thread's table.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}
