#!/usr/bin/env bash
# HoneyChat: what depends on what, before anybody deletes "only test users".
#
# Usage: examples/02_honeychat.sh [FOLDER]
# FOLDER gets the example (default: examples/honeychat). Needs cachedeps on the PATH.
set -euo pipefail
cd "${1:-$(dirname "$0")/honeychat}"

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

story "Build the database as it stood one hour before the nightly clean-up."
run python3 -c 'from pathlib import Path; from cachedeps.actions.demo import build_honeychat; build_honeychat(Path())'

story "Is the declaration right in itself?"
run cachedeps check --offline

story "Does the database keep to it? Who owns which ids was never looked at before. (exit 1: findings)"
run cachedeps check || (($? == 1))

story "The nightly clean-up, as it was written. (exit 3: refused)"
printf '%s\n' "DELETE FROM users WHERE id BETWEEN -91111200 AND -91111100;" > nightly.sql
run cachedeps guard nightly.sql || (($? == 3))

story "Whom it would have taken along, had somebody set the rule aside. This only reads."
{
    printf '%s\n' "-- cachedeps: allow range-delete-on-key because the night is looked at"
    cat nightly.sql
} > forced.sql
run cachedeps run forced.sql

story "The clean-up as it should be: by the attribute. Two rows that carry it are somebody real."
run cachedeps cleanup users

story "The whole picture, as a tree."
run cachedeps graph

story "What feeds the description of a person, and what would make it stale?"
run cachedeps explain users.profile_summary

story "The prompt behind it was fixed: stale is what an older version wrote. This only reads."
run cachedeps invalidate --upstream profile_llm

story "One person's new prompt only, by owner."
run cachedeps invalidate --upstream profile_llm --owner sofia@example.com

story "The renderer was fixed: mark the old HTML, keep serving it until it is rendered again."
run cachedeps invalidate --upstream markdown_renderer --since 2026-05-01
