//! How long a run takes beside one that only reads and parses the same files, with the same threads, allocator and build.
//!
//! `cargo bench --bench floor -- PATH [RUNS]` runs both in turns, each as a process of its own, and compares them. The
//! files are those that backstop itself picks. `benches/README.md` says what the numbers are good for.
#![allow(clippy::print_stdout, reason = "it is a program for people")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use backstop::load::load;
use backstop::run::STACK;
use backstop::workspace::{Selection, discover};
use rayon::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often both are run unless it is said.
const RUNS: usize = 11;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    // `--bench` comes from cargo.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build()?;
    match words.as_slice() {
        ["parse", list] => pool.install(|| parse(Path::new(list))),
        ["list", path] => pool.install(|| list(Path::new(path))),
        [path] => compare(&pool, Path::new(path), RUNS),
        [path, runs] => compare(&pool, Path::new(path), runs.parse()?),
        _ => {
            println!("usage: cargo bench --bench floor -- PATH [RUNS]");
            Ok(())
        }
    }
}

/// The floor: reads and parses the files of a list, and forgets them.
fn parse(list: &Path) -> Result<()> {
    let list = fs::read_to_string(list)?;
    let files: Vec<&str> = list.lines().collect();
    let items: usize = files.par_iter().with_max_len(1).map(|file| items(file)).sum();
    println!("{} files, {items} items", files.len());
    Ok(())
}

/// How many items a file holds; what does not parse holds none.
fn items(file: &str) -> usize {
    let text = fs::read_to_string(file).unwrap_or_default();
    let number = syn::parse_file(&text).map_or(0, |file| file.items.len());
    // As in backstop, which keeps no text twice.
    proc_macro2::extra::invalidate_current_thread_spans();
    number
}

/// Runs the floor and backstop in turns, so that whatever else the machine does meets both.
fn compare(pool: &rayon::ThreadPool, path: &Path, runs: usize) -> Result<()> {
    let (list, bytes) = pool.install(|| write_list(path))?;
    let (mut floors, mut wholes, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // The first pair only brings the files into the cache of the system.
    for run in 0..=runs {
        let floor = time(Command::new(env::current_exe()?).arg("parse").arg(&list))?;
        let backstop = env!("CARGO_BIN_EXE_cargo-backstop");
        let whole = time(Command::new(backstop).args(["check", "--format", "json", "--quiet"]).arg(path))?;
        if run > 0 {
            floors.push(floor);
            wholes.push(whole);
            ratios.push(whole.as_secs_f64() / floor.as_secs_f64());
        }
    }
    fs::remove_file(&list)?;
    ratios.sort_by(f64::total_cmp);
    println!("{} MB, {runs} pairs", bytes as f64 / 1e6);
    println!("floor     {}", shown(&mut floors));
    println!("backstop  {}", shown(&mut wholes));
    println!("ratio     median {:.2}, from {:.2} to {:.2}", ratios[runs / 2], ratios[0], ratios[runs - 1]);
    Ok(())
}

/// Says which files backstop reads for a path (for `peers.py`).
fn list(path: &Path) -> Result<()> {
    println!("{}", names(path)?.0);
    Ok(())
}

/// Writes down which files backstop reads for a path, and counts their bytes.
fn write_list(path: &Path) -> Result<(PathBuf, usize)> {
    let (names, bytes) = names(path)?;
    let list = env::temp_dir().join(format!("backstop-floor-{}", std::process::id()));
    fs::write(&list, names)?;
    Ok((list, bytes))
}

/// The files that backstop reads for a path, one on each line, and how many bytes they have together.
fn names(path: &Path) -> Result<(String, usize)> {
    let workspace = discover(&Selection { paths: vec![path.to_owned()], ..Selection::default() })
        .map_err(|error| error.to_string())?;
    let loaded = load(&workspace);
    let names: Vec<String> = loaded.sources.iter().map(|(_, file)| file.path.display().to_string()).collect();
    Ok((names.join("\n"), loaded.sources.iter().map(|(_, file)| file.text.len()).sum()))
}

/// How long a process takes, from its start to its end.
fn time(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    match status.code() {
        // Findings are no failure here.
        Some(0 | 1) => Ok(start.elapsed()),
        _ => Err(format!("{command:?} ended with {status}").into()),
    }
}

fn shown(times: &mut [Duration]) -> String {
    times.sort();
    let ms = |time: &Duration| time.as_secs_f64() * 1e3;
    format!("median {:.1} ms, least {:.1} ms", ms(&times[times.len() / 2]), ms(&times[0]))
}
