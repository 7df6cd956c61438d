#!/bin/sh
# How the time of a run grows with the size of what is checked: a row of the table in README.md for each project.
#
#     benches/growth.sh RUNS PATH…
#
# Lines, entry points, the least time, microseconds for each line, and the median ratio to the floor (see floor.rs).
set -eu
runs=$1
shift
cargo bench --quiet --bench floor --no-run
# It has been built with the floor.
backstop=${CARGO_TARGET_DIR:-target}/release/cargo-backstop
for path in "$@"; do
    summary=$("$backstop" check --format json --quiet "$path" 2>/dev/null || true)
    number() { printf '%s' "$summary" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
    measured=$(cargo bench --quiet --bench floor -- "$path" "$runs")
    least=$(printf '%s' "$measured" | sed -n 's/^backstop .*least \([0-9.]*\) ms.*/\1/p')
    ratio=$(printf '%s' "$measured" | sed -n 's/^ratio *median \([0-9.]*\).*/\1/p')
    awk -v name="$(basename "$path")" -v lines="$(number lines)" -v entries="$(number entry_points)" \
        -v least="$least" -v ratio="$ratio" \
        'BEGIN { printf "| %s | %d | %d | %d ms | %.1f µs | %s |\n", name, lines, entries, least, least * 1000 / lines, ratio }'
done
