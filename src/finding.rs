//! Findings: what a lint states, with its evidence. They carry no level; that is the report's business.

pub(crate) mod lost;
mod way;

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::app::{App, EntryPoint, LeftOut, Target};
use crate::fix::Fix;
use crate::flow::{At, Flow, Step, Ways};
use crate::knowledge::EntryKind;
use crate::source::Place;

/// Something a lint has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The lint's name.
    pub lint: &'static str,
    /// The token that is wrong.
    pub place: Place,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What stands beside the token.
    pub label: String,
    /// The evidence elsewhere.
    pub labels: Vec<(Place, String)>,
    /// The function it stands in.
    pub function: String,
    /// Where requests come in.
    pub entry: Option<Entry>,
    /// How they get here: each function with the place where it calls the next one, or in the last, of the finding.
    pub trace: Vec<(String, Place)>,
    /// What follows from it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What can be written instead.
    pub fix: Option<Fix>,
}

/// The entry point of a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The framework.
    pub framework: &'static str,
    /// What kind of entry point.
    pub kind: EntryKind,
    /// The method in capitals, or `ANY`.
    pub method: &'static str,
    /// The path; empty where it is not known.
    pub path: String,
    /// The function.
    pub function: String,
    /// Where the function starts.
    pub place: Place,
    /// Where it is registered.
    pub registered: Option<Place>,
}

/// How sure a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// Some of the evidence is a name, or nothing was found that lets requests in.
    Low,
    /// A link of the chain is the only candidate rather than proved, or the code is not in every build.
    Medium,
    /// Every link is in the source.
    High,
}

impl Confidence {
    /// The name in the JSON format.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// Collects the findings of one lint after the other.
pub struct Findings<'a> {
    app: &'a App,
    flow: &'a Flow,
    lint: &'static str,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// No findings yet of a lint.
    pub fn new(app: &'a App, flow: &'a Flow, lint: &'static str) -> Self {
        Findings { app, flow, lint, found: Vec::new() }
    }

    /// All findings, in no particular order.
    pub fn into_vec(mut self) -> Vec<Finding> {
        let mut left_out = LeftOut::of(self.app);
        self.found.iter_mut().for_each(|finding| finding.tell_features(&mut left_out));
        self.found
    }

    /// Adds a finding at a place of the sources.
    pub fn add_at(&mut self, place: Place, message: impl Into<String>, label: impl Into<String>) -> &mut Finding {
        self.found.push(Finding::new(self.lint, place, message.into(), label.into()));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Adds a finding in a body that requests reach, with the way they get there.
    pub fn add(
        &mut self,
        target: Target,
        at: At,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Finding {
        let (app, flow) = (self.app, self.flow);
        let way =
            Way { steps: flow.path_to(target), entry: flow.entry_of(app, target), ways: flow.ways_to(app, target) };
        self.add_reached(target, at, (message.into(), label.into()), way)
    }

    /// The same where some entry points answer with what is wrong there: others that lead there do not count.
    pub fn add_sent(
        &mut self,
        (target, senders): (Target, &BTreeSet<Target>),
        at: At,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Finding {
        let (app, flow) = (self.app, self.flow);
        let handlers = app.entries.iter().filter(|it| it.kind == EntryKind::Handler && senders.contains(&it.target));
        let routes: Vec<&EntryPoint> = handlers.collect();
        let targets = routes.iter().map(|entry| entry.target).collect();
        let steps = flow.path_to(target);
        let is_sender = |step: &Step| senders.contains(&step.target);
        let from_sender = || flow.path_from(&targets, target);
        let Some(steps) = (if steps.first().is_some_and(is_sender) { Some(steps) } else { from_sender() }) else {
            return self.add(target, at, message, label);
        };
        let routes = if routes.is_empty() { flow.routes_to(app, target) } else { routes };
        self.add_reached(target, at, (message.into(), label.into()), Way::of(app, steps, routes))
    }

    /// The same where it is known how requests get there, and from which handlers.
    pub fn add_on(
        &mut self,
        (steps, handlers): (&[Step], &BTreeSet<Target>),
        at: At,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Finding {
        let (app, flow) = (self.app, self.flow);
        let routes = app.entries.iter().filter(|it| it.kind == EntryKind::Handler && handlers.contains(&it.target));
        let mut way = Way::of(app, steps.to_vec(), routes.collect());
        if let (true, Some(first)) = (handlers.is_empty(), steps.first()) {
            way.ways = flow.ways_to(app, first.target);
        }
        let target = way.steps[way.steps.len() - 1].target;
        self.add_reached(target, at, (message.into(), label.into()), way)
    }

    fn add_reached(
        &mut self,
        target: Target,
        at: At,
        (message, label): (String, String),
        way: Way<'_>,
    ) -> &mut Finding {
        let app = self.app;
        let place = app.place(at.instance, at.span);
        let finding = self.add_at(place, message, label);
        finding.function = app.target_name(target);
        for (index, step) in way.steps.iter().enumerate() {
            let next = way.steps.get(index + 1).and_then(|next| next.called_at);
            let at = next.map_or(place, |at| app.place(at.instance, at.span));
            finding.trace.push((app.target_name(step.target), at));
        }
        if let Some(entry) = way.entry {
            finding.entry = Some(Entry {
                framework: app.knowledge.library(entry.framework).name.as_str(),
                kind: entry.kind,
                method: entry.method,
                path: entry.path.clone(),
                function: app.target_name(entry.target),
                place: app.target_place(entry.target),
                registered: entry.registered,
            });
            finding.notes.push(way::shortest(app, &finding.trace, entry));
            finding.notes.extend(way::others(app, way.ways, entry));
            if let Some(unserved) = app.unserved(entry) {
                finding.message.push_str(&way::unserved(unserved, entry, entry.target == target));
                finding.confidence(Confidence::Low);
            }
        }
        finding
    }
}

/// How requests get to a finding.
struct Way<'a> {
    steps: Vec<Step>,
    entry: Option<&'a EntryPoint>,
    /// All that leads there.
    ways: Ways<'a>,
}

impl<'a> Way<'a> {
    /// The way that some steps are, told from the entry point that they start at.
    fn of(app: &'a App, steps: Vec<Step>, mut routes: Vec<&'a EntryPoint>) -> Way<'a> {
        let of_first = app.entries.iter().filter(|entry| steps.first().is_some_and(|step| step.target == entry.target));
        let entry = of_first.min_by_key(|entry| (app.is_unregistered(entry), !entry.started, !entry.mounted));
        let mut seen = FxHashSet::default();
        routes.retain(|entry| seen.insert((entry.method, entry.path.as_str(), entry.target)));
        Way { steps, entry, ways: Ways { routes, around: Vec::new() } }
    }
}

impl Finding {
    /// What a lint says of a place: with nothing to show for it yet, and as sure as can be.
    pub fn new(lint: &'static str, place: Place, message: String, label: String) -> Finding {
        Finding {
            lint,
            place,
            message,
            label,
            labels: Vec::new(),
            function: String::new(),
            entry: None,
            trace: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            confidence: Confidence::High,
            fix: None,
        }
    }

    /// Adds evidence.
    pub fn label(&mut self, place: Place, text: impl Into<String>) -> &mut Self {
        self.labels.push((place, text.into()));
        self
    }

    /// Adds what follows.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }

    /// Says so where the code that is wrong, or what leads there, is not in every build.
    fn tell_features(&mut self, left_out: &mut LeftOut<'_>) {
        let entry = self.entry.iter().flat_map(|entry| [Some(entry.place), entry.registered]).flatten();
        let places = std::iter::once(self.place).chain(self.trace.iter().map(|(_, place)| *place)).chain(entry);
        let unmet = places.into_iter().find_map(|place| left_out.unmet(place));
        if let Some(unmet) = unmet {
            self.note(format!("this is only there {unmet}"));
            self.confidence(Confidence::Medium);
        }
    }

    /// Adds what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help.push(text.into());
        self
    }

    /// Adds what can be written instead, if that is known.
    pub fn fix(&mut self, fix: Option<Fix>) -> &mut Self {
        self.fix = fix;
        self
    }

    /// Lowers the confidence.
    pub fn confidence(&mut self, at_most: Confidence) -> &mut Self {
        self.confidence = self.confidence.min(at_most);
        self
    }
}
