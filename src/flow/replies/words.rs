//! Whether what is in a response says that something went wrong, in so many words.

use super::{Here, Local, Walk};
use crate::app::Def;
use crate::symbol::Sym;
use crate::syntax::{ExprId, ExprKind, Literal, Method, Run};

/// Functions of functions, and values of locals, are followed this deep.
const DEEPEST: u32 = 8;

/// Words that by themselves say in a text that something went wrong.
const WORDS: [&str; 14] = [
    "error",
    "errors",
    "err",
    "fail",
    "fails",
    "failed",
    "failure",
    "invalid",
    "unable",
    "denied",
    "unauthorized",
    "unauthorised",
    "forbidden",
    "cannot",
];

/// Several words that do.
const PHRASES: [&str; 10] = [
    "not found",
    "could not",
    "couldn't",
    "can't",
    "can not",
    "went wrong",
    "does not exist",
    "doesn't exist",
    "not allowed",
    "no such",
];

/// Keys under which there is a text for people, which may say it.
const MESSAGES: [&str; 10] =
    ["message", "msg", "detail", "details", "reason", "description", "title", "text", "info", "statusmessage"];

/// Keys under which there is a word that says how it went.
const OUTCOMES: [&str; 7] = ["status", "result", "state", "type", "kind", "code", "outcome"];

/// Keys under which there is a number that says how it went.
const CODES: [&str; 5] = ["status", "code", "statuscode", "httpstatus", "errno"];

/// Keys of what tells requests and answers from each other.
const ABOUT_REQUEST: [&str; 9] =
    ["id", "requestid", "traceid", "correlationid", "timestamp", "time", "path", "instance", "version"];

/// Keys of protocols that have a place of their own for errors, and leave the status to what carries them.
const PROTOCOLS: [&str; 1] = ["jsonrpc"];

/// Keys under which `false` says it.
const SUCCESSES: [&str; 6] = ["success", "ok", "succeeded", "successful", "issuccess", "isok"];

impl Walk<'_> {
    /// Whether what a response is made of says that it is about an error, and leaves that to nothing else.
    pub(in crate::flow) fn is_about_error(&self, content: ExprId, here: &Here) -> bool {
        self.in_protocol.set(false);
        self.says_error(content, here, 0) && !self.in_protocol.get()
    }

    /// Whether a value says that it is about an error.
    fn says_error(&self, expr: ExprId, here: &Here, depth: u32) -> bool {
        if depth > DEEPEST {
            return false;
        }
        let tree = self.tree(here);
        let inner = |expr: ExprId| self.says_error(expr, here, depth + 1);
        let any = |run: Run| tree.expr_run(run).iter().any(|expr| inner(*expr));
        match tree.expr(expr).kind {
            ExprKind::Literal(Literal::Str(text)) => is_about_error(text.as_str()),
            ExprKind::Macro(_) => self.macro_says_error(expr, here, depth),
            ExprKind::Struct(index) => {
                let it = tree.structs[index as usize];
                let name = tree.last_name(it.path).filter(|name| name.as_str() != "Self");
                let fields = tree.field_run(it.fields);
                let is_none =
                    |kind| matches!(kind, ExprKind::Path(path) if tree.last_name(path) == Some(crate::sym!("None")));
                // `Errors { found: None }` says that there are none.
                let is_empty = !fields.is_empty() && fields.iter().all(|(_, value)| is_none(tree.expr(*value).kind));
                self.entries_say_error(fields, here, depth) || !is_empty && name.is_some_and(names_error)
            }
            // An error that a stream yields ends it, and is not sent.
            ExprKind::Call { callee, .. } if self.is_failed(callee, here) => false,
            ExprKind::Call { callee, args } => {
                let args = tree.expr_run(args).iter();
                // What is made of an error need not say that it is one.
                self.call_says_error(callee, here, depth)
                    || args.filter(|arg| !self.is_error_itself(**arg, here)).any(|arg| inner(*arg))
            }
            ExprKind::Method { receiver, call } => {
                let method: Method = tree.methods[call as usize];
                inner(receiver) || method.args.len > 0 && is_error_word(method.name.as_str())
            }
            ExprKind::Path(path) => match tree.single_name(path).and_then(|name| here.find(name)) {
                Some(index) => match here.locals[index].1 {
                    Local::Error => matches!(here.locals[index].0.as_str(), "e" | "err" | "error"),
                    Local::Value(instance, init) => {
                        let inner = Here { instance, locals: here.locals[..index].to_vec(), ..here.clone() };
                        self.says_error(init, &inner, depth + 1)
                    }
                    Local::Part(..) | Local::Success(..) | Local::Other => false,
                },
                None => self.path_says_error(path, here, depth),
            },
            // What a query yields is data, whatever it is asked for.
            ExprKind::Await(value) | ExprKind::Try(value) => {
                !matches!(tree.expr(value).kind, ExprKind::Method { .. }) && inner(value)
            }
            ExprKind::Ref(value) | ExprKind::Deref(value) => inner(value),
            ExprKind::Cast { value, .. } => inner(value),
            ExprKind::Binary { left, right, .. } => inner(left) || inner(right),
            ExprKind::Tuple(parts) => any(parts),
            ExprKind::Block(index) => tree.blocks[index as usize].tail.is_some_and(inner),
            _ => false,
        }
    }

    /// `json!({ "error": … })`, `format!("error: {text}")`
    fn macro_says_error(&self, expr: ExprId, here: &Here, depth: u32) -> bool {
        let ExprKind::Macro(call) = self.tree(here).expr(expr).kind else { return false };
        if let Some(&(instance, inner)) = self.app.expansions.get(&(here.instance, call)) {
            return self.says_error(inner, &Here { instance, ..here.clone() }, depth + 1);
        }
        let facts = self.app.facts(here.instance);
        let call = facts.macro_call(call);
        let (entries, others): (Vec<ExprId>, Vec<ExprId>) =
            facts.tree.expr_run(call.args).iter().partition(|arg| facts.tree.label(**arg).is_some());
        let entries: Vec<(Sym, ExprId)> =
            entries.into_iter().filter_map(|arg| Some((facts.tree.label(arg)?, arg))).collect();
        let captures = facts.tree.expr_run(call.captures).iter().copied();
        self.entries_say_error(&entries, here, depth)
            || others.into_iter().chain(captures).any(|arg| self.says_error(arg, here, depth + 1))
    }

    /// Whether a value is what something has failed with, not a text made of it.
    fn is_error_itself(&self, expr: ExprId, here: &Here) -> bool {
        let tree = self.tree(here);
        match tree.expr(expr).kind {
            ExprKind::Ref(inner) => self.is_error_itself(inner, here),
            ExprKind::Method { receiver, call } if tree.methods[call as usize].name.as_str() == "into" => {
                self.is_error_itself(receiver, here)
            }
            ExprKind::Path(path) => {
                let local = tree.single_name(path).and_then(|name| here.find(name));
                local.is_some_and(|index| matches!(here.locals[index].1, Local::Error))
            }
            _ => false,
        }
    }

    /// Whether the fields of a value say it: by a word or number that is there for that, or because there is nothing
    /// else but an error or a message about one.
    fn entries_say_error(&self, entries: &[(Sym, ExprId)], here: &Here, depth: u32) -> bool {
        let (mut explicit, mut about, mut others) = (false, false, false);
        for &(name, value) in entries {
            let key: String = name.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
            let key = key.to_ascii_lowercase();
            let key = key.as_str();
            let literal = match self.tree(here).expr(value).kind {
                ExprKind::Literal(literal) => Some(literal),
                _ => None,
            };
            if PROTOCOLS.contains(&key) {
                self.in_protocol.set(true);
            } else if SUCCESSES.contains(&key) {
                if literal == Some(Literal::Bool(true)) {
                    return false;
                }
                explicit |= literal == Some(Literal::Bool(false));
            } else if is_error_key(key) {
                about |= !self.is_nothing(value, here);
            } else if MESSAGES.contains(&key) {
                about |= self.says_error(value, here, depth + 1);
            } else if OUTCOMES.contains(&key) || CODES.contains(&key) {
                explicit |= self.is_outcome(value, here);
                about |= self.says_error(value, here, depth + 1);
            } else {
                others |= !ABOUT_REQUEST.contains(&key) && !self.is_nothing(value, here);
            }
        }
        explicit || about && !others
    }

    /// Whether a value says nothing: `null`, `None`, `false`, `""`, `0`.
    fn is_nothing(&self, value: ExprId, here: &Here) -> bool {
        let tree = self.tree(here);
        match tree.expr(value).kind {
            ExprKind::Literal(Literal::Bool(false) | Literal::Int(0)) => true,
            ExprKind::Literal(Literal::Str(text)) => text.as_str().is_empty(),
            ExprKind::Path(path) => {
                let last = tree.last_name(path);
                last.is_some_and(|name| matches!(name.as_str(), "null" | "None" | "Null"))
                    || matches!(tree.single_name(path).and_then(|name| here.find(name)),
                        Some(index) if matches!(here.locals[index].1, Local::Other | Local::Success(..) | Local::Part(..)))
            }
            ExprKind::Array(items) => items.len == 0,
            ExprKind::Call { callee, args } if args.len == 0 => match tree.expr(callee).kind {
                ExprKind::Path(path) => {
                    matches!(tree.last_name(path).map(|name| name.as_str()), Some("new" | "default"))
                }
                _ => false,
            },
            ExprKind::Macro(call) => {
                let call = self.app.facts(here.instance).macro_call(call);
                tree.expr_run(call.args).iter().all(|arg| self.is_nothing(*arg, here))
            }
            ExprKind::Method { receiver, call } if tree.methods[call as usize].args.len == 0 => {
                self.is_nothing(receiver, here)
            }
            _ => false,
        }
    }

    /// Whether a value is a word that says it: `"error"`, `Status::Failed`.
    fn is_outcome(&self, value: ExprId, here: &Here) -> bool {
        let tree = self.tree(here);
        match tree.expr(value).kind {
            ExprKind::Literal(Literal::Str(text)) => is_error_word(text.as_str()),
            ExprKind::Literal(Literal::Int(code)) => (400..600).contains(&code),
            ExprKind::Path(path) => {
                tree.last_name(path).is_some_and(|name| is_error_word(name.as_str()))
                    || self.code_of(path, here).is_some_and(|code| code >= 400)
            }
            ExprKind::Method { receiver, .. } | ExprKind::Ref(receiver) => self.is_outcome(receiver, here),
            ExprKind::Call { args, .. } => matches!(tree.expr_run(args), [only] if self.is_outcome(*only, here)),
            _ => false,
        }
    }

    /// Whether what is called makes something that has failed: `Err`.
    fn is_failed(&self, callee: ExprId, here: &Here) -> bool {
        let ExprKind::Path(path) = self.tree(here).expr(callee).kind else { return false };
        self.succeeds(path, here) == Some(false)
    }

    /// Whether what is called says it: by its name, or by what it makes.
    fn call_says_error(&self, callee: ExprId, here: &Here, depth: u32) -> bool {
        let ExprKind::Path(path) = self.tree(here).expr(callee).kind else { return false };
        self.path_says_error(path, here, depth)
    }

    fn path_says_error(&self, path: crate::syntax::PathId, here: &Here, depth: u32) -> bool {
        let segments = self.tree(here).segments_of(path);
        let name = segments.last().map(|last| last.name);
        let of_error = matches!(segments, [.., owner, _] if names_error(owner.name));
        match self.resolve(path, here) {
            Some(Def::Variant(..) | Def::Adt(_)) => {
                name.is_some_and(|name| names_error(name) || of_error && !names_success(name))
            }
            Some(Def::Fn(id)) => {
                let function = self.app.function(id);
                let by_name = of_error || name.is_some_and(|name| is_error_word(name.as_str()));
                let (instance, module) = self.app.home(id);
                let inner = Here { instance, module, locals: Vec::new(), answer: None, arm: None, ..here.clone() };
                by_name
                    || function.body.is_some_and(|body| {
                        let walk = Walk::new(self.app, id, super::Said::Nothing);
                        let says = walk.says_error(body, &inner, depth + 2);
                        self.in_protocol.set(self.in_protocol.get() || walk.in_protocol.get());
                        says
                    })
            }
            Some(Def::Value(id)) => {
                let at = self.app.values[id.index()];
                let inner = Here { instance: at.instance, module: at.module, locals: Vec::new(), ..here.clone() };
                self.app.value(id).init.is_some_and(|init| self.says_error(init, &inner, depth + 1))
            }
            Some(Def::External(path)) => {
                name.is_some_and(|name| is_error_word(name.as_str())) && self.constructor_succeeds(path).is_none()
            }
            _ => false,
        }
    }
}

/// Whether the name of a variant says that all is well.
pub(in crate::flow) fn names_success(name: Sym) -> bool {
    matches!(name.as_str(), "Ok" | "OK" | "Success" | "Succeeded" | "None" | "NoError" | "Created" | "Accepted")
}

/// `error`, `error_message`, `errCode`; not `error_count`.
fn is_error_key(key: &str) -> bool {
    let counts = ["count", "rate", "total"].iter().any(|end| key.ends_with(end));
    (key.starts_with("error") || matches!(key, "err" | "errmsg" | "errcode" | "failure" | "apierror")) && !counts
}

/// Whether a word by itself says that something went wrong.
fn is_error_word(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    matches!(word.as_str(), "error" | "err" | "fail" | "failed" | "failure" | "internal_error" | "server_error")
}

/// Whether the name of a type or variant does: `ErrorResponse`, `LoginFailed`.
pub(in crate::flow) fn names_error(name: Sym) -> bool {
    let mut words: Vec<String> = Vec::new();
    for char in name.as_str().chars() {
        match words.last_mut() {
            Some(word) if !char.is_ascii_uppercase() => word.push(char),
            _ => words.push(char.to_string()),
        }
    }
    words.iter().any(|word| is_error_word(word))
}

/// Whether a text says that something went wrong.
fn is_about_error(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|char: char| !char.is_alphanumeric() && char != '_');
    words.any(|word| WORDS.contains(&word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_about_errors() {
        assert!(is_about_error("error: no news"));
        assert!(is_about_error("User not found"));
        assert!(is_about_error("{\"error\": true}"));
        assert!(!is_about_error("terrors of the deep"));
        assert!(!is_about_error("hello"));
    }

    #[test]
    fn keys_and_names() {
        assert!(is_error_key("errormessage") && is_error_key("error"));
        assert!(!is_error_key("errorcount") && !is_error_key("data"));
        assert!(names_error(Sym::from("ErrorResponse")) && names_error(Sym::from("LoginFailed")));
        assert!(!names_error(Sym::from("Terror")));
    }
}
