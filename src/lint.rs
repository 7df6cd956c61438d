//! What a lint is: a name, a page that says everything about it, and a function.

mod columns;

use crate::app::App;
use crate::finding::{Confidence, Findings};
use crate::flow::Flow;

/// A lint.
pub struct Lint {
    /// Its name, which is also that of its page.
    pub name: &'static str,
    /// Its page, as in `lints/`.
    pub text: &'static str,
    /// Finds what it is about.
    pub check: fn(&App, &Flow, &mut Findings),
}

/// What a finding of a lint means for the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// It is not reported.
    Allow,
    /// It is reported.
    Warn,
    /// It is reported, and the run fails.
    Deny,
}

impl Level {
    /// Every level with its name.
    pub const ALL: [(&'static str, Level); 3] = [("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }

    /// The level of a name.
    pub fn from_name(name: &str) -> Option<Level> {
        Self::ALL.iter().find(|(word, _)| *word == name).map(|(_, level)| *level)
    }
}

/// A level as people set it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The level.
    pub level: Level,
    /// Whether nothing that comes later, and no suppression, lowers it.
    pub is_final: bool,
}

impl Setting {
    /// Level deny, for good.
    pub const FORBID: Setting = Setting { level: Level::Deny, is_final: true };

    /// The words for all of them.
    pub const NAMES: &'static [&'static str] = &["allow", "warn", "deny", "forbid"];

    /// The word for it.
    pub fn name(self) -> &'static str {
        if self.is_final { "forbid" } else { self.level.name() }
    }

    /// What a word means.
    pub fn from_name(name: &str) -> Option<Setting> {
        if name == "forbid" { Some(Setting::FORBID) } else { Level::from_name(name).map(Setting::from) }
    }
}

impl From<Level> for Setting {
    fn from(level: Level) -> Setting {
        Setting { level, is_final: false }
    }
}

/// A lint's page, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The level it has unless configured otherwise.
    pub level: Level,
    /// How sure its findings are.
    pub confidence: Confidence,
    /// The group it belongs to.
    pub group: &'static str,
    /// The version it came with.
    pub since: &'static str,
    /// The number of the weakness it is about.
    pub cwe: Option<&'static str>,
    /// How bad that is for security, where it is about security: the base score of CVSS 3.1.
    pub security_severity: Option<&'static str>,
    /// The paragraph below the heading.
    pub summary: String,
    /// The sections with their headings.
    pub sections: Vec<Section>,
}

/// A section of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Its text.
    pub body: &'static str,
}

impl Lint {
    /// Reads the page.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the page. The pages that are shipped are tested to have nothing wrong.
    pub fn page(&self) -> Result<Page, String> {
        Page::parse(self.name, self.text)
    }

    /// The level it has unless configured otherwise.
    pub fn level(&self) -> Level {
        self.page().map_or(Level::Warn, |page| page.level)
    }

    /// How sure its findings are at most.
    pub fn confidence(&self) -> Confidence {
        self.page().map_or(Confidence::Low, |page| page.confidence)
    }

    /// The group it belongs to.
    pub fn group(&self) -> &'static str {
        self.page().map_or("", |page| page.group)
    }

    /// The paragraph below the heading.
    pub fn summary(&self) -> String {
        self.page().map(|page| page.summary).unwrap_or_default()
    }

    /// Where the page can be read, if the project says where it is published.
    pub fn url(&self) -> Option<String> {
        page_url(env!("CARGO_PKG_REPOSITORY"), self.name)
    }

    /// The page as people read it in a terminal.
    pub fn explanation(&self) -> String {
        columns::fitted(&self.markdown())
    }

    /// The page without front matter, marks and hidden lines.
    pub fn markdown(&self) -> String {
        let body = front_matter(self.text).map_or(self.text, |(_, body)| body);
        let mut in_code = false;
        let mut shown = String::new();
        for line in body.trim_start().lines() {
            if line.starts_with("```") {
                in_code = !in_code;
            }
            let start = line.trim_start();
            if in_code && (start == "#" || start.starts_with("# ")) {
                continue;
            }
            let line = if in_code { line.split("//~").next().unwrap_or(line).trim_end() } else { line };
            shown.push_str(line);
            shown.push('\n');
        }
        shown
    }
}

fn page_url(repository: &str, name: &str) -> Option<String> {
    let repository = repository.trim_end_matches('/');
    (!repository.is_empty()).then(|| format!("{repository}/blob/main/lints/{name}.md"))
}

/// The lines between the `---` at the top, and what comes after.
fn front_matter(text: &'static str) -> Option<(&'static str, &'static str)> {
    text.strip_prefix("---\n")?.split_once("\n---\n")
}

impl Page {
    fn parse(name: &str, text: &'static str) -> Result<Page, String> {
        let (front, body) = front_matter(text).ok_or("the page does not start with front matter")?;
        let mut fields = std::collections::BTreeMap::new();
        for line in front.lines() {
            let (key, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is not `key: value`"))?;
            if !["level", "confidence", "group", "since", "cwe", "security-severity", "fix"].contains(&key) {
                return Err(format!("unknown key `{key}`"));
            }
            fields.insert(key, value.trim());
        }
        let field = |key: &str| fields.get(key).copied().ok_or_else(|| format!("`{key}` is missing"));
        let confidence = match field("confidence")? {
            "low" => Confidence::Low,
            "medium" => Confidence::Medium,
            "high" => Confidence::High,
            other => return Err(format!("unknown confidence `{other}`")),
        };
        let body = body.trim_start();
        let heading = format!("# {name}\n");
        let rest = body.strip_prefix(heading.as_str()).ok_or_else(|| format!("the heading is not `# {name}`"))?;
        let mut parts = rest.split("\n## ");
        let summary = parts.next().unwrap_or_default().trim().replace('\n', " ");
        let sections = parts.map(|part| {
            let (title, body) = part.split_once('\n').unwrap_or((part, ""));
            Section { title, body }
        });
        Ok(Page {
            level: Level::from_name(field("level")?).ok_or("unknown level")?,
            confidence,
            group: field("group")?,
            since: field("since")?,
            cwe: fields.get("cwe").copied(),
            security_severity: fields.get("security-severity").copied(),
            summary,
            sections: sections.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::page_url;

    #[test]
    fn pages_have_an_address_where_the_project_has_one() {
        assert_eq!(page_url("", "a"), None);
        let address = "https://example.org/backstop/blob/main/lints/a.md".to_owned();
        assert_eq!(page_url("https://example.org/backstop/", "a"), Some(address));
    }
}
