//! What the fuzz targets share: a scratch project, and the whole run over it.

pub mod fragments;
pub mod mutate;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use backstop::cli::Args;
use backstop::report::{Environment, Terminal};
use backstop::run::{STACK, run};

static POOL: LazyLock<rayon::ThreadPool> = LazyLock::new(|| {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK);
    pool.build().expect("threads can be started")
});

/// Does something where there is as much stack as in the program.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    POOL.install(work)
}

const MANIFEST: &str = "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.8\"\n\
    actix-web = \"4\"\nrocket = \"0.5\"\nsqlx = \"0.8\"\ndiesel = \"2\"\ntracing = \"0.1\"\nlog = \"0.4\"\n";

/// A small project whose findings are suppressed, levelled and compared with a baseline.
pub const MAIN: &str = "use axum::{extract::{Path, State}, routing::get, Router};\nuse sqlx::PgPool;\n\n\
    async fn show(State(pool): State<PgPool>, Path(id): Path<i64>) -> String {\n    \
        let region = std::env::var(\"REGION\").unwrap_or_default();\n    \
        let name: String = sqlx::query_scalar(\"SELECT name FROM users WHERE id = $1\").bind(id).fetch_one(&pool).await.unwrap();\n    \
        format!(\"{name} {region}\")\n}\n\n\
    fn app() -> Router<PgPool> {\n    Router::new().route(\"/users/{id}\", get(show))\n}\n\nfn main() { drop(app()); }\n";

/// A folder of this process with a project in it.
pub struct Scratch {
    pub dir: PathBuf,
}

impl Scratch {
    pub fn new() -> Scratch {
        let dir = std::env::temp_dir().join(format!("backstop-fuzz-{}", std::process::id()));
        fs::create_dir_all(dir.join("src")).expect("folders can be made");
        fs::write(dir.join("Cargo.toml"), MANIFEST).expect("files can be written");
        let scratch = Scratch { dir };
        scratch.write("src/main.rs", MAIN);
        scratch
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.dir.join(path), text).expect("files can be written");
    }

    /// Runs the program in this process, in the project. What stops a run is an answer as good as any; a panic is not.
    pub fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        run_in(&self.dir, arguments)
    }
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch::new()
    }
}

fn run_in(dir: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let words = ["cargo-backstop"].iter().chain(arguments).map(OsString::from).chain([dir.into()]);
    let args = Args::parse(words).map_err(|error| error.to_string())?;
    with_stack(|| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut terminal = Terminal {
            out: &mut out,
            err: &mut err,
            color_out: false,
            color_err: false,
            verbosity: args.verbosity,
            environment: Environment::default(),
        };
        run(&args, &mut terminal).map_err(|error| error.to_string())?;
        Ok(out)
    })
}

/// The words of a check in which every lint reports, so that every lint runs to its end.
pub const CHECK: [&str; 11] =
    ["check", "--format", "json", "-W", "panics", "-W", "errors", "-W", "leaks", "-W", "resources"];
