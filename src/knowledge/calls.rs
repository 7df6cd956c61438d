//! What knowledge files say of calls: what they yield, and the parts they play.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::grammar::{Key, parse_keys, parse_type};
use super::load::{Loader, Table, Value, entries, field, reason, strings};
use super::resolve::Resolver;
use super::roles::RolePrefix;
use super::{CallFact, Entry, EntryId, Guarding, LibraryId, MethodFact, Opens, Pattern, Returns, Role, RoleFact};
use crate::nearest::nearest;
use crate::symbol::Sym;

impl Loader {
    /// The calls, methods and roles of a file.
    pub(super) fn define_calls(&mut self, resolver: &Resolver, library: LibraryId, table: &Table<'_>) {
        for (key, value) in entries(table, "calls").chain(entries(table, "methods")) {
            let Some(returns) = self.returns(resolver, library, value) else { continue };
            let entry = EntryId(self.knowledge.entries.len() as u32);
            self.knowledge.entries.push(Entry { library, key: key.get_ref().to_string() });
            for key_term in self.keys(key) {
                self.call_or_method(resolver, entry, key, &key_term, &returns);
            }
        }
        for (word, value) in entries(table, "roles") {
            self.role(resolver, library, word, value);
        }
    }

    /// `"Result<Row>"`, `{ returns = "Result<Client>", query = false }`
    fn returns(&mut self, resolver: &Resolver, library: LibraryId, value: &Value<'_>) -> Option<Returns> {
        let queries = self.knowledge.library(library).kind.queries();
        let of_file = self.knowledge.library(library).reason;
        let flag = |name: &str| field(value, name).and_then(|flag| flag.get_ref().as_bool());
        let text = match value.get_ref() {
            DeValue::String(text) => text.as_ref(),
            _ => field(value, "returns").and_then(|returns| returns.get_ref().as_str()).unwrap_or_default(),
        };
        match parse_type(text) {
            Ok((term, panics)) => {
                let ty = self.pattern(resolver, &term, value.span());
                let fails = panics || matches!(&ty, Pattern::Named(path, _) if can_fail(path.as_str()));
                let opens = self.knowledge.opened_by(&ty);
                let query = flag("query").unwrap_or(queries && fails);
                let why = match [flag("outside"), flag("inside")].contains(&Some(false)) {
                    true => None,
                    false => reason(flag).or(of_file.filter(|_| fails)),
                };
                Some(Returns {
                    ty,
                    internal: flag("internal").unwrap_or(false),
                    reason: why.filter(|_| !query),
                    opens,
                    tries: flag("tries").unwrap_or(false),
                    cleans_up: flag("cleanup").unwrap_or(false),
                    before: field(value, "before").and_then(|before| before.get_ref().as_str()?.parse().ok()),
                    holds: flag("holds").unwrap_or(false),
                    runs: self.runs(value),
                    guard: field(value, "guard").and_then(|guard| guarding(guard.get_ref().as_str()?)),
                    panics,
                    query,
                    fails: flag("fails").unwrap_or(false),
                    keeps: flag("keeps").unwrap_or(true),
                    tests: flag("holds-on-success"),
                    calls: field(value, "calls").and_then(|calls| calls.get_ref().as_str()).map(Sym::from),
                })
            }
            Err(error) => {
                self.grammar(value.span(), &error);
                None
            }
        }
    }

    fn runs(&mut self, value: &Value<'_>) -> Vec<Sym> {
        let names = field(value, "runs").map(strings).unwrap_or_default();
        let paths = &mut self.knowledge.paths;
        names.iter().for_each(|name| paths.add_known(name));
        names.iter().map(|name| paths.canonical(Sym::from(name.as_str()))).collect()
    }

    fn call_or_method(
        &mut self,
        resolver: &Resolver,
        entry: EntryId,
        key: &Spanned<Cow<'_, str>>,
        it: &Key,
        returns: &Returns,
    ) {
        let library = self.knowledge.entry(entry).library;
        let span = key.span();
        let generics = self.patterns(resolver, &it.generics, span.clone());
        let args = it.args.as_ref().map(|args| self.patterns(resolver, args, span.clone()));
        let mut returns = returns.clone();
        // The end of a transaction gives its connection back.
        returns.opens = returns.opens.filter(|_| it.receiver.as_ref().is_none_or(|receiver| receiver.name != "Tx"));
        match &it.receiver {
            Some(receiver) => {
                let receiver = self.pattern(resolver, receiver, span);
                let of_pool = self.knowledge.opened_by(&receiver) == Some(Opens::Pool);
                if of_pool && returns.opens == Some(Opens::Connection) {
                    returns.opens = Some(Opens::Checkout);
                }
                let fact = MethodFact { library, entry, receiver, generics, args, returns };
                self.knowledge.methods.entry(Sym::from(it.path.as_str())).or_default().push(fact);
            }
            None => {
                let path = resolver.call_path(&it.path);
                let path = self.knowledge.paths.canonical(path);
                self.knowledge.paths.add_known(path.as_str());
                let fact = CallFact { library, entry, generics, args, returns };
                self.knowledge.calls.entry(path).or_default().push(fact);
            }
        }
    }

    fn role(&mut self, resolver: &Resolver, library: LibraryId, word: &Spanned<Cow<'_, str>>, value: &Value<'_>) {
        let Some((_, role)) = Role::ALL.iter().find(|(name, _)| name == word.get_ref()) else {
            let help =
                nearest(word.get_ref(), Role::ALL.map(|(name, _)| name)).map(|near| format!("did you mean `{near}`?"));
            self.error(word.span(), format!("unknown role `{}`", word.get_ref()), help);
            return;
        };
        let Some(keys) = value.get_ref().as_array() else {
            self.error(value.span(), "expected a list of calls", None);
            return;
        };
        for key in keys.iter() {
            let Some(text) = key.get_ref().as_str() else {
                self.error(key.span(), "expected a call as a string", None);
                continue;
            };
            match parse_keys(text) {
                Ok(keys) => {
                    for it in keys {
                        self.role_of(resolver, library, *role, &it, key.span());
                    }
                }
                Err(error) => self.grammar(key.span(), &error),
            }
        }
    }

    fn role_of(&mut self, resolver: &Resolver, library: LibraryId, role: Role, it: &Key, span: Range<usize>) {
        let args = it.args.as_ref().map(|args| self.patterns(resolver, args, span.clone()));
        let receiver = it.receiver.as_ref().map(|receiver| self.pattern(resolver, receiver, span));
        if let Some(prefix) = it.path.strip_suffix("::*") {
            let text = format!("{prefix}::");
            self.knowledge.role_prefixes.push(RolePrefix { library, text, role });
            return;
        }
        let name = match receiver {
            Some(_) => Sym::from(it.path.as_str()),
            None => {
                let path = resolver.call_path(&it.path);
                let path = self.knowledge.paths.canonical(path);
                self.knowledge.paths.add_known(path.as_str());
                path
            }
        };
        let word = Sym::from(name.as_str().rsplit("::").next().unwrap_or_default());
        self.knowledge.role_words.insert((role, word));
        let fact = RoleFact { library, role, receiver, args };
        self.knowledge.roles.entry(name).or_default().push(fact);
    }
}

fn guarding(word: &str) -> Option<Guarding> {
    match word {
        "exclusive" => Some(Guarding::Exclusive),
        "shared" => Some(Guarding::Shared),
        _ => None,
    }
}

fn can_fail(path: &str) -> bool {
    matches!(path, "std::result::Result" | "std::option::Option" | "futures::Stream")
}
