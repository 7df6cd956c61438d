//! What the definition of the command line is turned into: completions for shells, and the manual page.

use std::io;

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::definition;

/// The program, which completions are for; also the name of the page.
const NAME: &str = "cargo-backstop";

/// Has bash complete what is behind `cargo backstop` as what is behind the program. What cargo itself completes stays.
const BASH: &str = r#"
if declare -F _completion_loader >/dev/null && ! declare -F _cargo >/dev/null; then
    _completion_loader cargo
fi
_cargo_or_backstop() {
    if [[ ${COMP_CWORD} -gt 1 && ${COMP_WORDS[1]} == backstop ]]; then
        local COMP_WORDS=("cargo-backstop" "${COMP_WORDS[@]:2}")
        local COMP_CWORD=$((COMP_CWORD - 1))
        _cargo__backstop cargo-backstop "$2" "$3"
    elif declare -F _cargo >/dev/null; then
        _cargo "$@"
    fi
}
complete -F _cargo_or_backstop -o bashdefault -o default cargo
"#;

/// Has fish complete what is behind `cargo backstop` as what is behind the program.
const FISH: &str = r#"
function __fish_cargo_backstop
    set -l words (commandline -opc)
    complete --do-complete "cargo-backstop "(string join -- ' ' (string escape -- $words[3..-1]) (commandline -ct))
end
complete -c cargo -n "test (count (commandline -opc)) -gt 1; and test (commandline -opc)[2] = backstop" -a "(__fish_cargo_backstop)"
"#;

/// Completions for a shell, for `cargo-backstop` and, in bash, fish and zsh, for `cargo backstop`. zsh needs nothing more:
/// what completes cargo there calls `_cargo-backstop`.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut definition(), NAME, &mut script);
    if shell == Shell::Bash {
        // Of a program with a dash in its name clap_complete 4.6 calls the subcommands by one name and asks for another.
        script = String::from_utf8_lossy(&script).replace("cargo__subcmd__backstop", "cargo__backstop").into_bytes();
    }
    let for_cargo = match shell {
        Shell::Bash => BASH,
        Shell::Fish => FISH,
        _ => "",
    };
    script.extend(for_cargo.bytes());
    script
}

/// The manual page: all commands on one page, with the options of each.
///
/// # Errors
///
/// When writing it fails.
pub fn man() -> io::Result<Vec<u8>> {
    let mut command = definition().disable_help_subcommand(true);
    command.build();
    let page = Man::new(command.clone().name(NAME));
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    page.render_subcommands_section(&mut out)?;
    // Without a command it checks: those options are above.
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "check") {
        out.extend(options_of(subcommand)?);
    }
    page.render_extra_section(&mut out)?;
    page.render_version_section(&mut out)?;
    Ok(out)
}

/// The options of a subcommand below a heading of their own.
fn options_of(subcommand: &Command) -> io::Result<Vec<u8>> {
    let mut section = Vec::new();
    Man::new(subcommand.clone()).render_options_section(&mut section)?;
    let heading = format!(".SH \"OPTIONS OF {}\"\n", subcommand.get_name());
    Ok(String::from_utf8_lossy(&section).replacen(".SH OPTIONS\n", &heading, 1).into_bytes())
}
