//! Completions and the manual page: both name every option, and shells can read what they are given.

mod support;

use std::path::Path;
use std::process::Command;

use backstop::cli::{Shell, completions, definition};
use support::process::run_in;
use support::{project, root};

/// Command and long name of every option.
fn options() -> Vec<(String, String)> {
    let mut definition = definition().disable_help_subcommand(true);
    definition.build();
    let of = |command: &clap::Command| -> Vec<(String, String)> {
        let longs = command.get_arguments().filter_map(clap::Arg::get_long);
        longs.map(|long| (command.get_name().to_owned(), long.to_owned())).collect()
    };
    let all: Vec<_> = of(&definition).into_iter().chain(definition.get_subcommands().flat_map(of)).collect();
    assert!(all.len() > 60, "the options are found");
    all
}

fn script(shell: &str) -> String {
    run_in(root(), &["completions", shell]).ends_with(0).out
}

#[test]
fn completions_name_every_option() {
    for (shell, mark) in [("bash", "--"), ("zsh", "--"), ("fish", "-l "), ("elvish", "--"), ("powershell", "--")] {
        let script = script(shell);
        for (command, option) in options() {
            assert!(script.contains(&format!("{mark}{option}")), "{shell}: --{option} of {command}");
        }
        for command in definition().get_subcommands() {
            assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
        }
    }
    let said = run_in(root(), &["completions", "tcsh"]).ends_with(2).err;
    assert!(said.contains("possible values: bash, elvish, fish, powershell, zsh"), "{said}");
}

/// Runs bash with a script.
fn bash(dir: &Path, arguments: &[&str]) -> String {
    let mut bash = Command::new("bash");
    let output = bash.args(["--noprofile", "--norc"]).args(arguments).current_dir(dir).output().expect("there is bash");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && err.is_empty(), "{err}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[cfg(unix)]
fn bash_completes_both_forms() {
    let files = [("completions.bash".to_owned(), script("bash"))];
    let dir = project("manual/bash", &files);
    bash(&dir, &["-n", "completions.bash"]);
    let complete = |words: &str, function: &str| {
        let script = format!(
            "_cargo() {{ COMPREPLY=(build); }}; . ./completions.bash; COMP_WORDS=({words} ''); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); {function} \"${{COMP_WORDS[0]}}\" '' \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             echo \" ${{COMPREPLY[*]}} \"; complete -p cargo cargo-backstop"
        );
        bash(&dir, &["-c", &script])
    };
    let direct = complete("cargo-backstop baseline", "_cargo__backstop");
    assert!(direct.contains(" --prune ") && !direct.contains(" --since "), "{direct}");
    assert!(direct.contains("_cargo__backstop ") && direct.contains("_cargo_or_backstop cargo"), "{direct}");
    assert_eq!(complete("cargo backstop baseline", "_cargo_or_backstop"), direct);
    assert!(complete("cargo backstop", "_cargo_or_backstop").contains(" completions "));
    assert!(complete("cargo", "_cargo_or_backstop").contains(" build "), "cargo's own completion stays");
}

/// What completes cargo in zsh calls a function of this name.
#[test]
fn zsh_finds_its_function() {
    let script = String::from_utf8(completions(Shell::Zsh)).expect("it is text");
    assert!(script.starts_with("#compdef cargo-backstop\n") && script.contains("\n_cargo-backstop() {\n"), "{script}");
    assert!(self::script("fish").contains("complete -c cargo -n "));
}

#[test]
fn the_manual_page_names_every_option() {
    let page = run_in(root(), &["man"]).ends_with(0).out;
    let (main, rest) = page.split_once(".SH \"OPTIONS OF ").expect("the commands have sections");
    assert!(page.contains(".TH cargo-backstop 1"), "{page}");
    for (command, option) in options() {
        let of_command = rest.split(".SH \"OPTIONS OF ").find(|section| section.starts_with(&format!("{command}\"")));
        let section = of_command.unwrap_or(main);
        let option = format!("\\-\\-{}", option.replace('-', "\\-"));
        assert!(section.contains(&option), "{option} of {command}");
    }
    assert!(page.contains("Exit status: 0 nothing at level deny"), "{page}");
}
