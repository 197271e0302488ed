#!/usr/bin/env bash
# JumpOnion: one pipeline was fixed; reset exactly what it fed, then take it back.
#
# Usage: examples/01_jumponion.sh [FOLDER]
# FOLDER gets the example (default: the top of this repository). Needs cachedeps on the PATH.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

story() { printf '\n# %s\n' "$@"; }
run() { # prints the command as it would be typed, then runs it
    local word
    printf '$'
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:=@,-]+$ ]] || word="'$word'"
        printf ' %s' "$word"
    done
    printf '\n'
    "$@"
}

story "Build the database as it stood on 25 April 2026, before any clean-up."
run python3 -c 'from pathlib import Path; from cachedeps.actions.demo import build_jumponion; build_jumponion(Path())'

story "Does the declaration fit the database?"
run cachedeps check

story "What does analytics feed? Not the diagnosis, not the training plan."
run cachedeps explain analytics

story "What is stale, whose is it, what would it cost? This only reads."
run cachedeps invalidate --upstream analytics

story "The same for the weeks without the model file; kept as a plan that can be reviewed."
rm -f plan.json
run cachedeps invalidate --upstream analytics --since 2026-04-01 --until 2026-04-25 -o plan.json

story "A person looked at the plan and says yes to 20 rows."
run cachedeps apply plan.json --approved-by you@example.com --expect-rows 20

story "Asked again, there is nothing left to do."
run cachedeps invalidate --upstream analytics

story "Every change is on record, with the old values."
run cachedeps history
receipt=$(cachedeps history --json | python3 -c '
import json, sys
applies = [e for e in json.load(sys.stdin)["entries"] if e["command"] == "apply"]
print(max(applies, key=lambda entry: entry["at"])["id"])')

story "Take it back: 20 cells return, byte for byte."
run cachedeps restore "$receipt" --apply --approved-by you@example.com --expect-rows 20

story "The example is as it was. Try it yourself:"
printf '$ cachedeps invalidate --upstream analytics\n'
