//! See `lints/impossible_extractor.md`.

use crate::app::App;
use crate::finding::Findings;
use crate::flow::{Because, Flow};

/// Reports extractors of handlers that fail for each request, whatever the client sends.
pub(super) fn check(app: &App, flow: &Flow, out: &mut Findings) {
    for it in flow.impossible_extractors(app) {
        let (name, route) = (it.name, format!("{} {}", it.entry.method, it.entry.partial_path));
        let message = match it.because {
            Because::Count { takes, has } => {
                let noun = if takes == 1 { "parameter" } else { "parameters" };
                format!("`{name}` takes {takes} {noun} of the path, and `{route}` has {has}")
            }
            Because::NoParameter(parameter) => {
                format!("`{name}` takes the parameter `{parameter}`, which `{route}` does not have")
            }
            Because::NotProvided(_) => format!("nothing provides what `{name}` takes"),
        };
        let finding = out.add(it.entry.target, it.at, message, "this can only fail");
        finding.note(format!("every request to this route is answered with {}", it.status));
        match it.because {
            Because::Count { .. } => finding.help("take as many parameters as the route has"),
            Because::NoParameter(_) => finding.help("name the field as the parameter in the route"),
            Because::NotProvided(Some(beside)) => {
                finding.label(beside, "this is of another type");
                finding.help("take the type that is provided, or provide the one that is taken")
            }
            Because::NotProvided(None) => finding.help("add a value of this type where the application is built"),
        };
    }
}
