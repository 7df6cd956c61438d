#!/usr/bin/env python3
"""How long a run takes beside reading and parsing, and beside others that search code: README.md's table.

    benches/peers.py [--rounds N] [--backstop PROGRAM] [--floor PROGRAM] PATH...

Each round runs every program once on a project, from start to end, one after the other, so that what else the machine does
meets all of them; ratios are taken within a round, and the median of the rounds is shown. The programs:

- backstop: `cargo-backstop check`, every lint, nothing kept from an earlier run
- parse: reads and parses with syn every `.rs` file of the project (benches/floor.rs)
- parse checked: the same of the files that backstop checks
- ast-grep and semgrep, where they are installed, with the five patterns in benches/peers/

Without the options both programs are built first, as they are released.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def built(what):
    """The program that cargo builds for `--bench floor` or `--bin cargo-backstop`."""
    command = ["cargo", "bench", "--no-run"] if what[0] == "--bench" else ["cargo", "build", "--release"]
    lines = subprocess.run(
        command + what + ["--quiet", "--message-format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    programs = [json.loads(line).get("executable") for line in lines if line.startswith("{")]
    return [program for program in programs if program][-1]


def every_file(project):
    """Every `.rs` file of the project that is not made by a build: those that git knows, or all there are."""
    asked = subprocess.run(
        ["git", "-C", str(project), "ls-files", "-z", "*.rs"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if asked.returncode == 0 and asked.stdout:
        names = asked.stdout.decode(errors="surrogateescape").split("\0")
        return [path for name in names if name and (path := project / name).is_file()]
    found = []
    for folder, folders, files in os.walk(project):
        folders[:] = [name for name in folders if name not in ("target", ".git")]
        found += [pathlib.Path(folder) / name for name in files if name.endswith(".rs")]
    return found


def checked_files(floor, project):
    """The files that backstop checks."""
    listed = subprocess.run([floor, "list", str(project)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return listed.stdout.splitlines() if listed.returncode == 0 else []


def size(files):
    """Lines of code and comments."""
    return sum(pathlib.Path(file).read_bytes().count(b"\n") for file in files)


def seconds(command):
    """How long a program takes. What it finds, and that it finds something, is of no interest."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with status {done.returncode}: {' '.join(map(str, command))}")
    return time.perf_counter() - start


def programs(arguments, project, folder):
    """The programs by name, as commands."""

    def listed(name, files):
        path = folder / name
        path.write_text("\n".join(map(str, files)), errors="surrogateescape")
        return path

    commands = {
        "backstop": [arguments.backstop, "check", "--quiet", str(project)],
        "parse": [arguments.floor, "parse", listed("every", every_file(project))],
    }
    checked = checked_files(arguments.floor, project)
    if checked:
        commands["parse checked"] = [arguments.floor, "parse", listed("checked", checked)]
    if ast_grep := shutil.which("ast-grep"):
        commands["ast-grep"] = [ast_grep, "scan", "--rule", HERE / "peers/ast-grep.yml", str(project)]
    if semgrep := shutil.which("semgrep"):
        commands["semgrep"] = [
            semgrep, "scan", "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore",
            f"--jobs={os.cpu_count()}", "--include=*.rs", "--config", HERE / "peers/semgrep.yml", str(project),
        ]
    return commands


def measured(commands, rounds):
    """The seconds of each program in each round; the first round only warms the disk's cache."""
    taken = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            spent = seconds(command)
            if number > 0:
                taken[name].append(spent)
    return taken


def row(name, lines, taken):
    """A row of the table: the time of backstop, and how many times as long each of the others takes."""
    own = taken["backstop"]
    cells = [name, f"{lines:,}", f"{statistics.median(own) * 1000:.0f} ms"]
    for other in ("parse", "parse checked", "ast-grep", "semgrep"):
        times = taken.get(other)
        ratio = statistics.median(mine / theirs for mine, theirs in zip(own, times)) if times else None
        cells.append("–" if ratio is None else f"{ratio:.2f}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--backstop")
    parser.add_argument("--floor")
    parser.add_argument("paths", nargs="+", metavar="PATH", type=lambda path: pathlib.Path(path).resolve())
    arguments = parser.parse_args()
    arguments.backstop = arguments.backstop or built(["--bin", "cargo-backstop"])
    arguments.floor = arguments.floor or built(["--bench", "floor"])
    missing = [name for name in ("ast-grep", "semgrep") if not shutil.which(name)]
    print("| project | lines | backstop | / parse | / parse checked | / ast-grep | / semgrep |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for project in arguments.paths:
        with tempfile.TemporaryDirectory() as folder:
            taken = measured(programs(arguments, project, pathlib.Path(folder)), arguments.rounds)
        print(row(project.name, size(every_file(project)), taken), flush=True)
    print(f"\nMedians of {arguments.rounds} rounds on {os.cpu_count()} cores; below 1 backstop is the faster one.")
    if missing:
        print(f"Not installed, and left out: {', '.join(missing)} (pip install ast-grep-cli semgrep).")


if __name__ == "__main__":
    main()
