//! The pieces that others put into their repositories: the action, the hooks, and what `docs/` shows. Each is read as its
//! reader would, and what can be run is run.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backstop::cli::Args;
use serde_json::Value;
use support::git::{Repository, alone};
use support::process::Ran;
use support::root;
use yaml_rust2::{Yaml, YamlLoader};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\naxum = \"0.8\"\nsqlx = \"0.8\"\n";
/// One finding at level deny in line 4, one at level warn in line 7.
const MAIN: &str = r#"use axum::{Router, extract::State, routing::get};

async fn page(State(pool): State<sqlx::PgPool>) -> String {
    sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&pool).await.unwrap()
}
async fn region() -> String {
    std::env::var("REGION").unwrap_or_default()
}
fn main() {
    let _: Router<sqlx::PgPool> = Router::new().route("/", get(page)).route("/region", get(region));
}
"#;

/// Stands for cargo: writes down what it is asked for, and runs what is tested for `cargo backstop`.
const CARGO: &str = r#"#!/usr/bin/env bash
printf '<%s>' "$@" >> "$CALLS"
printf '\n' >> "$CALLS"
case $1 in
  backstop) exec "$BACKSTOP" "$@" ;;
  clippy) echo '{"reason":"build-finished","success":true}' ;;
esac
"#;

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn yaml(text: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    documents.into_iter().next().expect("there is a document")
}

#[track_caller]
fn text(yaml: &Yaml) -> &str {
    yaml.as_str().unwrap_or_else(|| panic!("{yaml:?} is text"))
}

/// The blocks of a language in a page.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let page = read(page);
    let ends = |block: &str| block.split_once("\n```").map(|(block, _)| block.to_owned());
    page.split(fence.as_str()).skip(1).filter_map(ends).collect()
}

/// A repository with a service, and a place for what stands beside it.
struct Service {
    repository: Repository,
    beside: PathBuf,
}

impl Service {
    fn new(test: &str) -> Service {
        let files = [("Cargo.toml", MANIFEST), ("src/main.rs", MAIN)];
        let repository = Repository::new(&format!("dropin/{test}/service"), &files);
        let beside = repository.dir.parent().expect("it is in a folder").to_owned();
        fs::create_dir_all(beside.join("bin")).expect("folders can be made");
        fs::write(beside.join("bin/cargo"), CARGO).expect("files can be written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(beside.join("bin/cargo"), mode).expect("the file is ours");
        }
        Service { repository, beside }
    }

    /// Runs a script in the repository as a step of a job is run.
    fn script(&self, shell: &[&str], script: &str, variables: &[(&str, &str)]) -> Ran {
        for file in ["calls", "output", "path"] {
            fs::write(self.beside.join(file), "").expect("files can be written");
        }
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(script).current_dir(&self.repository.dir);
        alone(&mut command, &self.repository.dir);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.beside.join("bin").display()));
        command.env("BACKSTOP", env!("CARGO_BIN_EXE_cargo-backstop")).env("CALLS", self.beside.join("calls"));
        command.env("GITHUB_ACTIONS", "true").env("RUNNER_TEMP", &self.beside);
        command.env("GITHUB_OUTPUT", self.beside.join("output")).env("GITHUB_PATH", self.beside.join("path"));
        command.envs(variables.iter().copied());
        support::process::ran(&self.beside, &mut command)
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.beside.join(name)).unwrap_or_default()
    }

    /// Runs a step of the action with some inputs.
    fn step(&self, id: &str, inputs: &[(&str, &str)]) -> Ran {
        let action = yaml(&read("action.yml"));
        let steps = action["runs"]["steps"].as_vec().expect("there are steps");
        let step = steps.iter().find(|step| step["id"].as_str() == Some(id)).expect("there is such a step");
        let environment = step["env"].as_hash().expect("its inputs are there");
        let value = |expression: &str| -> String {
            let Some(inner) = expression.strip_prefix("${{ ").and_then(|it| it.strip_suffix(" }}")) else {
                return expression.to_owned();
            };
            let Some(input) = inner.strip_prefix("inputs.") else { return format!("<{inner}>") };
            let given = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| (*value).to_owned());
            given.unwrap_or_else(|| text(&action["inputs"][input]["default"]).to_owned())
        };
        let variables: Vec<(String, String)> =
            environment.iter().map(|(name, expression)| (text(name).to_owned(), value(text(expression)))).collect();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        // <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell>
        let shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c"];
        self.script(&shell, text(&step["run"]), &variables)
    }
}

#[test]
fn the_action_is_whole() {
    let action = yaml(&read("action.yml"));
    for key in ["name", "description"] {
        assert!(!text(&action[key]).is_empty(), "{key}");
    }
    assert_eq!(text(&action["runs"]["using"]), "composite");
    let inputs: Vec<&str> = action["inputs"].as_hash().expect("there are inputs").keys().map(text).collect();
    for input in ["args", "path", "sarif", "since"] {
        assert!(inputs.contains(&input), "{input}");
    }
    let mut used = String::new();
    for step in action["runs"]["steps"].as_vec().expect("there are steps") {
        assert!(!text(&step["name"]).is_empty());
        assert!(step["run"].is_badvalue() != step["uses"].is_badvalue(), "{step:?}");
        if let Some(run) = step["run"].as_str() {
            assert_eq!(text(&step["shell"]), "bash");
            // Whatever stands there would be read by the shell, whoever wrote it.
            assert!(!run.contains("${{"), "inputs get to a script as variables only: {run}");
        }
        used += &step["env"]
            .as_hash()
            .into_iter()
            .flatten()
            .map(|(_, value)| format!("{} ", text(value)))
            .collect::<String>();
    }
    for input in inputs {
        assert!(!text(&action["inputs"][input]["description"]).is_empty(), "{input}");
        assert!(used.contains(&format!("inputs.{input} ")), "{input}");
    }
    let table = read("docs/ci.md");
    for (input, about) in action["inputs"].as_hash().expect("there are inputs") {
        assert!(table.contains(&format!("| `{}` |", text(input))), "docs/ci.md lists {input:?}: {about:?}");
    }
}

#[test]
#[cfg(unix)]
fn the_action_installs() {
    let service = Service::new("install");
    service.step("install", &[]).ends_with(0);
    let dir = service.beside.display();
    assert_eq!(
        service.file("calls"),
        format!("<install><--locked><--root><{dir}/backstop><--path><<github.action_path>>\n")
    );
    assert_eq!(service.file("path"), format!("{dir}/backstop/bin\n"));
}

#[test]
#[cfg(unix)]
fn the_action_checks() {
    let service = Service::new("check");
    let run = service.step("check", &[]).ends_with(1);
    assert!(run.out.contains("::error ") && run.out.contains("file=src/main.rs,line=4,"), "{}", run.shown());
    assert!(run.out.contains("::warning "), "{}", run.shown());
    assert_eq!(service.file("output"), "");

    let run = service.step("check", &[("args", "-A panics\n  --workspace"), ("sarif", "true")]).ends_with(0);
    assert!(!run.out.contains("::error "), "{}", run.shown());
    let file = service.beside.join("backstop.sarif");
    assert_eq!(service.file("output"), format!("sarif-file={}\n", file.display()));
    let sarif: Value = serde_json::from_str(&service.file("backstop.sarif")).expect("it is JSON");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1));

    // The findings of before are not uploaded for a run that could not be done.
    service.step("check", &[("sarif", "true"), ("path", "nowhere")]).ends_with(2);
    assert_eq!(service.file("output"), "");
}

#[test]
#[cfg(unix)]
fn the_action_knows_what_is_new() {
    let service = Service::new("since");
    service.repository.git("switch --quiet --create change");
    assert_eq!(service.step("check", &[("since", "main"), ("args", "")]).ends_with(0).out, "");
    service.repository.replace("src/main.rs", ".unwrap()", ".expect(\"a number\")");
    let run = service.step("check", &[("since", "main")]).ends_with(1);
    assert_eq!(run.out.lines().filter(|line| line.starts_with("::")).count(), 1, "{}", run.shown());
}

#[test]
#[cfg(unix)]
fn inputs_of_the_action_are_no_shell() {
    let service = Service::new("injection");
    let evil = "$(touch owned) `touch owned` ; touch owned * \"";
    for input in ["path", "args", "since", "sarif"] {
        let run = service.step("check", &[(input, evil)]);
        assert!(!service.repository.dir.join("owned").exists(), "{input}: {}", run.shown());
    }
    service.step("check", &[("args", evil)]).ends_with(2);
    assert!(service.file("calls").contains("<$(touch><owned)><`touch>"), "{}", service.file("calls"));
    assert!(service.file("calls").contains("<*>"), "{}", service.file("calls"));
    service.step("check", &[("path", "--help")]).ends_with(2);
}

/// <https://pre-commit.com/#creating-new-hooks>
#[test]
#[cfg(unix)]
fn the_hooks_run() {
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    let hooks = hooks.as_vec().expect("it is a list");
    let documented = read("docs/ci.md");
    let service = Service::new("hooks");
    let _ = fs::remove_file(service.beside.join("bin/cargo-backstop"));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cargo-backstop"), service.beside.join("bin/cargo-backstop"))
        .expect("links can be made");
    for hook in hooks {
        for key in ["id", "name", "description", "entry", "language"] {
            assert!(!text(&hook[key]).is_empty(), "{key}");
        }
        assert_eq!(hook["pass_filenames"], Yaml::Boolean(false));
        assert_eq!(hook["types"].as_vec().map(|types| text(&types[0])), Some("rust"));
        assert!(documented.contains(&format!("`{}`", text(&hook["id"]))), "{hook:?}");
        let entry = text(&hook["entry"]);
        let run = service.script(&["bash", "-c"], entry, &[("GITHUB_ACTIONS", "")]).ends_with(1);
        assert!(run.out.starts_with("error[unwrapped_query]"), "{}", run.shown());
        service.script(&["bash", "-c"], &format!("{entry} --since HEAD"), &[]).ends_with(0);
    }
}

#[test]
fn workflows_are_whole() {
    let action = yaml(&read("action.yml"));
    let mut seen = [false; 3];
    for block in blocks("docs/ci.md", "yaml") {
        let it = yaml(&block);
        if block.starts_with("# .github/workflows/") {
            for key in ["name", "on", "permissions"] {
                assert!(!it[key].is_badvalue(), "{key}:\n{block}");
            }
            let job = &it["jobs"]["backstop"];
            assert_eq!(text(&job["runs-on"]), "ubuntu-latest");
            let steps = job["steps"].as_vec().expect("there are steps");
            assert!(text(&steps[0]["uses"]).starts_with("actions/checkout@"));
            assert_eq!(text(&steps[1]["uses"]), "OWNER/backstop@REF");
            let inputs = &steps[1]["with"];
            for input in inputs.as_hash().into_iter().flat_map(|inputs| inputs.keys()) {
                assert!(!action["inputs"][text(input)].is_badvalue(), "{input:?}");
            }
            if !inputs["since"].is_badvalue() {
                assert_eq!(steps[0]["with"]["fetch-depth"], Yaml::Integer(0), "git needs the history");
            }
            let uploads = inputs["sarif"].as_str() == Some("true");
            let writes = it["permissions"]["security-events"].as_str() == Some("write");
            assert_eq!(uploads, writes, "an upload, and nothing else, needs the permission:\n{block}");
            seen[0] = true;
        } else if block.starts_with("# .gitlab-ci.yml") {
            let report = text(&it["backstop"]["artifacts"]["reports"]["codequality"]);
            assert_eq!(text(&it["backstop"]["artifacts"]["when"]), "always", "findings fail the job");
            let script = it["backstop"]["script"].as_vec().expect("it runs something");
            assert!(script.iter().any(|line| text(line).ends_with(&format!("--output gitlab={report}"))), "{block}");
            seen[1] = true;
        } else {
            let ids = yaml(&read(".pre-commit-hooks.yaml"));
            let id = text(&it["repos"][0]["hooks"][0]["id"]);
            assert!(ids.as_vec().is_some_and(|hooks| hooks.iter().any(|hook| text(&hook["id"]) == id)), "{id}");
            seen[2] = true;
        }
    }
    assert_eq!(seen, [true; 3]);
}

#[test]
#[cfg(unix)]
fn the_job_of_gitlab_runs() {
    let service = Service::new("gitlab");
    let block = blocks("docs/ci.md", "yaml").into_iter().find(|block| block.contains("gitlab")).expect("it is there");
    let job = yaml(&block);
    let script: Vec<&str> = job["backstop"]["script"].as_vec().expect("it runs something").iter().map(text).collect();
    let variables = [("GITHUB_ACTIONS", ""), ("BACKSTOP_REPOSITORY", "https://example.com/backstop")];
    service.script(&["bash", "-e", "-c"], &script.join("\n"), &variables).ends_with(1);
    assert!(
        service.file("calls").starts_with("<install><--locked><--git><https://example.com/backstop><cargo-backstop>\n")
    );
    let report: Value =
        serde_json::from_str(&service.repository.read("gl-code-quality-report.json")).expect("it is JSON");
    assert_eq!(report.as_array().map(Vec::len), Some(2));
}

/// The command that rust-analyzer runs, as a page has it.
fn override_command(page: &str, language: &str) -> Vec<String> {
    let block = blocks(page, language).into_iter().find(|it| it.contains("overrideCommand")).expect("it is there");
    let (_, behind) = block.split_once("overrideCommand").expect("it is there");
    let list = &behind[behind.find(['[', '{']).expect("it is a list") + 1..];
    let list = list.split([']', '}']).next().expect("it ends").trim().trim_end_matches(',');
    serde_json::from_str(&format!("[{list}]")).unwrap_or_else(|error| panic!("{page}: {error}: {list}"))
}

#[test]
#[cfg(unix)]
fn rust_analyzer_is_told_by_both() {
    let (code, neovim) = (override_command("docs/editors.md", "json"), override_command("docs/editors.md", "lua"));
    assert_eq!(code, neovim);
    let settings = blocks("docs/editors.md", "json").join("\n");
    let settings: Vec<&str> = settings.lines().filter(|line| !line.starts_with("//")).collect();
    serde_json::from_str::<Value>(&settings.join("\n")).expect("the settings are JSON with comments");
    let service = Service::new("editors");
    let shell: Vec<&str> = code.iter().map(String::as_str).collect();
    let run = service.script(&shell[..2], shell[2], &[]).ends_with(1);
    assert_eq!(run.err, "", "standard error is read, too");
    let messages = cargo_metadata::Message::parse_stream(run.out.as_bytes());
    let messages: Vec<_> = messages.map(|message| message.expect("it is one of cargo's")).collect();
    let found = |message: &&cargo_metadata::Message| matches!(message, cargo_metadata::Message::CompilerMessage(_));
    assert_eq!(messages.iter().filter(found).count(), 2, "{}", run.out);
    assert!(service.file("calls").starts_with("<clippy>"), "{}", service.file("calls"));
}

/// The commands that the pages show are real.
#[test]
fn the_commands_exist() {
    let mut seen = 0;
    for page in ["docs/ci.md", "docs/editors.md"] {
        let page = read(page).replace("\\ ", " ");
        for (at, _) in page.match_indices("cargo backstop ") {
            let command = page[at..].split(['`', '\n', '"', ';', '>', '&']).next().unwrap_or_default();
            let words = command.split_whitespace().skip(2).map(|word| word.trim_end_matches([')', ',', '.', '\'']));
            let words = ["cargo-backstop"].into_iter().chain(words).map(std::ffi::OsString::from);
            seen += 1;
            if let Some(error) = Args::parse(words).err().filter(clap::Error::use_stderr) {
                panic!("`{command}`: {error}");
            }
        }
    }
    assert!(seen > 10, "the commands are found");
}

/// Links between the pages lead somewhere.
#[test]
fn the_pages_are_there() {
    let readme = read("README.md");
    for page in ["docs/ci.md", "docs/editors.md"] {
        assert!(readme.contains(&format!("]({page})")), "the README leads to {page}");
        assert!(Path::new(&root().join(page)).exists());
    }
}
