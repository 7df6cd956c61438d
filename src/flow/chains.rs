//! By which ways requests get to the place that answers a query: only those count that bring along what the query looks
//! for, as the client has sent it.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{At, Call};
use super::leaks::self_type;
use super::lookups::bit;
use super::{Flow, Step};
use crate::app::{AdtId, App, EntryPoint, Head, Site, Target, Ty};
use crate::knowledge::EntryKind;

/// How a request gets from an entry point to a query, through the body that decides what the client gets.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// Each step, from the entry point on.
    pub(super) steps: Vec<Step>,
    /// All handlers from which such a way leads there.
    pub(super) handlers: BTreeSet<Target>,
    /// The extractor of the project that has made what the query looks for, if nothing else has.
    pub(super) extractor: Option<AdtId>,
    /// How well it serves to tell what happens; the least does best.
    pub(super) rank: Rank,
}

/// Whether the entry point is unregistered, its server not started, not mounted; whether it is no handler; whether an extractor has made the key; the number of
/// steps; the entry point.
type Rank = ((bool, bool, bool), bool, bool, usize, usize);

/// An entry point that a way is told from.
type First = (Rank, Node, Option<AdtId>);

/// A body, and which of its parameters say what the query looks for; none where the body itself says so.
type Node = (Target, u32);

/// Where nodes have been reached from: the one that they call, and where.
type Below = FxHashMap<Node, Option<(Node, At)>>;

/// Who has made what a query looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    Client,
    Extractor(AdtId),
}

impl Flow {
    /// The way to a query through the body that decides what its absence is for the client.
    pub(super) fn chain(&self, app: &App, query: (Site, Target), decides: Target) -> Option<Chain> {
        let (site, target) = query;
        let keys = |body: Target| {
            let facts = self.facts_of(body)?;
            facts.keys.iter().find(|(known, _)| *known == site).map(|(_, params)| *params)
        };
        let start = (target, keys(target).unwrap_or_default());
        let is_there = |node: &Node| node.0 == decides;
        let (below_decision, found) = self.climb(start, &is_there);
        let (decision, down) = match found {
            Some(node) => (node, steps_down(&below_decision, node)),
            None => {
                let way = self.path_from(&BTreeSet::from([decides]), target)?;
                let down = way.windows(2).filter_map(|pair| Some((pair[1].target, pair[1].called_at?))).collect();
                ((decides, keys(decides).unwrap_or_default()), down)
            }
        };
        let (below, _) = self.climb(decision, &|_| false);
        let ((rank, node, extractor), handlers) = self.first_entry(app, &below)?;
        let rank = (rank.0, rank.1, rank.2, rank.3 + down.len(), rank.4);
        let mut steps = vec![Step { target: node.0, called_at: None }];
        let calls = steps_down(&below, node).into_iter().chain(down);
        steps.extend(calls.map(|(target, at)| Step { target, called_at: Some(at) }));
        Some(Chain { steps, handlers, extractor, rank })
    }

    /// The entry point that the way is best told from, and all handlers that lead there.
    fn first_entry(&self, app: &App, below: &Below) -> Option<(First, BTreeSet<Target>)> {
        let mut handlers = BTreeSet::new();
        let mut best: Option<First> = None;
        for (index, entry) in app.entries.iter().enumerate() {
            for node in below.keys().filter(|node| node.0 == entry.target) {
                let Some(maker) = self.maker(app, entry, node.1) else { continue };
                if entry.kind == EntryKind::Handler {
                    handlers.insert(entry.target);
                }
                let extractor = if let Maker::Extractor(adt) = maker { Some(adt) } else { None };
                let is_other = entry.kind != EntryKind::Handler;
                let length = steps_down(below, *node).len();
                let served = (app.is_unregistered(entry), !entry.started, !entry.mounted);
                let rank = (served, is_other, extractor.is_some(), length, index);
                if best.is_none_or(|(known, ..)| rank < known) {
                    best = Some((rank, *node, extractor));
                }
            }
        }
        best.map(|best| (best, handlers))
    }

    /// Who has made the parameters of an entry point that say what a query looks for; none where that is known to be there.
    fn maker(&self, app: &App, entry: &EntryPoint, params: u32) -> Option<Maker> {
        let Target::Fn(function) = entry.target else { return Some(Maker::Client) };
        if params == 0 || entry.kind != EntryKind::Handler {
            return Some(Maker::Client);
        }
        let declared = app.signature(function).params.iter().enumerate();
        let keys = declared.filter(|(index, _)| params & bit(*index as u16) != 0);
        // What all requests share says nothing of what one of them looks for.
        let keys = keys.filter(|(_, ty)| !super::inputs::is_shared(app, ty));
        let mut by = None;
        let mut is_known = false;
        for (_, ty) in keys {
            let Some((adt, makes)) = extracted(app, ty) else { return Some(Maker::Client) };
            match self.queries_in(makes) {
                true => is_known = true,
                false => by = by.or(Some(adt)),
            }
        }
        match by {
            Some(adt) => Some(Maker::Extractor(adt)),
            None if is_known => None,
            None => Some(Maker::Client),
        }
    }

    /// Whether a body, or what it calls, asks for data.
    fn queries_in(&self, target: Target) -> bool {
        let mut seen = FxHashSet::from_iter([target]);
        let mut open = vec![target];
        while let Some(target) = open.pop() {
            let Some(facts) = self.facts_of(target) else { continue };
            if facts.queries.iter().any(|(_, query)| query.opens.is_none()) {
                return true;
            }
            let called = facts.calls.iter().flat_map(|call| &call.targets).map(|callee| Target::Fn(*callee));
            open.extend(called.filter(|callee| seen.insert(*callee)));
        }
        false
    }

    /// Everything that hands a body what a query looks for, and the first of it that is wanted.
    fn climb(&self, start: Node, is_wanted: &dyn Fn(&Node) -> bool) -> (Below, Option<Node>) {
        let mut below: Below = FxHashMap::from_iter([(start, None)]);
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            if is_wanted(&node) {
                return (below, Some(node));
            }
            let Target::Fn(callee) = node.0 else { continue };
            let mut callers = self.reach.direct_callers(node.0).to_vec();
            callers.dedup();
            for caller in callers {
                let calls = self.facts_of(caller).map(|facts| facts.calls.as_slice()).unwrap_or_default();
                for call in calls.iter().filter(|call| !call.kept && call.targets.contains(&callee)) {
                    if let Some(params) = handed_on(call, node.1) {
                        below.entry((caller, params)).or_insert_with(|| {
                            queue.push_back((caller, params));
                            Some((node, call.at))
                        });
                    }
                }
            }
        }
        (below, None)
    }
}

/// Which parameters of a caller say what a query looks for that the callee does by some of its own; none where the client
/// has no say in it.
fn handed_on(call: &Call, params: u32) -> Option<u32> {
    if params == 0 || call.keys.is_empty() {
        return Some(0);
    }
    let keys = || call.keys.iter().filter(|key| params & bit(key.argument) != 0);
    keys().any(|key| key.asked).then(|| keys().fold(0, |all, key| all | key.params))
}

/// The calls from a node down, each with the body that is called.
fn steps_down(below: &Below, from: Node) -> Vec<(Target, At)> {
    let next = |node: &(Node, At)| below.get(&node.0).copied().flatten();
    let first = below.get(&from).copied().flatten();
    std::iter::successors(first, next).map(|((target, _), at)| (target, at)).collect()
}

/// The type of the project that a parameter is extracted as, and what makes it.
fn extracted(app: &App, ty: &Ty) -> Option<(AdtId, Target)> {
    let mut adts = Vec::new();
    ty.visit(&mut |node| {
        if let Head::Adt(adt) = node.head {
            adts.push(adt);
        }
    });
    let makes = |entry: &&EntryPoint| {
        let Target::Fn(function) = entry.target else { return false };
        matches!(entry.kind, EntryKind::Extractor | EntryKind::Middleware)
            && self_type(app, function).is_some_and(|adt| adts.contains(&adt))
    };
    let entry = app.entries.iter().find(makes)?;
    let Target::Fn(function) = entry.target else { return None };
    Some((self_type(app, function)?, entry.target))
}
