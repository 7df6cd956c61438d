//! `cargo backstop`: reads the arguments, runs, and ends with the right status.

use std::io::{self, BufWriter, IsTerminal};
use std::process::ExitCode;

use backstop::cli::{Args, ColorChoice};
use backstop::error::{Error, ExitStatus};
use backstop::report::{Environment, Terminal, write_error};
use backstop::run::{STACK, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    let color_err = shows_color(&args, io::stderr().is_terminal());
    let done = pool(&args).and_then(|pool| {
        pool.install(|| {
            let mut terminal = Terminal {
                out: &mut BufWriter::new(io::stdout()),
                err: &mut io::stderr(),
                color_out: shows_color(&args, io::stdout().is_terminal()),
                color_err,
                verbosity: args.verbosity,
                environment: Environment::read(io::stdout().is_terminal(), io::stderr().is_terminal()),
            };
            run(&args, &mut terminal)
        })
    });
    let status = done.unwrap_or_else(|error| failed(&error, color_err));
    ExitCode::from(status.code())
}

fn pool(args: &Args) -> Result<rayon::ThreadPool, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).stack_size(STACK);
    pool.build().map_err(|error| Error::Threads(error.to_string()))
}

/// Tells why the run could not be done. A reader that has seen enough, such as `head`, is not told.
fn failed(error: &Error, color: bool) -> ExitStatus {
    if let Error::Output(reason) = error
        && reason.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitStatus::Clean;
    }
    // Where even this cannot be written, the status has to say it.
    let _ = write_error(error, &mut io::stderr(), color);
    ExitStatus::Failed
}

/// `--color`, then what cargo and other programs listen to: <https://bixense.com/clicolors/>, <https://no-color.org>.
fn shows_color(args: &Args, is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let cargo = std::env::var("CARGO_TERM_COLOR").ok();
    match (args.color, cargo.as_deref()) {
        (Some(ColorChoice::Always), _) | (None, Some("always")) => true,
        (Some(ColorChoice::Never), _) | (None, Some("never")) => false,
        // Unlike for the others any text counts here, also `0`.
        _ if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        _ => is_set("CLICOLOR_FORCE") || is_terminal,
    }
}
