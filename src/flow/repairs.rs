//! Fixes: what to write instead, where that can be known to compile.
//!
//! Only code that stands in a file as it is read is changed, not what macros write, and nothing among the tokens of a
//! macro call.

use super::Flow;
use super::conversions::Way;
use super::eval::begin;
use super::facts::{At, EnvRead, Losing, Loss, Panic, Panicking, Query, Reader, Variable};
use super::unify::{awaited, is_fallible};
use crate::app::{AdtId, App, Def, FnId, Head, InstanceId, ModuleKind, Namespace, Target};
use crate::fix::{Applicability, Edit, Fix};
use crate::source::Span;
use crate::syntax::{ExprId, ExprKind, Tree};

/// The status of an answer that says that there is nothing.
const NOT_FOUND: u16 = 404;

/// Methods that only a `Result` has, or an `Option`, in which there is no error to lose.
const OF_RESULTS: [&str; 6] = ["map_err", "ok", "unwrap_or", "unwrap_or_default", "unwrap_or_else", "or_else"];

/// A method call as it stands in a file.
struct Written<'a> {
    tree: &'a Tree,
    /// The call.
    expr: ExprId,
    /// From the end of the receiver to that of the call: `.unwrap()`.
    span: Span,
    /// Up to the name: `\n    .`.
    before: &'a str,
}

impl Flow {
    /// `?` in place of a call that panics, where what encloses it can return that error.
    pub fn try_instead(&self, app: &App, target: Target, panic: &Panic) -> Option<Fix> {
        let (Panicking::Method(_), false) = (panic.how, panic.error.is_unknown()) else { return None };
        if !matches!(self.way_out(app, target, panic), Way::Try(..)) {
            return None;
        }
        let call = written(app, target, panic.at)?;
        let text = app.sources.text(app.place(panic.at.instance, panic.at.span));
        let title = format!("replace `.{}` with `?`", first_line(text));
        Some(fix(app, panic.at.instance, title, vec![(call.span, "?".to_owned())]))
    }

    /// A report of an error before it is replaced by another one.
    pub fn report_before(&self, app: &App, target: Target, loss: &Loss, failed: &str) -> Option<Fix> {
        let Losing::Method(name) = loss.how else { return None };
        if !OF_RESULTS.contains(&name.as_str()) {
            return None;
        }
        let call = written(app, target, loss.at)?;
        // What is awaited behind it is no result yet.
        let span = call.tree.expr(call.expr).span;
        let function = app.function(function_of(target));
        let awaits = |id: &u32| {
            let it = call.tree.expr(ExprId(*id));
            matches!(it.kind, ExprKind::Await(_)) && it.span.start <= span.start && span.end <= it.span.end
        };
        if (function.exprs.0..function.exprs.1).any(|id| awaits(&id)) {
            return None;
        }
        let what = failed.replace(['"', '\\', '{', '}', '`'], "");
        let report = app.report_call(app.home(function_of(target)).1)?.replace("{what}", &format!("{what} failed"));
        let insert = format!("{}inspect_err(|error| {report})", call.before);
        let title = format!("report the error before it is replaced: `.inspect_err(|error| {report})`");
        let at = Span::new(call.span.start, call.span.start);
        Some(fix(app, loss.at.instance, title, vec![(at, insert)]))
    }

    /// A query that yields an `Option`, with a not-found answer of the project's error type for `None`, in place of one
    /// that fails.
    pub fn answer_not_found(&self, app: &App, target: Target, query: &Query) -> Option<Fix> {
        let Target::Fn(id) = target else { return None };
        let call = written(app, target, query.at)?;
        let ExprKind::Method { call: method, .. } = call.tree.expr(call.expr).kind else { return None };
        let name = call.tree.methods[method as usize].name;
        let optional = app.knowledge.library(query.library).optional(name)?;
        let tried = try_around(app, id, call.tree, call.expr)?;
        let error = self.not_found_error(app, id)?;
        let start = call.tree.expr(call.expr).span.start;
        let end = call.tree.expr(tried).span.end;
        let name_span = Span::new(start, start + name.as_str().len() as u32);
        // What has to be made is made only where it is needed.
        let or = if error.ends_with(')') { "ok_or_else(|| " } else { "ok_or(" };
        let title = format!("ask with `{optional}`, and answer `None` with `{error}`");
        let edits = vec![
            (name_span, optional.as_str().to_owned()),
            (Span::new(end, end), format!("{}{or}{error})?", call.before)),
        ];
        Some(fix(app, query.at.instance, title, edits))
    }

    /// A variant of the error type of a function that is answered with 404, as it can be written there.
    fn not_found_error(&self, app: &App, id: FnId) -> Option<String> {
        let returns = awaited(app, &app.signature(id).returns());
        if !is_fallible(app, &returns) || returns.args().len() < 2 {
            return None;
        }
        let Head::Adt(adt) = returns.arg(1).head else { return None };
        let path = path_in(app, id, adt)?;
        let variants = &app.adt(adt).variants;
        let answers = |index: usize| {
            let made = begin(app, &self.summaries, Target::Fn(id), None).made(adt, index, Vec::new(), &[]);
            self.answers.statuses_of(app, &self.summaries, &made) == [NOT_FOUND]
        };
        let is_enum = app.adt(adt).is_enum;
        (0..variants.len()).filter(|_| is_enum).find_map(|index| {
            let fields = &app.fields(adt)[index];
            let name = variants[index].name;
            let text = match fields.as_slice() {
                [] => format!("{path}::{name}"),
                [(_, only)] if only.is_external(crate::sym!("std::string::String")) => {
                    format!("{path}::{name}(\"not found\".to_owned())")
                }
                _ => return None,
            };
            answers(index).then_some(text)
        })
    }

    /// A static of the function that holds what a variable is set to when it is first needed.
    pub fn read_once(&self, app: &App, target: Target, read: &EnvRead) -> Option<Fix> {
        let (Target::Fn(id), &Variable::Named(name)) = (target, &read.variable) else { return None };
        let (instance, module) = app.home(id);
        let facts = self.facts_of(target)?;
        let is_same = |other: &&EnvRead| other.variable == read.variable;
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
        let is_free = app.resolve(module, &[name], false, Namespace::Values).is_none();
        let is_first_letter = name.as_str().bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
        if facts.env_reads.iter().filter(is_same).count() != 1
            || read.at.instance != instance
            || read.reader != Reader::Known(crate::sym!("std::env::var"))
            || !is_free
            || !is_first_letter
            || !name.as_str().bytes().all(is_name)
        {
            return None;
        }
        let tree = &app.facts(instance).tree;
        let function = app.function(id);
        let unwraps = |expr: &u32| {
            let ExprKind::Method { receiver, call } = tree.expr(ExprId(*expr)).kind else { return false };
            let method = tree.methods[call as usize];
            let is_closed = matches!(method.name.as_str(), "unwrap" | "expect" | "unwrap_or_default");
            let is_literal = |arg: &ExprId| matches!(tree.expr(*arg).kind, ExprKind::Literal(_));
            is_closed && receiver == read.site.expr && tree.expr_run(method.args).iter().all(is_literal)
        };
        let expr = ExprId((function.exprs.0..function.exprs.1).find(unwraps)?);
        let call = written(app, target, At { instance, span: tree.expr(expr).span })?;
        let whole = tree.expr(read.site.expr).span.to(call.span);
        let body = tree.expr(function.body?).span;
        let text = app.sources.text(app.place(instance, whole));
        if text.contains('\n') || !app.sources.text(app.place(instance, body)).starts_with('{') {
            return None;
        }
        let indent = indentation(app, instance, body.start);
        let line = format!(
            "\n{indent}    static {name}: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {text});\n"
        );
        let inside = Span::new(body.start + 1, body.start + 1);
        let title = format!("read it once: `static {name}: LazyLock<String>`");
        let fix = fix(app, instance, title, vec![(inside, line), (whole, format!("{name}.clone()"))]);
        // What is changed in the environment later is no longer seen.
        Some(Fix { applicability: Applicability::Unsafe, ..fix })
    }
}

/// The method call that stands at a place, in the function of a target.
fn written<'a>(app: &'a App, target: Target, at: At) -> Option<Written<'a>> {
    let id = function_of(target);
    let facts = app.facts(at.instance);
    let is_in_call = facts.macro_calls.iter().any(|call| call.body.contains(at.span));
    if at.instance != app.home(id).0 || !app.is_as_written(at.instance) || is_in_call {
        return None;
    }
    let (start, end) = app.function(id).exprs;
    let is_it = |expr: &u32| {
        let it = facts.tree.expr(ExprId(*expr));
        it.span == at.span && matches!(it.kind, ExprKind::Method { .. })
    };
    let expr = ExprId((start..end).find(is_it)?);
    let ExprKind::Method { receiver, .. } = facts.tree.expr(expr).kind else { return None };
    let from = facts.tree.expr(receiver).span.end;
    let before = app.sources.text(app.place(at.instance, Span::new(from, at.span.start)));
    // Neither a bracket nor a comment stands between.
    (before.trim() == ".").then_some(Written { tree: &facts.tree, expr, span: Span::new(from, at.span.end), before })
}

/// The `?` behind a call, or behind the `.await` of it.
fn try_around(app: &App, id: FnId, tree: &Tree, call: ExprId) -> Option<ExprId> {
    let (start, end) = app.function(id).exprs;
    let parent = |of: ExprId| {
        (start..end).map(ExprId).find(|expr| match tree.expr(*expr).kind {
            ExprKind::Await(inner) | ExprKind::Try(inner) => inner == of,
            _ => false,
        })
    };
    let mut at = parent(call)?;
    if matches!(tree.expr(at).kind, ExprKind::Await(_)) {
        at = parent(at)?;
    }
    matches!(tree.expr(at).kind, ExprKind::Try(_)).then_some(at)
}

/// How a type can be named in a function.
fn path_in(app: &App, id: FnId, adt: AdtId) -> Option<String> {
    let (_, module) = app.home(id);
    let name = app.adt(adt).name;
    let resolved = app.resolve(module, &[name], false, Namespace::Types);
    if resolved.is_some_and(|found| found.def == Def::Adt(adt)) {
        return Some(name.to_string());
    }
    let home = app.adts[adt.index()].module;
    if app.modules[home.index()].krate != app.modules[module.index()].krate {
        return None;
    }
    let mut steps = vec![name.to_string()];
    let mut at = Some(home);
    while let Some(module) = at {
        let it = &app.modules[module.index()];
        match it.kind {
            ModuleKind::Named(name) => steps.push(name.to_string()),
            ModuleKind::Root => {}
            ModuleKind::Block => return None,
        }
        at = it.parent;
    }
    steps.push("crate".to_owned());
    steps.reverse();
    Some(steps.join("::"))
}

fn function_of(target: Target) -> FnId {
    let (Target::Fn(id) | Target::Closure { within: id, .. }) = target;
    id
}

fn fix(app: &App, instance: InstanceId, title: String, edits: Vec<(Span, String)>) -> Fix {
    let edit = |(span, text)| Edit { place: app.place(instance, span), text };
    Fix { title, edits: edits.into_iter().map(edit).collect(), applicability: Applicability::Safe }
}

/// What the line of a byte begins with.
fn indentation(app: &App, instance: InstanceId, byte: u32) -> String {
    let place = app.place(instance, Span::new(byte, byte));
    let (_, before) = app.sources.get(place.file).line_before(place.span.start);
    before.chars().take_while(|char| char.is_whitespace()).collect()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
